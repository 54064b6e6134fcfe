//! The GraphQL schema and its executor.

mod request;

pub use request::{Credentials, Execute, Method, Request, Response, ResponseStatus};
