//! The direction of an order.

use maip_persistence::read::declare::{Scalar, closed};

maip_domain::closed_set! {
    /// Which way something is sorted. Won't grow.
    pub enum SortDirection {
        /// The smallest, earliest or first in the alphabet first.
        Ascending = "ASC",
        /// The greatest, latest or last in the alphabet first.
        Descending = "DESC",
    }
}

impl SortDirection {
    /// The scalar of arguments with it.
    pub(crate) const SCALAR: Scalar = Scalar::Enum(closed::<Self>);
}
