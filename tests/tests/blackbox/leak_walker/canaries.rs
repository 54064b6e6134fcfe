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
}

/// The values that someone may not see.
pub fn hidden_from<'c>(canaries: &'c [Canary], who: &str) -> impl Iterator<Item = &'c str> {
    canaries.iter().filter(move |canary| !canary.seen_by.contains(&who)).map(|canary| canary.mark.as_str())
}

/// The first of these marks in a text, in any letter case, plain or within base64 as cursors are.
pub fn found<'m>(text: &str, marks: impl Iterator<Item = &'m str>) -> Option<&'m str> {
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
    marks.into_iter().find(|mark| all.contains(mark))
}

#[test]
fn a_mark_is_found_in_any_dress() {
    let marks = || ["zqhidden"].into_iter();
    assert_eq!(found("{\"a\":\"x ZQhidden y\"}", marks()), Some("zqhidden"));
    let cursor = URL_SAFE_NO_PAD.encode("NAME+ [\"zqhidden\"]");
    assert_eq!(found(&format!("{{\"cursor\":\"{cursor}\"}}"), marks()), Some("zqhidden"));
    assert_eq!(found("{\"a\":\"nothing to be seen here\"}", marks()), None);
}
