//! One-time codes: issued, sent or read out, and redeemed once.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::error_code::ErrorCode;
use maip_domain::identity::code::{self, OneTimeCode};
use maip_domain::identity::{AccountStatus, CodePurpose};
use maip_domain::policy::Action;
use maip_domain::time::Timestamp;

use super::accounts;
use super::entity::accounts::Model as Account;
use super::letters::{self, Letter};
use super::read::ACCOUNT;
use super::refusals::{self, Refused};
use crate::write::{Hold, Unit, UserError, WriteError, WriteResult, Written};

/// A code that was made.
pub(super) struct Issued {
    pub(super) code: OneTimeCode,
    pub(super) expires: Timestamp,
}

/// Makes a code. It takes the place of an older one that came the same way; what a facilitator
/// reads out isn't undone by somebody who asks for messages.
pub(super) async fn issue(
    unit: &Unit<'_>,
    account: &str,
    purpose: CodePurpose,
    issued_by: Option<&str>,
) -> WriteResult<Issued> {
    let now = unit.now();
    unit.execute(
        "UPDATE one_time_codes SET used_at = $1 WHERE account_id = $2 AND purpose = $3 AND used_at IS NULL \
         AND (issued_by IS NULL) = $4",
        [now.micros().into(), account.into(), purpose.code().into(), issued_by.is_none().into()],
    )
    .await?;
    let made = OneTimeCode::generate(unit.entropy());
    let digest = unit.services().keyring.code_digest(account, purpose.code(), made.expose());
    let expires = code::expires(now);
    unit.execute(
        "INSERT INTO one_time_codes (account_id, purpose, code_hash, created_at, expires_at, attempts, issued_by) \
         VALUES ($1, $2, $3, $4, $5, 0, $6)",
        [
            account.into(),
            purpose.code().into(),
            digest.into(),
            now.micros().into(),
            expires.micros().into(),
            issued_by.map(str::to_owned).into(),
        ],
    )
    .await?;
    Ok(Issued { code: made, expires })
}

/// Whether the code is right and what else has to be right with it; then no code of this account and
/// purpose works any more. The attempt is counted, so who gets `false` has to end with
/// [`refuse`].
pub(super) async fn redeem(
    unit: &Unit<'_>,
    account: &str,
    purpose: CodePurpose,
    given: &OneTimeCode,
    rest: bool,
) -> WriteResult<bool> {
    // Counting first locks the rows: of two who come with the same code, one finds it used.
    let rows = unit
        .query_all(
            "UPDATE one_time_codes SET attempts = attempts + 1 WHERE account_id = $1 AND purpose = $2 \
             AND used_at IS NULL RETURNING code_hash, expires_at, attempts - 1",
            [account.into(), purpose.code().into()],
        )
        .await?;
    let digest = unit.services().keyring.code_digest(account, purpose.code(), given.expose());
    let mut right = false;
    for row in rows {
        let hash: String = row.try_get_by_index(0)?;
        let expires = Timestamp::from_micros(row.try_get_by_index(1)?);
        let wrong: i64 = row.try_get_by_index(2)?;
        right |= hash == digest && code::usable(unit.now(), expires, wrong, None).is_ok();
    }
    if right && rest {
        void(unit, account, Some(purpose)).await?;
    }
    Ok(right && rest)
}

/// No code of the account works any more; of one purpose, or of all.
pub(super) async fn void(unit: &Unit<'_>, account: &str, purpose: Option<CodePurpose>) -> WriteResult<()> {
    unit.execute(
        "UPDATE one_time_codes SET used_at = $1 WHERE account_id = $2 AND used_at IS NULL \
         AND (purpose = $3 OR $4)",
        [
            unit.now().micros().into(),
            account.into(),
            purpose.map(CodePurpose::code).unwrap_or_default().into(),
            purpose.is_none().into(),
        ],
    )
    .await?;
    Ok(())
}

/// No code that was sent to the login sets a new password any more; one that is read out does.
pub(super) async fn void_sent(unit: &Unit<'_>, account: &str) -> WriteResult<()> {
    unit.execute(
        "UPDATE one_time_codes SET used_at = $1 WHERE account_id = $2 AND used_at IS NULL \
         AND purpose = $3 AND issued_by IS NULL",
        [unit.now().micros().into(), account.into(), CodePurpose::ResetPassword.code().into()],
    )
    .await?;
    Ok(())
}

/// Whether a code of this purpose that somebody read out is still open.
pub(super) async fn was_read_out(unit: &Unit<'_>, account: &str, purpose: CodePurpose) -> WriteResult<bool> {
    let found = unit
        .query_one(
            "SELECT 1 FROM one_time_codes WHERE account_id = $1 AND purpose = $2 AND used_at IS NULL \
             AND issued_by IS NOT NULL",
            [account.into(), purpose.code().into()],
        )
        .await?;
    Ok(found.is_some())
}

/// Ends the unit of a code that doesn't open anything, whyever; the attempt stays counted.
pub(super) async fn refuse(unit: Unit<'_>, login_index: &str, account: Option<&str>) -> WriteError {
    tracing::warn!(target: "maip::security", account, "a one-time code was refused");
    if let Err(error) = refusals::count(unit.transaction(), Refused::Code, login_index, unit.now()).await {
        return error.into();
    }
    unit.commit_refused(invalid()).await
}

fn invalid() -> UserError {
    UserError::at(
        "code",
        ErrorCode::InvalidCode,
        "the login, the password or the code isn't right, or the code no longer works",
    )
}

/// Makes a code for somebody, to be read out to them.
///
/// # Errors
/// `NOT_FOUND`, or the policy's reason.
pub async fn issue_to_read_out(unit: Unit<'_>, account: &str) -> WriteResult<Written> {
    unit.require(&ACCOUNT, "accountId", account, Action::IssueSignInCode).await?;
    let reader = unit.account()?;
    unit.hold_account(account, Hold::Shared).await?;
    let account = accounts::by_id(unit.transaction(), account).await?;
    let purpose = purpose_of("accountId", &account)?;
    let issued = issue(&unit, &account.id, purpose, Some(reader.as_str())).await?;
    if account.status.0 == AccountStatus::Active {
        letters::send(&unit, &account, Letter::CodeReadOut).await?;
    }
    accounts::record(&unit, &account, "account.code_issued", &[]).await?;
    unit.commit(
        Written::record(account.id)
            .with("code", issued.code.grouped())
            .with("expiresAt", issued.expires.to_rfc3339())
            .with("purpose", purpose.code()),
    )
    .await
}

/// What a code is for in the present state of the account.
///
/// # Errors
/// `WRONG_STATE` at this field where no code opens it.
pub(super) fn purpose_of(field: &str, account: &Account) -> WriteResult<CodePurpose> {
    account.status.0.code_purpose().ok_or_else(|| {
        let message = "no code opens a suspended or erased account";
        UserError::in_state_at(field, account.status.0.code(), message).into()
    })
}
