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
