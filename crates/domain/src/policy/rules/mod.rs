//! The rules of each kind of record. `docs/policy.md` is the table that a person reads; this is the
//! one that the programs read.

pub mod cooperation;
pub mod identity;
pub mod lessons;
pub mod membership;
#[cfg(test)]
mod page;
pub mod record;
pub mod translations;
pub mod vocabulary;

use super::action::{Clause, Policy, Reason};
use super::expr::Attribute::{Country, ParentCountry, ParentPlatform, Platform, Region, Visibility};
use super::expr::Expr;
use super::viewer::{FactSet, Flag};
use crate::identity::scope::Scope;

/// Every policy, for tests that walk them all.
pub const ALL: &[&Policy] = &[
    &identity::VIEWER,
    &identity::ACCOUNT,
    &identity::LOGIN,
    &identity::SESSION,
    &identity::ORGANISATION,
    &identity::API_TOKEN,
    &membership::PLATFORM,
    &membership::MEMBERSHIP,
    &membership::APPOINTMENT,
    &vocabulary::REFERENCE,
    &vocabulary::CONCEPT,
    &lessons::LESSON,
    &lessons::LESSON_VERSION,
    &lessons::LESSON_ATTACHMENT,
    &lessons::REVIEW_ENTRY,
    &lessons::ENDORSEMENT,
    &lessons::REPLICATION,
    &translations::LESSON_TRANSLATION,
    &translations::TRANSLATION_REQUEST,
    &cooperation::CONTACT_CARD,
    &cooperation::CONTACT_DETAIL,
    &cooperation::INTRODUCTION,
    &cooperation::CONSENT,
    &cooperation::DISCLOSURE,
    &record::AUDIT_ENTRY,
    &record::PART,
];

const PERSON: Expr = Expr::Viewer(Flag::Person);
const TOKEN: Expr = Expr::Viewer(Flag::Token);
const MEMBER: Expr = Expr::Viewer(Flag::Member);
const SECRETARIAT: Expr = Expr::Viewer(Flag::Secretariat);
const ADMINISTRATOR: Expr = Expr::Viewer(Flag::SystemAdministrator);
const FOCAL_POINT: Expr = Expr::In(Country, FactSet::FocalCountries);
const TECHNICAL_OFFICER: Expr = Expr::In(Country, FactSet::TechnicalCountries);
/// Follows what goes on in the country; decides and reviews nothing.
const TASK_FORCE: Expr = Expr::In(Country, FactSet::TaskForceCountries);
const REGIONAL_FOCAL_POINT: Expr = Expr::In(Region, FactSet::FocalRegions);
const PLATFORM_MEMBER: Expr = Expr::In(Platform, FactSet::MemberPlatforms);
const PLATFORM_FACILITATOR: Expr = Expr::In(Platform, FactSet::FacilitatedPlatforms);
/// Who manages a platform: its facilitator, its country's focal point, the secretariat.
const PLATFORM_MANAGER: Expr = Expr::Any(&[PLATFORM_FACILITATOR, FOCAL_POINT, SECRETARIAT]);

/// A token with a list of countries sees records of these countries only.
const TOKEN_COUNTRIES: Expr =
    Expr::Any(&[Expr::Viewer(Flag::AllCountries), Expr::In(Country, FactSet::TokenCountries)]);

/// What the visibility of a record opens, to whom. MEMBERS is wider than PLATFORM, so whoever sees
/// the narrower sees the wider, member or not.
const BY_VISIBILITY: Expr = Expr::Any(&[
    Expr::Is(Visibility, "PUBLIC"),
    Expr::All(&[Expr::Is(Visibility, "MEMBERS"), MEMBER]),
    Expr::All(&[
        Expr::OneOf(Visibility, &["MEMBERS", "PLATFORM"]),
        Expr::Any(&[PLATFORM_MEMBER, FOCAL_POINT, TECHNICAL_OFFICER, TASK_FORCE, SECRETARIAT]),
    ]),
]);

/// The same for a record that is seen with its parent and has a platform and a country of its own.
const BY_PARENT_VISIBILITY: Expr = Expr::Any(&[
    Expr::Is(Visibility, "PUBLIC"),
    Expr::All(&[Expr::Is(Visibility, "MEMBERS"), MEMBER]),
    Expr::All(&[
        Expr::OneOf(Visibility, &["MEMBERS", "PLATFORM"]),
        Expr::Any(&[
            Expr::In(ParentPlatform, FactSet::MemberPlatforms),
            Expr::In(ParentCountry, FactSet::FocalCountries),
            Expr::In(ParentCountry, FactSet::TechnicalCountries),
            Expr::In(ParentCountry, FactSet::TaskForceCountries),
            SECRETARIAT,
        ]),
    ]),
]);

/// Holds an office in a country or a region, or in the secretariat.
const OFFICER: Expr = Expr::Any(&[
    Expr::Holds(FactSet::FocalCountries),
    Expr::Holds(FactSet::TechnicalCountries),
    Expr::Holds(FactSet::TaskForceCountries),
    Expr::Holds(FactSet::FocalRegions),
    SECRETARIAT,
]);

/// Writes more than an observer does, in any platform.
const ANY_CONTRIBUTOR: Expr = Expr::Holds(FactSet::ContributorPlatforms);

/// A person, or an API token.
const KNOWN: Clause = needs(Expr::Any(&[PERSON, TOKEN]), Reason::SignInNeeded);
/// Of tokens, those that may write lessons.
const MAY_WRITE: Clause = needs(Expr::Scope(Scope::LessonsWrite), Reason::MissingScope);

/// Of tokens, those that may translate.
const MAY_TRANSLATE: Clause = needs(Expr::Scope(Scope::TranslationsWrite), Reason::MissingScope);
/// Who translates: an organisation that is cleared for it, and of people those who contribute somewhere.
const TRANSLATORS: Clause = needs(Expr::Any(&[TOKEN, ANY_CONTRIBUTOR]), Reason::MembershipNeeded);

const fn needs(holds: Expr, otherwise: Reason) -> Clause {
    Clause { holds, otherwise }
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn no_rule_goes_by_who_else_is_among_the_accounts_of_a_record() {
        for policy in ALL {
            assert!(!policy.read.asks_for_others(), "{}", policy.subject);
            for rule in policy.rules {
                let others = rule.clauses.iter().any(|clause| clause.holds.asks_for_others());
                assert!(!others, "{} {:?}", policy.subject, rule.action);
            }
        }
    }
}
