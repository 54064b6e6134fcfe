//! Rows of the feature's tables, for writes.
#![expect(missing_docs, reason = "columns are explained where they are made, in the migrations")]

pub mod appointments;
pub mod memberships;
pub mod platform_names;
pub mod platform_products;
pub mod platforms;
