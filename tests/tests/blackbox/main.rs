//! Black-box tests, one module per feature or story, all in one binary.

mod faults;
mod health;
