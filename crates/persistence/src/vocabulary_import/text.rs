//! What a vocabulary file says, in the form in which the product keeps it.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;
use oxrdf::NamedNodeRef;

use super::error::Refusal;

/// The longest label taken, in characters.
pub const MAX_LABEL_CHARACTERS: usize = 500;
/// The longest URI of a concept taken, in bytes.
pub const MAX_URI_BYTES: usize = 1024;

/// A label: white space trimmed and collapsed, in NFC. Files come from others and canonically
/// equivalent text says the same, so it is normalised here rather than refused.
pub(super) fn label(raw: &str) -> Result<Cow<'_, str>, Refusal> {
    let spaced = collapse_white_space(raw);
    if spaced.chars().take(MAX_LABEL_CHARACTERS + 1).count() > MAX_LABEL_CHARACTERS {
        return Err(Refusal::LabelTooLong);
    }
    if let Some(control) = spaced.chars().find(|&c| is_unwanted(c)) {
        return Err(Refusal::ControlCharacter(control.into()));
    }
    if spaced.is_empty() {
        return Err(Refusal::EmptyLabel);
    }
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    Ok(if nfc.is_normalized(&spaced) { spaced } else { Cow::Owned(nfc.normalize(&spaced).into_owned()) })
}

/// Control characters, and the marks that turn the direction of text around them: a label must not
/// change how its surroundings are shown. Joiners stay: Persian and Indic labels need them.
fn is_unwanted(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn collapse_white_space(raw: &str) -> Cow<'_, str> {
    let trimmed = raw.trim();
    let mut after_space = false;
    let tidy = trimmed.chars().all(|c| {
        let space = c.is_whitespace();
        let fine = !space || (c == ' ' && !after_space);
        after_space = space;
        fine
    });
    if tidy {
        Cow::Borrowed(trimmed)
    } else {
        Cow::Owned(trimmed.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

/// A language tag in its usual case: `pt-BR`, `zh-Hant`.
pub(super) fn language(raw: &str) -> Result<Cow<'_, str>, Refusal> {
    if !is_language_tag(raw) {
        return Err(Refusal::BadLanguage(shortened(raw)));
    }
    if raw.bytes().all(|b| b.is_ascii_lowercase()) {
        return Ok(Cow::Borrowed(raw));
    }
    let mut tag = String::with_capacity(raw.len());
    for (index, part) in raw.split('-').enumerate() {
        let lower = part.to_ascii_lowercase();
        if index == 0 {
            tag.push_str(&lower);
            continue;
        }
        tag.push('-');
        match part.len() {
            2 => tag.push_str(&lower.to_ascii_uppercase()),
            4 if part.bytes().all(|b| b.is_ascii_alphabetic()) => {
                tag.push_str(&lower[..1].to_ascii_uppercase());
                tag.push_str(&lower[1..]);
            }
            _ => tag.push_str(&lower),
        }
    }
    Ok(Cow::Owned(tag))
}

fn is_language_tag(raw: &str) -> bool {
    let mut parts = raw.split('-');
    let primary = parts.next().unwrap_or_default();
    raw.len() <= 35
        && (2..=8).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Checks the name of a concept: an absolute IRI that a frontend can safely make a link of.
pub(super) fn concept_uri(raw: &str) -> Result<&str, Refusal> {
    if raw.len() > MAX_URI_BYTES {
        return Err(Refusal::IriTooLong);
    }
    let scheme = raw.split(':').next().unwrap_or_default();
    let known = ["http", "https", "urn"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    if known && NamedNodeRef::new(raw).is_ok() { Ok(raw) } else { Err(Refusal::NotAnIri(shortened(raw))) }
}

/// `true` or `false`, also as `1` and `0`, which XML Schema allows.
pub(super) fn boolean(raw: &str) -> Result<bool, Refusal> {
    match raw.trim() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        other => Err(Refusal::NotABoolean(shortened(other))),
    }
}

/// The start of a text, for a message.
pub(super) fn shortened(raw: &str) -> String {
    let mut kept: String = raw.chars().take(80).collect();
    if kept.len() < raw.len() {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_tidied_and_composed() {
        assert_eq!(label("  date \n\t palms ").unwrap(), "date palms");
        assert_eq!(label("cafe\u{301}").unwrap(), "caf\u{e9}");
        assert!(matches!(label("تمور").unwrap(), Cow::Borrowed("تمور")));
        // A zero-width non-joiner is part of how Persian is spelled.
        assert!(label("می\u{200c}وه").is_ok());
    }

    #[test]
    fn a_label_that_is_empty_too_long_or_has_controls_is_refused() {
        assert_eq!(label(" \u{a0} "), Err(Refusal::EmptyLabel));
        assert_eq!(label("a\u{7}b"), Err(Refusal::ControlCharacter(7)));
        assert_eq!(label("a\u{202e}b"), Err(Refusal::ControlCharacter(0x202e)));
        assert_eq!(label(&"x".repeat(501)), Err(Refusal::LabelTooLong));
        assert!(label(&"é".repeat(500)).is_ok());
    }

    #[test]
    fn a_language_tag_gets_its_usual_case() {
        for (raw, tag) in [
            ("en", "en"),
            ("EN", "en"),
            ("pt-br", "pt-BR"),
            ("ZH-hANT-tw", "zh-Hant-TW"),
            ("es-419", "es-419"),
            ("de-1996", "de-1996"),
        ] {
            assert_eq!(language(raw).unwrap(), tag);
        }
        for bad in ["", "e", "en_US", "en-", "123", "englishlanguage", "ру"] {
            assert!(matches!(language(bad), Err(Refusal::BadLanguage(_))), "{bad}");
        }
    }

    #[test]
    fn a_concept_needs_an_absolute_iri_that_is_safe_as_a_link() {
        assert!(concept_uri("http://aims.fao.org/aos/agrovoc/c_806").is_ok());
        assert!(concept_uri("urn:example:jackfruit").is_ok());
        for bad in ["", "c_806", "//aims.fao.org/c_806", "http://a b", "javascript:alert(1)", "file:///etc"] {
            assert!(matches!(concept_uri(bad), Err(Refusal::NotAnIri(_))), "{bad}");
        }
        let long = format!("http://x/{}", "a".repeat(1024));
        assert_eq!(concept_uri(&long), Err(Refusal::IriTooLong));
    }
}
