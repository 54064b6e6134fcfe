//! The report as Markdown.

use std::fmt::Write as _;

use crate::data::LESSONS;
use crate::measure::{Row, median};

pub fn markdown(rows: &[Row], postgres: &str) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let mut text = format!(
        "# Smoke benchmark\n\nRequests per second of `maip serve` (GraphQL over HTTP) and of one hand-written SQL \
         endpoint that answers the same bytes, in turns within one run: 24 clients, 16 connections \
         to the database each, {LESSONS} lessons, PostgreSQL \
         {postgres}, {cores} cores shared by the load, both servers and PostgreSQL. The ratio is the figure; \
         absolute figures belong to the machine. Made by `cargo xtask bench smoke`. \
         The target of this step is a ratio of 0.75.\n\n\
         | operation | bytes | server /s | hand-written /s | ratio, median | min | max |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n"
    );
    for row in rows {
        let ratios = row.ratios();
        let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
        let most = ratios.iter().copied().fold(0.0, f64::max);
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "| {} | {} | {:.0} | {:.0} | {:.2} | {least:.2} | {most:.2} |",
            row.name,
            row.bytes,
            median(&row.server),
            median(&row.limit),
            median(&ratios),
        );
    }
    text
}
