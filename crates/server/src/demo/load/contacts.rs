//! Contact cards with sealed details and consents; introductions with the consents that they made.

use std::collections::BTreeSet;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::cooperation::consent::{ConsentAudience, DEFAULT_DAYS};
use maip_domain::cooperation::contact::{ContactCardStatus, ContactField};
use maip_domain::cooperation::introduction::{ANSWER_DAYS, IntroductionSide, IntroductionStatus};
use maip_domain::sort_key::sort_key;
use maip_domain::visibility::Visibility;
use maip_persistence::bulk::Rows;

use super::{Loading, broken, code};
use crate::demo::ids::id;
use crate::demo::records::{ContactCard, Introduction};
use crate::exit::Outcome;

/// So long ago the cards were published.
const PUBLISHED_DAYS_AGO: i64 = 200;
/// So long ago consents were given.
const CONSENTED_DAYS_AGO: i64 = 20;

/// Whose card it is.
struct Owner {
    account: Option<String>,
    organisation: Option<String>,
    /// Who wrote the card.
    writer: String,
    country: String,
    platform: Option<String>,
}

fn owner(loading: &Loading<'_>, card: &ContactCard) -> Outcome<Owner> {
    let key = card.owner.key.as_deref().unwrap_or_default();
    let missing = || broken(format!("{} has no owner", card.key));
    if card.owner.kind == "ORGANISATION" {
        let organisation =
            loading.records.organisations.iter().find(|one| one.key == key).ok_or_else(missing)?;
        let manager = organisation.managers.first().ok_or_else(missing)?;
        return Ok(Owner {
            account: None,
            organisation: Some(id("organisation", key)),
            writer: id("account", manager),
            country: organisation.country.clone(),
            platform: None,
        });
    }
    let member = loading.records.members.iter().find(|one| one.key == key).ok_or_else(missing)?;
    let platform = member.memberships.iter().find(|one| one.status == "ACTIVE");
    Ok(Owner {
        account: Some(id("account", key)),
        organisation: None,
        writer: id("account", key),
        country: member.country.clone().ok_or_else(missing)?,
        platform: platform.map(|membership| id("platform", &membership.platform)),
    })
}

/// Loads the cards with their details and consents.
pub async fn load(loading: &Loading<'_>) -> Outcome {
    let mut cards = Rows::new(
        "contact_cards",
        &[
            "id",
            "revision",
            "created_at",
            "updated_at",
            "created_by",
            "account_id",
            "organisation_id",
            "platform_id",
            "country_id",
            "country_code",
            "region",
            "visibility",
            "status",
            "headline",
            "can_help_with",
            "language",
            "sort_key",
        ],
    );
    let mut details = Rows::new("contact_details", &["card_id", "field", "value_sealed"]);
    let mut concepts = Rows::new("contact_card_concepts", &["card_id", "concept_id"]);
    let mut languages = Rows::new("contact_card_languages", &["card_id", "language"]);
    let mut countries = Rows::new("contact_card_countries", &["card_id", "country_id"]);
    let since = loading.days_ago(PUBLISHED_DAYS_AGO);
    for card in &loading.records.contact_cards {
        let (id, owner) = (id("contact", &card.key), owner(loading, card)?);
        let country = loading.country(&owner.country)?;
        let row = [
            id.as_str().into(),
            1_i64.into(),
            since.into(),
            since.into(),
            owner.writer.into(),
            owner.account.into(),
            owner.organisation.into(),
            owner.platform.into(),
            country.id.as_str().into(),
            owner.country.as_str().into(),
            country.region.clone().into(),
            code::<Visibility>(&card.visibility)?.into(),
            ContactCardStatus::Published.code().into(),
            card.headline.as_str().into(),
            card.help_with.as_str().into(),
            card.language.as_str().into(),
            sort_key(&card.headline).into(),
        ];
        cards.push(loading.transaction, row).await?;
        for (name, value) in &card.details {
            let Some(value) = value else { continue };
            let field = code::<ContactField>(&name.to_uppercase())?;
            let services = loading.services;
            let sealed = services.keyring.seal(field, &id, value, services.entropy.as_ref());
            details.push(loading.transaction, [id.as_str().into(), field.into(), sealed.into()]).await?;
        }
        for uri in card.concepts.iter().collect::<BTreeSet<_>>() {
            concepts.push(loading.transaction, [id.as_str().into(), loading.concept(uri)?.into()]).await?;
        }
        for language in card.languages.iter().collect::<BTreeSet<_>>() {
            languages.push(loading.transaction, [id.as_str().into(), language.as_str().into()]).await?;
        }
        for code in card.countries.iter().collect::<BTreeSet<_>>() {
            let country = loading.country(code)?.id.as_str();
            countries.push(loading.transaction, [id.as_str().into(), country.into()]).await?;
        }
    }
    cards.finish(loading.transaction).await?;
    details.finish(loading.transaction).await?;
    concepts.finish(loading.transaction).await?;
    languages.finish(loading.transaction).await?;
    countries.finish(loading.transaction).await?;
    load_consents(loading).await
}

/// Consents, and the fields of each.
struct Consents {
    consents: Rows,
    fields: Rows,
}

/// A consent to be written.
struct Given<'a> {
    key: String,
    card: &'a str,
    by: String,
    introduction: Option<String>,
    audience: ConsentAudience,
    to_account: Option<String>,
    to_organisation: Option<String>,
    purpose: &'a str,
    fields: &'a [String],
    days: i64,
    withdrawn: bool,
}

impl Consents {
    fn new() -> Self {
        Self {
            consents: Rows::new(
                "consents",
                &[
                    "id",
                    "created_at",
                    "created_by",
                    "card_id",
                    "introduction_id",
                    "audience",
                    "to_account_id",
                    "to_organisation_id",
                    "purpose",
                    "expires_at",
                    "withdrawn_at",
                ],
            ),
            fields: Rows::new("consent_fields", &["consent_id", "field"]),
        }
    }

    async fn push(&mut self, loading: &Loading<'_>, given: Given<'_>) -> Outcome {
        let id = id("consent", &given.key);
        let withdrawn = given.withdrawn.then(|| loading.days_ago(CONSENTED_DAYS_AGO / 2));
        let row = [
            id.as_str().into(),
            loading.days_ago(CONSENTED_DAYS_AGO).into(),
            given.by.into(),
            self::id("contact", given.card).into(),
            given.introduction.into(),
            given.audience.code().into(),
            given.to_account.into(),
            given.to_organisation.into(),
            given.purpose.into(),
            loading.now.plus_days(given.days).micros().into(),
            withdrawn.into(),
        ];
        self.consents.push(loading.transaction, row).await?;
        for field in given.fields {
            let row = [id.as_str().into(), code::<ContactField>(field)?.into()];
            self.fields.push(loading.transaction, row).await?;
        }
        Ok(())
    }

    async fn finish(self, loading: &Loading<'_>) -> Outcome {
        self.consents.finish(loading.transaction).await?;
        Ok(self.fields.finish(loading.transaction).await?)
    }
}

async fn load_consents(loading: &Loading<'_>) -> Outcome {
    let mut consents = Consents::new();
    for card in &loading.records.contact_cards {
        let by = owner(loading, card)?.writer;
        for (number, consent) in card.consents.iter().enumerate() {
            let to = consent.to.key.as_deref();
            let audience = match consent.to.kind.as_str() {
                "MEMBER" => ConsentAudience::Person,
                kind => ConsentAudience::from_code(kind).ok_or_else(|| broken(kind))?,
            };
            let given = Given {
                key: format!("{} {number}", card.key),
                card: &card.key,
                by: by.clone(),
                introduction: None,
                audience,
                to_account: to.filter(|_| audience == ConsentAudience::Person).map(|key| id("account", key)),
                to_organisation: to
                    .filter(|_| audience == ConsentAudience::Organisation)
                    .map(|key| id("organisation", key)),
                purpose: &consent.purpose,
                fields: &consent.fields,
                days: consent.until_days,
                withdrawn: consent.withdrawn,
            };
            consents.push(loading, given).await?;
        }
    }
    consents.finish(loading).await
}

/// Loads the introductions; a connected one has made a consent on each side.
pub async fn load_introductions(loading: &Loading<'_>) -> Outcome {
    let mut introductions = Rows::new(
        "introductions",
        &[
            "id",
            "revision",
            "created_at",
            "updated_at",
            "requester_id",
            "requester_card_id",
            "card_id",
            "account_id",
            "organisation_id",
            "status",
            "message",
            "answered_by",
            "answered_at",
            "expires_at",
        ],
    );
    let mut fields = Rows::new("introduction_fields", &["introduction_id", "side", "field"]);
    let mut consents = Consents::new();
    for introduction in &loading.records.introductions {
        let id = id("introduction", &introduction.key);
        let status = status(introduction)?;
        let card = card(loading, introduction)?;
        let owner = owner(loading, card)?;
        // Details are offered from a card; who has none offers none.
        let own = own_card(loading, &introduction.requester);
        let asked = asked_days_ago(status);
        let answered = matches!(status, IntroductionStatus::Connected | IntroductionStatus::Declined);
        let answered_at = answered.then(|| loading.days_ago(CONSENTED_DAYS_AGO));
        let row = [
            id.as_str().into(),
            1_i64.into(),
            loading.days_ago(asked).into(),
            answered_at.unwrap_or_else(|| loading.days_ago(asked)).into(),
            self::id("account", &introduction.requester).into(),
            own.map(|own| self::id("contact", &own.key)).into(),
            self::id("contact", &card.key).into(),
            owner.account.clone().into(),
            owner.organisation.clone().into(),
            status.code().into(),
            introduction.message.as_str().into(),
            answered.then(|| owner.writer.clone()).into(),
            answered_at.into(),
            loading.now.plus_days(ANSWER_DAYS - asked).micros().into(),
        ];
        introductions.push(loading.transaction, row).await?;
        let offered = introduction
            .fields_offered
            .iter()
            .filter(|_| own.is_some())
            .map(|field| (IntroductionSide::Requester, field));
        let shown = introduction.fields_shown.iter().map(|field| (IntroductionSide::Contact, field));
        for (side, field) in offered.chain(shown) {
            let row = [id.as_str().into(), side.code().into(), code::<ContactField>(field)?.into()];
            fields.push(loading.transaction, row).await?;
        }
        if status == IntroductionStatus::Connected {
            connect(loading, introduction, &mut consents).await?;
        }
    }
    introductions.finish(loading.transaction).await?;
    fields.finish(loading.transaction).await?;
    consents.finish(loading).await
}

/// What became of it.
pub fn status(introduction: &Introduction) -> Outcome<IntroductionStatus> {
    IntroductionStatus::from_code(&introduction.status).ok_or_else(|| broken(&introduction.status))
}

/// So long ago it was asked for.
pub fn asked_days_ago(status: IntroductionStatus) -> i64 {
    match status {
        IntroductionStatus::Requested => 5,
        IntroductionStatus::Expired => 60,
        IntroductionStatus::Connected | IntroductionStatus::Declined => CONSENTED_DAYS_AGO + 4,
    }
}

async fn connect(loading: &Loading<'_>, introduction: &Introduction, consents: &mut Consents) -> Outcome {
    let card = card(loading, introduction)?;
    let owner = owner(loading, card)?;
    let requester = id("account", &introduction.requester);
    let made = |side: &str| format!("{} {side}", introduction.key);
    let shown = Given {
        key: made("contact"),
        card: &card.key,
        by: owner.writer.clone(),
        introduction: Some(id("introduction", &introduction.key)),
        audience: ConsentAudience::Person,
        to_account: Some(requester.clone()),
        to_organisation: None,
        purpose: &introduction.message,
        fields: &introduction.fields_shown,
        days: DEFAULT_DAYS - CONSENTED_DAYS_AGO,
        withdrawn: false,
    };
    consents.push(loading, shown).await?;
    let Some(own) = own_card(loading, &introduction.requester) else { return Ok(()) };
    let offered = Given {
        key: made("requester"),
        card: &own.key,
        by: requester,
        introduction: Some(id("introduction", &introduction.key)),
        audience: if owner.account.is_some() {
            ConsentAudience::Person
        } else {
            ConsentAudience::Organisation
        },
        to_account: owner.account,
        to_organisation: owner.organisation,
        purpose: &introduction.message,
        fields: &introduction.fields_offered,
        days: DEFAULT_DAYS - CONSENTED_DAYS_AGO,
        withdrawn: false,
    };
    consents.push(loading, offered).await
}

fn card<'a>(loading: &Loading<'a>, introduction: &Introduction) -> Outcome<&'a ContactCard> {
    let cards = &loading.records.contact_cards;
    cards.iter().find(|card| card.key == introduction.contact_card).ok_or_else(|| broken(&introduction.key))
}

fn own_card<'a>(loading: &Loading<'a>, member: &str) -> Option<&'a ContactCard> {
    let cards = &loading.records.contact_cards;
    cards.iter().find(|card| card.owner.kind == "MEMBER" && card.owner.key.as_deref() == Some(member))
}
