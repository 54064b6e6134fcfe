//! Why a write didn't happen.

use maip_domain::cooperation::detail::DetailError;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::IdError;
use maip_domain::identity::organisation::WebsiteError;
use maip_domain::identity::{LoginError, PasswordError};
use maip_domain::text::TextError;
use maip_domain::transition::ForbiddenTransition;
use sea_orm::DbErr;

use crate::crypto::PasswordFailure;

/// The result of a write.
pub type WriteResult<T> = Result<T, WriteError>;

/// Something the client can mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserError {
    /// The input field, as a path such as `costs.0.amount`; none where it is the whole.
    pub field: Option<String>,
    /// What is wrong, for a program.
    pub code: ErrorCode,
    /// What is wrong, for a person; in English.
    pub message: String,
    /// The state that a record is in, by its code, where that is what is wrong.
    pub state: Option<String>,
}

impl UserError {
    /// About the whole input.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { field: None, code, message: message.into(), state: None }
    }

    /// About one field.
    #[must_use]
    pub fn at(field: impl Into<String>, code: ErrorCode, message: impl Into<String>) -> Self {
        Self { field: Some(field.into()), code, message: message.into(), state: None }
    }

    /// About the state that the record is in: `WRONG_STATE`, with the state in the message and beside it.
    #[must_use]
    pub fn in_state(state: &str, message: impl std::fmt::Display) -> Self {
        let message = format!("{message} (state: {state})");
        Self { state: Some(state.to_owned()), ..Self::new(ErrorCode::WrongState, message) }
    }

    /// The same about one field.
    #[must_use]
    pub fn in_state_at(field: impl Into<String>, state: &str, message: impl std::fmt::Display) -> Self {
        Self { field: Some(field.into()), ..Self::in_state(state, message) }
    }
}

/// A record that was changed since the client read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The record.
    pub record: String,
    /// The revision that the client expected.
    pub expected: i64,
    /// The revision that it has.
    pub actual: i64,
    /// The content as it stood at the expected revision; none where that isn't kept.
    pub base: Option<serde_json::Value>,
}

/// Several refusals, gathered so that a form can show them all at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal(Vec<UserError>);

impl Refusal {
    /// Notes an error and goes on.
    pub fn push(&mut self, error: UserError) {
        self.0.push(error);
    }

    /// The value, or nothing and its error noted under this field.
    pub fn take<T, E>(&mut self, field: &str, result: Result<T, E>) -> Option<T>
    where
        (String, E): Into<UserError>,
    {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.push((field.to_owned(), error).into());
                None
            }
        }
    }

    /// The value, or nothing and what was refused noted; what failed otherwise fails at once.
    ///
    /// # Errors
    /// Those that are no refusal.
    pub fn note<T>(&mut self, result: WriteResult<T>) -> WriteResult<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(WriteError::Refused(errors)) => {
                self.0.extend(errors);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// What was noted.
    #[must_use]
    pub fn into_errors(self) -> Vec<UserError> {
        self.0
    }

    /// Refuses if anything was noted.
    ///
    /// # Errors
    /// [`WriteError::Refused`] with all of it.
    pub fn finish(self) -> WriteResult<()> {
        if self.0.is_empty() { Ok(()) } else { Err(WriteError::Refused(self.0)) }
    }

    /// The value that is there unless something was noted.
    ///
    /// # Errors
    /// [`WriteError::Refused`] with all that was noted.
    pub fn finish_with<T>(self, value: Option<T>) -> WriteResult<T> {
        self.finish()?;
        value.ok_or(WriteError::Broken("an input was neither right nor refused"))
    }
}

impl From<(String, TextError)> for UserError {
    fn from((field, error): (String, TextError)) -> Self {
        let code = match error {
            TextError::NotNfc => ErrorCode::NotNfc,
            TextError::ControlCharacter { .. } => ErrorCode::ControlCharacter,
            TextError::DirectionOverride { .. } => ErrorCode::DirectionOverride,
            TextError::Noncharacter { .. } => ErrorCode::Noncharacter,
            TextError::TooLong { .. } => ErrorCode::TooLong,
            TextError::TooShort { .. } => ErrorCode::TooShort,
            TextError::Unseen { .. } => ErrorCode::Invalid,
            TextError::Empty => ErrorCode::Required,
        };
        Self::at(field, code, error.to_string())
    }
}

impl From<(String, DetailError)> for UserError {
    fn from((field, error): (String, DetailError)) -> Self {
        match error {
            DetailError::Text(error) => (field, error).into(),
            DetailError::Address(LoginError::Empty) => {
                Self::at(field, ErrorCode::Required, "the value is empty")
            }
            DetailError::Address(error) => Self::at(field, ErrorCode::Invalid, error.to_string()),
        }
    }
}

impl From<(String, WebsiteError)> for UserError {
    fn from((field, error): (String, WebsiteError)) -> Self {
        match error {
            WebsiteError::Text(error) => (field, error).into(),
            WebsiteError::Form => Self::at(field, ErrorCode::Invalid, error.to_string()),
        }
    }
}

impl From<(String, IdError)> for UserError {
    fn from((field, error): (String, IdError)) -> Self {
        Self::at(field, ErrorCode::InvalidId, error.to_string())
    }
}

impl From<(String, LoginError)> for UserError {
    fn from((field, error): (String, LoginError)) -> Self {
        let code = if error == LoginError::Empty { ErrorCode::Required } else { ErrorCode::Invalid };
        Self::at(field, code, error.to_string())
    }
}

impl From<(String, PasswordError)> for UserError {
    fn from((field, error): (String, PasswordError)) -> Self {
        Self::at(field, ErrorCode::WeakPassword, error.to_string())
    }
}

/// Why a write didn't happen. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The client can mend it: answered in the payload.
    #[error("refused")]
    Refused(Vec<UserError>),
    /// The record was changed meanwhile: answered in the payload.
    #[error("stale revision")]
    Stale(Stale),
    /// The same mutation was done before: answered as then.
    #[error("done before")]
    Replayed(super::Replay),
    /// The credentials don't hold.
    #[error("the credentials don't hold")]
    Unauthenticated,
    /// Too much at a time.
    #[error("too much at a time")]
    Busy,
    /// The line in which files wait for their turn is full.
    #[error("too many files at a time")]
    LineFull,
    /// Another write changed what this one went by: done again from the start, it counts with that.
    #[error("overtaken by another write")]
    Overtaken,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// The store of files failed.
    #[error(transparent)]
    Files(#[from] crate::files::StoreError),
    /// A defect of ours.
    #[error("{0}")]
    Broken(&'static str),
}

impl WriteError {
    /// Whether the same write, done again from the start, may succeed at once: it gave way to another.
    #[must_use]
    pub fn gave_way(&self) -> bool {
        match self {
            Self::Overtaken => true,
            Self::Database(error) => crate::outage::gave_way(error),
            _ => false,
        }
    }

    /// The same, with what is refused by this code said at this field.
    #[must_use]
    pub fn moved(mut self, code: ErrorCode, field: &str) -> Self {
        if let Self::Refused(errors) = &mut self {
            for error in errors.iter_mut().filter(|error| error.code == code) {
                error.field = Some(field.to_owned());
            }
        }
        self
    }
}

impl From<UserError> for WriteError {
    fn from(error: UserError) -> Self {
        Self::Refused(vec![error])
    }
}

impl From<ForbiddenTransition> for UserError {
    fn from(error: ForbiddenTransition) -> Self {
        let state = Some(error.from.to_owned());
        Self { state, ..Self::new(ErrorCode::WrongState, error.to_string()) }
    }
}

impl From<ForbiddenTransition> for WriteError {
    fn from(error: ForbiddenTransition) -> Self {
        UserError::from(error).into()
    }
}

impl From<PasswordFailure> for WriteError {
    fn from(failure: PasswordFailure) -> Self {
        match failure {
            PasswordFailure::Busy => Self::Busy,
            PasswordFailure::Broken => Self::Broken("a password could not be hashed"),
        }
    }
}
