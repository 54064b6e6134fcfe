//! What is said in and about a lesson.

crate::closed_set! {
    /// How something went. Failures are as welcome as successes. Won't grow.
    pub enum Outcome {
        /// It worked.
        Worked = "WORKED",
        /// It worked in part, or for some.
        Partly = "PARTLY",
        /// It didn't work.
        Failed = "FAILED",
    }
}

crate::closed_set! {
    /// How the author of a lesson is named. The author chooses. Won't grow.
    pub enum Attribution {
        /// By name.
        Name = "NAME",
        /// Only the organisation is named.
        Organisation = "ORGANISATION",
        /// Not at all: readers see no author. Reviewers still know, so that nobody reviews their own.
        Anonymous = "ANONYMOUS",
    }
}

impl Attribution {
    /// The one of the two that says less about the author.
    #[must_use]
    pub fn more_discreet(self, other: Self) -> Self {
        // The order of declaration goes from the one that says most to the one that says nothing.
        self.max(other)
    }
}

crate::closed_set! {
    /// Where a text in some language comes from. Won't grow.
    pub enum TextOrigin {
        /// Written in this language.
        Original = "ORIGINAL",
        /// Translated by a person.
        Human = "HUMAN",
        /// Translated by a machine; show it as such.
        Machine = "MACHINE",
    }
}

crate::closed_set! {
    /// What someone had to do with a lesson. None of them reviews it, but for who was only asked. May grow.
    pub enum ContributorPart {
        /// Wrote it, or is the one whose experience it is.
        Author = "AUTHOR",
        /// Wrote it together with the author.
        CoAuthor = "CO_AUTHOR",
        /// Wrote it down on behalf of the author.
        Recorder = "RECORDER",
        /// Was named as a co-author by somebody else, and hasn't said yes: it counts for nothing until then.
        Asked = "ASKED",
    }
}

#[cfg(test)]
mod tests {
    use super::Attribution;

    #[test]
    fn the_more_discreet_of_two_says_no_more_than_either() {
        use Attribution::{Anonymous, Name, Organisation};
        for (one, other, less) in [
            (Name, Name, Name),
            (Name, Organisation, Organisation),
            (Name, Anonymous, Anonymous),
            (Organisation, Anonymous, Anonymous),
        ] {
            assert_eq!(one.more_discreet(other), less);
            assert_eq!(other.more_discreet(one), less);
        }
    }
}
