//! Consents: given, replaced by a newer one, withdrawn.

use std::collections::BTreeSet;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::cooperation::ContactField;
use maip_domain::cooperation::consent::{self, ConsentAudience};
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{AccountId, ConsentId, ContactCardId, OrganisationId};
use maip_domain::policy::{Action, Attribute};
use maip_domain::time::Timestamp;
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, Set};

use super::entity::{consent_fields, consents, contact_cards};
use super::read::{CONSENT, CONTACT_CARD};
use super::{card_parts, cards};
use crate::code::Code;
use crate::identity::read::{ACCOUNT, ORGANISATION};
use crate::write::{Change, Claim, Unit, UserError, WriteResult};

const TYPE: &str = "Consent";

/// To whom a consent is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// One person.
    Person(AccountId),
    /// One organisation: its people, and its API tokens with the scope for details.
    Organisation(OrganisationId),
    /// All active members.
    Members,
    /// Everyone who is signed in.
    Everyone,
}

impl Recipient {
    /// Its kind.
    #[must_use]
    pub fn audience(&self) -> ConsentAudience {
        match self {
            Self::Person(_) => ConsentAudience::Person,
            Self::Organisation(_) => ConsentAudience::Organisation,
            Self::Members => ConsentAudience::Members,
            Self::Everyone => ConsentAudience::Everyone,
        }
    }

    fn columns(&self) -> (Option<String>, Option<String>) {
        match self {
            Self::Person(account) => (Some(account.as_str().to_owned()), None),
            Self::Organisation(organisation) => (None, Some(organisation.as_str().to_owned())),
            Self::Members | Self::Everyone => (None, None),
        }
    }
}

/// A consent to be given.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The card whose details it opens.
    pub card: ContactCardId,
    /// To whom.
    pub recipient: Recipient,
    /// Which of its details; at least one.
    pub fields: BTreeSet<ContactField>,
    /// What for.
    pub purpose: String,
    /// Until when; else for 12 months.
    pub until: Option<Timestamp>,
}

/// Gives a consent and its id. It takes the place of a current one for the same card and recipient.
///
/// # Errors
/// The policy's; a recipient that isn't there; `WRONG_STATE` for a person with whom the owner isn't
/// connected; details that the card doesn't have; an end that isn't
/// accepted.
pub async fn grant(unit: &Unit<'_>, wished: Option<&ConsentId>, grant: Grant) -> WriteResult<String> {
    let me = unit.account()?;
    let fresh = ConsentId::generate(unit.clock(), unit.entropy()).into_string();
    let claimed = match unit.claim(&CONSENT, "id", wished.map(ConsentId::as_str), fresh).await? {
        Claim::Made(id) => return Ok(id),
        Claim::New(claimed) => claimed,
    };
    if let Recipient::Person(account) = &grant.recipient {
        unit.hold_accounts([account.as_str()]).await?;
    }
    let record = unit.require(&CONTACT_CARD, "cardId", grant.card.as_str(), Action::ManageConsent).await?;
    match &grant.recipient {
        Recipient::Person(account) => {
            if record.get(Attribute::Owner) == Some(account.as_str()) {
                return Err(UserError::at("to.accountId", ErrorCode::Invalid, "the card is yours").into());
            }
            unit.require_visible(&ACCOUNT, "to.accountId", account.as_str()).await?;
            let organisation = record.get(Attribute::Organisation);
            if !connected(unit, (me.as_str(), organisation), account.as_str()).await? {
                let message = "you aren't connected with this person: an introduction comes first";
                return Err(UserError::at("to.accountId", ErrorCode::WrongState, message).into());
            }
        }
        Recipient::Organisation(organisation) => {
            unit.require_visible(&ORGANISATION, "to.organisationId", organisation.as_str()).await?;
        }
        Recipient::Members | Recipient::Everyone => {}
    }
    let ends = consent::ends(unit.now(), grant.until)
        .map_err(|error| UserError::at("until", ErrorCode::Invalid, error.to_string()))?;
    if grant.fields.is_empty() {
        return Err(UserError::at("fields", ErrorCode::Required, "name at least one detail").into());
    }
    let card = cards::lock(unit, grant.card.as_str()).await?;
    cards::published(&card, "cardId")?;
    card_parts::has_fields(unit, &card.id, "fields", &grant.fields).await?;
    let id = claimed.take()?;
    let given = Given {
        id: id.clone(),
        giver: me.as_str(),
        introduction: None,
        recipient: &grant.recipient,
        fields: &grant.fields,
        purpose: grant.purpose,
        ends,
    };
    make(unit, &card, given).await?;
    Ok(id)
}

/// Whether an introduction has put a person in touch with the owner of a card: with the one who is at
/// work, or with the organisation that it is of.
async fn connected(
    unit: &Unit<'_>,
    (me, organisation): (&str, Option<&str>),
    person: &str,
) -> Result<bool, DbErr> {
    let introduction = unit
        .query_one(
            "SELECT 1 FROM introductions i WHERE i.status = 'CONNECTED' \
             AND ((i.requester_id = $1 AND i.account_id = $2) \
             OR (i.requester_id = $2 AND (i.account_id = $1 OR i.organisation_id = $3))) LIMIT 1",
            [me.into(), person.into(), organisation.map(str::to_owned).into()],
        )
        .await?;
    Ok(introduction.is_some())
}

/// Withdraws a consent: with the next call it opens nothing.
///
/// # Errors
/// The policy's; `WRONG_STATE` for one that has ended.
pub async fn withdraw(unit: &Unit<'_>, consent: &ConsentId) -> WriteResult<()> {
    let id = consent.as_str();
    unit.require(&CONSENT, "consentId", id, Action::Withdraw).await?;
    let row = consents::Entity::find_by_id(id.to_owned()).one(unit.transaction()).await?;
    let Some(row) = row else {
        return Err(UserError::at("consentId", ErrorCode::NotFound, "there is no such consent").into());
    };
    let country = country_of(unit, &row.card_id).await?;
    if end(unit, id, country.as_deref(), None).await? {
        Ok(())
    } else {
        Err(UserError::at("consentId", ErrorCode::WrongState, "the consent was withdrawn").into())
    }
}

/// A consent that is made, whoever asked for it.
pub(super) struct Given<'a> {
    pub(super) id: String,
    /// Who gives it: not always who is at work, since a request is an acceptance already.
    pub(super) giver: &'a str,
    pub(super) introduction: Option<&'a str>,
    pub(super) recipient: &'a Recipient,
    pub(super) fields: &'a BTreeSet<ContactField>,
    pub(super) purpose: String,
    pub(super) ends: Timestamp,
}

/// Writes a consent on a locked card, and ends those that it replaces: so withdrawing the one that
/// is shown leaves none behind.
pub(super) async fn make(unit: &Unit<'_>, card: &contact_cards::Model, given: Given<'_>) -> WriteResult<()> {
    let on_behalf_of = Some(given.giver).filter(|giver| unit.facts().account.as_deref() != Some(*giver));
    let (account, organisation) = given.recipient.columns();
    let audience = given.recipient.audience();
    let earlier = current(unit, &card.id)
        .filter(consents::Column::Audience.eq(audience.code()))
        .filter(same(consents::Column::ToAccountId, account.as_deref()))
        .filter(same(consents::Column::ToOrganisationId, organisation.as_deref()))
        .all(unit.transaction())
        .await?;
    for consent in earlier {
        end(unit, &consent.id, Some(&card.country_code), on_behalf_of).await?;
    }
    consents::Entity::insert(consents::ActiveModel {
        id: Set(given.id.clone()),
        created_at: Set(unit.now().micros()),
        created_by: Set(given.giver.to_owned()),
        card_id: Set(card.id.clone()),
        introduction_id: Set(given.introduction.map(str::to_owned)),
        audience: Set(Code(audience)),
        to_account_id: Set(account),
        to_organisation_id: Set(organisation),
        purpose: Set(given.purpose),
        expires_at: Set(given.ends.micros()),
        withdrawn_at: Set(None),
    })
    .exec_without_returning(unit.transaction())
    .await?;
    for field in given.fields {
        let row = consent_fields::ActiveModel { consent_id: Set(given.id.clone()), field: Set(Code(*field)) };
        consent_fields::Entity::insert(row).exec_without_returning(unit.transaction()).await?;
    }
    unit.record(Change {
        action: "consent.granted",
        subject_type: TYPE,
        subject: &given.id,
        country: Some(&card.country_code),
        on_behalf_of,
        ..Change::default()
    })
    .await?;
    Ok(())
}

/// Ends all consents on a card, as when it is retired.
pub(super) async fn end_all(unit: &Unit<'_>, card: &contact_cards::Model) -> WriteResult<()> {
    for consent in current(unit, &card.id).all(unit.transaction()).await? {
        end(unit, &consent.id, Some(&card.country_code), None).await?;
    }
    Ok(())
}

fn current(unit: &Unit<'_>, card: &str) -> sea_orm::Select<consents::Entity> {
    consents::Entity::find()
        .filter(consents::Column::CardId.eq(card))
        .filter(consents::Column::WithdrawnAt.is_null())
        .filter(consents::Column::ExpiresAt.gt(unit.now().micros()))
}

fn same(column: consents::Column, value: Option<&str>) -> sea_orm::sea_query::Expr {
    match value {
        Some(value) => column.eq(value),
        None => column.is_null(),
    }
}

/// Withdraws it, and says whether that was still to be done.
async fn end(
    unit: &Unit<'_>,
    consent: &str,
    country: Option<&str>,
    on_behalf_of: Option<&str>,
) -> WriteResult<bool> {
    let ended = unit
        .execute(
            "UPDATE consents SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL",
            [consent.into(), unit.now().micros().into()],
        )
        .await?;
    if ended == 0 {
        return Ok(false);
    }
    unit.record(Change {
        action: "consent.withdrawn",
        subject_type: TYPE,
        subject: consent,
        country,
        on_behalf_of,
        ..Change::default()
    })
    .await?;
    Ok(true)
}

pub(super) async fn country_of(unit: &Unit<'_>, card: &str) -> WriteResult<Option<String>> {
    let row = unit.query_one("SELECT country_code FROM contact_cards WHERE id = $1", [card.into()]).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}
