//! Who a record is meant for.

crate::closed_set! {
    /// Who may see a record once its state makes it visible at all: a draft marked PUBLIC is still a draft. Won't grow.
    pub enum Visibility {
        /// Everyone, signed in or not.
        Public = "PUBLIC",
        /// Everyone with an active membership in any platform.
        Members = "MEMBERS",
        /// Members of the platform it belongs to, the focal point and technical officers of its country, the secretariat.
        Platform = "PLATFORM",
        /// Those who wrote it, and the platform's facilitator.
        Private = "PRIVATE",
    }
}

impl Visibility {
    /// The narrower of the two, as for a record that belongs to another.
    #[must_use]
    pub fn narrower(self, other: Self) -> Self {
        // The order of declaration goes from the widest to the narrowest.
        self.max(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::closed_set::ClosedSet;

    #[test]
    fn the_narrower_of_two_never_shows_more_than_either() {
        for (wide, a) in Visibility::MEMBERS.iter().enumerate() {
            for (narrow, b) in Visibility::MEMBERS.iter().enumerate() {
                let expected = Visibility::MEMBERS[wide.max(narrow)].value;
                assert_eq!(a.value.narrower(b.value), expected);
            }
        }
        assert_eq!(Visibility::Public.narrower(Visibility::Private), Visibility::Private);
    }
}
