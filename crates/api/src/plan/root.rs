//! Fields of the query root.

use apollo_compiler::response::JsonMap;
use maip_domain::id;
use maip_persistence::read::declare::{Argument, Entity, RootField, RootKind, Scalar};
use maip_persistence::read::plan::{Lookup, NodeGroup, Root, RootRead, Selection};
use serde_json::Value;

use super::{Planner, Refusal, given};
use crate::document::collect::{Below, Collected};
use crate::errors::Failure;
use crate::schema::names;

/// The most ids of one `nodes`, and the most representations of one `_entities`.
pub(super) const MAX_NODES: usize = 100;

impl Planner<'_> {
    pub(super) fn root(&mut self, field: &Collected, introspected: &JsonMap) -> Result<Root, Failure> {
        let declared = self.catalogue.root(field.name());
        let read = match field.name() {
            "__typename" => Ok(RootRead::Constant("\"Query\"".into())),
            name if name.starts_with("__") => {
                let answer = introspected.get(field.key.as_str());
                Ok(RootRead::Constant(answer.map_or_else(|| "null".to_owned(), ToString::to_string).into()))
            }
            "node" => self.node(field),
            "nodes" => self.nodes(field),
            "search" if self.catalogue.searches() => self.search(field),
            "suggest" if self.catalogue.searches() => self.suggest(field),
            names::ENTITIES => self.entities(field),
            names::SERVICE => self.service(field),
            _ => match declared {
                Some(root) => self.declared(root, field),
                None => Err(self.refuse(field, "no such field")),
            },
        };
        let read = match read {
            Ok(read) => read,
            Err(Refusal::Field(failure)) => {
                self.failures.push(failure);
                RootRead::Constant("null".into())
            }
            Err(Refusal::Request(failure)) => return Err(failure),
        };
        Ok(Root { key: field.key.as_str().into(), scope: declared.and_then(|root| root.scope), read })
    }

    fn declared(&mut self, root: &'static RootField, field: &Collected) -> Result<RootRead, Refusal> {
        if let RootKind::Connection { only, among } = root.kind {
            let plan = self.connection(root.entity, (only, among), field, 1)?;
            return Ok(RootRead::Connection(plan));
        }
        let arguments = self.arguments(field)?;
        let lookup = match &root.kind {
            RootKind::ById => Lookup::Key(self.id(field, &arguments, root.entity.prefix)?),
            RootKind::By(by) => self.by(field, by, &arguments, root.entity.prefix)?,
            RootKind::Single | RootKind::Connection { .. } => Lookup::Only,
        };
        self.cost.records(1, 1).map_err(Refusal::Request)?;
        let selection = self.inside(field, |planner| planner.selection(root.entity, field.fields(), 1))?;
        Ok(RootRead::One { lookup, selection })
    }

    /// The one argument that names the record.
    fn by(
        &self,
        field: &Collected,
        by: &'static [Argument],
        arguments: &JsonMap,
        prefix: Option<&'static str>,
    ) -> Result<Lookup, Refusal> {
        let mut asked = by.iter().filter_map(|by| given(arguments, by.name).map(|value| (by, value)));
        let (Some((by, value)), None) = (asked.next(), asked.next()) else {
            let names: Vec<_> = by.iter().map(|by| format!("`{}`", by.name)).collect();
            return Err(self.refuse(field, &format!("exactly one of {} is to be given", names.join(", "))));
        };
        if let (Scalar::Id, Some(prefix)) = (by.scalar, prefix) {
            id::check(prefix, &id_text(Some(value)))
                .map_err(|error| self.refuse(field, &format!("{}: {error}", by.name)))?;
        }
        let value = super::filter::scalar(by.scalar, value)
            .map_err(|message| self.refuse(field, &format!("{}: {message}", by.name)))?;
        Ok(Lookup::Where(by.on, value))
    }

    /// The `id` argument. Malformed and foreign ones are told apart from unknown ones, which tells
    /// nothing about records.
    fn id(
        &self,
        field: &Collected,
        arguments: &JsonMap,
        prefix: Option<&'static str>,
    ) -> Result<Box<str>, Refusal> {
        let text = id_text(arguments.get("id"));
        let checked = match prefix {
            Some(prefix) => id::check(prefix, &text),
            None => id::prefix_of(&text).map(|_| ()),
        };
        checked.map_err(|error| self.refuse(field, &format!("id: {error}")))?;
        Ok(text.into())
    }

    fn node(&mut self, field: &Collected) -> Result<RootRead, Refusal> {
        let arguments = self.arguments(field)?;
        let id = self.id(field, &arguments, None)?;
        let entity = id::prefix_of(&id).ok().and_then(|prefix| self.catalogue.entity_of_prefix(prefix));
        let Some(entity) = entity else {
            return Err(self.refuse(field, "id: no type has ids of this form"));
        };
        self.cost.records(1, 1).map_err(Refusal::Request)?;
        let selection = self.selection_for_type(field, entity, 1)?;
        Ok(RootRead::One { lookup: Lookup::Key(id), selection })
    }

    fn nodes(&mut self, field: &Collected) -> Result<RootRead, Refusal> {
        let arguments = self.arguments(field)?;
        let asked = given(&arguments, "ids").and_then(|ids| ids.as_array()).cloned().unwrap_or_default();
        if asked.len() > MAX_NODES {
            return Err(self.refuse(field, &format!("ids: {MAX_NODES} at most")));
        }
        let mut ids = Vec::with_capacity(asked.len());
        let mut groups: Vec<NodeGroup> = Vec::new();
        for (place, value) in asked.iter().enumerate() {
            let text = id_text(Some(value));
            let entity = id::prefix_of(&text).ok().and_then(|prefix| self.catalogue.entity_of_prefix(prefix));
            let Some(entity) = entity else {
                let path = vec![Value::from(field.key.as_str()), Value::from(place)];
                self.failures.push(Failure::bad_input("not an id of any type").at(path));
                ids.push(None);
                continue;
            };
            ids.push(Some(self.grouped(&mut groups, field, (entity, None), text.into(), asked.len())?));
        }
        Ok(RootRead::Nodes { ids, groups })
    }

    /// Puts a record to those of its type that are asked for by the same key.
    pub(super) fn grouped(
        &mut self,
        groups: &mut Vec<NodeGroup>,
        field: &Collected,
        (entity, column): (&'static Entity, Option<&'static str>),
        key: Box<str>,
        asked: usize,
    ) -> Result<(usize, Box<str>), Refusal> {
        let known = groups
            .iter()
            .position(|group| std::ptr::eq(group.selection.entity, entity) && group.column == column);
        let place = if let Some(place) = known {
            place
        } else {
            // The most that it can be; how many of each type there are is not worth a second round.
            let many = u64::try_from(asked).unwrap_or(u64::MAX);
            self.cost.records(1, many).map_err(Refusal::Request)?;
            let selection = self.selection_for_type(field, entity, many)?;
            groups.push(NodeGroup { selection, column, keys: Vec::new() });
            groups.len() - 1
        };
        if let Some(group) = groups.get_mut(place)
            && !group.keys.contains(&key)
        {
            group.keys.push(key.clone());
        }
        Ok((place, key))
    }

    pub(super) fn selection_for_type(
        &mut self,
        field: &Collected,
        entity: &'static Entity,
        records: u64,
    ) -> Result<Selection, Refusal> {
        let Below::Abstract(merged) = &field.below else {
            return self.inside(field, |planner| planner.selection(entity, field.fields(), records));
        };
        let fields =
            self.collector.for_type(merged, entity.name, field.depth + 1).map_err(Refusal::Request)?;
        self.inside(field, |planner| planner.selection(entity, &fields, records))
    }

    /// Plans what is below a field.
    pub(super) fn inside<T>(
        &mut self,
        field: &Collected,
        plan: impl FnOnce(&mut Self) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        self.path.push(field.key.to_string());
        let planned = plan(self);
        self.path.pop();
        planned
    }
}

/// An id as text; clients may send whole numbers for ids, which are none of ours.
fn id_text(value: Option<&apollo_compiler::response::JsonValue>) -> String {
    value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).unwrap_or_default()
}
