//! What a handler gets besides its input.

use std::net::IpAddr;

use maip_persistence::read::viewer::Viewer;
use maip_persistence::services::Services;
use maip_persistence::write::{MutationKey, Unit, WriteResult};

/// Who asks, and with what it is done.
#[derive(Debug)]
pub struct MutationContext<'a> {
    /// The services of the process.
    pub services: &'a Services,
    /// Who asks.
    pub viewer: &'a Viewer,
    /// Names the request in the audit and the logs.
    pub request_id: &'a str,
    /// The client's address, past the proxies that are trusted.
    pub peer: Option<IpAddr>,
    /// The languages that the caller prefers, as in `Accept-Language`.
    pub accept_language: Option<&'a str>,
    pub(super) key: MutationKey,
}

impl<'a> MutationContext<'a> {
    /// Begins the unit of work.
    ///
    /// # Errors
    /// See [`Unit::begin`].
    pub async fn begin(&self) -> WriteResult<Unit<'a>> {
        Unit::begin(self.services, self.viewer, self.request_id, self.key.clone()).await
    }
}
