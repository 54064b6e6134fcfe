//! A document is taken apart in a process of its own, with limits that the system keeps: whatever a
//! document was made to do to its reader, it takes no more time and memory than that, and ends with it.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};

use super::{Unreadable, clean};

/// The command of the binary that does it.
pub const COMMAND: &str = "clean-pdf";

/// Bytes of memory, besides so many for each byte of the document.
const MEMORY: u64 = 256 << 20;
const MEMORY_A_BYTE: u64 = 24;
/// Seconds of the processor.
const PROCESSOR_SECONDS: u64 = 30;
/// The longest that is waited for it.
pub(in crate::files) const LONGEST: Duration = Duration::from_mins(1);
/// Bytes that are written, besides two for each byte of the document.
const WRITTEN: u64 = 1 << 20;

/// What became of it, as an exit code tells it.
const REFUSED: u8 = 3;
const FAILED: u8 = 4;

/// How much memory it takes at most to clean a document.
pub(in crate::files) const fn memory(bytes: u64) -> u64 {
    MEMORY + bytes.saturating_mul(MEMORY_A_BYTE)
}

/// What the process of its own does: a document comes on standard input, and goes out clean on standard
/// output. Gives the exit code.
#[must_use]
pub fn clean_standard_input() -> u8 {
    let mut document = Vec::new();
    if io::stdin().lock().read_to_end(&mut document).is_err() {
        return FAILED;
    }
    let bytes = u64::try_from(document.len()).unwrap_or(u64::MAX);
    for (resource, most) in [
        (Resource::As, memory(bytes)),
        (Resource::Cpu, PROCESSOR_SECONDS),
        (Resource::Fsize, WRITTEN + bytes.saturating_mul(2)),
        (Resource::Core, 0),
    ] {
        // Not every system knows all of them.
        let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    }
    match clean(&document) {
        Ok(clean) => match io::stdout().lock().write_all(&clean) {
            Ok(()) => 0,
            Err(_) => FAILED,
        },
        Err(Unreadable) => REFUSED,
    }
}

/// Where documents are taken apart.
#[derive(Clone, Debug, Default)]
pub(in crate::files) struct Cleaner {
    program: Option<PathBuf>,
}

impl Cleaner {
    /// In a process of this program; without one, in this process.
    pub fn new(program: Option<PathBuf>) -> Self {
        Self { program }
    }

    /// Cleans a document into an empty file.
    pub fn clean(&self, from: File, to: File) -> Result<Result<(), Unreadable>, io::Error> {
        match &self.program {
            Some(program) => apart(program, from, to),
            None => here(from, to),
        }
    }
}

fn here(mut from: File, mut to: File) -> Result<Result<(), Unreadable>, io::Error> {
    let mut document = Vec::new();
    from.read_to_end(&mut document)?;
    match clean(&document) {
        Ok(clean) => to.write_all(&clean).map(Ok),
        Err(unreadable) => Ok(Err(unreadable)),
    }
}

/// The program's process is ended, and waited for, once it has taken too long.
fn apart(program: &Path, from: File, to: File) -> Result<Result<(), Unreadable>, io::Error> {
    let mut child = std::process::Command::new(program)
        .arg(COMMAND)
        .env_clear()
        .stdin(Stdio::from(from))
        .stdout(Stdio::from(to))
        .stderr(Stdio::null())
        .spawn()?;
    let begun = std::time::Instant::now();
    let mut pause = Duration::from_millis(1);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if begun.elapsed() > LONGEST {
            child.kill()?;
            child.wait()?;
            return Ok(Err(Unreadable));
        }
        std::thread::sleep(pause);
        pause = (2 * pause).min(Duration::from_millis(50));
    };
    match status.code().map(u8::try_from) {
        Some(Ok(0)) => Ok(Ok(())),
        Some(Ok(FAILED)) => Err(io::Error::other("a PDF couldn't be taken apart")),
        // Whatever else became of it, a limit's signal for one, this document is why.
        _ => Ok(Err(Unreadable)),
    }
}
