//! The texts of statements by the structure of their plans: what is asked for in the same way is
//! rendered once.
//!
//! The key is the structure itself, by the addresses of the declarations it is made of, and not a
//! hash of it: two plans can't be taken for one another. Values aren't part of it; response keys
//! neither, since answers are read by position.

use std::sync::Arc;

use super::plan::{ConnectionPlan, FilterValue, Lookup, NodeGroup, Pick, ReadPlan, RootRead, Selection};
use super::render::{Rendered, render};
use super::sql::Dialect;
use super::values::values;
use crate::cache::Cache;

/// Texts kept at once.
const MOST: usize = 1_000;
/// Bytes of texts and keys kept at once.
const MOST_BYTES: usize = 16 << 20;

/// Texts of statements.
#[derive(Debug)]
pub(crate) struct Statements(Cache<Box<[usize]>, Arc<str>>);

impl Default for Statements {
    fn default() -> Self {
        Self(Cache::new(MOST, MOST_BYTES))
    }
}

impl Statements {
    /// The statement of a plan, with its values.
    pub fn of(&self, plan: &ReadPlan, dialect: Dialect) -> (Arc<str>, Vec<sea_orm::Value>) {
        let key = structure(plan, dialect);
        if let Some(text) = self.0.get(key.as_slice()) {
            let values = values(plan, dialect);
            // All tests run through here: a structure that leaves something out, or values in
            // another order than the place-holders, end them.
            debug_assert!({
                let again = render(plan, dialect);
                *again.text == *text && again.values == values
            });
            return (text, values);
        }
        let Rendered { text, values } = render(plan, dialect);
        let text: Arc<str> = text.into();
        let bytes = size_of_val(key.as_slice()) + text.len();
        self.0.put(key.into_boxed_slice(), Arc::clone(&text), bytes);
        (text, values)
    }

    #[cfg(test)]
    pub fn size(&self) -> (usize, usize) {
        self.0.size()
    }
}

/// What decides the text of a plan's statement.
fn structure(plan: &ReadPlan, dialect: Dialect) -> Vec<usize> {
    let mut structure = Structure(Vec::with_capacity(64));
    structure.0.extend([dialect as usize, plan.viewer.kind() as usize]);
    plan.roots.iter().for_each(|root| structure.root(&root.read));
    structure.0
}

/// Marks tell apart what follows; they are smaller than any address.
struct Structure(Vec<usize>);

impl Structure {
    fn address<T: ?Sized>(&mut self, declaration: &'static T) {
        self.0.push(std::ptr::from_ref(declaration).cast::<()>().addr());
    }

    /// A text is told by its address and length: the compiler may let texts share bytes.
    fn text(&mut self, text: &'static str) {
        self.address(text);
        self.0.push(text.len());
    }

    fn root(&mut self, read: &RootRead) {
        match read {
            RootRead::Constant(_) | RootRead::Suggest(_) => self.0.push(0),
            RootRead::One { lookup, selection } => {
                self.0.push(1);
                match lookup {
                    Lookup::Key(_) => self.0.push(0),
                    Lookup::Where(template, value) => {
                        self.0.push(1);
                        self.text(template);
                        self.value(value);
                    }
                    Lookup::Only => self.0.push(2),
                }
                self.selection(selection);
            }
            RootRead::Connection(plan) => {
                self.0.push(2);
                self.connection(plan);
            }
            RootRead::Nodes { groups, .. } => {
                self.0.push(3);
                self.groups(groups);
            }
            RootRead::Search(plan) => {
                self.0.push(4);
                self.groups(&plan.groups);
            }
        }
    }

    fn groups(&mut self, groups: &[NodeGroup]) {
        self.0.push(groups.len());
        for NodeGroup { selection, column, .. } in groups {
            match column {
                Some(column) => self.text(column),
                None => self.0.push(0),
            }
            self.selection(selection);
        }
    }

    fn selection(&mut self, selection: &Selection) {
        self.address(selection.entity);
        for item in &selection.items {
            match &item.pick {
                // Not in the statement.
                Pick::TypeName | Pick::Given(_) => {}
                Pick::Field(field) => {
                    self.0.push(1);
                    self.address(*field);
                }
                Pick::One(relation, below) | Pick::Preferred(relation, _, below) => {
                    self.0.push(2);
                    self.address(*relation);
                    self.selection(below);
                }
                Pick::Many(relation, limit, below) => {
                    self.0.extend([3, *limit as usize]);
                    self.address(*relation);
                    self.selection(below);
                }
                Pick::Connection(relation, plan) => {
                    self.0.push(4);
                    self.address(*relation);
                    self.connection(plan);
                }
                Pick::Permissions(_) => self.0.push(5),
            }
        }
        self.0.push(0);
    }

    fn connection(&mut self, plan: &ConnectionPlan) {
        self.address(plan.entity);
        match plan.only {
            Some(only) => self.text(only),
            None => self.0.push(0),
        }
        match plan.among {
            Some(among) => self.address(among),
            None => self.0.push(0),
        }
        self.0.push(plan.filters.len());
        for (filter, value) in &plan.filters {
            self.address(*filter);
            self.value(value);
        }
        self.address(plan.sort);
        self.0.extend([
            usize::from(plan.descending),
            usize::from(plan.page.backward),
            plan.page.after.as_ref().map_or(0, |after| after.0.len()),
            plan.page.before.as_ref().map_or(0, |before| before.0.len()),
            plan.fetched() as usize,
            usize::from(plan.wants_rows()),
            usize::from(plan.wants_count()),
            usize::from(plan.wants_cursors()),
        ]);
        plan.selections().for_each(|selection| self.selection(selection));
        self.0.push(0);
    }

    fn value(&mut self, value: &FilterValue) {
        self.0.push(match value {
            FilterValue::Text(_) => 1,
            FilterValue::Int(_) => 2,
            FilterValue::Bool(_) => 3,
            FilterValue::Texts(texts) if texts.len() == 1 => 4,
            FilterValue::Texts(_) => 5,
            FilterValue::Search(_) => 6,
        });
    }
}
