//! The JSON that strangers send, bounded while it is read: a megabyte of small values becomes many
//! times that in memory, and each of them is looked at several times.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::error::RequestError;

/// Values of a request: members of objects and items of lists, those within others too.
const MOST_VALUES: usize = 20_000;
/// Lists and objects within each other; no input of the schema comes near.
const DEEPEST: usize = 64;

/// Why something isn't taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is no JSON.
    Broken,
    /// It has more values than a request may.
    TooMany,
    /// They are nested more deeply than they may be.
    TooDeep,
    /// A number is beyond what a double holds.
    TooGreat,
}

impl Refusal {
    /// As what the client sees; `broken` says what can't be read.
    pub fn or(self, broken: &'static str) -> RequestError {
        RequestError::NotWellFormed(match self {
            Self::Broken => broken,
            Self::TooMany => "a request has 20,000 values at most, its variables included",
            Self::TooDeep => "values are nested more than 64 deep",
            Self::TooGreat => "a number is greater than 1.8e308, which is the most",
        })
    }
}

/// The value of a JSON text.
pub fn read(bytes: &[u8]) -> Result<Value, Refusal> {
    let bounds = Bounds { left: Cell::new(MOST_VALUES), passed: Cell::new(None) };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Bounded { bounds: &bounds, depth: 0 }.deserialize(&mut deserializer);
    let value = value.and_then(|value| deserializer.end().map(|()| value));
    value.map_err(|error| bounds.passed.get().unwrap_or_else(|| broken(&error)))
}

/// What the parser itself refuses: it tells by its words alone that a number is well formed and too
/// great.
fn broken(error: &serde_json::Error) -> Refusal {
    if error.to_string().starts_with("number out of range") { Refusal::TooGreat } else { Refusal::Broken }
}

/// What is left, and what was passed.
struct Bounds {
    left: Cell<usize>,
    passed: Cell<Option<Refusal>>,
}

/// One value of those.
#[derive(Clone, Copy)]
struct Bounded<'a> {
    bounds: &'a Bounds,
    depth: usize,
}

impl Bounded<'_> {
    fn refuse<E: serde::de::Error>(self, why: Refusal) -> E {
        self.bounds.passed.set(Some(why));
        E::custom("more than may be")
    }

    /// What is in this one.
    fn within<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == DEEPEST {
            return Err(self.refuse(Refusal::TooDeep));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let Some(left) = self.bounds.left.get().checked_sub(1) else {
            return Err(self.refuse(Refusal::TooMany));
        };
        self.bounds.left.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("no number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let within = self.within()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(within)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let within = self.within()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            object.insert(name, members.next_value_seed(within)?);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn as_many_values_as_may_be_are_read_and_not_one_more() {
        let list = |count: usize| format!("[{}]", vec!["0"; count].join(","));
        assert!(read(list(MOST_VALUES - 1).as_bytes()).is_ok());
        assert_eq!(read(list(MOST_VALUES).as_bytes()), Err(Refusal::TooMany));
        let members: Vec<String> = (0..MOST_VALUES).map(|number| format!("\"{number}\":{{}}")).collect();
        assert_eq!(read(format!("{{{}}}", members.join(",")).as_bytes()), Err(Refusal::TooMany));
    }

    #[test]
    fn values_are_nested_as_deep_as_may_be_and_not_deeper() {
        let list = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(list(DEEPEST).as_bytes()).is_ok());
        for depth in [DEEPEST + 1, 20_000] {
            assert_eq!(read(list(depth).as_bytes()), Err(Refusal::TooDeep));
        }
        // What follows isn't looked at any more.
        assert_eq!(read("[".repeat(20_000).as_bytes()), Err(Refusal::TooDeep));
    }

    #[test]
    fn what_is_no_json_is_told_apart() {
        for text in ["", "{", "[1,]", "{\"a\":1} x", "1e", "\u{feff}{}", "nul"] {
            assert_eq!(read(text.as_bytes()), Err(Refusal::Broken), "{text}");
        }
        assert_eq!(read(b"\"\xff\""), Err(Refusal::Broken));
    }

    #[test]
    fn a_number_that_is_too_great_is_called_that() {
        for text in ["1e1000", "-1e999", "[1, {\"a\": 2e400}]"] {
            assert_eq!(read(text.as_bytes()), Err(Refusal::TooGreat), "{text}");
        }
        assert!(read(b"1e308").is_ok());
        assert!(read(b"1e-1000").is_ok());
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..8)
                    .prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn within_the_bounds_it_is_the_same_as_without(value in values()) {
            let text = value.to_string();
            prop_assert_eq!(read(text.as_bytes()), Ok(serde_json::from_str::<Value>(&text).unwrap()));
        }
    }
}
