//! A run from its beginning to its report.

use std::path::Path;

use crate::Failure;
use crate::extent::{Extent, MEMBERS};
use crate::finding::Finding;
use crate::load::Client;
use crate::part::plans::Plans;
use crate::part::throughput::{self, Figures};
use crate::part::{latency, memory, plans, scale, start};
use crate::report::{Report, profile, smoke};
use crate::side::maip::sign_in;
use crate::side::{Kind, Side, peers};
use crate::stage::{Install, Stage};
use crate::work;

/// Pages that clients ask for in turn: many more than clients, so that no two meet.
const PAGES: usize = 500;
const POSTGRES: &str = "PostgreSQL";
const SQLITE: &str = "SQLite";

/// The server against its limit only.
pub async fn smoke(binary: &Path, folder: &Path) -> Result<(), Failure> {
    let extent = Extent::smoke();
    let stage = Stage::new(binary).await?;
    let install = stage.install("bench", extent.lessons).await?;
    let sides = sides(&extent, &install)?;
    let cursors = cursors(&sides).await?;
    let works = work::all(&install.loaded, &[], &cursors);
    let figures = throughput::run(&extent, &works, &sides, stage.postmaster).await?;
    let text = smoke::markdown(&extent, &figures, &stage.version);
    std::fs::write(folder.join("smoke.md"), &text)?;
    println!("{text}");
    Ok(())
}

/// All of it, or the parts that are named; the report says which.
pub async fn run(extent: Extent, parts: &[&str], binary: &Path, folder: &Path) -> Result<(), Failure> {
    let wanted = |part: &str| parts.is_empty() || parts.contains(&part);
    if extent.peers && wanted("throughput") {
        peers::install()?;
    }
    let stage = Stage::new(binary).await?;
    let mut report = Report {
        extent: extent.clone(),
        parts: parts.iter().map(|part| (*part).to_owned()).collect(),
        postgres: stage.version.clone(),
        profile: profile(),
        figures: Figures::new(),
        sqlite: Figures::new(),
        findings: Vec::new(),
        plans: None,
    };
    if ["throughput", "latency", "memory", "start", "plans"].into_iter().any(wanted) {
        let install = stage.install("bench", extent.lessons).await?;
        if wanted("plans") {
            // First, on the data as it was loaded.
            report.plans = Some(plans::run(&stage, &install).await?);
        }
        if wanted("throughput") {
            let sides = sides(&extent, &install)?;
            let (figures, findings) = load(&extent, &install, &sides, stage.postmaster, POSTGRES).await?;
            report.figures = figures;
            report.findings.extend(findings);
        }
        report.findings.extend(own(&extent, parts, &install, POSTGRES).await?);
        stage.remove("bench").await?;
    }
    if wanted("scale") {
        let small = stage.install("small", extent.small).await?;
        let large = stage.install("large", extent.large).await?;
        report.findings.extend(scale::run(&extent, &small, &large, POSTGRES).await?);
        stage.remove("large").await?;
    }
    if wanted("sqlite") {
        on_sqlite(&stage, &mut report, parts).await?;
    }
    report.write(folder)?;
    println!("{}", report.markdown());
    // In a small database it is right to read a whole table.
    if extent.strict_plans && report.plans.as_ref().is_some_and(Plans::bad) {
        return Err("some lists read a whole table that grows: see the query plans above".into());
    }
    Ok(())
}

/// The same on SQLite, without limit and peers.
async fn on_sqlite(stage: &Stage, report: &mut Report, parts: &[&str]) -> Result<(), Failure> {
    let extent = report.extent.clone();
    let small = stage.sqlite(extent.small).await?;
    let large = stage.sqlite(extent.large).await?;
    report.findings.extend(scale::run(&extent, &small, &large, SQLITE).await?);
    drop((small, large));
    let install = stage.sqlite(extent.lessons).await?;
    let sides = [Side { kind: Kind::Maip, process: install.maip.serve()? }];
    let (figures, findings) = load(&extent, &install, &sides, stage.postmaster, SQLITE).await?;
    report.sqlite = figures;
    report.findings.extend(findings);
    report.findings.extend(own(&extent, parts, &install, SQLITE).await?);
    Ok(())
}

/// The sides that the extent has, all running.
fn sides(extent: &Extent, install: &Install) -> Result<Vec<Side>, Failure> {
    let url = install.url()?;
    let mut sides = vec![Side { kind: Kind::Maip, process: install.maip.serve()? }, Side::limit(url)?];
    if extent.peers {
        for kind in Kind::PEERS {
            sides.push(Side::peer(kind, url)?);
        }
    }
    Ok(sides)
}

/// Throughput and latency.
async fn load(
    extent: &Extent,
    install: &Install,
    sides: &[Side],
    postmaster: u32,
    on: &str,
) -> Result<(Figures, Vec<Finding>), Failure> {
    let members = match sides.iter().find(|side| side.kind == Kind::Maip) {
        Some(side) => sign_in(&side.process, MEMBERS).await?,
        None => Vec::new(),
    };
    let cursors = cursors(sides).await?;
    let works = work::all(&install.loaded, &members, &cursors);
    // Writes after everything that reads: the drafts that they leave are newer than all that was loaded.
    let (writes, works): (Vec<_>, Vec<_>) = works.into_iter().partition(|work| work.key == "write");
    let mut figures = throughput::run(extent, &works, sides, postmaster).await?;
    figures.extend(throughput::run(extent, &writes, sides, postmaster).await?);
    let mut findings = throughput::findings(&figures, on);
    findings.extend(latency::run(extent, &works, sides, &figures, on).await?);
    Ok((figures, findings))
}

/// Where the pages begin that clients ask for in turn.
async fn cursors(sides: &[Side]) -> Result<Vec<String>, Failure> {
    let Some(side) = sides.iter().find(|side| side.kind == Kind::Maip) else { return Ok(Vec::new()) };
    work::cursors(&mut Client::connect(side.process.address()).await?, PAGES).await
}

/// What concerns the server alone.
async fn own(extent: &Extent, parts: &[&str], install: &Install, on: &str) -> Result<Vec<Finding>, Failure> {
    let wanted = |part: &str| parts.is_empty() || parts.contains(&part);
    let mut findings = Vec::new();
    if wanted("memory") {
        findings.extend(memory::run(extent, &install.maip, on).await?);
    }
    if wanted("start") {
        findings.extend(start::run(extent, &install.maip, on).await?);
    }
    Ok(findings)
}
