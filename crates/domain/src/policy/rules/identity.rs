//! Accounts, sessions, organisations, tokens.

use super::{
    ADMINISTRATOR, FOCAL_POINT, MEMBER, OFFICER, PERSON, REGIONAL_FOCAL_POINT, SECRETARIAT, TOKEN_COUNTRIES,
    needs,
};
use crate::identity::scope::Scope;
use crate::policy::action::{Action, Policy, Reason, Rule};
use crate::policy::expr::Attribute::{Id, Organisation, Owner, Role, State};
use crate::policy::expr::{Expr, Related};
use crate::policy::viewer::{FactSet, Flag};

const MANAGES_ACCOUNT: Expr = Expr::Any(&[
    Expr::Meets(Related::CandidatePlatforms, FactSet::FacilitatedPlatforms),
    Expr::Meets(Related::CandidateCountries, FactSet::FocalCountries),
]);

/// Who sees the state of an account, and by whom it was registered.
pub const SEES_STATUS: Expr = Expr::Any(&[Expr::ViewerIs(Id), SECRETARIAT, ADMINISTRATOR, MANAGES_ACCOUNT]);
/// The person alone.
pub const SELF: Expr = Expr::ViewerIs(Id);

/// The one who asks, with what comes of their credentials.
pub const VIEWER: Policy =
    Policy { subject: "Viewer", read: Expr::Any(&[PERSON, Expr::Viewer(Flag::Token)]), rules: &[] };

/// The login of an account. It is contact data: the person's own to see.
pub const LOGIN: Policy = Policy { subject: "Login", read: SELF, rules: &[] };

/// A person, as others see them: their name, never their login.
pub const ACCOUNT: Policy = Policy {
    subject: "Account",
    read: Expr::Any(&[
        Expr::ViewerIs(Id),
        SECRETARIAT,
        ADMINISTRATOR,
        Expr::All(&[
            Expr::Any(&[MEMBER, OFFICER, Expr::Meets(Related::Organisations, FactSet::Organisations)]),
            Expr::OneOf(State, &["ACTIVE", "UNCLAIMED"]),
            Expr::Scope(Scope::MembersRead),
            TOKEN_COUNTRIES,
        ]),
        // Those who decide about a request see who asks, before that person is a member.
        MANAGES_ACCOUNT,
    ]),
    rules: &[
        Rule { action: Action::Update, clauses: &[needs(Expr::ViewerIs(Id), Reason::NotYours)] },
        Rule {
            action: Action::IssueSignInCode,
            clauses: &[
                needs(Expr::OneOf(State, &["UNCLAIMED", "PENDING", "ACTIVE"]), Reason::WrongState),
                needs(Expr::Not(&SELF), Reason::NotAllowed),
                needs(
                    Expr::Any(&[
                        Expr::Meets(Related::MemberPlatforms, FactSet::FacilitatedPlatforms),
                        Expr::Meets(Related::MemberCountries, FactSet::FocalCountries),
                        // Who has just signed up and asked to join: there is nothing in the account yet,
                        // and the code is no use without the password.
                        Expr::All(&[Expr::Is(State, "PENDING"), MANAGES_ACCOUNT]),
                    ]),
                    Reason::NotAllowed,
                ),
                // A code opens the account, so it can't lead to more than its reader may do anyway.
                needs(
                    Expr::Any(&[
                        Expr::Empty(Role),
                        Expr::All(&[
                            Expr::Is(Role, "FACILITATOR"),
                            Expr::Meets(Related::MemberCountries, FactSet::FocalCountries),
                        ]),
                    ]),
                    Reason::OfficeHolder,
                ),
            ],
        },
        Rule {
            action: Action::Suspend,
            clauses: &[
                needs(Expr::OneOf(State, &["UNCLAIMED", "PENDING", "ACTIVE"]), Reason::WrongState),
                needs(Expr::Not(&SELF), Reason::NotAllowed),
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

/// Who confirms that an organisation is what it says.
pub const VERIFIES: Expr = Expr::Any(&[FOCAL_POINT, REGIONAL_FOCAL_POINT, SECRETARIAT]);

/// Who answers for an organisation.
pub const MANAGES_ORGANISATION: Expr = Expr::Any(&[Expr::In(Id, FactSet::ManagedOrganisations), SECRETARIAT]);

/// Who was named as a manager by somebody else, and hasn't answered yet.
const ASKED_TO_MANAGE: Expr = Expr::ViewerAmong(Related::Invited);

/// An organisation. Its name and kind are public.
pub const ORGANISATION: Policy = Policy {
    subject: "Organisation",
    read: Expr::Always,
    rules: &[
        Rule {
            action: Action::Create,
            clauses: &[needs(PERSON, Reason::SignInNeeded), needs(MEMBER, Reason::MembershipNeeded)],
        },
        Rule { action: Action::Update, clauses: &[needs(MANAGES_ORGANISATION, Reason::NotAllowed)] },
        Rule { action: Action::ManageManagers, clauses: &[needs(MANAGES_ORGANISATION, Reason::NotAllowed)] },
        Rule {
            action: Action::Accept,
            clauses: &[needs(PERSON, Reason::SignInNeeded), needs(ASKED_TO_MANAGE, Reason::NotYours)],
        },
        Rule {
            action: Action::Decline,
            clauses: &[needs(PERSON, Reason::SignInNeeded), needs(ASKED_TO_MANAGE, Reason::NotYours)],
        },
        Rule {
            action: Action::Verify,
            clauses: &[
                needs(VERIFIES, Reason::NotAllowed),
                needs(Expr::Not(&Expr::Is(State, "VERIFIED")), Reason::WrongState),
            ],
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

/// Who sees for what an organisation is cleared: its people, who clears it, who sees all tokens.
pub const SEES_CLEARANCE: Expr =
    Expr::Any(&[Expr::In(Id, FactSet::Organisations), SECRETARIAT, ADMINISTRATOR]);

/// An API token, without its secret.
pub const API_TOKEN: Policy = Policy {
    subject: "ApiToken",
    read: Expr::Any(&[Expr::In(Organisation, FactSet::ManagedOrganisations), ADMINISTRATOR]),
    rules: &[Rule {
        action: Action::ManageTokens,
        clauses: &[
            needs(
                Expr::Any(&[Expr::In(Organisation, FactSet::ManagedOrganisations), ADMINISTRATOR]),
                Reason::NotAllowed,
            ),
            needs(Expr::Not(&Expr::Is(State, "REVOKED")), Reason::WrongState),
        ],
    }],
};
