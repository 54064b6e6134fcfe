//! Plans out of PostgreSQL's log.

use std::collections::BTreeMap;

use serde_json::Value;

/// A statement's plan, with the number of the operation that sent it.
pub struct Statement {
    pub number: usize,
    pub milliseconds: f64,
    pub plan: Value,
}

/// The statements that read for a client, in the order of the log. A marker says which operation comes next.
pub fn statements(log: &str) -> Vec<Statement> {
    let mut found = Vec::new();
    let mut number = None;
    let mut lines = log.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((head, _)) = line.split_once(" ms  plan:") else { continue };
        let duration = head.rsplit(' ').next().and_then(|word| word.parse().ok()).unwrap_or(f64::NAN);
        let mut body = String::new();
        while let Some(more) = lines.next_if(|line| line.starts_with('\t')) {
            body.push_str(more);
        }
        let Ok(plan) = serde_json::from_str::<Value>(&body) else { continue };
        let query = plan["Query Text"].as_str().unwrap_or_default();
        if let Some(marker) = query.strip_prefix("SELECT ").and_then(|text| text.strip_suffix(" AS marker")) {
            number = marker.parse().ok();
        } else if let Some(number) = number
            && reads(query)
        {
            found.push(Statement { number, milliseconds: duration, plan: plan["Plan"].clone() });
        }
    }
    found
}

/// Whether it is a compiled read, and not what the server does beside.
fn reads(query: &str) -> bool {
    query.contains("json_build_array")
}

/// What is wrong with a plan: whole tables that grow, or many rows sorted for a few.
pub fn faults(plan: &Value, growing: &BTreeMap<String, f32>, sorted: f64) -> Vec<String> {
    let mut faults = Vec::new();
    walk(plan, growing, sorted, &mut faults);
    faults.sort();
    faults.dedup();
    faults
}

fn walk(node: &Value, growing: &BTreeMap<String, f32>, sorted: f64, faults: &mut Vec<String>) {
    let kind = node["Node Type"].as_str().unwrap_or_default();
    let table = node["Relation Name"].as_str().unwrap_or_default();
    if kind == "Seq Scan"
        && let Some(rows) = growing.get(table)
    {
        faults.push(format!("reads all of {table} ({rows:.0} rows)"));
    }
    let rows = node["Plan Rows"].as_f64().unwrap_or(0.0);
    if kind == "Sort" && rows > sorted {
        faults.push(format!("sorts {rows:.0} rows"));
    }
    for child in node["Plans"].as_array().into_iter().flatten() {
        walk(child, growing, sorted, faults);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_found_behind_its_marker_and_its_scan_is_seen() {
        let log = "2026-01-01 [7] bench LOG:  duration: 0.010 ms  plan:\n\t{\n\t  \"Query Text\": \"SELECT 4 AS marker\",\n\
                   \t  \"Plan\": {}\n\t}\n2026-01-01 [8] bench LOG:  duration: 1.500 ms  plan:\n\t{\n\
                   \t  \"Query Text\": \"SELECT json_build_array(1)\",\n\
                   \t  \"Plan\": {\"Node Type\": \"Limit\", \"Plans\": [{\"Node Type\": \"Seq Scan\", \
                   \"Relation Name\": \"lessons\", \"Plan Rows\": 9}]}\n\t}\n";
        let found = statements(log);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].number, 4);
        let growing = BTreeMap::from([("lessons".to_owned(), 100_000.0)]);
        assert_eq!(faults(&found[0].plan, &growing, 1e4), ["reads all of lessons (100000 rows)"]);
    }
}
