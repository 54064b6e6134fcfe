//! The small boolean language in which every rule is written.

use super::viewer::{FactSet, Flag};
use crate::identity::scope::Scope;

/// A single-valued attribute of a record. Each kind of record has some of them; one that it lacks,
/// or that is empty, equals nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attribute {
    /// The record's own id.
    Id,
    /// Its state, by code.
    State,
    /// Its visibility, by code.
    Visibility,
    /// The platform it belongs to.
    Platform,
    /// The country it belongs to, as alpha-3 code.
    Country,
    /// The FAO region of that country, by code.
    Region,
    /// The account that made it or that it is about.
    Owner,
    /// The account that recorded it on behalf of its owner.
    Recorder,
    /// The other account concerned, as in an introduction.
    Counterpart,
    /// The organisation it belongs to.
    Organisation,
    /// The role it gives, by code.
    Role,
    /// The state of its edition that is being worked on, by code.
    OpenState,
    /// A state of its parent, by code, as the status of the lesson of a version or of the account
    /// behind a membership.
    ParentState,
    /// The state of the edition to which it belongs, by code.
    EditionState,
    /// The platform of its parent, where it has one of its own.
    ParentPlatform,
    /// The country of its parent, where it has one of its own.
    ParentCountry,
    /// How its author is named, by code.
    Attribution,
    /// `YES` where it was handed in: others than its authors have had to do with it since.
    HandedIn,
    /// Whose reviewers are to review it, by code: `COUNTRY` as long as the owning country has one
    /// without a conflict of interest, else `REGION` as long as its region has, else `SECRETARIAT`.
    ReviewLevel,
    /// The stage of its platform, by code.
    PlatformStage,
    /// `YES` for the membership without which its platform would have no facilitator.
    LastFacilitator,
    /// The other organisation concerned, as the one that a consent names.
    CounterpartOrganisation,
    /// The organisation whose API token wrote it down.
    RecorderOrganisation,
    /// The account that translated it, or has taken it to translate.
    Translator,
    /// `YES` where who translated it has a part in the lesson itself.
    TranslatorWrote,
    /// The account that asked for it.
    Requester,
}

/// A many-valued attribute of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Related {
    /// Accounts that wrote, co-wrote or recorded any edition of it: they may not review it. Who was named
    /// as a co-author and hasn't accepted isn't one.
    Contributors,
    /// Organisations on whose behalf it was written.
    AuthoringOrganisations,
    /// Accounts to which a valid consent opens its details.
    ConsentedAccounts,
    /// Organisations to which a valid consent opens its details.
    ConsentedOrganisations,
    /// Wide audiences, by code, to which a valid consent opens its details.
    ConsentedAudiences,
    /// Platforms in which the record's account is an active member.
    MemberPlatforms,
    /// Countries of those platforms.
    MemberCountries,
    /// Platforms with which the record's account has to do: a member, suspended or not, or someone
    /// who asks to be one or is invited.
    CandidatePlatforms,
    /// Countries of those platforms.
    CandidateCountries,
    /// Organisations to which the record's account belongs.
    Organisations,
    /// Accounts that are invited to it: to a platform, to be co-authors of a lesson, or managers of an
    /// organisation.
    Invited,
    /// Accounts that are members of it, suspended, invited, or waiting for an answer.
    Engaged,
    /// Accounts whose request for an introduction waits for an answer.
    Awaiting,
    /// Countries that endorse what is published of it.
    EndorsingCountries,
    /// The platform for which it was written.
    HomePlatform,
    /// Accounts that said what came of it, as it went or at its end: they may not verify it.
    Triers,
}

impl Related {
    /// Whether it names accounts. All that is asked of those is whether the viewer is one of them
    /// ([`Expr::ViewerAmong`]), so nobody needs to know the others, however many they are.
    #[must_use]
    pub fn names_accounts(self) -> bool {
        match self {
            Self::Contributors
            | Self::ConsentedAccounts
            | Self::Invited
            | Self::Engaged
            | Self::Awaiting
            | Self::Triers => true,
            Self::AuthoringOrganisations
            | Self::ConsentedOrganisations
            | Self::ConsentedAudiences
            | Self::MemberPlatforms
            | Self::MemberCountries
            | Self::CandidatePlatforms
            | Self::CandidateCountries
            | Self::Organisations
            | Self::EndorsingCountries
            | Self::HomePlatform => false,
        }
    }
}

/// A boolean expression over a record's attributes and the viewer's facts. Always plain data, so
/// that it can be interpreted here and rendered to SQL elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expr {
    /// True.
    Always,
    /// False.
    Never,
    /// Every part holds.
    All(&'static [Expr]),
    /// At least one part holds.
    Any(&'static [Expr]),
    /// The part doesn't hold.
    Not(&'static Expr),
    /// The attribute has this value.
    Is(Attribute, &'static str),
    /// The attribute has one of these values.
    OneOf(Attribute, &'static [&'static str]),
    /// The attribute has no value.
    Empty(Attribute),
    /// The viewer has this quality.
    Viewer(Flag),
    /// The viewer is not a token, or the token has this scope.
    Scope(Scope),
    /// The attribute names the viewer's own account.
    ViewerIs(Attribute),
    /// The viewer's own account is among these.
    ViewerAmong(Related),
    /// The attribute's value is in the viewer's set.
    In(Attribute, FactSet),
    /// The viewer's set isn't empty.
    Holds(FactSet),
    /// The many-valued attribute and the viewer's set share a value.
    Meets(Related, FactSet),
    /// The viewer's set has a value that the many-valued attribute lacks.
    Beyond(FactSet, Related),
    /// The many-valued attribute has this value.
    Has(Related, &'static str),
}

impl Expr {
    /// Whether it depends on who asks: then it may hold for someone who is signed in.
    #[must_use]
    pub fn asks_viewer(&self) -> bool {
        match *self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::asks_viewer),
            Self::Not(part) => part.asks_viewer(),
            Self::Viewer(_)
            | Self::Scope(_)
            | Self::ViewerIs(_)
            | Self::ViewerAmong(_)
            | Self::In(..)
            | Self::Holds(_)
            | Self::Meets(..)
            | Self::Beyond(..) => true,
            Self::Always | Self::Never | Self::Is(..) | Self::OneOf(..) | Self::Empty(_) | Self::Has(..) => {
                false
            }
        }
    }

    /// Whether it asks of accounts anything but whether the viewer is one of them.
    #[cfg(test)]
    pub(super) fn asks_for_others(&self) -> bool {
        match *self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::asks_for_others),
            Self::Not(part) => part.asks_for_others(),
            Self::Meets(related, _) | Self::Beyond(_, related) | Self::Has(related, _) => {
                related.names_accounts()
            }
            // All of them, so that a new kind of expression has to be thought of here.
            Self::Always
            | Self::Never
            | Self::Is(..)
            | Self::OneOf(..)
            | Self::Empty(_)
            | Self::Viewer(_)
            | Self::Scope(_)
            | Self::ViewerIs(_)
            | Self::ViewerAmong(_)
            | Self::In(..)
            | Self::Holds(_) => false,
        }
    }

    /// The first attribute about which it says something and that `wanted` takes.
    #[must_use]
    pub fn attribute(&self, wanted: fn(Attribute) -> bool) -> Option<Attribute> {
        match *self {
            Self::All(parts) | Self::Any(parts) => parts.iter().find_map(|part| part.attribute(wanted)),
            Self::Not(part) => part.attribute(wanted),
            Self::Is(attribute, _) | Self::OneOf(attribute, _) | Self::Empty(attribute) => {
                Some(attribute).filter(|attribute| wanted(*attribute))
            }
            _ => None,
        }
    }
}
