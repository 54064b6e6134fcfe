//! Checked texts: what people write is kept as they wrote it, or refused with the reason.

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;

/// What a text has to keep to. Lengths are in Unicode scalar values, after white space at both ends
/// is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextRule {
    /// The shortest length; 0 where the text may be empty.
    pub min: usize,
    /// The greatest length.
    pub max: usize,
    /// Whether line breaks and tabs are allowed.
    pub multiline: bool,
    /// Whether it names someone or something: then no character is let in that isn't seen and that
    /// no script needs, by which one name can be made to look like another.
    pub name: bool,
}

/// A title, as of a lesson.
pub const TITLE: TextRule = TextRule { min: 3, max: 200, multiline: false, name: false };
/// One line that isn't a title: an item, a condition, a label.
pub const SHORT: TextRule = TextRule { min: 1, max: 200, multiline: false, name: false };
/// The abstract of a lesson.
pub const ABSTRACT: TextRule = TextRule { min: 0, max: 1_500, multiline: true, name: false };
/// A long part of a lesson.
pub const BODY: TextRule = TextRule { min: 0, max: 20_000, multiline: true, name: false };
/// The name of a person, an organisation or a platform.
pub const NAME: TextRule = TextRule { min: 1, max: 120, multiline: false, name: true };
/// A message from one person to another, a remark in a review.
pub const MESSAGE: TextRule = TextRule { min: 1, max: 2_000, multiline: true, name: false };

/// Why a text is refused. Positions and lengths count Unicode scalar values; a position counts from
/// 0 in the text as it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Not in Unicode normalisation form C. It isn't put into that form here, since the same input
    /// sent twice has to be the same text.
    #[error("the text isn't in Unicode normalisation form C (NFC)")]
    NotNfc,
    /// A control character, or a line break where one line is wanted.
    #[error("there is a control character or a line break at position {position}")]
    ControlCharacter {
        /// Where.
        position: usize,
    },
    /// A character that embeds, overrides or isolates the direction of writing, by which a text can
    /// be made to look like another.
    #[error("there is a character that changes the direction of writing at position {position}")]
    DirectionOverride {
        /// Where.
        position: usize,
    },
    /// A code point that Unicode sets aside for no character.
    #[error("there is a code point that is no character at position {position}")]
    Noncharacter {
        /// Where.
        position: usize,
    },
    /// A character that isn't seen, in a name.
    #[error("there is a character that isn't seen at position {position}")]
    Unseen {
        /// Where.
        position: usize,
    },
    /// Too long.
    #[error("{max} characters are the most, and this has {actual}")]
    TooLong {
        /// The most.
        max: usize,
        /// What was given.
        actual: usize,
    },
    /// Too short, but not empty.
    #[error("{min} characters are the least, and this has {actual}")]
    TooShort {
        /// The least.
        min: usize,
        /// What was given.
        actual: usize,
    },
    /// Nothing to be seen.
    #[error("the text is empty")]
    Empty,
}

impl TextError {
    /// Its code in the API.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotNfc => "NOT_NFC",
            Self::ControlCharacter { .. } => "CONTROL_CHARACTER",
            Self::DirectionOverride { .. } => "DIRECTION_OVERRIDE",
            Self::Noncharacter { .. } => "NONCHARACTER",
            Self::Unseen { .. } => "INVALID",
            Self::TooLong { .. } => "TOO_LONG",
            Self::TooShort { .. } => "TOO_SHORT",
            Self::Empty => "EMPTY",
        }
    }
}

/// The text as it is stored: white space at both ends cut off, line breaks written as `\n`; a text
/// in which nothing can be seen is the empty text.
pub fn check(text: &str, rule: &TextRule) -> Result<String, TextError> {
    let leading = text.chars().take_while(|c| c.is_whitespace()).count();
    let trimmed = text.trim();
    let unseen = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let mut characters = trimmed.chars().enumerate().peekable();
    let mut kept = String::with_capacity(trimmed.len());
    while let Some((index, character)) = characters.next() {
        let position = leading + index;
        // A line break of Windows becomes one of the others' when the next character is pushed.
        if rule.multiline && character == '\r' && characters.peek().is_some_and(|(_, next)| *next == '\n') {
            continue;
        }
        if is_control(character, rule.multiline) {
            return Err(TextError::ControlCharacter { position });
        }
        if matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}') {
            return Err(TextError::DirectionOverride { position });
        }
        if is_noncharacter(character) {
            return Err(TextError::Noncharacter { position });
        }
        kept.push(character);
    }
    if !ComposingNormalizerBorrowed::new_nfc().is_normalized(&kept) {
        return Err(TextError::NotNfc);
    }
    if kept.chars().all(|c| c.is_whitespace() || unseen.contains(c)) {
        kept.clear();
    }
    if rule.name
        && let Some(position) = kept.chars().position(|c| unseen.contains(c) && !shapes_letters(c))
    {
        return Err(TextError::Unseen { position: leading + position });
    }
    let actual = kept.chars().count();
    if actual > rule.max {
        Err(TextError::TooLong { max: rule.max, actual })
    } else if actual < rule.min {
        Err(if actual == 0 { TextError::Empty } else { TextError::TooShort { min: rule.min, actual } })
    } else {
        Ok(kept)
    }
}

/// Characters that aren't seen and without which a name can't be written: joiners and non-joiners,
/// marks of direction, and selectors of variants of letters.
fn shapes_letters(character: char) -> bool {
    matches!(
        character,
        '\u{200C}'..='\u{200F}'
            | '\u{61C}'
            | '\u{34F}'
            | '\u{180B}'..='\u{180D}'
            | '\u{180F}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{E0100}'..='\u{E01EF}'
    )
}

fn is_control(character: char, multiline: bool) -> bool {
    match character {
        '\n' | '\t' => !multiline,
        // Line and paragraph separators break lines without being control characters.
        '\u{2028}' | '\u{2029}' => true,
        _ => character.is_control(),
    }
}

fn is_noncharacter(character: char) -> bool {
    let code = u32::from(character);
    matches!(code, 0xFDD0..=0xFDEF) || code & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_in_any_script_are_kept_as_they_are() {
        for text in [
            "Séchage des figues",
            "波罗蜜的采后处理",
            "تجفيف التين على رفوف",
            "Сушка абрикосов",
            "ការសម្ងួតស្វាយ",
            "কাঁঠাল সংরক্ষণ",
            "می‌خواهم",
            "👩\u{200D}🌾 working",
        ] {
            assert_eq!(check(text, &TITLE).as_deref(), Ok(text));
        }
    }

    #[test]
    fn white_space_at_the_ends_is_cut_off_and_line_breaks_are_one_kind() {
        assert_eq!(check(" \u{3000}Fig drying\u{A0}\n", &TITLE).as_deref(), Ok("Fig drying"));
        assert_eq!(check("one\r\ntwo\n\n\tthree", &BODY).as_deref(), Ok("one\ntwo\n\n\tthree"));
    }

    #[test]
    fn a_decomposed_text_is_refused() {
        assert_eq!(check("Se\u{301}chage", &TITLE), Err(TextError::NotNfc));
        assert_eq!(check("Séchage", &TITLE).as_deref(), Ok("Séchage"));
        // One that has another spelling in form C: the Ångström sign.
        assert_eq!(check("10 \u{212B}ngström", &TITLE), Err(TextError::NotNfc));
    }

    #[test]
    fn control_characters_are_refused_with_their_position() {
        for (text, position) in
            [("a\0bc", 1), ("  ab\u{7}c", 4), ("abc\u{85}d", 3), ("ab\u{7F}", 2), ("é\u{1B}[0m", 1)]
        {
            for rule in [&TITLE, &BODY] {
                assert_eq!(check(text, rule), Err(TextError::ControlCharacter { position }), "{text:?}");
            }
        }
        for text in ["one\ntwo", "one\ttwo", "one\r\ntwo"] {
            assert_eq!(check(text, &TITLE), Err(TextError::ControlCharacter { position: 3 }));
        }
        assert_eq!(check("one\rtwo", &BODY), Err(TextError::ControlCharacter { position: 3 }));
        assert_eq!(check("one\u{2028}two", &BODY), Err(TextError::ControlCharacter { position: 3 }));
    }

    #[test]
    fn what_disguises_a_text_is_refused() {
        for c in ('\u{202A}'..='\u{202E}').chain('\u{2066}'..='\u{2069}') {
            assert_eq!(
                check(&format!("abc{c}def"), &TITLE),
                Err(TextError::DirectionOverride { position: 3 })
            );
        }
        // The marks that a mixed text needs are not overrides.
        assert!(check("a\u{200E}b\u{200F}c", &TITLE).is_ok());
    }

    #[test]
    fn a_name_has_no_character_that_is_not_seen() {
        for (name, position) in [
            ("Amina\u{200B} Phiri", 5),
            (" A\u{FEFF}mina", 2),
            ("Ami\u{AD}na", 3),
            ("Amina\u{2060}", 5),
            ("Amina\u{E0041}\u{E007F}", 5),
        ] {
            assert_eq!(check(name, &NAME), Err(TextError::Unseen { position }), "{name:?}");
            assert!(check(name, &TITLE).is_ok(), "{name:?}");
        }
        for name in ["می\u{200C}خواهم", "শ্\u{200D}যামল", "辻\u{E0100}", "a\u{200E}b"] {
            assert_eq!(check(name, &NAME).as_deref(), Ok(name));
        }
    }

    #[test]
    fn noncharacters_are_refused() {
        for c in ['\u{FFFE}', '\u{FFFF}', '\u{FDD0}', '\u{FDEF}', '\u{1FFFE}', '\u{10FFFF}'] {
            assert_eq!(check(&format!("abc{c}"), &TITLE), Err(TextError::Noncharacter { position: 3 }));
        }
        assert!(check("abc\u{FFFD}\u{FDF0}", &TITLE).is_ok());
    }

    #[test]
    fn lengths_count_characters_and_not_bytes() {
        assert_eq!(check(&"水".repeat(200), &TITLE).map(|t| t.len()), Ok(600));
        assert_eq!(check(&"水".repeat(201), &TITLE), Err(TextError::TooLong { max: 200, actual: 201 }));
        assert_eq!(check("ab", &TITLE), Err(TextError::TooShort { min: 3, actual: 2 }));
        assert_eq!(
            check(&"x".repeat(1_501), &ABSTRACT),
            Err(TextError::TooLong { max: 1_500, actual: 1_501 })
        );
    }

    #[test]
    fn a_text_in_which_nothing_is_seen_is_empty() {
        for text in ["", "   ", "\u{200B}\u{200D}\u{2060}", " \u{AD} \u{200B} "] {
            assert_eq!(check(text, &NAME), Err(TextError::Empty), "{text:?}");
            assert_eq!(check(text, &BODY).as_deref(), Ok(""), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_was_accepted_is_accepted_again_unchanged(text in "\\PC{0,40}|[ -~\\n\\r\\t]{0,40}|.{0,40}") {
            for rule in [&TITLE, &BODY, &NAME] {
                if let Ok(kept) = check(&text, rule) {
                    prop_assert_eq!(check(&kept, rule), Ok(kept.clone()));
                    prop_assert!((rule.min..=rule.max).contains(&kept.chars().count()));
                }
            }
        }

        #[test]
        fn no_control_character_gets_through(text in any::<String>()) {
            if let Ok(kept) = check(&text, &BODY) {
                prop_assert!(kept.chars().all(|c| !c.is_control() || c == '\n' || c == '\t'));
            }
        }
    }
}
