//! Platforms: created, described, taken through their cycle.

use std::collections::{BTreeMap, BTreeSet};

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{PlatformId, ProductId};
use maip_domain::membership::stage::{PlatformCycle, PlatformStage};
use maip_domain::policy::{Action, Attribute, Record};
use maip_domain::search::SearchKind;
use maip_domain::sort_key::sort_key;
use maip_domain::visibility::Visibility;
use maip_domain::vocabulary::{CountryCode, LanguageTag};
use sea_orm::{
    ColumnTrait as _, DbErr, EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _, Set,
};
use serde_json::json;

use super::entity::{platform_names, platform_products, platforms};
use super::read::PLATFORM;
use super::row;
use crate::code::Code;
use crate::search;
use crate::vocabulary::country;
use crate::write::{Change, Claim, Unit, UserError, WriteError, WriteResult};

/// A platform to be proposed; its texts are checked already.
#[derive(Clone, Debug)]
pub struct NewPlatform {
    /// Its country.
    pub country: CountryCode,
    /// Its name.
    pub name: String,
    /// The language of its name and description.
    pub language: LanguageTag,
    /// What it is about.
    pub description: String,
    /// Its name in other languages, by language.
    pub other_names: BTreeMap<String, String>,
    /// The products that it works on, one or more of its country.
    pub products: Vec<ProductId>,
    /// Who may see it.
    pub visibility: Visibility,
}

/// What is to be changed of a platform; the rest stays as it is.
#[derive(Clone, Debug, Default)]
pub struct PlatformEdit {
    /// Its name.
    pub name: Option<String>,
    /// The language of its name and description.
    pub language: Option<LanguageTag>,
    /// What it is about.
    pub description: Option<String>,
    /// Its name in other languages, by language: all of them.
    pub other_names: Option<BTreeMap<String, String>>,
    /// The products that it works on: all of them.
    pub products: Option<Vec<ProductId>>,
    /// Who may see it.
    pub visibility: Option<Visibility>,
}

/// Proposes a platform and gives its id. It has no facilitator yet: the focal point invites one.
///
/// # Errors
/// The policy's; INVALID for a country that isn't there; `NOT_FOUND` for a product that isn't one of
/// the country.
pub async fn create(unit: &Unit<'_>, wished: Option<&PlatformId>, new: NewPlatform) -> WriteResult<String> {
    let me = unit.account()?;
    let fresh = PlatformId::generate(unit.clock(), unit.entropy()).into_string();
    let claimed = match unit.claim(&PLATFORM, "id", wished.map(PlatformId::as_str), fresh).await? {
        Claim::Made(id) => return Ok(id),
        Claim::New(claimed) => claimed,
    };
    let country = country::named(unit, "country", new.country).await?;
    let mut record = Record::default()
        .with(Attribute::Platform, claimed.id())
        .with(Attribute::Country, new.country.as_str())
        .with(Attribute::State, PlatformStage::Proposed.code())
        // There is nothing to hide yet, so whoever may not create it is told so.
        .with(Attribute::Visibility, Visibility::Public.code());
    if let Some(region) = country.region {
        record = record.with(Attribute::Region, region.code());
    }
    unit.decide(PLATFORM.policy, "country", &record, Action::Create)?;
    let id = claimed.take()?;
    let now = unit.now().micros();
    let cycle = PlatformCycle::START;
    let model = platforms::Model {
        id: id.clone(),
        revision: 1,
        created_at: now,
        updated_at: now,
        created_by: Some(me.into_string()),
        sort_key: sort_key(&new.name),
        name: new.name,
        language: new.language.into_string(),
        description: new.description,
        country_id: country.id,
        country_code: new.country.as_str().to_owned(),
        region: country.region.map(Code),
        stage: Code(cycle.stage),
        stage_before_dormant: cycle.before_dormant.map(Code),
        visibility: Code(new.visibility),
    };
    platforms::Entity::insert(model.clone().into_active_model())
        .exec_without_returning(unit.transaction())
        .await?;
    set_names(unit, &model, new.other_names).await?;
    set_products(unit, &model, &new.products).await?;
    keep(unit, &id).await?;
    record_change(unit, &model, "platform.created", &[]).await?;
    Ok(id)
}

/// Changes what is said about a platform.
///
/// # Errors
/// The policy's; a stale revision; `NOT_FOUND` for a product that isn't one of the country.
pub async fn update(unit: &Unit<'_>, id: &PlatformId, expected: i64, edit: PlatformEdit) -> WriteResult<()> {
    let model = row::platform(unit, id, Action::Update).await?;
    unit.expect_revision(id.as_str(), expected, model.revision).await?;
    let PlatformEdit { name, language, description, other_names, products, visibility } = edit;
    let mut fields = Vec::new();
    let mut after = model.clone();
    if let Some(name) = name.filter(|name| *name != model.name) {
        fields.push("name");
        after.sort_key = sort_key(&name);
        after.name = name;
    }
    if let Some(language) = language.filter(|language| language.as_str() != model.language) {
        fields.push("language");
        after.language = language.into_string();
    }
    if let Some(description) = description.filter(|description| *description != model.description) {
        fields.push("description");
        after.description = description;
    }
    if let Some(visibility) = visibility.filter(|visibility| *visibility != model.visibility.0) {
        fields.push("visibility");
        after.visibility = Code(visibility);
    }
    let others = match other_names {
        Some(names) => {
            fields.push("otherNames");
            names
        }
        None => other_names_of(unit, &model).await?,
    };
    write(unit, &model, &after).await?;
    set_names(unit, &after, others).await?;
    if let Some(products) = products {
        fields.push("productIds");
        set_products(unit, &after, &products).await?;
    }
    keep(unit, &model.id).await?;
    record_change(unit, &model, "platform.updated", &fields).await
}

/// Takes a platform to another stage of its cycle.
///
/// # Errors
/// The policy's; a stale revision; `WRONG_STATE` for a stage to which it can't go from here.
pub async fn advance(
    unit: &Unit<'_>,
    id: &PlatformId,
    to: PlatformStage,
    expected: Option<i64>,
) -> WriteResult<()> {
    let model = row::platform(unit, id, Action::Advance).await?;
    if let Some(expected) = expected {
        unit.expect_revision(id.as_str(), expected, model.revision).await?;
    }
    let cycle = PlatformCycle {
        stage: model.stage.0,
        before_dormant: model.stage_before_dormant.map(|stage| stage.0),
    };
    let cycle = cycle.go_to(to)?;
    let after = platforms::Model {
        stage: Code(cycle.stage),
        stage_before_dormant: cycle.before_dormant.map(Code),
        ..model.clone()
    };
    write(unit, &model, &after).await?;
    keep(unit, &model.id).await?;
    record_change(unit, &model, "platform.advanced", &["stage"]).await
}

async fn write(unit: &Unit<'_>, before: &platforms::Model, after: &platforms::Model) -> WriteResult<()> {
    let row = platforms::ActiveModel {
        revision: Set(before.revision + 1),
        updated_at: Set(unit.now().micros()),
        name: Set(after.name.clone()),
        sort_key: Set(after.sort_key.clone()),
        language: Set(after.language.clone()),
        description: Set(after.description.clone()),
        stage: Set(after.stage),
        stage_before_dormant: Set(after.stage_before_dormant),
        visibility: Set(after.visibility),
        ..Default::default()
    };
    let done = platforms::Entity::update_many()
        .set(row)
        .filter(platforms::Column::Id.eq(before.id.as_str()))
        .filter(platforms::Column::Revision.eq(before.revision))
        .exec(unit.transaction())
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(WriteError::Broken("a held platform was changed")) }
}

/// Its names in languages other than its own.
async fn other_names_of(
    unit: &Unit<'_>,
    model: &platforms::Model,
) -> Result<BTreeMap<String, String>, DbErr> {
    let rows = platform_names::Entity::find()
        .filter(platform_names::Column::PlatformId.eq(model.id.as_str()))
        .filter(platform_names::Column::Language.ne(model.language.as_str()))
        .all(unit.transaction())
        .await?;
    Ok(rows.into_iter().map(|row| (row.language, row.name)).collect())
}

/// The names by language, that of the platform's own language among them.
async fn set_names(
    unit: &Unit<'_>,
    model: &platforms::Model,
    mut names: BTreeMap<String, String>,
) -> Result<(), DbErr> {
    use platform_names::{ActiveModel, Column, Entity};
    names.insert(model.language.clone(), model.name.clone());
    Entity::delete_many().filter(Column::PlatformId.eq(model.id.as_str())).exec(unit.transaction()).await?;
    let rows = names.into_iter().map(|(language, name)| ActiveModel {
        platform_id: Set(model.id.clone()),
        language: Set(language),
        name: Set(name),
    });
    Entity::insert_many(rows).exec_without_returning(unit.transaction()).await?;
    Ok(())
}

async fn set_products(unit: &Unit<'_>, model: &platforms::Model, products: &[ProductId]) -> WriteResult<()> {
    use platform_products::{ActiveModel, Column, Entity};
    if products.is_empty() {
        let message = "a platform works on one product or more";
        return Err(UserError::at("productIds", ErrorCode::Required, message).into());
    }
    for (place, product) in products.iter().enumerate() {
        let found = unit
            .query_one(
                "SELECT 1 FROM products WHERE id = $1 AND country_id = $2",
                [product.as_str().into(), model.country_id.as_str().into()],
            )
            .await?;
        if found.is_none() {
            let field = format!("productIds.{place}");
            let message = "the country has no such product";
            return Err(UserError::at(field, ErrorCode::NotFound, message).into());
        }
    }
    Entity::delete_many().filter(Column::PlatformId.eq(model.id.as_str())).exec(unit.transaction()).await?;
    let products: BTreeSet<&str> = products.iter().map(ProductId::as_str).collect();
    let rows = products.into_iter().map(|product| ActiveModel {
        platform_id: Set(model.id.clone()),
        product_id: Set(product.to_owned()),
    });
    Entity::insert_many(rows).exec_without_returning(unit.transaction()).await?;
    Ok(())
}

/// Keeps what the platform says at its revision.
async fn keep(unit: &Unit<'_>, id: &str) -> WriteResult<()> {
    let Some(model) = platforms::Entity::find_by_id(id.to_owned()).one(unit.transaction()).await? else {
        return Err(WriteError::Broken("a platform that was written is gone"));
    };
    let others = other_names_of(unit, &model).await?;
    let others: Vec<_> =
        others.into_iter().map(|(language, name)| json!({ "language": language, "name": name })).collect();
    let products = platform_products::Entity::find()
        .filter(platform_products::Column::PlatformId.eq(id))
        .order_by_asc(platform_products::Column::ProductId)
        .all(unit.transaction())
        .await?;
    let products: Vec<_> = products.into_iter().map(|row| row.product_id).collect();
    let content = json!({
        "name": model.name,
        "language": model.language,
        "description": model.description,
        "otherNames": others,
        "productIds": products,
        "visibility": model.visibility.0.code(),
        "stage": model.stage.0.code(),
    });
    unit.keep_snapshot(id, model.revision, &content);
    search::index_one(unit.transaction(), SearchKind::Platform, id).await?;
    Ok(())
}

async fn record_change(
    unit: &Unit<'_>,
    model: &platforms::Model,
    action: &'static str,
    fields: &[&'static str],
) -> WriteResult<()> {
    let change = Change {
        action,
        subject_type: PLATFORM.name,
        subject: &model.id,
        country: Some(&model.country_code),
        on_behalf_of: None,
        fields,
    };
    Ok(unit.record(change).await?)
}
