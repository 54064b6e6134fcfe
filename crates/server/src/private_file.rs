//! Files that only their owner may read: the keys, the database, copies of it.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes a file that isn't there yet.
pub fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
