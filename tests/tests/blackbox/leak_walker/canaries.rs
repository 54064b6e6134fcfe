//! What is hidden, from whom, and how it is found in what the server says.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A value that only some may see.
#[derive(Debug)]
pub struct Canary {
    /// The value, or the part of it by which it is found; in small letters.
    pub mark: String,
    /// Who may see it.
    pub seen_by: &'static [&'static str],
    /// Whether the log may hold it.
    pub logged: bool,
}

/// What is in a text in any dress: in small letters, also what is within base64, as cursors are.
pub fn undressed(text: &str) -> String {
    let mut all = text.to_lowercase();
    for word in text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
        .filter(|word| word.len() > 15)
    {
        if let Ok(bytes) = URL_SAFE_NO_PAD.decode(word) {
            all.push('\n');
            all.push_str(&String::from_utf8_lossy(&bytes).to_lowercase());
        }
    }
    all
}

#[test]
fn a_mark_is_found_in_any_dress() {
    let cursor = URL_SAFE_NO_PAD.encode("NAME+ [\"zqhidden\"]");
    for text in ["{\"a\":\"x ZQhidden y\"}".to_owned(), format!("{{\"cursor\":\"{cursor}\"}}")] {
        assert!(undressed(&text).contains("zqhidden"), "{text}");
    }
}
