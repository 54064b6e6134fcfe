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
        let mut text = self.markdown();
        if let Ok(profile) = std::fs::read_to_string(folder.join("profile.md")) {
            text.push('\n');
            text.push_str(&profile);
        }
        std::fs::write(file("md"), text)?;
        Ok(())
    }
}
