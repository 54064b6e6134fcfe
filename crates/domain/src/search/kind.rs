//! What can be found.

use crate::closed_set;

closed_set! {
    /// A kind of record that a search finds. May grow.
    pub enum SearchKind {
        /// A lesson.
        Lesson = "LESSON",
        /// A card of the contact directory.
        Contact = "CONTACT",
        /// An innovation platform.
        Platform = "PLATFORM",
        /// A Special Agricultural Product.
        Product = "PRODUCT",
    }
}

closed_set! {
    /// What a suggestion names. May grow.
    pub enum SuggestionKind {
        /// A concept, by one of its labels.
        Concept = "CONCEPT",
        /// A lesson, by its title.
        Lesson = "LESSON",
        /// A card of the contact directory, by its headline.
        Contact = "CONTACT",
        /// An innovation platform, by one of its names.
        Platform = "PLATFORM",
        /// A Special Agricultural Product, by one of its names.
        Product = "PRODUCT",
    }
}

impl From<SearchKind> for SuggestionKind {
    fn from(kind: SearchKind) -> Self {
        match kind {
            SearchKind::Lesson => Self::Lesson,
            SearchKind::Contact => Self::Contact,
            SearchKind::Platform => Self::Platform,
            SearchKind::Product => Self::Product,
        }
    }
}
