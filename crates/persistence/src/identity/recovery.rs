//! Getting in by a one-time code: a lost password, and an account that somebody else registered.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::error_code::ErrorCode;
use maip_domain::identity::{AccountAction, AccountStatus, CodeDelivery, CodePurpose, Login, OneTimeCode};

use super::accounts;
use super::attempts::{self, Attempt};
use super::codes;
use super::entity::accounts::Model as Account;
use super::letters::{self, Letter};
use super::managers;
use super::sessions::{self, Which};
use super::sign_in::{self, waits_for_proof};
use super::sign_up::became_active;
use crate::read::viewer::Viewer;
use crate::services::Services;
use crate::write::{Unit, UserError, WriteError, WriteResult, Written};

/// A request for a code, counted before the unit is begun.
#[derive(Debug)]
pub struct Asked {
    login_index: String,
    delivery: CodeDelivery,
}

/// Counts the request.
///
/// # Errors
/// `TRY_LATER` where too many come for one login.
pub async fn ask(services: &Services, login: &Login) -> WriteResult<Asked> {
    let login_index = services.keyring.login_index(login);
    attempts::take(services, Attempt::Message, &login_index).await?;
    Ok(Asked { login_index, delivery: services.delivery.of(login.kind()) })
}

/// Sends a code for what the account needs next, if there is one and its login can receive it. The
/// answer is the same for every login of a kind.
///
/// # Errors
/// Those of the database.
pub async fn send_code(unit: Unit<'_>, asked: &Asked) -> WriteResult<Written> {
    let account = accounts::hold_by_login(&unit, &asked.login_index).await?;
    attempts::touch(unit.transaction(), Attempt::Message, &asked.login_index).await?;
    if let Some(account) = account.filter(|_| asked.delivery != CodeDelivery::Facilitator)
        && let Some(purpose) = account.status.0.code_purpose()
        && !may_be_anothers(&unit, &account)
    {
        let issued = codes::issue(&unit, &account.id, purpose, None).await?;
        letters::send(&unit, &account, Letter::Code(purpose, &issued)).await?;
    }
    unit.commit(Written::default().with("codeDelivery", asked.delivery.code())).await
}

/// Whether the login of an account in use may belong to somebody else by now, as a phone number that
/// nobody used for long. A message to it proves nothing then; a facilitator knows who asks.
fn may_be_anothers(unit: &Unit<'_>, account: &Account) -> bool {
    account.status.0 == AccountStatus::Active && waits_for_proof(account, unit.now())
}

/// A new password with the code that allows it, made ready before the unit is begun.
#[derive(Debug)]
pub struct NewPassword {
    login_index: String,
    code: OneTimeCode,
    hash: String,
}

/// Counts the attempt and hashes the password, which is in the form that is hashed.
///
/// # Errors
/// `TRY_LATER` after many attempts.
pub async fn ready(
    services: &Services,
    login: &Login,
    code: OneTimeCode,
    canonical: String,
) -> WriteResult<NewPassword> {
    let login_index = services.keyring.login_index(login);
    attempts::take(services, Attempt::Code, &login_index).await?;
    let hash = services.passwords.hash(canonical, services.entropy.as_ref()).await?;
    sessions::prepare(services).await?;
    Ok(NewPassword { login_index, code, hash })
}

/// Sets a new password by a code. All sessions end.
///
/// # Errors
/// `INVALID_CODE`.
pub async fn reset(unit: Unit<'_>, new: NewPassword) -> WriteResult<Written> {
    let account = accounts::hold_by_login(&unit, &new.login_index).await?;
    attempts::touch(unit.transaction(), Attempt::Code, &new.login_index).await?;
    let Some(account) = account.filter(|account| account.status.0 == AccountStatus::Active) else {
        return Err(codes::refuse(unit, &new.login_index, None).await);
    };
    if may_be_anothers(&unit, &account) {
        codes::void_sent(&unit, &account.id).await?;
    }
    let read_out = codes::was_read_out(&unit, &account.id, CodePurpose::ResetPassword).await?;
    if !codes::redeem(&unit, &account.id, CodePurpose::ResetPassword, &new.code, true).await? {
        return Err(codes::refuse(unit, &new.login_index, Some(&account.id)).await);
    }
    if read_out {
        managers::forget_requests(&unit, &account.id).await?;
    }
    became_active(&unit, &account, account.status.0, Some(new.hash)).await?;
    codes::void(&unit, &account.id, None).await?;
    sessions::revoke(&unit, &account.id, Which::All).await?;
    for attempt in [Attempt::Password, Attempt::Code] {
        attempts::forget(unit.transaction(), attempt, &new.login_index).await?;
    }
    letters::send(&unit, &account, Letter::PasswordChanged).await?;
    accounts::record_by_owner(&unit, &account, "account.password_reset").await?;
    unit.commit(Written::default().with("passwordSet", true)).await
}

/// Takes over an account that somebody else registered: a code, a password of one's own, and the
/// consent that was recorded then, asked again. Opens a session.
///
/// # Errors
/// `CONSENT_REQUIRED`, `INVALID_CODE`.
pub async fn claim(
    unit: Unit<'_>,
    new: NewPassword,
    consent: bool,
    label: Option<&str>,
) -> WriteResult<Written> {
    if !consent {
        return Err(UserError::at(
            "consentConfirmed",
            ErrorCode::ConsentRequired,
            "the account can't be used without your consent to what was recorded about you; tell the facilitator if you don't give it",
        )
        .into());
    }
    let account = accounts::hold_by_login(&unit, &new.login_index).await?;
    attempts::touch(unit.transaction(), Attempt::Code, &new.login_index).await?;
    let Some(account) = account.filter(|account| account.status.0 == AccountStatus::Unclaimed) else {
        return Err(codes::refuse(unit, &new.login_index, None).await);
    };
    if !codes::redeem(&unit, &account.id, CodePurpose::ClaimAccount, &new.code, true).await? {
        return Err(codes::refuse(unit, &new.login_index, Some(&account.id)).await);
    }
    let status = account.status.0.apply(AccountAction::Claim)?;
    became_active(&unit, &account, status, Some(new.hash)).await?;
    unit.execute(
        "UPDATE accounts SET consent_confirmed_at = $1 WHERE id = $2",
        [unit.now().micros().into(), account.id.as_str().into()],
    )
    .await?;
    attempts::forget(unit.transaction(), Attempt::Code, &new.login_index).await?;
    accounts::record_by_owner(&unit, &account, "account.claimed").await?;
    let id = account.id.parse().map_err(|_| WriteError::Broken("a stored account id is none"))?;
    let written = sessions::open(&unit, &id, label).await?.answer(&unit)?;
    unit.commit(written).await
}

/// A change of one's own password, with the present one found right and the new one hashed, before
/// the unit is begun.
#[derive(Debug)]
pub struct PasswordChange {
    account: String,
    former: Option<String>,
    hash: String,
}

/// Checks the present password and the new one.
///
/// # Errors
/// `INVALID_CREDENTIALS` at `currentPassword`, `WEAK_PASSWORD` at `newPassword`, `TRY_LATER`.
pub async fn ready_to_change(
    services: &Services,
    viewer: &Viewer,
    current: &str,
    new: &str,
) -> WriteResult<PasswordChange> {
    let account = accounts::of_viewer(services, viewer).await?;
    sign_in::confirm(services, &account, "currentPassword", current).await?;
    let login = accounts::open_login(services, &account)
        .ok_or(WriteError::Broken("the login of an account with a password can't be opened"))?;
    let canonical = maip_domain::identity::password::check(&login, new)
        .map_err(|error| UserError::from(("newPassword".to_owned(), error)))?;
    let hash = services.passwords.hash(canonical, services.entropy.as_ref()).await?;
    Ok(PasswordChange { account: account.id, former: account.password_hash, hash })
}

/// Changes the password. The other sessions end. The unit holds the account alone.
///
/// # Errors
/// CONFLICT where it was changed meanwhile.
pub async fn change(unit: Unit<'_>, change: PasswordChange) -> WriteResult<Written> {
    let Viewer::Session { session, .. } = unit.viewer() else { return Err(WriteError::Unauthenticated) };
    let session = session.clone();
    let account = accounts::by_id(unit.transaction(), &change.account).await?;
    let changed = unit
        .execute(
            "UPDATE accounts SET password_hash = $1, updated_at = $2 WHERE id = $3 AND password_hash = $4",
            [
                change.hash.into(),
                unit.now().micros().into(),
                account.id.as_str().into(),
                change.former.into(),
            ],
        )
        .await?;
    if changed == 0 {
        let error = UserError::new(ErrorCode::Conflict, "the password was changed meanwhile");
        return Err(error.into());
    }
    codes::void(&unit, &account.id, None).await?;
    let ended = sessions::revoke(&unit, &account.id, Which::AllBut(session.as_str())).await?;
    letters::send(&unit, &account, Letter::PasswordChanged).await?;
    accounts::record(&unit, &account, "account.password_changed", &["password"]).await?;
    unit.commit(Written::record(account.id).with("endedSessions", ended)).await
}
