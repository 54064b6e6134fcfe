//! Lines of bounded length, with their numbers.

use std::io::BufRead;

use super::error::{ImportError, Refusal};

/// The longest line taken, in bytes.
pub(super) const MAX_LINE_BYTES: usize = 1 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Reads a file line by line into one buffer.
pub(super) struct Lines<R> {
    input: R,
    buffer: Vec<u8>,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, buffer: Vec::new(), number: 0 }
    }

    /// The next line with its line break, and its number from 1; `None` at the end. A byte order
    /// mark at the start is left out.
    pub(super) fn next(&mut self) -> Result<Option<(u64, &str)>, ImportError> {
        self.buffer.clear();
        self.number += 1;
        loop {
            let available = self.input.fill_buf()?;
            if available.is_empty() {
                break;
            }
            let ended = available.iter().position(|&byte| byte == b'\n');
            let take = ended.map_or(available.len(), |at| at + 1);
            if self.buffer.len() + take > MAX_LINE_BYTES {
                return Err(Refusal::LineTooLong { limit: MAX_LINE_BYTES }.at(self.number));
            }
            self.buffer.extend_from_slice(&available[..take]);
            self.input.consume(take);
            if ended.is_some() {
                break;
            }
        }
        if self.buffer.is_empty() {
            return Ok(None);
        }
        let mut line = self.buffer.as_slice();
        if self.number == 1 {
            line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
        }
        match std::str::from_utf8(line) {
            Ok(text) => Ok(Some((self.number, text))),
            Err(_) => Err(Refusal::NotUtf8.at(self.number)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_breaks_and_numbers_and_lose_the_byte_order_mark() {
        // A buffer of three bytes, so that lines are put together from pieces.
        let input = std::io::BufReader::with_capacity(3, "\u{feff}one\r\n\ntwo".as_bytes());
        let mut lines = Lines::new(input);
        assert_eq!(lines.next().unwrap(), Some((1, "one\r\n")));
        assert_eq!(lines.next().unwrap(), Some((2, "\n")));
        assert_eq!(lines.next().unwrap(), Some((3, "two")));
        assert_eq!(lines.next().unwrap(), None);
    }

    #[test]
    fn a_line_without_end_is_refused_with_its_number_and_little_memory() {
        let endless = std::io::BufReader::new(std::io::Read::chain(&b"short\n"[..], std::io::repeat(b'x')));
        let mut lines = Lines::new(endless);
        assert!(lines.next().is_ok());
        let error = lines.next().unwrap_err();
        assert_eq!(error.to_string(), "line 2: the line is longer than 1048576 bytes");
        assert!(lines.buffer.capacity() <= 2 * MAX_LINE_BYTES);
    }

    #[test]
    fn bytes_that_are_not_utf8_are_refused_with_their_line() {
        let mut lines = Lines::new(&b"fine\n\xff\xfe\n"[..]);
        assert!(lines.next().is_ok());
        assert_eq!(lines.next().unwrap_err().to_string(), "line 2: the line isn't UTF-8");
    }
}
