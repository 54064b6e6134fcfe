//! Invitations: sent by those who manage a platform, answered by the person, or by those who manage
//! the organisation.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{MembershipId, PlatformId};
use maip_domain::identity::AccountStatus;
use maip_domain::membership::{ActorType, MembershipAction, MembershipRole, MembershipStatus};
use maip_domain::policy::Action;
use sea_orm::EntityTrait as _;

use super::entity::memberships;
use super::read::MEMBERSHIP;
use super::row::{self, Held, Terms};
use crate::identity::entity::accounts;
use crate::identity::read::{ACCOUNT, ORGANISATION};
use crate::write::{Claim, Unit, UserError, WriteResult};

pub use super::row::Member;

/// An invitation to be sent; the message is checked already.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// To which platform.
    pub platform: PlatformId,
    /// Whom.
    pub member: Member,
    /// As what.
    pub role: MembershipRole,
    /// From what part of the value chain.
    pub actor_type: ActorType,
    /// What is said with it.
    pub message: Option<String>,
}

/// Invites someone and gives the membership's id. Who left or was declined before is invited under
/// the membership that is there.
///
/// # Errors
/// The policy's; `NOT_FOUND` for a person whom the viewer may not see; `WRONG_STATE` for a member.
pub async fn invite(
    unit: &Unit<'_>,
    wished: Option<&MembershipId>,
    invitation: Invitation,
) -> WriteResult<String> {
    let fresh = MembershipId::generate(unit.clock(), unit.entropy()).into_string();
    let claimed = match unit.claim(&MEMBERSHIP, "id", wished.map(MembershipId::as_str), fresh).await? {
        Claim::Made(id) => return Ok(id),
        Claim::New(claimed) => claimed,
    };
    if let Member::Person(account) = &invitation.member {
        unit.hold_accounts([account.as_str()]).await?;
    }
    let platform = row::platform(unit, &invitation.platform, Action::Invite).await?;
    row::fits(&invitation.member, invitation.role)?;
    exists(unit, &invitation.member).await?;
    let id = claimed.take()?;
    let terms = Terms {
        role: invitation.role,
        actor_type: invitation.actor_type,
        status: MembershipStatus::Invited,
        message: invitation.message,
    };
    let earlier = row::of_member(unit, &platform.id, &invitation.member).await?;
    let Some(membership) = earlier else {
        row::insert(unit, &platform, id.clone(), &invitation.member, "membership.invited", terms).await?;
        return Ok(id);
    };
    let held = Held { platform, membership };
    renew(unit, &held, wished, MembershipAction::Invite, "membership.invited", terms).await?;
    Ok(held.membership.id)
}

/// Begins again under the membership that is there.
pub(super) async fn renew(
    unit: &Unit<'_>,
    held: &Held,
    wished: Option<&MembershipId>,
    action: MembershipAction,
    name: &'static str,
    terms: Terms,
) -> WriteResult<()> {
    if wished.is_some_and(|wished| wished.as_str() != held.membership.id) {
        let message = "they have been a member before, under another id: leave the id out";
        return Err(UserError::at("id", ErrorCode::Conflict, message).into());
    }
    held.apply(unit, action, name, terms.renewed(unit)).await
}

async fn exists(unit: &Unit<'_>, member: &Member) -> WriteResult<()> {
    match member {
        Member::Person(account) => {
            unit.require_visible(&ACCOUNT, "invitee.accountId", account).await?;
            let account = accounts::Entity::find_by_id(account.clone()).one(unit.transaction()).await?;
            let status = account.map(|account| account.status.0);
            if matches!(status, Some(AccountStatus::Suspended | AccountStatus::Erased) | None) {
                let message = "the account is suspended or erased";
                return Err(UserError::at("invitee.accountId", ErrorCode::WrongState, message).into());
            }
        }
        Member::Organisation(organisation) => {
            unit.require_visible(&ORGANISATION, "invitee.organisationId", organisation.as_str()).await?;
        }
    }
    Ok(())
}

/// Accepts an invitation.
///
/// # Errors
/// The policy's; a stale revision; `WRONG_STATE` where the platform was closed meanwhile.
pub async fn accept(unit: &Unit<'_>, id: &MembershipId, expected: Option<i64>) -> WriteResult<()> {
    let held = row::membership(unit, "membershipId", id, Action::Accept, expected).await?;
    row::takes_members(&held.platform, "membershipId")?;
    let row = memberships::ActiveModel::default();
    held.apply(unit, MembershipAction::Accept, "membership.accepted", row).await
}

/// Declines an invitation that one got, or a request about which one decides.
///
/// # Errors
/// The policy's; a stale revision.
pub async fn decline(
    unit: &Unit<'_>,
    id: &MembershipId,
    kind: MembershipStatus,
    expected: Option<i64>,
) -> WriteResult<()> {
    let held = row::membership(unit, "membershipId", id, Action::Decline, expected).await?;
    if held.membership.status.0 != kind {
        let message = match kind {
            MembershipStatus::Invited => {
                "it is a request, not an invitation: decline it by declineMembership"
            }
            _ => "it is an invitation, not a request: decline it by declineInvitation",
        };
        let state = held.membership.status.0.code();
        return Err(UserError::in_state_at("membershipId", state, message).into());
    }
    let name = match kind {
        MembershipStatus::Invited => "membership.invitation_declined",
        _ => "membership.request_declined",
    };
    held.apply(unit, MembershipAction::Decline, name, memberships::ActiveModel::default()).await
}
