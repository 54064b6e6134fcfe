//! Shutting an account out, and letting it in again.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::identity::AccountAction;
use maip_domain::policy::Action;

use super::accounts;
use super::codes;
use super::entity::accounts::Model as Account;
use super::read::ACCOUNT;
use super::sessions::{self, Which};
use crate::lessons::handover::hand_over;
use crate::write::{Hold, Unit, WriteResult, Written};

/// Suspends an account. It counts with the next request, on every node; its sessions don't come back
/// when it is reinstated.
///
/// # Errors
/// `NOT_FOUND`, the policy's reason, a stale revision.
pub async fn suspend(unit: Unit<'_>, account: &str, expected: i64) -> WriteResult<Written> {
    unit.require(&ACCOUNT, "accountId", account, Action::Suspend).await?;
    // What the account has under way is done first, and no session is opened meanwhile.
    unit.hold_account(account, Hold::Alone).await?;
    let account = accounts::by_id(unit.transaction(), account).await?;
    step(&unit, &account, expected, AccountAction::Suspend).await?;
    sessions::revoke(&unit, &account.id, Which::All).await?;
    codes::void(&unit, &account.id, None).await?;
    hand_over(&unit, &account.id).await?;
    accounts::record(&unit, &account, "account.suspended", &["status"]).await?;
    unit.commit(Written::record(account.id)).await
}

/// Lets a suspended account in again, to where it had come.
///
/// # Errors
/// `NOT_FOUND`, the policy's reason, a stale revision.
pub async fn reinstate(unit: Unit<'_>, account: &str, expected: i64) -> WriteResult<Written> {
    unit.require(&ACCOUNT, "accountId", account, Action::Reinstate).await?;
    unit.hold_account(account, Hold::Alone).await?;
    let account = accounts::by_id(unit.transaction(), account).await?;
    let action =
        AccountAction::reinstatement(account.registered_by.is_some(), account.login_verified_at.is_some());
    step(&unit, &account, expected, action).await?;
    accounts::record(&unit, &account, "account.reinstated", &["status"]).await?;
    unit.commit(Written::record(account.id)).await
}

async fn step(unit: &Unit<'_>, account: &Account, expected: i64, action: AccountAction) -> WriteResult<()> {
    unit.expect_revision(&account.id, expected, account.revision).await?;
    let status = account.status.0.apply(action)?;
    let rows = unit
        .execute(
            "UPDATE accounts SET status = $1, updated_at = $2, revision = revision + 1 \
             WHERE id = $3 AND revision = $4",
            [
                status.code().into(),
                unit.now().micros().into(),
                account.id.as_str().into(),
                account.revision.into(),
            ],
        )
        .await?;
    if rows == 0 { Err(accounts::stale(unit, &account.id, expected).await) } else { Ok(()) }
}
