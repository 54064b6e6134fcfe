//! Introductions: request, accept, decline.

use async_graphql::InputObject;
use maip_domain::cooperation::ContactField;
use maip_domain::id::{ContactCardId, IntroductionId, LessonId};
use maip_domain::text;
use maip_persistence::cooperation::introductions::{self, Answer, NewIntroduction};
use maip_persistence::cooperation::read::INTRODUCTION;
use maip_persistence::write::{Refusal, WriteResult, Written};

use super::details::ticked;
use crate::mutation::{MutationContext, Payload, Typed};
use crate::schema::Closed;
use crate::schema::scalars::Id;

const RECORD: Payload = Payload::of("introduction", &INTRODUCTION, "The introduction as it is now.");

pub static REQUEST: Typed<RequestIntroductionInput> = Typed {
    name: "requestIntroduction",
    description: "Asks the owner of a contact card to be put in touch. Asking is your acceptance: once they accept, \
                  they see the details that you offer here, and you those that they choose. One request a card can \
                  wait at a time, and the number a day is limited.",
    payload: RECORD,
    run: |cx, input| Box::pin(request(cx, input)),
};

pub static ACCEPT: Typed<AcceptIntroductionInput> = Typed {
    name: "acceptIntroduction",
    description: "Accepts a request for an introduction. Two consents come of it, one each way, for 12 months; each \
                  side can withdraw its own with `withdrawContactConsent`.",
    payload: RECORD,
    run: |cx, input| Box::pin(accept(cx, input)),
};

pub static DECLINE: Typed<DeclineIntroductionInput> = Typed {
    name: "declineIntroduction",
    description: "Declines a request for an introduction. Nothing is shown to either side, and the requester can't \
                  ask for the same card again for 30 days.",
    payload: RECORD,
    run: |cx, input| Box::pin(decline(cx, input)),
};

/// A request to be put in touch.
#[derive(InputObject)]
pub struct RequestIntroductionInput {
    /// The id, where you make it.
    id: Option<Id<IntroductionId>>,
    /// The card whose owner you ask.
    card_id: Id<ContactCardId>,
    /// What you write to them, in 2,000 characters at most.
    message: String,
    /// Which of your own details they see once they accept. They come from a contact card of yours; without
    /// one, leave this out. Where you ask an organisation, its people and its systems see them.
    fields: Option<Vec<Closed<ContactField>>>,
    /// The card of yours that holds these details; needed where you have several.
    own_card_id: Option<Id<ContactCardId>>,
    /// The lesson that led to it.
    lesson_id: Option<Id<LessonId>>,
}

/// The acceptance of a request.
#[derive(InputObject)]
pub struct AcceptIntroductionInput {
    /// The introduction.
    introduction_id: Id<IntroductionId>,
    /// The revision that you read, if it matters.
    expected_revision: Option<i32>,
    /// Which details of the card the requester sees; none is possible too.
    fields: Vec<Closed<ContactField>>,
    /// Some words to the requester, in 2,000 characters at most.
    reply: Option<String>,
}

/// The refusal of a request.
#[derive(InputObject)]
pub struct DeclineIntroductionInput {
    /// The introduction.
    introduction_id: Id<IntroductionId>,
    /// The revision that you read, if it matters.
    expected_revision: Option<i32>,
    /// Some words to the requester, in 2,000 characters at most.
    reply: Option<String>,
}

async fn request(cx: &MutationContext<'_>, input: RequestIntroductionInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.id.and_then(|id| id.check(&mut refusal, "id"));
    let card = input.card_id.check(&mut refusal, "cardId");
    let own_card = input.own_card_id.and_then(|own| own.check(&mut refusal, "ownCardId"));
    let lesson = input.lesson_id.and_then(|lesson| lesson.check(&mut refusal, "lessonId"));
    let message = refusal.take("message", text::check(&input.message, &text::MESSAGE));
    let (card, message) = refusal.finish_with(card.zip(message))?;
    let new =
        NewIntroduction { card, message, fields: ticked(input.fields.unwrap_or_default()), own_card, lesson };
    let unit = cx.begin().await?;
    let id = introductions::request(&unit, id.as_ref(), new).await?;
    unit.commit(Written::record(id)).await
}

async fn accept(cx: &MutationContext<'_>, input: AcceptIntroductionInput) -> WriteResult<Written> {
    let (id, answer) = answer(input.introduction_id, input.expected_revision, input.reply)?;
    let unit = cx.begin().await?;
    introductions::accept(&unit, &id, &ticked(input.fields), answer).await?;
    unit.commit(Written::record(id.into_string())).await
}

async fn decline(cx: &MutationContext<'_>, input: DeclineIntroductionInput) -> WriteResult<Written> {
    let (id, answer) = answer(input.introduction_id, input.expected_revision, input.reply)?;
    let unit = cx.begin().await?;
    introductions::decline(&unit, &id, answer).await?;
    unit.commit(Written::record(id.into_string())).await
}

fn answer(
    introduction: Id<IntroductionId>,
    expected: Option<i32>,
    reply: Option<String>,
) -> WriteResult<(IntroductionId, Answer)> {
    let mut refusal = Refusal::default();
    let id = introduction.check(&mut refusal, "introductionId");
    let reply = reply.and_then(|reply| refusal.take("reply", text::check(&reply, &text::MESSAGE)));
    let id = refusal.finish_with(id)?;
    Ok((id, Answer { expected: expected.map(i64::from), reply }))
}
