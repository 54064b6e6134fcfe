//! Organisations: enter, change, verify, clear for the API.

use async_graphql::{InputObject, MaybeUndefined};
use maip_domain::id::OrganisationId;
use maip_domain::identity::organisation::website;
use maip_domain::identity::{OrganisationKind, Scope};
use maip_domain::text;
use maip_persistence::identity::organisations::{self, NewOrganisation, OrganisationEdit};
use maip_persistence::identity::read::ORGANISATION;
use maip_persistence::write::{Refusal, WriteResult, Written};

use crate::mutation::{MutationContext, Payload, Typed};
use crate::schema::Closed;
use crate::schema::scalars::{Country, Id};

pub(super) const RECORD: Payload =
    Payload::of("organisation", &ORGANISATION, "The organisation as it is now.");

pub static CREATE: Typed<CreateOrganisationInput> = Typed {
    name: "createOrganisation",
    description: "Enters an organisation; for active members. You become its first manager.",
    payload: RECORD,
    run: |cx, input| Box::pin(create(cx, input)),
};

pub static UPDATE: Typed<UpdateOrganisationInput> = Typed {
    name: "updateOrganisation",
    description: "Changes an organisation. What you leave out stays as it is. With another name, kind or country it \
                  has to be verified again.",
    payload: RECORD,
    run: |cx, input| Box::pin(update(cx, input)),
};

pub static VERIFY: Typed<VerifyOrganisationInput> = Typed {
    name: "verifyOrganisation",
    description: "Confirms that an organisation is what it says; for the focal point of its country or region and \
                  the secretariat.",
    payload: RECORD,
    run: |cx, input| Box::pin(verify(cx, input)),
};

pub static CLEAR: Typed<ClearOrganisationInput> = Typed {
    name: "clearOrganisation",
    description: "Sets what the API tokens of an organisation may be allowed at most; for the secretariat. Its tokens \
                  lose at once what it isn't cleared for any more.",
    payload: RECORD,
    run: |cx, input| Box::pin(clear(cx, input)),
};

/// An organisation.
#[derive(InputObject)]
pub struct CreateOrganisationInput {
    /// The id, where you make it.
    id: Option<Id<OrganisationId>>,
    /// Its name, in 120 characters at most.
    name: String,
    /// What kind of body it is.
    kind: Closed<OrganisationKind>,
    /// Its country; leave it out for an international one.
    country: Option<Country>,
    /// The address of its website, with https:// or http://.
    website: Option<String>,
}

/// Changes to an organisation.
#[derive(InputObject)]
pub struct UpdateOrganisationInput {
    /// The organisation.
    organisation_id: Id<OrganisationId>,
    /// The revision that you read.
    expected_revision: i32,
    /// Its name, in 120 characters at most.
    name: Option<String>,
    /// What kind of body it is.
    kind: Option<Closed<OrganisationKind>>,
    /// Its country; null for an international one.
    country: MaybeUndefined<Country>,
    /// The address of its website, with https:// or http://; null removes it.
    website: MaybeUndefined<String>,
}

/// Which organisation is what it says.
#[derive(InputObject)]
pub struct VerifyOrganisationInput {
    /// The organisation.
    organisation_id: Id<OrganisationId>,
    /// The revision that you read, if it matters.
    expected_revision: Option<i32>,
}

/// For what an organisation is cleared.
#[derive(InputObject)]
pub struct ClearOrganisationInput {
    /// The organisation.
    organisation_id: Id<OrganisationId>,
    /// The scopes: the whole list, empty to take all clearance.
    scopes: Vec<Closed<Scope>>,
    /// The revision that you read, if it matters.
    expected_revision: Option<i32>,
}

async fn create(cx: &MutationContext<'_>, input: CreateOrganisationInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.id.and_then(|id| id.check(&mut refusal, "id"));
    let name = refusal.take("name", text::check(&input.name, &text::NAME));
    let website = input.website.and_then(|address| refusal.take("website", website(&address)));
    refusal.finish()?;
    let new = NewOrganisation {
        name: name.unwrap_or_default(),
        kind: input.kind.0,
        country: input.country.map(|country| country.0),
        website,
    };
    let unit = cx.begin().await?;
    let id = organisations::create(&unit, id.as_ref(), new).await?;
    unit.commit(Written::record(id)).await
}

async fn update(cx: &MutationContext<'_>, input: UpdateOrganisationInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.organisation_id.check(&mut refusal, "organisationId");
    let name = input.name.and_then(|name| refusal.take("name", text::check(&name, &text::NAME)));
    let website = match input.website {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(address) => Some(refusal.take("website", website(&address))),
    };
    let id = refusal.finish_with(id)?;
    let country = match input.country {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(country) => Some(Some(country.0)),
    };
    let edit = OrganisationEdit { name, kind: input.kind.map(|kind| kind.0), country, website };
    let unit = cx.begin().await?;
    organisations::update(&unit, &id, i64::from(input.expected_revision), edit).await?;
    unit.commit(Written::record(id.into_string())).await
}

async fn verify(cx: &MutationContext<'_>, input: VerifyOrganisationInput) -> WriteResult<Written> {
    let id = input.organisation_id.at("organisationId")?;
    let unit = cx.begin().await?;
    organisations::verify(&unit, &id, input.expected_revision.map(i64::from)).await?;
    unit.commit(Written::record(id.into_string())).await
}

async fn clear(cx: &MutationContext<'_>, input: ClearOrganisationInput) -> WriteResult<Written> {
    let id = input.organisation_id.at("organisationId")?;
    let scopes = input.scopes.into_iter().map(|scope| scope.0).collect();
    let unit = cx.begin().await?;
    organisations::clear(&unit, &id, &scopes, input.expected_revision.map(i64::from)).await?;
    unit.commit(Written::record(id.into_string())).await
}
