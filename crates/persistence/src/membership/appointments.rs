//! Appointments to the offices of the initiative, and what becomes of the work when one ends.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{AccountId, AppointmentId};
use maip_domain::identity::AccountStatus;
use maip_domain::membership::appointment::end_at;
use maip_domain::membership::{AppointmentKind, AppointmentScope, AppointmentStatus};
use maip_domain::policy::{Action, Attribute, Record};
use maip_domain::time::Timestamp;
use maip_domain::vocabulary::{CountryCode, Region};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QuerySelect as _, Set,
};

use super::entity::appointments;
use super::read::APPOINTMENT;
use crate::code::Code;
use crate::identity::entity::accounts;
use crate::identity::read::ACCOUNT;
use crate::lessons::handover::hand_over;
use crate::vocabulary::country;
use crate::write::{Change, Claim, Unit, UserError, WriteError, WriteResult};

/// An appointment to be made.
#[derive(Clone, Debug)]
pub struct NewAppointment {
    /// Of whom.
    pub account: AccountId,
    /// To which office.
    pub kind: AppointmentKind,
    /// The country of a national office.
    pub country: Option<CountryCode>,
    /// The FAO region of a regional office.
    pub region: Option<Region>,
    /// From when on; now unless said.
    pub starts_at: Option<Timestamp>,
    /// Until when, if that is known.
    pub ends_at: Option<Timestamp>,
}

/// Appoints someone and gives the appointment's id.
///
/// # Errors
/// The policy's; INVALID where country, region or dates don't fit; CONFLICT where the person holds
/// that office at the time.
pub async fn appoint(
    unit: &Unit<'_>,
    wished: Option<&AppointmentId>,
    new: NewAppointment,
) -> WriteResult<String> {
    let me = unit.account()?;
    let fresh = AppointmentId::generate(unit.clock(), unit.entropy()).into_string();
    let claimed = match unit.claim(&APPOINTMENT, "id", wished.map(AppointmentId::as_str), fresh).await? {
        Claim::Made(id) => return Ok(id),
        Claim::New(claimed) => claimed,
    };
    unit.hold_accounts([new.account.as_str()]).await?;
    place_fits(&new)?;
    let country_row = match new.country {
        Some(code) => Some(country::named(unit, "country", code).await?),
        None => None,
    };
    let country_region = country_row.as_ref().and_then(|row| row.region);
    let starts = new.starts_at.unwrap_or_else(|| unit.now());
    if new.ends_at.is_some_and(|ends| ends <= starts || ends <= unit.now()) {
        return Err(
            UserError::at("endsAt", ErrorCode::Invalid, "it ends before it begins, or is over").into()
        );
    }
    let state = AppointmentStatus::at(unit.now(), starts, new.ends_at);
    let mut record = Record::default()
        .with(Attribute::Owner, new.account.as_str())
        .with(Attribute::Role, new.kind.code())
        .with(Attribute::State, state.code());
    if let Some(code) = new.country {
        record = record.with(Attribute::Country, code.as_str());
    }
    if let Some(region) = new.region.or(country_region) {
        record = record.with(Attribute::Region, region.code());
    }
    unit.decide(APPOINTMENT.policy, "kind", &record, Action::Appoint)?;
    unit.require_visible(&ACCOUNT, "accountId", new.account.as_str()).await?;
    let id = claimed.take()?;
    // Held, so that of two who appoint the same person at a time, one sees the other's.
    let account = accounts::Entity::find_by_id(new.account.as_str().to_owned())
        .lock(LockType::NoKeyUpdate)
        .one(unit.transaction())
        .await?;
    if account.is_none_or(|account| account.status.0 != AccountStatus::Active) {
        let message = "only someone whose account is in use can hold an office";
        return Err(UserError::at("accountId", ErrorCode::WrongState, message).into());
    }
    let now = unit.now().micros();
    let model = appointments::Model {
        id: id.clone(),
        revision: 1,
        created_at: now,
        updated_at: now,
        created_by: Some(me.into_string()),
        account_id: new.account.into_string(),
        kind: Code(new.kind),
        country_id: country_row.map(|row| row.id),
        country_code: new.country.map(|code| code.as_str().to_owned()),
        region: new.region.map(Code),
        country_region: country_region.map(Code),
        starts_at: starts.micros(),
        ends_at: new.ends_at.map(Timestamp::micros),
        sort_at: starts.micros(),
    };
    not_held(unit, &model).await?;
    appointments::Entity::insert(model.clone().into_active_model())
        .exec_without_returning(unit.transaction())
        .await?;
    record_change(unit, &model, "appointment.made", &[]).await?;
    Ok(id)
}

/// Ends an appointment, now or at an instant to come, and hands over what is open: what the person
/// was reviewing in this office goes back to be taken up by another. One that hasn't begun by then is
/// cancelled: it ends at its start.
///
/// # Errors
/// The policy's; a stale revision; INVALID for an end in the past, or after the one it has.
pub async fn end(
    unit: &Unit<'_>,
    id: &AppointmentId,
    at: Option<Timestamp>,
    expected: Option<i64>,
) -> WriteResult<()> {
    let held = appointments::Entity::find_by_id(id.as_str().to_owned())
        .lock(LockType::NoKeyUpdate)
        .one(unit.transaction())
        .await?;
    let record = unit.require_visible(&APPOINTMENT, "appointmentId", id.as_str()).await?;
    let model = held.ok_or(WriteError::Broken("an appointment that the policy saw is gone"))?;
    if let Some(expected) = expected {
        unit.expect_revision(id.as_str(), expected, model.revision).await?;
    }
    unit.decide(APPOINTMENT.policy, "appointmentId", &record, Action::EndAppointment)?;
    let at = at.unwrap_or_else(|| unit.now());
    if at < unit.now() {
        return Err(
            UserError::at("endsAt", ErrorCode::Invalid, "an appointment doesn't end in the past").into()
        );
    }
    let at = end_at(Timestamp::from_micros(model.starts_at), at);
    // Whether the person may hold the office for longer is decided where one appoints.
    if model.ends_at.is_some_and(|present| at.micros() > present) {
        let message = "the appointment ends earlier as it is: to prolong it, appoint the person anew";
        return Err(UserError::at("endsAt", ErrorCode::Invalid, message).into());
    }
    let row = appointments::ActiveModel {
        revision: Set(model.revision + 1),
        updated_at: Set(unit.now().micros()),
        ends_at: Set(Some(at.micros())),
        ..Default::default()
    };
    let done = appointments::Entity::update_many()
        .set(row)
        .filter(appointments::Column::Id.eq(model.id.as_str()))
        .filter(appointments::Column::Revision.eq(model.revision))
        .exec(unit.transaction())
        .await?;
    if done.rows_affected != 1 {
        return Err(WriteError::Broken("a held appointment was changed"));
    }
    record_change(unit, &model, "appointment.ended", &["endsAt"]).await?;
    if at <= unit.now() {
        hand_over(unit, &model.account_id).await?;
    }
    Ok(())
}

/// An office of a country names the country, one of a region the region, and the secretariat's none.
fn place_fits(new: &NewAppointment) -> WriteResult<()> {
    let refuse = |field: &str, code, message: &str| Err(UserError::at(field, code, message).into());
    match (new.kind.scope(), new.country, new.region) {
        (AppointmentScope::Country, Some(_), None)
        | (AppointmentScope::Region, None, Some(_))
        | (AppointmentScope::Global, None, None) => Ok(()),
        (AppointmentScope::Country, None, _) => {
            refuse("country", ErrorCode::Required, "the office is one of a country: name it")
        }
        (AppointmentScope::Region, _, None) => {
            refuse("region", ErrorCode::Required, "the office is one of an FAO region: name it")
        }
        (AppointmentScope::Country | AppointmentScope::Global, _, Some(_)) => {
            refuse("region", ErrorCode::Invalid, "the office isn't one of a region")
        }
        (AppointmentScope::Region | AppointmentScope::Global, Some(_), _) => {
            refuse("country", ErrorCode::Invalid, "the office isn't one of a country")
        }
    }
}

async fn not_held(unit: &Unit<'_>, new: &appointments::Model) -> WriteResult<()> {
    use appointments::Column;
    let of_person = appointments::Entity::find()
        .filter(Column::AccountId.eq(new.account_id.as_str()))
        .filter(Column::Kind.eq(new.kind.0.code()))
        .all(unit.transaction())
        .await?;
    let at_a_time = |old: &appointments::Model| {
        // One that was cancelled holds at no time.
        let held = old.ends_at.is_none_or(|end| end > old.starts_at);
        held && old.ends_at.is_none_or(|end| end > new.starts_at)
            && new.ends_at.is_none_or(|end| end > old.starts_at)
    };
    let clash = of_person
        .iter()
        .any(|old| (&old.country_code, old.region) == (&new.country_code, new.region) && at_a_time(old));
    if clash {
        let message = "the person holds this office at that time";
        return Err(UserError::at("accountId", ErrorCode::Conflict, message).into());
    }
    Ok(())
}

async fn record_change(
    unit: &Unit<'_>,
    model: &appointments::Model,
    action: &'static str,
    fields: &[&'static str],
) -> WriteResult<()> {
    let change = Change {
        action,
        subject_type: APPOINTMENT.name,
        subject: &model.id,
        country: model.country_code.as_deref(),
        on_behalf_of: None,
        fields,
    };
    Ok(unit.record(change).await?)
}
