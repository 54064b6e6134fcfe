//! `@oneOf`: inputs of which exactly one field is given, and isn't null. The validator in use doesn't
//! know them yet, so what the specification says of them is checked here, after it.

pub(super) mod introspection;
#[cfg(test)]
mod tests;

use apollo_compiler::ast::{Type, Value as Literal};
use apollo_compiler::collections::HashSet;
use apollo_compiler::executable::{Operation, Selection, SelectionSet};
use apollo_compiler::response::JsonValue;
use apollo_compiler::schema::{ExtendedType, InputObjectType};
use apollo_compiler::{ExecutableDocument, Node, Schema};

use crate::errors::Failure;

/// The directive.
const NAME: &str = "oneOf";

/// Whether exactly one field of this input is to be given.
fn is_one_of(input: &InputObjectType) -> bool {
    input.directives.has(NAME)
}

/// What of a valid document breaks the rule, in its literals and in the variables that stand in them;
/// so many failures at most.
pub(super) fn check(schema: &Schema, document: &ExecutableDocument, most: usize) -> Result<(), Vec<Failure>> {
    let mut failures = Vec::new();
    if schema.types.values().any(|ty| matches!(ty, ExtendedType::InputObject(input) if is_one_of(input))) {
        for operation in document.operations.iter() {
            if failures.len() >= most {
                break;
            }
            let mut check =
                Check { schema, document, operation, visited: HashSet::default(), failures: &mut failures };
            check.operation();
        }
    }
    failures.truncate(most);
    if failures.is_empty() { Ok(()) } else { Err(failures) }
}

/// One operation with the fragments that it uses: what a variable is depends on the operation.
struct Check<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    operation: &'a Operation,
    visited: HashSet<&'a str>,
    failures: &'a mut Vec<Failure>,
}

impl<'a> Check<'a> {
    fn operation(&mut self) {
        let operation = self.operation;
        for variable in &operation.variables {
            if let Some(default) = &variable.default_value {
                self.value(&variable.ty, default);
            }
        }
        self.selections(&operation.selection_set);
    }

    fn selections(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    for argument in &field.arguments {
                        if let Some(definition) = field.definition.argument_by_name(&argument.name) {
                            self.value(&definition.ty, &argument.value);
                        }
                    }
                    self.selections(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => self.selections(&fragment.selection_set),
                Selection::FragmentSpread(spread) => {
                    let document = self.document;
                    let fragment = document.fragments.get(&spread.fragment_name);
                    if let Some(fragment) = fragment.filter(|fragment| self.visited.insert(&fragment.name)) {
                        self.selections(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn value(&mut self, ty: &Type, value: &Node<Literal>) {
        match value.as_ref() {
            Literal::List(items) => items.iter().for_each(|item| self.value(ty.item_type(), item)),
            Literal::Object(fields) => {
                let schema = self.schema;
                let Some(input) = schema.get_input_object(ty.inner_named_type()) else { return };
                if is_one_of(input) {
                    let given: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value)).collect();
                    if let Err(message) = self.one(input, &given) {
                        let place = value.line_column_range(&self.document.sources);
                        let locations = place.map(|range| (range.start.line, range.start.column));
                        let locations = locations.into_iter().collect();
                        self.failures.push(Failure { locations, ..Failure::bad_input(message) });
                    }
                }
                for (name, value) in fields {
                    if let Some(definition) = input.fields.get(name) {
                        self.value(&definition.ty, value);
                    }
                }
            }
            _ => {}
        }
    }

    fn one(&self, input: &InputObjectType, given: &[(&str, &Node<Literal>)]) -> Result<(), String> {
        let [(name, value)] = given else { return Err(exactly_one(input)) };
        match value.as_ref() {
            Literal::Null => Err(not_null(input, name)),
            Literal::Variable(variable) => {
                let declared = self.operation.variables.iter().find(|known| known.name == *variable);
                if declared.is_none_or(|declared| declared.ty.is_non_null()) {
                    return Ok(());
                }
                Err(format!(
                    "the variable `${variable}` must not be nullable, to be given to `{}`",
                    input.name
                ))
            }
            _ => Ok(()),
        }
    }
}

/// Whether the value of a variable keeps to the rule.
pub(super) fn check_value(schema: &Schema, ty: &Type, value: &JsonValue) -> Result<(), String> {
    match value {
        JsonValue::Array(items) => {
            items.iter().try_for_each(|item| check_value(schema, ty.item_type(), item))
        }
        JsonValue::Object(fields) => {
            let Some(input) = schema.get_input_object(ty.inner_named_type()) else { return Ok(()) };
            if is_one_of(input) {
                let mut given = fields.iter();
                let (Some((name, value)), None) = (given.next(), given.next()) else {
                    return Err(exactly_one(input));
                };
                if value.is_null() {
                    return Err(not_null(input, name.as_str()));
                }
            }
            for (name, value) in fields {
                if let Some(definition) = input.fields.get(name.as_str()) {
                    check_value(schema, &definition.ty, value)?;
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn exactly_one(input: &InputObjectType) -> String {
    let names: Vec<String> = input.fields.keys().map(|name| format!("`{name}`")).collect();
    format!("exactly one field of `{}` is to be given: {}", input.name, names.join(", "))
}

fn not_null(input: &InputObjectType, name: &str) -> String {
    format!("`{name}` of `{}` must not be null", input.name)
}
