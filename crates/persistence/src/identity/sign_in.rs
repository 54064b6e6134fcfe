//! Signing in with a password or PIN.

use maip_domain::error_code::ErrorCode;
use maip_domain::identity::login::is_stale;
use maip_domain::identity::{AccountStatus, CodeDelivery, CodePurpose, Login, password};
use maip_domain::time::Timestamp;

use super::accounts;
use super::attempts::{self, Attempt};
use super::codes;
use super::entity::accounts::Model as Account;
use super::letters::{self, Letter};
use super::refusals::{self, Refused};
use super::sessions;
use crate::services::Services;
use crate::write::{Hold, Unit, UserError, WriteError, WriteResult, Written};

/// A password that was found right, before the unit of work is begun: hashing takes too long to hold
/// a lock for it.
#[derive(Debug)]
pub struct Proven {
    account: String,
    hash: String,
    login_index: String,
}

/// Checks a login and its password. It takes as long for a login that nobody has, and what is wrong
/// isn't told. An account whose login was never proven is as good as none: whoever signs up chooses
/// its password, and would else find out by it whether the login was free.
///
/// # Errors
/// `INVALID_CREDENTIALS`, `TRY_LATER` after wrong attempts.
pub async fn prove(services: &Services, login: &Login, secret: &str) -> WriteResult<Proven> {
    let login_index = services.keyring.login_index(login);
    attempts::take(services, Attempt::Password, &login_index).await?;
    let account = accounts::by_login(services.database.reader(), &login_index).await?;
    let hash = account.as_ref().and_then(|account| account.password_hash.clone());
    let right = services.passwords.verify(password::canonical(login.kind(), secret), hash.clone()).await?;
    sessions::prepare(services).await?;
    match (account, hash) {
        (Some(account), Some(hash)) if right && account.status.0 != AccountStatus::Pending => {
            Ok(Proven { account: account.id, hash, login_index })
        }
        (account, _) => {
            refusals::count(services.database.writer(), Refused::Password, &login_index, services.now())
                .await?;
            Err(refused(account.as_ref().map(|account| account.id.as_str())).into())
        }
    }
}

/// Opens a session.
///
/// # Errors
/// `INVALID_CREDENTIALS` where the account changed meanwhile or is shut out, `LOGIN_NOT_VERIFIED` where
/// the login has to be proven again; a code is sent then, where the login can receive one.
pub async fn sign_in(unit: Unit<'_>, proven: &Proven, label: Option<&str>) -> WriteResult<Written> {
    // A session isn't opened beside what ends all of them.
    unit.hold_account(&proven.account, Hold::Shared).await?;
    let account = accounts::by_id(unit.transaction(), &proven.account).await?;
    if account.password_hash.as_deref() != Some(&proven.hash) {
        return Err(refuse(unit, proven, &account).await);
    }
    attempts::forget(unit.transaction(), Attempt::Password, &proven.login_index).await?;
    if account.status.0.can_sign_in() && waits_for_proof(&account, unit.now()) {
        send_code(&unit, &account).await?;
        return Err(unit.commit_refused(not_verified()).await);
    }
    if !account.status.0.can_sign_in() {
        return Err(refuse(unit, proven, &account).await);
    }
    let id = account.id.parse().map_err(|_| WriteError::Broken("a stored account id is none"))?;
    let opened = sessions::open(&unit, &id, label).await?;
    let written = opened.answer(&unit)?;
    unit.commit(written).await
}

async fn refuse(unit: Unit<'_>, proven: &Proven, account: &Account) -> WriteError {
    let counted =
        refusals::count(unit.transaction(), Refused::Password, &proven.login_index, unit.now()).await;
    match counted {
        Ok(()) => unit.commit_refused(refused(Some(&account.id))).await,
        Err(error) => error.into(),
    }
}

/// Whether the login has to be proven by a code before a password is enough.
pub(super) fn waits_for_proof(account: &Account, now: Timestamp) -> bool {
    let used = account.login_used_at.max(account.login_verified_at).map(Timestamp::from_micros);
    match account.status.0 {
        AccountStatus::Pending => true,
        AccountStatus::Active => account.login_kind.is_some_and(|kind| is_stale(kind.0, used, now)),
        AccountStatus::Unclaimed | AccountStatus::Suspended | AccountStatus::Erased => false,
    }
}

/// Sends a code to prove the login with, unless one is on its way already.
async fn send_code(unit: &Unit<'_>, account: &Account) -> WriteResult<()> {
    let Some(kind) = account.login_kind else { return Ok(()) };
    if unit.services().delivery.of(kind.0) == CodeDelivery::Facilitator {
        return Ok(());
    }
    let waiting = unit
        .query_one(
            "SELECT 1 FROM one_time_codes WHERE account_id = $1 AND purpose = 'VERIFY_LOGIN' AND used_at IS NULL \
             AND expires_at > $2",
            [account.id.as_str().into(), unit.now().micros().into()],
        )
        .await?;
    if waiting.is_none() {
        let issued = codes::issue(unit, &account.id, CodePurpose::VerifyLogin, None).await?;
        letters::send(unit, account, Letter::Code(CodePurpose::VerifyLogin, &issued)).await?;
    }
    Ok(())
}

/// The password of an account that has a session, asked again before something grave.
///
/// # Errors
/// `INVALID_CREDENTIALS` at `field`, `TRY_LATER` after wrong attempts.
pub(super) async fn confirm(
    services: &Services,
    account: &Account,
    field: &'static str,
    secret: &str,
) -> WriteResult<()> {
    let (Some(index), Some(kind)) = (account.login_index.as_deref(), account.login_kind) else {
        return Err(UserError::at(field, ErrorCode::WrongState, "the account has no password").into());
    };
    attempts::take(services, Attempt::Password, index).await?;
    let canonical = password::canonical(kind.0, secret);
    if services.passwords.verify(canonical, account.password_hash.clone()).await? {
        attempts::forget(services.database.writer(), Attempt::Password, index).await?;
        Ok(())
    } else {
        tracing::warn!(target: "maip::security", account = account.id, "a password asked again was wrong");
        refusals::count(services.database.writer(), Refused::Password, index, services.now()).await?;
        Err(UserError::at(field, ErrorCode::InvalidCredentials, "the password isn't right").into())
    }
}

/// Written down without the login, which is contact data; for one that nobody has without an account.
fn refused(account: Option<&str>) -> UserError {
    tracing::warn!(target: "maip::security", account, "a sign-in was refused");
    UserError::new(
        ErrorCode::InvalidCredentials,
        "login and password don't belong together, or the account can't sign in; a new account is opened with the \
         code that was sent or read out: see verifyLogin",
    )
}

pub(super) fn not_verified() -> UserError {
    UserError::new(
        ErrorCode::LoginNotVerified,
        "the login has to be proven with a one-time code first; the facilitator of your platform can read one \
         out where none was sent",
    )
}
