//! Standard output. Whoever reads it may stop reading, as `head` does, and that is no failure.

use std::io::Write as _;

/// Writes a text as it is, at once.
pub fn write(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes a line, at once.
pub fn say(line: impl std::fmt::Display) {
    write(&format!("{line}\n"));
}
