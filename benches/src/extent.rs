//! How much is measured.

use std::time::Duration;

/// Sizes and times of a run.
#[derive(Clone, Debug)]
pub struct Extent {
    pub name: &'static str,
    /// Lessons that the sides are measured on.
    pub lessons: usize,
    /// Lessons of the databases between which a list may not become slower.
    pub small: usize,
    pub large: usize,
    pub rounds: usize,
    /// How long each side has its turn.
    pub turn: Duration,
    /// Requests, one after the other, of which a latency is the median.
    pub requests: usize,
    /// Pages from which the far one is reached.
    pub pages: usize,
    pub idle_sockets: usize,
    pub peers: bool,
    /// Whether a bad query plan is a failure.
    pub strict_plans: bool,
}

/// Clients under load: more than the database connections that each side has.
pub const CLIENTS: usize = 24;
/// Accounts that can sign in.
pub const MEMBERS: usize = 16;

impl Extent {
    /// All of it.
    pub fn full() -> Self {
        Self {
            name: "full",
            lessons: 100_000,
            small: 10_000,
            large: 1_000_000,
            rounds: 5,
            turn: Duration::from_secs(4),
            requests: 200,
            pages: 1000,
            idle_sockets: 5000,
            peers: true,
            strict_plans: true,
        }
    }

    /// All of it once and briefly: for those who work on the bench.
    pub fn quick() -> Self {
        Self {
            name: "quick",
            large: 100_000,
            rounds: 2,
            turn: Duration::from_secs(1),
            requests: 50,
            pages: 200,
            ..Self::full()
        }
    }

    /// Only whether it works.
    pub fn ci() -> Self {
        Self {
            name: "ci",
            lessons: 2000,
            small: 500,
            large: 2000,
            rounds: 1,
            turn: Duration::from_millis(300),
            requests: 10,
            pages: 10,
            idle_sockets: 200,
            peers: true,
            strict_plans: false,
        }
    }

    /// Only the server against its limit, list and one lesson.
    pub fn smoke() -> Self {
        Self { name: "smoke", lessons: 20_000, turn: Duration::from_secs(3), peers: false, ..Self::full() }
    }
}
