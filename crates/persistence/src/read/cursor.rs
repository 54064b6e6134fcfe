//! Opaque keyset cursors: the order's code and direction, and the row's values of its columns.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::declare::Sort;

/// Where a page starts.
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor(pub(super) Vec<CursorValue>);

#[derive(Debug, Clone, PartialEq)]
pub(super) enum CursorValue {
    Int(i64),
    Text(String),
}

/// Why a text is not a cursor of this connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CursorError {
    /// Not a cursor at all.
    #[error("not a cursor of this API")]
    Malformed,
    /// A cursor of another order or direction.
    #[error("a cursor of another order: it can only go on in the order in which it was made")]
    OtherOrder,
}

/// Longer than any cursor that we make.
const MAX_LENGTH: usize = 1024;

impl Cursor {
    /// Reads a cursor for this order.
    ///
    /// # Errors
    /// [`CursorError`] says whether it is no cursor or one of another order.
    pub fn parse(text: &str, sort: &Sort, descending: bool) -> Result<Self, CursorError> {
        if text.len() > MAX_LENGTH {
            return Err(CursorError::Malformed);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError::Malformed)?;
        let text = String::from_utf8(bytes).map_err(|_| CursorError::Malformed)?;
        let (order, values) = text.split_once(' ').ok_or(CursorError::Malformed)?;
        let values: Vec<serde_json::Value> =
            serde_json::from_str(values).map_err(|_| CursorError::Malformed)?;
        if order != order_code(sort, descending) || values.len() != sort.columns.len() {
            return Err(CursorError::OtherOrder);
        }
        sort.columns
            .iter()
            .zip(values)
            .map(|(column, value)| match value {
                serde_json::Value::Number(number) if column.number => {
                    number.as_i64().map(CursorValue::Int).ok_or(CursorError::Malformed)
                }
                serde_json::Value::String(text) if !column.number => {
                    // PostgreSQL can't hold it in a text.
                    if text.contains('\0') {
                        Err(CursorError::Malformed)
                    } else {
                        Ok(CursorValue::Text(text))
                    }
                }
                _ => Err(CursorError::Malformed),
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// The cursor of a row, from the JSON list of its values.
pub(super) fn write(sort: &Sort, descending: bool, values: &str, out: &mut String) {
    let mut plain = order_code(sort, descending);
    plain.push(' ');
    // The databases put their spaces differently between values; a cursor is the same from both.
    let (mut text, mut escaped) = (false, false);
    for character in values.chars() {
        if text || !character.is_ascii_whitespace() {
            plain.push(character);
        }
        if escaped {
            escaped = false;
        } else if character == '"' {
            text = !text;
        } else if character == '\\' {
            escaped = true;
        }
    }
    URL_SAFE_NO_PAD.encode_string(plain, out);
}

fn order_code(sort: &Sort, descending: bool) -> String {
    format!("{}{}", sort.code, if descending { '-' } else { '+' })
}
