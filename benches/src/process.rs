//! Programs under load: started until they listen, ended with their handle, and what they use meanwhile.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::Failure;

/// So long a program may take until it listens.
const PATIENCE: Duration = Duration::from_mins(1);
/// What the kernel counts CPU time in; Linux has shown programs hundredths of a second for long.
const TICK: Duration = Duration::from_millis(10);

/// A server that said where it listens; killed on drop.
pub struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    /// Starts it and waits for its line `listening on http://…`.
    pub fn listening(command: &mut Command) -> Result<Self, Failure> {
        // The pipe to its standard input closes when this process ends, however it ends.
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().ok_or("no standard output")?;
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if let Some((_, address)) = line.split_once("listening on http://") {
                    // Nobody may wait any more.
                    drop(tell.send(address.trim().trim_end_matches('/').to_owned()));
                }
            }
        });
        let answer = told.recv_timeout(PATIENCE);
        let mut process = Self { child, address: SocketAddr::from(([127, 0, 0, 1], 0)) };
        process.address = answer.map_err(|_| format!("{command:?} doesn't listen"))?.parse()?;
        Ok(process)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// CPU time and memory of a process and all that it started.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    pub cpu: Duration,
    pub resident_bytes: u64,
}

/// What the process with this number uses, its descendants included; nothing where it is gone.
pub fn usage(root: u32) -> Usage {
    let mut parents = BTreeMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // It may have ended since.
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        if let Some(stat) = Stat::of(&stat) {
            parents.insert(id, stat);
        }
    }
    let mut total = Usage::default();
    if let Some(stat) = parents.get(&root) {
        // What descendants used that have ended since: peers close connections that they don't need.
        total.cpu += TICK * stat.ended_ticks;
    }
    for (id, stat) in &parents {
        let mut at = *id;
        while at != root && at != 0 {
            at = parents.get(&at).map_or(0, |stat| stat.parent);
        }
        if at == root {
            total.cpu += TICK * stat.ticks;
            total.resident_bytes += resident(*id);
        }
    }
    total
}

/// CPU time of one process alone.
pub fn alone(id: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    Stat::of(&stat).map_or(Duration::ZERO, |stat| TICK * stat.ticks)
}

/// The parent of a process.
pub fn parent(id: u32) -> Option<u32> {
    Stat::of(&fs::read_to_string(format!("/proc/{id}/stat")).ok()?).map(|stat| stat.parent)
}

/// Resident memory of one process alone.
pub fn resident(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) * 1024
}

struct Stat {
    parent: u32,
    ticks: u32,
    /// Of its children that have ended, and of theirs.
    ended_ticks: u32,
}

impl Stat {
    fn of(line: &str) -> Option<Self> {
        // The name, in brackets, may hold anything.
        let fields: Vec<&str> = line.rsplit_once(')')?.1.split_ascii_whitespace().collect();
        let number = |place: usize| fields.get(place)?.parse::<u32>().ok();
        let ended_ticks = number(13)? + number(14)?;
        Some(Self { parent: number(1)?, ticks: number(11)? + number(12)?, ended_ticks })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_process_counts_with_what_it_uses() {
        let usage = usage(std::process::id());
        assert!(usage.resident_bytes > 1 << 20, "{usage:?}");
    }

    #[test]
    fn a_name_with_brackets_is_no_field() {
        let stat =
            Stat::of("7 (a) b) S 3 7 7 0 -1 4194304 100 0 0 0 12 30 3 4 20 0 1 0 5").expect("is a line");
        assert_eq!((stat.parent, stat.ticks, stat.ended_ticks), (3, 42, 7));
    }
}
