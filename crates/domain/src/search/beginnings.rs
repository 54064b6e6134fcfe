//! By what a title is found while it is being typed: from each of its words on.

use super::concepts::{key, plain, units};
use super::fold;

/// From so many words of a title on, or characters of scripts without spaces, it is found.
const MAX_STARTS: usize = 16;
/// So many words of it count from there on.
const MAX_UNITS: usize = 16;
/// So many characters of it count.
const MAX_CHARACTERS: usize = 60;
/// So many titles of a record are found so.
pub(super) const MAX_TITLES: usize = 20;
/// Of the places of a record's titles, where the first of the next title is.
pub const PLACES: usize = MAX_STARTS;

/// What follows each of the first words of a title, with that word, in lower case and without marks.
#[must_use]
pub fn beginnings(title: &str) -> Vec<String> {
    let units = units(&fold::lower(title));
    let forms = plain(&units);
    let starts = 0..units.len().min(MAX_STARTS);
    let from = |start: usize| {
        let end = units.len().min(start + MAX_UNITS);
        cut(&key(&units[start..end], &forms[start..end]))
    };
    starts.map(from).collect()
}

/// What a beginning begins with that is meant by what was typed so far; none where that is nothing.
#[must_use]
pub fn typed_so_far(text: &str) -> Option<String> {
    let units = units(&fold::lower(text));
    let typed = cut(&key(&units, &plain(&units)));
    (!typed.is_empty()).then_some(typed)
}

/// What comes after all that begins so, by the bytes of UTF-8.
#[must_use]
pub fn after(beginning: &str) -> String {
    [beginning, "\u{10FFFF}"].concat()
}

fn cut(key: &str) -> String {
    key.chars().take(MAX_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_found_from_each_of_its_words_on() {
        assert_eq!(beginnings("Drying FIGS, l’été"), ["drying figs l ete", "figs l ete", "l ete", "ete"]);
        for (typed, title) in [
            ("dry", "Drying figs"),
            ("Fi", "Drying figs"),
            ("drying  f", "Drying figs"),
            ("plátano", "El platano de Malawi"),
            ("波罗", "用真空油炸波罗蜜片"),
            ("ស្វាយ", "ការសម្ងួតស្វាយនៅកំពត"),
            ("инж", "Сушка инжира"),
        ] {
            let typed = typed_so_far(typed).unwrap();
            let found = beginnings(title).into_iter().any(|key| key >= typed && key < after(&typed));
            assert!(found, "{typed} in {title}");
        }
        for (typed, title) in [("igs", "Drying figs"), ("figs dry", "Drying figs")] {
            let typed = typed_so_far(typed).unwrap();
            assert!(!beginnings(title).iter().any(|key| key.starts_with(&typed)), "{typed} in {title}");
        }
        assert_eq!(typed_so_far(" -- "), None);
    }

    #[test]
    fn beginnings_are_bounded() {
        let keys = beginnings(&"word ".repeat(500));
        assert_eq!(keys.len(), MAX_STARTS);
        assert!(keys.iter().all(|key| key.chars().count() <= MAX_CHARACTERS));
    }
}
