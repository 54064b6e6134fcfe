//! Contact cards: publish, change, retire.

use std::collections::BTreeSet;

use async_graphql::InputObject;
use maip_domain::cooperation::contact::MOST_LISTED;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{ConceptId, ContactCardId, OrganisationId, PlatformId};
use maip_domain::text;
use maip_domain::visibility::Visibility;
use maip_domain::vocabulary::CountryCode;
use maip_persistence::cooperation::cards::{self, CardEdit, CardOwner, NewCard};
use maip_persistence::cooperation::read::CONTACT_CARD;
use maip_persistence::write::{Refusal, UserError, WriteResult, Written};

use super::details::ContactDetailsInput;
use crate::mutation::{MutationContext, Payload, Typed};
use crate::schema::Closed;
use crate::schema::scalars::{Country, Id, Language};

const CARD: Payload = Payload::of("card", &CONTACT_CARD, "The card as it is now.");

pub static PUBLISH: Typed<PublishContactCardInput> = Typed {
    name: "publishContactCard",
    description: "Puts a card into the contact directory: your own, or that of an organisation that you manage. \
                  Its details stay closed until you consent.",
    payload: CARD,
    run: |cx, input| Box::pin(publish(cx, input)),
};

pub static UPDATE: Typed<UpdateContactCardInput> = Typed {
    name: "updateContactCard",
    description: "Changes a contact card. What you leave out stays as it is. Consents go on for the details that \
                  they name.",
    payload: CARD,
    run: |cx, input| Box::pin(update(cx, input)),
};

pub static RETIRE: Typed<RetireContactCardInput> = Typed {
    name: "retireContactCard",
    description: "Takes a card out of the directory for good: its consents end, open requests about it or with it \
                  expire, and its details are deleted.",
    payload: CARD,
    run: |cx, input| Box::pin(retire(cx, input)),
};

/// A card for the contact directory.
#[derive(InputObject)]
pub struct PublishContactCardInput {
    /// The id, where you make it.
    id: Option<Id<ContactCardId>>,
    /// The organisation whose card it is, if you manage it; else it is your own.
    organisation_id: Option<Id<OrganisationId>>,
    /// The platform for which it is published. Needed for the visibility PLATFORM.
    platform_id: Option<Id<PlatformId>>,
    /// Where the person or organisation is; else their country, else the platform's.
    country: Option<Country>,
    /// Who sees the card, without its details; MEMBERS unless said. With PRIVATE, those to whom you consent.
    visibility: Option<Closed<Visibility>>,
    /// What it is about, in one line of 3 to 200 characters.
    headline: String,
    /// What you can help with, in 2,000 characters at most.
    can_help_with: String,
    /// The language in which both texts are written.
    language: Language,
    /// The languages in which you can be spoken to; else that of the texts.
    languages: Option<Vec<Language>>,
    /// For which countries you can help; leave it out for any.
    countries: Option<Vec<Country>>,
    /// What you can help with, as concepts of the vocabulary.
    concept_ids: Option<Vec<Id<ConceptId>>>,
    /// How to reach you.
    details: Option<ContactDetailsInput>,
}

/// Changes to a contact card.
#[derive(InputObject)]
pub struct UpdateContactCardInput {
    /// The card.
    card_id: Id<ContactCardId>,
    /// The revision that you read.
    expected_revision: i32,
    /// Where the person or organisation is.
    country: Option<Country>,
    /// Who sees the card, without its details.
    visibility: Option<Closed<Visibility>>,
    /// What it is about, in one line of 3 to 200 characters.
    headline: Option<String>,
    /// What you can help with, in 2,000 characters at most.
    can_help_with: Option<String>,
    /// The language in which both texts are written.
    language: Option<Language>,
    /// The languages in which you can be spoken to: the whole list.
    languages: Option<Vec<Language>>,
    /// For which countries you can help: the whole list, empty for any.
    countries: Option<Vec<Country>>,
    /// What you can help with, as concepts of the vocabulary: the whole list.
    concept_ids: Option<Vec<Id<ConceptId>>>,
    /// How to reach you.
    details: Option<ContactDetailsInput>,
}

/// Which card is taken out of the directory.
#[derive(InputObject)]
pub struct RetireContactCardInput {
    /// The card.
    card_id: Id<ContactCardId>,
    /// The revision that you read, if it matters.
    expected_revision: Option<i32>,
}

async fn publish(cx: &MutationContext<'_>, input: PublishContactCardInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.id.and_then(|id| id.check(&mut refusal, "id"));
    let organisation = input.organisation_id.and_then(|id| id.check(&mut refusal, "organisationId"));
    let platform = input.platform_id.and_then(|platform| platform.check(&mut refusal, "platformId"));
    let concepts = concepts(&mut refusal, input.concept_ids.unwrap_or_default());
    let headline = refusal.take("headline", text::check(&input.headline, &text::TITLE));
    let can_help_with = refusal.take("canHelpWith", text::check(&input.can_help_with, &text::MESSAGE));
    let languages = input.languages.unwrap_or_else(|| vec![Language(input.language.0.clone())]);
    let countries: Vec<CountryCode> = input.countries.unwrap_or_default().into_iter().map(|c| c.0).collect();
    bounded(&mut refusal, "languages", languages.len());
    bounded(&mut refusal, "countries", countries.len());
    let details = input.details.map(|details| details.check(&mut refusal)).unwrap_or_default();
    refusal.finish()?;
    let card = NewCard {
        owner: organisation.map_or(CardOwner::Myself, CardOwner::Organisation),
        platform,
        country: input.country.map(|country| country.0),
        visibility: input.visibility.map_or(Visibility::Members, |visibility| visibility.0),
        headline: headline.unwrap_or_default(),
        can_help_with: can_help_with.unwrap_or_default(),
        language: input.language.0,
        languages: tags(languages),
        countries,
        concepts,
        details: details.into_iter().filter_map(|(field, value)| Some((field, value?))).collect(),
    };
    let unit = cx.begin().await?;
    let id = cards::publish(&unit, id.as_ref(), card).await?;
    unit.commit(Written::record(id)).await
}

async fn update(cx: &MutationContext<'_>, input: UpdateContactCardInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let card = input.card_id.check(&mut refusal, "cardId");
    let concepts = input.concept_ids.map(|ids| concepts(&mut refusal, ids));
    let headline = input.headline.and_then(|line| refusal.take("headline", text::check(&line, &text::TITLE)));
    let can_help_with =
        input.can_help_with.and_then(|text| refusal.take("canHelpWith", text::check(&text, &text::MESSAGE)));
    bounded(&mut refusal, "languages", input.languages.as_ref().map_or(0, Vec::len));
    bounded(&mut refusal, "countries", input.countries.as_ref().map_or(0, Vec::len));
    let details = input.details.map(|details| details.check(&mut refusal)).unwrap_or_default();
    let card = refusal.finish_with(card)?;
    let edit = CardEdit {
        headline,
        can_help_with,
        language: input.language.map(|language| language.0),
        visibility: input.visibility.map(|visibility| visibility.0),
        country: input.country.map(|country| country.0),
        languages: input.languages.map(tags),
        countries: input.countries.map(|countries| countries.into_iter().map(|country| country.0).collect()),
        concepts,
        details,
    };
    let unit = cx.begin().await?;
    cards::update(&unit, &card, i64::from(input.expected_revision), edit).await?;
    unit.commit(Written::record(card.into_string())).await
}

async fn retire(cx: &MutationContext<'_>, input: RetireContactCardInput) -> WriteResult<Written> {
    let card = input.card_id.at("cardId")?;
    let unit = cx.begin().await?;
    cards::retire(&unit, &card, input.expected_revision.map(i64::from)).await?;
    unit.commit(Written::record(card.into_string())).await
}

fn concepts(refusal: &mut Refusal, ids: Vec<Id<ConceptId>>) -> Vec<ConceptId> {
    bounded(refusal, "conceptIds", ids.len());
    Id::check_all(refusal, "conceptIds", ids)
}

fn tags(languages: Vec<Language>) -> BTreeSet<String> {
    languages.into_iter().map(|language| language.0.into_string()).collect()
}

fn bounded(refusal: &mut Refusal, field: &str, length: usize) {
    if length > MOST_LISTED {
        refusal.push(UserError::at(field, ErrorCode::TooMany, format!("{MOST_LISTED} are the most")));
    }
}
