//! `isOneOf` of `__Type`, which the executor of introspection in use doesn't know yet: it is asked for
//! the name of the type instead, under a marked key, and the answer is put in place afterwards.

use apollo_compiler::executable::{Selection, SelectionSet};
use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::schema::{Component, ExtendedType, FieldDefinition};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Name, Schema, name, ty};

use super::is_one_of;

const TYPE: &str = "__Type";
const FIELD: &str = "isOneOf";

/// Declares the field.
pub(in crate::document) fn declare(schema: &mut Schema) {
    if let Some(ExtendedType::Object(object)) = schema.types.get_mut(TYPE) {
        let field = FieldDefinition {
            description: Some(
                "For an input object: whether exactly one of its fields is to be given.".into(),
            ),
            name: name!("isOneOf"),
            arguments: Vec::new(),
            ty: ty!(Boolean),
            directives: apollo_compiler::ast::DirectiveList::default(),
        };
        object.make_mut().fields.insert(field.name.clone(), Component::new(field));
    }
}

/// A document that asks for names where the original asks for `isOneOf`.
pub(in crate::document) struct Marked {
    pub document: Valid<ExecutableDocument>,
    /// What the keys of those begin with, and no other key of the document.
    mark: String,
}

impl Marked {
    /// None where the document doesn't ask.
    pub fn of(schema: &Schema, document: &Valid<ExecutableDocument>) -> Option<Self> {
        if !sets(document).any(asks) {
            return None;
        }
        let named = &schema.get_object(TYPE)?.fields.get("name")?.node;
        let mut mark = format!("{FIELD}_");
        while sets(document).any(|set| has_key(set, &mark)) {
            mark.push('_');
        }
        let mut marked = ExecutableDocument::clone(document);
        let operations = &mut marked.operations;
        for operation in operations.anonymous.iter_mut().chain(operations.named.values_mut()) {
            put_mark(&mut operation.make_mut().selection_set, &mark, named);
        }
        for fragment in marked.fragments.values_mut() {
            put_mark(&mut fragment.make_mut().selection_set, &mark, named);
        }
        // Of the original it has been found that it is valid; this asks for another field of the same type's.
        Some(Self { document: Valid::assume_valid(marked), mark })
    }

    /// Puts what was asked for in the place of the names.
    pub fn answer(&self, schema: &Schema, map: JsonMap) -> JsonMap {
        map.into_iter()
            .map(|(key, value)| match key.as_str().strip_prefix(&self.mark) {
                Some(asked) => (asked.into(), one_of(schema, &value)),
                None => (key, self.inside(schema, value)),
            })
            .collect()
    }

    fn inside(&self, schema: &Schema, value: JsonValue) -> JsonValue {
        match value {
            JsonValue::Object(map) => JsonValue::Object(self.answer(schema, map)),
            JsonValue::Array(items) => items.into_iter().map(|item| self.inside(schema, item)).collect(),
            other => other,
        }
    }
}

/// For the name of a type; lists and types that can't be null have none.
fn one_of(schema: &Schema, name: &JsonValue) -> JsonValue {
    match name.as_str().and_then(|name| schema.get_input_object(name)) {
        Some(input) => is_one_of(input).into(),
        None => JsonValue::Null,
    }
}

fn sets(document: &ExecutableDocument) -> impl Iterator<Item = &SelectionSet> {
    let operations = document.operations.iter().map(|operation| &operation.selection_set);
    operations.chain(document.fragments.values().map(|fragment| &fragment.selection_set))
}

/// Whether `isOneOf` is asked for in a selection, fragments apart.
fn asks(set: &SelectionSet) -> bool {
    set.selections.iter().any(|selection| match selection {
        Selection::Field(field) => (set.ty == TYPE && field.name == FIELD) || asks(&field.selection_set),
        Selection::InlineFragment(fragment) => asks(&fragment.selection_set),
        Selection::FragmentSpread(_) => false,
    })
}

fn has_key(set: &SelectionSet, mark: &str) -> bool {
    set.selections.iter().any(|selection| match selection {
        Selection::Field(field) => {
            field.response_key().starts_with(mark) || has_key(&field.selection_set, mark)
        }
        Selection::InlineFragment(fragment) => has_key(&fragment.selection_set, mark),
        Selection::FragmentSpread(_) => false,
    })
}

fn put_mark(set: &mut SelectionSet, mark: &str, named: &apollo_compiler::Node<FieldDefinition>) {
    let of_type = set.ty == TYPE;
    for selection in &mut set.selections {
        match selection {
            Selection::Field(field) => {
                let field = field.make_mut();
                if of_type && field.name == FIELD {
                    // A mark and a key make a name again.
                    field.alias = Name::new(&format!("{mark}{}", field.response_key())).ok();
                    field.name = named.name.clone();
                    field.definition = named.clone();
                } else {
                    put_mark(&mut field.selection_set, mark, named);
                }
            }
            Selection::InlineFragment(fragment) => {
                put_mark(&mut fragment.make_mut().selection_set, mark, named);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}
