//! Accounts, sessions, organisations, tokens.

use super::{
    ADMINISTRATOR, FOCAL_POINT, MEMBER, PERSON, REGIONAL_FOCAL_POINT, SECRETARIAT, TOKEN_COUNTRIES, needs,
};
use crate::identity::scope::Scope;
use crate::policy::action::{Action, Policy, Reason, Rule};
use crate::policy::expr::Attribute::{Id, Organisation, Owner, State};
use crate::policy::expr::{Expr, Related};
use crate::policy::viewer::FactSet;

/// A person, as others see them: their name, never their login.
pub const ACCOUNT: Policy = Policy {
    subject: "Account",
    read: Expr::Any(&[
        Expr::ViewerIs(Id),
        SECRETARIAT,
        ADMINISTRATOR,
        Expr::All(&[
            MEMBER,
            Expr::OneOf(State, &["ACTIVE", "UNCLAIMED"]),
            Expr::Scope(Scope::MembersRead),
            TOKEN_COUNTRIES,
        ]),
        // Those who decide about a request see who asks, before that person is a member.
        Expr::Meets(Related::MemberPlatforms, FactSet::FacilitatedPlatforms),
        Expr::Meets(Related::MemberCountries, FactSet::FocalCountries),
    ]),
    rules: &[
        Rule { action: Action::Update, clauses: &[needs(Expr::ViewerIs(Id), Reason::NotYours)] },
        Rule {
            action: Action::IssueSignInCode,
            clauses: &[
                needs(Expr::OneOf(State, &["UNCLAIMED", "PENDING", "ACTIVE"]), Reason::WrongState),
                needs(Expr::Not(&Expr::ViewerIs(Id)), Reason::NotAllowed),
                needs(
                    Expr::Any(&[
                        Expr::Meets(Related::MemberPlatforms, FactSet::FacilitatedPlatforms),
                        Expr::Meets(Related::MemberCountries, FactSet::FocalCountries),
                    ]),
                    Reason::NotAllowed,
                ),
            ],
        },
        Rule {
            action: Action::Suspend,
            clauses: &[
                needs(Expr::OneOf(State, &["UNCLAIMED", "PENDING", "ACTIVE"]), Reason::WrongState),
                needs(Expr::Not(&Expr::ViewerIs(Id)), Reason::NotAllowed),
                needs(Expr::Any(&[ADMINISTRATOR, SECRETARIAT]), Reason::NotAllowed),
            ],
        },
        Rule {
            action: Action::Reinstate,
            clauses: &[
                needs(Expr::Is(State, "SUSPENDED"), Reason::WrongState),
                needs(Expr::Any(&[ADMINISTRATOR, SECRETARIAT]), Reason::NotAllowed),
            ],
        },
    ],
};

/// A signed-in device: the person's own affair.
pub const SESSION: Policy = Policy { subject: "Session", read: Expr::ViewerIs(Owner), rules: &[] };

/// An organisation. Its name and kind are public.
pub const ORGANISATION: Policy = Policy {
    subject: "Organisation",
    read: Expr::Always,
    rules: &[
        Rule {
            action: Action::Create,
            clauses: &[needs(PERSON, Reason::SignInNeeded), needs(MEMBER, Reason::MembershipNeeded)],
        },
        Rule {
            action: Action::Update,
            clauses: &[needs(
                Expr::Any(&[Expr::In(Id, FactSet::ManagedOrganisations), SECRETARIAT]),
                Reason::NotAllowed,
            )],
        },
        Rule {
            action: Action::ManageManagers,
            clauses: &[needs(
                Expr::Any(&[Expr::In(Id, FactSet::ManagedOrganisations), SECRETARIAT]),
                Reason::NotAllowed,
            )],
        },
        Rule {
            action: Action::Verify,
            clauses: &[needs(
                Expr::Any(&[FOCAL_POINT, REGIONAL_FOCAL_POINT, SECRETARIAT]),
                Reason::NotAllowed,
            )],
        },
        Rule { action: Action::Clear, clauses: &[needs(SECRETARIAT, Reason::NotAllowed)] },
        Rule {
            action: Action::ManageTokens,
            clauses: &[needs(
                Expr::Any(&[Expr::In(Id, FactSet::ManagedOrganisations), ADMINISTRATOR]),
                Reason::NotAllowed,
            )],
        },
    ],
};

/// An API token, without its secret.
pub const API_TOKEN: Policy = Policy {
    subject: "ApiToken",
    read: Expr::Any(&[Expr::In(Organisation, FactSet::Organisations), ADMINISTRATOR]),
    rules: &[Rule {
        action: Action::ManageTokens,
        clauses: &[needs(
            Expr::Any(&[Expr::In(Organisation, FactSet::ManagedOrganisations), ADMINISTRATOR]),
            Reason::NotAllowed,
        )],
    }],
};
