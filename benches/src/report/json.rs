//! The figures of each round as JSON.

use serde_json::{Value, json};

use super::Report;
use crate::Failure;
use crate::part::throughput::Figures;

pub fn text(report: &Report) -> Result<String, Failure> {
    let findings = report.findings.iter().map(|finding| {
        json!({
            "name": finding.name, "unit": finding.unit, "values": finding.values, "median": finding.median(),
            "must": finding.must.map(|must| must.text(finding.unit)), "reached": finding.reached(),
        })
    });
    let plans = report.plans.as_ref().map(|plans| {
        let complaints = plans.complaints.iter().map(|complaint| {
            json!({
                "operation": complaint.operation, "viewers": complaint.viewers, "what": complaint.what,
                "milliseconds": complaint.milliseconds, "known": complaint.known,
            })
        });
        json!({ "statements": plans.statements, "complaints": complaints.collect::<Vec<_>>() })
    });
    let extent = &report.extent;
    let value = json!({
        "lessons": extent.lessons, "rounds": extent.rounds, "turnSeconds": extent.turn.as_secs_f64(),
        "postgres": report.postgres, "profile": report.profile, "cores": std::thread::available_parallelism()?.get(),
        "findings": findings.collect::<Vec<_>>(), "throughput": series(&report.figures),
        "throughputOnSqlite": series(&report.sqlite), "plans": plans,
    });
    Ok(serde_json::to_string_pretty(&value)? + "\n")
}

fn series(figures: &Figures) -> Vec<Value> {
    let each = figures.iter().map(|((work, kind), series)| {
        json!({
            "operation": work, "side": kind.name(), "bytes": series.bytes, "perSecond": series.per_second,
            "p50Milliseconds": series.p50, "p99Milliseconds": series.p99, "cpuMicroseconds": series.cpu,
            "databaseCpuMicroseconds": series.database_cpu, "loadCpuMicroseconds": series.load_cpu,
            "residentMebibytes": series.resident,
        })
    });
    each.collect()
}
