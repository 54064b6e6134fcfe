//! Contact cards: published, changed, taken out of the directory.

use std::collections::BTreeSet;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::cooperation::contact::{ContactCardAction, MOST_CARDS};
use maip_domain::cooperation::{ContactCardStatus, ContactField};
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{ConceptId, ContactCardId, OrganisationId, PlatformId};
use maip_domain::policy::{Action, Attribute, Record};
use maip_domain::search::SearchKind;
use maip_domain::sort_key::sort_key;
use maip_domain::visibility::Visibility;
use maip_domain::vocabulary::{CountryCode, LanguageTag};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait as _, DbErr, EntityTrait, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set,
};
use serde_json::json;

use super::entity::{contact_cards, contact_details};
use super::read::CONTACT_CARD;
use super::{card_parts as parts, consents, introductions, place};
use crate::code::Code;
use crate::identity::entity::{accounts, organisations};
use crate::identity::read::ORGANISATION;
use crate::membership::read::PLATFORM;
use crate::search;
use crate::vocabulary::country;
use crate::write::{Change, Claim, Unit, UserError, WriteError, WriteResult};

const TYPE: &str = "ContactCard";

/// Whose card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardOwner {
    /// The one who publishes it.
    Myself,
    /// An organisation that they manage.
    Organisation(OrganisationId),
}

/// A card to be published; its texts and details are checked already.
#[derive(Clone, Debug)]
pub struct NewCard {
    /// Whose.
    pub owner: CardOwner,
    /// The platform for which it is published, if for one.
    pub platform: Option<PlatformId>,
    /// Where its owner is; else the owner's country, else the platform's.
    pub country: Option<CountryCode>,
    /// Who sees it.
    pub visibility: Visibility,
    /// One line.
    pub headline: String,
    /// What they can help with.
    pub can_help_with: String,
    /// The language of both texts.
    pub language: LanguageTag,
    /// The languages in which the owner can be spoken to.
    pub languages: BTreeSet<String>,
    /// For which countries.
    pub countries: Vec<CountryCode>,
    /// With what, as concepts.
    pub concepts: Vec<ConceptId>,
    /// How to reach them.
    pub details: Vec<(ContactField, String)>,
}

/// What is to be changed of a card; the rest stays as it is.
#[derive(Clone, Debug, Default)]
pub struct CardEdit {
    /// One line.
    pub headline: Option<String>,
    /// What they can help with.
    pub can_help_with: Option<String>,
    /// The language of both texts.
    pub language: Option<LanguageTag>,
    /// Who sees it.
    pub visibility: Option<Visibility>,
    /// Where its owner is.
    pub country: Option<CountryCode>,
    /// The languages in which the owner can be spoken to.
    pub languages: Option<BTreeSet<String>>,
    /// For which countries.
    pub countries: Option<Vec<CountryCode>>,
    /// With what, as concepts.
    pub concepts: Option<Vec<ConceptId>>,
    /// Details to be set, or removed.
    pub details: Vec<(ContactField, Option<String>)>,
}

/// Publishes a card and gives its id.
///
/// # Errors
/// The policy's, `MEMBERSHIP_NEEDED` among them; what the card names and isn't there; `TOO_MANY`.
pub async fn publish(unit: &Unit<'_>, wished: Option<&ContactCardId>, card: NewCard) -> WriteResult<String> {
    let me = unit.account()?;
    let fresh = ContactCardId::generate(unit.clock(), unit.entropy()).into_string();
    let claimed = match unit.claim(&CONTACT_CARD, "id", wished.map(ContactCardId::as_str), fresh).await? {
        Claim::Made(id) => return Ok(id),
        Claim::New(claimed) => claimed,
    };
    if card.visibility == Visibility::Platform && card.platform.is_none() {
        return Err(UserError::at(
            "platformId",
            ErrorCode::Required,
            "name the platform whose members see it",
        )
        .into());
    }
    // Before anything is asked that only a platform which is there would answer.
    if let Some(platform) = &card.platform {
        unit.require_visible(&PLATFORM, "platformId", platform.as_str()).await?;
    }
    let mut sources = Vec::with_capacity(2);
    let (account, organisation) = match &card.owner {
        CardOwner::Myself => {
            sources.push(place::Default::Account(me.as_str()));
            (Some(me.as_str().to_owned()), None)
        }
        CardOwner::Organisation(organisation) => {
            unit.require_visible(&ORGANISATION, "organisationId", organisation.as_str()).await?;
            sources.push(place::Default::Organisation(organisation.as_str()));
            (None, Some(organisation.as_str().to_owned()))
        }
    };
    sources.extend(card.platform.as_ref().map(|platform| place::Default::Platform(platform.as_str())));
    let place = match card.country {
        Some(code) => Some(country::named(unit, "country", code).await?),
        None => place::by_default(unit, &sources).await?,
    };
    let Some(place) = place else {
        return Err(UserError::at(
            "country",
            ErrorCode::Required,
            "name the country, by a code that there is",
        )
        .into());
    };
    let mut record = Record::default()
        .with(Attribute::Id, claimed.id())
        .with(Attribute::State, ContactCardStatus::Published.code())
        .with(Attribute::ParentState, "ACTIVE")
        .with(Attribute::Visibility, card.visibility.code())
        .with(Attribute::Country, place.code.as_str());
    for (attribute, value) in [
        (Attribute::Owner, account.as_deref()),
        (Attribute::Organisation, organisation.as_deref()),
        (Attribute::Platform, card.platform.as_ref().map(PlatformId::as_str)),
    ] {
        if let Some(value) = value {
            record = record.with(attribute, value);
        }
    }
    let platform = card.platform.as_ref().map(|_| "platformId");
    unit.decide(CONTACT_CARD.policy, platform, &record, Action::Publish).map_err(|error| {
        match card.owner {
            // A membership is of the platform, and whose the card is of the organisation.
            CardOwner::Organisation(_) => error.moved(ErrorCode::NotYours, "organisationId"),
            CardOwner::Myself => error,
        }
    })?;
    let id = claimed.take()?;
    bounded(unit, account.as_deref(), organisation.as_deref()).await?;
    let countries = place::countries(unit, &card.countries).await?;
    let concepts = place::concepts(unit, &card.concepts).await?;
    let now = unit.now().micros();
    contact_cards::Entity::insert(contact_cards::ActiveModel {
        id: Set(id.clone()),
        revision: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        created_by: Set(me.into_string()),
        account_id: Set(account),
        organisation_id: Set(organisation),
        platform_id: Set(card.platform.map(PlatformId::into_string)),
        country_id: Set(place.id),
        country_code: Set(place.code.clone()),
        region: Set(place.region.map(Code)),
        visibility: Set(Code(card.visibility)),
        status: Set(Code(ContactCardStatus::Published)),
        sort_key: Set(sort_key(&card.headline)),
        headline: Set(card.headline),
        can_help_with: Set(card.can_help_with),
        language: Set(card.language.into_string()),
    })
    .exec_without_returning(unit.transaction())
    .await?;
    parts::set_languages(unit, &id, card.languages).await?;
    parts::set_countries(unit, &id, countries).await?;
    parts::set_concepts(unit, &id, concepts).await?;
    for (field, value) in card.details {
        parts::set_detail(unit, &id, field, Some(&value)).await?;
    }
    keep(unit, &id).await?;
    unit.record(Change {
        action: "contact_card.published",
        subject_type: TYPE,
        subject: &id,
        country: Some(&place.code),
        ..Change::default()
    })
    .await?;
    Ok(id)
}

/// Changes a card.
///
/// # Errors
/// The policy's; a stale revision; what the card names and isn't there.
pub async fn update(unit: &Unit<'_>, card: &ContactCardId, expected: i64, edit: CardEdit) -> WriteResult<()> {
    let id = card.as_str();
    unit.require(&CONTACT_CARD, "cardId", id, Action::Update).await?;
    let model = lock(unit, id).await?;
    unit.expect_revision(id, expected, model.revision).await?;
    published(&model, "cardId")?;
    let visibility = edit.visibility.unwrap_or(model.visibility.0);
    if visibility == Visibility::Platform && model.platform_id.is_none() {
        return Err(UserError::at("visibility", ErrorCode::Invalid, "the card belongs to no platform").into());
    }
    let mut fields = Vec::new();
    let mut changed = |name: &'static str, named: bool| {
        if named {
            fields.push(name);
        }
        named
    };
    let mut row = contact_cards::ActiveModel {
        revision: Set(model.revision + 1),
        updated_at: Set(unit.now().micros()),
        visibility: Set(Code(visibility)),
        ..Default::default()
    };
    changed("visibility", visibility != model.visibility.0);
    if let Some(code) = edit.country {
        let place = country::named(unit, "country", code).await?;
        changed("country", place.id != model.country_id);
        row.country_id = Set(place.id);
        row.country_code = Set(place.code);
        row.region = Set(place.region.map(Code));
    }
    if let Some(headline) = edit.headline {
        changed("headline", headline != model.headline);
        row.sort_key = Set(sort_key(&headline));
        row.headline = Set(headline);
    }
    if let Some(text) = edit.can_help_with {
        changed("canHelpWith", text != model.can_help_with);
        row.can_help_with = Set(text);
    }
    if let Some(language) = edit.language {
        changed("language", language.as_str() != model.language);
        row.language = Set(language.into_string());
    }
    write_over(unit, &model, row).await?;
    if let Some(languages) = edit.languages {
        changed("languages", true);
        parts::set_languages(unit, id, languages).await?;
    }
    if let Some(codes) = edit.countries {
        changed("countries", true);
        let countries = place::countries(unit, &codes).await?;
        parts::set_countries(unit, id, countries).await?;
    }
    if let Some(ids) = edit.concepts {
        changed("concepts", true);
        let concepts = place::concepts(unit, &ids).await?;
        parts::set_concepts(unit, id, concepts).await?;
    }
    for (field, value) in edit.details {
        changed(
            match field {
                ContactField::Email => "details.email",
                ContactField::Phone => "details.phone",
                ContactField::Messenger => "details.messenger",
                ContactField::Address => "details.address",
            },
            true,
        );
        parts::set_detail(unit, id, field, value.as_deref()).await?;
    }
    keep(unit, id).await?;
    unit.record(Change {
        action: "contact_card.updated",
        subject_type: TYPE,
        subject: id,
        country: Some(&model.country_code),
        fields: &fields,
        ..Change::default()
    })
    .await?;
    Ok(())
}

/// Takes a card out of the directory: its consents end, requests about it or with it expire, and its
/// details are forgotten.
///
/// # Errors
/// The policy's; a stale revision.
pub async fn retire(unit: &Unit<'_>, card: &ContactCardId, expected: Option<i64>) -> WriteResult<()> {
    let id = card.as_str();
    unit.require(&CONTACT_CARD, "cardId", id, Action::Retire).await?;
    let model = lock(unit, id).await?;
    if let Some(expected) = expected {
        unit.expect_revision(id, expected, model.revision).await?;
    }
    take_out(unit, model).await
}

/// Retires all cards of a person whose account is erased, and empties what they wrote on them.
///
/// # Errors
/// Those of the database.
pub async fn erase_all(unit: &Unit<'_>, account: &str) -> WriteResult<()> {
    let cards = contact_cards::Entity::find()
        .filter(contact_cards::Column::AccountId.eq(account))
        .order_by_asc(contact_cards::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(unit.transaction())
        .await?;
    for card in cards {
        let id = card.id.clone();
        if card.status.0 == ContactCardStatus::Published {
            take_out(unit, card).await?;
        }
        unit.execute(
            "UPDATE contact_cards SET headline = '', can_help_with = '', sort_key = '' WHERE id = $1",
            [id.as_str().into()],
        )
        .await?;
        unit.execute("DELETE FROM record_snapshots WHERE record_id = $1", [id.as_str().into()]).await?;
    }
    introductions::erase_texts(unit, account).await?;
    Ok(())
}

async fn take_out(unit: &Unit<'_>, model: contact_cards::Model) -> WriteResult<()> {
    let status = model.status.0.apply(ContactCardAction::Retire)?;
    let row = contact_cards::ActiveModel {
        revision: Set(model.revision + 1),
        updated_at: Set(unit.now().micros()),
        status: Set(Code(status)),
        ..Default::default()
    };
    write_over(unit, &model, row).await?;
    introductions::expire_for_card(unit, &model).await?;
    consents::end_all(unit, &model).await?;
    search::remove(unit.transaction(), &model.id).await?;
    contact_details::Entity::delete_many()
        .filter(contact_details::Column::CardId.eq(model.id.as_str()))
        .exec(unit.transaction())
        .await?;
    unit.record(Change {
        action: "contact_card.retired",
        subject_type: TYPE,
        subject: &model.id,
        country: Some(&model.country_code),
        fields: &["status"],
        ..Change::default()
    })
    .await?;
    Ok(())
}

/// The card as it stands, held until the unit ends: what gives or ends a consent on it waits.
/// Several are to be locked in the order of their ids.
pub(super) async fn lock(unit: &Unit<'_>, id: &str) -> WriteResult<contact_cards::Model> {
    contact_cards::Entity::find_by_id(id.to_owned())
        .lock(LockType::NoKeyUpdate)
        .one(unit.transaction())
        .await?
        .ok_or(WriteError::Broken("a card that the policy saw is gone"))
}

/// Refuses a card that isn't in the directory any more.
pub(super) fn published(model: &contact_cards::Model, field: &str) -> WriteResult<()> {
    if model.status.0 == ContactCardStatus::Published {
        Ok(())
    } else {
        let message = "the card was taken out of the directory";
        Err(UserError::in_state_at(field, model.status.0.code(), message).into())
    }
}

async fn bounded(unit: &Unit<'_>, account: Option<&str>, organisation: Option<&str>) -> WriteResult<()> {
    // One at a time for each owner, so that what is counted holds.
    let held = match (account, organisation) {
        (Some(account), _) => hold(unit, accounts::Entity::find_by_id(account.to_owned())).await?,
        (None, Some(organisation)) => {
            hold(unit, organisations::Entity::find_by_id(organisation.to_owned())).await?
        }
        (None, None) => false,
    };
    if !held {
        return Err(WriteError::Broken("the owner of a card is gone"));
    }
    let mut cards = contact_cards::Entity::find()
        .filter(contact_cards::Column::Status.eq(ContactCardStatus::Published.code()));
    cards = match (account, organisation) {
        (Some(account), _) => cards.filter(contact_cards::Column::AccountId.eq(account)),
        (None, organisation) => cards.filter(contact_cards::Column::OrganisationId.eq(organisation)),
    };
    if cards.count(unit.transaction()).await? >= MOST_CARDS {
        let message = format!("{MOST_CARDS} cards in the directory are the most");
        return Err(UserError::new(ErrorCode::TooMany, message).into());
    }
    Ok(())
}

async fn hold<E: EntityTrait>(unit: &Unit<'_>, row: sea_orm::Select<E>) -> Result<bool, DbErr> {
    Ok(row.lock(LockType::NoKeyUpdate).one(unit.transaction()).await?.is_some())
}

/// Writes the row over the revision that was read; another write that came first wins.
async fn write_over(
    unit: &Unit<'_>,
    model: &contact_cards::Model,
    row: contact_cards::ActiveModel,
) -> WriteResult<()> {
    let done = contact_cards::Entity::update_many()
        .set(row)
        .filter(contact_cards::Column::Id.eq(model.id.as_str()))
        .filter(contact_cards::Column::Revision.eq(model.revision))
        .exec(unit.transaction())
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(WriteError::Broken("a locked card was changed")) }
}

/// Keeps what the card says at its revision, without the details.
async fn keep(unit: &Unit<'_>, id: &str) -> WriteResult<()> {
    let Some(card) = contact_cards::Entity::find_by_id(id.to_owned()).one(unit.transaction()).await? else {
        return Err(WriteError::Broken("a card that was written is gone"));
    };
    let content = json!({
        "headline": card.headline,
        "canHelpWith": card.can_help_with,
        "language": card.language,
        "visibility": card.visibility.0.code(),
        "country": card.country_code,
    });
    unit.keep_snapshot(id, card.revision, &content);
    search::index_one(unit.transaction(), SearchKind::Contact, id).await?;
    Ok(())
}
