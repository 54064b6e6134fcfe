//! The report as Markdown.

use std::fmt::Write as _;

use super::Report;
use crate::extent::CLIENTS;
use crate::finding::{median, range, short};
use crate::part::plans::Plans;
use crate::part::throughput::Figures;
use crate::side::CONNECTIONS;

/// Writing to a string can't fail.
macro_rules! line {
    ($text:expr, $($part:tt)*) => { let _ = writeln!($text, $($part)*); };
}

pub fn text(report: &Report) -> String {
    let extent = &report.extent;
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let mut text = String::from("# Benchmark\n\n");
    line!(
        text,
        "`maip serve` measured against a hand-written endpoint (axum, one SQL statement whose text is the answer, \
         tokio-postgres, prepared), and against PostGraphile 5 and Mercurius 16 (npm's versions as pinned in \
         `benches/peers`), all on the same tables of one PostgreSQL {} with the same settings (`random_page_cost = 1.1`, \
         `jit = off`, `fsync = on`), {CONNECTIONS} connections each, {CLIENTS} clients. {} lessons. The peers run in \
         production mode, warmed up, as one process for each core; they read views that apply what an anonymous viewer \
         may see, which costs them less than row-level security, and their write is one function in the database, \
         without a token to check. The answers' content is compared before. {} rounds of {} s, the sides in turns; each \
         figure is the median, with the range of the rounds. {cores} cores shared by the load, the sides and \
         PostgreSQL: the ratios are the figures, absolute ones belong to the machine. \
         The server and the limit are built with the profile `{}`. Made by `cargo xtask bench`.\n",
        report.postgres,
        extent.lessons,
        extent.rounds,
        extent.turn.as_secs_f64(),
        report.profile,
    );
    if !report.parts.is_empty() {
        line!(text, "Of its parts only these were run here: {}.\n", report.parts.join(", "));
    }
    line!(
        text,
        "Many clients that ask the same at once share answers in the server, so the list, the same for all, costs the \
         database less than a statement each. `pages` is the list without that: each client asks for another page.\n"
    );
    line!(text, "![requests per second]({}.svg)\n", extent.name);
    targets(&mut text, report);
    line!(text, "\n## Requests per second\n");
    line!(
        text,
        "CPU is microseconds a request: of the side, of PostgreSQL for it, of the load. Memory is resident, \
                 of all of the side's processes.\n"
    );
    throughput(&mut text, &report.figures);
    if !report.sqlite.is_empty() {
        line!(text, "\nOn SQLite:\n");
        throughput(&mut text, &report.sqlite);
    }
    if let Some(found) = &report.plans {
        plans(&mut text, found);
    }
    text
}

fn targets(text: &mut String, report: &Report) {
    line!(text, "| what | measured | must reach | reached |\n| --- | --- | --- | --- |");
    for finding in &report.findings {
        let must = finding.must.map(|must| must.text(finding.unit)).unwrap_or_default();
        let reached = match finding.reached() {
            Some(true) => "yes",
            Some(false) => "**no**",
            None => "",
        };
        line!(text, "| {} | {} | {must} | {reached} |", finding.name, finding.text());
    }
}

fn throughput(text: &mut String, figures: &Figures) {
    line!(
        text,
        "| operation | side | bytes | requests/s | p50 ms | p99 ms | CPU µs | database | load | MiB |"
    );
    line!(text, "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for ((work, kind), series) in figures {
        let (least, most) = range(&series.per_second);
        line!(
            text,
            "| {work} | {} | {} | {} ({}–{}) | {} | {} | {} | {} | {} | {} |",
            kind.name(),
            series.bytes,
            short(median(&series.per_second)),
            short(least),
            short(most),
            short(median(&series.p50)),
            short(median(&series.p99)),
            short(median(&series.cpu)),
            short(median(&series.database_cpu)),
            short(median(&series.load_cpu)),
            short(median(&series.resident)),
        );
    }
}

/// What the plans of lists do that they shouldn't.
pub fn plans(text: &mut String, plans: &Plans) {
    line!(text, "\n## Query plans\n");
    let (known, new): (Vec<_>, Vec<_>) =
        plans.complaints.iter().partition(|complaint| complaint.known.is_some());
    line!(
        text,
        "Of {} statements, as the server sent them for each list with each order and filter and for each kind of \
         viewer, some read a whole table that grows, or sort many rows for a few, in {} ways.",
        plans.statements,
        plans.complaints.len()
    );
    for (title, complaints) in [("New", new), ("Known", known)] {
        if complaints.is_empty() {
            continue;
        }
        line!(text, "\n| {title} | viewers | what | ms | why |\n| --- | --- | --- | --- | --- |");
        for of in complaints {
            let why = of.known.unwrap_or_default();
            line!(
                text,
                "| {} | {} | {} | {} | {why} |",
                of.operation,
                of.viewers.join(", "),
                of.what,
                short(of.milliseconds)
            );
        }
    }
    line!(text, "\nThe slowest, each once and not warmed up:\n\n| ms | list | viewer |\n| --- | --- | --- |");
    for (milliseconds, operation, viewer) in &plans.slowest {
        line!(text, "| {} | {operation} | {viewer} |", short(*milliseconds));
    }
}
