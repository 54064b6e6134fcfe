//! What makes no difference to a search: form, case, and marks that writers leave out.

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup, Script};
use icu_properties::{CodePointMapData, CodePointSetData};

/// NFKC and case folding; without characters that aren't seen, such as soft hyphens and joiners, and without the
/// tatweel, which only stretches a word. Marks are as they were written.
pub(super) fn lower(text: &str) -> String {
    let compose = ComposingNormalizerBorrowed::new_nfkc();
    let folded = CaseMapper::new().fold_string(&compose.normalize(text)).into_owned();
    let unseen = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let mut marks_of_tatweel = false;
    let categories = CodePointMapData::<GeneralCategory>::new();
    let decomposed = DecomposingNormalizerBorrowed::new_nfkd().normalize(&folded).into_owned();
    let kept = decomposed.chars().filter(|character| {
        if unseen.contains(*character) {
            return false;
        }
        if *character == '\u{640}' {
            marks_of_tatweel = true;
            return false;
        }
        if GeneralCategoryGroup::Mark.contains(categories.get(*character)) {
            return !marks_of_tatweel;
        }
        marks_of_tatweel = false;
        true
    });
    let kept: String = kept.collect();
    compose.normalize(&kept).into_owned()
}

/// The same without the marks of scripts in which many write without them: accents in Latin, Greek and Cyrillic, vowel
/// points in Arabic and Hebrew. In other scripts marks are letters of their own and stay.
pub(super) fn without_marks(lower: &str) -> String {
    let categories = CodePointMapData::<GeneralCategory>::new();
    let scripts = CodePointMapData::<Script>::new();
    let decomposed = DecomposingNormalizerBorrowed::new_nfkd().normalize(lower).into_owned();
    let mut strip = false;
    let kept = decomposed.chars().filter(|character| {
        if GeneralCategoryGroup::Mark.contains(categories.get(*character)) {
            return !strip;
        }
        strip = matches!(
            scripts.get(*character),
            Script::Latin | Script::Greek | Script::Cyrillic | Script::Arabic | Script::Hebrew
        );
        true
    });
    let kept: String = kept.collect();
    ComposingNormalizerBorrowed::new_nfkc().normalize(&kept).into_owned()
}
