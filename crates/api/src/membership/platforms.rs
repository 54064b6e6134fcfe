//! Platforms: created, described, taken through their cycle.

use std::collections::BTreeMap;

use async_graphql::InputObject;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{PlatformId, ProductId};
use maip_domain::membership::PlatformStage;
use maip_domain::text;
use maip_domain::visibility::Visibility;
use maip_persistence::membership::platforms::{self, NewPlatform, PlatformEdit};
use maip_persistence::membership::read::PLATFORM;
use maip_persistence::write::{Refusal, UserError, WriteResult, Written};

use crate::mutation::{MutationContext, Payload, Typed};
use crate::schema::Closed;
use crate::schema::scalars::{Country, Id, Language};

const OF_PLATFORM: Payload = Payload::of("platform", &PLATFORM, "The platform as it is now.");
/// So many products or names at most.
const MOST_LISTED: usize = 50;

pub static CREATE: Typed<CreatePlatformInput> = Typed {
    name: "createPlatform",
    description: "Proposes a platform, as the national focal point of its country or as the secretariat. It has no \
                  facilitator yet: invite one.",
    payload: OF_PLATFORM,
    run: |cx, input| Box::pin(create(cx, input)),
};

pub static UPDATE: Typed<UpdatePlatformInput> = Typed {
    name: "updatePlatform",
    description: "Changes what is said about a platform. What you leave out stays as it is.",
    payload: OF_PLATFORM,
    run: |cx, input| Box::pin(update(cx, input)),
};

pub static ADVANCE: Typed<AdvancePlatformInput> = Typed {
    name: "advancePlatform",
    description: "Takes a platform to another stage: one step forward in its cycle, to sleep, from sleep to the \
                  stage that it left or to its end. `nextStages` lists where it can go. A closed platform stays closed.",
    payload: OF_PLATFORM,
    run: |cx, input| Box::pin(advance(cx, input)),
};

/// A name in one language.
#[derive(InputObject)]
pub struct LocalNameInput {
    /// The language.
    language: Language,
    /// The name in that language, in 120 characters at most.
    name: String,
}

/// A platform to be proposed.
#[derive(InputObject)]
pub struct CreatePlatformInput {
    /// The id, where you make it.
    id: Option<Id<PlatformId>>,
    /// Its country.
    country: Country,
    /// Its name, in 120 characters at most.
    name: String,
    /// The language of its name and description.
    language: Language,
    /// What it is about, in 20,000 characters at most.
    description: Option<String>,
    /// Its name in other languages.
    other_names: Option<Vec<LocalNameInput>>,
    /// The Special Agricultural Products of the country that it works on: one or more.
    product_ids: Vec<Id<ProductId>>,
    /// Who may see it; PUBLIC unless said.
    visibility: Option<Closed<Visibility>>,
}

/// Changes to a platform.
#[derive(InputObject)]
pub struct UpdatePlatformInput {
    /// The platform.
    platform_id: Id<PlatformId>,
    /// The revision that you read.
    expected_revision: i32,
    /// Its name, in 120 characters at most.
    name: Option<String>,
    /// The language of its name and description.
    language: Option<Language>,
    /// What it is about, in 20,000 characters at most.
    description: Option<String>,
    /// Its name in other languages: the whole list.
    other_names: Option<Vec<LocalNameInput>>,
    /// The products that it works on: the whole list.
    product_ids: Option<Vec<Id<ProductId>>>,
    /// Who may see it.
    visibility: Option<Closed<Visibility>>,
}

/// Where a platform goes.
#[derive(InputObject)]
pub struct AdvancePlatformInput {
    /// The platform.
    platform_id: Id<PlatformId>,
    /// The stage to which it goes.
    to: Closed<PlatformStage>,
    /// The revision that you read, if it matters.
    expected_revision: Option<i32>,
}

async fn create(cx: &MutationContext<'_>, input: CreatePlatformInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.id.and_then(|id| id.check(&mut refusal, "id"));
    let products = products(&mut refusal, input.product_ids);
    let name = refusal.take("name", text::check(&input.name, &text::NAME));
    let description = input.description.unwrap_or_default();
    let description = refusal.take("description", text::check(&description, &text::BODY));
    let other_names = names(&mut refusal, input.other_names.unwrap_or_default());
    refusal.finish()?;
    let new = NewPlatform {
        country: input.country.0,
        name: name.unwrap_or_default(),
        language: input.language.0,
        description: description.unwrap_or_default(),
        other_names,
        products,
        visibility: input.visibility.map_or(Visibility::Public, |visibility| visibility.0),
    };
    let unit = cx.begin().await?;
    let id = platforms::create(&unit, id.as_ref(), new).await?;
    unit.commit(Written::record(id)).await
}

async fn update(cx: &MutationContext<'_>, input: UpdatePlatformInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.platform_id.check(&mut refusal, "platformId");
    let products = input.product_ids.map(|ids| products(&mut refusal, ids));
    let name = input.name.and_then(|name| refusal.take("name", text::check(&name, &text::NAME)));
    let description = input
        .description
        .and_then(|description| refusal.take("description", text::check(&description, &text::BODY)));
    let other_names = input.other_names.map(|others| names(&mut refusal, others));
    let id = refusal.finish_with(id)?;
    let edit = PlatformEdit {
        name,
        language: input.language.map(|language| language.0),
        description,
        other_names,
        products,
        visibility: input.visibility.map(|visibility| visibility.0),
    };
    let unit = cx.begin().await?;
    platforms::update(&unit, &id, i64::from(input.expected_revision), edit).await?;
    unit.commit(Written::record(id.into_string())).await
}

async fn advance(cx: &MutationContext<'_>, input: AdvancePlatformInput) -> WriteResult<Written> {
    let id = input.platform_id.at("platformId")?;
    let unit = cx.begin().await?;
    platforms::advance(&unit, &id, input.to.0, input.expected_revision.map(i64::from)).await?;
    unit.commit(Written::record(id.into_string())).await
}

fn products(refusal: &mut Refusal, ids: Vec<Id<ProductId>>) -> Vec<ProductId> {
    if ids.len() > MOST_LISTED {
        refusal.push(too_many("productIds"));
        return Vec::new();
    }
    Id::check_all(refusal, "productIds", ids)
}

fn names(refusal: &mut Refusal, names: Vec<LocalNameInput>) -> BTreeMap<String, String> {
    if names.len() > MOST_LISTED {
        refusal.push(too_many("otherNames"));
        return BTreeMap::new();
    }
    let mut by_language = BTreeMap::new();
    for (place, LocalNameInput { language, name }) in names.into_iter().enumerate() {
        let field = format!("otherNames.{place}.name");
        let Some(name) = refusal.take(&field, text::check(&name, &text::NAME)) else { continue };
        if by_language.insert(language.0.into_string(), name).is_some() {
            let field = format!("otherNames.{place}.language");
            refusal.push(UserError::at(field, ErrorCode::Invalid, "one name a language"));
        }
    }
    by_language
}

fn too_many(field: &str) -> UserError {
    UserError::at(field, ErrorCode::TooMany, format!("{MOST_LISTED} are the most"))
}
