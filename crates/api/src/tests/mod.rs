//! Tests of the whole executor: over a small library of authors and books, and over this API's own
//! declarations, on both databases.

mod agreement;
mod co_authors;
mod cooperation;
mod differential;
mod documented;
mod execution;
mod federation;
mod filters;
mod identity;
mod lessons;
mod library;
mod limits;
mod membership;
mod operations;
mod oracle;
mod organisations;
mod own_ids;
mod partners;
mod permissions;
mod private;
mod real;
mod review;
mod scalars;
mod schema;
mod search;
mod spec;
mod statements;
mod token_writes;
mod unseen;
mod world;
mod writing;
