//! The GraphQL schema and its executor.

mod aside;
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
pub mod partners;
mod plan;
mod request;
pub mod schema;
pub mod subscription;
pub mod uploads;

pub use execute::Api;
pub use limits::ApiSettings;
/// Where files are received, and how they are given: what the carrier knows of them.
pub mod files {
    pub use maip_domain::lessons::attachment::MOST_WITH_A_REQUEST;
    pub use maip_persistence::files::{
        ByteStream, Served, SignedPath, Spool, SpoolError, Spooled, Spooling, StoreError, Upload,
    };
}

/// The type that a file's sender takes it for, by its name.
#[must_use]
pub fn media_type_by_file_name(name: &str) -> Option<&'static str> {
    maip_domain::lessons::MediaType::by_file_name(name).map(maip_domain::lessons::MediaType::name)
}

pub use maip_domain::time::Timestamp;
pub use maip_persistence::stopwatch::Stopwatch;
pub use request::{
    Attending, Budget, Credentials, DocumentName, Execute, Method, Purse, Recognised, Request, Response,
    ResponseStatus, Started,
};

#[cfg(test)]
mod tests;
