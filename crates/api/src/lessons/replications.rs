//! Tries of a lesson elsewhere.

use async_graphql::InputObject;
use maip_domain::id::{LessonId, LessonVersionId, PlatformId, ReplicationId};
use maip_domain::lessons::{Outcome, ReplicationConclusion};
use maip_domain::text;
use maip_persistence::lessons::read::REPLICATION;
use maip_persistence::lessons::replications::{self, Conclusion, NewReplication};
use maip_persistence::write::{Refusal, WriteResult, Written};

use super::content::lines;
use crate::mutation::{MutationContext, Payload, Typed};
use crate::schema::Closed;
use crate::schema::scalars::Id;

const OF_REPLICATION: Payload = Payload::of("replication", &REPLICATION, "The replication as it is now.");

pub static PLAN: Typed<PlanReplicationInput> = Typed {
    name: "planReplication",
    description: "Plans to try a published lesson in a platform of yours.",
    payload: OF_REPLICATION,
    run: |cx, input| Box::pin(plan(cx, input)),
};

pub static CONCLUDE: Typed<ConcludeReplicationInput> = Typed {
    name: "concludeReplication",
    description: "Says how a try ended: whether it worked, which conditions of the lesson were there and which were \
                  missing. The lesson shows it, a failure as much as a success.",
    payload: OF_REPLICATION,
    run: |cx, input| Box::pin(conclude(cx, input)),
};

/// Which lesson is to be tried where.
#[derive(InputObject)]
pub struct PlanReplicationInput {
    /// The id, where you make it.
    id: Option<Id<ReplicationId>>,
    /// The lesson.
    lesson_id: Id<LessonId>,
    /// The version of it; the published one unless said. A later version leaves the replication as it is.
    version_id: Option<Id<LessonVersionId>>,
    /// The platform that tries it.
    platform_id: Id<PlatformId>,
    /// What is planned, in 20,000 characters at most.
    note: Option<String>,
}

/// How a try ended.
#[derive(InputObject)]
pub struct ConcludeReplicationInput {
    /// The replication.
    replication_id: Id<ReplicationId>,
    /// The revision that you read, if it matters.
    expected_revision: Option<i32>,
    /// What was decided.
    conclusion: Closed<ReplicationConclusion>,
    /// Whether it worked. What was given up may still have worked in part.
    outcome: Closed<Outcome>,
    /// Conditions of the lesson that were there, one an item.
    conditions_held: Option<Vec<String>>,
    /// Conditions of the lesson that were missing, one an item.
    conditions_missing: Option<Vec<String>>,
    /// What happened, in 20,000 characters at most; else the note of the plan stays.
    note: Option<String>,
}

async fn plan(cx: &MutationContext<'_>, input: PlanReplicationInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.id.and_then(|id| id.check(&mut refusal, "id"));
    let lesson = input.lesson_id.check(&mut refusal, "lessonId");
    let version = input.version_id.and_then(|version| version.check(&mut refusal, "versionId"));
    let platform = input.platform_id.check(&mut refusal, "platformId");
    let note = input.note.unwrap_or_default();
    let note = refusal.take("note", text::check(&note, &text::BODY)).unwrap_or_default();
    let (lesson, platform) = refusal.finish_with(lesson.zip(platform))?;
    let unit = cx.begin().await?;
    let new = NewReplication { lesson, version, platform, note };
    let id = replications::plan(&unit, id.as_ref(), new).await?;
    unit.commit(Written::record(id)).await
}

async fn conclude(cx: &MutationContext<'_>, input: ConcludeReplicationInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.replication_id.check(&mut refusal, "replicationId");
    let end = Conclusion {
        conclusion: input.conclusion.0,
        outcome: input.outcome.0,
        held: lines(&mut refusal, "conditionsHeld", &input.conditions_held.unwrap_or_default()),
        missing: lines(&mut refusal, "conditionsMissing", &input.conditions_missing.unwrap_or_default()),
        note: input.note.and_then(|note| refusal.take("note", text::check(&note, &text::BODY))),
    };
    let id = refusal.finish_with(id)?;
    let unit = cx.begin().await?;
    replications::conclude(&unit, &id, end, input.expected_revision.map(i64::from)).await?;
    unit.commit(Written::record(id.into_string())).await
}
