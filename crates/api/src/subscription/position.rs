//! The cursor of an event: its place among all events, opaque to clients.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What the text of a cursor begins with, so that one of a connection isn't taken for it.
const MARK: &str = "event ";

/// Longer than any cursor that we make.
const LONGEST: usize = 64;

/// The cursor of a position.
pub(crate) fn write(position: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("{MARK}{position}"))
}

/// The position of a cursor; none where the text is no cursor of an event.
pub(crate) fn read(cursor: &str) -> Option<i64> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok().filter(|_| cursor.len() <= LONGEST)?;
    let text = String::from_utf8(bytes).ok()?;
    let digits = text.strip_prefix(MARK)?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_nothing_else_is_one() {
        for position in [0, 7, i64::MAX] {
            assert_eq!(read(&write(position)), Some(position));
        }
        let encoded = |text: &str| URL_SAFE_NO_PAD.encode(text);
        for other in ["", "7", "event 7", &encoded("event -7"), &encoded("event "), &encoded("TITLE:ASC [7]")]
        {
            assert_eq!(read(other), None, "{other}");
        }
        assert_eq!(read(&encoded("event 99999999999999999999")), None);
    }
}
