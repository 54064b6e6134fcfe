//! How many files and sockets the process may have open: a connection needs one each, and many systems
//! allow no more than 1,024 unless a process asks for what it may have.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::config::Config;

/// For the database's own files, the log, the file store and whatever libraries open.
const SPARE: u64 = 128;

/// Asks for as many as may be had, and says how many connections there is room for: those of the
/// setting, where that many files may be open.
pub fn connections(config: &Config) -> usize {
    let open = raise();
    let possible = room(config.http.max_connections, open, others(config));
    let wanted = config.http.max_connections;
    if possible < wanted {
        tracing::warn!(
            open_files = open,
            connections = possible,
            max_connections = wanted,
            "fewer connections than wished for: the system lets this process open no more files"
        );
    } else {
        tracing::info!(open_files = open, connections = possible, "files and connections that may be open");
    }
    possible
}

/// Raises the limit that is kept to as far as the one that is not to be passed; the number, where there is one.
fn raise() -> Option<u64> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum {
        return current;
    }
    match setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        Ok(()) => maximum,
        Err(error) => {
            tracing::warn!(%error, open_files = current, "no more files may be opened than before");
            current
        }
    }
}

/// What is open besides the connections of clients.
fn others(config: &Config) -> u64 {
    // A receiver of files has its connection and a file; SQLite has up to three files a connection.
    u64::from(config.database_connections) * 3 + count(config.http.max_concurrent_uploads) + SPARE
}

fn room(wanted: usize, open: Option<u64>, others: u64) -> usize {
    let Some(open) = open else { return wanted };
    // However few there are, one client can be served.
    let room = usize::try_from(open.saturating_sub(others)).unwrap_or(usize::MAX).max(1);
    wanted.min(room)
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_no_more_connections_than_files_can_be_open() {
        assert_eq!(room(4096, None, 200), 4096);
        assert_eq!(room(4096, Some(1_048_576), 200), 4096);
        assert_eq!(room(4096, Some(1024), 200), 824);
        assert_eq!(room(4096, Some(100), 200), 1);
    }

    #[test]
    fn as_many_files_as_may_be_had_are_asked_for() {
        assert_eq!(raise(), getrlimit(Resource::Nofile).maximum);
        assert_eq!(getrlimit(Resource::Nofile).current, getrlimit(Resource::Nofile).maximum);
    }
}
