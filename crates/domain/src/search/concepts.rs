//! Where a search names a concept, by a label in any language.
//!
//! A label is known by its keys: its words as they are, and as their stems in its language. A search has a key for each
//! of its stretches of words, and for each of these languages; where two keys are the same, the search may name the
//! concept. Of stretches that overlap, the longest one counts.

use std::collections::{BTreeMap, BTreeSet};

use super::{fold, grams, stems, words};

/// Labels of more words aren't looked for, nor those of more characters in scripts without spaces.
const MAX_WORDS: usize = 6;
const MAX_CLUSTERS: usize = 14;
/// So many words and characters of a search are looked at for labels.
const MAX_UNITS: usize = 80;
/// A longer key is that of no label that anyone types.
const MAX_KEY: usize = 200;

/// A stretch of a search that may be a label.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// Where it begins and ends, counted in words, or characters of scripts without spaces.
    pub place: std::ops::Range<usize>,
    /// What the label would be known by.
    pub key: String,
    /// The languages whose labels it may be, by the codes of their stems; none where of any.
    languages: Option<BTreeSet<&'static str>>,
}

impl Span {
    /// Whether a label of this language, a BCP 47 tag, with the same key is meant.
    #[must_use]
    pub fn fits(&self, language: &str) -> bool {
        match &self.languages {
            None => true,
            Some(languages) => stems::code_of(language).is_some_and(|code| languages.contains(code)),
        }
    }
}

/// A word, or one character of a script without spaces.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub text: String,
    pub unspaced: bool,
}

pub(super) fn units(lower: &str) -> Vec<Unit> {
    let mut units = Vec::new();
    for word in words::words(lower) {
        if grams::is_unspaced(&word) {
            units.extend(grams::clusters(&word).map(|text| Unit { text: text.to_owned(), unspaced: true }));
        } else {
            units.push(Unit { text: word, unspaced: false });
        }
    }
    units
}

/// Puts words together to a key; characters of scripts without spaces stand without any between them.
pub(super) fn key(units: &[Unit], forms: &[String]) -> String {
    let mut key = String::new();
    let mut before = None;
    for (unit, form) in units.iter().zip(forms) {
        if before.is_some_and(|unspaced: bool| !(unspaced && unit.unspaced)) {
            key.push(' ');
        }
        key.push_str(form);
        before = Some(unit.unspaced);
    }
    key
}

/// The words as they are, without marks that many leave out.
pub(super) fn plain(units: &[Unit]) -> Vec<String> {
    units.iter().map(|unit| fold::without_marks(&unit.text)).collect()
}

/// The stems of a word, each with the code of its language.
type Stems = BTreeSet<(&'static str, String)>;

/// Those of each of the words: of this language, or of any in which it has some.
fn stems_of(units: &[Unit], language: Option<&str>) -> Vec<Stems> {
    units.iter().map(|unit| stems::stems(&unit.text, language)).collect()
}

/// The keys of these words by their stems, each with the code of its language. A word has two stems at most in one
/// language: with its marks and without.
fn stemmed(units: &[Unit], found: &[Stems]) -> BTreeSet<(&'static str, String)> {
    let codes: BTreeSet<&'static str> = found.iter().flatten().map(|(code, _)| *code).collect();
    let bare = plain(units);
    let mut keys = BTreeSet::new();
    for code in codes {
        for last in [false, true] {
            let forms = found.iter().zip(&bare).map(|(stems, bare)| {
                let mut own = stems.iter().filter(|(of, _)| *of == code).map(|(_, stem)| stem);
                let stem = if last { own.next_back() } else { own.next() };
                stem.unwrap_or(bare).clone()
            });
            let forms: Vec<String> = forms.collect();
            keys.insert((code, key(units, &forms)));
        }
    }
    keys
}

/// What a label of this language, a BCP 47 tag, is known by; nothing where nobody would type it.
#[must_use]
pub fn label_keys(label: &str, language: &str) -> BTreeSet<String> {
    let units = units(&fold::lower(label));
    let most = if units.iter().all(|unit| unit.unspaced) { MAX_CLUSTERS } else { MAX_WORDS };
    if units.is_empty() || units.len() > most {
        return BTreeSet::new();
    }
    let mut keys = BTreeSet::from([key(&units, &plain(&units))]);
    let stems = stems_of(&units, Some(language));
    keys.extend(stemmed(&units, &stems).into_iter().map(|(_, key)| key));
    keys.retain(|key| key.len() <= MAX_KEY);
    keys
}

/// The stretches of a search that may be labels.
pub(super) fn spans(units: &[Unit]) -> Vec<Span> {
    let units = units.get(..MAX_UNITS).unwrap_or(units);
    let stems = stems_of(units, None);
    let mut found = Vec::new();
    for start in 0..units.len() {
        let mut words = 0;
        for end in start + 1..=units.len().min(start + MAX_CLUSTERS) {
            let stretch = &units[start..end];
            words += usize::from(stretch.last().is_some_and(|unit| !unit.unspaced));
            if words > MAX_WORDS {
                break;
            }
            if !is_whole(units, start, end) {
                continue;
            }
            let place = start..end;
            let as_it_is = key(stretch, &plain(stretch));
            let mut languages: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
            for (code, key) in stemmed(stretch, &stems[start..end]) {
                languages.entry(key).or_default().insert(code);
            }
            languages.remove(&as_it_is);
            found.push(Span { place: place.clone(), key: as_it_is, languages: None });
            found.extend(languages.into_iter().map(|(key, languages)| Span {
                place: place.clone(),
                key,
                languages: Some(languages),
            }));
        }
    }
    found.retain(|span| span.key.len() <= MAX_KEY);
    found
}

/// Whether the stretch can be a word of its own: of scripts without spaces, one character amid others is none, and of
/// the others, one letter.
fn is_whole(units: &[Unit], start: usize, end: usize) -> bool {
    let [unit] = &units[start..end] else { return true };
    if unit.unspaced {
        let beside = [start.checked_sub(1), Some(end)].into_iter().flatten();
        !beside.filter_map(|place| units.get(place)).any(|unit| unit.unspaced)
    } else {
        unit.text.chars().nth(1).is_some()
    }
}

/// Of the places of spans that name something, those that count: the longest first, and none that overlaps one of them.
#[must_use]
pub fn longest(places: impl IntoIterator<Item = std::ops::Range<usize>>) -> Vec<std::ops::Range<usize>> {
    let mut places: Vec<_> = places.into_iter().collect();
    places.sort_by_key(|place| (std::cmp::Reverse(place.len()), place.start));
    places.dedup();
    let mut counted: Vec<std::ops::Range<usize>> = Vec::new();
    for place in places {
        if counted.iter().all(|other| place.end <= other.start || other.end <= place.start) {
            counted.push(place);
        }
    }
    counted.sort_by_key(|place| place.start);
    counted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a search names a concept by this label, and where.
    fn named(search: &str, label: &str, language: &str) -> Option<std::ops::Range<usize>> {
        let keys = label_keys(label, language);
        let spans = spans(&units(&fold::lower(search)));
        let found = spans.into_iter().filter(|span| keys.contains(&span.key) && span.fits(language));
        longest(found.map(|span| span.place)).into_iter().next()
    }

    #[test]
    fn a_search_names_a_concept_by_a_label_in_any_language_and_form() {
        for (search, label, language) in [
            ("Сушка вишни в Узбекистане", "вишня", "ru"),
            ("переработка джекфрута", "джекфрут", "ru"),
            ("how to dry sweet cherries at home", "sweet cherry", "en"),
            ("БАНАНЫ", "бананы", "ru"),
            ("séchage des bananes", "banane", "fr"),
            ("sechage de l'igname", "Igname", "fr"),
            ("تجفيف التين في مصر", "تين", "ar"),
            ("المانجو المجففة", "مانجو", "ar"),
            ("甜樱桃加工技术", "甜樱桃", "zh"),
            ("怎样加工波罗蜜", "波罗蜜", "zh-Hans"),
            ("การแปรรูปขนุน", "ขนุน", "th"),
            ("ការកែច្នៃខ្នុរ", "ខ្នុរ", "km"),
            ("茶", "茶", "zh"),
            ("cacao", "Cacao", "es"),
        ] {
            assert!(named(search, label, language).is_some(), "{label} in {search}");
        }
    }

    #[test]
    fn what_is_no_label_names_nothing() {
        for (search, label, language) in [
            ("figure", "fig", "en"),
            ("cherry", "sweet cherry", "en"),
            ("绿茶叶", "茶", "zh"),
            ("a", "a", "en"),
            ("", "fig", "en"),
            // Its Russian stem is no stem of a label in French.
            ("сушка", "sushk", "fr"),
        ] {
            assert_eq!(named(search, label, language), None, "{label} in {search}");
        }
        assert!(label_keys("one two three four five six seven", "en").is_empty());
        assert!(label_keys("!?", "en").is_empty());
    }

    #[test]
    fn of_labels_that_overlap_the_longest_counts() {
        let of = |places: &[(usize, usize)]| {
            let counted = longest(places.iter().map(|&(start, end)| start..end));
            counted.into_iter().map(|place| (place.start, place.end)).collect::<Vec<_>>()
        };
        assert_eq!(of(&[(0, 1), (0, 2), (1, 2), (3, 4)]), [(0, 2), (3, 4)]);
        assert_eq!(of(&[(0, 2), (1, 3)]), [(0, 2)]);
        assert_eq!(of(&[]), []);
    }

    #[test]
    fn spans_are_bounded() {
        assert!(spans(&units(&"слово ".repeat(5_000))).len() < 5_000);
        assert!(spans(&units(&"果".repeat(5_000))).len() <= MAX_UNITS * MAX_CLUSTERS);
    }
}
