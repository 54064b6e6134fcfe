//! A chart of requests per second: a bar for each side, a line for the range of its rounds.

use std::fmt::Write as _;

use super::Report;
use crate::finding::{median, range, short};
use crate::side::Kind;

const WIDTH: f64 = 720.0;
const BAR: f64 = 22.0;
/// Where the bars begin, behind their names.
const LEFT: f64 = 230.0;
const TITLES: &[(&str, &str)] = &[
    ("list", "list of 20"),
    ("one", "one lesson"),
    ("member", "the list as a member"),
    ("write", "a write"),
];

fn colour(kind: Kind) -> &'static str {
    match kind {
        Kind::Maip => "#1f7a4d",
        Kind::Limit => "#9aa5b1",
        Kind::PostGraphile => "#c8553d",
        Kind::Mercurius => "#d9a441",
    }
}

pub fn svg(report: &Report) -> String {
    let mut bars = String::new();
    let mut y = 30.0;
    for (key, title) in TITLES {
        let series: Vec<_> = report.figures.iter().filter(|((work, _), _)| work == key).collect();
        let most = series.iter().map(|(_, series)| range(&series.per_second).1).fold(0.0, f64::max);
        if most == 0.0 {
            continue;
        }
        // Writing to a string can't fail.
        let _ = writeln!(bars, r#"<text x="10" y="{y:.0}" font-weight="bold">{title}</text>"#);
        y += 8.0;
        for ((_, kind), series) in series {
            let scale = |value: f64| (WIDTH - LEFT - 90.0) * value / most;
            let (middle, (least, best)) = (median(&series.per_second), range(&series.per_second));
            let (base, line) = (y + BAR - 7.0, y + BAR / 2.0);
            let _ = writeln!(
                bars,
                r##"<text x="{:.0}" y="{base:.0}" text-anchor="end">{}</text><rect x="{LEFT:.0}" y="{y:.0}" width="{:.1}" height="{:.0}" fill="{}"/><line x1="{:.1}" x2="{:.1}" y1="{line:.0}" y2="{line:.0}" stroke="#222"/><text x="{:.1}" y="{base:.0}">{}/s</text>"##,
                LEFT - 8.0,
                kind.name(),
                scale(middle),
                BAR - 4.0,
                colour(*kind),
                LEFT + scale(least),
                LEFT + scale(best),
                LEFT + scale(best) + 6.0,
                short(middle),
            );
            y += BAR;
        }
        y += 30.0;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{y:.0}\" viewBox=\"0 0 {WIDTH} {y:.0}\" \
         font-family=\"sans-serif\" font-size=\"13\">\n<title>Requests per second, more is better</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n{bars}</svg>\n"
    )
}
