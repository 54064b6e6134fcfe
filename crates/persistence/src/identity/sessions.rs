//! Sessions of signed-in devices, and the rotation of their refresh tokens.
//!
//! A refresh token is used once and gives its successor. A reply can be lost, so the predecessor
//! gives the same successor again until that one was used; a predecessor that comes later was
//! copied, and ends the session.

use maip_domain::error_code::ErrorCode;
use maip_domain::id::{AccountId, SessionId};
use maip_domain::identity::{AccountStatus, TokenKind, TokenSecret};
use maip_domain::time::Timestamp;
use sea_orm::QueryResult;
use serde_json::json;

use super::accounts;
use crate::crypto::{AccessClaims, AccessError};
use crate::read::viewer::Viewer;
use crate::services::Services;
use crate::write::{Change, Hold, Unit, UserError, WriteError, WriteResult, Written};

/// A session ends so many days after it was last refreshed.
pub const SESSION_DAYS: i64 = 90;
/// A session ends for good so many days after it was opened, however often it is refreshed.
pub const SESSION_DAYS_AT_MOST: i64 = 365;
/// What a successor is sealed for.
const CONTEXT: &str = "refresh_token";

/// A session with the secret that refreshes it next.
pub(super) struct Opened {
    account: AccountId,
    session: SessionId,
    refresh: TokenSecret,
    expires: Timestamp,
    ends: Timestamp,
}

impl Opened {
    /// The payload: the account and the tokens, read as the new session.
    ///
    /// # Errors
    /// A defect: [`prepare`] wasn't called before the unit was begun.
    pub(super) fn answer(self, unit: &Unit<'_>) -> WriteResult<Written> {
        let claims = AccessClaims { account: self.account.clone(), session: self.session.clone() };
        let (token, token_expires) = unit.services().access.sign(unit.now(), &claims).map_err(broken)?;
        let session = json!({
            "sessionId": self.session.as_str(),
            "accessToken": token,
            "accessTokenExpiresAt": token_expires.to_rfc3339(),
            "refreshToken": self.refresh.expose(),
            "expiresAt": self.expires.to_rfc3339(),
            "endsAt": self.ends.to_rfc3339(),
        });
        Ok(Written::record(self.account.as_str())
            .with("session", session)
            .read_as(Viewer::Session { account: self.account, session: self.session }))
    }
}

/// Makes sure that there is a key to sign with, before the unit takes the write lock.
///
/// # Errors
/// Those of the database.
pub(super) async fn prepare(services: &Services) -> WriteResult<()> {
    services
        .access
        .prepare(&services.database, &services.keyring, (services.now(), services.entropy.as_ref()))
        .await
        .map_err(broken)
}

fn broken(error: AccessError) -> WriteError {
    match error {
        AccessError::Database(error) => error.into(),
        AccessError::Invalid | AccessError::Expired => {
            WriteError::Broken("an access token could not be signed")
        }
    }
}

/// Opens a session for an account that has proven to be who it is.
pub(super) async fn open(unit: &Unit<'_>, account: &AccountId, label: Option<&str>) -> WriteResult<Opened> {
    let session = SessionId::generate(unit.clock(), unit.entropy());
    let now = unit.now();
    let (expires, ends) = (now.plus_days(SESSION_DAYS), now.plus_days(SESSION_DAYS_AT_MOST));
    unit.execute(
        "INSERT INTO sessions (id, account_id, created_at, last_used_at, expires_at, label, ends_at) \
         VALUES ($1, $2, $3, $3, $4, $5, $6)",
        [
            session.as_str().into(),
            account.as_str().into(),
            now.micros().into(),
            expires.micros().into(),
            label.map(str::to_owned).into(),
            ends.micros().into(),
        ],
    )
    .await?;
    let refresh = new_token(unit, session.as_str()).await?;
    unit.execute(
        "UPDATE accounts SET login_used_at = $1 WHERE id = $2",
        [now.micros().into(), account.as_str().into()],
    )
    .await?;
    let started = Change {
        action: "session.started",
        subject_type: "Session",
        subject: session.as_str(),
        ..Change::default()
    };
    unit.record_by(Some(account.as_str()), started).await?;
    Ok(Opened { account: account.clone(), session, refresh, expires, ends })
}

async fn new_token(unit: &Unit<'_>, session: &str) -> WriteResult<TokenSecret> {
    let secret = TokenSecret::generate(TokenKind::Refresh, unit.entropy());
    unit.execute(
        "INSERT INTO refresh_tokens (secret_hash, session_id, created_at) VALUES ($1, $2, $3)",
        [
            unit.services().keyring.token_digest(secret.expose()).into(),
            session.into(),
            unit.now().micros().into(),
        ],
    )
    .await?;
    Ok(secret)
}

/// What is stored of a refresh token.
struct Stored {
    hash: String,
    successor_hash: Option<String>,
    successor_sealed: Option<String>,
}

impl Stored {
    fn read(row: &QueryResult) -> WriteResult<Self> {
        Ok(Self {
            hash: row.try_get_by_index(0)?,
            successor_hash: row.try_get_by_index(1)?,
            successor_sealed: row.try_get_by_index(2)?,
        })
    }
}

/// Gives new tokens for a refresh token. The unit's viewer doesn't matter: the secret says who it is.
/// Call [`ready_to_refresh`] before the unit is begun.
///
/// # Errors
/// `INVALID_REFRESH_TOKEN`; then a session whose token was copied has ended.
pub async fn refresh(unit: Unit<'_>, secret: &str) -> WriteResult<Written> {
    let Ok(secret) = TokenSecret::parse(TokenKind::Refresh, secret) else { return Err(invalid().into()) };
    let keyring = &unit.services().keyring;
    let hash = keyring.token_digest(secret.expose());
    let holder = unit
        .query_one(
            "SELECT s.account_id FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id \
             WHERE r.secret_hash = $1",
            [hash.as_str().into()],
        )
        .await?;
    let Some(holder) = holder else { return Err(invalid().into()) };
    let account: String = holder.try_get_by_index(0)?;
    unit.hold_account(&account, Hold::Shared).await?;
    // Writing the session's row locks it: of two that refresh at a time, one waits.
    let row = unit
        .query_one(
            "UPDATE sessions SET last_used_at = last_used_at WHERE id = \
             (SELECT session_id FROM refresh_tokens WHERE secret_hash = $1) \
             RETURNING id, expires_at, revoked_at, ends_at",
            [hash.as_str().into()],
        )
        .await?;
    let Some(row) = row else { return Err(invalid().into()) };
    let session: String = row.try_get_by_index(0)?;
    let idle_end: i64 = row.try_get_by_index(1)?;
    let revoked: Option<i64> = row.try_get_by_index(2)?;
    let ends = Timestamp::from_micros(row.try_get_by_index(3)?);
    if revoked.is_some() || idle_end <= unit.now().micros() {
        return Err(invalid().into());
    }
    let holder = accounts::by_id(unit.transaction(), &account).await?;
    if holder.status.0 != AccountStatus::Active {
        return Err(invalid().into());
    }
    let row = unit
        .query_one(
            "SELECT secret_hash, successor_hash, successor_sealed FROM refresh_tokens WHERE secret_hash = $1",
            [hash.as_str().into()],
        )
        .await?;
    let Some(row) = row else { return Err(invalid().into()) };
    let stored = Stored::read(&row)?;
    let refresh = match (&stored.successor_hash, &stored.successor_sealed) {
        (None, _) => rotate(&unit, &session, &stored).await?,
        // The reply was lost: the same again.
        (Some(_), Some(sealed)) => keyring
            .open(CONTEXT, &stored.hash, sealed)
            .and_then(|text| TokenSecret::parse(TokenKind::Refresh, &text).ok())
            .ok_or(WriteError::Broken("a successor can't be opened"))?,
        (Some(_), None) => {
            tracing::warn!(target: "maip::security", account, session, "a refresh token was used again");
            revoke(&unit, &account, Which::One(&session)).await?;
            unit.record(Change {
                action: "session.reuse_detected",
                subject_type: "Session",
                subject: &session,
                ..Change::default()
            })
            .await?;
            return Err(unit.commit_refused(invalid()).await);
        }
    };
    let expires = unit.now().plus_days(SESSION_DAYS).min(ends);
    unit.execute(
        "UPDATE sessions SET last_used_at = $1, expires_at = $2 WHERE id = $3",
        [unit.now().micros().into(), expires.micros().into(), session.as_str().into()],
    )
    .await?;
    unit.execute(
        "UPDATE accounts SET login_used_at = $1 WHERE id = $2",
        [unit.now().micros().into(), account.as_str().into()],
    )
    .await?;
    let opened = Opened {
        account: account.parse().map_err(|_| WriteError::Broken("a stored account id is none"))?,
        session: session.parse().map_err(|_| WriteError::Broken("a stored session id is none"))?,
        refresh,
        expires,
        ends,
    };
    let written = opened.answer(&unit)?;
    unit.commit(written).await
}

/// Makes ready what [`refresh`] needs.
///
/// # Errors
/// Those of the database.
pub async fn ready_to_refresh(services: &Services) -> WriteResult<()> {
    prepare(services).await
}

/// The first use of a token: it gets its successor, and its predecessor gives none any more.
async fn rotate(unit: &Unit<'_>, session: &str, stored: &Stored) -> WriteResult<TokenSecret> {
    let successor = new_token(unit, session).await?;
    let keyring = &unit.services().keyring;
    let sealed = keyring.seal(CONTEXT, &stored.hash, successor.expose(), unit.entropy());
    unit.execute(
        "UPDATE refresh_tokens SET used_at = $1, successor_sealed = $2, successor_hash = $3 WHERE secret_hash = $4",
        [
            unit.now().micros().into(),
            sealed.into(),
            keyring.token_digest(successor.expose()).into(),
            stored.hash.as_str().into(),
        ],
    )
    .await?;
    unit.execute(
        "UPDATE refresh_tokens SET successor_sealed = NULL WHERE session_id = $1 AND successor_hash = $2",
        [session.into(), stored.hash.as_str().into()],
    )
    .await?;
    Ok(successor)
}

fn invalid() -> UserError {
    UserError::at(
        "refreshToken",
        ErrorCode::InvalidRefreshToken,
        "the refresh token isn't right, or no longer: sign in again",
    )
}

/// Which sessions of an account end.
#[derive(Clone, Copy, Debug)]
pub(super) enum Which<'a> {
    /// One.
    One(&'a str),
    /// All but one.
    AllBut(&'a str),
    /// All.
    All,
}

/// Ends sessions; says how many. Their refresh tokens go, their access tokens count no more.
pub(super) async fn revoke(unit: &Unit<'_>, account: &str, which: Which<'_>) -> WriteResult<u64> {
    let (only, but) = match which {
        Which::One(session) => (session, ""),
        Which::AllBut(session) => ("", session),
        Which::All => ("", ""),
    };
    let ended = unit
        .execute(
            "UPDATE sessions SET revoked_at = $1 WHERE account_id = $2 AND revoked_at IS NULL AND expires_at > $1 \
             AND ($3 = '' OR id = $3) AND id <> $4",
            [unit.now().micros().into(), account.into(), only.into(), but.into()],
        )
        .await?;
    unit.execute(
        "DELETE FROM refresh_tokens WHERE session_id IN (SELECT id FROM sessions WHERE account_id = $1 \
         AND revoked_at IS NOT NULL)",
        [account.into()],
    )
    .await?;
    Ok(ended)
}

/// Signs out: the device of this request, or another one of the same person.
///
/// # Errors
/// `SIGN_IN_NEEDED`; `NOT_FOUND` where the session isn't one's own.
pub async fn sign_out(unit: Unit<'_>, session: Option<&SessionId>) -> WriteResult<Written> {
    let account = unit.account()?;
    let own = match unit.viewer() {
        Viewer::Session { session, .. } => session.clone(),
        Viewer::Anonymous | Viewer::Token { .. } => return Err(WriteError::Unauthenticated),
    };
    let session = session.unwrap_or(&own);
    let ended = revoke(&unit, account.as_str(), Which::One(session.as_str())).await?;
    if ended == 0 {
        return Err(
            UserError::at("sessionId", ErrorCode::NotFound, "there is no such session of yours").into()
        );
    }
    unit.record(Change {
        action: "session.ended",
        subject_type: "Session",
        subject: session.as_str(),
        ..Change::default()
    })
    .await?;
    unit.commit(Written::default().with("signedOut", true).read_as(Viewer::Anonymous)).await
}

/// Signs out on all devices, or on all but this one.
///
/// # Errors
/// `SIGN_IN_NEEDED`.
pub async fn sign_out_everywhere(unit: Unit<'_>, keep_this_device: bool) -> WriteResult<Written> {
    let account = unit.account()?;
    let which = match unit.viewer() {
        Viewer::Session { session, .. } if keep_this_device => Which::AllBut(session.as_str()),
        Viewer::Session { .. } | Viewer::Anonymous | Viewer::Token { .. } => Which::All,
    };
    let ended = revoke(&unit, account.as_str(), which).await?;
    unit.record(Change {
        action: "account.signed_out_everywhere",
        subject_type: "Account",
        subject: account.as_str(),
        ..Change::default()
    })
    .await?;
    unit.commit(Written::default().with("endedSessions", ended).read_as(Viewer::Anonymous)).await
}
