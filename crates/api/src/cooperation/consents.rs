//! Consents: grant, withdraw.

use async_graphql::InputObject;
use maip_domain::cooperation::{ConsentAudience, ContactField};
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{AccountId, ConsentId, ContactCardId, OrganisationId};
use maip_domain::text;
use maip_persistence::cooperation::consents::{self, Grant, Recipient};
use maip_persistence::cooperation::read::CONSENT;
use maip_persistence::write::{Refusal, UserError, WriteResult, Written};

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
    /// To whom it is given. MEMBERS and EVERYONE don't reach the API tokens of organisations.
    audience: Closed<ConsentAudience>,
    /// The person, where the audience is PERSON: someone with whom an introduction has connected you.
    account_id: Option<Id<AccountId>>,
    /// The organisation, where the audience is ORGANISATION.
    organisation_id: Option<Id<OrganisationId>>,
    /// Which details it opens; at least one, of those that the card has.
    fields: Vec<Closed<ContactField>>,
    /// What for, in 200 characters at most.
    purpose: String,
    /// Until when; for 12 months unless said, for 5 years at most.
    until: Option<DateTime>,
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
    let recipient = recipient(&mut refusal, input.audience.0, input.account_id, input.organisation_id);
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

/// The audience with whom it names; a name that the audience has no use for is refused, since
/// something else was meant.
fn recipient(
    refusal: &mut Refusal,
    audience: ConsentAudience,
    account: Option<Id<AccountId>>,
    organisation: Option<Id<OrganisationId>>,
) -> Option<Recipient> {
    if account.is_some() && audience != ConsentAudience::Person {
        refusal.push(UserError::at("accountId", ErrorCode::Invalid, "only the audience PERSON names one"));
    }
    if organisation.is_some() && audience != ConsentAudience::Organisation {
        let message = "only the audience ORGANISATION names one";
        refusal.push(UserError::at("organisationId", ErrorCode::Invalid, message));
    }
    match audience {
        ConsentAudience::Person => {
            if account.is_none() {
                refusal.push(UserError::at("accountId", ErrorCode::Required, "name the person"));
            }
            account.and_then(|account| account.check(refusal, "accountId")).map(Recipient::Person)
        }
        ConsentAudience::Organisation => {
            if organisation.is_none() {
                refusal.push(UserError::at("organisationId", ErrorCode::Required, "name the organisation"));
            }
            organisation
                .and_then(|organisation| organisation.check(refusal, "organisationId"))
                .map(Recipient::Organisation)
        }
        ConsentAudience::Members => Some(Recipient::Members),
        ConsentAudience::Everyone => Some(Recipient::Everyone),
    }
}
