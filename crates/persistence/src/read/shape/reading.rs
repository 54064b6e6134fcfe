//! Reading the statement's JSON by position, without building anything of it.

use super::super::render::ARRAY_PART;
use super::{ShapeError, Shaper};

/// Walks an array of so many values, which may stand in parts.
pub(super) struct Walk {
    total: usize,
    next: usize,
}

impl<'a> Shaper<'a> {
    pub(super) fn error<T>(&self, expected: &'static str) -> Result<T, ShapeError> {
        Err(ShapeError { at: self.at, expected })
    }

    pub(super) fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        bytes.get(self.at).copied().unwrap_or(0)
    }

    pub(super) fn take(&mut self, byte: u8, expected: &'static str) -> Result<(), ShapeError> {
        if self.peek() == byte {
            self.at += 1;
            Ok(())
        } else {
            self.error(expected)
        }
    }

    pub(super) fn null(&mut self) -> bool {
        if self.peek() == b'n' {
            self.at += 4;
            true
        } else {
            false
        }
    }

    /// The text of the next value, whatever it is.
    pub(super) fn value(&mut self) -> Result<&'a str, ShapeError> {
        let first = self.peek();
        let start = self.at;
        let bytes = self.text.as_bytes();
        match first {
            b'"' => self.skip_string()?,
            b'[' | b'{' => {
                let mut depth = 0_u32;
                loop {
                    match bytes.get(self.at) {
                        Some(b'"') => {
                            self.skip_string()?;
                            continue;
                        }
                        Some(b'[' | b'{') => depth += 1,
                        Some(b']' | b'}') => depth -= 1,
                        Some(_) => {}
                        None => return self.error("the end of a list"),
                    }
                    self.at += 1;
                    if depth == 0 {
                        break;
                    }
                }
            }
            0 => return self.error("a value"),
            _ => {
                while bytes
                    .get(self.at)
                    .is_some_and(|b| !matches!(b, b',' | b']' | b'}') && !b.is_ascii_whitespace())
                {
                    self.at += 1;
                }
            }
        }
        Ok(&self.text[start..self.at])
    }

    pub(super) fn skip_string(&mut self) -> Result<(), ShapeError> {
        let bytes = self.text.as_bytes();
        self.at += 1;
        loop {
            let rest = bytes.get(self.at..).unwrap_or_default();
            let Some(length) = memchr::memchr2(b'"', b'\\', rest) else {
                return self.error("the end of a string");
            };
            if rest[length] == b'"' {
                self.at += length + 1;
                return Ok(());
            }
            self.at += length + 2;
        }
    }

    pub(super) fn walk(&mut self, total: usize) -> Result<Walk, ShapeError> {
        self.take(b'[', "a list")?;
        Ok(Walk { total, next: 0 })
    }

    /// Goes to the next value of the array.
    pub(super) fn step(&mut self, walk: &mut Walk) -> Result<(), ShapeError> {
        let parted = walk.total > ARRAY_PART;
        if parted && walk.next.is_multiple_of(ARRAY_PART) {
            if walk.next > 0 {
                self.take(b']', "the end of a part")?;
                self.take(b',', "another part")?;
            }
            self.take(b'[', "a part")?;
        } else if walk.next > 0 {
            self.take(b',', "another value")?;
        }
        walk.next += 1;
        Ok(())
    }

    pub(super) fn finish(&mut self, walk: &Walk) -> Result<(), ShapeError> {
        if walk.total > ARRAY_PART && walk.next > 0 {
            self.take(b']', "the end of a part")?;
        }
        self.take(b']', "the end of a list")
    }

    /// Goes to the next element of a list of unknown length; false at its end.
    pub(super) fn element(&mut self, first: bool) -> Result<bool, ShapeError> {
        if self.peek() == b']' {
            self.at += 1;
            return Ok(false);
        }
        if !first {
            self.take(b',', "another element")?;
        }
        Ok(true)
    }
}
