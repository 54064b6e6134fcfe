//! What a handler gets besides its input.

use std::net::IpAddr;

use crate::schema::scalars::Upload;
use crate::uploads::{self, Uploads};
use maip_domain::error_code::ErrorCode;
use maip_persistence::read::viewer::Viewer;
use maip_persistence::services::Services;
use maip_persistence::stopwatch::Stopwatch;
use maip_persistence::write::{Hold, MutationKey, Refusal, Unit, UserError, WriteResult};

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
    /// The files that came with the request.
    pub uploads: &'a Uploads,
    /// By which the request's time is limited.
    pub watch: &'a Stopwatch,
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

    /// Begins the unit of work of what shuts the viewer's account out or changes how it is opened.
    ///
    /// # Errors
    /// See [`Unit::begin`].
    pub async fn begin_alone(&self) -> WriteResult<Unit<'a>> {
        let (viewer, request_id) = (self.viewer, self.request_id);
        Unit::begin_holding(self.services, viewer, request_id, self.key.clone(), Hold::Alone).await
    }

    /// The file that stands in a field `file` of the input; that it is missing is noted.
    pub fn file(&self, file: &Upload, refusal: &mut Refusal) -> Option<&'a uploads::Upload> {
        let sent = self.uploads.named(&file.0);
        if sent.is_none() {
            let message =
                "send the file by the GraphQL multipart request specification, with `null` in its place";
            refusal.push(UserError::at("file", ErrorCode::Required, message));
        }
        sent
    }

    /// Goes on only where the credentials hold and the mutation wasn't done before. For what checks
    /// a password ahead of the unit: the one of a repeated change is no longer right, and who is
    /// signed out learns nothing about it.
    ///
    /// # Errors
    /// See [`Unit::begin`].
    pub async fn still_to_do(&self) -> WriteResult<()> {
        self.begin().await?.abandon().await
    }
}
