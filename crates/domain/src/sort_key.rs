//! The order of texts, made here and stored, so that both databases order alike: by plain bytes.

use icu_casemap::CaseMapper;
use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup, Script};

/// The greatest length of a key, in Unicode scalar values. Texts that agree so far have the same key
/// and are ordered by their ids.
pub const MAX: usize = 64;

/// A key that belongs to no language. Compatibility forms, letter case and, in Latin, Greek and
/// Cyrillic, marks make no difference: "Éthiopie" stands between "Estonie" and "Eurasie". Control
/// characters and runs of white space count as one space.
#[must_use]
pub fn sort_key(text: &str) -> String {
    let decompose = DecomposingNormalizerBorrowed::new_nfkd();
    let decomposed = decompose.normalize(text);
    let folded = CaseMapper::new().fold_string(&decomposed).into_owned();
    // Folding composes a few letters, so they are taken apart once more.
    let letters = decompose.normalize(&folded);

    let categories = CodePointMapData::<GeneralCategory>::new();
    let scripts = CodePointMapData::<Script>::new();
    let mut key = String::with_capacity(letters.len().min(4 * MAX));
    let mut length = 0;
    let mut strip = false;
    let mut space = false;
    for character in letters.chars() {
        if character.is_whitespace() || character.is_control() {
            space = length > 0;
            continue;
        }
        if GeneralCategoryGroup::Mark.contains(categories.get(character)) {
            if strip {
                continue;
            }
        } else {
            strip = matches!(scripts.get(character), Script::Latin | Script::Greek | Script::Cyrillic);
        }
        for part in std::iter::repeat_n(' ', usize::from(space)).chain(plain(character).chars()) {
            if length == MAX {
                return key;
            }
            key.push(part);
            length += 1;
        }
        space = false;
    }
    key
}

/// Latin letters that have no decomposition, though readers look for them under their plain letter.
fn plain(character: char) -> Plain {
    let text = match character {
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ı' => "i",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        other => return Plain::Itself(other),
    };
    Plain::Letters(text)
}

enum Plain {
    Itself(char),
    Letters(&'static str),
}

impl Plain {
    fn chars(&self) -> impl Iterator<Item = char> + '_ {
        let (itself, letters) = match self {
            Self::Itself(character) => (Some(*character), ""),
            Self::Letters(text) => (None, *text),
        };
        itself.into_iter().chain(letters.chars())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_marks_and_forms_make_no_difference() {
        for (left, right) in [
            ("Éthiopie", "ethiopie"),
            ("E\u{301}thiopie", "Éthiopie"),
            ("TÜRKİYE", "turkiye"),
            ("ｆｉｇ ①", "fig 1"),
            ("Ёлка", "елка"),
            ("Αθήνα", "ΑΘΗΝΑ"),
            ("Łódź", "lodz"),
            ("Straße", "STRASSE"),
            ("  Fig \t\n drying ", "fig drying"),
            ("Curaçao", "Curacao"),
        ] {
            assert_eq!(sort_key(left), sort_key(right), "{left} and {right}");
        }
    }

    #[test]
    fn marks_that_are_letters_of_their_own_stay() {
        // Vowel signs in Bengali, Khmer, Thai and points in Arabic carry the word.
        for (left, right) in [("কাঁঠাল", "কঠল"), ("ស្វាយ", "សវយ"), ("น้ำ", "นำ")]
        {
            assert_ne!(sort_key(left), sort_key(right), "{left} and {right}");
        }
    }

    #[test]
    fn names_of_countries_come_in_the_order_that_readers_expect() {
        let mut names =
            ["Zambie", "États-Unis", "Estonie", "Égypte", "Eswatini", "Équateur", "albanie", "Érythrée"];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(
            names,
            ["albanie", "Égypte", "Équateur", "Érythrée", "Estonie", "Eswatini", "États-Unis", "Zambie"]
        );
    }

    #[test]
    fn a_key_has_64_characters_at_most() {
        assert_eq!(sort_key(&"х".repeat(100)).chars().count(), 64);
        assert_eq!(sort_key(&"ﷺ".repeat(30)).chars().count(), 64);
        assert_eq!(sort_key(&"æ".repeat(100)).chars().count(), 64);
        assert_eq!(sort_key(""), "");
    }

    proptest! {
        #[test]
        fn a_key_is_bounded_and_its_own_key(text in any::<String>()) {
            let key = sort_key(&text);
            prop_assert!(key.chars().count() <= MAX);
            prop_assert!(!key.contains('\0'));
            // A key cut off inside a sequence of marks may fold differently; a short one never does.
            if key.chars().count() < MAX {
                prop_assert_eq!(sort_key(&key), key);
            }
        }

        #[test]
        fn latin_case_never_decides(text in "[A-Za-zÀ-ÖØ-öø-ÿ ]{0,30}") {
            prop_assert_eq!(sort_key(&text.to_lowercase()), sort_key(&text));
        }
    }
}
