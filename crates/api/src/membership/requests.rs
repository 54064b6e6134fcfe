//! Requests for membership, made and decided about.

use async_graphql::InputObject;
use maip_domain::id::{MembershipId, OrganisationId, PlatformId};
use maip_domain::membership::{ActorType, MembershipRole, MembershipStatus};
use maip_persistence::membership::invitations;
use maip_persistence::membership::requests::{self, MembershipRequest};
use maip_persistence::write::{Refusal, WriteResult, Written};

use super::{OF_MEMBERSHIP, message};
use crate::mutation::{MutationContext, Typed};
use crate::schema::Closed;
use crate::schema::scalars::Id;

pub static REQUEST: Typed<RequestMembershipInput> = Typed {
    name: "requestMembership",
    description: "Asks to become a member of a platform: yourself, or an organisation that you manage. Those who \
                  manage the platform find it in `membershipRequests`.",
    payload: OF_MEMBERSHIP,
    run: |cx, input| Box::pin(request(cx, input)),
};

pub static APPROVE: Typed<ApproveMembershipInput> = Typed {
    name: "approveMembership",
    description: "Makes a member of someone who asked.",
    payload: OF_MEMBERSHIP,
    run: |cx, input| Box::pin(approve(cx, input)),
};

pub static DECLINE: Typed<DeclineMembershipInput> = Typed {
    name: "declineMembership",
    description: "Declines a request for membership. The one who asked may ask again.",
    payload: OF_MEMBERSHIP,
    run: |cx, input| Box::pin(decline(cx, input)),
};

/// Who asks to become a member of which platform.
#[derive(InputObject)]
pub struct RequestMembershipInput {
    /// The id of the membership, where you make it.
    id: Option<Id<MembershipId>>,
    /// The platform.
    platform_id: Id<PlatformId>,
    /// The organisation for which you ask, if you manage it; else you ask for yourself.
    organisation_id: Option<Id<OrganisationId>>,
    /// What part of the value chain you, or the organisation, come from.
    actor_type: Closed<ActorType>,
    /// What is said with it, in 2,000 characters at most.
    message: Option<String>,
}

/// Which request is approved.
#[derive(InputObject)]
pub struct ApproveMembershipInput {
    /// The membership that was asked for.
    membership_id: Id<MembershipId>,
    /// What the member will do; MEMBER unless said. An organisation is MEMBER or OBSERVER.
    role: Option<Closed<MembershipRole>>,
    /// The revision that you read, if it matters.
    expected_revision: Option<i32>,
}

/// Which request is declined.
#[derive(InputObject)]
pub struct DeclineMembershipInput {
    /// The membership that was asked for.
    membership_id: Id<MembershipId>,
    /// The revision that you read, if it matters.
    expected_revision: Option<i32>,
}

async fn request(cx: &MutationContext<'_>, input: RequestMembershipInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.id.and_then(|id| id.check(&mut refusal, "id"));
    let platform = input.platform_id.check(&mut refusal, "platformId");
    let organisation = input.organisation_id.and_then(|id| id.check(&mut refusal, "organisationId"));
    let message = message(&mut refusal, input.message);
    let platform = refusal.finish_with(platform)?;
    let request = MembershipRequest { platform, organisation, actor_type: input.actor_type.0, message };
    let unit = cx.begin().await?;
    let id = requests::request(&unit, id.as_ref(), request).await?;
    unit.commit(Written::record(id)).await
}

async fn approve(cx: &MutationContext<'_>, input: ApproveMembershipInput) -> WriteResult<Written> {
    let id = input.membership_id.at("membershipId")?;
    let role = input.role.map(|role| role.0);
    let unit = cx.begin().await?;
    requests::approve(&unit, &id, role, input.expected_revision.map(i64::from)).await?;
    unit.commit(Written::record(id.into_string())).await
}

async fn decline(cx: &MutationContext<'_>, input: DeclineMembershipInput) -> WriteResult<Written> {
    let id = input.membership_id.at("membershipId")?;
    let expected = input.expected_revision.map(i64::from);
    let unit = cx.begin().await?;
    invitations::decline(&unit, &id, MembershipStatus::Requested, expected).await?;
    unit.commit(Written::record(id.into_string())).await
}
