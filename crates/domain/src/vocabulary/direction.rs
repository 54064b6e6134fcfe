//! The directions of writing.

crate::closed_set! {
    /// The direction in which a language is written. Won't grow.
    pub enum WritingDirection {
        /// From left to right.
        LeftToRight = "LTR",
        /// From right to left.
        RightToLeft = "RTL",
    }
}
