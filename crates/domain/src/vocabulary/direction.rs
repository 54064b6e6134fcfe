//! The directions of writing.

use icu_locale::{LanguageIdentifier, LocaleDirectionality};

use super::LanguageTag;

crate::closed_set! {
    /// The direction in which a language is written. Won't grow.
    pub enum WritingDirection {
        /// From left to right.
        LeftToRight = "LTR",
        /// From right to left.
        RightToLeft = "RTL",
    }
}

impl WritingDirection {
    /// That of a language, in the script that is said, else in the one it is usually written in.
    #[must_use]
    pub fn of(language: &LanguageTag) -> Self {
        let scripts = LocaleDirectionality::new_extended();
        let read = language.as_str().parse::<LanguageIdentifier>();
        if read.is_ok_and(|read| scripts.is_right_to_left(&read)) {
            Self::RightToLeft
        } else {
            Self::LeftToRight
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_the_direction_of_its_script() {
        let of = |tag: &str| WritingDirection::of(&tag.parse().unwrap());
        for tag in ["ar", "ar-EG", "fa", "ur", "he", "ckb", "dv", "pa-Arab", "uz-Arab", "ug", "yi", "ps"] {
            assert_eq!(of(tag), WritingDirection::RightToLeft, "{tag}");
        }
        for tag in ["en", "ny", "zh", "ru", "pa", "uz-Cyrl", "ku", "tr", "bn"] {
            assert_eq!(of(tag), WritingDirection::LeftToRight, "{tag}");
        }
    }
}
