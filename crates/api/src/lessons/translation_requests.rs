//! The wish for a translation.

use async_graphql::InputObject;
use maip_domain::id::{LessonId, TranslationRequestId};
use maip_domain::text::{self, TextRule};
use maip_persistence::lessons::read::TRANSLATION_REQUEST;
use maip_persistence::lessons::translations::requests::{self, NewRequest};
use maip_persistence::write::{Refusal, WriteResult, Written};

use crate::mutation::{MutationContext, Payload, Typed};
use crate::schema::scalars::{Id, Language};

const OF_REQUEST: Payload = Payload::of(
    "translationRequest",
    &TRANSLATION_REQUEST,
    "The request as it is now, as far as you see it.",
);

/// What a wish is for.
const NOTE: TextRule = TextRule { min: 0, ..text::MESSAGE };

pub static ASK: Typed<RequestTranslationInput> = Typed {
    name: "requestTranslation",
    description: "Asks for a translation of a published lesson. Volunteers, and translation services by a token, see it \
                  under `translationRequests`. It stands for 180 days.",
    payload: OF_REQUEST,
    run: |cx, input| Box::pin(ask(cx, input)),
};

pub static TAKE: Typed<TakeTranslationRequestInput> = Typed {
    name: "takeTranslationRequest",
    description: "Takes a request, so that nobody else does the same work: it is kept for 14 days and then OPEN again. Do \
                  it with `addTranslation`. For members with another role than OBSERVER, and for tokens with the scope \
                  `TRANSLATIONS_WRITE`.",
    payload: OF_REQUEST,
    run: |cx, input| Box::pin(take(cx, input)),
};

pub static RELEASE: Typed<ReleaseTranslationRequestInput> = Typed {
    name: "releaseTranslationRequest",
    description: "Gives back a request that you have taken: it is OPEN for others.",
    payload: OF_REQUEST,
    run: |cx, input| Box::pin(release(cx, input)),
};

pub static WITHDRAW: Typed<WithdrawTranslationRequestInput> = Typed {
    name: "withdrawTranslationRequest",
    description: "Takes back a request of yours that isn't done. The focal point of the lesson's country may, too.",
    payload: OF_REQUEST,
    run: |cx, input| Box::pin(withdraw(cx, input)),
};

/// What is wished for.
#[derive(InputObject)]
pub struct RequestTranslationInput {
    /// The id, where you make it.
    id: Option<Id<TranslationRequestId>>,
    /// The lesson.
    lesson_id: Id<LessonId>,
    /// Into which language.
    language: Language,
    /// What it is for, in 2,000 characters at most; whoever may translate reads it.
    note: Option<String>,
}

/// Which request is taken.
#[derive(InputObject)]
pub struct TakeTranslationRequestInput {
    /// The request.
    request_id: Id<TranslationRequestId>,
}

/// Which request is given back.
#[derive(InputObject)]
pub struct ReleaseTranslationRequestInput {
    /// The request.
    request_id: Id<TranslationRequestId>,
}

/// Which request is taken back.
#[derive(InputObject)]
pub struct WithdrawTranslationRequestInput {
    /// The request.
    request_id: Id<TranslationRequestId>,
}

async fn ask(cx: &MutationContext<'_>, input: RequestTranslationInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.id.and_then(|id| id.check(&mut refusal, "id"));
    let lesson = input.lesson_id.check(&mut refusal, "lessonId");
    let note = input.note.unwrap_or_default();
    let note = refusal.take("note", text::check(&note, &NOTE)).unwrap_or_default();
    let lesson = refusal.finish_with(lesson)?;
    let unit = cx.begin().await?;
    let new = NewRequest { lesson, language: input.language.0, note };
    let id = requests::ask(&unit, id.as_ref(), new).await?;
    unit.commit(Written::record(id)).await
}

async fn take(cx: &MutationContext<'_>, input: TakeTranslationRequestInput) -> WriteResult<Written> {
    let id = input.request_id.at("requestId")?;
    let unit = cx.begin().await?;
    requests::take(&unit, &id).await?;
    unit.commit(Written::record(id.into_string())).await
}

async fn release(cx: &MutationContext<'_>, input: ReleaseTranslationRequestInput) -> WriteResult<Written> {
    let id = input.request_id.at("requestId")?;
    let unit = cx.begin().await?;
    requests::release(&unit, &id).await?;
    unit.commit(Written::record(id.into_string())).await
}

async fn withdraw(cx: &MutationContext<'_>, input: WithdrawTranslationRequestInput) -> WriteResult<Written> {
    let id = input.request_id.at("requestId")?;
    let unit = cx.begin().await?;
    requests::withdraw(&unit, &id).await?;
    unit.commit(Written::record(id.into_string())).await
}
