//! Closed sets as enums of the API: one wrapper for all of them.

use std::borrow::Cow;

use async_graphql::registry::{MetaTypeId, Registry};
use async_graphql::{InputType, InputValueError, InputValueResult, Value};
use maip_domain::closed_set::ClosedSet;
use maip_persistence::read::declare::closed;

use super::describe;

/// A value of a closed set in an input: `pub kind: Closed<ActorType>`, and `.0` where it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

impl<T: ClosedSet> InputType for Closed<T> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        T::NAME.into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_input_type::<Self, _>(MetaTypeId::Enum, |_| describe::closed(&closed::<T>()))
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let value = value.unwrap_or_default();
        let code = match &value {
            Value::Enum(name) => name.as_str(),
            Value::String(text) => text.as_str(),
            _ => return Err(InputValueError::expected_type(value)),
        };
        T::from_code(code).map(Self).ok_or_else(|| InputValueError::custom(format!("no {}: {code}", T::NAME)))
    }

    fn to_value(&self) -> Value {
        Value::Enum(async_graphql::Name::new(self.0.code()))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}
