//! From the start of the program to its readiness, and what a new operation costs more than a known one.

use std::time::Instant;

use serde_json::json;

use crate::Failure;
use crate::extent::Extent;
use crate::finding::{Finding, Must, median};
use crate::load::{Call, Client};
use crate::part::throughput::fresh;
use crate::side::maip::Maip;
use crate::work::list_call;

pub async fn run(extent: &Extent, maip: &Maip, on: &str) -> Result<Vec<Finding>, Failure> {
    let (mut starts, mut plans) = (Vec::new(), Vec::new());
    for _ in 0..extent.rounds {
        starts.push(start(maip).await?);
        plans.push(new_operation(extent, maip).await?);
    }
    Ok(vec![
        Finding::new(format!("{on}: start to ready"), "ms", starts, Some(Must::NotExceed(300.0))),
        Finding::new(format!("{on}: cold plan of a new operation"), "ms", plans, Some(Must::NotExceed(1.0))),
    ])
}

/// Milliseconds.
async fn start(maip: &Maip) -> Result<f64, Failure> {
    let started = Instant::now();
    let server = maip.serve()?;
    Client::connect(server.address()).await?.send(&Call::get("/readyz")).await?;
    Ok(started.elapsed().as_secs_f64() * 1000.0)
}

/// Milliseconds that a list takes longer when its document was never seen: an alias is another each time. What the
/// database does is the same for both.
async fn new_operation(extent: &Extent, maip: &Maip) -> Result<f64, Failure> {
    let server = maip.serve()?;
    let mut client = Client::connect(server.address()).await?;
    let known = list_call();
    let text = String::from_utf8(known.body.to_vec())?;
    for _ in 0..extent.requests {
        client.data(&known).await?;
    }
    let (mut warm, mut cold) = (Vec::new(), Vec::new());
    for _ in 0..extent.requests {
        let mut body: serde_json::Value = serde_json::from_str(&text)?;
        let query = body["query"].as_str().unwrap_or_default();
        body["query"] = json!(query.replace("abstract", &format!("a{}: abstract", fresh())));
        let new = Call { body: body.to_string().into(), ..known.clone() };
        for (call, times) in [(&known, &mut warm), (&new, &mut cold)] {
            let sent = Instant::now();
            client.send(call).await?;
            times.push(sent.elapsed().as_secs_f64() * 1000.0);
        }
    }
    Ok(median(&cold) - median(&warm))
}
