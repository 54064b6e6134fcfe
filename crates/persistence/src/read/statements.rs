//! The texts of statements by the structure of their plans: what is asked for in the same way is
//! rendered once.
//!
//! The key is the structure itself, by the addresses of the declarations it is made of, and not a
//! hash of it: two plans can't be taken for one another. Values aren't part of it; response keys
//! neither, since answers are read by position.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;

use super::plan::{ConnectionPlan, FilterValue, Lookup, NodeGroup, Pick, ReadPlan, RootRead, Selection};
use super::render::{Rendered, render};
use super::sql::Dialect;
use super::values::values;

/// Texts kept at once.
const MOST: NonZeroUsize = NonZeroUsize::new(1_000).expect("not zero");
/// Bytes of texts and keys kept at once.
const MOST_BYTES: usize = 16 << 20;

/// Texts of statements, bounded in number and in bytes.
pub(crate) struct Statements {
    known: Mutex<Known>,
}

struct Known {
    texts: LruCache<Box<[usize]>, Arc<str>>,
    bytes: usize,
}

impl std::fmt::Debug for Statements {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Statements")
    }
}

impl Default for Statements {
    fn default() -> Self {
        Self { known: Mutex::new(Known { texts: LruCache::new(MOST), bytes: 0 }) }
    }
}

impl Statements {
    /// The statement of a plan, with its values.
    pub fn of(&self, plan: &ReadPlan, dialect: Dialect) -> (Arc<str>, Vec<sea_orm::Value>) {
        let key = structure(plan, dialect);
        if let Some(text) = self.lock().texts.get(key.as_slice()).cloned() {
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
        self.keep(key.into_boxed_slice(), &text);
        (text, values)
    }

    fn keep(&self, key: Box<[usize]>, text: &Arc<str>) {
        let mut known = self.lock();
        known.bytes += bytes_of(&key, text);
        // What comes back is the entry of the same key, or the oldest where the number was reached.
        if let Some((key, text)) = known.texts.push(key, Arc::clone(text)) {
            known.bytes -= bytes_of(&key, &text);
        }
        while known.bytes > MOST_BYTES {
            let Some((key, text)) = known.texts.pop_lru() else { break };
            known.bytes -= bytes_of(&key, &text);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub fn size(&self) -> (usize, usize) {
        let known = self.lock();
        (known.texts.len(), known.bytes)
    }
}

fn bytes_of(key: &[usize], text: &str) -> usize {
    size_of_val(key) + text.len()
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
            RootRead::Constant(_) => self.0.push(0),
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
                self.0.extend([3, groups.len()]);
                for NodeGroup { selection, column, .. } in groups {
                    match column {
                        Some(column) => self.text(column),
                        None => self.0.push(0),
                    }
                    self.selection(selection);
                }
            }
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
                Pick::One(relation, below) => {
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
            plan.page.from.as_ref().map_or(0, |from| from.0.len()),
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
            FilterValue::Texts(_) => 4,
            FilterValue::Tokens(_) => 5,
        });
    }
}
