//! Interprets expressions over a record and a viewer, for writes.

use std::collections::{BTreeMap, BTreeSet};

use super::action::{Action, Clause, Policy, Reason};
use super::expr::{Attribute, Expr, Related};
use super::rules::lessons::SEES_REVISION;
use super::viewer::{Flag, ViewerFacts};

/// The attributes of one record, as far as its kind has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Single values; a missing one is empty.
    pub attributes: BTreeMap<Attribute, String>,
    /// Many-valued ones; a missing one is empty.
    pub related: BTreeMap<Related, BTreeSet<String>>,
}

impl Record {
    /// The value of an attribute.
    #[must_use]
    pub fn get(&self, attribute: Attribute) -> Option<&str> {
        self.attributes.get(&attribute).map(String::as_str)
    }

    /// Sets an attribute; for records that don't exist yet.
    #[must_use]
    pub fn with(mut self, attribute: Attribute, value: impl Into<String>) -> Self {
        self.attributes.insert(attribute, value.into());
        self
    }
}

/// What the policy says to an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Go ahead.
    Allowed,
    /// The viewer may not even know that the record is there.
    Hidden,
    /// The viewer sees the record and may not do this, for this reason.
    Denied(Reason),
}

/// Whether the expression holds.
#[must_use]
pub fn holds(expr: &Expr, record: &Record, viewer: &ViewerFacts) -> bool {
    match *expr {
        Expr::Always => true,
        Expr::Never => false,
        Expr::All(parts) => parts.iter().all(|part| holds(part, record, viewer)),
        Expr::Any(parts) => parts.iter().any(|part| holds(part, record, viewer)),
        Expr::Not(part) => !holds(part, record, viewer),
        Expr::Is(attribute, value) => record.get(attribute) == Some(value),
        Expr::OneOf(attribute, values) => record.get(attribute).is_some_and(|found| values.contains(&found)),
        Expr::Empty(attribute) => record.get(attribute).is_none(),
        Expr::Viewer(flag) => viewer.is(flag),
        Expr::Scope(scope) => !viewer.is(Flag::Token) || viewer.scopes.contains(&scope),
        Expr::ViewerIs(attribute) => {
            viewer.account.is_some() && viewer.account.as_deref() == record.get(attribute)
        }
        Expr::ViewerAmong(related) => viewer
            .account
            .as_ref()
            .is_some_and(|account| record.related.get(&related).is_some_and(|all| all.contains(account))),
        Expr::Holds(set) => viewer.sets.get(&set).is_some_and(|values| !values.is_empty()),
        Expr::In(attribute, set) => record.get(attribute).is_some_and(|value| viewer.has(set, value)),
        Expr::Meets(related, set) => record
            .related
            .get(&related)
            .is_some_and(|values| values.iter().any(|value| viewer.has(set, value))),
        Expr::Beyond(set, related) => viewer.sets.get(&set).is_some_and(|values| {
            let known = record.related.get(&related);
            values.iter().any(|value| known.is_none_or(|known| !known.contains(value)))
        }),
        Expr::Has(related, value) => {
            record.related.get(&related).is_some_and(|values| values.contains(value))
        }
    }
}

/// Decides on an action. An action that the policy doesn't name is denied.
#[must_use]
pub fn decide(policy: &Policy, action: Action, record: &Record, viewer: &ViewerFacts) -> Decision {
    if !holds(&policy.read, record, viewer) {
        return Decision::Hidden;
    }
    if !policy.rules.iter().any(|rule| rule.action == action) {
        return Decision::Denied(Reason::NotAllowed);
    }
    match failing(policy, action, record, viewer) {
        Some(clause) => Decision::Denied(clause.reason(viewer.is_anonymous())),
        None => Decision::Allowed,
    }
}

/// The first clause of an action that doesn't hold.
fn failing(
    policy: &Policy,
    action: Action,
    record: &Record,
    viewer: &ViewerFacts,
) -> Option<&'static Clause> {
    let rule = policy.rules.iter().find(|rule| rule.action == action)?;
    rule.clauses.iter().find(|clause| !holds(&clause.holds, record, viewer))
}

/// The code of the state for which an action is refused that was decided to be in the
/// [wrong state](Reason::WrongState): the one of which the rule speaks, as far as the viewer may know it.
/// The state of an edition that is being worked on is for those who see that edition; to others the
/// record is in the state in which they see it.
#[must_use]
pub fn refusing_state<'r>(
    policy: &Policy,
    action: Action,
    record: &'r Record,
    viewer: &ViewerFacts,
) -> Option<&'r str> {
    let clause = failing(policy, action, record, viewer)?;
    let states =
        |attribute| matches!(attribute, Attribute::State | Attribute::OpenState | Attribute::PlatformStage);
    let open = |attribute| attribute == Attribute::OpenState;
    let about_work = clause.holds.attribute(open).and(record.get(Attribute::OpenState));
    let shown = about_work.filter(|_| holds(&SEES_REVISION, record, viewer));
    match clause.holds.attribute(states)? {
        Attribute::PlatformStage => record.get(Attribute::PlatformStage),
        _ => shown.or_else(|| record.get(Attribute::State)),
    }
}
