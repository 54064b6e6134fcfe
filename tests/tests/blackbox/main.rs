//! Black-box tests, one module per feature or story, all in one binary.

mod cooperation;
mod documentation;
mod faults;
mod health;
mod recipes;
mod statements;
mod story_9;
mod tokens;
