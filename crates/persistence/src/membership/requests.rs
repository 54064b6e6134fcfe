//! Requests for membership: by a person, or for an organisation by those who manage it.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::id::{MembershipId, PlatformId};
use maip_domain::membership::{ActorType, MembershipAction, MembershipRole, MembershipStatus};
use maip_domain::policy::{Action, Attribute, Record};
use sea_orm::Set;

use super::entity::memberships;
use super::invitations::renew;
use super::read::MEMBERSHIP;
use super::row::{self, Held, Member, Terms};
use crate::code::Code;
use crate::write::{Claim, Unit, WriteResult};

/// A request; the message is checked already.
#[derive(Clone, Debug)]
pub struct MembershipRequest {
    /// To which platform.
    pub platform: PlatformId,
    /// For an organisation, or for the one who asks.
    pub organisation: Option<maip_domain::id::OrganisationId>,
    /// From what part of the value chain.
    pub actor_type: ActorType,
    /// What is said with it.
    pub message: Option<String>,
}

/// Asks to become a member and gives the membership's id.
///
/// # Errors
/// The policy's; `WRONG_STATE` for someone who is a member, invited or suspended.
pub async fn request(
    unit: &Unit<'_>,
    wished: Option<&MembershipId>,
    request: MembershipRequest,
) -> WriteResult<String> {
    let me = unit.account()?;
    let fresh = MembershipId::generate(unit.clock(), unit.entropy()).into_string();
    let claimed = match unit.claim(&MEMBERSHIP, "id", wished.map(MembershipId::as_str), fresh).await? {
        Claim::Made(id) => return Ok(id),
        Claim::New(claimed) => claimed,
    };
    let (action, member) = match request.organisation {
        Some(organisation) => (Action::RequestForOrganisation, Member::Organisation(organisation)),
        None => (Action::RequestMembership, Member::Person(me.into_string())),
    };
    let platform = row::platform(unit, &request.platform, action).await?;
    if let Member::Organisation(organisation) = &member {
        // Whether the viewer speaks for this organisation, as if there were a membership.
        let record = Record::default()
            .with(Attribute::Organisation, organisation.as_str())
            .with(Attribute::State, "LEFT")
            .with(Attribute::PlatformStage, platform.stage.0.code());
        unit.decide(MEMBERSHIP.policy, "organisationId", &record, Action::RequestMembership)?;
    }
    let id = claimed.take()?;
    let terms = Terms {
        role: MembershipRole::Member,
        actor_type: request.actor_type,
        status: MembershipStatus::Requested,
        message: request.message,
    };
    let earlier = row::of_member(unit, &platform.id, &member).await?;
    let Some(membership) = earlier else {
        row::insert(unit, &platform, id.clone(), &member, "membership.requested", terms).await?;
        return Ok(id);
    };
    let held = Held { platform, membership };
    renew(unit, &held, wished, MembershipAction::Request, "membership.requested", terms).await?;
    Ok(held.membership.id)
}

/// Makes a member of someone who asked, in this role or the one of the request.
///
/// # Errors
/// The policy's; a stale revision; INVALID for a role that isn't for an organisation.
pub async fn approve(
    unit: &Unit<'_>,
    id: &MembershipId,
    role: Option<MembershipRole>,
    expected: Option<i64>,
) -> WriteResult<()> {
    let held = row::membership(unit, "membershipId", id, Action::Approve, expected).await?;
    row::takes_members(&held.platform, "membershipId")?;
    let role = role.unwrap_or(held.membership.role.0);
    row::fits(&held.member()?, role)?;
    let row = memberships::ActiveModel { role: Set(Code(role)), ..Default::default() };
    held.apply(unit, MembershipAction::Approve, "membership.approved", row).await
}
