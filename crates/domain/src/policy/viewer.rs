//! What is known of the one who asks.

use std::collections::{BTreeMap, BTreeSet};

use crate::identity::scope::Scope;

/// A quality of the viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    /// A person with an active account and session.
    Person,
    /// A partner organisation's API token.
    Token,
    /// An active member of any platform; for a token, its organisation is.
    Member,
    /// Holds an office of the secretariat.
    Secretariat,
    /// The system administrator.
    SystemAdministrator,
    /// Not restricted to some countries: every person, and tokens without such a restriction.
    AllCountries,
}

impl Flag {
    /// Every flag.
    pub const ALL: &'static [Self] = &[
        Self::Person,
        Self::Token,
        Self::Member,
        Self::Secretariat,
        Self::SystemAdministrator,
        Self::AllCountries,
    ];
}

/// A set that belongs to the viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactSet {
    /// Platforms in which the viewer is an active member.
    MemberPlatforms,
    /// Of these, the ones in which the viewer may contribute: every role but observer.
    ContributorPlatforms,
    /// Of these, the ones that the viewer facilitates.
    FacilitatedPlatforms,
    /// Of these, the ones in which the viewer may record on behalf of others.
    RecorderPlatforms,
    /// Countries of the platforms in which the viewer may contribute.
    ContributorCountries,
    /// Countries of which the viewer is the national focal point.
    FocalCountries,
    /// Countries for which the viewer is a technical officer.
    TechnicalCountries,
    /// Countries to whose task force the viewer belongs.
    TaskForceCountries,
    /// FAO regions of which the viewer is the focal point.
    FocalRegions,
    /// Organisations that the viewer manages; for a token, none.
    ManagedOrganisations,
    /// Organisations that the viewer belongs to; for a token, its own.
    Organisations,
    /// Countries to which a token is restricted.
    TokenCountries,
}

impl FactSet {
    /// Every set.
    pub const ALL: &'static [Self] = &[
        Self::MemberPlatforms,
        Self::ContributorPlatforms,
        Self::FacilitatedPlatforms,
        Self::RecorderPlatforms,
        Self::ContributorCountries,
        Self::FocalCountries,
        Self::TechnicalCountries,
        Self::TaskForceCountries,
        Self::FocalRegions,
        Self::ManagedOrganisations,
        Self::Organisations,
        Self::TokenCountries,
    ];
}

/// Everything the rules may ask about the one who asks. Read from the database with every request,
/// so that a suspension counts at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewerFacts {
    /// The account, where the viewer is a person.
    pub account: Option<String>,
    /// The qualities that hold.
    pub flags: BTreeSet<Flag>,
    /// The sets; one that is missing is empty.
    pub sets: BTreeMap<FactSet, BTreeSet<String>>,
    /// The scopes of a token.
    pub scopes: BTreeSet<Scope>,
}

impl ViewerFacts {
    /// Someone of whom nothing is known.
    #[must_use]
    pub fn anonymous() -> Self {
        let mut facts = Self::default();
        facts.flags.insert(Flag::AllCountries);
        facts
    }

    /// Whether the viewer has this quality.
    #[must_use]
    pub fn is(&self, flag: Flag) -> bool {
        self.flags.contains(&flag)
    }

    /// Whether it is nobody in particular: neither a person nor a token.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        !self.is(Flag::Person) && !self.is(Flag::Token)
    }

    /// Whether the viewer's set contains the value.
    #[must_use]
    pub fn has(&self, set: FactSet, value: &str) -> bool {
        self.sets.get(&set).is_some_and(|values| values.contains(value))
    }
}
