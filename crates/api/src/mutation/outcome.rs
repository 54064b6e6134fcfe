//! What became of a mutation, as its payload shows it.

use maip_persistence::DbErr;
use maip_persistence::files::StoreError;
use maip_persistence::read::viewer::Viewer;
use maip_persistence::write::{Stale, UserError, WriteError, WriteResult, Written};
use serde_json::{Map, Value};

/// The answer of a mutation, before its record is read back.
#[derive(Debug, Default)]
pub struct MutationOutcome {
    /// The id of the payload's record; in a conflict, of the record as it stands.
    pub record: Option<String>,
    /// Other values of the payload, by field.
    pub extras: Map<String, Value>,
    /// As whom the payload is read, where that has changed.
    pub read_as: Option<Viewer>,
    /// Why it was refused.
    pub user_errors: Vec<UserError>,
    /// The record was changed meanwhile.
    pub conflict: Option<Conflict>,
}

/// A stale revision.
#[derive(Debug)]
pub struct Conflict {
    /// Which record and revisions.
    pub stale: Stale,
    /// What the client sent, as it was understood.
    pub mine: Value,
}

/// Why a mutation has no payload at all: answered as a top-level error.
#[derive(Debug)]
pub enum MutationFailure {
    /// The input isn't of its type.
    BadInput(String),
    /// The credentials don't hold.
    Unauthenticated,
    /// Too much at a time: try again.
    Busy,
    /// The line in which files wait is full: try again, but not at once.
    LineFull,
    /// The database failed.
    Database(DbErr),
    /// The store of files failed.
    Files(StoreError),
    /// A defect of ours.
    Broken(&'static str),
}

pub(super) fn of(result: WriteResult<Written>, mine: Value) -> Result<MutationOutcome, MutationFailure> {
    match result {
        Ok(written) => Ok(written.into()),
        Err(WriteError::Replayed(replay)) => Ok(Written::from(replay).into()),
        Err(WriteError::Refused(user_errors)) => Ok(MutationOutcome { user_errors, ..Default::default() }),
        Err(WriteError::Stale(stale)) => Ok(MutationOutcome {
            user_errors: vec![UserError::at(
                "expectedRevision",
                maip_domain::error_code::ErrorCode::StaleRevision,
                "the record was changed since you read it: see conflict",
            )],
            conflict: Some(Conflict { stale, mine }),
            ..Default::default()
        }),
        Err(WriteError::Unauthenticated) => Err(MutationFailure::Unauthenticated),
        Err(WriteError::Busy | WriteError::Overtaken) => Err(MutationFailure::Busy),
        Err(WriteError::LineFull) => Err(MutationFailure::LineFull),
        Err(WriteError::Database(error)) => Err(MutationFailure::Database(error)),
        Err(WriteError::Files(error)) => Err(MutationFailure::Files(error)),
        Err(WriteError::Broken(what)) => Err(MutationFailure::Broken(what)),
    }
}

impl From<Written> for MutationOutcome {
    fn from(written: Written) -> Self {
        let Written { record, extras, read_as } = written;
        Self { record, extras, read_as, user_errors: Vec::new(), conflict: None }
    }
}
