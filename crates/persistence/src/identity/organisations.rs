//! Organisations: entered, changed, verified, and cleared for the API.

use std::collections::BTreeSet;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::OrganisationId;
use maip_domain::identity::{OrganisationKind, Scope};
use maip_domain::policy::rules::identity::VERIFIES;
use maip_domain::policy::{Action, Attribute, Record, holds};
use maip_domain::sort_key::sort_key;
use maip_domain::vocabulary::CountryCode;
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _, Set};
use serde_json::json;

use super::entity::{organisation_clearances, organisations};
use super::managers;
use super::read::ORGANISATION;
use crate::code::Code;
use crate::vocabulary::country;
use crate::write::{Change, Claim, Unit, UserError, WriteError, WriteResult};

const TYPE: &str = "Organisation";

/// An organisation to be entered; its texts are checked already.
#[derive(Clone, Debug)]
pub struct NewOrganisation {
    /// Its name.
    pub name: String,
    /// What kind of body it is.
    pub kind: OrganisationKind,
    /// Its country; none for an international one.
    pub country: Option<CountryCode>,
    /// Its website.
    pub website: Option<String>,
}

/// What is to be changed of an organisation; the rest stays as it is.
#[derive(Clone, Debug, Default)]
pub struct OrganisationEdit {
    /// Its name.
    pub name: Option<String>,
    /// What kind of body it is.
    pub kind: Option<OrganisationKind>,
    /// Its country, or none.
    pub country: Option<Option<CountryCode>>,
    /// Its website, or none.
    pub website: Option<Option<String>>,
}

/// Enters an organisation, whose first manager is the one who enters it, and gives its id.
///
/// # Errors
/// The policy's; a country that isn't there.
pub async fn create(
    unit: &Unit<'_>,
    wished: Option<&OrganisationId>,
    new: NewOrganisation,
) -> WriteResult<String> {
    let me = unit.account()?;
    let fresh = OrganisationId::generate(unit.clock(), unit.entropy()).into_string();
    let claimed = match unit.claim(&ORGANISATION, "id", wished.map(OrganisationId::as_str), fresh).await? {
        Claim::Made(id) => return Ok(id),
        Claim::New(claimed) => claimed,
    };
    let record = Record::default().with(Attribute::Id, claimed.id());
    unit.decide(ORGANISATION.policy, None, &record, Action::Create)?;
    let id = claimed.take()?;
    let country = country_id(unit, new.country).await?;
    let now = unit.now().micros();
    organisations::Entity::insert(organisations::ActiveModel {
        id: Set(id.clone()),
        revision: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        created_by: Set(Some(me.as_str().to_owned())),
        sort_key: Set(sort_key(&new.name)),
        name: Set(new.name),
        kind: Set(Code(new.kind)),
        country_id: Set(country),
        website: Set(new.website),
        verified_at: Set(None),
        verified_by: Set(None),
    })
    .exec_without_returning(unit.transaction())
    .await?;
    managers::set(unit, &id, me.as_str()).await?;
    keep(unit, &id).await?;
    note(unit, "organisation.created", &id, &[]).await?;
    Ok(id)
}

/// Changes an organisation. Another name, kind or country is no longer what was verified.
///
/// # Errors
/// The policy's; a stale revision; a country that isn't there.
pub async fn update(
    unit: &Unit<'_>,
    organisation: &OrganisationId,
    expected: i64,
    edit: OrganisationEdit,
) -> WriteResult<()> {
    let id = organisation.as_str();
    let record = unit.require(&ORGANISATION, "organisationId", id, Action::Update).await?;
    let model = lock(unit, id).await?;
    unit.expect_revision(id, expected, model.revision).await?;
    let mut row = organisations::ActiveModel::default();
    let mut fields = Vec::new();
    let mut identity = false;
    if let Some(name) = edit.name.filter(|name| *name != model.name) {
        fields.push("name");
        identity = true;
        row.sort_key = Set(sort_key(&name));
        row.name = Set(name);
    }
    if let Some(kind) = edit.kind.filter(|kind| *kind != model.kind.0) {
        fields.push("kind");
        identity = true;
        row.kind = Set(Code(kind));
    }
    if let Some(code) = edit.country {
        let country = country_id(unit, code).await?;
        if country != model.country_id {
            fields.push("country");
            identity = true;
            row.country_id = Set(country);
        }
    }
    if let Some(website) = edit.website.filter(|website| *website != model.website) {
        fields.push("website");
        row.website = Set(website);
    }
    let verifies = holds(&VERIFIES, &record, unit.facts());
    if identity && model.verified_at.is_some() && !verifies {
        fields.push("verifiedAt");
        row.verified_at = Set(None);
        row.verified_by = Set(None);
    }
    if let Set(key) = &row.sort_key {
        unit.execute(
            "UPDATE memberships SET member_sort_key = $2 WHERE organisation_id = $1",
            [id.into(), key.as_str().into()],
        )
        .await?;
    }
    write_over(unit, &model, row).await?;
    note(unit, "organisation.updated", id, &fields).await
}

/// Confirms that an organisation is what it says.
///
/// # Errors
/// The policy's; `WRONG_STATE` for one that is verified.
pub async fn verify(
    unit: &Unit<'_>,
    organisation: &OrganisationId,
    expected: Option<i64>,
) -> WriteResult<()> {
    let id = organisation.as_str();
    unit.require(&ORGANISATION, "organisationId", id, Action::Verify).await?;
    let model = lock(unit, id).await?;
    expect(unit, &model, expected).await?;
    if model.verified_at.is_some() {
        return Err(
            UserError::in_state_at("organisationId", "VERIFIED", "the organisation is verified").into()
        );
    }
    let row = organisations::ActiveModel {
        verified_at: Set(Some(unit.now().micros())),
        verified_by: Set(Some(unit.account()?.into_string())),
        ..Default::default()
    };
    write_over(unit, &model, row).await?;
    note(unit, "organisation.verified", id, &["verifiedAt"]).await
}

/// Sets for which scopes an organisation is cleared; none takes all clearance. Its tokens lose at
/// once what it isn't cleared for.
///
/// # Errors
/// The policy's; a stale revision.
pub async fn clear(
    unit: &Unit<'_>,
    organisation: &OrganisationId,
    scopes: &BTreeSet<Scope>,
    expected: Option<i64>,
) -> WriteResult<()> {
    let id = organisation.as_str();
    unit.require(&ORGANISATION, "organisationId", id, Action::Clear).await?;
    let model = lock(unit, id).await?;
    expect(unit, &model, expected).await?;
    let me = unit.account()?.into_string();
    let former = clearance(unit, id).await?;
    for scope in former.difference(scopes) {
        organisation_clearances::Entity::delete_by_id((id.to_owned(), Code(*scope)))
            .exec(unit.transaction())
            .await?;
    }
    for scope in scopes.difference(&former) {
        organisation_clearances::Entity::insert(organisation_clearances::ActiveModel {
            organisation_id: Set(id.to_owned()),
            scope: Set(Code(*scope)),
            granted_at: Set(unit.now().micros()),
            granted_by: Set(Some(me.clone())),
        })
        .exec_without_returning(unit.transaction())
        .await?;
    }
    write_over(unit, &model, organisations::ActiveModel::default()).await?;
    note(unit, "organisation.cleared", id, &["clearedScopes"]).await
}

/// For which scopes an organisation is cleared.
pub(super) async fn clearance(unit: &Unit<'_>, organisation: &str) -> Result<BTreeSet<Scope>, DbErr> {
    let rows = organisation_clearances::Entity::find()
        .filter(organisation_clearances::Column::OrganisationId.eq(organisation))
        .all(unit.transaction())
        .await?;
    Ok(rows.into_iter().map(|row| row.scope.0).collect())
}

/// The organisation as it stands, held until the unit ends.
pub(super) async fn lock(unit: &Unit<'_>, id: &str) -> WriteResult<organisations::Model> {
    organisations::Entity::find_by_id(id.to_owned())
        .lock(LockType::NoKeyUpdate)
        .one(unit.transaction())
        .await?
        .ok_or_else(|| {
            UserError::at("organisationId", ErrorCode::NotFound, "there is no such organisation").into()
        })
}

pub(super) async fn expect(
    unit: &Unit<'_>,
    model: &organisations::Model,
    expected: Option<i64>,
) -> WriteResult<()> {
    match expected {
        Some(expected) => unit.expect_revision(&model.id, expected, model.revision).await,
        None => Ok(()),
    }
}

pub(super) async fn write_over(
    unit: &Unit<'_>,
    model: &organisations::Model,
    mut row: organisations::ActiveModel,
) -> WriteResult<()> {
    row.revision = Set(model.revision + 1);
    row.updated_at = Set(unit.now().micros());
    let done = organisations::Entity::update_many()
        .set(row)
        .filter(organisations::Column::Id.eq(model.id.as_str()))
        .filter(organisations::Column::Revision.eq(model.revision))
        .exec(unit.transaction())
        .await?;
    if done.rows_affected != 1 {
        return Err(WriteError::Broken("a locked organisation was changed"));
    }
    // At each revision, also where what it says stays: any of them may be what an edit is based on.
    keep(unit, &model.id).await
}

async fn country_id(unit: &Unit<'_>, code: Option<CountryCode>) -> WriteResult<Option<String>> {
    let Some(code) = code else { return Ok(None) };
    Ok(Some(country::named(unit, "country", code).await?.id))
}

async fn country_code(unit: &Unit<'_>, id: &str) -> Result<Option<String>, DbErr> {
    let sql = "SELECT c.code FROM organisations o JOIN countries c ON c.id = o.country_id WHERE o.id = $1";
    unit.query_one(sql, [id.into()]).await?.map(|row| row.try_get_by_index(0)).transpose()
}

async fn keep(unit: &Unit<'_>, id: &str) -> WriteResult<()> {
    let model = lock(unit, id).await?;
    let content = json!({
        "name": model.name,
        "kind": model.kind.0.code(),
        "country": country_code(unit, id).await?,
        "website": model.website,
    });
    unit.keep_snapshot(id, model.revision, &content);
    Ok(())
}

pub(super) async fn note(
    unit: &Unit<'_>,
    action: &'static str,
    id: &str,
    fields: &[&'static str],
) -> WriteResult<()> {
    let country = country_code(unit, id).await?;
    unit.record(Change {
        action,
        subject_type: TYPE,
        subject: id,
        country: country.as_deref(),
        fields,
        ..Change::default()
    })
    .await?;
    Ok(())
}
