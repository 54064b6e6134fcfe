//! From what the client shows to a viewer. Here a token is only read; whether its account, session
//! or organisation still counts is for the statement to say.

use maip_domain::identity::token::{TokenKind, TokenSecret};
use maip_domain::time::Timestamp;
use maip_persistence::crypto::{AccessClaims, AccessError};
use maip_persistence::read::viewer::Viewer;

use super::Api;
use super::mutate::database_failure;
use crate::errors::{Code, Failure};
use crate::request::{Credentials, Request};

impl Api {
    pub(super) async fn viewer(&self, request: &Request) -> Result<Viewer, Failure> {
        self.viewer_until(request).await.map(|(viewer, _)| viewer)
    }

    /// The viewer, and when the time of what they show is over, where that is known beforehand.
    pub(super) async fn viewer_until(
        &self,
        request: &Request,
    ) -> Result<(Viewer, Option<Timestamp>), Failure> {
        let token = match &request.credentials {
            Credentials::Anonymous => return Ok((Viewer::Anonymous, None)),
            Credentials::Bearer(token) => token,
        };
        let services = &self.services;
        if TokenSecret::kind_of(token).is_some() {
            // A refresh token is no credential for anything but a new session.
            let secret = TokenSecret::parse(TokenKind::Api, token).map_err(|_| Failure::unauthenticated())?;
            let secret_hash = services.keyring.token_digest(secret.expose());
            return Ok((Viewer::Token { secret_hash }, None));
        }
        let verified =
            services.access.verify(&services.database, &services.keyring, services.now(), token).await;
        match verified {
            Ok((AccessClaims { account, session }, until)) => {
                Ok((Viewer::Session { account, session }, Some(until)))
            }
            Err(AccessError::Invalid) => Err(Failure::unauthenticated()),
            // It was one of ours, so its holder may know what to do.
            Err(AccessError::Expired) => {
                Err(Failure::new(Code::Unauthenticated, "the access token has expired: refresh the session"))
            }
            Err(AccessError::Database(error)) => Err(database_failure(&error, &request.request_id)),
        }
    }
}
