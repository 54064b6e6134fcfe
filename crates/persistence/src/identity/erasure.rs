//! Erasing an account at the person's wish: what they wrote for others stays, the person goes.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::error_code::ErrorCode;
use maip_domain::identity::AccountAction;
use maip_domain::membership::member::{MembershipAction, MembershipStatus};
use maip_domain::sort_key::sort_key;

use super::accounts;
use super::attempts::{self, Attempt};
use super::entity::accounts::Model as Account;
use super::entity::organisations::ActiveModel as ActiveOrganisation;
use super::organisations;
use super::refusals;
use super::sign_in;
use crate::cooperation::cards;
use crate::cooperation::read::CONSENT;
use crate::lessons::handover::hand_over;
use crate::lessons::translations::requests as translation_requests;
use crate::membership::read::MEMBERSHIP;
use crate::read::viewer::Viewer;
use crate::services::Services;
use crate::write::{Change, Unit, UserError, WriteError, WriteResult, Written};

/// The wish to erase an account, with the password found right.
#[derive(Debug)]
pub struct Confirmed {
    account: String,
    hash: Option<String>,
}

/// Checks the password before the unit is begun.
///
/// # Errors
/// `INVALID_CREDENTIALS` at `password`, `TRY_LATER`, `SIGN_IN_NEEDED`.
pub async fn confirm(services: &Services, viewer: &Viewer, secret: &str) -> WriteResult<Confirmed> {
    let account = accounts::of_viewer(services, viewer).await?;
    sign_in::confirm(services, &account, "password", secret).await?;
    Ok(Confirmed { account: account.id, hash: account.password_hash })
}

/// Erases the account. It wins over every other rule: also the last facilitator of a platform and
/// the holder of an office go, and the platform falls to the focal point. The unit holds the account
/// alone, so that nothing another device has under way comes after.
///
/// # Errors
/// CONFLICT where the password was changed meanwhile.
pub async fn erase(mut unit: Unit<'_>, confirmed: &Confirmed) -> WriteResult<Written> {
    let id = unit.account()?;
    let account = accounts::by_id(unit.transaction(), id.as_str()).await?;
    if account.id != confirmed.account || account.password_hash != confirmed.hash {
        return Err(UserError::new(ErrorCode::Conflict, "the password was changed meanwhile").into());
    }
    cards::erase_all(&unit, &account.id).await?;
    contacts(&unit, &account.id).await?;
    memberships(&unit, &account.id).await?;
    offices(&unit, &account.id).await?;
    leave_organisations(&unit, &account.id).await?;
    hand_over(&unit, &account.id).await?;
    translation_requests::erase_all(&unit, &account.id).await?;
    traces(&unit, &account).await?;
    person(&unit, &account).await?;
    unit.forget_salt();
    accounts::record(&unit, &account, "account.erased", &["status"]).await?;
    unit.commit(Written::default().with("erased", true).read_as(Viewer::Anonymous)).await
}

/// The row of the person: a pseudonym is left, so that the authors of lessons can still be told apart.
async fn person(unit: &Unit<'_>, account: &Account) -> WriteResult<()> {
    let status = account.status.0.apply(AccountAction::Erase)?;
    let mut random = [0_u8; 2];
    unit.entropy().fill(&mut random);
    let pseudonym = format!("Former member {:04X}", u16::from_be_bytes(random));
    let key = sort_key(&pseudonym);
    unit.execute(
        "UPDATE accounts SET status = $1, display_name = $2, sort_key = $3, language = 'en', country_id = NULL, \
         login_kind = NULL, login_sealed = NULL, login_index = NULL, login_verified_at = NULL, login_used_at = NULL, \
         password_hash = NULL, system_administrator = FALSE, sex = NULL, age_group = NULL, registered_by = NULL, \
         recorded_consent = NULL, recorded_consent_at = NULL, consent_confirmed_at = NULL, audit_salt = NULL, \
         erased_at = $4, updated_at = $4, revision = revision + 1 WHERE id = $5",
        [
            status.code().into(),
            pseudonym.into(),
            key.as_str().into(),
            unit.now().micros().into(),
            account.id.as_str().into(),
        ],
    )
    .await?;
    accounts::carry_name(unit, &account.id, &key).await?;
    Ok(())
}

/// What is left of contacts after the cards are empty: consents, the log of who read the details, and
/// what others opened to this person.
async fn contacts(unit: &Unit<'_>, account: &str) -> WriteResult<()> {
    for sql in [
        "DELETE FROM consent_fields WHERE consent_id IN (SELECT c.id FROM consents c JOIN contact_cards x \
         ON x.id = c.card_id WHERE x.account_id = $1)",
        "DELETE FROM consents WHERE card_id IN (SELECT x.id FROM contact_cards x WHERE x.account_id = $1)",
        "DELETE FROM contact_details WHERE card_id IN (SELECT x.id FROM contact_cards x WHERE x.account_id = $1)",
        "DELETE FROM contact_card_concepts WHERE card_id IN (SELECT x.id FROM contact_cards x WHERE x.account_id = $1)",
        "DELETE FROM contact_card_languages WHERE card_id IN (SELECT x.id FROM contact_cards x WHERE x.account_id = $1)",
        "DELETE FROM contact_card_countries WHERE card_id IN (SELECT x.id FROM contact_cards x WHERE x.account_id = $1)",
        "DELETE FROM created_inputs WHERE record_id IN (SELECT x.id FROM contact_cards x WHERE x.account_id = $1)",
        "DELETE FROM disclosures WHERE account_id = $1",
    ] {
        unit.execute(sql, [account.into()]).await?;
    }
    let withdrawn = unit
        .query_all(
            "UPDATE consents SET withdrawn_at = $1 WHERE to_account_id = $2 AND withdrawn_at IS NULL \
             RETURNING id, (SELECT x.country_code FROM contact_cards x WHERE x.id = card_id)",
            [unit.now().micros().into(), account.into()],
        )
        .await?;
    for row in withdrawn {
        let id: String = row.try_get_by_index(0)?;
        let country: Option<String> = row.try_get_by_index(1)?;
        unit.record(Change {
            action: "consent.withdrawn",
            subject_type: CONSENT.name,
            subject: &id,
            country: country.as_deref(),
            ..Change::default()
        })
        .await?;
    }
    Ok(())
}

async fn memberships(unit: &Unit<'_>, account: &str) -> WriteResult<()> {
    let rows = unit
        .query_all(
            "SELECT id, status, platform_country_code FROM memberships WHERE account_id = $1",
            [account.into()],
        )
        .await?;
    for row in rows {
        let id: String = row.try_get_by_index(0)?;
        let status: String = row.try_get_by_index(1)?;
        let country: String = row.try_get_by_index(2)?;
        let status = MembershipStatus::from_code(&status)
            .ok_or(WriteError::Broken("a stored status is no status of a membership"))?;
        // One that was declined or left has no end to come to.
        let Ok(ended) = status.apply(MembershipAction::End) else { continue };
        unit.execute(
            "UPDATE memberships SET status = $1, ended_at = $2, updated_at = $2, message = NULL, \
             revision = revision + 1 WHERE id = $3",
            [ended.code().into(), unit.now().micros().into(), id.as_str().into()],
        )
        .await?;
        unit.record(Change {
            action: "membership.ended",
            subject_type: MEMBERSHIP.name,
            subject: &id,
            country: Some(&country),
            on_behalf_of: None,
            fields: &["status"],
        })
        .await?;
    }
    unit.execute("UPDATE memberships SET message = NULL WHERE account_id = $1", [account.into()]).await?;
    Ok(())
}

async fn offices(unit: &Unit<'_>, account: &str) -> WriteResult<()> {
    let rows = unit
        .query_all(
            "UPDATE appointments SET ends_at = CASE WHEN starts_at > $1 THEN starts_at ELSE $1 END, \
             updated_at = $1, revision = revision + 1 WHERE account_id = $2 \
             AND (ends_at IS NULL OR (ends_at > $1 AND ends_at > starts_at)) RETURNING id, country_code",
            [unit.now().micros().into(), account.into()],
        )
        .await?;
    for row in rows {
        let id: String = row.try_get_by_index(0)?;
        let country: Option<String> = row.try_get_by_index(1)?;
        unit.record(Change {
            action: "appointment.ended",
            subject_type: "Appointment",
            subject: &id,
            country: country.as_deref(),
            on_behalf_of: None,
            fields: &["endsAt"],
        })
        .await?;
    }
    Ok(())
}

/// Takes the person out of their organisations, also as the last manager of one.
async fn leave_organisations(unit: &Unit<'_>, account: &str) -> WriteResult<()> {
    let rows = unit
        .query_all(
            "SELECT organisation_id FROM organisation_people WHERE account_id = $1 ORDER BY organisation_id",
            [account.into()],
        )
        .await?;
    for row in rows {
        let id: String = row.try_get_by_index(0)?;
        // The organisation first, as everyone does who changes its managers.
        let model = organisations::lock(unit, &id).await?;
        let left = unit
            .query_one(
                "DELETE FROM organisation_people WHERE organisation_id = $1 AND account_id = $2 RETURNING manager",
                [id.as_str().into(), account.into()],
            )
            .await?;
        if left.map(|row| row.try_get_by_index::<bool>(0)).transpose()? == Some(true) {
            organisations::write_over(unit, &model, ActiveOrganisation::default()).await?;
            organisations::note(unit, "organisation.manager_removed", &id, &["managers"]).await?;
        }
    }
    Ok(())
}

/// What signing in and writing left behind.
async fn traces(unit: &Unit<'_>, account: &Account) -> WriteResult<()> {
    for sql in [
        "DELETE FROM one_time_codes WHERE account_id = $1",
        "DELETE FROM refresh_tokens WHERE session_id IN (SELECT s.id FROM sessions s WHERE s.account_id = $1)",
        "DELETE FROM sessions WHERE account_id = $1",
        "DELETE FROM mutation_outcomes WHERE account_id = $1",
        "DELETE FROM record_snapshots WHERE record_id = $1",
        "DELETE FROM created_inputs WHERE record_id = $1",
        "DELETE FROM lesson_contributors WHERE account_id = $1 AND part = 'ASKED'",
        "DELETE FROM organisation_manager_requests WHERE account_id = $1",
    ] {
        unit.execute(sql, [account.id.as_str().into()]).await?;
    }
    if let Some(index) = account.login_index.as_deref() {
        for attempt in Attempt::ALL {
            attempts::forget(unit.transaction(), attempt, index).await?;
        }
        refusals::forget(unit.transaction(), index).await?;
    }
    Ok(())
}
