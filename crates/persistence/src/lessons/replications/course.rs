//! How a try goes: what is seen meanwhile, how it ends, and that someone else has checked it.

use maip_domain::error_code::ErrorCode;
use maip_domain::id::ReplicationId;
use maip_domain::lessons::replication::ConclusionError;
use maip_domain::lessons::{Outcome, ReplicationAction, ReplicationConclusion};
use maip_domain::policy::Action;
use maip_domain::transition::ForbiddenTransition;

use super::tried::Tried;
use crate::code::Code;
use crate::write::{Unit, UserError, WriteResult};

/// What those who try it say of it; the texts are checked already. What isn't said stays.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Conditions of the lesson that were there.
    pub held: Option<Vec<String>>,
    /// Conditions of the lesson that were missing.
    pub missing: Option<Vec<String>>,
    /// What happened.
    pub note: Option<String>,
}

/// How a try ended.
#[derive(Clone, Debug)]
pub struct Conclusion {
    /// What was decided.
    pub conclusion: ReplicationConclusion,
    /// Whether it worked.
    pub outcome: Outcome,
    /// What was seen.
    pub seen: Seen,
}

/// Says what was seen of a try so far; the first time it begins with that.
///
/// # Errors
/// The policy's; a stale revision; `WRONG_STATE` where it is concluded.
pub async fn record_trial(
    unit: &Unit<'_>,
    id: &ReplicationId,
    seen: Seen,
    expected: Option<i64>,
) -> WriteResult<()> {
    let mut tried = Tried::lock(unit, id, Action::RecordTrial, expected).await?;
    let before = tried.model.status.0;
    let status = before.apply(ReplicationAction::RecordTrial).map_err(forbidden)?;
    tried.model.status = Code(status);
    tried.model.trial_at = tried.model.trial_at.or_else(|| Some(unit.now().micros()));
    let fields = if status == before { Vec::new() } else { vec!["status"] };
    tried.say(unit, seen, "replication.trial_recorded", fields).await
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
    let mut tried = Tried::lock(unit, id, Action::Update, expected).await?;
    let (status, outcome) =
        tried.model.status.0.conclude(end.conclusion, Some(end.outcome)).map_err(|error| match error {
            ConclusionError::OutcomeMissing => {
                UserError::at("outcome", ErrorCode::Required, error.to_string())
            }
            ConclusionError::Forbidden(error) => forbidden(error),
        })?;
    tried.model.status = Code(status);
    tried.model.conclusion = Some(Code(end.conclusion));
    tried.model.outcome = Some(Code(outcome));
    tried.model.concluded_at = Some(unit.now().micros());
    tried.say(unit, end.seen, "replication.concluded", vec!["status", "outcome"]).await
}

/// Verifies what is said of a concluded try, as someone who had no part in it.
///
/// # Errors
/// The policy's; a stale revision; `WRONG_STATE` where it isn't concluded, or verified already.
pub async fn verify(
    unit: &Unit<'_>,
    id: &ReplicationId,
    note: String,
    expected: Option<i64>,
) -> WriteResult<()> {
    let me = unit.account()?;
    let mut tried = Tried::lock(unit, id, Action::Verify, expected).await?;
    let status = tried.model.status.0.apply(ReplicationAction::Verify).map_err(forbidden)?;
    tried.model.status = Code(status);
    tried.model.verified_at = Some(unit.now().micros());
    tried.model.verified_by = Some(me.into_string());
    tried.model.verification_note = note;
    tried.store(unit, "replication.verified", &["status", "verificationNote"]).await
}

fn forbidden(error: ForbiddenTransition) -> UserError {
    UserError { field: Some("replicationId".to_owned()), ..error.into() }
}
