//! Resumption tokens: the whole place of a harvester in a list, sealed. Nothing is kept for it here, so a token is good
//! on every node, for as long as the keys are, and as often as it is used.

use serde::{Deserialize, Serialize};

use super::arguments::Wanted;
use super::problem::Problem;
use crate::installation::Installation;

/// What else is sealed by the same keys is not taken for a token.
const PURPOSE: &str = "oai resumption token";

/// A place in a list.
#[derive(Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Token {
    /// Of which list: `R` records, `I` identifiers, `S` sets.
    #[serde(rename = "l")]
    pub list: char,
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub set: Option<String>,
    /// After which record, as the API says it.
    #[serde(rename = "a")]
    pub after: String,
    /// How many were told before.
    #[serde(rename = "n")]
    pub told: u64,
}

impl Token {
    /// What the harvester gets.
    pub fn seal(&self, installation: &impl Installation) -> String {
        // Texts and numbers are JSON always.
        installation.seal(PURPOSE, &serde_json::to_string(self).unwrap_or_default())
    }

    /// What it came back with.
    pub fn open(installation: &impl Installation, sealed: &str, list: char) -> Result<Self, Problem> {
        let plain = installation.open(PURPOSE, sealed);
        let token: Option<Self> = plain.and_then(|plain| serde_json::from_str(&plain).ok());
        token.filter(|token| token.list == list).ok_or(Problem::BadResumptionToken)
    }

    /// Which records the list has.
    pub fn wanted(&mut self) -> Wanted {
        Wanted { from: self.from.take(), before: self.before.take(), set: self.set.take() }
    }
}
