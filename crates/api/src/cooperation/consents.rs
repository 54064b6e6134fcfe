//! Consents: grant, withdraw.

use async_graphql::{InputObject, OneofObject};
use maip_domain::cooperation::{ConsentGroup, ContactField};
use maip_domain::id::{AccountId, ConsentId, ContactCardId, OrganisationId};
use maip_domain::text;
use maip_persistence::cooperation::consents::{self, Grant, Recipient};
use maip_persistence::cooperation::read::CONSENT;
use maip_persistence::write::{Refusal, WriteResult, Written};

use super::details::ticked;
use crate::mutation::{MutationContext, Payload, Typed};
use crate::schema::Closed;
use crate::schema::scalars::{DateTime, Id};

const RECORD: Payload = Payload::of("consent", &CONSENT, "The consent as it is now.");

pub static GRANT: Typed<GrantContactConsentInput> = Typed {
    name: "grantContactConsent",
    description: "Opens details of your contact card to someone, until the consent ends or you withdraw it. It takes \
                  the place of an earlier consent for the same card and the same recipient.",
    payload: RECORD,
    run: |cx, input| Box::pin(grant(cx, input)),
};

pub static WITHDRAW: Typed<WithdrawContactConsentInput> = Typed {
    name: "withdrawContactConsent",
    description: "Withdraws a consent. It counts from the next call on; what was read until then stays in the log of \
                  disclosures.",
    payload: RECORD,
    run: |cx, input| Box::pin(withdraw(cx, input)),
};

/// A consent to show contact details.
#[derive(InputObject)]
pub struct GrantContactConsentInput {
    /// The id, where you make it.
    id: Option<Id<ConsentId>>,
    /// The card whose details it opens: your own, or that of an organisation that you manage.
    card_id: Id<ContactCardId>,
    /// To whom it is given.
    to: ConsentRecipientInput,
    /// Which details it opens; at least one, of those that the card has.
    fields: Vec<Closed<ContactField>>,
    /// What for, in 200 characters at most.
    purpose: String,
    /// Until when; for 12 months unless said, for 5 years at most.
    until: Option<DateTime>,
}

/// To whom a consent is given: one of these.
#[derive(OneofObject)]
pub enum ConsentRecipientInput {
    /// A person: someone with whom an introduction has connected you.
    AccountId(Id<AccountId>),
    /// An organisation: its people, and its API tokens with the scope for details.
    OrganisationId(Id<OrganisationId>),
    /// Many at once; API tokens of organisations aren't reached by it.
    Group(Closed<ConsentGroup>),
}

/// Which consent is withdrawn.
#[derive(InputObject)]
pub struct WithdrawContactConsentInput {
    /// The consent.
    consent_id: Id<ConsentId>,
}

async fn grant(cx: &MutationContext<'_>, input: GrantContactConsentInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.id.and_then(|id| id.check(&mut refusal, "id"));
    let card = input.card_id.check(&mut refusal, "cardId");
    let recipient = recipient(&mut refusal, input.to);
    let purpose = refusal.take("purpose", text::check(&input.purpose, &text::SHORT));
    let (card, (recipient, purpose)) = refusal.finish_with(card.zip(recipient.zip(purpose)))?;
    let fields = ticked(input.fields);
    let grant = Grant { card, recipient, fields, purpose, until: input.until.map(|until| until.0) };
    let unit = cx.begin().await?;
    let id = consents::grant(&unit, id.as_ref(), grant).await?;
    unit.commit(Written::record(id)).await
}

async fn withdraw(cx: &MutationContext<'_>, input: WithdrawContactConsentInput) -> WriteResult<Written> {
    let id = input.consent_id.at("consentId")?;
    let unit = cx.begin().await?;
    consents::withdraw(&unit, &id).await?;
    unit.commit(Written::record(id.into_string())).await
}

fn recipient(refusal: &mut Refusal, to: ConsentRecipientInput) -> Option<Recipient> {
    match to {
        ConsentRecipientInput::AccountId(account) => {
            account.check(refusal, "to.accountId").map(Recipient::Person)
        }
        ConsentRecipientInput::OrganisationId(organisation) => {
            organisation.check(refusal, "to.organisationId").map(Recipient::Organisation)
        }
        ConsentRecipientInput::Group(Closed(ConsentGroup::Members)) => Some(Recipient::Members),
        ConsentRecipientInput::Group(Closed(ConsentGroup::Everyone)) => Some(Recipient::Everyone),
    }
}
