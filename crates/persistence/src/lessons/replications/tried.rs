//! A try with its conditions, locked for one write.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::id::ReplicationId;
use maip_domain::policy::rules::lessons::TRIES;
use maip_domain::policy::{Action, holds};
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use serde_json::json;

use super::course::Seen;
use crate::lessons::entity::{replication_conditions, replication_people, replications};
use crate::lessons::read::REPLICATION;
use crate::write::{Change, Unit, WriteError, WriteResult, batch};

/// A try being changed. Nobody else changes it meanwhile.
pub(super) struct Tried {
    pub model: replications::Model,
    held: Vec<String>,
    missing: Vec<String>,
    /// Whether the conditions are others than those that are stored.
    conditions_changed: bool,
}

impl Tried {
    /// One that is only just planned.
    pub fn planned(model: replications::Model) -> Self {
        Self { model, held: Vec::new(), missing: Vec::new(), conditions_changed: false }
    }

    /// Locks it, asks the policy, and compares the revision that the client expects, where it named one.
    pub async fn lock(
        unit: &Unit<'_>,
        id: &ReplicationId,
        action: Action,
        expected: Option<i64>,
    ) -> WriteResult<Self> {
        use replication_conditions::{Column, Entity};
        let model = replications::Entity::find_by_id(id.as_str().to_owned())
            .lock(LockType::NoKeyUpdate)
            .one(unit.transaction())
            .await?;
        let policy = unit.require_visible(&REPLICATION, "replicationId", id.as_str()).await?;
        let decision = unit.decide(REPLICATION.policy, "replicationId", &policy, action);
        let model = model.ok_or(WriteError::Broken("a replication that the policy saw is gone"))?;
        // Whose try it is learns of a change that came between before they learn that it closed the door.
        if let Some(expected) = expected
            && (decision.is_ok() || holds(&TRIES, &policy, unit.facts()))
        {
            unit.expect_revision(id.as_str(), expected, model.revision).await?;
        }
        decision?;
        let conditions = Entity::find()
            .filter(Column::ReplicationId.eq(id.as_str()))
            .order_by_asc(Column::Position)
            .all(unit.transaction())
            .await?;
        let (held, missing): (Vec<_>, Vec<_>) = conditions.into_iter().partition(|condition| condition.held);
        let texts = |rows: Vec<replication_conditions::Model>| -> Vec<String> {
            rows.into_iter().map(|row| row.text).collect()
        };
        Ok(Self { model, held: texts(held), missing: texts(missing), conditions_changed: false })
    }

    /// Takes what the viewer says of it, who never verifies it then, and stores it.
    pub async fn say(
        mut self,
        unit: &Unit<'_>,
        seen: Seen,
        action: &'static str,
        mut fields: Vec<&'static str>,
    ) -> WriteResult<()> {
        self.take(seen, &mut fields);
        unit.put(batch::Change::insert_once(&replication_people::Model {
            replication_id: self.model.id.clone(),
            account_id: unit.account()?.into_string(),
        }));
        self.store(unit, action, &fields).await
    }

    /// Takes what is said of it, and notes which fields that changes.
    fn take(&mut self, seen: Seen, fields: &mut Vec<&'static str>) {
        if let Some(held) = seen.held {
            self.held = held;
            self.conditions_changed = true;
            fields.push("conditionsHeld");
        }
        if let Some(missing) = seen.missing {
            self.missing = missing;
            self.conditions_changed = true;
            fields.push("conditionsMissing");
        }
        if let Some(note) = seen.note {
            self.model.note = note;
            fields.push("note");
        }
    }

    /// Stores it at its next revision, with the audit's row and the event.
    pub async fn store(
        mut self,
        unit: &Unit<'_>,
        action: &'static str,
        fields: &[&'static str],
    ) -> WriteResult<()> {
        self.model.revision += 1;
        self.model.updated_at = unit.now().micros();
        unit.update(&self.model);
        if self.conditions_changed {
            self.set_conditions(unit);
        }
        self.note(unit, action, fields).await
    }

    fn set_conditions(&self, unit: &Unit<'_>) {
        let id = self.model.id.as_str();
        let sql = "DELETE FROM replication_conditions WHERE replication_id = $1";
        unit.put(batch::Change::of("replication_conditions", sql, [id.into()]));
        let held = self.held.iter().map(|text| (true, text));
        let all = held.chain(self.missing.iter().map(|text| (false, text)));
        for ((held, text), position) in all.zip(0_i64..) {
            unit.insert(&replication_conditions::Model {
                replication_id: id.to_owned(),
                position,
                held,
                text: text.clone(),
            });
        }
    }

    /// Keeps what it says at its revision, and records what was done.
    pub async fn note(
        &self,
        unit: &Unit<'_>,
        action: &'static str,
        fields: &[&'static str],
    ) -> WriteResult<()> {
        let model = &self.model;
        let content = json!({
            "status": model.status.0.code(),
            "conclusion": model.conclusion.map(|code| code.0.code()),
            "outcome": model.outcome.map(|code| code.0.code()),
            "conditionsHeld": self.held,
            "conditionsMissing": self.missing,
            "note": model.note,
            "verificationNote": model.verification_note,
        });
        unit.keep_snapshot(&model.id, model.revision, &content);
        let change = Change {
            action,
            subject_type: REPLICATION.name,
            subject: &model.id,
            country: Some(&model.country_code),
            on_behalf_of: None,
            fields,
        };
        Ok(unit.record(change).await?)
    }
}
