//! The GraphQL schema and its executor.

pub mod mutation;
mod request;
pub mod schema;

pub use request::{Credentials, Execute, Method, Request, Response, ResponseStatus};
