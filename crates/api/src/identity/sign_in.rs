//! `signIn`, `refreshSession`, `signOut`, `signOutEverywhere`.

use async_graphql::InputObject;
use maip_domain::id::SessionId;
use maip_domain::identity::Login;
use maip_persistence::identity::{sessions, sign_in};
use maip_persistence::read::declare::Scalar;
use maip_persistence::write::{Refusal, WriteError, WriteResult, Written};

use super::session::{self, SIGNED_IN};
use crate::mutation::{Extra, ExtraType, MutationContext, Payload, Typed};
use crate::schema::scalars::Id;

/// Who signs in.
#[derive(InputObject)]
pub struct SignInInput {
    /// The e-mail address, phone number or short name.
    pub login: String,
    /// The password or PIN.
    pub password: String,
    /// What this device calls itself, to tell it from others.
    pub label: Option<String>,
}

/// Signs in.
pub static SIGN_IN: Typed<SignInInput> = Typed {
    name: "signIn",
    description: "Signs in with login and password. After wrong attempts the next ones have to wait, a quarter of an hour \
                  at the longest. INVALID_CREDENTIALS is also the answer while a new account waits for its code: see \
                  `verifyLogin`. LOGIN_NOT_VERIFIED says that the password is right, and that a phone number which was \
                  silent for a year has to be proven again.",
    payload: SIGNED_IN,
    run: |cx, input| Box::pin(sign_in(cx, input)),
};

async fn sign_in(cx: &MutationContext<'_>, input: SignInInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let login = refusal.take("login", Login::parse_any(&input.login));
    let label = session::label(&mut refusal, input.label.as_deref());
    refusal.finish()?;
    let login = login.ok_or(WriteError::Broken("an input was neither right nor refused"))?;
    let proven = sign_in::prove(cx.services, &login, &input.password).await?;
    sign_in::sign_in(cx.begin().await?, &proven, label.as_deref()).await
}

/// The refresh token of a session.
#[derive(InputObject)]
pub struct RefreshSessionInput {
    /// The refresh token that came last.
    pub refresh_token: String,
}

/// Refreshes a session.
pub static REFRESH_SESSION: Typed<RefreshSessionInput> = Typed {
    name: "refreshSession",
    description: "Gives new tokens for the refresh token; send it without an `Authorization` header. Where the answer was \
                  lost, the same refresh token gives the same successor again, until that one was used. One that comes \
                  back after that was copied: the session ends, and both have to sign in again.",
    payload: SIGNED_IN,
    run: |cx, input| Box::pin(refresh_session(cx, input)),
};

async fn refresh_session(cx: &MutationContext<'_>, input: RefreshSessionInput) -> WriteResult<Written> {
    sessions::ready_to_refresh(cx.services).await?;
    sessions::refresh(cx.begin().await?, &input.refresh_token).await
}

/// Which device signs out.
#[derive(InputObject)]
pub struct SignOutInput {
    /// Another session of yours; this one where it isn't said.
    pub session_id: Option<Id<SessionId>>,
}

/// Signs out.
pub static SIGN_OUT: Typed<SignOutInput> = Typed {
    name: "signOut",
    description: "Ends a session: its tokens stop working at once.",
    payload: Payload {
        record: None,
        extras: &[Extra {
            name: "signedOut",
            description: "Whether the session has ended.",
            of: ExtraType::Scalar(Scalar::Bool),
        }],
    },
    run: |cx, input| Box::pin(sign_out(cx, input)),
};

async fn sign_out(cx: &MutationContext<'_>, input: SignOutInput) -> WriteResult<Written> {
    let session = input.session_id.map(|id| id.at("sessionId")).transpose()?;
    sessions::sign_out(cx.begin().await?, session.as_ref()).await
}

/// Which devices sign out.
#[derive(InputObject)]
pub struct SignOutEverywhereInput {
    /// Whether this device stays signed in.
    #[graphql(default)]
    pub keep_this_device: bool,
}

/// Signs out on all devices.
pub static SIGN_OUT_EVERYWHERE: Typed<SignOutEverywhereInput> = Typed {
    name: "signOutEverywhere",
    description: "Ends all sessions of the person, as after a device was lost.",
    payload: Payload {
        record: None,
        extras: &[Extra {
            name: "endedSessions",
            description: "How many sessions have ended.",
            of: ExtraType::Scalar(Scalar::Int),
        }],
    },
    run: |cx, input| Box::pin(sign_out_everywhere(cx, input)),
};

async fn sign_out_everywhere(
    cx: &MutationContext<'_>,
    input: SignOutEverywhereInput,
) -> WriteResult<Written> {
    sessions::sign_out_everywhere(cx.begin().await?, input.keep_this_device).await
}
