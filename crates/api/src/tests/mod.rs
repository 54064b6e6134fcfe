//! Tests of the whole executor over a small library of authors and books, on both databases.

mod execution;
mod library;
mod limits;
mod schema;
mod spec;
mod writing;
