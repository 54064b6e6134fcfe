//! The harness of the black-box tests: starts the real `maip` binary on a real, private database, and speaks HTTP.
//!
//! A test is written once and run on both databases:
//!
//! ```ignore
//! on_both! {
//!     async fn a_stranger_sees_no_members(backend: Backend) {
//!         let server = Server::start(backend).await;
//!         let answer = server.post("{ viewer { account { id } } }", json!({}), None).await;
//!         assert_eq!(answer.code(), Some("UNAUTHENTICATED"));
//!     }
//! }
//! ```
//!
//! The harness fails a test by panicking with what the server said. It waits for conditions, never for a time.
#![expect(clippy::missing_panics_doc, reason = "a harness fails the test by panicking")]

mod binary;
mod client;
mod database;
mod post_office;
mod server;
mod socket;
mod town;
mod upload;
mod wait;

pub use client::{Request, Response};
pub use database::{Backend, Database, private_postgres};
pub use post_office::PostOffice;
pub use server::Server;
pub use socket::{Events, Socket};
pub use town::{PASSWORD, Town};
pub use upload::File;
pub use wait::until;

/// Makes two tests of one body, `sqlite` and `postgres` in a module of the body's name.
#[macro_export]
macro_rules! on_both {
    ($($(#[$attribute:meta])* async fn $name:ident($backend:ident: $kind:ident) $body:block)+) => {
        $(
            $(#[$attribute])*
            async fn $name($backend: $kind) $body

            mod $name {
                #[tokio::test]
                async fn sqlite() {
                    Box::pin(super::$name($crate::Backend::Sqlite)).await;
                }

                #[tokio::test]
                async fn postgres() {
                    Box::pin(super::$name($crate::Backend::Postgres)).await;
                }
            }
        )+
    };
}
