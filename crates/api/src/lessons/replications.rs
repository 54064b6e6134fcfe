//! Tries of a lesson elsewhere.

use async_graphql::InputObject;
use maip_domain::id::{LessonId, LessonVersionId, PlatformId, ReplicationId};
use maip_domain::lessons::{Outcome, ReplicationConclusion};
use maip_domain::text;
use maip_persistence::lessons::read::REPLICATION;
use maip_persistence::lessons::replications::{self, Conclusion, NewReplication, Seen};
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

pub static RECORD_TRIAL: Typed<RecordTrialInput> = Typed {
    name: "recordTrial",
    description: "Says what was seen of a try so far, and which conditions of the lesson are there or missing as known \
                  by then. The first time the replication becomes a TRIAL; until it is concluded it can be said anew.",
    payload: OF_REPLICATION,
    run: |cx, input| Box::pin(record_trial(cx, input)),
};

pub static CONCLUDE: Typed<ConcludeReplicationInput> = Typed {
    name: "concludeReplication",
    description: "Says how a try ended: whether it worked, which conditions of the lesson were there and which were \
                  missing. The lesson shows it, a failure as much as a success.",
    payload: OF_REPLICATION,
    run: |cx, input| Box::pin(conclude(cx, input)),
};

pub static VERIFY: Typed<VerifyReplicationInput> = Typed {
    name: "verifyReplication",
    description: "Verifies what is said of a replication that is concluded, as someone who had no part in it: the focal \
                  point or a technical officer of the country where it was tried, else the region's focal point, else \
                  the secretariat. Never who planned it or said what came of it, never who records for its platform, \
                  and never an author of the lesson.",
    payload: OF_REPLICATION,
    run: |cx, input| Box::pin(verify(cx, input)),
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

/// What was seen of a try so far.
#[derive(InputObject)]
pub struct RecordTrialInput {
    /// The replication.
    replication_id: Id<ReplicationId>,
    /// The revision that you read, if it matters.
    expected_revision: Option<i32>,
    /// Conditions of the lesson that are there, one an item: the whole list. What was said before stays where it is left
    /// out.
    conditions_held: Option<Vec<String>>,
    /// Conditions of the lesson that are missing, one an item: the whole list. What was said before stays where it is
    /// left out.
    conditions_missing: Option<Vec<String>>,
    /// What was seen, in 20,000 characters at most; else what was said before stays.
    note: Option<String>,
}

/// Which replication is verified.
#[derive(InputObject)]
pub struct VerifyReplicationInput {
    /// The replication.
    replication_id: Id<ReplicationId>,
    /// The revision that you read, if it matters.
    expected_revision: Option<i32>,
    /// How you verified it and what you found, in 2,000 characters at most. Everyone who sees the replication reads it.
    note: String,
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
    /// Conditions of the lesson that were there, one an item: the whole list. What the trial said of them stays where it
    /// is left out.
    conditions_held: Option<Vec<String>>,
    /// Conditions of the lesson that were missing, one an item: the whole list. What the trial said of them stays where
    /// it is left out.
    conditions_missing: Option<Vec<String>>,
    /// What happened, in 20,000 characters at most; else the note of the plan or the trial stays.
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

/// What those who try it say of it.
fn seen(
    refusal: &mut Refusal,
    held: Option<Vec<String>>,
    missing: Option<Vec<String>>,
    note: Option<String>,
) -> Seen {
    Seen {
        held: held.map(|held| lines(refusal, "conditionsHeld", &held)),
        missing: missing.map(|missing| lines(refusal, "conditionsMissing", &missing)),
        note: note.and_then(|note| refusal.take("note", text::check(&note, &text::BODY))),
    }
}

async fn record_trial(cx: &MutationContext<'_>, input: RecordTrialInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.replication_id.check(&mut refusal, "replicationId");
    let seen = seen(&mut refusal, input.conditions_held, input.conditions_missing, input.note);
    let id = refusal.finish_with(id)?;
    let unit = cx.begin().await?;
    replications::record_trial(&unit, &id, seen, input.expected_revision.map(i64::from)).await?;
    unit.commit(Written::record(id.into_string())).await
}

async fn conclude(cx: &MutationContext<'_>, input: ConcludeReplicationInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.replication_id.check(&mut refusal, "replicationId");
    let seen = seen(&mut refusal, input.conditions_held, input.conditions_missing, input.note);
    let id = refusal.finish_with(id)?;
    let end = Conclusion { conclusion: input.conclusion.0, outcome: input.outcome.0, seen };
    let unit = cx.begin().await?;
    replications::conclude(&unit, &id, end, input.expected_revision.map(i64::from)).await?;
    unit.commit(Written::record(id.into_string())).await
}

async fn verify(cx: &MutationContext<'_>, input: VerifyReplicationInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.replication_id.check(&mut refusal, "replicationId");
    let note = refusal.take("note", text::check(&input.note, &text::MESSAGE));
    let (id, note) = refusal.finish_with(id.zip(note))?;
    let unit = cx.begin().await?;
    replications::verify(&unit, &id, note, input.expected_revision.map(i64::from)).await?;
    unit.commit(Written::record(id.into_string())).await
}
