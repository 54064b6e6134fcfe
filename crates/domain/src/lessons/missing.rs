//! What a version still lacks before it can be handed in.

use super::content::Outcome;

crate::closed_set! {
    /// A part of a lesson that is required before it is handed in for review. May grow.
    pub enum MissingField {
        /// The title.
        Title = "TITLE",
        /// The abstract.
        Abstract = "ABSTRACT",
        /// Where and under which circumstances it happened.
        Context = "CONTEXT",
        /// The problem that was to be solved.
        Problem = "PROBLEM",
        /// What was done about it.
        WhatWasDone = "WHAT_WAS_DONE",
        /// What came of it, in words.
        Result = "RESULT",
        /// Whether it worked.
        Outcome = "OUTCOME",
        /// At least one concept of the vocabulary.
        Concepts = "CONCEPTS",
        /// At least one condition that helped or hindered.
        Conditions = "CONDITIONS",
        /// Every file has to be checked: one is still to be sent, or was refused and is to be removed.
        Attachments = "ATTACHMENTS",
        /// What is said in a recording, in writing.
        Transcripts = "TRANSCRIPTS",
        /// Whether all who can be recognised in a file have agreed to be shown.
        PeopleShown = "PEOPLE_SHOWN",
    }
}

/// The content of a version, as far as it matters here. Capture is progressive: any of it may be
/// empty in a draft.
#[derive(Clone, Copy, Debug, Default)]
pub struct VersionContent<'a> {
    /// The title.
    pub title: &'a str,
    /// The abstract.
    pub abstract_text: &'a str,
    /// Where and under which circumstances.
    pub context: &'a str,
    /// The problem.
    pub problem: &'a str,
    /// What was done.
    pub what_was_done: &'a str,
    /// The result in words.
    pub result: &'a str,
    /// Whether it worked.
    pub outcome: Option<Outcome>,
    /// How many concepts are named.
    pub concepts: usize,
    /// Conditions that helped, one a line or one an item.
    pub enabling_conditions: &'a str,
    /// Conditions that hindered.
    pub hindering_conditions: &'a str,
    /// How many files aren't checked, or were refused.
    pub unready_files: usize,
    /// How many recordings have no transcript.
    pub silent_recordings: usize,
    /// How many files show people of whom not all have agreed.
    pub unasked_files: usize,
}

/// What is still needed before the version can be handed in, in the order in which a form would ask
/// for it. Costs, who gained and lost, and files are recommended and never missing; a file that is
/// there has to be complete. White space counts as nothing.
#[must_use]
pub fn missing_for_submission(content: &VersionContent<'_>) -> Vec<MissingField> {
    let filled = |text: &str| !text.trim().is_empty();
    [
        (filled(content.title), MissingField::Title),
        (filled(content.abstract_text), MissingField::Abstract),
        (filled(content.context), MissingField::Context),
        (filled(content.problem), MissingField::Problem),
        (filled(content.what_was_done), MissingField::WhatWasDone),
        (filled(content.result), MissingField::Result),
        (content.outcome.is_some(), MissingField::Outcome),
        (content.concepts > 0, MissingField::Concepts),
        (
            filled(content.enabling_conditions) || filled(content.hindering_conditions),
            MissingField::Conditions,
        ),
        (content.unready_files == 0, MissingField::Attachments),
        (content.silent_recordings == 0, MissingField::Transcripts),
        (content.unasked_files == 0, MissingField::PeopleShown),
    ]
    .into_iter()
    .filter(|(there, _)| !there)
    .map(|(_, field)| field)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::closed_set::ClosedSet;

    const FULL: VersionContent<'_> = VersionContent {
        title: "Drying figs on raised racks",
        abstract_text: "Less mould.",
        context: "A hill village.",
        problem: "Mould in wet autumns.",
        what_was_done: "Racks of reed.",
        result: "A third less was lost.",
        outcome: Some(Outcome::Worked),
        concepts: 1,
        enabling_conditions: "Dry wind",
        hindering_conditions: "",
        unready_files: 0,
        silent_recordings: 0,
        unasked_files: 0,
    };

    #[test]
    fn an_empty_draft_lacks_everything_and_a_full_one_nothing() {
        let all: Vec<_> = MissingField::MEMBERS.iter().map(|m| m.value).collect();
        let empty =
            VersionContent { unready_files: 1, silent_recordings: 1, unasked_files: 1, ..Default::default() };
        assert_eq!(missing_for_submission(&empty), all);
        assert_eq!(missing_for_submission(&FULL), []);
    }

    #[test]
    fn each_part_alone_is_reported_missing() {
        for (content, field) in [
            (VersionContent { title: " \n", ..FULL }, MissingField::Title),
            (VersionContent { abstract_text: "", ..FULL }, MissingField::Abstract),
            (VersionContent { context: "\u{3000}", ..FULL }, MissingField::Context),
            (VersionContent { problem: "", ..FULL }, MissingField::Problem),
            (VersionContent { what_was_done: "", ..FULL }, MissingField::WhatWasDone),
            (VersionContent { result: "", ..FULL }, MissingField::Result),
            (VersionContent { outcome: None, ..FULL }, MissingField::Outcome),
            (VersionContent { concepts: 0, ..FULL }, MissingField::Concepts),
            (VersionContent { enabling_conditions: "", ..FULL }, MissingField::Conditions),
            (VersionContent { unready_files: 2, ..FULL }, MissingField::Attachments),
            (VersionContent { silent_recordings: 1, ..FULL }, MissingField::Transcripts),
            (VersionContent { unasked_files: 1, ..FULL }, MissingField::PeopleShown),
        ] {
            assert_eq!(missing_for_submission(&content), [field]);
        }
    }

    #[test]
    fn a_hindering_condition_alone_is_enough() {
        let content = VersionContent { enabling_conditions: "", hindering_conditions: "Rain", ..FULL };
        assert_eq!(missing_for_submission(&content), []);
    }

    #[test]
    fn a_failure_is_as_complete_as_a_success() {
        assert_eq!(missing_for_submission(&VersionContent { outcome: Some(Outcome::Failed), ..FULL }), []);
    }
}
