//! Variables, coerced anew for every request.

use apollo_compiler::Schema;
use apollo_compiler::executable::Operation;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use serde_json::{Map, Value};

use super::{arguments, one_of, scalars};
use crate::errors::Failure;

/// The variables of one request, each of its declared type.
pub(crate) type Variables = Valid<JsonMap>;

/// Coerces what the client sent. Variables that the operation doesn't declare are ignored.
pub(crate) fn coerce(
    schema: &Valid<Schema>,
    operation: &Operation,
    sent: Option<Map<String, Value>>,
) -> Result<Variables, Failure> {
    if operation.variables.is_empty() {
        return Ok(Valid::assume_valid(JsonMap::new()));
    }
    let sent: JsonMap = sent
        .unwrap_or_default()
        .into_iter()
        .map(|(name, value)| (name.into(), whole(value).into()))
        .collect();
    let mut values = coerce_variable_values(schema, operation, &sent)
        .map_err(|error| refused(schema, operation, &sent, &error.message().to_string()))?
        .into_inner();
    for declared in &operation.variables {
        let name = declared.name.as_str();
        // Defaults are literals and become of the type as literals do: one value for a list, an
        // input's own defaults.
        if let (Some(default), false) = (&declared.default_value, sent.contains_key(name)) {
            let none = JsonMap::new();
            let value =
                arguments::literal(schema, &declared.ty, default, &none).map_err(Failure::bad_input)?;
            values.insert(name, value);
        } else if let Some(value) = values.get(name) {
            one_of::check_value(schema, &declared.ty, value)
                .map_err(|message| Failure::bad_input(format!("variable `${name}`: {message}")))?;
        }
        if let Some(value) = values.get_mut(name) {
            scalars::variable(schema, name, &declared.ty, value)?;
        }
    }
    Ok(Valid::assume_valid(values))
}

/// What is wrong with the values, with the variable that it is wrong with.
fn refused(schema: &Valid<Schema>, operation: &Operation, sent: &JsonMap, message: &str) -> Failure {
    let culprit = operation.variables.iter().find(|declared| {
        let alone = Operation { variables: vec![(*declared).clone()], ..operation.clone() };
        coerce_variable_values(schema, &alone, sent).is_err()
    });
    match culprit {
        Some(declared) => Failure::bad_input(format!("the variable ${}: {message}", declared.name)),
        None => Failure::bad_input(message),
    }
}

/// JSON doesn't tell `1.0` from `1`, and some clients write whole numbers so.
fn whole(value: Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 1e15 => {
                serde_json::from_str(&format!("{float:.0}")).unwrap_or(Value::Number(number))
            }
            _ => Value::Number(number),
        },
        Value::Array(items) => items.into_iter().map(whole).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, whole(value))).collect(),
        other => other,
    }
}
