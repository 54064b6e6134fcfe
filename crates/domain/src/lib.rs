//! The rules of the platform, pure: types, state machines, policy and text analysis.
//!
//! Nothing here does I/O or knows SQL, HTTP or GraphQL. The clock and the source of randomness are
//! arguments, so that every rule can be tested exactly.

pub mod closed_set;
pub mod error_code;
pub mod id;
pub mod money;
pub mod policy;
mod random;
pub mod search;
pub mod sort_key;
pub mod text;
pub mod time;
pub mod transition;
pub mod visibility;

pub mod cooperation;
pub mod identity;
pub mod lessons;
pub mod membership;
pub mod partners;
pub mod programme;
pub mod vocabulary;
