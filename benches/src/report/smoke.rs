//! The report of the smoke benchmark.

use std::fmt::Write as _;

use super::profile;
use crate::extent::{CLIENTS, Extent};
use crate::finding::{median, range};
use crate::part::throughput::Figures;
use crate::side::{CONNECTIONS, Kind};

pub fn markdown(extent: &Extent, figures: &Figures, postgres: &str) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let mut text = format!(
        "# Smoke benchmark\n\nRequests per second of `maip serve` (GraphQL over HTTP) and of one hand-written SQL \
         endpoint (axum, tokio-postgres) that answers the same content, in turns within one run: {CLIENTS} clients, \
         {CONNECTIONS} connections to the database each, {} lessons, PostgreSQL {postgres}, {cores} cores shared by \
         the load, both servers and PostgreSQL. The ratio is the figure; absolute figures belong to the machine. Made \
         by `cargo xtask bench smoke`, with the profile `{}`. The target is a ratio of 0.75.\n\n\
         Many clients that ask the same at once share answers in the server; where each asks for another page of the \
         list, none does. The hand-written endpoint answers its first page each time.\n\n\
         | operation | bytes | server /s | hand-written /s | ratio, median | min | max |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
        extent.lessons,
        profile(),
    );
    for (key, beside, name) in [
        ("list", "list", "list of 20, the same for all"),
        ("pages", "list", "list of 20, another page each"),
        ("one", "one", "one lesson"),
    ] {
        let (server, limit) = (figures.get(&(key, Kind::Maip)), figures.get(&(beside, Kind::Limit)));
        let (Some(server), Some(limit)) = (server, limit) else { continue };
        let ratios: Vec<f64> = server.per_second.iter().zip(&limit.per_second).map(|(a, b)| a / b).collect();
        let (least, most) = range(&ratios);
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "| {name} | {} | {:.0} | {:.0} | {:.2} | {least:.2} | {most:.2} |",
            server.bytes,
            median(&server.per_second),
            median(&limit.per_second),
            median(&ratios),
        );
    }
    text
}
