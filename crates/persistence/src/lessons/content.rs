//! What a version of a lesson says, as a whole: read, changed, stored.

use std::collections::BTreeSet;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::ConceptId;
use maip_domain::lessons::Outcome;
use maip_domain::lessons::missing::{MissingField, VersionContent, missing_for_submission};
use maip_domain::membership::member::ActorType;
use maip_domain::money::Money;
use maip_domain::search::{Document, SearchKind};
use maip_domain::vocabulary::language::LanguageTag;
use serde_json::json;

use super::attachments;
use super::entity::{
    lesson_attachments, lesson_version_actor_types, lesson_version_concepts, lesson_versions,
};
use super::words::{self, Words, words_of};
use crate::code::Code;
use crate::vocabulary::read::CONCEPT;
use crate::write::batch::Change;
use crate::write::{Unit, UserError, WriteResult};

/// What something cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// What it was.
    pub item: String,
    /// How much.
    pub money: Money,
}

/// Changes to what a version says; what is `None` stays as it is. Texts are checked already.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    /// The language of all texts.
    pub language: Option<LanguageTag>,
    /// The texts.
    pub words: Words,
    /// Whether it worked; `Some(None)` takes that back.
    pub outcome: Option<Option<Outcome>>,
    /// What it cost.
    pub costs: Option<Vec<Cost>>,
    /// What it is about.
    pub concepts: Option<BTreeSet<ConceptId>>,
    /// For whom it is.
    pub actor_types: Option<BTreeSet<ActorType>>,
}

/// A version with everything that hangs on it.
#[derive(Clone, Debug)]
pub(super) struct Content {
    pub version: lesson_versions::Model,
    pub parts: Parts,
    /// The parts as they are stored.
    held: Parts,
    /// They are written by themselves, and are here for what they lack.
    pub attachments: Vec<lesson_attachments::Model>,
    /// Who wrote it with the author, as far as they are named; written by themselves too.
    pub co_authors: BTreeSet<String>,
}

/// What a version has any number of.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    costs: Vec<(String, i64, String, String)>,
    concepts: BTreeSet<String>,
    actor_types: BTreeSet<ActorType>,
}

impl Content {
    /// Of a version that is to be.
    pub fn new(version: lesson_versions::Model) -> Self {
        let (parts, held) = (Parts::default(), Parts::default());
        Self { version, parts, held, attachments: Vec::new(), co_authors: BTreeSet::new() }
    }

    /// Reads what hangs on a version.
    pub async fn of(unit: &Unit<'_>, version: lesson_versions::Model) -> WriteResult<Self> {
        let mut content = Self::new(version);
        let id = content.version.id.as_str();
        for row in unit.query_all(PARTS, [id.into()]).await? {
            let text: String = row.try_get_by_index(2)?;
            match row.try_get_by_index::<i32>(0)? {
                0 => {
                    let (minor, amount, currency) =
                        (row.try_get_by_index(3)?, row.try_get_by_index(4)?, row.try_get_by_index(5)?);
                    content.held.costs.push((text, minor, amount, currency));
                }
                1 => {
                    content.held.concepts.insert(text);
                }
                2 => content.held.actor_types.extend(ActorType::from_code(&text)),
                _ => {
                    content.co_authors.insert(text);
                }
            }
        }
        content.attachments = attachments::of_version(unit, id).await?;
        content.parts = content.held.clone();
        Ok(content)
    }

    /// The same of its version as it is by now.
    pub fn with(&self, version: lesson_versions::Model) -> Self {
        Self { version, ..self.clone() }
    }

    /// As the first content of another version.
    pub fn copied_to(self, version: lesson_versions::Model) -> Self {
        Self { version, held: Parts::default(), attachments: Vec::new(), ..self }
    }

    /// Applies the changes and gives the names of what they touch.
    pub fn apply(&mut self, edit: Edit) -> Vec<&'static str> {
        // Each field is named: a new one breaks the build until it has a place here.
        let Edit { language, words, outcome, costs, concepts, actor_types } = edit;
        let mut touched = Vec::new();
        let version = &mut self.version;
        if let Some(language) = language {
            version.language = language.into_string();
            touched.push("language");
        }
        touched.extend(words.put(words_of!(version, &mut)));
        if let Some(outcome) = outcome {
            version.outcome = outcome.map(Code);
            touched.push("outcome");
        }
        if let Some(costs) = costs {
            self.parts.costs = costs
                .into_iter()
                .map(|Cost { item, money }| {
                    (item, money.minor(), money.to_string(), money.currency().code().to_owned())
                })
                .collect();
            touched.push("costs");
        }
        if let Some(concepts) = concepts {
            self.parts.concepts = concepts.into_iter().map(ConceptId::into_string).collect();
            touched.push("conceptIds");
        }
        if let Some(actor_types) = actor_types {
            self.parts.actor_types = actor_types;
            touched.push("actorTypes");
        }
        touched
    }

    /// Stores the version's own row anew or for the first time, and what is new of all that hangs on
    /// it. Its concepts are known: see [`Self::refuse_unknown`].
    pub fn store(&mut self, unit: &Unit<'_>, is_new: bool) {
        if is_new {
            unit.insert(&self.version);
        } else {
            unit.update(&self.version);
        }
        let Parts { costs, concepts, actor_types } = &self.parts;
        let id = || self.version.id.clone();
        if *costs != self.held.costs {
            if costs.len() < self.held.costs.len() {
                unit.put(Change::of(
                    "lesson_costs",
                    "DELETE FROM lesson_costs WHERE version_id = $1 AND position >= $2",
                    [id().into(), position(costs.len()).into()],
                ));
            }
            for (place, (item, minor, amount, currency)) in costs.iter().enumerate() {
                unit.put(Change::row(
                    "lesson_costs",
                    COST,
                    [
                        id().into(),
                        position(place).into(),
                        item.as_str().into(),
                        (*minor).into(),
                        amount.as_str().into(),
                        currency.as_str().into(),
                    ],
                ));
            }
        }
        for concept_id in self.held.concepts.difference(concepts).cloned() {
            unit.put(Change::delete(&lesson_version_concepts::Model { version_id: id(), concept_id }));
        }
        for concept_id in concepts.difference(&self.held.concepts).cloned() {
            unit.insert(&lesson_version_concepts::Model { version_id: id(), concept_id });
        }
        for actor_type in self.held.actor_types.difference(actor_types).copied().map(Code) {
            unit.put(Change::delete(&lesson_version_actor_types::Model { version_id: id(), actor_type }));
        }
        for actor_type in actor_types.difference(&self.held.actor_types).copied().map(Code) {
            unit.insert(&lesson_version_actor_types::Model { version_id: id(), actor_type });
        }
        self.held = self.parts.clone();
    }

    /// Refuses concepts that aren't there; `known` are those that are.
    pub fn refuse_unknown(&self, known: &BTreeSet<String>) -> WriteResult<()> {
        match self.parts.concepts.difference(known).next() {
            None => Ok(()),
            Some(concept) => {
                let message = format!("there is no concept {concept}");
                Err(UserError::at("conceptIds", ErrorCode::NotFound, message).into())
            }
        }
    }

    /// Refuses concepts that aren't there, of those that weren't stored before.
    pub async fn refuse_unknown_concepts(&self, unit: &Unit<'_>) -> WriteResult<()> {
        let new: Vec<&String> = self.parts.concepts.difference(&self.held.concepts).collect();
        if new.is_empty() {
            return Ok(());
        }
        let mut inquiry = unit.inquiry();
        let known = inquiry.known(&CONCEPT, &new);
        let mut known = inquiry.answers(unit.transaction()).await?.known(known)?;
        known.extend(self.held.concepts.iter().cloned());
        self.refuse_unknown(&known)
    }

    /// What it still lacks before it can be handed in.
    pub fn missing(&self) -> Vec<MissingField> {
        let version = &self.version;
        let conditions = |list: &str| if list == EMPTY_LIST { "" } else { "given" };
        let (unready_files, silent_recordings, unasked_files) = attachments::lacking(&self.attachments);
        missing_for_submission(&VersionContent {
            title: &version.title,
            abstract_text: &version.abstract_text,
            context: &version.context,
            problem: &version.problem,
            what_was_done: &version.what_was_done,
            result: &version.result,
            outcome: version.outcome.map(|outcome| outcome.0),
            concepts: self.parts.concepts.len(),
            enabling_conditions: conditions(&version.enabling_conditions),
            hindering_conditions: conditions(&version.hindering_conditions),
            unready_files,
            silent_recordings,
            unasked_files,
        })
    }

    /// What is kept of it for an edit that comes late, by the names of the input.
    pub fn snapshot(&self, organisation: Option<&str>) -> serde_json::Value {
        let version = &self.version;
        let Parts { costs, concepts, actor_types } = &self.parts;
        let costs: Vec<_> = costs
            .iter()
            .map(
                |(item, _, amount, currency)| json!({ "item": item, "amount": amount, "currency": currency }),
            )
            .collect();
        let mut kept = words::kept(words_of!(version, &));
        for (name, value) in [
            ("language", json!(version.language)),
            ("outcome", json!(version.outcome.map(|outcome| outcome.0.code()))),
            ("costs", json!(costs)),
            ("conceptIds", json!(concepts)),
            ("visibility", json!(version.visibility.0.code())),
            ("attribution", json!(version.attribution.0.code())),
            ("organisationId", json!(organisation)),
            ("coAuthorIds", json!(self.co_authors)),
            ("actorTypes", json!(actor_types.iter().map(|actor| actor.code()).collect::<Vec<_>>())),
        ] {
            kept.insert(name.to_owned(), value);
        }
        kept.into()
    }

    /// What the lesson with this id is found by while it shows this version.
    pub fn document<'a>(&'a self, lesson: &'a str, public: bool) -> Document<'a> {
        let version = &self.version;
        let language = version.language.as_str();
        let (title, texts) = words::found_by(words_of!(version, &), language);
        Document {
            kind: SearchKind::Lesson,
            id: lesson,
            titles: vec![(title, language)],
            texts,
            concepts: self.parts.concepts.iter().map(String::as_str).collect(),
            public,
        }
    }
}

/// Costs in their order, concepts, actor types, and who is named as a co-author of the lesson.
const PARTS: &str = "SELECT 0 AS kind, c.position AS place, c.item AS text, c.amount_minor AS minor, c.amount AS amount, \
     c.currency AS currency FROM lesson_costs c WHERE c.version_id = $1 \
     UNION ALL SELECT 1, 0, x.concept_id, 0, '', '' FROM lesson_version_concepts x WHERE x.version_id = $1 \
     UNION ALL SELECT 2, 0, y.actor_type, 0, '', '' FROM lesson_version_actor_types y WHERE y.version_id = $1 \
     UNION ALL SELECT 3, 0, z.account_id, 0, '', '' FROM lesson_contributors z \
     JOIN lesson_versions v ON v.lesson_id = z.lesson_id WHERE v.id = $1 AND z.part IN ('CO_AUTHOR', 'ASKED') \
     ORDER BY 1, 2";

/// A cost at its place, whatever stands there.
const COST: (&str, &str, &str) = (
    "INSERT INTO lesson_costs (version_id, position, item, amount_minor, amount, currency) ",
    "($1, $2, $3, $4, $5, $6)",
    " ON CONFLICT (version_id, position) DO UPDATE SET item = excluded.item, amount_minor = excluded.amount_minor, \
     amount = excluded.amount, currency = excluded.currency",
);

fn position(place: usize) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

/// How an empty list is stored.
pub(super) const EMPTY_LIST: &str = "[]";
