//! Contact cards, introductions, consents, disclosures. Nobody bypasses consent.

use super::{ANY_CONTRIBUTOR, BY_VISIBILITY, MEMBER, PERSON, TOKEN_COUNTRIES, needs};
use crate::identity::scope::Scope;
use crate::policy::action::{Action, Clause, Policy, Reason, Rule};
use crate::policy::expr::Attribute::{
    Counterpart, CounterpartOrganisation, Organisation, Owner, ParentState, Platform, State,
};
use crate::policy::expr::{Expr, Related};
use crate::policy::viewer::{FactSet, Flag};

/// Whose card it is: the person, or a manager of the organisation.
pub const OWNER: Expr =
    Expr::Any(&[Expr::ViewerIs(Owner), Expr::In(Organisation, FactSet::ManagedOrganisations)]);
const IS_OWNER: Clause = needs(OWNER, Reason::NotYours);
const SIGNED_IN: Clause = needs(PERSON, Reason::SignInNeeded);
const IN_DIRECTORY: Clause = needs(Expr::Is(State, "PUBLISHED"), Reason::WrongState);

/// What opens the details of a card: it is one's own, or a valid consent names the viewer. A grant
/// to members or everyone doesn't reach partner tokens; they need one that names their
/// organisation, and the scope.
const DETAILS: Expr = Expr::Any(&[
    OWNER,
    Expr::ViewerAmong(Related::ConsentedAccounts),
    Expr::All(&[Expr::Viewer(Flag::Person), MEMBER, Expr::Has(Related::ConsentedAudiences, "MEMBERS")]),
    Expr::All(&[Expr::Viewer(Flag::Person), Expr::Has(Related::ConsentedAudiences, "EVERYONE")]),
    Expr::All(&[
        Expr::Meets(Related::ConsentedOrganisations, FactSet::Organisations),
        Expr::Scope(Scope::ContactsDetails),
        TOKEN_COUNTRIES,
    ]),
]);

/// A card of the directory: who can help with what. Its details open by consent only.
pub const CONTACT_CARD: Policy = Policy {
    subject: "ContactCard",
    read: Expr::Any(&[
        OWNER,
        Expr::All(&[
            Expr::Is(State, "PUBLISHED"),
            // Someone whose account is suspended is out of the directory as long.
            Expr::Is(ParentState, "ACTIVE"),
            Expr::Any(&[
                BY_VISIBILITY,
                Expr::ViewerAmong(Related::ConsentedAccounts),
                Expr::Meets(Related::ConsentedOrganisations, FactSet::Organisations),
            ]),
            Expr::Scope(Scope::ContactsRead),
            TOKEN_COUNTRIES,
        ]),
    ]),
    rules: &[
        Rule {
            action: Action::Publish,
            clauses: &[
                SIGNED_IN,
                needs(
                    Expr::Any(&[
                        Expr::In(Platform, FactSet::ContributorPlatforms),
                        Expr::All(&[Expr::Empty(Platform), ANY_CONTRIBUTOR]),
                    ]),
                    Reason::MembershipNeeded,
                ),
                IS_OWNER,
            ],
        },
        Rule { action: Action::Update, clauses: &[SIGNED_IN, IN_DIRECTORY, IS_OWNER] },
        Rule { action: Action::Retire, clauses: &[SIGNED_IN, IN_DIRECTORY, IS_OWNER] },
        Rule { action: Action::ManageConsent, clauses: &[SIGNED_IN, IS_OWNER, IN_DIRECTORY] },
        Rule {
            action: Action::RequestIntroduction,
            clauses: &[
                SIGNED_IN,
                IN_DIRECTORY,
                needs(Expr::Not(&OWNER), Reason::NotAllowed),
                needs(ANY_CONTRIBUTOR, Reason::MembershipNeeded),
                needs(Expr::Not(&Expr::ViewerAmong(Related::Awaiting)), Reason::AlreadyDone),
            ],
        },
    ],
};

/// One contact value of a card.
pub const CONTACT_DETAIL: Policy = Policy { subject: "ContactDetail", read: DETAILS, rules: &[] };

/// An introduction: the affair of its two sides.
pub const INTRODUCTION: Policy = Policy {
    subject: "Introduction",
    read: Expr::Any(&[
        Expr::ViewerIs(Owner),
        Expr::ViewerIs(Counterpart),
        Expr::In(Organisation, FactSet::ManagedOrganisations),
        Expr::All(&[
            Expr::Viewer(Flag::Token),
            Expr::In(Organisation, FactSet::Organisations),
            Expr::Scope(Scope::IntroductionsRead),
        ]),
    ]),
    rules: &[
        Rule {
            action: Action::Accept,
            clauses: &[
                needs(Expr::Is(State, "REQUESTED"), Reason::WrongState),
                needs(
                    Expr::Any(&[
                        Expr::ViewerIs(Counterpart),
                        Expr::In(Organisation, FactSet::ManagedOrganisations),
                    ]),
                    Reason::NotYours,
                ),
            ],
        },
        Rule {
            action: Action::Decline,
            clauses: &[
                needs(Expr::Is(State, "REQUESTED"), Reason::WrongState),
                needs(
                    Expr::Any(&[
                        Expr::ViewerIs(Counterpart),
                        Expr::In(Organisation, FactSet::ManagedOrganisations),
                    ]),
                    Reason::NotYours,
                ),
            ],
        },
    ],
};

/// A consent, seen by who gave it and by whom it names.
pub const CONSENT: Policy = Policy {
    subject: "Consent",
    read: Expr::Any(&[
        OWNER,
        Expr::ViewerIs(Counterpart),
        Expr::In(CounterpartOrganisation, FactSet::Organisations),
    ]),
    rules: &[Rule {
        action: Action::Withdraw,
        clauses: &[SIGNED_IN, IS_OWNER, needs(Expr::Is(State, "CURRENT"), Reason::WrongState)],
    }],
};

/// One logged reading of someone's details: theirs to see.
pub const DISCLOSURE: Policy = Policy { subject: "Disclosure", read: OWNER, rules: &[] };
