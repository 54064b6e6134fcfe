//! What happens to members: roles, suspension, leaving.

use async_graphql::InputObject;
use maip_domain::id::{MembershipId, OrganisationId, PlatformId};
use maip_domain::membership::MembershipRole;
use maip_persistence::membership::members;
use maip_persistence::write::{Refusal, WriteResult, Written};

use super::OF_MEMBERSHIP;
use crate::mutation::{MutationContext, Typed};
use crate::schema::Closed;
use crate::schema::scalars::Id;

pub static CHANGE_ROLE: Typed<ChangeMemberRoleInput> = Typed {
    name: "changeMemberRole",
    description: "Gives a member another role. The last facilitator keeps theirs until someone else is one.",
    payload: OF_MEMBERSHIP,
    run: |cx, input| Box::pin(change_role(cx, input)),
};

pub static SUSPEND: Typed<SuspendMembershipInput> = Typed {
    name: "suspendMembership",
    description: "Shuts a member out, from their next request on. The last facilitator too: the platform then falls \
                  to the focal point.",
    payload: OF_MEMBERSHIP,
    run: |cx, input| Box::pin(suspend(cx, input)),
};

pub static REINSTATE: Typed<ReinstateMembershipInput> = Typed {
    name: "reinstateMembership",
    description: "Lets a suspended member in again, in the role that they had.",
    payload: OF_MEMBERSHIP,
    run: |cx, input| Box::pin(reinstate(cx, input)),
};

pub static LEAVE: Typed<LeavePlatformInput> = Typed {
    name: "leavePlatform",
    description: "Leaves a platform: yourself, or with an organisation that you manage. The last facilitator can't.",
    payload: OF_MEMBERSHIP,
    run: |cx, input| Box::pin(leave(cx, input)),
};

/// Who gets which role.
#[derive(InputObject)]
pub struct ChangeMemberRoleInput {
    /// The membership.
    membership_id: Id<MembershipId>,
    /// The role.
    role: Closed<MembershipRole>,
    /// The revision that you read, if it matters.
    expected_revision: Option<i32>,
}

/// Who is suspended.
#[derive(InputObject)]
pub struct SuspendMembershipInput {
    /// The membership.
    membership_id: Id<MembershipId>,
    /// The revision that you read, if it matters.
    expected_revision: Option<i32>,
}

/// Who is reinstated.
#[derive(InputObject)]
pub struct ReinstateMembershipInput {
    /// The membership.
    membership_id: Id<MembershipId>,
    /// The revision that you read, if it matters.
    expected_revision: Option<i32>,
}

/// Who leaves which platform.
#[derive(InputObject)]
pub struct LeavePlatformInput {
    /// The platform.
    platform_id: Id<PlatformId>,
    /// The organisation with which you leave, if you manage it; else you leave yourself.
    organisation_id: Option<Id<OrganisationId>>,
    /// The revision of the membership that you read, if it matters.
    expected_revision: Option<i32>,
}

async fn change_role(cx: &MutationContext<'_>, input: ChangeMemberRoleInput) -> WriteResult<Written> {
    let id = input.membership_id.at("membershipId")?;
    let unit = cx.begin().await?;
    members::change_role(&unit, &id, input.role.0, input.expected_revision.map(i64::from)).await?;
    unit.commit(Written::record(id.into_string())).await
}

async fn suspend(cx: &MutationContext<'_>, input: SuspendMembershipInput) -> WriteResult<Written> {
    let id = input.membership_id.at("membershipId")?;
    let unit = cx.begin().await?;
    members::suspend(&unit, &id, input.expected_revision.map(i64::from)).await?;
    unit.commit(Written::record(id.into_string())).await
}

async fn reinstate(cx: &MutationContext<'_>, input: ReinstateMembershipInput) -> WriteResult<Written> {
    let id = input.membership_id.at("membershipId")?;
    let unit = cx.begin().await?;
    members::reinstate(&unit, &id, input.expected_revision.map(i64::from)).await?;
    unit.commit(Written::record(id.into_string())).await
}

async fn leave(cx: &MutationContext<'_>, input: LeavePlatformInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let platform = input.platform_id.check(&mut refusal, "platformId");
    let organisation = input.organisation_id.and_then(|id| id.check(&mut refusal, "organisationId"));
    let platform = refusal.finish_with(platform)?;
    let expected = input.expected_revision.map(i64::from);
    let unit = cx.begin().await?;
    let id = members::leave(&unit, &platform, organisation, expected).await?;
    unit.commit(Written::record(id)).await
}
