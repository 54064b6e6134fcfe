//! Refused passwords and codes, on their way into the audit: counted for a window, then one entry for
//! each account, so that whoever tries for days fills no disk, and a refusal takes as long for a login
//! that nobody has.

use maip_domain::id::AuditEntryId;
use maip_domain::time::{Clock, Entropy, Timestamp};
use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::database::Begun;
use crate::database::statement;
use crate::record::{AuditDraft, append};

/// For so many seconds refusals are counted before they are written down.
pub(crate) const WINDOW_SECONDS: i64 = 15 * 60;

/// What was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// A password or PIN.
    Password,
    /// A one-time code.
    Code,
}

impl Refused {
    fn kind(self) -> &'static str {
        match self {
            Self::Password => "PASSWORD",
            Self::Code => "CODE",
        }
    }

    fn action(kind: &str) -> &'static str {
        if kind == Self::Code.kind() { "account.code_refused" } else { "account.sign_in_refused" }
    }
}

/// Counts a refusal for the login.
///
/// # Errors
/// Those of the database.
pub(super) async fn count(
    connection: &impl ConnectionTrait,
    what: Refused,
    login_index: &str,
    now: Timestamp,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO refusals (login_index, kind, count, first_at) VALUES ($1, $2, 1, $3) \
               ON CONFLICT (login_index, kind) DO UPDATE SET count = refusals.count + 1";
    let values = [login_index.into(), what.kind().into(), now.micros().into()];
    connection.execute_raw(statement(connection, sql, values)).await.map(drop)
}

/// Forgets what was counted for the login.
///
/// # Errors
/// Those of the database.
pub(super) async fn forget(connection: &impl ConnectionTrait, login_index: &str) -> Result<(), DbErr> {
    let sql = "DELETE FROM refusals WHERE login_index = $1";
    connection.execute_raw(statement(connection, sql, [login_index.into()])).await.map(drop)
}

/// Writes down windows that are over, the oldest `batch` of them, and says how many they were.
///
/// # Errors
/// Those of the database.
pub(crate) async fn write_down(
    transaction: &Begun,
    (clock, entropy): (&dyn Clock, &dyn Entropy),
    (request, batch): (&str, u64),
) -> Result<u64, DbErr> {
    let now = clock.now();
    let sql = format!(
        "DELETE FROM refusals WHERE (login_index, kind) IN (SELECT login_index, kind FROM refusals \
         WHERE first_at <= $1 ORDER BY first_at, login_index LIMIT {batch}) \
         RETURNING kind, count, (SELECT a.id FROM accounts a WHERE a.login_index = refusals.login_index)"
    );
    let over = now.plus_seconds(-WINDOW_SECONDS).micros();
    let backend = transaction.get_database_backend();
    let rows = transaction.query_all_raw(Statement::from_sql_and_values(backend, sql, [over.into()])).await?;
    for row in &rows {
        let kind: String = row.try_get_by_index(0)?;
        let times: i64 = row.try_get_by_index(1)?;
        let Some(account) = row.try_get_by_index::<Option<String>>(2)? else { continue };
        let counted = format!("refusals: {times}");
        let audit = AuditDraft {
            id: AuditEntryId::generate(clock, entropy).into_string(),
            action: Refused::action(&kind),
            actor_account: None,
            actor_organisation: None,
            actor_token: None,
            on_behalf_of: None,
            subject_type: "Account",
            subject: &account,
            country: None,
            fields: &[&counted],
            values_digest: None,
            request_id: request,
        };
        append(transaction, now, &audit, None).await?;
    }
    Ok(rows.len() as u64)
}
