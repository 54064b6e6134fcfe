//! Requests per second, the sides in turns, with what each request costs in CPU time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::Failure;
use crate::extent::{CLIENTS, Extent};
use crate::finding::{Finding, Must, median};
use crate::load::{Calls, closed};
use crate::process;
use crate::side::{Kind, Side};
use crate::work::Work;

/// What the rounds of one side in one operation gave.
#[derive(Clone, Debug, Default)]
pub struct Series {
    pub per_second: Vec<f64>,
    /// Milliseconds.
    pub p50: Vec<f64>,
    pub p99: Vec<f64>,
    /// Microseconds of CPU time a request: of the side, of the database for it, and of the load itself.
    pub cpu: Vec<f64>,
    pub database_cpu: Vec<f64>,
    pub load_cpu: Vec<f64>,
    /// MiB.
    pub resident: Vec<f64>,
    /// Of one answer.
    pub bytes: usize,
}

/// By operation and side.
pub type Figures = BTreeMap<(&'static str, Kind), Series>;

/// No two calls of a run have the same number.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// A number from which so many calls can be counted.
pub fn fresh() -> usize {
    NEXT.fetch_add(1_000_000, Ordering::Relaxed)
}

/// All operations on all sides: once to warm up, then in rounds, each beginning with another side.
pub async fn run(
    extent: &Extent,
    works: &[Work],
    sides: &[Side],
    postmaster: u32,
) -> Result<Figures, Failure> {
    let mut figures = Figures::new();
    for work in works {
        let bytes = work.compare(sides, if extent.name == "ci" { 3 } else { 20 }).await?;
        println!("{}: the same content from all; bytes of an answer: {bytes:?}", work.name);
        for (kind, bytes) in bytes {
            figures.entry((work.key, kind)).or_default().bytes = bytes;
        }
        // PostgreSQL makes a generic plan after five executions on a connection, Node.js compiles after some thousands.
        for side in sides {
            if let Some(calls) = work.calls(side.kind) {
                turn(side, calls, extent.turn, postmaster).await?;
            }
        }
    }
    for round in 0..extent.rounds {
        for work in works {
            for place in 0..sides.len() {
                let side = &sides[(place + round) % sides.len()];
                let Some(calls) = work.calls(side.kind) else { continue };
                let turn = turn(side, calls, extent.turn, postmaster).await?;
                println!(
                    "round {}, {}, {}: {:.0}/s, p50 {:.2} ms, p99 {:.2} ms, CPU {:.0} + {:.0} µs",
                    round + 1,
                    work.key,
                    side.kind.name(),
                    turn.per_second,
                    turn.p50,
                    turn.p99,
                    turn.cpu,
                    turn.database_cpu
                );
                let series = figures.entry((work.key, side.kind)).or_default();
                series.per_second.push(turn.per_second);
                series.p50.push(turn.p50);
                series.p99.push(turn.p99);
                series.cpu.push(turn.cpu);
                series.database_cpu.push(turn.database_cpu);
                series.load_cpu.push(turn.load_cpu);
                series.resident.push(turn.resident);
            }
        }
    }
    Ok(figures)
}

struct Turn {
    per_second: f64,
    p50: f64,
    p99: f64,
    cpu: f64,
    database_cpu: f64,
    load_cpu: f64,
    resident: f64,
}

async fn turn(side: &Side, calls: &Calls, lasts: Duration, postmaster: u32) -> Result<Turn, Failure> {
    let (id, own) = (side.process.id(), std::process::id());
    let before = (process::usage(id), process::usage(postmaster), process::alone(own));
    let sample = closed(side.process.address(), calls, fresh(), CLIENTS, lasts).await?;
    let after = (process::usage(id), process::usage(postmaster), process::alone(own));
    let each = |before: Duration, after: Duration| {
        after.saturating_sub(before).as_secs_f64() * 1_000_000.0 / sample.count()
    };
    Ok(Turn {
        per_second: sample.per_second(),
        p50: sample.quantile(0.5),
        p99: sample.quantile(0.99),
        cpu: each(before.0.cpu, after.0.cpu),
        database_cpu: each(before.1.cpu, after.1.cpu),
        load_cpu: each(before.2, after.2),
        resident: mebibytes(after.0.resident_bytes),
    })
}

pub fn mebibytes(bytes: u64) -> f64 {
    u32::try_from(bytes >> 10).map_or(f64::NAN, |kib| f64::from(kib) / 1024.0)
}

/// The peer that did best at this.
pub fn best_peer(figures: &Figures, key: &'static str) -> Option<Kind> {
    let peers = Kind::PEERS.into_iter().filter(|kind| figures.contains_key(&(key, *kind)));
    peers.max_by(|one, other| speed(figures, key, *one).total_cmp(&speed(figures, key, *other)))
}

pub fn speed(figures: &Figures, key: &'static str, kind: Kind) -> f64 {
    figures.get(&(key, kind)).map_or(f64::NAN, |series| median(&series.per_second))
}

/// The ratios that have a bound.
pub fn findings(figures: &Figures, on: &str) -> Vec<Finding> {
    let of = |key, kind| figures.get(&(key, kind)).map(|series| series.per_second.as_slice());
    let mut findings = Vec::new();
    let mut add = |name: String, one: Option<&[f64]>, other: Option<&[f64]>, least: Option<f64>| {
        if let (Some(one), Some(other)) = (one, other) {
            findings.push(Finding::ratio(format!("{on}: {name}"), one, other, least.map(Must::Reach)));
        }
    };
    for (key, name, least) in [("list", "list", 3.5), ("one", "one lesson", 6.0), ("write", "a write", 1.0)] {
        let ours = of(key, Kind::Maip);
        if let Some(peer) = best_peer(figures, key) {
            add(format!("{name}, of the best peer ({})", peer.name()), ours, of(key, peer), Some(least));
        }
        add(format!("{name}, of the hand-written limit"), ours, of(key, Kind::Limit), Some(0.85));
    }
    add(
        "list as a member, of the anonymous list".to_owned(),
        of("member", Kind::Maip),
        of("list", Kind::Maip),
        Some(0.8),
    );
    let pages = of("pages", Kind::Maip);
    add(
        "list as a member, of anonymous lists that nobody shares".to_owned(),
        of("member", Kind::Maip),
        pages,
        None,
    );
    if let Some(peer) = best_peer(figures, "list") {
        add(
            format!("lists that nobody shares, of the best peer ({})", peer.name()),
            pages,
            of("list", peer),
            None,
        );
    }
    add(
        "lists that nobody shares, of the hand-written limit".to_owned(),
        pages,
        of("list", Kind::Limit),
        None,
    );
    findings
}
