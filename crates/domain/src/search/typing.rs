//! Typing errors: which words may be meant by one that nothing has.
//!
//! A typing error is a letter too many, one too few, a wrong one, or two neighbours in each other's place. A word of 4
//! to 7 letters may have one, a longer one two, a shorter one none.
//!
//! Words are known to the databases by their parts: whoever makes so many errors at most leaves one of the parts of a
//! word as it is, where the word is cut into one more of them. So each word has some few keys, each with the length of the
//! word and the place of the part, and a search asks for those that a part may have where it stands a little aside.
//! Compared with keys for everything that is left when letters are taken away, these are a tenth as many.

use std::collections::BTreeSet;

use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};

use super::{fold, grams, words};

/// Shorter words are too often meant as they are.
const SHORTEST: usize = 4;
/// From so many letters on there may be two errors.
const LONG: usize = 8;
/// Longer words aren't kept.
const LONGEST: usize = 30;
/// So many words of one text are kept.
const MAX_WORDS: usize = 4_000;
/// So many words at most are taken for what was meant, of those in texts and of those in labels.
const MAX_MEANT: usize = 3;

/// Where a word is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A record that everyone sees.
    Text,
    /// The label of a concept.
    Label,
}

impl Origin {
    /// As the databases have it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Text => "T",
            Self::Label => "L",
        }
    }

    /// Read back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Text, Self::Label].into_iter().find(|origin| origin.code() == code)
    }
}

/// The words of a text by which errors in others can be told: without marks, each once.
#[must_use]
pub fn known_words<'a>(texts: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    for text in texts {
        for word in words::words(&fold::lower(text)) {
            known.extend(plain(&word).filter(|_| known.len() < MAX_WORDS));
        }
    }
    known
}

/// The word without its marks, where it is one that has a correct form: of letters alone, in a script with spaces.
fn plain(word: &str) -> Option<String> {
    if grams::is_unspaced(word) {
        return None;
    }
    let bare = fold::without_marks(word);
    let categories = CodePointMapData::<GeneralCategory>::new();
    let letters = bare
        .chars()
        .all(|letter| letter.is_alphabetic() || GeneralCategoryGroup::Mark.contains(categories.get(letter)));
    let length = bare.chars().count();
    (letters && (SHORTEST - 1..=LONGEST).contains(&length)).then_some(bare)
}

/// How many errors a word of so many letters may have.
fn errors(letters: usize) -> usize {
    match letters {
        0..SHORTEST => 0,
        SHORTEST..LONG => 1,
        _ => 2,
    }
}

/// A word of a search that may have errors: without its marks, as those that are known.
pub(super) fn may_have_errors(word: &str) -> Option<String> {
    plain(word).filter(|bare| errors(bare.chars().count()) > 0)
}

/// Where a word of so many letters is cut into so many parts: beginning and length of each.
fn cut(letters: usize, parts: usize) -> impl Iterator<Item = (usize, usize)> {
    let (each, longer) = (letters / parts, letters % parts);
    (0..parts).scan(0, move |start, part| {
        let length = each + usize::from(part >= parts - longer);
        let begins = *start;
        *start += length;
        Some((begins, length))
    })
}

fn key(errors: usize, letters: usize, part: usize, text: &[char]) -> String {
    let text: String = text.iter().collect();
    format!("{errors}{letters:02}{part}{text}")
}

/// The keys of a word that is known.
#[must_use]
pub fn word_keys(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let mut keys = Vec::new();
    for most in [1, 2] {
        // What may be meant by words with so many errors: those are shorter or longer by as much.
        let mut typed = letters.len().saturating_sub(most)..=letters.len() + most;
        if !typed.any(|typed| errors(typed) == most) {
            continue;
        }
        for (part, (start, length)) in cut(letters.len(), most + 1).enumerate() {
            keys.push(key(most, letters.len(), part, &letters[start..start + length]));
        }
    }
    keys
}

/// The keys of all words that may be meant by this one. There may be others among those that have them.
#[must_use]
pub fn near_keys(typed: &str) -> BTreeSet<String> {
    let mut letters: Vec<char> = typed.chars().collect();
    let mut keys = BTreeSet::new();
    let most = errors(letters.len());
    if most == 0 {
        return keys;
    }
    add_keys(&letters, most, &mut keys);
    // Two letters in each other's place may stand in two parts.
    for place in 1..letters.len() {
        letters.swap(place - 1, place);
        add_keys(&letters, most, &mut keys);
        letters.swap(place - 1, place);
    }
    keys
}

fn add_keys(letters: &[char], most: usize, keys: &mut BTreeSet<String>) {
    for meant in (letters.len() - most)..=letters.len() + most {
        for (part, (start, length)) in cut(meant, most + 1).enumerate() {
            // Of the parts that are as they were there is one with no more errors before it than parts, and no more after
            // it than parts: so far aside it stands at most.
            let longer = letters.len().cast_signed() - meant.cast_signed();
            let (before, after) = (part.cast_signed(), (most - part).cast_signed());
            for aside in (-before).max(longer - after)..=before.min(longer + after) {
                let begins = start.checked_add_signed(aside);
                let text = begins.and_then(|begins| letters.get(begins..begins + length));
                keys.extend(text.map(|text| key(most, meant, part, text)));
            }
        }
    }
}

/// How many errors make one word of the other; no more than these are counted.
fn distance(typed: &[char], meant: &[char], most: usize) -> Option<usize> {
    if typed.len().abs_diff(meant.len()) > most {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=meant.len()).collect();
    for (row, letter) in typed.iter().enumerate() {
        let mut line = vec![row + 1];
        for (column, other) in meant.iter().enumerate() {
            let mut least = (above[column] + usize::from(letter != other))
                .min(above[column + 1] + 1)
                .min(line[column] + 1);
            if row > 0 && column > 0 && *letter == meant[column - 1] && typed[row - 1] == *other {
                least = least.min(before[column - 1] + 1);
            }
            line.push(least);
        }
        before = std::mem::replace(&mut above, line);
    }
    above.last().copied().filter(|found| *found <= most)
}

/// What may be meant by a word, of those that have one of its keys: in texts those with the fewest errors, and the same
/// in labels; the likeliest first. None where the word itself is among them: then it is meant as it is.
#[must_use]
pub fn meant<'a>(typed: &str, known: impl IntoIterator<Item = (Origin, &'a str)>) -> Vec<String> {
    let letters: Vec<char> = typed.chars().collect();
    let most = errors(letters.len());
    let mut found = BTreeSet::new();
    for (origin, word) in known {
        let other: Vec<char> = word.chars().collect();
        if let Some(errors) = distance(&letters, &other, most) {
            // Few mistake the first letter.
            let begins_otherwise = letters.first() != other.first();
            found.insert((origin, errors, begins_otherwise, letters.len().abs_diff(other.len()), word));
        }
    }
    if found.iter().any(|(_, errors, ..)| *errors == 0) {
        return Vec::new();
    }
    let mut meant: Vec<String> = Vec::new();
    for origin in [Origin::Text, Origin::Label] {
        let own = found.iter().filter(|(of, ..)| *of == origin);
        let fewest = own.clone().next().map(|(_, errors, ..)| *errors);
        let own = own.filter(|(_, errors, ..)| Some(*errors) == fewest).take(MAX_MEANT);
        meant.extend(own.map(|(.., word)| (*word).to_owned()));
    }
    let mut seen = BTreeSet::new();
    meant.retain(|word| seen.insert(word.clone()));
    meant
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(typed: &str, known: &[&str]) -> Vec<String> {
        meant(typed, known.iter().map(|word| (Origin::Text, *word)))
    }

    #[test]
    fn a_word_with_typing_errors_is_taken_for_what_is_meant() {
        for (typed, word) in [
            ("bannana", "banana"),
            ("bananna", "banana"),
            ("dryng", "drying"),
            ("jackfriut", "jackfruit"),
            ("jakcfriut", "jackfruit"),
            ("fermantaton", "fermentation"),
            ("джекфурт", "джекфрут"),
            ("сушкк", "сушка"),
            ("séhage", "sechage"),
            ("التيين", "التين"),
        ] {
            let typed = may_have_errors(&fold::lower(typed)).unwrap();
            let keys = near_keys(&typed);
            assert!(word_keys(word).iter().any(|key| keys.contains(key)), "{typed} has no key of {word}");
            assert_eq!(of(&typed, &[word, "something"]), [word]);
        }
    }

    #[test]
    fn a_word_that_is_known_or_short_or_too_far_is_meant_as_it_is() {
        assert!(of("banana", &["banana", "bananas"]).is_empty());
        assert!(of("cocoa", &["cocoon"]).is_empty(), "two errors in five letters");
        for short in ["fig", "c4", "184", "芒果干加工", "ทุเรียน", ""] {
            assert_eq!(may_have_errors(short), None, "{short}");
        }
        assert!(near_keys("fig").is_empty());
    }

    #[test]
    fn of_several_the_nearest_is_meant() {
        assert_eq!(of("mangoo", &["mango", "mangos", "mangrove"]), ["mangos", "mango"]);
        assert_eq!(of("irigation", &["litigation", "irrigation"]), ["irrigation"]);
        let labels = [(Origin::Label, "figue"), (Origin::Text, "fique"), (Origin::Label, "fugue")];
        assert_eq!(meant("fiqus", labels), ["fique"]);
    }

    #[test]
    fn keys_are_few() {
        assert_eq!(word_keys("fig").len(), 2);
        assert_eq!(word_keys("banana").len(), 5);
        assert_eq!(word_keys("fermentation").len(), 3);
        assert!(near_keys("fermentation").len() < 200);
    }

    /// A word with so many errors, made as the numbers say.
    fn mistyped(word: &str, errors: &[(u8, usize, char)]) -> String {
        let mut letters: Vec<char> = word.chars().collect();
        for (kind, place, letter) in errors {
            let place = place % letters.len().max(1);
            match kind % 4 {
                0 => letters.insert(place, *letter),
                1 if letters.len() > 1 => {
                    letters.remove(place);
                }
                2 => letters[place] = *letter,
                _ if place + 1 < letters.len() => letters.swap(place, place + 1),
                _ => {}
            }
        }
        letters.into_iter().collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn whatever_may_be_meant_has_one_of_the_keys(
            word in "[abcд]{3,14}",
            made in prop::collection::vec((0_u8..4, 0_usize..14, prop::char::range('a', 'd')), 1..3),
        ) {
            let typed = mistyped(&word, &made);
            let (letters, other): (Vec<char>, Vec<char>) = (typed.chars().collect(), word.chars().collect());
            if errors(letters.len()) > 0 && distance(&letters, &other, errors(letters.len())).is_some() {
                let keys = near_keys(&typed);
                prop_assert!(word_keys(&word).iter().any(|key| keys.contains(key)), "{} for {}", typed, word);
            }
        }
    }
}
