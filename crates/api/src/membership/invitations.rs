//! Invitations, sent and answered.

use async_graphql::{InputObject, OneofObject};
use maip_domain::id::{AccountId, MembershipId, OrganisationId, PlatformId};
use maip_domain::membership::{ActorType, MembershipRole, MembershipStatus};
use maip_persistence::membership::invitations::{self, Invitation, Member};
use maip_persistence::write::{Refusal, WriteResult, Written};

use super::{OF_MEMBERSHIP, message};
use crate::mutation::{MutationContext, Typed};
use crate::schema::Closed;
use crate::schema::scalars::Id;

pub static INVITE: Typed<InviteMemberInput> = Typed {
    name: "inviteMember",
    description: "Invites a person or an organisation to a platform that you manage. Someone who left or was \
                  declined keeps the membership that is there.",
    payload: OF_MEMBERSHIP,
    run: |cx, input| Box::pin(invite(cx, input)),
};

pub static ACCEPT: Typed<AcceptInvitationInput> = Typed {
    name: "acceptInvitation",
    description: "Accepts an invitation that you got, or that an organisation got which you manage.",
    payload: OF_MEMBERSHIP,
    run: |cx, input| Box::pin(accept(cx, input)),
};

pub static DECLINE: Typed<DeclineInvitationInput> = Typed {
    name: "declineInvitation",
    description: "Declines an invitation that you got, or that an organisation got which you manage.",
    payload: OF_MEMBERSHIP,
    run: |cx, input| Box::pin(decline(cx, input)),
};

/// Who is invited, and as what.
#[derive(InputObject)]
pub struct InviteMemberInput {
    /// The id of the membership, where you make it.
    id: Option<Id<MembershipId>>,
    /// The platform.
    platform_id: Id<PlatformId>,
    /// Who is invited.
    invitee: InviteeInput,
    /// What the member will do; MEMBER unless said. An organisation is MEMBER or OBSERVER.
    role: Option<Closed<MembershipRole>>,
    /// What part of the value chain the member comes from.
    actor_type: Closed<ActorType>,
    /// What is said with it, in 2,000 characters at most.
    message: Option<String>,
}

/// Who is invited: one of these.
#[derive(OneofObject)]
pub enum InviteeInput {
    /// A person.
    AccountId(Id<AccountId>),
    /// An organisation.
    OrganisationId(Id<OrganisationId>),
}

/// Which invitation is accepted.
#[derive(InputObject)]
pub struct AcceptInvitationInput {
    /// The membership to which you are invited.
    membership_id: Id<MembershipId>,
    /// The revision that you read, if it matters.
    expected_revision: Option<i32>,
}

/// Which invitation is declined.
#[derive(InputObject)]
pub struct DeclineInvitationInput {
    /// The membership to which you are invited.
    membership_id: Id<MembershipId>,
    /// The revision that you read, if it matters.
    expected_revision: Option<i32>,
}

async fn invite(cx: &MutationContext<'_>, input: InviteMemberInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.id.and_then(|id| id.check(&mut refusal, "id"));
    let platform = input.platform_id.check(&mut refusal, "platformId");
    let member = member(&mut refusal, input.invitee);
    let message = message(&mut refusal, input.message);
    let (platform, member) = refusal.finish_with(platform.zip(member))?;
    let invitation = Invitation {
        platform,
        member,
        role: input.role.map_or(MembershipRole::Member, |role| role.0),
        actor_type: input.actor_type.0,
        message,
    };
    let unit = cx.begin().await?;
    let id = invitations::invite(&unit, id.as_ref(), invitation).await?;
    unit.commit(Written::record(id)).await
}

fn member(refusal: &mut Refusal, invitee: InviteeInput) -> Option<Member> {
    match invitee {
        InviteeInput::AccountId(account) => {
            let account = account.check(refusal, "invitee.accountId");
            account.map(|account| Member::Person(account.into_string()))
        }
        InviteeInput::OrganisationId(organisation) => {
            organisation.check(refusal, "invitee.organisationId").map(Member::Organisation)
        }
    }
}

async fn accept(cx: &MutationContext<'_>, input: AcceptInvitationInput) -> WriteResult<Written> {
    let id = input.membership_id.at("membershipId")?;
    let unit = cx.begin().await?;
    invitations::accept(&unit, &id, input.expected_revision.map(i64::from)).await?;
    unit.commit(Written::record(id.into_string())).await
}

async fn decline(cx: &MutationContext<'_>, input: DeclineInvitationInput) -> WriteResult<Written> {
    let id = input.membership_id.at("membershipId")?;
    let expected = input.expected_revision.map(i64::from);
    let unit = cx.begin().await?;
    invitations::decline(&unit, &id, MembershipStatus::Invited, expected).await?;
    unit.commit(Written::record(id.into_string())).await
}
