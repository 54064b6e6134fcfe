//! Who manages an organisation: named, asked, and taken out.

use maip_domain::error_code::ErrorCode;
use maip_domain::id::{AccountId, OrganisationId};
use maip_domain::identity::organisation::MANAGERS_ASKED;
use maip_domain::policy::{Action, Attribute};
use sea_orm::{DbErr, EntityTrait as _};

use super::entity::{organisation_people, organisations};
use super::organisations::{expect, lock, note, write_over};
use super::read::{ACCOUNT, ORGANISATION};
use crate::write::{Unit, UserError, WriteResult};

/// Names a manager. Oneself one is at once; others are asked, and until they accept they are shown
/// to those who manage the organisation alone, and have no part in it.
///
/// # Errors
/// The policy's; an account that isn't there; CONFLICT for one who is a manager or is asked already;
/// `TOO_MANY` where many wait to be answered.
pub async fn add(
    unit: &Unit<'_>,
    organisation: &OrganisationId,
    account: &AccountId,
    expected: Option<i64>,
) -> WriteResult<()> {
    let id = organisation.as_str();
    unit.hold_accounts([account.as_str()]).await?;
    unit.require(&ORGANISATION, "organisationId", id, Action::ManageManagers).await?;
    let seen = unit.require_visible(&ACCOUNT, "accountId", account.as_str()).await?;
    if seen.get(Attribute::State) != Some("ACTIVE") {
        let message = "only someone who signs in can manage an organisation";
        let state = seen.get(Attribute::State).unwrap_or_default();
        return Err(UserError::in_state_at("accountId", state, message).into());
    }
    let model = lock(unit, id).await?;
    expect(unit, &model, expected).await?;
    if manages(unit, id, account).await? {
        return Err(UserError::at("accountId", ErrorCode::Conflict, "the person is a manager already").into());
    }
    if unit.account()? == *account {
        take_back(unit, id, account).await?;
        set(unit, id, account.as_str()).await?;
        write_over(unit, &model, organisations::ActiveModel::default()).await?;
        return note(unit, "organisation.manager_added", id, &["managers"]).await;
    }
    ask(unit, id, account).await?;
    // The organisation stays as it is for everybody: its revision and its time do too.
    note(unit, "organisation.manager_asked", id, &["askedManagers"]).await
}

async fn ask(unit: &Unit<'_>, organisation: &str, account: &AccountId) -> WriteResult<()> {
    let waiting = unit
        .query_one(
            "SELECT COUNT(*) FROM organisation_manager_requests WHERE organisation_id = $1",
            [organisation.into()],
        )
        .await?;
    let waiting: i64 = waiting.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    if waiting >= MANAGERS_ASKED {
        let message = format!("{MANAGERS_ASKED} people haven't answered yet: wait, or take one back");
        return Err(UserError::at("accountId", ErrorCode::TooMany, message).into());
    }
    let asked = unit
        .execute(
            "INSERT INTO organisation_manager_requests (organisation_id, account_id, asked_at, asked_by) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (organisation_id, account_id) DO NOTHING",
            [
                organisation.into(),
                account.as_str().into(),
                unit.now().micros().into(),
                unit.account()?.as_str().into(),
            ],
        )
        .await?;
    if asked == 0 {
        return Err(UserError::at("accountId", ErrorCode::Conflict, "the person is asked already").into());
    }
    Ok(())
}

/// The answer of someone who was named as a manager.
///
/// # Errors
/// The policy's; `NOT_YOURS` where the organisation has taken it back meanwhile.
pub async fn answer(unit: &Unit<'_>, organisation: &OrganisationId, accepts: bool) -> WriteResult<()> {
    let id = organisation.as_str();
    let me = unit.account()?;
    let action = if accepts { Action::Accept } else { Action::Decline };
    unit.require(&ORGANISATION, "organisationId", id, action).await?;
    let model = lock(unit, id).await?;
    // Asked again, now that the organisation is held.
    if !take_back(unit, id, &me).await? {
        return Err(UserError::at("organisationId", ErrorCode::NotYours, "nobody asks you any more").into());
    }
    if !accepts {
        return note(unit, "organisation.manager_declined", id, &["askedManagers"]).await;
    }
    set(unit, id, me.as_str()).await?;
    write_over(unit, &model, organisations::ActiveModel::default()).await?;
    note(unit, "organisation.manager_added", id, &["managers"]).await
}

/// Takes a manager out of the organisation, or takes back that someone was asked. One manager stays.
///
/// # Errors
/// The policy's; `NOT_FOUND` for someone who is no manager of it; `LAST_MANAGER`.
pub async fn remove(
    unit: &Unit<'_>,
    organisation: &OrganisationId,
    account: &AccountId,
    expected: Option<i64>,
) -> WriteResult<()> {
    let id = organisation.as_str();
    unit.require(&ORGANISATION, "organisationId", id, Action::ManageManagers).await?;
    // Held, so that two who remove each other don't leave nobody.
    let model = lock(unit, id).await?;
    expect(unit, &model, expected).await?;
    if take_back(unit, id, account).await? {
        return note(unit, "organisation.manager_request_ended", id, &["askedManagers"]).await;
    }
    if !manages(unit, id, account).await? {
        let message = "the person is no manager of the organisation";
        return Err(UserError::at("accountId", ErrorCode::NotFound, message).into());
    }
    // Someone whose account is shut out, or who never signed in, manages nothing.
    let others = unit
        .query_one(
            "SELECT 1 FROM organisation_people p JOIN accounts a ON a.id = p.account_id \
             WHERE p.organisation_id = $1 AND p.manager AND a.status = 'ACTIVE' AND a.id <> $2",
            [id.into(), account.as_str().into()],
        )
        .await?;
    if others.is_none() {
        let message = "an organisation keeps one manager: name another first";
        return Err(UserError::at("accountId", ErrorCode::LastManager, message).into());
    }
    organisation_people::Entity::delete_by_id((id.to_owned(), account.as_str().to_owned()))
        .exec(unit.transaction())
        .await?;
    write_over(unit, &model, organisations::ActiveModel::default()).await?;
    note(unit, "organisation.manager_removed", id, &["managers"]).await
}

async fn manages(unit: &Unit<'_>, organisation: &str, account: &AccountId) -> Result<bool, DbErr> {
    let key = (organisation.to_owned(), account.as_str().to_owned());
    let row = organisation_people::Entity::find_by_id(key).one(unit.transaction()).await?;
    Ok(row.is_some_and(|row| row.manager))
}

/// Makes someone a manager.
pub(super) async fn set(unit: &Unit<'_>, organisation: &str, account: &str) -> Result<(), DbErr> {
    unit.execute(
        "INSERT INTO organisation_people (organisation_id, account_id, manager, since) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (organisation_id, account_id) DO UPDATE SET manager = $3",
        [organisation.into(), account.into(), true.into(), unit.now().micros().into()],
    )
    .await?;
    Ok(())
}

/// Ends that someone is asked; whether they were.
async fn take_back(unit: &Unit<'_>, organisation: &str, account: &AccountId) -> Result<bool, DbErr> {
    let ended = unit
        .execute(
            "DELETE FROM organisation_manager_requests WHERE organisation_id = $1 AND account_id = $2",
            [organisation.into(), account.as_str().into()],
        )
        .await?;
    Ok(ended > 0)
}

/// Ends all that waits for this person's answer: for whoever gets in by a code that somebody else
/// read out, so that reading it out doesn't lead to an organisation.
pub(super) async fn forget_requests(unit: &Unit<'_>, account: &str) -> Result<(), DbErr> {
    unit.execute("DELETE FROM organisation_manager_requests WHERE account_id = $1", [account.into()]).await?;
    Ok(())
}
