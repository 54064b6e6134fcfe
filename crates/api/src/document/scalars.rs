//! Values of the scalars of this API, which the compiler takes as they come: refused where they
//! aren't of their form, before anything is executed.

use apollo_compiler::ast::{Type, Value as Literal};
use apollo_compiler::executable::{Selection, SelectionSet};
use apollo_compiler::response::JsonValue;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{ExecutableDocument, Name, Node, Schema};

use crate::errors::Failure;
use crate::schema::scalars;

/// Checks the value of a variable. A whole number for an `ID` becomes the text that it stands for.
pub(super) fn variable(schema: &Schema, name: &str, ty: &Type, value: &mut JsonValue) -> Result<(), Failure> {
    let mut path = format!("${name}");
    of_type(schema, ty, value, &mut path)
        .map_err(|message| Failure::bad_input(format!("the variable {path}: {message}")))
}

/// Where something is wrong, `path` leads to it.
fn of_type(schema: &Schema, ty: &Type, value: &mut JsonValue, path: &mut String) -> Result<(), String> {
    let length = path.len();
    match (ty, value) {
        (_, JsonValue::Null) => Ok(()),
        (Type::List(of) | Type::NonNullList(of), JsonValue::Array(items)) => {
            for (place, item) in items.iter_mut().enumerate() {
                path.push('.');
                path.push_str(&place.to_string());
                of_type(schema, of, item, path)?;
                path.truncate(length);
            }
            Ok(())
        }
        (Type::List(of) | Type::NonNullList(of), one) => of_type(schema, of, one, path),
        (Type::Named(name) | Type::NonNullNamed(name), value) => match (schema.types.get(name), value) {
            (Some(ExtendedType::InputObject(object)), JsonValue::Object(fields)) => {
                for (field, definition) in &object.fields {
                    let Some(value) = fields.get_mut(field.as_str()) else { continue };
                    path.push('.');
                    path.push_str(field);
                    of_type(schema, &definition.ty, value, path)?;
                    path.truncate(length);
                }
                Ok(())
            }
            (Some(ExtendedType::Scalar(_)), value) => {
                if let (JsonValue::Number(number), "ID") = (&*value, name.as_str()) {
                    *value = number.to_string().into();
                }
                scalar(name, value.as_str())
            }
            _ => Ok(()),
        },
    }
}

/// What is wrong with the literals of a document: in arguments, and as defaults of variables.
pub(super) fn literals(schema: &Schema, document: &ExecutableDocument) -> Vec<Failure> {
    let mut found = Found { schema, document, failures: Vec::new() };
    for operation in document.operations.iter() {
        for variable in &operation.variables {
            if let Some(default) = &variable.default_value {
                found.literal(&variable.ty, default);
            }
        }
        found.selections(&operation.selection_set);
    }
    for fragment in document.fragments.values() {
        found.selections(&fragment.selection_set);
    }
    found.failures
}

struct Found<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    failures: Vec<Failure>,
}

impl Found<'_> {
    fn selections(&mut self, set: &SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    for argument in &field.arguments {
                        if let Some(definition) = field.definition.argument_by_name(&argument.name) {
                            self.literal(&definition.ty, &argument.value);
                        }
                    }
                    self.selections(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => self.selections(&fragment.selection_set),
                // Each fragment is looked through once, where it is defined.
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn literal(&mut self, ty: &Type, value: &Node<Literal>) {
        match (ty, value.as_ref()) {
            // A variable's value is checked when it is sent.
            (_, Literal::Null | Literal::Variable(_)) => {}
            (Type::List(of) | Type::NonNullList(of), Literal::List(items)) => {
                for item in items {
                    self.literal(of, item);
                }
            }
            (Type::List(of) | Type::NonNullList(of), _) => self.literal(of, value),
            (Type::Named(name) | Type::NonNullNamed(name), literal) => {
                let schema = self.schema;
                match (schema.types.get(name), literal) {
                    (Some(ExtendedType::InputObject(object)), Literal::Object(fields)) => {
                        for (field, value) in fields {
                            if let Some(definition) = object.fields.get(field) {
                                self.literal(&definition.ty, value);
                            }
                        }
                    }
                    (Some(ExtendedType::Scalar(_)), literal) => {
                        // A code that is a name may stand without quotation marks.
                        let text = literal.as_str().or_else(|| literal.as_enum().map(Name::as_str));
                        if let Err(message) = scalar(name, text) {
                            self.fail(value, message);
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    fn fail(&mut self, value: &Node<Literal>, message: String) {
        let range = value.line_column_range(&self.document.sources);
        let locations = range.map(|range| (range.start.line, range.start.column)).into_iter().collect();
        self.failures.push(Failure { locations, ..Failure::bad_input(message) });
    }
}

fn scalar(name: &str, text: Option<&str>) -> Result<(), String> {
    let Some(read) = scalars::read(name, text.unwrap_or_default()) else { return Ok(()) };
    match text {
        None => Err(format!("no {name}: it is written as a text")),
        Some(_) => read.map_err(|message| format!("no {name}: {message}")),
    }
}
