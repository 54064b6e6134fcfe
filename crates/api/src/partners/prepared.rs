//! The operations.

/// An operation that the carrier executes on behalf of who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prepared {
    /// A page of lessons in the order in which they changed, with what goes out of each: see `LessonRecord`.
    /// Variables: `first`, `after`, `filter`.
    Lessons,
    /// The same with ids, countries and times alone: see `Stamped`.
    Stamps,
    /// One lesson, by `id`.
    Lesson,
    /// A page of lessons with all that they say: see `WholeLesson`. Variables: `first`, `after`, `filter`.
    WholeLessons,
    /// One lesson with all that it says, by `id`, and what of that is shown to who asks in their language.
    WholeLesson,
    /// When one lesson changed, by `id`: see `Stamped`.
    Stamp,
    /// A page of countries. Variables: `first`, `after`.
    Countries,
}

/// What goes out of a lesson, of which the fields of `LessonRecord` are read.
macro_rules! record {
    () => {
        "id title abstract language status outcome authorName publishedAt updatedAt organisation { name } \
         country { code name region } platform { name } concepts { uri label }"
    };
}

/// What goes out of a lesson as a whole, of which the fields of `WholeLesson` are read.
macro_rules! whole {
    () => {
        concat!(
            record!(),
            " actorTypes missingConditions replicationOutcomes { total worked partly failed } currentVersion { number \
             origin context problem whatWasDone result enablingConditions hinderingConditions whoGained whoLost \
             costs { item amount currency } }"
        )
    };
}

/// What `Shown` has.
macro_rules! shown {
    () => {
        " text { language direction originalLanguage origin stale reviewed untranslated title abstract context problem \
         whatWasDone result enablingConditions hinderingConditions whoGained whoLost }"
    };
}

/// What `Stamped` has.
macro_rules! stamp {
    () => {
        "id updatedAt country { code name region }"
    };
}

/// A page of lessons. Oldest change first: what changes while somebody pages comes once more at the end, and nothing
/// is left out.
macro_rules! lessons {
    ($fields:expr) => {
        concat!(
            "query Lessons($first: Int!, $after: String, $filter: LessonFilter) { \
             root: lessons(first: $first, after: $after, filter: $filter, sort: UPDATED_AT, direction: ASC) { nodes { ",
            $fields,
            " } pageInfo { hasNextPage endCursor } } }"
        )
    };
}

/// One lesson.
macro_rules! lesson {
    ($fields:expr) => {
        concat!("query Lesson($id: ID!) { root: lesson(id: $id) { ", $fields, " } }")
    };
}

impl Prepared {
    /// Lessons on a page, of whatever is told of them.
    pub const PAGE: u32 = 50;
    /// Lessons on a page with all that they say.
    pub const WHOLE_PAGE: u32 = 25;
    /// Countries on a page.
    pub const COUNTRIES: u32 = 100;
    /// The most that one of these reads may cost, whatever the operations of clients may: their texts and their pages are
    /// ours. A budget of less than that would never allow one.
    pub const MOST_COST: u32 = 1_000;

    /// Its text.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Lessons => lessons!(record!()),
            Self::Stamps => lessons!(stamp!()),
            Self::Lesson => lesson!(record!()),
            Self::WholeLessons => lessons!(whole!()),
            Self::WholeLesson => lesson!(concat!(whole!(), shown!())),
            Self::Stamp => lesson!(stamp!()),
            Self::Countries => {
                "query Countries($first: Int!, $after: String) { root: countries(first: $first, after: $after) { \
                 nodes { code name region } pageInfo { hasNextPage endCursor } } }"
            }
        }
    }
}
