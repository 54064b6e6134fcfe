//! HTTP: the GraphQL endpoint, the explorer page, probes and limits. It knows the schema only as
//! "execute this request".
//!
//! A request passes, from outside in: `frame` (request id, access log, headers that every answer
//! has), CORS, compression, and its route.

mod access_log;
mod activity;
mod cors;
mod encoding;
mod explorer;
mod files;
mod frame;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod graphql;
mod installation;
mod key_set;
mod lifetime;
mod limits;
mod network;
mod partners;
mod patience;
mod peer;
mod probes;
mod request_id;
mod router;
mod security_headers;
mod serve;
mod settings;
#[cfg(test)]
mod testing;

pub use installation::{Installation, NotReady};
pub use limits::Rate;
pub use network::Network;
pub use partners::Published;
pub use router::router;
pub use serve::serve;
pub use settings::{HttpSettings, RateLimits};
