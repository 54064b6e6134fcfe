//! Arguments of a field, coerced by the specification from literals and variables.

use apollo_compiler::Schema;
use apollo_compiler::ast::{Type, Value as Literal};
use apollo_compiler::executable::Field;
use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::schema::ExtendedType;

/// The arguments of a field; one that isn't given and has no default is not among them.
pub(crate) fn of(schema: &Schema, field: &Field, variables: &JsonMap) -> Result<JsonMap, String> {
    let mut values = JsonMap::new();
    for definition in &field.definition.arguments {
        let name = &definition.name;
        let given = field.arguments.iter().find(|argument| argument.name == *name);
        let value = match given.map(|argument| argument.value.as_ref()) {
            Some(Literal::Variable(variable)) => variables.get(variable.as_str()).cloned(),
            Some(value) => Some(literal(schema, &definition.ty, value, variables)?),
            None => None,
        };
        let value = match (value, &definition.default_value) {
            (Some(value), _) => Some(value),
            (None, Some(default)) => Some(literal(schema, &definition.ty, default, &JsonMap::new())?),
            (None, None) => None,
        };
        match value {
            Some(JsonValue::Null) | None if definition.ty.is_non_null() => {
                return Err(format!("the argument `{name}` can't be null"));
            }
            Some(value) => {
                values.insert(name.as_str(), value);
            }
            None => {}
        }
    }
    Ok(values)
}

/// A literal as a value of this type. Validation has seen to it that it is of the type.
pub(crate) fn literal(
    schema: &Schema,
    ty: &Type,
    value: &Literal,
    variables: &JsonMap,
) -> Result<JsonValue, String> {
    if let Literal::Variable(name) = value {
        return match variables.get(name.as_str()) {
            Some(value) if !(value.is_null() && ty.is_non_null()) => Ok(value.clone()),
            None if !ty.is_non_null() => Ok(JsonValue::Null),
            _ => Err(format!("the variable `{name}` can't be null here")),
        };
    }
    if value.is_null() {
        return if ty.is_non_null() {
            Err(format!("null can't be a value of type {ty}"))
        } else {
            Ok(JsonValue::Null)
        };
    }
    if let Type::List(of) | Type::NonNullList(of) = ty {
        return match value {
            Literal::List(items) => items.iter().map(|item| literal(schema, of, item, variables)).collect(),
            // One value stands for a list of it.
            one => Ok(JsonValue::Array(vec![literal(schema, of, one, variables)?])),
        };
    }
    let name = ty.inner_named_type();
    match (value, schema.types.get(name)) {
        (Literal::Object(fields), Some(ExtendedType::InputObject(object))) => {
            let mut coerced = JsonMap::new();
            for (name, definition) in &object.fields {
                let given = fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_ref());
                let value = match given {
                    // A variable without a value is as good as a field that isn't given.
                    Some(Literal::Variable(variable)) if !variables.contains_key(variable.as_str()) => None,
                    other => other,
                };
                let value = match (value, &definition.default_value) {
                    (Some(value), _) => literal(schema, &definition.ty, value, variables)?,
                    (None, Some(default)) => literal(schema, &definition.ty, default, variables)?,
                    (None, None) if definition.ty.is_non_null() => {
                        return Err(format!("the field `{name}` of the input can't be left out"));
                    }
                    (None, None) => continue,
                };
                coerced.insert(name.as_str(), value);
            }
            Ok(JsonValue::Object(coerced))
        }
        (Literal::Int(number), _) if name == "ID" => Ok(number.as_str().into()),
        (value, _) => plain(value, variables),
    }
}

/// A literal of a scalar or an enum. One of any form may have variables inside.
fn plain(value: &Literal, variables: &JsonMap) -> Result<JsonValue, String> {
    let number = |text: &str| {
        text.parse::<serde_json::Number>()
            .map(JsonValue::Number)
            .map_err(|_| format!("{text} is out of range"))
    };
    Ok(match value {
        Literal::Null => JsonValue::Null,
        Literal::Variable(name) => variables.get(name.as_str()).cloned().unwrap_or_default(),
        Literal::Enum(name) => name.as_str().into(),
        Literal::String(text) => text.as_str().into(),
        Literal::Boolean(yes) => (*yes).into(),
        Literal::Int(digits) => number(digits.as_str())?,
        Literal::Float(digits) => number(digits.as_str())?,
        Literal::List(items) => items.iter().map(|item| plain(item, variables)).collect::<Result<_, _>>()?,
        Literal::Object(fields) => {
            let fields: Result<JsonMap, String> = fields
                .iter()
                .map(|(name, value)| Ok((name.as_str().into(), plain(value, variables)?)))
                .collect();
            fields?.into()
        }
    })
}
