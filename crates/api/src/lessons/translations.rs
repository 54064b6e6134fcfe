//! Translations of lessons.

use async_graphql::{InputObject, MaybeUndefined};
use maip_domain::id::{LessonVersionId, TranslationId};
use maip_domain::lessons::TranslationOrigin;
use maip_domain::text;
use maip_persistence::lessons::read::LESSON_TRANSLATION;
use maip_persistence::lessons::translations::{self, NewTranslation};
use maip_persistence::lessons::words::Words;
use maip_persistence::write::{Refusal, WriteResult, Written};

use super::content::{checked, items};
use crate::mutation::{MutationContext, Payload, Typed};
use crate::schema::Closed;
use crate::schema::scalars::{Id, Language};

const OF_TRANSLATION: Payload =
    Payload::of("translation", &LESSON_TRANSLATION, "The translation as it is now, as far as you see it.");

pub static ADD: Typed<AddTranslationInput> = Typed {
    name: "addTranslation",
    description: "Adds a translation of a published version of a lesson, which readers who prefer the language are shown \
                  at once, labelled as unreviewed. Requests for it are DONE with that. For members with another role \
                  than OBSERVER, and for tokens with the scopes `TRANSLATIONS_WRITE` and `LESSONS_READ`.",
    payload: OF_TRANSLATION,
    run: |cx, input| Box::pin(add(cx, input)),
};

pub static REVISE: Typed<ReviseTranslationInput> = Typed {
    name: "reviseTranslation",
    description: "Changes what a translation of yours says. It has to be reviewed again. What another wrote isn't changed: \
                  add one of your own.",
    payload: OF_TRANSLATION,
    run: |cx, input| Box::pin(revise(cx, input)),
};

pub static REVIEW: Typed<ReviewTranslationInput> = Typed {
    name: "reviewTranslation",
    description: "Says that you have read a translation against the original and found it right: it is REVIEWED from then \
                  on, and shown before those that aren't. Never by its translator, nor by anyone of the organisation \
                  whose token wrote it.",
    payload: OF_TRANSLATION,
    run: |cx, input| Box::pin(review(cx, input)),
};

pub static WITHDRAW: Typed<WithdrawTranslationInput> = Typed {
    name: "withdrawTranslation",
    description: "Takes a translation back: readers don't see it any more. For its translator, the authors of the lesson, \
                  and the focal point of its country.",
    payload: OF_TRANSLATION,
    run: |cx, input| Box::pin(withdraw(cx, input)),
};

/// What a translation says. What the original leaves empty is left out; readers are shown the original where anything
/// else is left out.
#[derive(InputObject, Default)]
pub struct TranslatedTextsInput {
    /// The gist, in 1,500 characters at most.
    #[graphql(name = "abstract")]
    abstract_text: MaybeUndefined<String>,
    /// Where and under which circumstances it happened, in 20,000 characters at most.
    context: MaybeUndefined<String>,
    /// The problem that was to be solved, in 20,000 characters at most.
    problem: MaybeUndefined<String>,
    /// What was done about it, in 20,000 characters at most.
    what_was_done: MaybeUndefined<String>,
    /// What came of it, in words; 20,000 characters at most.
    result: MaybeUndefined<String>,
    /// What helped, one condition an item: the whole list.
    enabling_conditions: MaybeUndefined<Vec<String>>,
    /// What hindered, one condition an item: the whole list.
    hindering_conditions: MaybeUndefined<Vec<String>>,
    /// Who gained from it, in 20,000 characters at most.
    who_gained: MaybeUndefined<String>,
    /// Who lost by it, in 20,000 characters at most.
    who_lost: MaybeUndefined<String>,
}

/// A translation to be added.
#[derive(InputObject)]
pub struct AddTranslationInput {
    /// The id, where you make it.
    id: Option<Id<TranslationId>>,
    /// The version that was translated: published, or published once. Where another is published by now, the translation
    /// is stale from the beginning.
    version_id: Id<LessonVersionId>,
    /// The language into which it is. Name the script where it is written in another than usual, as `sr-Latn`.
    language: Language,
    /// Whether a person or a machine translated it.
    origin: Closed<TranslationOrigin>,
    /// The title, of 3 to 200 characters in one line.
    title: String,
    /// The other texts.
    texts: Option<TranslatedTextsInput>,
}

/// Changes to a translation.
#[derive(InputObject)]
pub struct ReviseTranslationInput {
    /// The translation.
    translation_id: Id<TranslationId>,
    /// The revision that you read, if it matters.
    expected_revision: Option<i32>,
    /// HUMAN, once a person has read and mended what a machine translated.
    origin: Option<Closed<TranslationOrigin>>,
    /// The title, of 3 to 200 characters in one line.
    title: Option<String>,
    /// The other texts; what isn't given stays.
    texts: Option<TranslatedTextsInput>,
}

/// Which translation is right.
#[derive(InputObject)]
pub struct ReviewTranslationInput {
    /// The translation.
    translation_id: Id<TranslationId>,
    /// The revision that you read: name it, so that nothing else is reviewed.
    expected_revision: i32,
}

/// Which translation is taken back.
#[derive(InputObject)]
pub struct WithdrawTranslationInput {
    /// The translation.
    translation_id: Id<TranslationId>,
    /// The revision that you read, if it matters.
    expected_revision: Option<i32>,
}

impl TranslatedTextsInput {
    /// The checked texts; what is wrong is noted.
    fn check(self, refusal: &mut Refusal) -> Words {
        Words {
            title: None,
            abstract_text: checked(refusal, "texts.abstract", self.abstract_text, &text::ABSTRACT),
            context: checked(refusal, "texts.context", self.context, &text::BODY),
            problem: checked(refusal, "texts.problem", self.problem, &text::BODY),
            what_was_done: checked(refusal, "texts.whatWasDone", self.what_was_done, &text::BODY),
            result: checked(refusal, "texts.result", self.result, &text::BODY),
            enabling_conditions: items(refusal, "texts.enablingConditions", self.enabling_conditions),
            hindering_conditions: items(refusal, "texts.hinderingConditions", self.hindering_conditions),
            who_gained: checked(refusal, "texts.whoGained", self.who_gained, &text::BODY),
            who_lost: checked(refusal, "texts.whoLost", self.who_lost, &text::BODY),
        }
    }
}

async fn add(cx: &MutationContext<'_>, input: AddTranslationInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.id.and_then(|id| id.check(&mut refusal, "id"));
    let version = input.version_id.check(&mut refusal, "versionId");
    let title = refusal.take("title", text::check(&input.title, &text::TITLE));
    let words = Words { title, ..input.texts.unwrap_or_default().check(&mut refusal) };
    let version = refusal.finish_with(version)?;
    let new = NewTranslation { version, language: input.language.0, origin: input.origin.0, words };
    let unit = cx.begin().await?;
    let id = translations::add(&unit, id.as_ref(), new).await?;
    unit.commit(Written::record(id)).await
}

async fn revise(cx: &MutationContext<'_>, input: ReviseTranslationInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.translation_id.check(&mut refusal, "translationId");
    let title = input.title.and_then(|title| refusal.take("title", text::check(&title, &text::TITLE)));
    let words = Words { title, ..input.texts.unwrap_or_default().check(&mut refusal) };
    let id = refusal.finish_with(id)?;
    let (origin, expected) = (input.origin.map(|origin| origin.0), input.expected_revision.map(i64::from));
    let unit = cx.begin().await?;
    translations::revise(&unit, &id, origin, words, expected).await?;
    unit.commit(Written::record(id.into_string())).await
}

async fn review(cx: &MutationContext<'_>, input: ReviewTranslationInput) -> WriteResult<Written> {
    let id = input.translation_id.at("translationId")?;
    let unit = cx.begin().await?;
    translations::review(&unit, &id, Some(i64::from(input.expected_revision))).await?;
    unit.commit(Written::record(id.into_string())).await
}

async fn withdraw(cx: &MutationContext<'_>, input: WithdrawTranslationInput) -> WriteResult<Written> {
    let id = input.translation_id.at("translationId")?;
    let unit = cx.begin().await?;
    translations::withdraw(&unit, &id, input.expected_revision.map(i64::from)).await?;
    unit.commit(Written::record(id.into_string())).await
}
