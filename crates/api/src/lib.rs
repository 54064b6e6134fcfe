//! The GraphQL schema and its executor.

pub mod catalogue;
pub mod compile;
mod cooperation;
mod document;
pub mod errors;
mod execute;
mod identity;
mod lessons;
mod limits;
mod membership;
pub mod mutation;
pub mod operations;
mod plan;
mod request;
pub mod schema;
pub mod subscription;

pub use execute::Api;
pub use limits::ApiSettings;
pub use request::{
    Attending, Budget, Credentials, DocumentName, Execute, Method, Purse, Request, Response, ResponseStatus,
    Started,
};

#[cfg(test)]
mod tests;
