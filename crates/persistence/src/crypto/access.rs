//! Access tokens: short-lived, signed with Ed25519. The keys are rows, sealed, so that every node
//! signs with the same one; they rotate, and the public ones are published.
//!
//! A signature only says who asks. Whether the account and the session still stand is read with
//! every request.

use std::str::FromStr as _;
use std::sync::{PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey as _;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use maip_domain::id::{AccountId, SessionId};
use maip_domain::time::{Entropy, Timestamp};
use sea_orm::{ConnectionTrait as _, DbErr, Statement};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::keyring::Keyring;
use crate::database::Database;

/// For how long an access token works unless it is set, in seconds: 10 minutes.
pub const LIFETIME_SECONDS: u32 = 10 * 60;
/// After so many days a new key signs.
const ROTATION_DAYS: i64 = 30;
/// For so many days a retired key stays published; the last token that it signed is long over.
const PUBLISHED_DAYS: i64 = 1;
/// Keys are read anew for an unknown key id, but not more often than this.
const RELOAD_SECONDS: i64 = 5;
const ISSUER: &str = "maip";
/// For whom a token is: this API alone, whatever else may know the published keys.
const AUDIENCE: &str = "maip-api";
/// What kind of token it is (RFC 9068); no other that might once be signed with these keys is taken for one.
const TYPE: &str = "at+jwt";
/// What the sealed key is bound to.
const CONTEXT: &str = "signing_key";

/// Whose token it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    /// The account.
    pub account: AccountId,
    /// The session.
    pub session: SessionId,
}

/// Why an access token isn't accepted.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// Not a token of ours, or tampered with.
    #[error("not a valid access token")]
    Invalid,
    /// It was one; its time is over.
    #[error("the access token has expired")]
    Expired,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    iat: i64,
    exp: i64,
}

struct Key {
    id: String,
    created_at: i64,
    retired_at: Option<i64>,
    encoding: EncodingKey,
    decoding: DecodingKey,
    /// The public key as the key set shows it.
    public: String,
}

/// The signing keys of the installation, held in memory.
pub struct AccessKeys {
    held: RwLock<Held>,
    lifetime_seconds: u32,
}

/// Their tokens work for [`LIFETIME_SECONDS`].
impl Default for AccessKeys {
    fn default() -> Self {
        Self::lasting(LIFETIME_SECONDS)
    }
}

#[derive(Default)]
struct Held {
    keys: Vec<Key>,
    loaded_at: i64,
}

impl std::fmt::Debug for AccessKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccessKeys")
    }
}

impl AccessKeys {
    /// Keys whose tokens work for so long.
    #[must_use]
    pub fn lasting(lifetime_seconds: u32) -> Self {
        Self { held: RwLock::default(), lifetime_seconds }
    }

    /// A token for this session.
    ///
    /// # Errors
    /// Those of the database, when keys have to be read or made.
    pub async fn issue(
        &self,
        database: &Database,
        keyring: &Keyring,
        (now, entropy): (Timestamp, &dyn Entropy),
        claims: &AccessClaims,
    ) -> Result<(String, Timestamp), AccessError> {
        self.prepare(database, keyring, (now, entropy)).await?;
        self.sign(now, claims)
    }

    /// Makes sure that there is a key to sign with. Not to be called within a transaction: it may
    /// need one of its own.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prepare(
        &self,
        database: &Database,
        keyring: &Keyring,
        (now, entropy): (Timestamp, &dyn Entropy),
    ) -> Result<(), AccessError> {
        self.ensure_current(database, keyring, now, entropy).await
    }

    /// A token for this session, without the database: after [`AccessKeys::prepare`].
    ///
    /// # Errors
    /// [`AccessError::Invalid`] where no key was made ready.
    pub fn sign(&self, now: Timestamp, claims: &AccessClaims) -> Result<(String, Timestamp), AccessError> {
        let expires = now.plus_seconds(i64::from(self.lifetime_seconds));
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        // Its time may have run out since it was made ready; for this one token it still does.
        let newest = || held.keys.iter().rev().find(|key| key.retired_at.is_none());
        let key = held.current(now).or_else(newest).ok_or(AccessError::Invalid)?;
        let header =
            Header { typ: Some(TYPE.to_owned()), kid: Some(key.id.clone()), ..Header::new(Algorithm::EdDSA) };
        let body = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: claims.account.as_str().to_owned(),
            sid: claims.session.as_str().to_owned(),
            iat: now.micros() / Timestamp::SECOND,
            exp: expires.micros() / Timestamp::SECOND,
        };
        let token = jsonwebtoken::encode(&header, &body, &key.encoding).map_err(|_| AccessError::Invalid)?;
        Ok((token, expires))
    }

    /// Whose token it is and when its time is over, if its signature and time are right.
    ///
    /// # Errors
    /// [`AccessError`].
    pub async fn verify(
        &self,
        database: &Database,
        keyring: &Keyring,
        now: Timestamp,
        token: &str,
    ) -> Result<(AccessClaims, Timestamp), AccessError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| AccessError::Invalid)?;
        let of_ours = header.alg == Algorithm::EdDSA && header.typ.as_deref() == Some(TYPE);
        let id = header.kid.filter(|_| of_ours).ok_or(AccessError::Invalid)?;
        if !self.knows(&id) {
            self.reload(database, keyring, now, false).await?;
        }
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let key = held.keys.iter().find(|key| key.id == id).ok_or(AccessError::Invalid)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        // The time is compared here, with the clock that is an argument.
        validation.validate_exp = false;
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let claims = jsonwebtoken::decode::<Claims>(token, &key.decoding, &validation)
            .map_err(|_| AccessError::Invalid)?
            .claims;
        if claims.exp <= now.micros() / Timestamp::SECOND {
            return Err(AccessError::Expired);
        }
        let whose = AccessClaims {
            account: AccountId::from_str(&claims.sub).map_err(|_| AccessError::Invalid)?,
            session: SessionId::from_str(&claims.sid).map_err(|_| AccessError::Invalid)?,
        };
        Ok((whose, Timestamp::from_micros(claims.exp.saturating_mul(Timestamp::SECOND))))
    }

    /// The public keys as a JSON Web Key Set (RFC 7517, RFC 8037).
    ///
    /// # Errors
    /// Those of the database.
    pub async fn key_set(
        &self,
        database: &Database,
        keyring: &Keyring,
        now: Timestamp,
    ) -> Result<String, AccessError> {
        self.reload(database, keyring, now, false).await?;
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let keys: Vec<_> = held
            .keys
            .iter()
            .filter(|key| key.is_published(now))
            .map(|key| {
                serde_json::json!({
                    "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key.id, "x": key.public,
                })
            })
            .collect();
        Ok(serde_json::json!({ "keys": keys }).to_string())
    }

    fn knows(&self, id: &str) -> bool {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.keys.iter().any(|key| key.id == id)
    }

    fn has_current(&self, now: Timestamp) -> bool {
        self.held.read().unwrap_or_else(PoisonError::into_inner).current(now).is_some()
    }

    async fn ensure_current(
        &self,
        database: &Database,
        keyring: &Keyring,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<(), AccessError> {
        if self.has_current(now) {
            return Ok(());
        }
        self.reload(database, keyring, now, true).await?;
        if self.has_current(now) {
            return Ok(());
        }
        let transaction = database.begin().await?;
        let backend = transaction.get_database_backend();
        let mut random = [0_u8; 9];
        entropy.fill(&mut random);
        let id = URL_SAFE_NO_PAD.encode(random);
        let mut seed = Zeroizing::new([0_u8; 32]);
        entropy.fill(seed.as_mut_slice());
        let sealed =
            keyring.seal(CONTEXT, &id, &Zeroizing::new(URL_SAFE_NO_PAD.encode(seed.as_slice())), entropy);
        let micros = now.micros();
        transaction
            .execute_raw(Statement::from_sql_and_values(
                backend,
                "UPDATE signing_keys SET retired_at = $1 WHERE retired_at IS NULL",
                [micros.into()],
            ))
            .await?;
        transaction
            .execute_raw(Statement::from_sql_and_values(
                backend,
                "INSERT INTO signing_keys (id, secret_sealed, created_at) VALUES ($1, $2, $3)",
                [id.into(), sealed.into(), micros.into()],
            ))
            .await?;
        transaction.commit().await?;
        self.reload(database, keyring, now, true).await
    }

    async fn reload(
        &self,
        database: &Database,
        keyring: &Keyring,
        now: Timestamp,
        at_once: bool,
    ) -> Result<(), AccessError> {
        let second = now.micros() / Timestamp::SECOND;
        {
            let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
            if !at_once && (second - held.loaded_at).abs() < RELOAD_SECONDS {
                return Ok(());
            }
        }
        let connection = database.writer();
        let rows = connection
            .query_all_raw(Statement::from_sql_and_values(
                connection.get_database_backend(),
                "SELECT id, secret_sealed, created_at, retired_at FROM signing_keys \
                 WHERE retired_at IS NULL OR retired_at > $1 ORDER BY created_at, id",
                [now.plus_days(-PUBLISHED_DAYS).micros().into()],
            ))
            .await?;
        let mut keys = Vec::with_capacity(rows.len());
        for row in rows {
            let id: String = row.try_get_by_index(0)?;
            let sealed: String = row.try_get_by_index(1)?;
            let times = (row.try_get_by_index(2)?, row.try_get_by_index(3)?);
            match Key::open(&id, &sealed, times, keyring) {
                Some(key) => keys.push(key),
                None => {
                    tracing::error!(key = %id, "a signing key can't be opened with this installation key");
                }
            }
        }
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.keys = keys;
        held.loaded_at = second;
        Ok(())
    }
}

impl Held {
    fn current(&self, now: Timestamp) -> Option<&Key> {
        let oldest = now.plus_days(-ROTATION_DAYS).micros();
        self.keys.iter().rev().find(|key| key.retired_at.is_none() && key.created_at > oldest)
    }
}

impl Key {
    fn open(
        id: &str,
        sealed: &str,
        (created_at, retired_at): (i64, Option<i64>),
        keyring: &Keyring,
    ) -> Option<Self> {
        let seed = Zeroizing::new(keyring.open(CONTEXT, id, sealed)?);
        let seed = Zeroizing::new(URL_SAFE_NO_PAD.decode(seed.as_bytes()).ok()?);
        let signing = SigningKey::from_bytes(seed.as_slice().try_into().ok()?);
        let document = signing.to_pkcs8_der().ok()?;
        let public = URL_SAFE_NO_PAD.encode(signing.verifying_key().as_bytes());
        Some(Self {
            id: id.to_owned(),
            created_at,
            retired_at,
            encoding: EncodingKey::from_ed_der(document.as_bytes()),
            decoding: DecodingKey::from_ed_components(&public).ok()?,
            public,
        })
    }

    fn is_published(&self, now: Timestamp) -> bool {
        self.retired_at.is_none_or(|retired| retired > now.plus_days(-PUBLISHED_DAYS).micros())
    }
}

#[cfg(test)]
mod tests;
