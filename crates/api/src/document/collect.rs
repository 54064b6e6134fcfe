//! Collects the fields of an operation by response key, as the specification says: fragments are
//! applied by type, `@skip` and `@include` decided, the sub-selections of one key merged.

use std::sync::Arc;

use apollo_compiler::ast::{DirectiveList, Value as Literal};
use apollo_compiler::collections::{HashSet, IndexMap};
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::response::JsonMap;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Node, Schema};

use super::{Document, Documents};
use crate::errors::Failure;
use crate::limits::ApiSettings;

/// A field of the answer.
#[derive(Clone, Debug)]
pub(crate) struct Collected {
    /// The response key.
    pub key: Name,
    /// The first field with that key; the others have the same name and arguments.
    pub field: Node<Field>,
    /// How deep it stands.
    pub depth: usize,
    /// What is selected of it.
    pub below: Below,
}

/// What is selected of a field.
#[derive(Clone, Debug)]
pub(crate) enum Below {
    /// It is a scalar.
    Nothing,
    /// Fields of an object.
    Object(Vec<Collected>),
    /// An interface or a union: collected for a type once that is known, from all fields of the key.
    Abstract(Vec<Node<Field>>),
}

impl Collected {
    /// The name of the field.
    pub fn name(&self) -> &str {
        self.field.name.as_str()
    }

    /// Whether it asks for the schema itself.
    pub fn asks_schema(&self) -> bool {
        matches!(self.name(), "__schema" | "__type")
    }

    /// The fields below, of an object.
    pub fn fields(&self) -> &[Collected] {
        match &self.below {
            Below::Object(fields) => fields,
            Below::Nothing | Below::Abstract(_) => &[],
        }
    }
}

/// Collects, and counts what it has collected.
pub(crate) struct Collector<'a> {
    schema: &'a Schema,
    document: &'a Document,
    variables: &'a JsonMap,
    settings: &'a ApiSettings,
    fields: usize,
    aliases: usize,
    /// Whether a variable has decided about a selection.
    varies: bool,
}

impl<'a> Collector<'a> {
    pub fn new(documents: &'a Documents, document: &'a Document, variables: &'a JsonMap) -> Self {
        Self {
            schema: &documents.schema,
            document,
            variables,
            settings: &documents.settings,
            fields: 0,
            aliases: 0,
            varies: false,
        }
    }

    /// The root fields of the operation, from the document's own store where no variable decides.
    pub fn roots(&mut self, operation: &Node<Operation>) -> Result<Arc<[Collected]>, Failure> {
        let fixed = self.document.fixed(operation);
        if let Some(known) = fixed.and_then(|place| place.get()) {
            return Ok(Arc::clone(known));
        }
        let roots: Arc<[Collected]> =
            self.object(operation.object_type(), &[&operation.selection_set], 1)?.into();
        if roots.len() > self.settings.max_root_fields {
            let most = self.settings.max_root_fields;
            return Err(Failure::too_complex(format!("the operation has more than {most} root fields")));
        }
        if let (Some(place), false) = (fixed, self.varies) {
            // Another request may have been first; it came to the same.
            let _ = place.set(Arc::clone(&roots));
        }
        Ok(roots)
    }

    /// The fields that an interface's or a union's selection has for this type.
    pub fn for_type(
        &mut self,
        fields: &[Node<Field>],
        ty: &str,
        depth: usize,
    ) -> Result<Vec<Collected>, Failure> {
        let sets: Vec<&SelectionSet> = fields.iter().map(|field| &field.selection_set).collect();
        self.object(ty, &sets, depth)
    }

    fn object(&mut self, ty: &str, sets: &[&SelectionSet], depth: usize) -> Result<Vec<Collected>, Failure> {
        if depth > self.settings.max_depth {
            let most = self.settings.max_depth;
            return Err(Failure::too_complex(format!("fields are nested more than {most} deep")));
        }
        let mut grouped: IndexMap<Name, Vec<Node<Field>>> = IndexMap::default();
        let mut visited = HashSet::default();
        for set in sets {
            self.group(ty, set, &mut visited, &mut grouped)?;
        }
        grouped.into_iter().map(|(key, fields)| self.one(key, fields, depth)).collect()
    }

    fn one(&mut self, key: Name, fields: Vec<Node<Field>>, depth: usize) -> Result<Collected, Failure> {
        let first = fields[0].clone();
        if first.alias.is_some() {
            self.aliases += 1;
            if self.aliases > self.settings.max_aliases {
                let most = self.settings.max_aliases;
                return Err(Failure::too_complex(format!("the operation has more than {most} aliases")));
            }
        }
        // The introspection of the schema has its own rule for depth, and its own executor.
        let below = if first.selection_set.is_empty() || first.name.starts_with("__") {
            Below::Nothing
        } else {
            let ty = first.definition.ty.inner_named_type();
            let known = self.schema.types.get(ty);
            if let Some(ExtendedType::Interface(_) | ExtendedType::Union(_)) = known {
                Below::Abstract(fields)
            } else {
                let sets: Vec<&SelectionSet> = fields.iter().map(|field| &field.selection_set).collect();
                Below::Object(self.object(ty, &sets, depth + 1)?)
            }
        };
        Ok(Collected { key, field: first, depth, below })
    }

    fn group(
        &mut self,
        ty: &str,
        set: &SelectionSet,
        visited: &mut HashSet<Name>,
        grouped: &mut IndexMap<Name, Vec<Node<Field>>>,
    ) -> Result<(), Failure> {
        for selection in &set.selections {
            self.fields += 1;
            if self.fields > self.settings.max_fields {
                let most = self.settings.max_fields;
                return Err(Failure::too_complex(format!("the operation has more than {most} fields")));
            }
            if !self.wanted(selection.directives())? {
                continue;
            }
            match selection {
                Selection::Field(field) => {
                    let key = field.alias.as_ref().unwrap_or(&field.name);
                    grouped.entry(key.clone()).or_default().push(field.clone());
                }
                Selection::FragmentSpread(spread) => {
                    let document = self.document;
                    if !visited.insert(spread.fragment_name.clone()) {
                        continue;
                    }
                    let Some(fragment) = document.executable.fragments.get(&spread.fragment_name) else {
                        continue;
                    };
                    if self.applies(ty, fragment.type_condition()) {
                        self.group(ty, &fragment.selection_set, visited, grouped)?;
                    }
                }
                Selection::InlineFragment(fragment) => {
                    if fragment.type_condition.as_ref().is_none_or(|condition| self.applies(ty, condition)) {
                        self.group(ty, &fragment.selection_set, visited, grouped)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a fragment with this condition is for objects of the type.
    fn applies(&self, ty: &str, condition: &Name) -> bool {
        match self.schema.types.get(condition) {
            Some(ExtendedType::Object(_)) => condition == ty,
            Some(ExtendedType::Interface(_)) => self
                .schema
                .get_object(ty)
                .is_some_and(|object| object.implements_interfaces.contains(condition)),
            Some(ExtendedType::Union(union)) => union.members.iter().any(|member| member.as_str() == ty),
            _ => false,
        }
    }

    fn wanted(&mut self, directives: &DirectiveList) -> Result<bool, Failure> {
        Ok(!self.condition(directives, "skip")?.unwrap_or(false)
            && self.condition(directives, "include")?.unwrap_or(true))
    }

    fn condition(&mut self, directives: &DirectiveList, name: &str) -> Result<Option<bool>, Failure> {
        let Some(directive) = directives.get(name) else { return Ok(None) };
        match directive.specified_argument_by_name("if").map(AsRef::as_ref) {
            Some(Literal::Boolean(yes)) => Ok(Some(*yes)),
            Some(Literal::Variable(variable)) => {
                self.varies = true;
                match self
                    .variables
                    .get(variable.as_str())
                    .and_then(apollo_compiler::response::JsonValue::as_bool)
                {
                    Some(yes) => Ok(Some(yes)),
                    None => Err(Failure::bad_input(format!(
                        "`@{name}` needs a value of the variable `{variable}`"
                    ))),
                }
            }
            _ => Ok(None),
        }
    }
}
