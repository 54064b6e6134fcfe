//! The read path, on both databases.

mod declarations;
mod policy;
mod walk;
