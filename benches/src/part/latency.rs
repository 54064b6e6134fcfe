//! Latency at a given rate (open loop, so a stall counts for all who came meanwhile).

use crate::Failure;
use crate::extent::Extent;
use crate::finding::{Finding, Must};
use crate::load::open;
use crate::part::throughput::{Figures, best_peer, fresh, speed};
use crate::side::{Kind, Side};
use crate::work::Work;

/// The share of the most that a side can do.
const SHARE: f64 = 0.7;

pub async fn run(
    extent: &Extent,
    works: &[Work],
    sides: &[Side],
    figures: &Figures,
    on: &str,
) -> Result<Vec<Finding>, Failure> {
    let mut findings = Vec::new();
    for work in works.iter().filter(|work| ["list", "one"].contains(&work.key)) {
        let ours = (Kind::Maip, SHARE * speed(figures, work.key, Kind::Maip));
        let mut runs = vec![ours];
        if let Some(peer) = best_peer(figures, work.key) {
            let rate = SHARE * speed(figures, work.key, peer);
            runs.extend([(peer, rate), (Kind::Maip, rate)]);
        }
        // What of it is the machine's: the load, the side and the database share its cores.
        let limit = sides.iter().any(|side| side.kind == Kind::Limit).then_some(runs.len());
        if limit.is_some() {
            runs.push((Kind::Limit, SHARE * speed(figures, work.key, Kind::Limit)));
        }
        let (mut p50, mut p99) = (vec![Vec::new(); runs.len()], vec![Vec::new(); runs.len()]);
        for round in 0..extent.rounds {
            for step in 0..runs.len() {
                let place = (step + round) % runs.len();
                let (kind, rate) = runs[place];
                let side = sides.iter().find(|side| side.kind == kind);
                let (Some(side), Some(calls)) = (side, work.calls(kind)) else { continue };
                let sample = open(side.process.address(), calls, fresh(), rate, extent.turn).await?;
                p50[place].push(sample.quantile(0.5));
                p99[place].push(sample.quantile(0.99));
            }
        }
        let name = format!("{on}: {}", work.name);
        findings.push(Finding::ratio(
            format!("{name}, p99 of p50 at 70 % of our peak ({:.0}/s)", ours.1),
            &p99[0],
            &p50[0],
            Must::NotExceed(3.0),
        ));
        findings.push(Finding::new(format!("{name}, p50 there"), "ms", p50[0].clone(), None));
        findings.push(Finding::new(format!("{name}, p99 there"), "ms", p99[0].clone(), None));
        if let Some(limit) = limit {
            let name = format!("{name}, the hand-written limit's p99 of p50 at 70 % of its peak");
            let ratios = p99[limit].iter().zip(&p50[limit]).map(|(p99, p50)| p99 / p50).collect();
            findings.push(Finding::new(format!("{name} ({:.0}/s)", runs[limit].1), "×", ratios, None));
        }
        if let Some((peer, rate)) = runs.get(1).filter(|(kind, _)| Kind::PEERS.contains(kind)) {
            let of = format!("{} at 70 % of its peak ({rate:.0}/s)", peer.name());
            findings.push(Finding::ratio(
                format!("{name}, our p99 of that of {of}"),
                &p99[2],
                &p99[1],
                Must::NotExceed(1.0),
            ));
            findings.push(Finding::new(format!("{name}, p99 of {of}"), "ms", p99[1].clone(), None));
            findings.push(Finding::new(format!("{name}, our p99 at that rate"), "ms", p99[2].clone(), None));
        }
    }
    Ok(findings)
}
