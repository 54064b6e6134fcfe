//! What other systems collect: reads that are prepared here and told by the carrier in a form that is not GraphQL.
//!
//! A prepared read is an operation like any a client could send. It goes the same way as those, with its viewer, its
//! cost and its limits, so that what a harvester or an export shows is what the same viewer sees in the API.

mod prepared;
mod record;

pub use crate::lessons::import_columns;
pub use prepared::Prepared;
pub use record::{
    Answered, Concept, Cost, Country, LessonRecord, Named, Outcomes, Page, PageInfo, Shown, Stamped, Texts,
    Unread, WholeLesson, read,
};

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::vocabulary::{LanguageTag, Region, WritingDirection};

/// The regions of FAO, each by its code and its name.
pub fn regions() -> impl Iterator<Item = (&'static str, &'static str)> {
    Region::MEMBERS.iter().map(|region| (region.code, region.description.trim_end_matches('.')))
}

/// Whether a language is written from right to left, by its tag.
#[must_use]
pub fn is_right_to_left(language: &str) -> bool {
    let direction = language.parse::<LanguageTag>().map(|language| WritingDirection::of(&language));
    direction == Ok(WritingDirection::RightToLeft)
}
