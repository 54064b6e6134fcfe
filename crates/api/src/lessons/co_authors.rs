//! The answers of those who were named as co-authors.

use async_graphql::InputObject;
use maip_domain::id::LessonId;
use maip_persistence::lessons::people;
use maip_persistence::write::{WriteResult, Written};

use super::PAYLOAD;
use crate::mutation::{MutationContext, Typed};
use crate::schema::scalars::Id;

pub static ACCEPT: Typed<AcceptCoAuthorshipInput> = Typed {
    name: "acceptCoAuthorship",
    description: "Agrees to be a co-author of a lesson that names you. From then on you are shown as one, may write it, \
                  and don't review it.",
    payload: PAYLOAD,
    run: |cx, input| Box::pin(answer(cx, input.lesson_id, true)),
};

pub static DECLINE: Typed<DeclineCoAuthorshipInput> = Typed {
    name: "declineCoAuthorship",
    description: "Declines to be a co-author of a lesson that names you.",
    payload: PAYLOAD,
    run: |cx, input| Box::pin(answer(cx, input.lesson_id, false)),
};

/// Of which lesson you are a co-author.
#[derive(InputObject)]
pub struct AcceptCoAuthorshipInput {
    /// The lesson.
    lesson_id: Id<LessonId>,
}

/// Of which lesson you aren't a co-author.
#[derive(InputObject)]
pub struct DeclineCoAuthorshipInput {
    /// The lesson.
    lesson_id: Id<LessonId>,
}

async fn answer(cx: &MutationContext<'_>, lesson: Id<LessonId>, accepts: bool) -> WriteResult<Written> {
    let lesson = lesson.at("lessonId")?;
    let unit = cx.begin().await?;
    let written = people::answer(&unit, &lesson, accepts).await?;
    unit.commit(written).await
}
