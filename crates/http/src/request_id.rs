//! A name for each request, in the answer, in the log and in the errors that are our fault.

use std::fmt::Write as _;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The header that carries it, in and out.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Longer ones are not taken over.
const LONGEST: usize = 64;

/// The name of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// The name that a proxy or a client gave, if it is a sane one, else a new one.
    pub fn take_or_make(headers: &HeaderMap, fill_random: impl FnOnce(&mut [u8])) -> Self {
        let given = headers.get(HEADER).and_then(|value| value.to_str().ok()).filter(|given| is_sane(given));
        if let Some(given) = given {
            return Self(given.to_owned());
        }
        let mut bytes = [0_u8; 16];
        fill_random(&mut bytes);
        let mut text = String::with_capacity(32);
        for byte in bytes {
            // Writing to a string never fails.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As a header's value.
    pub fn header_value(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

/// Nothing that could mean something in a log, a page or a shell.
fn is_sane(given: &str) -> bool {
    (1..=LONGEST).contains(&given.len())
        && given.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(given: Option<&str>) -> String {
        let mut headers = HeaderMap::new();
        if let Some(given) = given {
            headers.insert(HEADER, given.parse().unwrap());
        }
        RequestId::take_or_make(&headers, |buffer| buffer.fill(0xab)).0
    }

    #[test]
    fn a_sane_name_is_kept_and_any_other_replaced() {
        let made = "ab".repeat(16);
        assert_eq!(id(Some("01J9-trace.7_x")), "01J9-trace.7_x");
        assert_eq!(id(None), made);
        assert_eq!(id(Some("a b")), made);
        assert_eq!(id(Some("<script>")), made);
        assert_eq!(id(Some("")), made);
        assert_eq!(id(Some(&"x".repeat(65))), made);
    }
}
