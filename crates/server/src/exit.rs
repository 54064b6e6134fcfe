//! How the program ends: a number for scripts, a sentence for people.

use std::fmt;
use std::process::ExitCode;

use maip_persistence::write::WriteError;

/// Why it ended without doing what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Something unexpected.
    Internal = 1,
    /// The command line can't be read.
    Usage = 2,
    /// The configuration can't be used.
    Configuration = 3,
    /// The database can't be reached or doesn't work.
    Database = 4,
    /// The database has no schema.
    SchemaMissing = 5,
    /// The database has the schema of an earlier version.
    SchemaOlder = 6,
    /// The database has the schema of a later version.
    SchemaNewer = 7,
    /// The address can't be listened on.
    Address = 8,
    /// An input file is refused.
    Input = 9,
    /// An output file can't be written, or is there already.
    Output = 10,
    /// The request is refused, as the API would refuse it.
    Refused = 11,
    /// The audit chain is broken.
    AuditBroken = 12,
    /// The keys are missing, or are not those of the database.
    Keys = 13,
}

impl Exit {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Internal,
        Self::Usage,
        Self::Configuration,
        Self::Database,
        Self::SchemaMissing,
        Self::SchemaOlder,
        Self::SchemaNewer,
        Self::Address,
        Self::Input,
        Self::Output,
        Self::Refused,
        Self::AuditBroken,
        Self::Keys,
    ];

    /// The number.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// What it means, as docs/errors.md says it.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Internal => "Something unexpected; standard error says what.",
            Self::Usage => "The command line can't be read.",
            Self::Configuration => "The configuration can't be used.",
            Self::Database => "The database can't be reached or doesn't work.",
            Self::SchemaMissing => "The database has no schema: run `maip migrate`.",
            Self::SchemaOlder => "The database has the schema of an earlier version: run `maip migrate`.",
            Self::SchemaNewer => {
                "The database has the schema of a later version: use that version of `maip`."
            }
            Self::Address => "The address can't be listened on; most often the port is in use.",
            Self::Input => "An input file is refused; nothing of it was stored.",
            Self::Output => "An output file can't be written, or is there already.",
            Self::Refused => "The request is refused; nothing was changed.",
            Self::AuditBroken => "The audit chain is broken.",
            Self::Keys => "The keys are missing, can't be read, or are not those of the database.",
        }
    }
}

/// An end without success.
#[derive(Debug)]
pub struct Failure {
    /// The number.
    pub exit: Exit,
    /// The sentence.
    pub message: String,
}

/// What commands give.
pub type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// With a sentence.
    pub fn new(exit: Exit, message: impl fmt::Display) -> Self {
        Self { exit, message: message.to_string() }
    }

    /// Says it on standard error, and gives the number.
    pub fn report(&self) -> ExitCode {
        eprintln!("error: {}", self.message);
        ExitCode::from(self.exit.code())
    }
}

impl From<maip_persistence::DbErr> for Failure {
    fn from(error: maip_persistence::DbErr) -> Self {
        Self::new(Exit::Database, format!("the database failed: {error}"))
    }
}

/// What is wrong, one thing a line.
impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Refused(errors) => {
                let lines: Vec<String> = errors
                    .into_iter()
                    .map(|error| match error.field {
                        Some(field) => format!("{field}: {}", error.message),
                        None => error.message,
                    })
                    .collect();
                Self::new(Exit::Refused, lines.join("\n"))
            }
            WriteError::Database(error) => error.into(),
            other => Self::new(Exit::Internal, other),
        }
    }
}

impl From<crate::config::ConfigError> for Failure {
    fn from(error: crate::config::ConfigError) -> Self {
        Self::new(Exit::Configuration, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_lists_every_code_with_its_meaning() {
        let page = include_str!("../../../docs/errors.md");
        for exit in Exit::ALL {
            let row = format!("| {} | {} |", exit.code(), exit.meaning());
            assert!(page.contains(&row), "docs/errors.md lacks: {row}");
        }
        let rows = page.lines().skip_while(|line| !line.starts_with("## Exit codes")).skip(1);
        let codes = rows
            .take_while(|line| !line.starts_with("## "))
            .filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse::<u8>().ok())
            .filter(|code| *code != 0);
        assert_eq!(codes.count(), Exit::ALL.len());
    }
}
