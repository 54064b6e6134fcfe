//! Mutations: declared once each, with an input type, a payload and a handler.
//!
//! ```ignore
//! pub static DRAFT_LESSON: Typed<DraftLessonInput> = Typed {
//!     name: "draftLesson",
//!     description: "Begins a lesson: a title is enough.",
//!     payload: Payload::of("lesson", &LESSON, "The lesson as it is now."),
//!     run: |cx, input| Box::pin(draft(cx, input)),
//! };
//!
//! async fn draft(cx: &MutationContext<'_>, input: DraftLessonInput) -> WriteResult<Written> {
//!     let unit = cx.begin().await?;
//!     let written = maip_persistence::lessons::draft::draft(&unit, input.into_new_lesson()?).await?;
//!     unit.commit(written).await
//! }
//! ```
//!
//! `mutationId` is part of every input and is handled here, as are stale revisions and repetitions:
//! no handler knows of them. A mutation's payload has the record (nullable), the extras, `userErrors`
//! and `conflict`; the executor reads the record back after the commit.

mod context;
mod outcome;
mod typed;

pub use context::MutationContext;
pub use outcome::{MutationFailure, MutationOutcome};
pub use typed::{Extra, ExtraType, Mutation, Payload, Shown, Typed, ValueField, ValueObject};
