//! The rows of platforms and memberships as a write holds them.
//!
//! Whatever changes who belongs to a platform holds the platform's row first, so that of two who
//! decide at the same moment, one sees which memberships the other left. What the viewer may do is
//! decided by what they were when their unit of work began: who loses a role while waiting here ends
//! this one write still, as if it had come first.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{MembershipId, OrganisationId, PlatformId};
use maip_domain::membership::{MembershipAction, MembershipRole, MembershipStatus};
use maip_domain::policy::Action;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait as _, DbErr, EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QuerySelect as _, Set,
};

use super::entity::{memberships, platforms};
use super::read::{MEMBERSHIP, PLATFORM};
use crate::code::Code;
use crate::write::{Change, Unit, UserError, WriteError, WriteResult};

/// Whose membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Member {
    /// A person's, by account.
    Person(String),
    /// An organisation's.
    Organisation(OrganisationId),
}

/// The platform, held until the unit ends, if the viewer may do this with it.
pub(super) async fn platform(
    unit: &Unit<'_>,
    id: &PlatformId,
    action: Action,
) -> WriteResult<platforms::Model> {
    let held = hold_platform(unit, id.as_str()).await?;
    unit.require(&PLATFORM, "platformId", id.as_str(), action).await?;
    held.ok_or(WriteError::Broken("a platform that the policy saw is gone"))
}

pub(super) async fn hold_platform(unit: &Unit<'_>, id: &str) -> Result<Option<platforms::Model>, DbErr> {
    platforms::Entity::find_by_id(id.to_owned()).lock(LockType::NoKeyUpdate).one(unit.transaction()).await
}

/// A membership and its platform, held until the unit ends.
#[derive(Debug)]
pub(super) struct Held {
    pub platform: platforms::Model,
    pub membership: memberships::Model,
}

/// The membership, if the viewer may do this with it. `field` is the input field that names it.
pub(super) async fn membership(
    unit: &Unit<'_>,
    field: &str,
    id: &MembershipId,
    action: Action,
    expected: Option<i64>,
) -> WriteResult<Held> {
    let id = id.as_str();
    let found = find(unit, id).await?;
    let platform = match &found {
        Some(membership) => hold_platform(unit, &membership.platform_id).await?,
        None => None,
    };
    let record = unit.require_visible(&MEMBERSHIP, field, id).await?;
    // Read again: it may have changed while the platform was waited for.
    let (Some(membership), Some(platform)) = (find(unit, id).await?, platform) else {
        return Err(WriteError::Broken("a membership that the policy saw is gone"));
    };
    if let Some(expected) = expected {
        unit.expect_revision(id, expected, membership.revision).await?;
    }
    unit.decide(MEMBERSHIP.policy, field, &record, action)?;
    Ok(Held { platform, membership })
}

async fn find(unit: &Unit<'_>, id: &str) -> Result<Option<memberships::Model>, DbErr> {
    memberships::Entity::find_by_id(id.to_owned()).one(unit.transaction()).await
}

/// The membership of someone in a platform, in whatever state.
pub(super) async fn of_member(
    unit: &Unit<'_>,
    platform: &str,
    member: &Member,
) -> Result<Option<memberships::Model>, DbErr> {
    let of = match member {
        Member::Person(account) => memberships::Column::AccountId.eq(account.as_str()),
        Member::Organisation(organisation) => memberships::Column::OrganisationId.eq(organisation.as_str()),
    };
    memberships::Entity::find()
        .filter(memberships::Column::PlatformId.eq(platform))
        .filter(of)
        .one(unit.transaction())
        .await
}

/// Refuses where a closed platform would get a member.
pub(super) fn takes_members(platform: &platforms::Model, field: &str) -> WriteResult<()> {
    if platform.stage.0.takes_members() {
        Ok(())
    } else {
        Err(UserError::in_state_at(field, platform.stage.0.code(), "the platform is closed").into())
    }
}

/// Refuses a role for an organisation that only a person can have.
pub(super) fn fits(member: &Member, role: MembershipRole) -> WriteResult<()> {
    if matches!(member, Member::Organisation(_)) && !role.is_for_organisations() {
        let message = "an organisation is MEMBER or OBSERVER: the other roles are carried out by persons";
        return Err(UserError::at("role", ErrorCode::Invalid, message).into());
    }
    Ok(())
}

impl Held {
    /// Whose it is.
    pub(super) fn member(&self) -> WriteResult<Member> {
        match (&self.membership.account_id, &self.membership.organisation_id) {
            (Some(account), None) => Ok(Member::Person(account.clone())),
            (None, Some(organisation)) => organisation
                .parse()
                .map(Member::Organisation)
                .map_err(|_| WriteError::Broken("an organisation's id is none")),
            _ => Err(WriteError::Broken("a membership is of nobody")),
        }
    }

    /// Brings the membership to the state after the action, with what else changes of it, and notes
    /// it under this name.
    pub(super) async fn apply(
        &self,
        unit: &Unit<'_>,
        action: MembershipAction,
        name: &'static str,
        mut row: memberships::ActiveModel,
    ) -> WriteResult<()> {
        let status = self.membership.status.0.apply(action)?;
        row.status = Set(Code(status));
        match status {
            MembershipStatus::Active => {
                // Someone reinstated has been a member all along.
                row.since = Set(self.membership.since.or(Some(unit.now().micros())));
                row.ended_at = Set(None);
            }
            MembershipStatus::Left | MembershipStatus::Declined => {
                row.ended_at = Set(Some(unit.now().micros()));
            }
            MembershipStatus::Invited | MembershipStatus::Requested => {
                row.since = Set(None);
                row.ended_at = Set(None);
            }
            MembershipStatus::Suspended => {}
        }
        self.write(unit, name, &["status"], row).await
    }

    /// Writes the row over the revision that was read.
    pub(super) async fn write(
        &self,
        unit: &Unit<'_>,
        name: &'static str,
        fields: &[&'static str],
        mut row: memberships::ActiveModel,
    ) -> WriteResult<()> {
        let it = &self.membership;
        row.revision = Set(it.revision + 1);
        row.updated_at = Set(unit.now().micros());
        let done = memberships::Entity::update_many()
            .set(row)
            .filter(memberships::Column::Id.eq(it.id.as_str()))
            .filter(memberships::Column::Revision.eq(it.revision))
            .exec(unit.transaction())
            .await?;
        if done.rows_affected != 1 {
            // Erasing an account ends its memberships without a lock on the platforms.
            return Err(WriteError::Overtaken);
        }
        record(unit, it, name, fields).await
    }
}

/// Makes a membership's row and notes it.
pub(super) async fn insert(
    unit: &Unit<'_>,
    platform: &platforms::Model,
    id: String,
    member: &Member,
    name: &'static str,
    terms: Terms,
) -> WriteResult<()> {
    let now = unit.now().micros();
    let (account, organisation) = match member {
        Member::Person(account) => (Some(account.clone()), None),
        Member::Organisation(organisation) => (None, Some(organisation.as_str().to_owned())),
    };
    let model = memberships::Model {
        id,
        revision: 1,
        created_at: now,
        updated_at: now,
        created_by: unit.facts().account.clone(),
        platform_id: platform.id.clone(),
        platform_country_code: platform.country_code.clone(),
        platform_region: platform.region,
        member_sort_key: sort_key_of(unit, member).await?,
        account_id: account,
        organisation_id: organisation,
        role: Code(terms.role),
        actor_type: Code(terms.actor_type),
        status: Code(terms.status),
        message: terms.message,
        since: (terms.status == MembershipStatus::Active).then_some(now),
        ended_at: None,
    };
    memberships::Entity::insert(model.clone().into_active_model())
        .exec_without_returning(unit.transaction())
        .await?;
    record(unit, &model, name, &[]).await
}

/// On what terms someone becomes a member.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub role: MembershipRole,
    pub actor_type: maip_domain::membership::ActorType,
    pub status: MembershipStatus,
    pub message: Option<String>,
}

impl Terms {
    /// The same for a row that is there already, from an earlier membership.
    pub(super) fn renewed(self, unit: &Unit<'_>) -> memberships::ActiveModel {
        memberships::ActiveModel {
            created_at: Set(unit.now().micros()),
            created_by: Set(unit.facts().account.clone()),
            role: Set(Code(self.role)),
            actor_type: Set(Code(self.actor_type)),
            message: Set(self.message),
            ..Default::default()
        }
    }
}

async fn sort_key_of(unit: &Unit<'_>, member: &Member) -> WriteResult<String> {
    let row = match member {
        Member::Person(account) => {
            unit.query_one("SELECT sort_key FROM accounts WHERE id = $1", [account.as_str().into()]).await?
        }
        Member::Organisation(organisation) => {
            unit.query_one("SELECT sort_key FROM organisations WHERE id = $1", [organisation.as_str().into()])
                .await?
        }
    };
    let row = row.ok_or(WriteError::Broken("a member that was seen is gone"))?;
    Ok(row.try_get_by_index(0)?)
}

pub(super) async fn record(
    unit: &Unit<'_>,
    membership: &memberships::Model,
    action: &'static str,
    fields: &[&'static str],
) -> WriteResult<()> {
    let change = Change {
        action,
        subject_type: MEMBERSHIP.name,
        subject: &membership.id,
        country: Some(&membership.platform_country_code),
        on_behalf_of: None,
        fields,
    };
    Ok(unit.record(change).await?)
}
