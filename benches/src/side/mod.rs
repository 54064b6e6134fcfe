//! What is measured: the server, the hand-written limit, and the peers. Each is a process of its own, with the same
//! number of connections to the same database.

pub mod limit;
pub mod maip;
pub mod peers;

use crate::Failure;
use crate::process::Process;

/// Connections to the database, for each side.
pub const CONNECTIONS: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Maip,
    Limit,
    PostGraphile,
    Mercurius,
}

impl Kind {
    pub const PEERS: [Self; 2] = [Self::PostGraphile, Self::Mercurius];

    pub fn name(self) -> &'static str {
        match self {
            Self::Maip => "maip",
            Self::Limit => "hand-written",
            Self::PostGraphile => "PostGraphile",
            Self::Mercurius => "Mercurius",
        }
    }
}

/// A side that runs.
pub struct Side {
    pub kind: Kind,
    pub process: Process,
}

impl Side {
    pub fn limit(url: &str) -> Result<Self, Failure> {
        let mut command = std::process::Command::new(std::env::current_exe()?);
        command.arg("limit").arg(url).arg(CONNECTIONS.to_string());
        Ok(Self { kind: Kind::Limit, process: Process::listening(&mut command)? })
    }

    pub fn peer(kind: Kind, url: &str) -> Result<Self, Failure> {
        Ok(Self { kind, process: peers::start(kind, url)? })
    }
}
