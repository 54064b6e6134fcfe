//! Conditions in English: `Expr` as a person reads it.

use super::super::{
    ANY_CONTRIBUTOR, BY_PARENT_VISIBILITY, BY_VISIBILITY, MEMBER, OFFICER, PLATFORM_MANAGER, TOKEN_COUNTRIES,
    cooperation, lessons, membership, translations,
};
use crate::closed_set::ClosedSet as _;
use crate::policy::expr::{Attribute, Expr, Related};
use crate::policy::viewer::{FactSet, Flag};

/// An expression that has a name, and what is said where it stands.
pub struct Named {
    /// The expression.
    pub expr: Expr,
    /// What stands in its place; the words between stars are the name.
    pub phrase: &'static str,
}

/// The names, so that a rule of ten conditions reads as one of three.
pub const NAMED: &[Named] = &[
    Named { expr: BY_VISIBILITY, phrase: "its *visibility* includes you" },
    Named { expr: BY_PARENT_VISIBILITY, phrase: "its *lesson's visibility* includes you" },
    Named { expr: PLATFORM_MANAGER, phrase: "you *manage the platform*" },
    Named { expr: OFFICER, phrase: "you *hold an office*" },
    Named { expr: membership::APPOINTS, phrase: "you *appoint* to such an office" },
    Named { expr: ANY_CONTRIBUTOR, phrase: "you *contribute* somewhere" },
    Named { expr: Expr::ViewerAmong(Related::Contributors), phrase: "you are one of its *contributors*" },
    Named { expr: lessons::INSIDERS, phrase: "you are an *insider* of the lesson" },
    Named { expr: lessons::REVIEWER, phrase: "you are a *reviewer* for its country" },
    Named { expr: translations::TRANSLATES, phrase: "you are the *translator*" },
    Named { expr: lessons::TRIED, phrase: "you had a *part in the try*" },
    Named { expr: cooperation::OWNER, phrase: "you are its *owner*" },
    Named { expr: TOKEN_COUNTRIES, phrase: "tokens see *their countries* only" },
];

/// Says the condition in one line. Nested alternatives come in brackets.
pub fn inline(expr: &Expr) -> String {
    named(expr).map_or_else(|| spelled_out(expr), ToOwned::to_owned)
}

/// The same, without the expression's own name.
pub fn spelled_out(expr: &Expr) -> String {
    match *expr {
        Expr::All(parts) => joined(parts, "and"),
        Expr::Any(parts) => joined(parts, "or"),
        _ => atom(expr),
    }
}

/// The alternatives of a condition, each a line of its own where it is more than a line can hold,
/// and what must hold in every case.
pub fn alternatives(expr: &Expr) -> (Vec<String>, Vec<String>) {
    match *expr {
        Expr::Any(parts) if named(expr).is_none() => (parts.iter().map(inline).collect(), Vec::new()),
        Expr::All(parts) => {
            let (wide, always): (Vec<&Expr>, Vec<&Expr>) =
                parts.iter().partition(|part| matches!(part, Expr::Any(_)) && named(part).is_none());
            match wide.as_slice() {
                [one] => (alternatives(one).0, always.into_iter().map(inline).collect()),
                _ => (vec![inline(expr)], Vec::new()),
            }
        }
        _ => (vec![inline(expr)], Vec::new()),
    }
}

fn named(expr: &Expr) -> Option<&'static str> {
    NAMED.iter().find(|named| named.expr == *expr).map(|named| named.phrase)
}

fn joined(parts: &[Expr], word: &str) -> String {
    let parts: Vec<String> = parts.iter().map(bracketed).collect();
    // With commas inside, commas between would mislead.
    let plain = |part: &String| !part.contains(", ") && !part.contains(" or ");
    match parts.split_last() {
        Some((last, rest)) if rest.len() > 1 && parts.iter().all(plain) => {
            format!("{} {word} {last}", rest.join(", "))
        }
        _ => parts.join(&format!(" {word} ")),
    }
}

fn bracketed(part: &Expr) -> String {
    let said = inline(part);
    if matches!(part, Expr::All(_) | Expr::Any(_)) && named(part).is_none() {
        format!("({said})")
    } else {
        said
    }
}

fn atom(expr: &Expr) -> String {
    match *expr {
        Expr::Always => "anyone".to_owned(),
        Expr::Never => "no one".to_owned(),
        Expr::All(_) | Expr::Any(_) => format!("({})", inline(expr)),
        Expr::Not(part) => negated(part),
        Expr::Is(attribute, value) => format!("{} is `{value}`", noun(attribute)),
        Expr::OneOf(attribute, values) => format!("{} is {}", noun(attribute), codes(values)),
        Expr::Empty(attribute) => empty(attribute),
        Expr::Viewer(flag) => flag_phrase(flag).to_owned(),
        Expr::Scope(scope) => format!("tokens need the scope `{}`", scope.code()),
        Expr::ViewerIs(attribute) => own(attribute).to_owned(),
        Expr::ViewerAmong(related) => among(related).to_owned(),
        Expr::In(attribute, set) => belongs(set, noun(attribute)),
        Expr::Holds(set) => belongs(set, any(set)),
        Expr::Meets(related, set) => belongs(set, &format!("one of {}", nouns(related))),
        Expr::Beyond(set, related) => belongs(set, &format!("{} besides {}", any(set), nouns(related))),
        Expr::Has(related, value) => format!("`{value}` is among {}", nouns(related)),
    }
}

fn negated(part: &Expr) -> String {
    let said = bracketed(part);
    for (yes, no) in [
        ("you are ", "you aren't "),
        ("it is ", "it isn't "),
        ("it was never ", "it was "),
        ("you belong ", "you don't belong "),
        ("you had a ", "you had no "),
    ] {
        if let Some(rest) = said.strip_prefix(yes) {
            return format!("{no}{rest}");
        }
    }
    match *part {
        Expr::Is(attribute, value) => format!("{} isn't `{value}`", noun(attribute)),
        _ => format!("not: {said}"),
    }
}

fn codes(values: &[&str]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

fn flag_phrase(flag: Flag) -> &'static str {
    match flag {
        Flag::Person => "you are signed in",
        Flag::Token => "you are an API token",
        Flag::Member => "you are a member",
        Flag::Secretariat => "you belong to the secretariat",
        Flag::SystemAdministrator => "you are a system administrator",
        Flag::AllCountries => "you aren't a token with a list of countries",
    }
}

/// A single-valued attribute.
fn noun(attribute: Attribute) -> &'static str {
    match attribute {
        Attribute::Id => "it",
        Attribute::State => "its state",
        Attribute::Visibility => "its visibility",
        Attribute::Platform => "its platform",
        Attribute::Country => "its country",
        Attribute::Region => "its region",
        Attribute::Owner => "its person",
        Attribute::Recorder => "who recorded it",
        Attribute::Counterpart => "the other side",
        Attribute::Organisation => "its organisation",
        Attribute::Role => "its role",
        Attribute::OpenState => "the state of the version being worked on",
        Attribute::ParentState => "its parent's state",
        Attribute::EditionState => "the state of its version",
        Attribute::ParentPlatform => "the platform of its lesson",
        Attribute::ParentCountry => "the country of its lesson",
        Attribute::Attribution => "how the author is named",
        Attribute::HandedIn => "whether it was handed in",
        Attribute::ReviewLevel => "the nearest level with a reviewer who has no part in it",
        Attribute::PlatformStage => "the stage of its platform",
        Attribute::LastFacilitator => "whether it is the last facilitator's",
        Attribute::CounterpartOrganisation => "the organisation that it names",
        Attribute::RecorderOrganisation => "the organisation whose token wrote it down",
        Attribute::Translator => "who translates it",
        Attribute::TranslatorWrote => "whether its translator has a part in the lesson",
        Attribute::Requester => "who asked for it",
    }
}

/// A many-valued attribute.
fn nouns(related: Related) -> &'static str {
    match related {
        Related::Contributors => "its contributors",
        Related::AuthoringOrganisations => "the organisations for which it was written",
        Related::ConsentedAccounts => "the accounts that a valid consent names",
        Related::ConsentedOrganisations => "the organisations that a valid consent names",
        Related::ConsentedAudiences => "the audiences that a valid consent names",
        Related::MemberPlatforms => "the platforms of the person",
        Related::CandidatePlatforms => {
            "the platforms in which the person is a member, suspended, invited or waiting for an answer"
        }
        Related::MemberCountries | Related::CandidateCountries => "the countries of these platforms",
        Related::Organisations => "the person's organisations",
        Related::Invited => "those who are invited",
        Related::Engaged => "those who are members of it, suspended, invited or waiting for an answer",
        Related::Awaiting => "those who wait for an answer of its owner",
        Related::EndorsingCountries => "those that endorse its published version",
        Related::HomePlatform => "its own",
        Related::Triers => "those who said what came of it",
    }
}

fn empty(attribute: Attribute) -> String {
    match attribute {
        Attribute::OpenState => "no version is being worked on".to_owned(),
        Attribute::HandedIn => "it was never handed in".to_owned(),
        Attribute::LastFacilitator => "it isn't the last facilitator's".to_owned(),
        Attribute::Platform => "it names no platform".to_owned(),
        Attribute::Role => {
            "the person holds no office, manages no organisation, and is no facilitator, secretary or broker"
                .to_owned()
        }
        _ => format!("{} isn't given", noun(attribute)),
    }
}

fn own(attribute: Attribute) -> &'static str {
    match attribute {
        Attribute::Id => "it is your account",
        Attribute::Owner => "it is yours",
        Attribute::Recorder => "you recorded it for another",
        Attribute::Counterpart => "you are the other side",
        Attribute::Translator => "you are its translator",
        Attribute::Requester => "you are the one who asked for it",
        _ => "it names you",
    }
}

fn among(related: Related) -> &'static str {
    match related {
        Related::Contributors => "you wrote it, alone or with others, or recorded it for its author",
        Related::ConsentedAccounts => "a valid consent names you",
        Related::Invited => "you are invited to it",
        Related::Engaged => "you are a member of it, suspended, invited or waiting for an answer",
        Related::Awaiting => "you are waiting for an answer of its owner",
        Related::Triers => "you said what came of it, as it went or at its end",
        _ => "you are among those that it names",
    }
}

/// What it says of you that something is in a set of yours.
fn belongs(set: FactSet, what: &str) -> String {
    match set {
        FactSet::MemberPlatforms => format!("you are a member of {what}"),
        FactSet::ContributorPlatforms => {
            format!("you are a member of {what} with another role than `OBSERVER`")
        }
        FactSet::FacilitatedPlatforms => format!("you are a facilitator of {what}"),
        FactSet::RecorderPlatforms => format!("you are `FACILITATOR`, `SECRETARY` or `BROKER` of {what}"),
        FactSet::ContributorCountries => {
            format!("you are a member of a platform of {what} with another role than `OBSERVER`")
        }
        FactSet::FocalCountries => format!("you are the national focal point of {what}"),
        FactSet::TechnicalCountries => format!("you are a technical officer for {what}"),
        FactSet::TaskForceCountries => format!("you belong to the task force of {what}"),
        FactSet::FocalRegions => format!("you are the regional focal point of {what}"),
        FactSet::ManagedOrganisations => format!("you are a manager of {what}"),
        FactSet::Organisations => format!("you belong to {what}"),
        FactSet::TokenCountries => format!("{what} is on the token's list"),
    }
}

fn any(set: FactSet) -> &'static str {
    match set {
        FactSet::MemberPlatforms
        | FactSet::ContributorPlatforms
        | FactSet::FacilitatedPlatforms
        | FactSet::RecorderPlatforms => "any platform",
        FactSet::ContributorCountries
        | FactSet::FocalCountries
        | FactSet::TechnicalCountries
        | FactSet::TaskForceCountries
        | FactSet::TokenCountries => "any country",
        FactSet::FocalRegions => "any region",
        FactSet::ManagedOrganisations | FactSet::Organisations => "any organisation",
    }
}

#[test]
fn a_condition_reads_as_a_sentence() {
    assert_eq!(inline(&MEMBER), "you are a member");
    assert_eq!(inline(&Expr::Not(&cooperation::OWNER)), "you aren't its *owner*");
    let nested = Expr::Any(&[MEMBER, Expr::All(&[Expr::Is(Attribute::State, "PUBLISHED"), MEMBER])]);
    assert_eq!(inline(&nested), "you are a member or (its state is `PUBLISHED` and you are a member)");
}
