//! From draft to publication, and back.

use async_graphql::InputObject;
use maip_domain::id::{LessonId, LessonVersionId, ReviewEntryId};
use maip_domain::text::{self, TextRule};
use maip_persistence::lessons::endorsement::{self, NewEndorsement};
use maip_persistence::lessons::read::REVIEW_ENTRY;
use maip_persistence::lessons::review::{self, Step};
use maip_persistence::write::{Refusal, WriteResult, Written};

use super::PAYLOAD;
use crate::mutation::{MutationContext, Payload, Typed};
use crate::schema::scalars::{Country, Id};

pub static SUBMIT: Typed<SubmitLessonInput> = Typed {
    name: "submitLesson",
    description: "Hands the open version in for review. MISSING_FIELDS comes once for each part that is lacking; \
                  `missingForSubmission` lists them beforehand.",
    payload: PAYLOAD,
    run: |cx, input| Box::pin(submit(cx, input)),
};

pub static START: Typed<StartReviewInput> = Typed {
    name: "startReview",
    description: "Takes a submitted version up for review. The owning country's focal point and technical officers \
                  review, or the region and the secretariat where a conflict of interest bars them.",
    payload: PAYLOAD,
    run: |cx, input| Box::pin(start(cx, input)),
};

pub static REQUEST_CHANGES: Typed<RequestLessonChangesInput> = Typed {
    name: "requestLessonChanges",
    description: "Sends the version in review back to its author, and says what is to be changed.",
    payload: PAYLOAD,
    run: |cx, input| Box::pin(request_changes(cx, input)),
};

pub static COMMENT: Typed<CommentOnReviewInput> = Typed {
    name: "commentOnReview",
    description: "Says something in the review of a lesson, as one of its authors or reviewers. Nobody else but the \
                  platform's facilitator reads it.",
    payload: Payload::of("reviewEntry", &REVIEW_ENTRY, "What was said."),
    run: |cx, input| Box::pin(comment(cx, input)),
};

pub static PUBLISH: Typed<PublishLessonInput> = Typed {
    name: "publishLesson",
    description: "Publishes the version in review. The version that was published before is superseded; trials of \
                  it stay with it.",
    payload: PAYLOAD,
    run: |cx, input| Box::pin(publish(cx, input)),
};

pub static WITHDRAW: Typed<WithdrawLessonInput> = Typed {
    name: "withdrawLesson",
    description: "Takes a lesson back, published or not. Its author and its country's focal point may.",
    payload: PAYLOAD,
    run: |cx, input| Box::pin(withdraw(cx, input)),
};

pub static REVISE: Typed<ReviseLessonInput> = Typed {
    name: "reviseLesson",
    description: "Begins a new version with the content of the published one, which stays published until the new \
                  one is.",
    payload: PAYLOAD,
    run: |cx, input| Box::pin(revise(cx, input)),
};

pub static ENDORSE: Typed<EndorseLessonInput> = Typed {
    name: "endorseLesson",
    description: "Endorses the published version for your country, as its national focal point.",
    payload: PAYLOAD,
    run: |cx, input| Box::pin(endorse(cx, input)),
};

/// Which lesson is handed in.
#[derive(InputObject)]
pub struct SubmitLessonInput {
    /// The lesson.
    lesson_id: Id<LessonId>,
    /// The `revision` that you read, if it matters.
    expected_revision: Option<i32>,
}

/// Which lesson is taken up.
#[derive(InputObject)]
pub struct StartReviewInput {
    /// The lesson.
    lesson_id: Id<LessonId>,
    /// The `revision` that you read, if it matters.
    expected_revision: Option<i32>,
}

/// Which lesson goes back to its author, and why.
#[derive(InputObject)]
pub struct RequestLessonChangesInput {
    /// The lesson.
    lesson_id: Id<LessonId>,
    /// The `revision` that you read, if it matters.
    expected_revision: Option<i32>,
    /// What is to be changed, in 2,000 characters at most. Author and reviewers read it.
    comment: String,
}

/// What is said in the review of which lesson.
#[derive(InputObject)]
pub struct CommentOnReviewInput {
    /// The id, where you make it.
    id: Option<Id<ReviewEntryId>>,
    /// The lesson.
    lesson_id: Id<LessonId>,
    /// What is said, in 2,000 characters at most.
    text: String,
}

/// Which lesson is published.
#[derive(InputObject)]
pub struct PublishLessonInput {
    /// The lesson.
    lesson_id: Id<LessonId>,
    /// The `revision` that you read, if it matters.
    expected_revision: Option<i32>,
    /// A word to the author, in 2,000 characters at most.
    comment: Option<String>,
}

/// Which lesson is taken back.
#[derive(InputObject)]
pub struct WithdrawLessonInput {
    /// The lesson.
    lesson_id: Id<LessonId>,
    /// The `revision` that you read, if it matters.
    expected_revision: Option<i32>,
    /// Why, in 2,000 characters at most. Author and reviewers read it.
    reason: Option<String>,
    /// Whether only the version that is being worked on is taken back, and the published one stays.
    #[graphql(default = false)]
    open_version_only: bool,
}

/// Which lesson gets a new version.
#[derive(InputObject)]
pub struct ReviseLessonInput {
    /// The lesson.
    lesson_id: Id<LessonId>,
    /// The id of the new version, where you make it.
    version_id: Option<Id<LessonVersionId>>,
    /// The `revision` that you read, if it matters.
    expected_revision: Option<i32>,
}

/// Which lesson is endorsed.
#[derive(InputObject)]
pub struct EndorseLessonInput {
    /// The lesson.
    lesson_id: Id<LessonId>,
    /// For which country, where you are the focal point of several.
    country: Option<Country>,
    /// What you say about it, in 2,000 characters at most.
    note: Option<String>,
}

/// A remark may be empty here: its mutation says whether it has to be there.
const REMARK: TextRule = TextRule { min: 0, ..text::MESSAGE };

fn step(lesson: Id<LessonId>, expected_revision: Option<i32>) -> WriteResult<Step> {
    Ok(Step { lesson: lesson.at("lessonId")?, expected_revision: expected_revision.map(i64::from) })
}

/// The same with a remark, which may be left out.
fn step_with_remark(
    (lesson, expected_revision): (Id<LessonId>, Option<i32>),
    field: &str,
    given: Option<String>,
) -> WriteResult<(Step, Option<String>)> {
    let mut refusal = Refusal::default();
    let lesson = lesson.check(&mut refusal, "lessonId");
    let remark = remark(&mut refusal, field, given);
    let lesson = refusal.finish_with(lesson)?;
    Ok((Step { lesson, expected_revision: expected_revision.map(i64::from) }, remark))
}

fn remark(refusal: &mut Refusal, field: &str, given: Option<String>) -> Option<String> {
    given.and_then(|given| refusal.take(field, text::check(&given, &REMARK))).filter(|text| !text.is_empty())
}

async fn submit(cx: &MutationContext<'_>, input: SubmitLessonInput) -> WriteResult<Written> {
    let step = step(input.lesson_id, input.expected_revision)?;
    let unit = cx.begin().await?;
    let written = review::submit(&unit, &step).await?;
    unit.commit(written).await
}

async fn start(cx: &MutationContext<'_>, input: StartReviewInput) -> WriteResult<Written> {
    let step = step(input.lesson_id, input.expected_revision)?;
    let unit = cx.begin().await?;
    let written = review::start(&unit, &step).await?;
    unit.commit(written).await
}

async fn request_changes(cx: &MutationContext<'_>, input: RequestLessonChangesInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let lesson = input.lesson_id.check(&mut refusal, "lessonId");
    let comment = refusal.take("comment", text::check(&input.comment, &text::MESSAGE));
    let (lesson, comment) = refusal.finish_with(lesson.zip(comment))?;
    let step = Step { lesson, expected_revision: input.expected_revision.map(i64::from) };
    let unit = cx.begin().await?;
    let written = review::request_changes(&unit, &step, comment).await?;
    unit.commit(written).await
}

async fn comment(cx: &MutationContext<'_>, input: CommentOnReviewInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.id.and_then(|id| id.check(&mut refusal, "id"));
    let lesson = input.lesson_id.check(&mut refusal, "lessonId");
    let text = refusal.take("text", text::check(&input.text, &text::MESSAGE));
    let (lesson, text) = refusal.finish_with(lesson.zip(text))?;
    let unit = cx.begin().await?;
    let written = review::comment(&unit, &lesson, id.as_ref(), text).await?;
    unit.commit(written).await
}

async fn publish(cx: &MutationContext<'_>, input: PublishLessonInput) -> WriteResult<Written> {
    let named = (input.lesson_id, input.expected_revision);
    let (step, comment) = step_with_remark(named, "comment", input.comment)?;
    let unit = cx.begin().await?;
    let written = review::publish(&unit, &step, comment).await?;
    unit.commit(written).await
}

async fn withdraw(cx: &MutationContext<'_>, input: WithdrawLessonInput) -> WriteResult<Written> {
    let named = (input.lesson_id, input.expected_revision);
    let (step, reason) = step_with_remark(named, "reason", input.reason)?;
    let unit = cx.begin().await?;
    let written = review::withdraw(&unit, &step, reason, input.open_version_only).await?;
    unit.commit(written).await
}

async fn revise(cx: &MutationContext<'_>, input: ReviseLessonInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let lesson = input.lesson_id.check(&mut refusal, "lessonId");
    let version = input.version_id.and_then(|version| version.check(&mut refusal, "versionId"));
    let lesson = refusal.finish_with(lesson)?;
    let step = Step { lesson, expected_revision: input.expected_revision.map(i64::from) };
    let unit = cx.begin().await?;
    let written = review::revise(&unit, &step, version.as_ref()).await?;
    unit.commit(written).await
}

async fn endorse(cx: &MutationContext<'_>, input: EndorseLessonInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let lesson = input.lesson_id.check(&mut refusal, "lessonId");
    let note = remark(&mut refusal, "note", input.note).unwrap_or_default();
    let lesson = refusal.finish_with(lesson)?;
    let new = NewEndorsement { lesson, country: input.country.map(|country| country.0), note };
    let unit = cx.begin().await?;
    let written = endorsement::endorse(&unit, new).await?;
    unit.commit(written).await
}
