//! `maip import vocabulary FILE`: concepts from SKOS or TSV, all of the file or nothing.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use maip_persistence::vocabulary_import::{Findings, Limits, Report, StoreError, import, read_vocabulary};

use crate::config::Config;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::say;
use crate::store;
use crate::system::{SystemClock, SystemEntropy};

/// Reads the file, stores it, and prints what changed.
pub async fn vocabulary(config: &Config, path: &Path) -> Outcome {
    let refuse =
        |reason: &dyn std::fmt::Display| Failure::new(Exit::Input, format!("{}: {reason}", path.display()));
    let database = store::open_current(config).await?;
    let file = File::open(path).map_err(|error| refuse(&error))?;
    let vocabulary =
        read_vocabulary(path, BufReader::new(file), Limits::default()).map_err(|error| refuse(&error))?;
    let transaction = database.begin().await?;
    let report = import(&transaction, &vocabulary, &SystemClock, &SystemEntropy).await;
    let report = report.map_err(|error| match error {
        StoreError::Refused(error) => refuse(&error),
        StoreError::Database(error) => error.into(),
    })?;
    transaction.commit().await?;
    database.close().await?;
    print(path, &report);
    Ok(())
}

fn print(path: &Path, report: &Report) {
    let Report { added, changed, kept, labels, links, links_left_out, findings } = report;
    say(format_args!("imported {}", path.display()));
    say(format_args!("  concepts  {added} added, {changed} changed, {kept} kept"));
    say(format_args!("  labels    {labels}"));
    say(format_args!(
        "  links     {links} to broader concepts, {links_left_out} left out (their target is unknown)"
    ));
    let Findings { repeated_labels, demoted_preferred, unlabelled, links_from_undeclared } = findings;
    for (count, what) in [
        (repeated_labels, "labels that repeat another, kept once"),
        (demoted_preferred, "preferred labels beside an earlier one, kept as alternatives"),
        (unlabelled, "concepts without any label, shown by their URI"),
        (links_from_undeclared, "links from what is no concept, left out"),
    ] {
        if *count > 0 {
            say(format_args!("  note      {count} {what}"));
        }
    }
}
