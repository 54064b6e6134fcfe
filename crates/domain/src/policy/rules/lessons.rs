//! Lessons, their versions, review, endorsement, replication.

use super::{
    BY_PARENT_VISIBILITY, BY_VISIBILITY, FOCAL_POINT, KNOWN, MAY_TRANSLATE, MAY_WRITE, MEMBER, PERSON,
    PLATFORM_FACILITATOR, PLATFORM_MEMBER, REGIONAL_FOCAL_POINT, SECRETARIAT, TECHNICAL_OFFICER, TOKEN,
    TOKEN_COUNTRIES, TRANSLATORS, needs,
};
use crate::identity::scope::Scope;
use crate::policy::action::{Action, Clause, Policy, Reason, Rule};
use crate::policy::expr::Attribute::{
    Attribution, EditionState, HandedIn, OpenState, Owner, ParentPlatform, ParentState, Platform,
    RecorderOrganisation, ReviewLevel, State,
};
use crate::policy::expr::{Expr, Related};
use crate::policy::viewer::FactSet;

/// Author, co-authors, who recorded on their behalf.
pub(super) const CONTRIBUTOR: Expr = Expr::ViewerAmong(Related::Contributors);
pub(super) const REVIEWER: Expr =
    Expr::Any(&[FOCAL_POINT, TECHNICAL_OFFICER, REGIONAL_FOCAL_POINT, SECRETARIAT]);
const IS_REVIEWER: Clause = needs(REVIEWER, Reason::NotAReviewer);
const NO_CONFLICT: Clause = needs(
    Expr::All(&[
        Expr::Not(&CONTRIBUTOR),
        Expr::Not(&Expr::Meets(Related::AuthoringOrganisations, FactSet::Organisations)),
    ]),
    Reason::ConflictOfInterest,
);
/// Beyond the country others review where a conflict of interest excludes the country's own:
const COUNTRY_FIRST: Clause = needs(
    Expr::Any(&[FOCAL_POINT, TECHNICAL_OFFICER, Expr::Not(&Expr::Is(ReviewLevel, "COUNTRY"))]),
    Reason::CountryReviewsFirst,
);
/// first the region, and the secretariat where the region's focal point is excluded too, or missing.
const REGION_FIRST: Clause = needs(
    Expr::Any(&[FOCAL_POINT, TECHNICAL_OFFICER, REGIONAL_FOCAL_POINT, Expr::Is(ReviewLevel, "SECRETARIAT")]),
    Reason::RegionReviewsFirst,
);
const EDITABLE: Clause = needs(Expr::OneOf(OpenState, &["DRAFT", "CHANGES_REQUESTED"]), Reason::WrongState);
const IN_REVIEW: Clause = needs(Expr::Is(OpenState, "IN_REVIEW"), Reason::WrongState);
const IS_PUBLISHED: Clause = needs(Expr::Is(State, "PUBLISHED"), Reason::WrongState);
pub(super) const SIGNED_IN: Clause = needs(PERSON, Reason::SignInNeeded);
/// A token writes what a token of its organisation has begun, and nothing that a person has.
const BY_ITS_TOKEN: Expr = Expr::All(&[TOKEN, Expr::In(RecorderOrganisation, FactSet::Organisations)]);
const CONTRIBUTES: Clause =
    needs(Expr::Any(&[CONTRIBUTOR, Expr::ViewerIs(Owner), BY_ITS_TOKEN]), Reason::NotYours);
const STILL_CONTRIBUTOR: Clause =
    needs(Expr::In(Platform, FactSet::ContributorPlatforms), Reason::MembershipNeeded);

/// Who writes a lesson, and so may read what it said at any of its revisions.
pub const WRITES: Expr = CONTRIBUTES.holds;

/// Who always sees a lesson and its editions: those who wrote it, and the platform's facilitator.
/// A token of the organisation for which a token wrote it is one of them.
pub(super) const INSIDERS: Expr =
    Expr::Any(&[CONTRIBUTOR, Expr::ViewerIs(Owner), PLATFORM_FACILITATOR, BY_ITS_TOKEN]);
/// The focal point and the secretariat follow what was taken back, but for a draft that its authors
/// dropped before anyone else had seen it.
pub(super) const TAKEN_BACK: Expr =
    Expr::All(&[Expr::Not(&Expr::Empty(HandedIn)), Expr::Any(&[FOCAL_POINT, SECRETARIAT])]);
/// Who was named as a co-author and hasn't answered: they read what would bear their name.
const ASKED: Expr = Expr::ViewerAmong(Related::Invited);
const HANDED_IN: &[&str] = &["SUBMITTED", "IN_REVIEW", "CHANGES_REQUESTED"];

/// Who sees the name of the author of a lesson that they see at all.
pub const SEES_AUTHOR: Expr = Expr::Any(&[Expr::Is(Attribution, "NAME"), INSIDERS, REVIEWER, ASKED]);
/// Who sees the organisation on whose behalf it was written.
pub const SEES_ORGANISATION: Expr =
    Expr::Any(&[Expr::OneOf(Attribution, &["NAME", "ORGANISATION"]), INSIDERS, REVIEWER]);
/// Who sees an edition before it is handed in.
pub const SEES_DRAFT: Expr = INSIDERS;
/// Who sees the edition that is being worked on, who reviews it and what is said about it.
pub const SEES_WORK: Expr = Expr::Any(&[INSIDERS, REVIEWER]);

/// Who sees each change of a lesson, those of an edition that is being worked on beside a published one
/// too. For others its revision and its time move only with what they can see.
pub const SEES_REVISION: Expr =
    Expr::Any(&[INSIDERS, ASKED, Expr::All(&[REVIEWER, Expr::OneOf(OpenState, HANDED_IN)])]);

/// A lesson. Its status is derived from its versions; a draft marked PUBLIC is still a draft.
pub const LESSON: Policy = Policy {
    subject: "Lesson",
    read: Expr::All(&[
        Expr::Any(&[
            Expr::All(&[Expr::Is(State, "PUBLISHED"), BY_VISIBILITY]),
            INSIDERS,
            ASKED,
            Expr::All(&[REVIEWER, Expr::OneOf(OpenState, HANDED_IN)]),
            Expr::All(&[Expr::Is(State, "WITHDRAWN"), TAKEN_BACK]),
        ]),
        Expr::Scope(Scope::LessonsRead),
        TOKEN_COUNTRIES,
    ]),
    rules: &[
        // Who comes before in which state: the state of an edition that is being worked on is not for
        // everyone who sees the lesson, and the reason would tell it.
        Rule {
            action: Action::Update,
            clauses: &[KNOWN, MAY_WRITE, CONTRIBUTES, EDITABLE, STILL_CONTRIBUTOR],
        },
        Rule {
            action: Action::Submit,
            clauses: &[KNOWN, MAY_WRITE, CONTRIBUTES, EDITABLE, STILL_CONTRIBUTOR],
        },
        Rule {
            action: Action::StartReview,
            clauses: &[
                SIGNED_IN,
                IS_REVIEWER,
                needs(Expr::Is(OpenState, "SUBMITTED"), Reason::WrongState),
                NO_CONFLICT,
                COUNTRY_FIRST,
                REGION_FIRST,
            ],
        },
        Rule {
            action: Action::Comment,
            clauses: &[
                SIGNED_IN,
                needs(
                    Expr::Any(&[CONTRIBUTES.holds, Expr::All(&[REVIEWER, NO_CONFLICT.holds])]),
                    Reason::NotAReviewer,
                ),
                needs(Expr::OneOf(OpenState, HANDED_IN), Reason::WrongState),
            ],
        },
        Rule {
            action: Action::RequestChanges,
            clauses: &[SIGNED_IN, IS_REVIEWER, IN_REVIEW, NO_CONFLICT, COUNTRY_FIRST, REGION_FIRST],
        },
        Rule {
            action: Action::Publish,
            clauses: &[SIGNED_IN, IS_REVIEWER, IN_REVIEW, NO_CONFLICT, COUNTRY_FIRST, REGION_FIRST],
        },
        Rule {
            action: Action::Withdraw,
            clauses: &[
                needs(Expr::Not(&Expr::Is(State, "WITHDRAWN")), Reason::WrongState),
                SIGNED_IN,
                needs(Expr::Any(&[CONTRIBUTOR, Expr::ViewerIs(Owner), FOCAL_POINT]), Reason::NotAllowed),
            ],
        },
        Rule {
            action: Action::Revise,
            clauses: &[
                SIGNED_IN,
                CONTRIBUTES,
                needs(Expr::All(&[Expr::Is(State, "PUBLISHED"), Expr::Empty(OpenState)]), Reason::WrongState),
                STILL_CONTRIBUTOR,
            ],
        },
        Rule { action: Action::Accept, clauses: &[SIGNED_IN, needs(ASKED, Reason::NotYours)] },
        Rule { action: Action::Decline, clauses: &[SIGNED_IN, needs(ASKED, Reason::NotYours)] },
        Rule {
            action: Action::Endorse,
            clauses: &[
                IS_PUBLISHED,
                SIGNED_IN,
                needs(Expr::Holds(FactSet::FocalCountries), Reason::NotAFocalPoint),
                needs(Expr::Not(&CONTRIBUTOR), Reason::ConflictOfInterest),
                needs(
                    Expr::Beyond(FactSet::FocalCountries, Related::EndorsingCountries),
                    Reason::AlreadyDone,
                ),
            ],
        },
        Rule {
            action: Action::Replicate,
            // A try is one elsewhere.
            clauses: &[
                IS_PUBLISHED,
                SIGNED_IN,
                needs(
                    Expr::Beyond(FactSet::ContributorPlatforms, Related::HomePlatform),
                    Reason::MembershipNeeded,
                ),
            ],
        },
        Rule { action: Action::Translate, clauses: &[KNOWN, MAY_TRANSLATE, IS_PUBLISHED, TRANSLATORS] },
        Rule {
            action: Action::RequestTranslation,
            clauses: &[IS_PUBLISHED, SIGNED_IN, needs(MEMBER, Reason::NotAllowed)],
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
            INSIDERS,
            ASKED,
            Expr::All(&[Expr::OneOf(State, HANDED_IN), REVIEWER]),
            Expr::All(&[Expr::Is(ParentState, "WITHDRAWN"), TAKEN_BACK]),
        ]),
        Expr::Scope(Scope::LessonsRead),
        TOKEN_COUNTRIES,
    ]),
    rules: &[],
};

/// A file of an edition, seen with it; what isn't checked yet, by those who write it alone.
pub const LESSON_ATTACHMENT: Policy = Policy {
    subject: "LessonAttachment",
    read: Expr::All(&[
        Expr::Any(&[
            Expr::All(&[
                Expr::Is(State, "READY"),
                Expr::OneOf(EditionState, &["PUBLISHED", "SUPERSEDED"]),
                Expr::Is(ParentState, "PUBLISHED"),
                BY_VISIBILITY,
            ]),
            INSIDERS,
            Expr::All(&[Expr::Is(State, "READY"), Expr::OneOf(EditionState, HANDED_IN), REVIEWER]),
            Expr::All(&[Expr::Is(State, "READY"), Expr::Is(ParentState, "WITHDRAWN"), TAKEN_BACK]),
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
        Expr::Any(&[
            INSIDERS,
            Expr::All(&[Expr::OneOf(ParentState, HANDED_IN), REVIEWER]),
            Expr::All(&[Expr::Is(ParentState, "PUBLISHED"), REVIEWER, BY_VISIBILITY]),
            Expr::All(&[Expr::Is(ParentState, "WITHDRAWN"), TAKEN_BACK]),
        ]),
    ]),
    rules: &[],
};

/// An endorsement, seen with its lesson.
pub const ENDORSEMENT: Policy = Policy {
    subject: "Endorsement",
    read: Expr::All(&[
        Expr::Any(&[Expr::All(&[Expr::Is(ParentState, "PUBLISHED"), BY_VISIBILITY]), INSIDERS]),
        Expr::Scope(Scope::LessonsRead),
        TOKEN_COUNTRIES,
    ]),
    rules: &[],
};

/// Who says what came of a try.
pub const TRIES: Expr = Expr::Any(&[Expr::ViewerIs(Owner), PLATFORM_FACILITATOR]);

/// Who planned it, said what came of it or writes things down for the platform that tried it.
pub(super) const TRIED: Expr = Expr::Any(&[
    Expr::ViewerIs(Owner),
    Expr::ViewerAmong(Related::Triers),
    Expr::In(Platform, FactSet::RecorderPlatforms),
]);
const CONCLUDED: Expr = Expr::OneOf(State, &["ADOPTED", "ADAPTED", "ABANDONED"]);
const UNDERWAY: Clause = needs(Expr::OneOf(State, &["PLANNED", "TRIAL"]), Reason::WrongState);
const TRIES_IT: Clause = needs(TRIES, Reason::NotAllowed);

/// A try elsewhere. Seen by whoever may see the lesson; failures are as public as successes. Those of the
/// country where it was tried who may verify what is said of it see it too.
pub const REPLICATION: Policy = Policy {
    subject: "Replication",
    read: Expr::All(&[
        Expr::Any(&[
            Expr::All(&[Expr::Is(ParentState, "PUBLISHED"), BY_PARENT_VISIBILITY]),
            Expr::In(ParentPlatform, FactSet::FacilitatedPlatforms),
            CONTRIBUTOR,
            PLATFORM_MEMBER,
            Expr::ViewerIs(Owner),
            Expr::All(&[Expr::OneOf(State, &["ADOPTED", "ADAPTED", "ABANDONED", "VERIFIED"]), REVIEWER]),
        ]),
        Expr::Scope(Scope::LessonsRead),
        TOKEN_COUNTRIES,
    ]),
    rules: &[
        Rule { action: Action::RecordTrial, clauses: &[SIGNED_IN, TRIES_IT, STILL_CONTRIBUTOR, UNDERWAY] },
        Rule { action: Action::Update, clauses: &[SIGNED_IN, TRIES_IT, STILL_CONTRIBUTOR, UNDERWAY] },
        Rule {
            action: Action::Verify,
            clauses: &[
                SIGNED_IN,
                IS_REVIEWER,
                needs(CONCLUDED, Reason::WrongState),
                // Whose lesson it is gains by its success elsewhere.
                NO_CONFLICT,
                needs(Expr::Not(&TRIED), Reason::ConflictOfInterest),
                COUNTRY_FIRST,
                REGION_FIRST,
            ],
        },
    ],
};
