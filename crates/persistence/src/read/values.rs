//! The values of a plan, in the order in which the renderer numbers their place-holders.

use sea_orm::Value;

use super::cursor::CursorValue;
use super::declare::Relation;
use super::plan::{
    ConnectionPlan, FilterValue, Lookup, NodeGroup, Pick, Preferred, ReadPlan, RootRead, Selection,
};
use super::policy_sql::{denied, finds_nothing};
use super::run::search_query;
use super::sql::Dialect;
use super::viewer::{Viewer, ViewerKind};

/// All values of the plan's statement.
pub(super) fn values(plan: &ReadPlan, dialect: Dialect) -> Vec<Value> {
    let mut values = vec![plan.now.micros().into()];
    match &plan.viewer {
        Viewer::Anonymous => {}
        Viewer::Session { account, session } => {
            values.extend([account.as_str().into(), session.as_str().into()]);
        }
        Viewer::Token { secret_hash } => values.push(secret_hash.as_str().into()),
    }
    let mut walk = Walk { kind: plan.viewer.kind(), dialect, values };
    plan.roots.iter().for_each(|root| walk.root(&root.read));
    walk.values
}

/// The value of a filter, as this database takes it.
pub(super) fn filter_value(value: &FilterValue, dialect: Dialect) -> Value {
    match value {
        FilterValue::Text(text) => text.as_str().into(),
        FilterValue::Int(number) => (*number).into(),
        FilterValue::Bool(yes) => (*yes).into(),
        // See `Renderer::value`.
        FilterValue::Texts(texts) => match texts.as_slice() {
            [one] => one.as_str().into(),
            several => list(several),
        },
        FilterValue::Search(terms) => search_query(terms, dialect).into(),
    }
}

/// The value of a part of a cursor.
pub(super) fn cursor_value(value: &CursorValue) -> Value {
    match value {
        CursorValue::Int(number) => (*number).into(),
        CursorValue::Text(text) => text.as_str().into(),
    }
}

/// Several texts as one value.
pub(super) fn list<T: AsRef<str>>(texts: &[T]) -> Value {
    let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
    serde_json::Value::from(texts).to_string().into()
}

struct Walk {
    kind: ViewerKind,
    dialect: Dialect,
    values: Vec<Value>,
}

impl Walk {
    fn root(&mut self, read: &RootRead) {
        match read {
            RootRead::Constant(_) | RootRead::Suggest(_) => {}
            RootRead::One { selection, .. } if denied(selection.entity, self.kind) => {}
            RootRead::One { lookup, selection } => {
                match lookup {
                    Lookup::Key(key) => self.values.push(key.as_ref().into()),
                    Lookup::Where(_, value) => self.values.push(filter_value(value, self.dialect)),
                    Lookup::Only => {}
                }
                self.selection(selection);
            }
            RootRead::Connection(plan) => self.connection(plan),
            RootRead::Nodes { groups, .. } => self.groups(groups),
            RootRead::Search(plan) => self.groups(&plan.groups),
        }
    }

    fn groups(&mut self, groups: &[NodeGroup]) {
        for NodeGroup { selection, keys, .. } in groups {
            if !denied(selection.entity, self.kind) {
                self.values.push(list(keys));
                self.selection(selection);
            }
        }
    }

    fn selection(&mut self, selection: &Selection) {
        for item in &selection.items {
            match &item.pick {
                Pick::TypeName | Pick::Given(_) | Pick::Field(_) | Pick::Permissions(_) => {}
                Pick::One(relation, below) => self.one(relation, &Preferred::none(), below),
                Pick::Preferred(relation, preferred, below) => self.one(relation, preferred, below),
                Pick::Many(_, _, below) => {
                    if !denied(below.entity, self.kind) {
                        self.selection(below);
                    }
                }
                Pick::Connection(_, plan) => self.connection(plan),
            }
        }
    }

    fn one(&mut self, relation: &Relation, preferred: &Preferred, below: &Selection) {
        if denied(below.entity, self.kind) {
            return;
        }
        if relation.in_languages {
            self.values.push(preferred.0.as_ref().into());
        }
        self.selection(below);
    }

    fn connection(&mut self, plan: &ConnectionPlan) {
        if denied(plan.entity, self.kind) {
            return;
        }
        let bound = plan.filters.iter().filter(|(filter, _)| !finds_nothing(filter, self.kind));
        let filters: Vec<Value> = bound.map(|(_, value)| filter_value(value, self.dialect)).collect();
        if plan.wants_rows() {
            self.values.extend(filters.iter().cloned());
            let bounds = [&plan.page.after, &plan.page.before].into_iter().flatten();
            self.values.extend(bounds.flat_map(|bound| &bound.0).map(cursor_value));
            plan.selections().for_each(|selection| self.selection(selection));
        }
        if plan.wants_count() {
            self.values.extend(filters);
        }
    }
}
