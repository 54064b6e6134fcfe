//! The known word that is nearest to a mistyped one.

/// The one with the fewest letters to change, add, leave out or swap, whatever their case; the first of several. None
/// where that would be more than half of the letters. What begins with the word is nearer than anything else.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let known = known.into_iter().collect::<Vec<_>>();
    let begins = |candidate: &&&str| word.len() > 2 && candidate.starts_with(&word);
    if let Some(candidate) = known.iter().find(begins) {
        return Some(candidate);
    }
    known
        .into_iter()
        .map(|candidate| (distance(&word, candidate), candidate))
        .min_by_key(|(steps, _)| *steps)
        .filter(|(steps, candidate)| 2 * steps <= candidate.chars().count().max(word.chars().count()))
        .map(|(_, candidate)| candidate)
}

/// Optimal string alignment distance.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let mut steps = (last[j] + usize::from(a != b)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b {
                steps = steps.min(before[j - 1] + 1);
            }
            row.push(steps);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_left_out_added_swapped_or_changed_are_near() {
        let known = ["port", "host", "database_url", "data_dir"];
        for (word, expected) in [
            ("prot", "port"),
            ("hosst", "host"),
            ("databaseurl", "database_url"),
            ("data_dri", "data_dir"),
            ("PORT", "port"),
            ("database", "database_url"),
        ] {
            assert_eq!(nearest(word, known), Some(expected));
        }
        assert_eq!(nearest("zzz", known), None);
        assert_eq!(nearest("hzzz", known), None, "one letter is no likeness");
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "acb"), 1);
    }
}
