//! The parts of a run, each of which finds something.

pub mod latency;
pub mod memory;
pub mod plans;
pub mod scale;
pub mod start;
pub mod throughput;
