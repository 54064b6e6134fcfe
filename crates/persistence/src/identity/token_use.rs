//! When API tokens were last used: the node remembers it, and its background work writes it down, so
//! that no read writes and none waits.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use maip_domain::time::Timestamp;
use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::read::Dialect;

/// A use within so many seconds of one that was noted says nothing new.
const EVERY_SECONDS: i64 = 60;

/// The tokens that this node accepted of late.
#[derive(Debug, Default)]
pub(crate) struct TokenUses(Mutex<HashMap<Box<str>, Use>>);

#[derive(Clone, Copy, Debug)]
struct Use {
    at: Timestamp,
    written: bool,
}

impl TokenUses {
    /// Notes that a token was accepted.
    pub(crate) fn note(&self, token: &str, now: Timestamp) {
        let mut known = self.lock();
        if known.get(token).is_none_or(|last| last.at.plus_seconds(EVERY_SECONDS) <= now) {
            known.insert(token.into(), Use { at: now, written: false });
        }
    }

    /// Writes down what wasn't yet, in one statement. What can't be written stays for the next time.
    pub(crate) async fn write(&self, connection: &impl ConnectionTrait, now: Timestamp) -> Result<(), DbErr> {
        let (tokens, latest) = self.take(now);
        let Some(latest) = latest else { return Ok(()) };
        let backend = connection.get_database_backend();
        let sql = match Dialect::of(backend) {
            Dialect::Sqlite => WRITE_SQLITE,
            Dialect::Postgres => WRITE_POSTGRES,
        };
        let before = latest.plus_seconds(-EVERY_SECONDS);
        let list = serde_json::Value::from(tokens.clone()).to_string();
        let values = [latest.micros().into(), list.into(), before.micros().into()];
        let written = connection.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await;
        if written.is_err() {
            let mut known = self.lock();
            for token in tokens {
                known.entry(token.into()).or_insert(Use { at: latest, written: false }).written = false;
            }
        }
        written.map(|_| ())
    }

    /// Takes what is to be written, with the latest use of all: they lie seconds apart. Forgets what
    /// has been written and says nothing any more.
    fn take(&self, now: Timestamp) -> (Vec<String>, Option<Timestamp>) {
        let mut known = self.lock();
        known.retain(|_, last| !last.written || last.at.plus_seconds(EVERY_SECONDS) > now);
        let mut tokens = Vec::new();
        let mut latest = None;
        for (token, last) in known.iter_mut().filter(|(_, last)| !last.written) {
            last.written = true;
            latest = latest.max(Some(last.at));
            tokens.push(token.to_string());
        }
        (tokens, latest)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Box<str>, Use>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// Another node may have written the same within the minute.
const WRITE_SQLITE: &str = "UPDATE api_tokens SET last_used_at = $1 WHERE id IN (SELECT value FROM json_each($2)) \
     AND (last_used_at IS NULL OR last_used_at <= $3)";
const WRITE_POSTGRES: &str = "UPDATE api_tokens SET last_used_at = $1 \
     WHERE id IN (SELECT json_array_elements_text(CAST($2 AS json))) AND (last_used_at IS NULL OR last_used_at <= $3)";
