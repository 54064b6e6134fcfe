//! What a lesson says, as an input.

use std::str::FromStr as _;

use async_graphql::{InputObject, MaybeUndefined};
use maip_domain::error_code::ErrorCode;
use maip_domain::lessons::Outcome;
use maip_domain::membership::member::ActorType;
use maip_domain::money::{Currency, Money};
use maip_domain::text::{self, TextRule};
use maip_persistence::lessons::content::{Cost, Edit};
use maip_persistence::lessons::words::Words;
use maip_persistence::write::{Refusal, UserError};

use crate::schema::Closed;
use crate::schema::scalars::{Decimal, Id, Language};
use maip_domain::id::ConceptId;

/// The most items of a list.
const MOST: usize = 50;

/// What a lesson says. In a draft any of it may be left out; `missingForSubmission` says what is
/// still needed.
#[derive(InputObject, Default)]
pub struct LessonContentInput {
    /// The language in which all texts are written. Needed for a new lesson.
    pub(super) language: Option<Language>,
    /// The title, of 3 to 200 characters in one line. Needed for a new lesson.
    pub(super) title: MaybeUndefined<String>,
    /// The gist, in 1,500 characters at most.
    #[graphql(name = "abstract")]
    pub(super) abstract_text: MaybeUndefined<String>,
    /// Where and under which circumstances it happened, in 20,000 characters at most.
    pub(super) context: MaybeUndefined<String>,
    /// The problem that was to be solved, in 20,000 characters at most.
    pub(super) problem: MaybeUndefined<String>,
    /// What was done about it, in 20,000 characters at most.
    pub(super) what_was_done: MaybeUndefined<String>,
    /// What came of it, in words; 20,000 characters at most.
    pub(super) result: MaybeUndefined<String>,
    /// Whether it worked; null takes back what was said.
    pub(super) outcome: MaybeUndefined<Closed<Outcome>>,
    /// What helped, one condition an item: the whole list.
    pub(super) enabling_conditions: MaybeUndefined<Vec<String>>,
    /// What hindered, one condition an item: the whole list.
    pub(super) hindering_conditions: MaybeUndefined<Vec<String>>,
    /// Who gained from it, in 20,000 characters at most.
    pub(super) who_gained: MaybeUndefined<String>,
    /// Who lost by it, in 20,000 characters at most.
    pub(super) who_lost: MaybeUndefined<String>,
    /// What it cost, item by item: the whole list.
    pub(super) costs: MaybeUndefined<Vec<LessonCostInput>>,
    /// What it is about, as concepts of the vocabulary: the whole list.
    pub(super) concept_ids: MaybeUndefined<Vec<Id<ConceptId>>>,
    /// For whom it is: the whole list.
    pub(super) actor_types: MaybeUndefined<Vec<Closed<ActorType>>>,
}

/// One item of what it cost.
#[derive(InputObject)]
pub struct LessonCostInput {
    /// What it was, in 200 characters at most.
    pub(super) item: String,
    /// How much, such as `1250.50`.
    pub(super) amount: Decimal,
    /// The currency, as a code of ISO 4217.
    pub(super) currency: String,
}

impl LessonContentInput {
    /// Whether language and title, without which no lesson begins, are there; notes what is not.
    pub fn require_beginning(&self, refusal: &mut Refusal) {
        // A title that is null is refused as empty with the rest of the content.
        for (field, there) in [("language", self.language.is_some()), ("title", !self.title.is_undefined())] {
            if !there {
                refusal.push(UserError::at(field, ErrorCode::Required, "a new lesson needs it"));
            }
        }
    }

    /// The checked changes; what is wrong is noted.
    pub fn check(self, refusal: &mut Refusal) -> Edit {
        let concepts = given(self.concept_ids).map(|ids| {
            bounded(refusal, "conceptIds", ids.len());
            Id::check_all(refusal, "conceptIds", ids)
        });
        let outcome = match self.outcome {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(outcome) => Some(Some(outcome.0)),
        };
        Edit {
            language: self.language.map(|language| language.0),
            words: Words {
                title: checked(refusal, "title", self.title, &text::TITLE),
                abstract_text: checked(refusal, "abstract", self.abstract_text, &text::ABSTRACT),
                context: checked(refusal, "context", self.context, &text::BODY),
                problem: checked(refusal, "problem", self.problem, &text::BODY),
                what_was_done: checked(refusal, "whatWasDone", self.what_was_done, &text::BODY),
                result: checked(refusal, "result", self.result, &text::BODY),
                enabling_conditions: items(refusal, "enablingConditions", self.enabling_conditions),
                hindering_conditions: items(refusal, "hinderingConditions", self.hindering_conditions),
                who_gained: checked(refusal, "whoGained", self.who_gained, &text::BODY),
                who_lost: checked(refusal, "whoLost", self.who_lost, &text::BODY),
            },
            outcome,
            costs: given(self.costs).map(|costs| {
                bounded(refusal, "costs", costs.len());
                costs.into_iter().enumerate().filter_map(|(place, cost)| cost.check(refusal, place)).collect()
            }),
            concepts,
            actor_types: given(self.actor_types)
                .map(|types| types.into_iter().map(|actor| actor.0).collect()),
        }
    }
}

impl LessonCostInput {
    fn check(self, refusal: &mut Refusal, place: usize) -> Option<Cost> {
        let item = refusal.take(&format!("costs.{place}.item"), text::check(&self.item, &text::SHORT));
        let currency = Currency::from_str(&self.currency);
        if let Err(error) = &currency {
            let field = format!("costs.{place}.currency");
            refusal.push(UserError::at(field, ErrorCode::Invalid, error.to_string()));
        }
        // Without its currency only the form of the amount can be told, and a `Decimal` has it.
        let money = Money::parse(&self.amount.0, currency.ok()?);
        if let Err(error) = &money {
            let field = format!("costs.{place}.amount");
            refusal.push(UserError::at(field, ErrorCode::Invalid, error.to_string()));
        }
        Some(Cost { item: item?, money: money.ok()? })
    }
}

/// The value; null takes away what was said, as an empty one does.
fn given<T: Default>(value: MaybeUndefined<T>) -> Option<T> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(T::default()),
        MaybeUndefined::Value(value) => Some(value),
    }
}

pub(super) fn checked(
    refusal: &mut Refusal,
    field: &'static str,
    text: MaybeUndefined<String>,
    rule: &TextRule,
) -> Option<String> {
    given(text).and_then(|text| refusal.take(field, text::check(&text, rule)))
}

pub(super) fn items(
    refusal: &mut Refusal,
    field: &'static str,
    listed: MaybeUndefined<Vec<String>>,
) -> Option<Vec<String>> {
    let listed = given(listed)?;
    Some(lines(refusal, field, &listed))
}

/// A list of texts of one line each.
pub(super) fn lines(refusal: &mut Refusal, field: &'static str, listed: &[String]) -> Vec<String> {
    bounded(refusal, field, listed.len());
    listed
        .iter()
        .enumerate()
        .filter_map(|(place, item)| {
            refusal.take(&format!("{field}.{place}"), text::check(item, &text::SHORT))
        })
        .collect()
}

fn bounded(refusal: &mut Refusal, field: &'static str, length: usize) {
    if length > MOST {
        let message = format!("{MOST} items are the most");
        refusal.push(UserError::at(field, ErrorCode::TooMany, message));
    }
}
