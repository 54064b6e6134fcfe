//! What makes no difference to a search: form, case, and marks that writers leave out.

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup, Script};
use icu_properties::{CodePointMapData, CodePointSetData};

/// NFKC and case folding; without characters that aren't seen, such as soft hyphens and joiners; and without the marks of scripts in which many write without them: accents
/// in Latin, Greek and Cyrillic, vowel points in Arabic and Hebrew. In other scripts marks are
/// letters of their own and stay.
pub(super) fn fold(text: &str) -> String {
    let compose = ComposingNormalizerBorrowed::new_nfkc();
    let folded = CaseMapper::new().fold_string(&compose.normalize(text)).into_owned();
    let decomposed = DecomposingNormalizerBorrowed::new_nfkd().normalize(&folded).into_owned();

    let categories = CodePointMapData::<GeneralCategory>::new();
    let scripts = CodePointMapData::<Script>::new();
    let unseen = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let mut kept = String::with_capacity(decomposed.len());
    let mut strip = false;
    for character in decomposed.chars().filter(|character| !unseen.contains(*character)) {
        if GeneralCategoryGroup::Mark.contains(categories.get(character)) {
            if strip {
                continue;
            }
        } else {
            strip = matches!(
                scripts.get(character),
                Script::Latin | Script::Greek | Script::Cyrillic | Script::Arabic | Script::Hebrew
            );
            // Tatweel only stretches a word.
            if character == '\u{640}' {
                strip = true;
                continue;
            }
        }
        kept.push(character);
    }
    ComposingNormalizerBorrowed::new_nfkc().normalize(&kept).into_owned()
}
