//! Black-box tests, one module per feature or story, all in one binary.

mod commands;
mod cooperation;
mod demo;
mod documentation;
mod faults;
mod federation;
mod files;
mod health;
mod hostile;
mod http;
mod identity;
mod leak_walker;
mod lessons;
mod limits;
mod membership;
mod operations;
mod recipes;
mod statements;
mod stopping;
mod story_10;
mod story_2;
mod story_8;
mod story_9;
mod streams;
mod subscriptions;
mod tokens;
