//! Reading with a look ahead.

use std::fs::File;
use std::io::{self, Read as _, Write};

const PIECE: usize = 64 * 1024;

/// A file of which the next bytes can be seen before they are taken.
pub(super) struct Input {
    file: File,
    held: Vec<u8>,
    /// How much of what is held is taken.
    taken: usize,
}

impl Input {
    pub fn new(file: File) -> Self {
        Self { file, held: Vec::new(), taken: 0 }
    }

    /// The next bytes: as many as that, or all that there are.
    pub fn see(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.held.len() - self.taken < count {
            self.held.drain(..self.taken);
            self.taken = 0;
            let wanted = u64::try_from(count.max(PIECE)).unwrap_or(u64::MAX);
            if (&self.file).take(wanted).read_to_end(&mut self.held)? == 0 {
                break;
            }
        }
        let there = &self.held[self.taken..];
        Ok(&there[..there.len().min(count)])
    }

    /// Passes over bytes.
    pub fn skip(&mut self, mut count: u64) -> io::Result<()> {
        while count > 0 {
            let piece = usize::try_from(count).unwrap_or(PIECE).min(PIECE);
            let there = self.see(piece)?.len();
            if there == 0 {
                break;
            }
            self.taken += there;
            count -= u64::try_from(there).unwrap_or(count);
        }
        Ok(())
    }

    /// Copies bytes; says how many there were.
    pub fn copy(&mut self, count: u64, to: &mut impl Write) -> io::Result<u64> {
        let mut left = count;
        while left > 0 {
            let piece = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
            let there = self.see(piece)?;
            if there.is_empty() {
                break;
            }
            to.write_all(there)?;
            let there = there.len();
            self.taken += there;
            left -= u64::try_from(there).unwrap_or(left);
        }
        Ok(count - left)
    }
}
