//! Stems: what the forms of a word have in common, by the algorithms of the Snowball project.
//!
//! Each language has its own algorithm, so a stem is kept with its language: the same letters may be the stem of
//! something else in another one. A text has its language; a search has none, so its words are taken for words of
//! every language that is written in their script.

use std::collections::BTreeSet;

use icu_properties::CodePointMapData;
use icu_properties::props::Script;
use snowball_stemmers_rs::{Algorithm, Stemmer};

use super::fold::without_marks;

/// Longer words are names of chemicals at best, and have no forms.
const MAX_CHARACTERS: usize = 40;

/// A language whose words have stems.
struct Stemmed {
    /// Its codes, of ISO 639; the first one marks its stems.
    codes: &'static [&'static str],
    scripts: &'static [Script],
    algorithm: Algorithm,
}

const fn latin(codes: &'static [&'static str], algorithm: Algorithm) -> Stemmed {
    Stemmed { codes, scripts: &[Script::Latin], algorithm }
}

const fn written(
    codes: &'static [&'static str],
    scripts: &'static [Script],
    algorithm: Algorithm,
) -> Stemmed {
    Stemmed { codes, scripts, algorithm }
}

const STEMMED: &[Stemmed] = &[
    written(&["ar"], &[Script::Arabic], Algorithm::Arabic),
    latin(&["ca"], Algorithm::Catalan),
    latin(&["cs"], Algorithm::Czech),
    latin(&["da"], Algorithm::Danish),
    latin(&["de"], Algorithm::German),
    written(&["el"], &[Script::Greek], Algorithm::Greek),
    latin(&["en"], Algorithm::English),
    latin(&["es"], Algorithm::Spanish),
    latin(&["et"], Algorithm::Estonian),
    latin(&["eu"], Algorithm::Basque),
    written(&["fa"], &[Script::Arabic], Algorithm::Persian),
    latin(&["fi"], Algorithm::Finnish),
    latin(&["fr"], Algorithm::French),
    latin(&["ga"], Algorithm::Irish),
    written(&["hi"], &[Script::Devanagari], Algorithm::Hindi),
    latin(&["hu"], Algorithm::Hungarian),
    written(&["hy"], &[Script::Armenian], Algorithm::Armenian),
    latin(&["id"], Algorithm::Indonesian),
    latin(&["it"], Algorithm::Italian),
    latin(&["lt"], Algorithm::Lithuanian),
    written(&["ne"], &[Script::Devanagari], Algorithm::Nepali),
    latin(&["nl"], Algorithm::Dutch),
    latin(&["no", "nb", "nn"], Algorithm::Norwegian),
    latin(&["pl"], Algorithm::Polish),
    latin(&["pt"], Algorithm::Portuguese),
    latin(&["ro"], Algorithm::Romanian),
    written(&["ru"], &[Script::Cyrillic], Algorithm::Russian),
    written(&["sr"], &[Script::Cyrillic, Script::Latin], Algorithm::Serbian),
    latin(&["st"], Algorithm::Sesotho),
    latin(&["sv"], Algorithm::Swedish),
    written(&["ta"], &[Script::Tamil], Algorithm::Tamil),
    latin(&["tr"], Algorithm::Turkish),
    written(&["uk"], &[Script::Cyrillic], Algorithm::Ukrainian),
    written(&["yi"], &[Script::Hebrew], Algorithm::Yiddish),
];

/// The code that marks the stems of this language, a BCP 47 tag, where its words have any.
pub(super) fn code_of(language: &str) -> Option<&'static str> {
    let primary = language.split('-').next().unwrap_or(language);
    let known = STEMMED.iter().find(|stemmed| stemmed.codes.contains(&primary));
    known.and_then(|stemmed| stemmed.codes.first().copied())
}

/// The stems of a word of this language, a BCP 47 tag, or of any language where none is named; each with the code of
/// its language. The word is in lower case, with its marks: an algorithm knows endings by them. Since many write
/// without, the stem of the word without its marks is there too.
pub(super) fn stems(word: &str, language: Option<&str>) -> BTreeSet<(&'static str, String)> {
    let mut stems = BTreeSet::new();
    if word.chars().nth(MAX_CHARACTERS).is_some() {
        return stems;
    }
    let scripts = CodePointMapData::<Script>::new();
    let Some(script) = word.chars().find(|letter| letter.is_alphabetic()).map(|letter| scripts.get(letter))
    else {
        return stems;
    };
    let primary = language.map(|tag| tag.split('-').next().unwrap_or(tag));
    let bare = without_marks(word);
    for Stemmed { codes, algorithm, .. } in STEMMED.iter().filter(|stemmed| {
        stemmed.scripts.contains(&script) && primary.is_none_or(|primary| stemmed.codes.contains(&primary))
    }) {
        let stemmer = Stemmer::create(*algorithm);
        let mark = codes.first().copied().unwrap_or_default();
        for form in [word, bare.as_str()] {
            let stem = without_marks(&stemmer.stem(form));
            if !stem.is_empty() {
                stems.insert((mark, stem));
            }
        }
    }
    stems
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_forms_of_a_word_have_the_same_stem() {
        for (language, forms) in [
            ("en", &["drying", "dried", "dries", "dry"][..]),
            ("en-GB", &["farmers", "farmer"]),
            ("fr", &["bananes", "banane"]),
            ("es", &["plátanos", "plátano", "platanos"]),
            ("ru", &["сушки", "сушка", "сушкой"]),
            ("pt", &["agricultores", "agricultor"]),
            ("de", &["bauern", "bauer"]),
            ("ar", &["المزارعين", "مزارع"]),
            ("id", &["makanan", "makan"]),
            ("nb", &["bøndene", "bønder"]),
        ] {
            let found: Vec<_> = forms.iter().map(|form| stems(form, Some(language))).collect();
            let common = found.iter().skip(1).fold(found[0].clone(), |common, stems| &common & stems);
            assert!(!common.is_empty(), "{language} {forms:?}: {found:?}");
        }
    }

    #[test]
    fn a_word_without_a_language_may_be_of_any_that_is_written_so() {
        let languages = |word| stems(word, None).into_iter().map(|(code, _)| code).collect::<BTreeSet<_>>();
        assert_eq!(languages("сушка"), BTreeSet::from(["ru", "sr", "uk"]));
        assert_eq!(languages("தேங்காய்"), BTreeSet::from(["ta"]));
        assert!(languages("bananes").is_superset(&BTreeSet::from(["en", "es", "fr", "pt"])));
        for none in ["芒果", "ทุเรียน", "184", "", "ስንዴ"] {
            assert!(languages(none).is_empty(), "{none}");
        }
    }

    #[test]
    fn a_word_of_another_script_than_its_text_has_no_stem_there() {
        assert!(stems("drying", Some("ru")).is_empty());
        assert!(stems("сушка", Some("en")).is_empty());
        assert!(stems("kukausha", Some("sw")).is_empty(), "no algorithm for it");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn whatever_is_written_has_stems_or_none(word in "\\PC{0,12}", tail in "[a-zа-яء-يऀ-ॿ஀-௿́̈ىéèšğıſ]{0,12}") {
            for text in [word.clone(), tail.clone(), [word, tail].concat()] {
                for (code, stem) in stems(&super::super::fold::lower(&text), None) {
                    prop_assert!(!code.is_empty() && !stem.is_empty());
                }
            }
        }
    }
}
