//! The read path, on both databases.

mod declarations;
mod walk;
