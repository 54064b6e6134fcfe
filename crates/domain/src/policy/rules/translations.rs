//! Translations of lessons, and the wish for one.

use super::lessons::{CONTRIBUTOR, INSIDERS, REVIEWER, SIGNED_IN, TAKEN_BACK};
use super::{
    ANY_CONTRIBUTOR, BY_VISIBILITY, FOCAL_POINT, KNOWN, MAY_TRANSLATE, MEMBER, OFFICER, TOKEN,
    TOKEN_COUNTRIES, TRANSLATORS, needs,
};
use crate::identity::scope::Scope;
use crate::policy::action::{Action, Clause, Policy, Reason, Rule};
use crate::policy::expr::Attribute::{
    Attribution, EditionState, Organisation, Owner, ParentState, Requester, State, Translator,
    TranslatorWrote,
};
use crate::policy::expr::Expr;
use crate::policy::viewer::FactSet;

/// Who made it, or has taken it to make it: a person, or any token of the organisation whose token did.
pub const TRANSLATES: Expr = Expr::Any(&[
    Expr::ViewerIs(Translator),
    Expr::All(&[TOKEN, Expr::In(Organisation, FactSet::Organisations)]),
]);
const IS_TRANSLATOR: Clause = needs(TRANSLATES, Reason::NotYours);
const NOT_WITHDRAWN: Expr = Expr::Not(&Expr::Is(State, "WITHDRAWN"));
const IS_SHOWN: Clause = needs(NOT_WITHDRAWN, Reason::WrongState);
const LESSON_IS_PUBLISHED: Clause = needs(Expr::Is(ParentState, "PUBLISHED"), Reason::WrongState);

/// Who sees who translated it. Of a lesson whose author isn't named, a translation by one of its authors would name them.
pub const SEES_TRANSLATOR: Expr = Expr::Any(&[
    Expr::Is(Attribution, "NAME"),
    Expr::Not(&Expr::Is(TranslatorWrote, "YES")),
    Expr::ViewerIs(Translator),
    INSIDERS,
    REVIEWER,
]);

/// A translation of one edition, seen with it; one that was taken back, by who has to do with it alone.
pub const LESSON_TRANSLATION: Policy = Policy {
    subject: "LessonTranslation",
    read: Expr::All(&[
        Expr::Any(&[
            Expr::All(&[
                Expr::Any(&[NOT_WITHDRAWN, Expr::ViewerIs(Translator), REVIEWER]),
                Expr::OneOf(EditionState, &["PUBLISHED", "SUPERSEDED"]),
                Expr::Is(ParentState, "PUBLISHED"),
                BY_VISIBILITY,
            ]),
            INSIDERS,
            Expr::All(&[Expr::Is(ParentState, "WITHDRAWN"), TAKEN_BACK]),
        ]),
        Expr::Scope(Scope::LessonsRead),
        TOKEN_COUNTRIES,
    ]),
    rules: &[
        Rule {
            action: Action::Update,
            clauses: &[KNOWN, MAY_TRANSLATE, IS_TRANSLATOR, IS_SHOWN, LESSON_IS_PUBLISHED, TRANSLATORS],
        },
        Rule {
            action: Action::Review,
            clauses: &[
                needs(Expr::Is(State, "UNREVIEWED"), Reason::WrongState),
                LESSON_IS_PUBLISHED,
                SIGNED_IN,
                needs(
                    Expr::Not(&Expr::Any(&[
                        Expr::ViewerIs(Translator),
                        Expr::In(Organisation, FactSet::Organisations),
                    ])),
                    Reason::ConflictOfInterest,
                ),
                needs(Expr::Any(&[ANY_CONTRIBUTOR, REVIEWER]), Reason::MembershipNeeded),
            ],
        },
        Rule {
            action: Action::Withdraw,
            clauses: &[
                IS_SHOWN,
                KNOWN,
                MAY_TRANSLATE,
                needs(
                    Expr::Any(&[TRANSLATES, CONTRIBUTOR, Expr::ViewerIs(Owner), FOCAL_POINT]),
                    Reason::NotAllowed,
                ),
            ],
        },
    ],
};

/// The wish for a translation: for members, for those who hold an office, and for tokens that may translate.
pub const TRANSLATION_REQUEST: Policy = Policy {
    subject: "TranslationRequest",
    read: Expr::All(&[
        Expr::Is(ParentState, "PUBLISHED"),
        BY_VISIBILITY,
        Expr::Any(&[TOKEN, MEMBER, OFFICER]),
        Expr::Scope(Scope::TranslationsWrite),
        TOKEN_COUNTRIES,
    ]),
    rules: &[
        Rule {
            action: Action::Take,
            clauses: &[KNOWN, MAY_TRANSLATE, needs(Expr::Is(State, "OPEN"), Reason::WrongState), TRANSLATORS],
        },
        Rule {
            action: Action::Release,
            clauses: &[
                KNOWN,
                MAY_TRANSLATE,
                needs(Expr::Is(State, "TAKEN"), Reason::WrongState),
                IS_TRANSLATOR,
            ],
        },
        Rule {
            action: Action::Withdraw,
            clauses: &[
                needs(Expr::OneOf(State, &["OPEN", "TAKEN"]), Reason::WrongState),
                SIGNED_IN,
                needs(Expr::Any(&[Expr::ViewerIs(Requester), FOCAL_POINT]), Reason::NotYours),
            ],
        },
    ],
};
