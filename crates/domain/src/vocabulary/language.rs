//! Language tags.

use std::fmt;
use std::str::FromStr;

/// A language tag of BCP 47: a language, and where needed a script and a region, such as `ny`,
/// `zh-Hant`, `uz-Cyrl-UZ`, `es-419`. Written in the usual case, so that one tag has one spelling.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LanguageTag {
    text: String,
    /// How many bytes of the text are the language.
    primary: usize,
}

/// Why a text is no language tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LanguageTagError {
    /// It doesn't begin with the two or three letters of a language.
    #[error("a language tag begins with the two or three letters of a language (BCP 47)")]
    Language,
    /// The letters aren't those of a language.
    #[error("no language has these letters (ISO 639, such as en, ny or bem)")]
    Unknown,
    /// After the language comes something else than a script of four letters and a region of two
    /// letters or three digits. Variants and extensions aren't used here.
    #[error(
        "after the language, only a script (four letters) and a region (two letters or three digits) may follow"
    )]
    Subtag,
}

impl LanguageTag {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The language alone, without script and region.
    #[must_use]
    pub fn primary(&self) -> &str {
        &self.text[..self.primary]
    }

    /// Gives up the type.
    #[must_use]
    pub fn into_string(self) -> String {
        self.text
    }
}

impl FromStr for LanguageTag {
    type Err = LanguageTagError;

    fn from_str(text: &str) -> Result<Self, LanguageTagError> {
        let mut subtags = text.split('-').peekable();
        let language = subtags.next().unwrap_or_default();
        if !matches!(language.len(), 2 | 3) || !letters(language) {
            return Err(LanguageTagError::Language);
        }
        let mut canonical =
            code_of(&language.to_ascii_lowercase()).ok_or(LanguageTagError::Unknown)?.to_owned();
        let primary = canonical.len();
        if let Some(script) = subtags.next_if(|subtag| subtag.len() == 4 && letters(subtag)) {
            canonical.push('-');
            canonical.push_str(&script[..1].to_ascii_uppercase());
            canonical.push_str(&script[1..].to_ascii_lowercase());
        }
        if let Some(region) = subtags.next_if(|subtag| is_region(subtag)) {
            canonical.push('-');
            canonical.push_str(&region.to_ascii_uppercase());
        }
        if subtags.next().is_some() {
            return Err(LanguageTagError::Subtag);
        }
        Ok(Self { text: canonical, primary })
    }
}

/// The code of the language that these letters stand for: that of two letters where there is one, as
/// BCP 47 has it.
fn code_of(letters: &str) -> Option<&'static str> {
    let known = match letters.len() {
        2 => isolang::Language::from_639_1(letters),
        _ => isolang::Language::from_639_3(letters),
    }?;
    Some(known.to_639_1().unwrap_or(known.to_639_3()))
}

fn letters(subtag: &str) -> bool {
    subtag.bytes().all(|b| b.is_ascii_alphabetic())
}

fn is_region(subtag: &str) -> bool {
    (subtag.len() == 2 && letters(subtag))
        || (subtag.len() == 3 && subtag.bytes().all(|b| b.is_ascii_digit()))
}

impl fmt::Display for LanguageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for LanguageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_tag_is_written_in_the_usual_case() {
        for (text, canonical) in [
            ("ny", "ny"),
            ("EN", "en"),
            ("ZH-hant", "zh-Hant"),
            ("uz-CYRL-uz", "uz-Cyrl-UZ"),
            ("es-419", "es-419"),
            ("pt-br", "pt-BR"),
            ("fil", "fil"),
            ("eng", "en"),
            ("nya-MW", "ny-MW"),
        ] {
            assert_eq!(LanguageTag::from_str(text).unwrap().as_str(), canonical);
        }
        assert_eq!(LanguageTag::from_str("uz-Cyrl-UZ").unwrap().primary(), "uz");
    }

    #[test]
    fn what_is_no_language_is_refused() {
        for bad in ["", "e", "engl", "e1", "русский", "-en", "i-klingon", "x-own", "english", " en", "419"]
        {
            assert_eq!(LanguageTag::from_str(bad), Err(LanguageTagError::Language), "{bad}");
        }
        for bad in [
            "en-",
            "en_GB-x",
            "en-GBR",
            "en-GB-Latn",
            "en-GB-oxendict",
            "zh-yue-HK",
            "en-u-ca",
            "en-GB ",
            "en--GB",
            "en-41",
        ] {
            assert!(LanguageTag::from_str(bad).is_err(), "{bad}");
        }
        assert_eq!(LanguageTag::from_str("en_GB"), Err(LanguageTagError::Language));
    }

    #[test]
    fn letters_that_are_no_language_are_refused() {
        for bad in ["xx", "XX-MW", "qq", "zzz", "qaa", "xxx-Latn"] {
            assert_eq!(LanguageTag::from_str(bad), Err(LanguageTagError::Unknown), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_tag_has_one_spelling(text in "[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?") {
            let Ok(tag) = LanguageTag::from_str(&text) else { return Ok(()) };
            // A language of two letters may be written with its three.
            let (_, rest) = text.split_at(text.find('-').unwrap_or(text.len()));
            prop_assert!(tag.as_str()[tag.primary().len()..].eq_ignore_ascii_case(rest));
            prop_assert_eq!(&LanguageTag::from_str(&text.to_uppercase()).unwrap(), &tag);
            prop_assert_eq!(LanguageTag::from_str(tag.as_str()).unwrap(), tag);
        }

        #[test]
        fn no_text_breaks_it(text in any::<String>()) {
            if let Ok(tag) = LanguageTag::from_str(&text) {
                prop_assert!(tag.as_str().is_ascii());
            }
        }
    }
}
