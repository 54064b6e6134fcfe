//! The GraphQL schema and its executor.

mod request;
pub mod schema;

pub use request::{Credentials, Execute, Method, Request, Response, ResponseStatus};
