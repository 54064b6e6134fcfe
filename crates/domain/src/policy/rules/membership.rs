//! Platforms, memberships, appointments.

use super::{
    ADMINISTRATOR, BY_VISIBILITY, FOCAL_POINT, KNOWN, MAY_WRITE, MEMBER, OFFICER, PERSON, PLATFORM_MANAGER,
    PLATFORM_MEMBER, SECRETARIAT, TOKEN_COUNTRIES, needs,
};
use crate::identity::scope::Scope;
use crate::policy::action::{Action, Clause, Policy, Reason, Rule};
use crate::policy::expr::Attribute::{
    Country, LastFacilitator, Organisation, Owner, ParentState, Platform, PlatformStage, Region, Role, State,
};
use crate::policy::expr::{Expr, Related};
use crate::policy::viewer::FactSet;

const MANAGES_PLATFORM: Clause = needs(PLATFORM_MANAGER, Reason::NotAllowed);
const NOT_CLOSED: Clause = needs(Expr::Not(&Expr::Is(State, "CLOSED")), Reason::WrongState);

/// A multi-actor agricultural innovation platform.
pub const PLATFORM: Policy = Policy {
    subject: "Platform",
    read: Expr::All(&[
        Expr::Any(&[
            BY_VISIBILITY,
            PLATFORM_MEMBER,
            FOCAL_POINT,
            SECRETARIAT,
            // Who is invited has to know whereto.
            Expr::ViewerAmong(Related::Invited),
        ]),
        Expr::Scope(Scope::PlatformsRead),
        TOKEN_COUNTRIES,
    ]),
    rules: &[
        Rule {
            action: Action::Create,
            clauses: &[
                needs(PERSON, Reason::SignInNeeded),
                needs(Expr::Any(&[FOCAL_POINT, SECRETARIAT]), Reason::NotAllowed),
            ],
        },
        Rule {
            action: Action::Advance,
            clauses: &[
                NOT_CLOSED,
                needs(
                    Expr::Any(&[Expr::In(Platform, FactSet::FacilitatedPlatforms), FOCAL_POINT]),
                    Reason::NotAllowed,
                ),
            ],
        },
        Rule { action: Action::Update, clauses: &[NOT_CLOSED, MANAGES_PLATFORM] },
        Rule { action: Action::Invite, clauses: &[NOT_CLOSED, MANAGES_PLATFORM] },
        Rule {
            action: Action::RequestMembership,
            clauses: &[
                needs(PERSON, Reason::SignInNeeded),
                NOT_CLOSED,
                needs(Expr::Not(&Expr::ViewerAmong(Related::Engaged)), Reason::WrongState),
            ],
        },
        Rule {
            action: Action::RequestForOrganisation,
            clauses: &[
                needs(PERSON, Reason::SignInNeeded),
                NOT_CLOSED,
                needs(Expr::Holds(FactSet::ManagedOrganisations), Reason::NotAllowed),
            ],
        },
        Rule {
            action: Action::RegisterMember,
            clauses: &[NOT_CLOSED, needs(Expr::In(Platform, FactSet::RecorderPlatforms), Reason::NotAllowed)],
        },
        Rule {
            action: Action::DraftLesson,
            clauses: &[
                KNOWN,
                MAY_WRITE,
                NOT_CLOSED,
                needs(Expr::In(Platform, FactSet::ContributorPlatforms), Reason::MembershipNeeded),
            ],
        },
        Rule {
            action: Action::Replicate,
            clauses: &[
                needs(PERSON, Reason::SignInNeeded),
                NOT_CLOSED,
                needs(Expr::In(Platform, FactSet::ContributorPlatforms), Reason::MembershipNeeded),
            ],
        },
    ],
};

/// The facilitator may not decide over another facilitator; the focal point and the secretariat may.
const NOT_OVER_A_PEER: Clause = needs(
    Expr::Any(&[Expr::Not(&Expr::Is(Role, "FACILITATOR")), FOCAL_POINT, SECRETARIAT]),
    Reason::PeerFacilitator,
);

/// A platform without a facilitator would be nobody's to run.
const NOT_THE_LAST: Clause = needs(Expr::Empty(LastFacilitator), Reason::LastFacilitator);
/// A platform that was closed takes no members, and takes none back.
const TAKES_MEMBERS: Clause = needs(Expr::Not(&Expr::Is(PlatformStage, "CLOSED")), Reason::WrongState);

/// The member: the person, or those who manage the organisation.
const MEMBER_ITSELF: Expr =
    Expr::Any(&[Expr::ViewerIs(Owner), Expr::In(Organisation, FactSet::ManagedOrganisations)]);

/// Who decides about members, and so has a queue of those who ask.
pub const MANAGES_MEMBERS: Expr = PLATFORM_MANAGER;
/// Who sees what was written with an invitation or a request: both sides.
pub const SEES_MESSAGE: Expr =
    Expr::Any(&[Expr::ViewerIs(Owner), Expr::In(Organisation, FactSet::Organisations), PLATFORM_MANAGER]);

/// What others than those hear of, as it happens or later: the steps after which a fellow member sees the membership.
/// Not that someone had asked, or was suspended and is a member again.
pub const HEARD_BY_FELLOWS: &[&str] =
    &["membership.accepted", "membership.approved", "membership.registered", "membership.role_changed"];

/// A membership of a person or an organisation in a platform.
pub const MEMBERSHIP: Policy = Policy {
    subject: "Membership",
    read: Expr::Any(&[
        Expr::ViewerIs(Owner),
        PLATFORM_MANAGER,
        Expr::In(Organisation, FactSet::Organisations),
        Expr::All(&[
            Expr::Is(State, "ACTIVE"),
            // Someone whose account is suspended or erased is nobody's fellow member.
            Expr::OneOf(ParentState, &["ACTIVE", "UNCLAIMED"]),
            Expr::Any(&[
                PLATFORM_MEMBER,
                // Nobody sees more of a platform's members than of the platform.
                Expr::All(&[Expr::Any(&[MEMBER, OFFICER]), BY_VISIBILITY]),
            ]),
            Expr::Scope(Scope::MembersRead),
            TOKEN_COUNTRIES,
        ]),
    ]),
    rules: &[
        Rule {
            action: Action::RequestMembership,
            clauses: &[
                needs(Expr::OneOf(State, &["LEFT", "DECLINED"]), Reason::WrongState),
                TAKES_MEMBERS,
                needs(MEMBER_ITSELF, Reason::NotYours),
            ],
        },
        Rule {
            action: Action::Approve,
            clauses: &[
                needs(Expr::Is(State, "REQUESTED"), Reason::WrongState),
                TAKES_MEMBERS,
                MANAGES_PLATFORM,
            ],
        },
        Rule {
            action: Action::Decline,
            clauses: &[
                needs(Expr::OneOf(State, &["REQUESTED", "INVITED"]), Reason::WrongState),
                needs(
                    Expr::Any(&[
                        Expr::All(&[Expr::Is(State, "REQUESTED"), PLATFORM_MANAGER]),
                        Expr::All(&[Expr::Is(State, "INVITED"), MEMBER_ITSELF]),
                    ]),
                    Reason::NotAllowed,
                ),
            ],
        },
        Rule {
            action: Action::Accept,
            clauses: &[
                needs(Expr::Is(State, "INVITED"), Reason::WrongState),
                TAKES_MEMBERS,
                needs(MEMBER_ITSELF, Reason::NotYours),
            ],
        },
        Rule {
            action: Action::ChangeRole,
            clauses: &[
                needs(Expr::Is(State, "ACTIVE"), Reason::WrongState),
                MANAGES_PLATFORM,
                // A facilitator may step down.
                needs(Expr::Any(&[NOT_OVER_A_PEER.holds, Expr::ViewerIs(Owner)]), Reason::PeerFacilitator),
                NOT_THE_LAST,
            ],
        },
        Rule {
            action: Action::Suspend,
            clauses: &[
                needs(Expr::Is(State, "ACTIVE"), Reason::WrongState),
                MANAGES_PLATFORM,
                NOT_OVER_A_PEER,
            ],
        },
        Rule {
            action: Action::Reinstate,
            clauses: &[
                needs(Expr::Is(State, "SUSPENDED"), Reason::WrongState),
                TAKES_MEMBERS,
                MANAGES_PLATFORM,
                NOT_OVER_A_PEER,
            ],
        },
        Rule {
            action: Action::Leave,
            clauses: &[
                needs(Expr::Is(State, "ACTIVE"), Reason::WrongState),
                needs(MEMBER_ITSELF, Reason::NotYours),
                NOT_THE_LAST,
            ],
        },
    ],
};

pub(super) const APPOINTS: Expr = Expr::Any(&[
    SECRETARIAT,
    // Somebody has to appoint the first of the secretariat.
    Expr::All(&[ADMINISTRATOR, Expr::Is(Role, "EXECUTIVE_SECRETARY")]),
    Expr::All(&[Expr::Is(Role, "NATIONAL_FOCAL_POINT"), Expr::In(Region, FactSet::FocalRegions)]),
    Expr::All(&[
        Expr::OneOf(Role, &["NATIONAL_TASK_FORCE", "TECHNICAL_OFFICER"]),
        Expr::In(Country, FactSet::FocalCountries),
    ]),
]);

/// Nobody appoints themselves, to whatever office.
const NOT_ONESELF: Clause = needs(Expr::Not(&Expr::ViewerIs(Owner)), Reason::NotAllowed);

/// An appointment to an office. Who holds which office is known to all members.
pub const APPOINTMENT: Policy = Policy {
    subject: "Appointment",
    read: Expr::Any(&[
        Expr::ViewerIs(Owner),
        SECRETARIAT,
        ADMINISTRATOR,
        APPOINTS,
        Expr::All(&[Expr::Any(&[MEMBER, OFFICER]), Expr::Scope(Scope::MembersRead), TOKEN_COUNTRIES]),
    ]),
    rules: &[
        Rule { action: Action::Appoint, clauses: &[needs(APPOINTS, Reason::NotAllowed), NOT_ONESELF] },
        Rule {
            action: Action::EndAppointment,
            clauses: &[
                needs(Expr::OneOf(State, &["SCHEDULED", "CURRENT"]), Reason::WrongState),
                needs(APPOINTS, Reason::NotAllowed),
            ],
        },
    ],
};
