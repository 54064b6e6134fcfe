//! What happens to members: roles, suspension, leaving.

use maip_domain::error_code::ErrorCode;
use maip_domain::id::{MembershipId, OrganisationId, PlatformId};
use maip_domain::membership::{MembershipAction, MembershipRole};
use maip_domain::policy::Action;
use sea_orm::Set;

use super::entity::memberships;
use super::read::PLATFORM;
use super::row::{self, Member};
use crate::code::Code;
use crate::write::{Unit, UserError, WriteError, WriteResult};

/// Gives a member another role.
///
/// # Errors
/// The policy's, `LAST_FACILITATOR` among them; a stale revision; INVALID for a role that isn't for an
/// organisation.
pub async fn change_role(
    unit: &Unit<'_>,
    id: &MembershipId,
    role: MembershipRole,
    expected: Option<i64>,
) -> WriteResult<()> {
    let held = row::membership(unit, "membershipId", id, Action::ChangeRole, expected).await?;
    row::fits(&held.member()?, role)?;
    if held.membership.role.0 == role {
        return Ok(());
    }
    let row = memberships::ActiveModel { role: Set(Code(role)), ..Default::default() };
    held.write(unit, "membership.role_changed", &["role"], row).await
}

/// Shuts a member out, the last facilitator too: the platform then falls to the focal point.
///
/// # Errors
/// The policy's; a stale revision.
pub async fn suspend(unit: &Unit<'_>, id: &MembershipId, expected: Option<i64>) -> WriteResult<()> {
    let held = row::membership(unit, "membershipId", id, Action::Suspend, expected).await?;
    let row = memberships::ActiveModel::default();
    held.apply(unit, MembershipAction::Suspend, "membership.suspended", row).await
}

/// Lets a suspended member in again.
///
/// # Errors
/// The policy's; a stale revision; `WRONG_STATE` where the platform was closed meanwhile.
pub async fn reinstate(unit: &Unit<'_>, id: &MembershipId, expected: Option<i64>) -> WriteResult<()> {
    let held = row::membership(unit, "membershipId", id, Action::Reinstate, expected).await?;
    row::takes_members(&held.platform, "membershipId")?;
    let row = memberships::ActiveModel::default();
    held.apply(unit, MembershipAction::Reinstate, "membership.reinstated", row).await
}

/// Leaves a platform, oneself or with an organisation, and gives the membership's id.
///
/// # Errors
/// The policy's, `LAST_FACILITATOR` among them; `NOT_FOUND` for someone who has nothing to do with the platform.
pub async fn leave(
    unit: &Unit<'_>,
    platform: &PlatformId,
    organisation: Option<OrganisationId>,
    expected: Option<i64>,
) -> WriteResult<String> {
    let member = match organisation {
        Some(organisation) => Member::Organisation(organisation),
        None => Member::Person(unit.account()?.into_string()),
    };
    row::hold_platform(unit, platform.as_str()).await?;
    let Some(membership) = row::of_member(unit, platform.as_str(), &member).await? else {
        // Whoever may see the platform is told that they aren't a member, others nothing.
        unit.require_visible(&PLATFORM, "platformId", platform.as_str()).await?;
        return Err(
            UserError::at("platformId", ErrorCode::WrongState, "not a member of this platform").into()
        );
    };
    let id: MembershipId =
        membership.id.parse().map_err(|_| WriteError::Broken("a membership's id is none"))?;
    let held = row::membership(unit, "platformId", &id, Action::Leave, expected).await?;
    let row = memberships::ActiveModel::default();
    held.apply(unit, MembershipAction::Leave, "membership.left", row).await?;
    Ok(id.into_string())
}
