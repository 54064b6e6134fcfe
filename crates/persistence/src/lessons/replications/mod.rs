//! Tries of a lesson elsewhere, failures included.

mod course;
mod tried;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{LessonId, LessonVersionId, PlatformId, ReplicationId};
use maip_domain::lessons::{ReplicationStatus, VersionState};
use maip_domain::policy::Action;
use sea_orm::EntityTrait as _;

pub use course::{Conclusion, Seen, conclude, record_trial, verify};
use tried::Tried;

use super::aggregate::Aggregate;
use super::entity::replications;
use super::read::{LESSON_VERSION, REPLICATION};
use crate::code::Code;
use crate::membership::entity::platforms;
use crate::membership::read::PLATFORM;
use crate::write::{Claim, Unit, UserError, WriteError, WriteResult};

/// A try to be planned; the note is checked already.
#[derive(Clone, Debug)]
pub struct NewReplication {
    /// Of which lesson.
    pub lesson: LessonId,
    /// Of which version of it; of the published one unless said.
    pub version: Option<LessonVersionId>,
    /// By which platform.
    pub platform: PlatformId,
    /// What is planned.
    pub note: String,
}

/// Plans a try and gives its id.
///
/// # Errors
/// The policy's, of the lesson and of the platform; `INVALID` for the lesson's own platform; `NOT_FOUND` or `WRONG_STATE` for a version that
/// isn't one of the lesson's published ones.
pub async fn plan(
    unit: &Unit<'_>,
    wished: Option<&ReplicationId>,
    new: NewReplication,
) -> WriteResult<String> {
    let me = unit.account()?;
    let fresh = ReplicationId::generate(unit.clock(), unit.entropy()).into_string();
    let claimed = match unit.claim(&REPLICATION, "id", wished.map(ReplicationId::as_str), fresh).await? {
        Claim::Made(id) => return Ok(id),
        Claim::New(claimed) => claimed,
    };
    let platform = new.platform.as_str();
    let aggregate = match Aggregate::lock(unit, &new.lesson, Action::Replicate, None).await {
        // Whoever is a member of the lesson's own platform alone has the membership that they name: what isn't
        // right is the platform.
        Err(WriteError::Refused(errors)) if needs_membership(&errors) => {
            return match unit.require(&PLATFORM, "platformId", platform, Action::Replicate).await {
                Ok(_) => Err(at_home().into()),
                Err(WriteError::Refused(_)) => Err(WriteError::Refused(errors)),
                Err(error) => Err(error),
            };
        }
        lesson => lesson?,
    };
    unit.require(&PLATFORM, "platformId", platform, Action::Replicate).await?;
    if platform == aggregate.lesson.platform_id {
        return Err(at_home().into());
    }
    let version = version(unit, &aggregate, new.version).await?;
    let id = claimed.take()?;
    let platform = platforms::Entity::find_by_id(new.platform.into_string())
        .one(unit.transaction())
        .await?
        .ok_or(WriteError::Broken("a platform that the policy saw is gone"))?;
    let now = unit.now().micros();
    let model = replications::Model {
        id: id.clone(),
        revision: 1,
        created_at: now,
        updated_at: now,
        created_by: me.into_string(),
        lesson_id: aggregate.lesson.id,
        version_id: version,
        platform_id: platform.id,
        country_id: platform.country_id,
        country_code: platform.country_code,
        region: platform.region,
        status: Code(ReplicationStatus::Planned),
        outcome: None,
        note: new.note,
        concluded_at: None,
        trial_at: None,
        conclusion: None,
        verified_at: None,
        verified_by: None,
        verification_note: String::new(),
    };
    unit.insert(&model);
    Tried::planned(model).note(unit, "replication.planned", &[]).await?;
    Ok(id)
}

fn needs_membership(errors: &[UserError]) -> bool {
    errors.iter().any(|error| error.code == ErrorCode::MembershipNeeded)
}

fn at_home() -> UserError {
    let message = "the lesson comes from this platform: a try is one elsewhere";
    UserError::at("platformId", ErrorCode::Invalid, message)
}

async fn version(
    unit: &Unit<'_>,
    aggregate: &Aggregate,
    named: Option<LessonVersionId>,
) -> WriteResult<String> {
    let Some(named) = named else {
        return aggregate
            .lesson
            .published_version_id
            .clone()
            .ok_or(WriteError::Broken("a published lesson without a published version"));
    };
    unit.require_visible(&LESSON_VERSION, "versionId", named.as_str()).await?;
    match aggregate.versions.iter().find(|version| version.id == named.as_str()) {
        Some(version) if matches!(version.state.0, VersionState::Published | VersionState::Superseded) => {
            Ok(named.into_string())
        }
        Some(version) => {
            let message = "only what was published is tried elsewhere";
            Err(UserError::in_state_at("versionId", version.state.0.code(), message).into())
        }
        None => {
            let message = "the version is one of another lesson";
            Err(UserError::at("versionId", ErrorCode::Invalid, message).into())
        }
    }
}
