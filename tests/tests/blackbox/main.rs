//! Black-box tests, one module per feature or story, all in one binary.

mod cooperation;
mod faults;
mod health;
mod story_9;
mod tokens;
