//! Lessons, their versions, review, endorsement, replication.

use super::{
    BY_VISIBILITY, FOCAL_POINT, PERSON, PLATFORM_FACILITATOR, PLATFORM_MEMBER, REGIONAL_FOCAL_POINT,
    SECRETARIAT, TECHNICAL_OFFICER, TOKEN_COUNTRIES, needs,
};
use crate::identity::scope::Scope;
use crate::policy::action::{Action, Clause, Policy, Reason, Rule};
use crate::policy::expr::Attribute::{OpenState, Owner, ParentState, Platform, State};
use crate::policy::expr::{Expr, Related};
use crate::policy::viewer::FactSet;

/// Author, co-authors, who recorded on their behalf.
const CONTRIBUTOR: Expr = Expr::ViewerAmong(Related::Contributors);
const REVIEWER: Expr = Expr::Any(&[FOCAL_POINT, TECHNICAL_OFFICER, REGIONAL_FOCAL_POINT, SECRETARIAT]);
const IS_REVIEWER: Clause = needs(REVIEWER, Reason::NotAReviewer);
const NO_CONFLICT: Clause = needs(
    Expr::All(&[
        Expr::Not(&CONTRIBUTOR),
        Expr::Not(&Expr::Meets(Related::AuthoringOrganisations, FactSet::Organisations)),
    ]),
    Reason::ConflictOfInterest,
);
const EDITABLE: Clause = needs(Expr::OneOf(OpenState, &["DRAFT", "CHANGES_REQUESTED"]), Reason::WrongState);
const IN_REVIEW: Clause = needs(Expr::Is(OpenState, "IN_REVIEW"), Reason::WrongState);
const SIGNED_IN: Clause = needs(PERSON, Reason::SignInNeeded);
const CONTRIBUTES: Clause = needs(Expr::Any(&[CONTRIBUTOR, Expr::ViewerIs(Owner)]), Reason::NotYours);
const STILL_CONTRIBUTOR: Clause =
    needs(Expr::In(Platform, FactSet::ContributorPlatforms), Reason::MembershipNeeded);

/// Who sees a text that is not published: its authors and the platform's facilitator always, the
/// reviewers once it is handed in.
const SEES_UNPUBLISHED: Expr = Expr::Any(&[
    CONTRIBUTOR,
    Expr::ViewerIs(Owner),
    PLATFORM_FACILITATOR,
    Expr::All(&[Expr::OneOf(State, &["SUBMITTED", "IN_REVIEW", "CHANGES_REQUESTED"]), REVIEWER]),
    Expr::All(&[Expr::Is(State, "WITHDRAWN"), Expr::Any(&[FOCAL_POINT, SECRETARIAT])]),
]);

/// A lesson. Its status is derived from its versions; a draft marked PUBLIC is still a draft.
pub const LESSON: Policy = Policy {
    subject: "Lesson",
    read: Expr::All(&[
        Expr::Any(&[Expr::All(&[Expr::Is(State, "PUBLISHED"), BY_VISIBILITY]), SEES_UNPUBLISHED]),
        Expr::Scope(Scope::LessonsRead),
        TOKEN_COUNTRIES,
    ]),
    rules: &[
        Rule { action: Action::Update, clauses: &[EDITABLE, SIGNED_IN, CONTRIBUTES, STILL_CONTRIBUTOR] },
        Rule { action: Action::Submit, clauses: &[EDITABLE, SIGNED_IN, CONTRIBUTES, STILL_CONTRIBUTOR] },
        Rule {
            action: Action::StartReview,
            clauses: &[
                needs(Expr::Is(OpenState, "SUBMITTED"), Reason::WrongState),
                SIGNED_IN,
                IS_REVIEWER,
                NO_CONFLICT,
            ],
        },
        Rule { action: Action::RequestChanges, clauses: &[IN_REVIEW, SIGNED_IN, IS_REVIEWER, NO_CONFLICT] },
        Rule { action: Action::Publish, clauses: &[IN_REVIEW, SIGNED_IN, IS_REVIEWER, NO_CONFLICT] },
        Rule {
            action: Action::Withdraw,
            clauses: &[SIGNED_IN, needs(Expr::Any(&[CONTRIBUTOR, FOCAL_POINT]), Reason::NotAllowed)],
        },
        Rule {
            action: Action::Revise,
            clauses: &[
                needs(Expr::All(&[Expr::Is(State, "PUBLISHED"), Expr::Empty(OpenState)]), Reason::WrongState),
                SIGNED_IN,
                CONTRIBUTES,
                STILL_CONTRIBUTOR,
            ],
        },
        Rule {
            action: Action::Endorse,
            clauses: &[needs(Expr::Is(State, "PUBLISHED"), Reason::WrongState), SIGNED_IN],
        },
        Rule {
            action: Action::Replicate,
            clauses: &[needs(Expr::Is(State, "PUBLISHED"), Reason::WrongState), SIGNED_IN],
        },
    ],
};

/// One edition. A published or superseded one is seen like its lesson.
pub const LESSON_VERSION: Policy = Policy {
    subject: "LessonVersion",
    read: Expr::All(&[
        Expr::Any(&[
            Expr::All(&[
                Expr::OneOf(State, &["PUBLISHED", "SUPERSEDED"]),
                Expr::Is(ParentState, "PUBLISHED"),
                BY_VISIBILITY,
            ]),
            SEES_UNPUBLISHED,
        ]),
        Expr::Scope(Scope::LessonsRead),
        TOKEN_COUNTRIES,
    ]),
    rules: &[],
};

/// The conversation between author and reviewers: theirs alone.
pub const REVIEW_ENTRY: Policy = Policy {
    subject: "ReviewEntry",
    read: Expr::All(&[
        PERSON,
        Expr::Any(&[CONTRIBUTOR, Expr::ViewerIs(Owner), PLATFORM_FACILITATOR, REVIEWER]),
    ]),
    rules: &[],
};

/// An endorsement, seen with its lesson.
pub const ENDORSEMENT: Policy = Policy {
    subject: "Endorsement",
    read: Expr::All(&[
        Expr::Is(ParentState, "PUBLISHED"),
        BY_VISIBILITY,
        Expr::Scope(Scope::LessonsRead),
        TOKEN_COUNTRIES,
    ]),
    rules: &[],
};

/// A try elsewhere. Seen by whoever may see the lesson; failures are as public as successes.
pub const REPLICATION: Policy = Policy {
    subject: "Replication",
    read: Expr::All(&[
        Expr::Any(&[
            Expr::All(&[Expr::Is(ParentState, "PUBLISHED"), BY_VISIBILITY]),
            PLATFORM_MEMBER,
            Expr::ViewerIs(Owner),
        ]),
        Expr::Scope(Scope::LessonsRead),
        TOKEN_COUNTRIES,
    ]),
    rules: &[Rule {
        action: Action::Update,
        clauses: &[
            SIGNED_IN,
            needs(Expr::Any(&[Expr::ViewerIs(Owner), PLATFORM_FACILITATOR]), Reason::NotAllowed),
            STILL_CONTRIBUTOR,
        ],
    }],
};
