//! What a request asks: its verb, and the arguments that belong to it.

use maip_api::Timestamp;

use super::problem::Problem;
use super::stamp::{self, Bound};
use super::{FORMAT, sets};

/// Far above any identifier, set or token of ours.
const LONGEST_VALUE: usize = 2_048;

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Verb {
    Identify,
    ListMetadataFormats { identifier: Option<String> },
    ListSets { token: Option<String> },
    GetRecord { identifier: String },
    List { what: Listed, from: From },
}

/// What a list has in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    Identifiers,
    Records,
}

/// Where a list begins.
#[derive(Debug, PartialEq, Eq)]
pub enum From {
    /// At its beginning.
    Beginning(Wanted),
    /// Where an earlier answer ended.
    Token(String),
}

/// Which lessons a list has.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Changed at this instant at the earliest.
    pub from: Option<String>,
    /// Changed before this instant.
    pub before: Option<String>,
    /// In this set.
    pub set: Option<String>,
}

const TWICE: Problem = Problem::BadArgument("an argument is said twice");
const UNKNOWN: Problem = Problem::BadArgument("there is an argument that this verb doesn't have");
const MISSING: Problem = Problem::BadArgument("an argument that this verb needs is missing");
const EMPTY: Problem = Problem::BadArgument("an argument is empty or too long");
const EXCLUSIVE: Problem = Problem::BadArgument("with resumptionToken there is no other argument");

/// Arguments, each said once.
struct Arguments<'a>(Vec<(&'a str, &'a str)>);

impl Arguments<'_> {
    fn take(&mut self, name: &str) -> Option<String> {
        let place = self.0.iter().position(|(known, _)| *known == name)?;
        Some(self.0.swap_remove(place).1.to_owned())
    }

    /// Nothing may be left.
    fn done(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(UNKNOWN) }
    }
}

/// Reads the arguments of a request.
pub fn arguments(pairs: &[(String, String)]) -> Result<Verb, Problem> {
    let mut verbs = pairs.iter().filter(|(name, _)| name == "verb").map(|(_, value)| value.as_str());
    let (Some(verb), None) = (verbs.next(), verbs.next()) else { return Err(Problem::BadVerb) };
    let mut said = Arguments(Vec::new());
    for (name, value) in pairs.iter().filter(|(name, _)| name != "verb") {
        if said.0.iter().any(|(known, _)| known == name) {
            return Err(TWICE);
        }
        said.0.push((name, value));
    }
    let known =
        ["Identify", "ListMetadataFormats", "ListSets", "GetRecord", "ListIdentifiers", "ListRecords"];
    if !known.contains(&verb) {
        return Err(Problem::BadVerb);
    }
    if said.0.iter().any(|(_, value)| value.is_empty() || value.len() > LONGEST_VALUE) {
        return Err(EMPTY);
    }
    let read = match verb {
        "Identify" => Verb::Identify,
        "ListMetadataFormats" => Verb::ListMetadataFormats { identifier: said.take("identifier") },
        "ListSets" => Verb::ListSets { token: said.take("resumptionToken") },
        "GetRecord" => {
            let (identifier, format) = (said.take("identifier"), said.take("metadataPrefix"));
            said.done()?;
            let (Some(identifier), Some(format)) = (identifier, format) else { return Err(MISSING) };
            require_format(&format)?;
            return Ok(Verb::GetRecord { identifier });
        }
        list => {
            let what = if list == "ListRecords" { Listed::Records } else { Listed::Identifiers };
            return Ok(Verb::List { what, from: beginning(said)? });
        }
    };
    said.done()?;
    Ok(read)
}

fn beginning(mut said: Arguments<'_>) -> Result<From, Problem> {
    if let Some(token) = said.take("resumptionToken") {
        return if said.0.is_empty() { Ok(From::Token(token)) } else { Err(EXCLUSIVE) };
    }
    let format = said.take("metadataPrefix");
    let (from, until, set) = (said.take("from"), said.take("until"), said.take("set"));
    said.done()?;
    let bound = |text: Option<String>| text.map(|text| stamp::bound(&text)).transpose();
    let (from, until): (Option<Bound>, Option<Bound>) = (bound(from)?, bound(until)?);
    if let (Some(from), Some(until)) = (&from, &until) {
        if from.is_day != until.is_day {
            return Err(Problem::BadArgument("from and until have to be of one granularity"));
        }
        if from.begins > until.begins {
            return Err(Problem::BadArgument("from is later than until"));
        }
    }
    if set.as_deref().is_some_and(|set| !sets::is_of_the_form(set)) {
        return Err(Problem::BadArgument("set is not of the form of a set"));
    }
    require_format(&format.ok_or(MISSING)?)?;
    Ok(From::Beginning(Wanted {
        from: from.map(|from| from.begins.to_rfc3339()),
        before: until.and_then(Bound::ends).map(Timestamp::to_rfc3339),
        set,
    }))
}

fn require_format(format: &str) -> Result<(), Problem> {
    if format == FORMAT { Ok(()) } else { Err(Problem::CannotDisseminateFormat) }
}
