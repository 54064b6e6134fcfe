//! Neighbouring characters, for scripts that are written without spaces.

use icu_properties::CodePointMapData;
use icu_properties::props::Script;
use icu_segmenter::GraphemeClusterSegmenter;

/// Whether the text begins in a script that is written without spaces between words.
pub(super) fn is_unspaced(text: &str) -> bool {
    let scripts = CodePointMapData::<Script>::new();
    text.chars().next().is_some_and(|character| {
        matches!(
            scripts.get(character),
            Script::Han
                | Script::Hiragana
                | Script::Katakana
                | Script::Bopomofo
                | Script::Thai
                | Script::Lao
                | Script::Khmer
                | Script::Myanmar
                | Script::Yi
                | Script::Tibetan
        ) || character == 'ー'
    })
}

/// The characters of a text, each with its marks.
pub(super) fn clusters(text: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    let ends: Vec<usize> = GraphemeClusterSegmenter::new().segment_str(text).collect();
    ends.into_iter().filter_map(move |end| {
        let cluster = text.get(start..end)?;
        start = end;
        (!cluster.is_empty()).then_some(cluster)
    })
}

/// Stretches of such scripts, each as its characters with their marks.
fn runs(folded: &str) -> Vec<Vec<&str>> {
    let mut runs = Vec::new();
    let mut run = Vec::new();
    let mut start = 0;
    for end in GraphemeClusterSegmenter::new().segment_str(folded) {
        let cluster = &folded[start..end];
        start = end;
        if is_unspaced(cluster) {
            run.push(cluster);
        } else if !run.is_empty() {
            runs.push(std::mem::take(&mut run));
        }
    }
    if !run.is_empty() {
        runs.push(run);
    }
    runs
}

/// Every single character and every pair of neighbours.
pub(super) fn indexed(folded: &str) -> impl Iterator<Item = String> {
    runs(folded).into_iter().flat_map(|run| {
        let singles = run.iter().map(|cluster| (*cluster).to_owned());
        let pairs = run.windows(2).map(<[&str]>::concat);
        singles.chain(pairs).collect::<Vec<_>>()
    })
}

/// What a search asks for: pairs, or the one character where a stretch has no more.
pub(super) fn searched(folded: &str) -> impl Iterator<Item = String> {
    runs(folded).into_iter().flat_map(|run| match run.as_slice() {
        [single] => vec![(*single).to_owned()],
        several => several.windows(2).map(<[&str]>::concat).collect(),
    })
}
