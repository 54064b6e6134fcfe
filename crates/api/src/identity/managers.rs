//! Who manages an organisation: named, asked, and taken out.

use async_graphql::InputObject;
use maip_domain::id::{AccountId, OrganisationId};
use maip_persistence::identity::managers;
use maip_persistence::write::{Refusal, WriteResult, Written};

use super::organisations::RECORD;
use crate::mutation::{MutationContext, Typed};
use crate::schema::scalars::Id;

pub static ADD: Typed<AddOrganisationManagerInput> = Typed {
    name: "addOrganisationManager",
    description: "Names a manager of an organisation: someone who answers for it, its card and its API tokens. They \
                  are asked, and are one once they accept; yourself you are at once.",
    payload: RECORD,
    run: |cx, input| Box::pin(add(cx, input)),
};

pub static REMOVE: Typed<RemoveOrganisationManagerInput> = Typed {
    name: "removeOrganisationManager",
    description: "Takes a manager out of an organisation, or takes back that someone is asked. The last manager \
                  can't be taken out.",
    payload: RECORD,
    run: |cx, input| Box::pin(remove(cx, input)),
};

pub static ACCEPT: Typed<AcceptOrganisationManagementInput> = Typed {
    name: "acceptOrganisationManagement",
    description: "Agrees to manage an organisation that names you. From then on you are shown as its manager, answer \
                  for it, and don't review what is written on its behalf.",
    payload: RECORD,
    run: |cx, input| Box::pin(answer(cx, input.organisation_id, true)),
};

pub static DECLINE: Typed<DeclineOrganisationManagementInput> = Typed {
    name: "declineOrganisationManagement",
    description: "Declines to manage an organisation that names you.",
    payload: RECORD,
    run: |cx, input| Box::pin(answer(cx, input.organisation_id, false)),
};

/// Who is to manage which organisation.
#[derive(InputObject)]
pub struct AddOrganisationManagerInput {
    /// The organisation.
    organisation_id: Id<OrganisationId>,
    /// The person.
    account_id: Id<AccountId>,
    /// The revision that you read, if it matters.
    expected_revision: Option<i32>,
}

/// Who is no longer to manage which organisation.
#[derive(InputObject)]
pub struct RemoveOrganisationManagerInput {
    /// The organisation.
    organisation_id: Id<OrganisationId>,
    /// The person.
    account_id: Id<AccountId>,
    /// The revision that you read, if it matters.
    expected_revision: Option<i32>,
}

/// Which organisation you agree to manage.
#[derive(InputObject)]
pub struct AcceptOrganisationManagementInput {
    /// The organisation.
    organisation_id: Id<OrganisationId>,
}

/// Which organisation you decline to manage.
#[derive(InputObject)]
pub struct DeclineOrganisationManagementInput {
    /// The organisation.
    organisation_id: Id<OrganisationId>,
}

async fn add(cx: &MutationContext<'_>, input: AddOrganisationManagerInput) -> WriteResult<Written> {
    let (id, account) = concerned(input.organisation_id, input.account_id)?;
    let unit = cx.begin().await?;
    managers::add(&unit, &id, &account, input.expected_revision.map(i64::from)).await?;
    unit.commit(Written::record(id.into_string())).await
}

/// Which organisation and which person.
fn concerned(
    organisation: Id<OrganisationId>,
    account: Id<AccountId>,
) -> WriteResult<(OrganisationId, AccountId)> {
    let mut refusal = Refusal::default();
    let organisation = organisation.check(&mut refusal, "organisationId");
    let account = account.check(&mut refusal, "accountId");
    refusal.finish_with(organisation.zip(account))
}

async fn remove(cx: &MutationContext<'_>, input: RemoveOrganisationManagerInput) -> WriteResult<Written> {
    let (id, account) = concerned(input.organisation_id, input.account_id)?;
    let unit = cx.begin().await?;
    managers::remove(&unit, &id, &account, input.expected_revision.map(i64::from)).await?;
    unit.commit(Written::record(id.into_string())).await
}

async fn answer(
    cx: &MutationContext<'_>,
    organisation: Id<OrganisationId>,
    accepts: bool,
) -> WriteResult<Written> {
    let organisation = organisation.at("organisationId")?;
    let unit = cx.begin().await?;
    managers::answer(&unit, &organisation, accepts).await?;
    unit.commit(Written::record(organisation.into_string())).await
}
