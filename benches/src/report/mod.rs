//! What is written down: the figures as JSON, a report as Markdown, a chart.

mod chart;
mod json;
mod markdown;
pub mod smoke;

use std::path::Path;

use crate::Failure;
use crate::extent::Extent;
use crate::finding::Finding;
use crate::part::plans::Plans;
use crate::part::throughput::Figures;

/// All that a run found.
pub struct Report {
    pub extent: Extent,
    /// The parts that were run, where it wasn't all.
    pub parts: Vec<String>,
    pub postgres: String,
    /// The profile of Cargo with which the server was built.
    pub profile: String,
    pub figures: Figures,
    /// The same on SQLite.
    pub sqlite: Figures,
    pub findings: Vec<Finding>,
    pub plans: Option<Plans>,
}

/// The profile with which the server was built, as whoever built it says.
pub fn profile() -> String {
    std::env::var("BENCH_PROFILE").unwrap_or_else(|_| "release".to_owned())
}

impl Report {
    pub fn markdown(&self) -> String {
        markdown::text(self)
    }

    /// Writes `<name>.json`, `.md` and `.svg`. What was written by hand to `profile.md` goes into the report: what
    /// the profile shows where a figure isn't reached.
    pub fn write(&self, folder: &Path) -> Result<(), Failure> {
        let file = |ending: &str| folder.join(format!("{}.{ending}", self.extent.name));
        std::fs::write(file("json"), json::text(self)?)?;
        std::fs::write(file("svg"), chart::svg(self))?;
        std::fs::write(file("md"), with_notes(self.markdown(), folder, "profile.md"))?;
        Ok(())
    }
}

/// The report with what was written by hand to this file, where there is one.
pub fn with_notes(mut report: String, folder: &Path, file: &str) -> String {
    if let Ok(notes) = std::fs::read_to_string(folder.join(file)) {
        report.push('\n');
        report.push_str(&notes);
    }
    report
}
