//! Labels of concepts.

crate::closed_set! {
    /// What a label is to its concept. Won't grow.
    pub enum LabelKind {
        /// The one name shown in its language.
        Preferred = "PREFERRED",
        /// Another name for the same.
        Alternative = "ALTERNATIVE",
        /// A form that is found and never shown, such as a common misspelling.
        Hidden = "HIDDEN",
    }
}
