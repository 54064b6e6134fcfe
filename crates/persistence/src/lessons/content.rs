//! What a version of a lesson says, as a whole: read, changed, stored.

use std::collections::BTreeSet;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::ConceptId;
use maip_domain::lessons::Outcome;
use maip_domain::lessons::missing::{MissingField, VersionContent, missing_for_submission};
use maip_domain::membership::member::ActorType;
use maip_domain::money::Money;
use maip_domain::vocabulary::language::LanguageTag;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, Set,
};
use serde_json::json;

use super::attachments;
use super::entity::{
    lesson_attachments, lesson_costs, lesson_version_actor_types, lesson_version_concepts, lesson_versions,
};
use crate::code::Code;
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
    /// The title.
    pub title: Option<String>,
    /// The abstract.
    pub abstract_text: Option<String>,
    /// Where and under which circumstances.
    pub context: Option<String>,
    /// The problem.
    pub problem: Option<String>,
    /// What was done.
    pub what_was_done: Option<String>,
    /// The result in words.
    pub result: Option<String>,
    /// Whether it worked; `Some(None)` takes that back.
    pub outcome: Option<Option<Outcome>>,
    /// What helped.
    pub enabling_conditions: Option<Vec<String>>,
    /// What hindered.
    pub hindering_conditions: Option<Vec<String>>,
    /// Who gained.
    pub who_gained: Option<String>,
    /// Who lost.
    pub who_lost: Option<String>,
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
    pub costs: Vec<(String, i64, String, String)>,
    pub concepts: BTreeSet<String>,
    pub actor_types: BTreeSet<ActorType>,
    /// They are written by themselves, and are here for what they lack.
    pub attachments: Vec<lesson_attachments::Model>,
}

impl Content {
    /// Reads what hangs on a version.
    pub async fn of(unit: &Unit<'_>, version: lesson_versions::Model) -> WriteResult<Self> {
        let transaction = unit.transaction();
        let costs = lesson_costs::Entity::find()
            .filter(lesson_costs::Column::VersionId.eq(version.id.as_str()))
            .order_by_asc(lesson_costs::Column::Position)
            .all(transaction)
            .await?;
        let concepts = lesson_version_concepts::Entity::find()
            .filter(lesson_version_concepts::Column::VersionId.eq(version.id.as_str()))
            .all(transaction)
            .await?;
        let actor_types = lesson_version_actor_types::Entity::find()
            .filter(lesson_version_actor_types::Column::VersionId.eq(version.id.as_str()))
            .all(transaction)
            .await?;
        Ok(Self {
            costs: costs
                .into_iter()
                .map(|cost| (cost.item, cost.amount_minor, cost.amount, cost.currency))
                .collect(),
            concepts: concepts.into_iter().map(|row| row.concept_id).collect(),
            actor_types: actor_types.into_iter().map(|row| row.actor_type.0).collect(),
            attachments: attachments::of_version(unit, &version.id).await?,
            version,
        })
    }

    /// Applies the changes and gives the names of what they touch.
    pub fn apply(&mut self, edit: Edit) -> Vec<&'static str> {
        // Each field is named: a new one breaks the build until it has a place here.
        let Edit {
            language,
            title,
            abstract_text,
            context,
            problem,
            what_was_done,
            result,
            outcome,
            enabling_conditions,
            hindering_conditions,
            who_gained,
            who_lost,
            costs,
            concepts,
            actor_types,
        } = edit;
        let mut touched = Vec::new();
        let version = &mut self.version;
        let texts = [
            ("language", language.map(LanguageTag::into_string), &mut version.language),
            ("title", title, &mut version.title),
            ("abstract", abstract_text, &mut version.abstract_text),
            ("context", context, &mut version.context),
            ("problem", problem, &mut version.problem),
            ("whatWasDone", what_was_done, &mut version.what_was_done),
            ("result", result, &mut version.result),
            ("enablingConditions", enabling_conditions.map(list), &mut version.enabling_conditions),
            ("hinderingConditions", hindering_conditions.map(list), &mut version.hindering_conditions),
            ("whoGained", who_gained, &mut version.who_gained),
            ("whoLost", who_lost, &mut version.who_lost),
        ];
        for (name, new, held) in texts {
            if let Some(new) = new {
                *held = new;
                touched.push(name);
            }
        }
        if let Some(outcome) = outcome {
            version.outcome = outcome.map(Code);
            touched.push("outcome");
        }
        if let Some(costs) = costs {
            self.costs = costs
                .into_iter()
                .map(|Cost { item, money }| {
                    (item, money.minor(), money.to_string(), money.currency().code().to_owned())
                })
                .collect();
            touched.push("costs");
        }
        if let Some(concepts) = concepts {
            self.concepts = concepts.into_iter().map(ConceptId::into_string).collect();
            touched.push("conceptIds");
        }
        if let Some(actor_types) = actor_types {
            self.actor_types = actor_types;
            touched.push("actorTypes");
        }
        touched
    }

    /// Stores the version's own row anew or for the first time, and all that hangs on it.
    pub async fn store(&self, unit: &Unit<'_>, is_new: bool) -> WriteResult<()> {
        let transaction = unit.transaction();
        let id = self.version.id.as_str();
        self.refuse_unknown_concepts(unit).await?;
        let row = lesson_versions::ActiveModel::from(self.version.clone()).reset_all();
        if is_new {
            row.insert(transaction).await?;
        } else {
            row.update(transaction).await?;
            lesson_costs::Entity::delete_many()
                .filter(lesson_costs::Column::VersionId.eq(id))
                .exec(transaction)
                .await?;
            lesson_version_concepts::Entity::delete_many()
                .filter(lesson_version_concepts::Column::VersionId.eq(id))
                .exec(transaction)
                .await?;
            lesson_version_actor_types::Entity::delete_many()
                .filter(lesson_version_actor_types::Column::VersionId.eq(id))
                .exec(transaction)
                .await?;
        }
        for (position, (item, minor, amount, currency)) in (0_i64..).zip(&self.costs) {
            lesson_costs::ActiveModel {
                version_id: Set(id.to_owned()),
                position: Set(position),
                item: Set(item.clone()),
                amount_minor: Set(*minor),
                amount: Set(amount.clone()),
                currency: Set(currency.clone()),
            }
            .insert(transaction)
            .await?;
        }
        for concept in &self.concepts {
            lesson_version_concepts::ActiveModel {
                version_id: Set(id.to_owned()),
                concept_id: Set(concept.clone()),
            }
            .insert(transaction)
            .await?;
        }
        for actor_type in &self.actor_types {
            lesson_version_actor_types::ActiveModel {
                version_id: Set(id.to_owned()),
                actor_type: Set(Code(*actor_type)),
            }
            .insert(transaction)
            .await?;
        }
        Ok(())
    }

    async fn refuse_unknown_concepts(&self, unit: &Unit<'_>) -> WriteResult<()> {
        for concept in &self.concepts {
            let known =
                unit.query_one("SELECT 1 FROM concepts WHERE id = $1", [concept.as_str().into()]).await?;
            if known.is_none() {
                let message = format!("there is no concept {concept}");
                return Err(UserError::at("conceptIds", ErrorCode::NotFound, message).into());
            }
        }
        Ok(())
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
            concepts: self.concepts.len(),
            enabling_conditions: conditions(&version.enabling_conditions),
            hindering_conditions: conditions(&version.hindering_conditions),
            unready_files,
            silent_recordings,
            unasked_files,
        })
    }

    /// What is kept of it for an edit that comes late, by the names of the input.
    pub fn snapshot(&self) -> serde_json::Value {
        let version = &self.version;
        let stored = |list: &str| serde_json::from_str(list).unwrap_or(serde_json::Value::Null);
        let costs: Vec<_> = self
            .costs
            .iter()
            .map(
                |(item, _, amount, currency)| json!({ "item": item, "amount": amount, "currency": currency }),
            )
            .collect();
        json!({
            "language": version.language,
            "title": version.title,
            "abstract": version.abstract_text,
            "context": version.context,
            "problem": version.problem,
            "whatWasDone": version.what_was_done,
            "result": version.result,
            "outcome": version.outcome.map(|outcome| outcome.0.code()),
            "enablingConditions": stored(&version.enabling_conditions),
            "hinderingConditions": stored(&version.hindering_conditions),
            "whoGained": version.who_gained,
            "whoLost": version.who_lost,
            "costs": costs,
            "conceptIds": self.concepts,
            "visibility": version.visibility.0.code(),
            "attribution": version.attribution.0.code(),
            "actorTypes": self.actor_types.iter().map(|actor| actor.code()).collect::<Vec<_>>(),
        })
    }

    /// The texts under which it is found.
    pub fn texts(&self) -> Vec<&str> {
        let version = &self.version;
        vec![
            &version.title,
            &version.abstract_text,
            &version.context,
            &version.problem,
            &version.what_was_done,
            &version.result,
            &version.enabling_conditions,
            &version.hindering_conditions,
            &version.who_gained,
            &version.who_lost,
        ]
    }
}

/// How an empty list is stored.
pub(super) const EMPTY_LIST: &str = "[]";

fn list(items: Vec<String>) -> String {
    serde_json::Value::from(items).to_string()
}
