//! Words, by the rules of Unicode and, where there are no spaces, by dictionary.

use icu_segmenter::WordSegmenter;
use icu_segmenter::options::WordBreakInvariantOptions;

/// The words of a text in lower case, in order. Apostrophes part: "l'irrigation" is found by "irrigation".
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    // The model learnt from examples leaves Khmer unsplit and cuts Thai wrongly.
    let segmenter = WordSegmenter::new_dictionary(WordBreakInvariantOptions::default());
    let mut found = Vec::new();
    let mut start = 0;
    for end in segmenter.segment_str(text) {
        let segment = &text[start..end];
        start = end;
        found.extend(
            segment
                .split(['\'', '\u{2019}', '\u{2bc}', '_'])
                .filter(|part| part.chars().any(char::is_alphanumeric))
                .map(str::to_owned),
        );
    }
    found.into_iter()
}
