//! The errors of the protocol.

use super::super::ask::Refusal;

/// What the protocol has a code for. Two of its codes never come: each lesson has a format
/// (`noMetadataFormats`), and there are sets (`noSetHierarchy`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The verb is missing, is said twice or is none.
    BadVerb,
    /// An argument is missing, unknown, said twice or not of its form; says what.
    BadArgument(&'static str),
    /// Not a token of ours, or not of this verb.
    BadResumptionToken,
    /// A format that there isn't.
    CannotDisseminateFormat,
    /// There is no such lesson, or it isn't public.
    IdDoesNotExist,
    /// Nothing changed then, or there is no such set.
    NoRecordsMatch,
}

impl Problem {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::BadVerb => "badVerb",
            Self::BadArgument(_) => "badArgument",
            Self::BadResumptionToken => "badResumptionToken",
            Self::CannotDisseminateFormat => "cannotDisseminateFormat",
            Self::IdDoesNotExist => "idDoesNotExist",
            Self::NoRecordsMatch => "noRecordsMatch",
        }
    }

    /// What is wrong, for people.
    pub fn message(self) -> &'static str {
        match self {
            Self::BadVerb => {
                "verb is one of Identify, ListMetadataFormats, ListSets, ListIdentifiers, ListRecords and GetRecord, said once"
            }
            Self::BadArgument(message) => message,
            Self::BadResumptionToken => "not a resumption token of this repository and verb",
            Self::CannotDisseminateFormat => "the one format is oai_dc",
            Self::IdDoesNotExist => "there is no public lesson with this identifier",
            Self::NoRecordsMatch => "no public lesson matches",
        }
    }
}

/// Why a verb isn't answered.
#[derive(Debug)]
pub enum Failed {
    /// The protocol says it.
    Problem(Problem),
    /// HTTP says it.
    Refusal(Refusal),
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}
