//! Tries of a lesson elsewhere, failures included.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{LessonId, LessonVersionId, PlatformId, ReplicationId};
use maip_domain::lessons::replication::ConclusionError;
use maip_domain::lessons::{Outcome, ReplicationConclusion, ReplicationStatus, VersionState};
use maip_domain::policy::rules::lessons::TRIES;
use maip_domain::policy::{Action, holds};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set,
};
use serde_json::json;

use super::aggregate::Aggregate;
use super::entity::{replication_conditions, replications};
use super::read::{LESSON_VERSION, REPLICATION};
use crate::code::Code;
use crate::membership::entity::platforms;
use crate::membership::read::PLATFORM;
use crate::write::{Change, Claim, Unit, UserError, WriteError, WriteResult};

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
    };
    replications::Entity::insert(model.clone().into_active_model())
        .exec_without_returning(unit.transaction())
        .await?;
    keep(unit, &model).await?;
    record(unit, &model, "replication.planned", &[]).await?;
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

/// How a try ended; the texts are checked already.
#[derive(Clone, Debug)]
pub struct Conclusion {
    /// What was decided.
    pub conclusion: ReplicationConclusion,
    /// Whether it worked.
    pub outcome: Outcome,
    /// Conditions of the lesson that were there.
    pub held: Vec<String>,
    /// Conditions of the lesson that were missing.
    pub missing: Vec<String>,
    /// What happened; the note of the plan stays unless said.
    pub note: Option<String>,
}

/// Concludes a try.
///
/// # Errors
/// The policy's; a stale revision; `WRONG_STATE` where it is concluded already.
pub async fn conclude(
    unit: &Unit<'_>,
    id: &ReplicationId,
    end: Conclusion,
    expected: Option<i64>,
) -> WriteResult<()> {
    let held = replications::Entity::find_by_id(id.as_str().to_owned())
        .lock(LockType::NoKeyUpdate)
        .one(unit.transaction())
        .await?;
    let policy = unit.require_visible(&REPLICATION, "replicationId", id.as_str()).await?;
    let decision = unit.decide(REPLICATION.policy, "replicationId", &policy, Action::Update);
    let before = held.ok_or(WriteError::Broken("a replication that the policy saw is gone"))?;
    // Whose try it is learns of a change that came between before they learn that it closed the door.
    if let Some(expected) = expected
        && holds(&TRIES, &policy, unit.facts())
    {
        unit.expect_revision(id.as_str(), expected, before.revision).await?;
    }
    decision?;
    let (status, outcome) =
        before.status.0.conclude(end.conclusion, Some(end.outcome)).map_err(|error| match error {
            ConclusionError::OutcomeMissing => {
                UserError::at("outcome", ErrorCode::Required, error.to_string())
            }
            ConclusionError::Forbidden(error) => {
                UserError { field: Some("replicationId".to_owned()), ..error.into() }
            }
        })?;
    let now = unit.now().micros();
    let after = replications::Model {
        revision: before.revision + 1,
        updated_at: now,
        status: Code(status),
        outcome: Some(Code(outcome)),
        note: end.note.unwrap_or_else(|| before.note.clone()),
        concluded_at: Some(now),
        ..before.clone()
    };
    let row = replications::ActiveModel {
        revision: Set(after.revision),
        updated_at: Set(after.updated_at),
        status: Set(after.status),
        outcome: Set(after.outcome),
        note: Set(after.note.clone()),
        concluded_at: Set(after.concluded_at),
        ..Default::default()
    };
    let done = replications::Entity::update_many()
        .set(row)
        .filter(replications::Column::Id.eq(before.id.as_str()))
        .filter(replications::Column::Revision.eq(before.revision))
        .exec(unit.transaction())
        .await?;
    if done.rows_affected != 1 {
        return Err(WriteError::Broken("a held replication was changed"));
    }
    set_conditions(unit, &after.id, end.held, end.missing).await?;
    keep(unit, &after).await?;
    let fields = ["status", "outcome", "conditionsHeld", "conditionsMissing", "note"];
    record(unit, &after, "replication.concluded", &fields).await
}

async fn set_conditions(
    unit: &Unit<'_>,
    id: &str,
    held: Vec<String>,
    missing: Vec<String>,
) -> WriteResult<()> {
    use replication_conditions::{ActiveModel, Column, Entity};
    Entity::delete_many().filter(Column::ReplicationId.eq(id)).exec(unit.transaction()).await?;
    let all = held.into_iter().map(|text| (true, text)).chain(missing.into_iter().map(|text| (false, text)));
    let rows = all.zip(0_i64..).map(|((held, text), position)| ActiveModel {
        replication_id: Set(id.to_owned()),
        position: Set(position),
        held: Set(held),
        text: Set(text),
    });
    Entity::insert_many(rows).exec_without_returning(unit.transaction()).await?;
    Ok(())
}

/// Keeps what the replication says at its revision.
async fn keep(unit: &Unit<'_>, model: &replications::Model) -> WriteResult<()> {
    use replication_conditions::{Column, Entity};
    let conditions = Entity::find()
        .filter(Column::ReplicationId.eq(model.id.as_str()))
        .order_by_asc(Column::Position)
        .all(unit.transaction())
        .await?;
    let (held, missing): (Vec<_>, Vec<_>) = conditions.into_iter().partition(|condition| condition.held);
    let texts = |rows: Vec<replication_conditions::Model>| -> Vec<String> {
        rows.into_iter().map(|row| row.text).collect()
    };
    let content = json!({
        "status": model.status.0.code(),
        "outcome": model.outcome.map(|code| code.0.code()),
        "conditionsHeld": texts(held),
        "conditionsMissing": texts(missing),
        "note": model.note,
    });
    unit.keep_snapshot(&model.id, model.revision, &content);
    Ok(())
}

async fn record(
    unit: &Unit<'_>,
    model: &replications::Model,
    action: &'static str,
    fields: &[&'static str],
) -> WriteResult<()> {
    let change = Change {
        action,
        subject_type: REPLICATION.name,
        subject: &model.id,
        country: Some(&model.country_code),
        on_behalf_of: None,
        fields,
    };
    Ok(unit.record(change).await?)
}
