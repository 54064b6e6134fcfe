//! The fields of gateways: records by the keys of Apollo Federation, planned like `nodes`, and the
//! schema that a gateway composes from.

use apollo_compiler::response::JsonValue;
use maip_domain::id;
use maip_persistence::read::declare::Entity;
use maip_persistence::read::plan::{FilterValue, RootRead};
use serde_json::Value;

use super::root::MAX_NODES;
use super::{Planner, Refusal, filter, given};
use crate::document::collect::Collected;
use crate::document::introspection;
use crate::errors::Failure;
use crate::schema::{federation, names};

/// A record that is asked for: its type, the key's column where it isn't the id, and the key.
type Named = (&'static Entity, Option<&'static str>, Box<str>);

impl Planner<'_> {
    /// The field can't be null, so an error of the whole field is one of the request.
    pub(super) fn entities(&mut self, field: &Collected) -> Result<RootRead, Refusal> {
        let arguments = self.arguments(field).map_err(of_request)?;
        let asked = given(&arguments, names::REPRESENTATIONS).and_then(JsonValue::as_array);
        let asked = asked.cloned().unwrap_or_default();
        if asked.len() > MAX_NODES {
            let message = format!("{}: {MAX_NODES} at most", names::REPRESENTATIONS);
            return Err(of_request(self.refuse(field, &message)));
        }
        let mut ids = Vec::with_capacity(asked.len());
        let mut groups = Vec::new();
        for (place, representation) in asked.iter().enumerate() {
            ids.push(match self.named(representation) {
                Ok((entity, column, key)) => {
                    Some(self.grouped(&mut groups, field, (entity, column), key, asked.len())?)
                }
                Err(message) => {
                    let path = vec![Value::from(field.key.as_str()), Value::from(place)];
                    self.failures.push(Failure::bad_input(message).at(path));
                    None
                }
            });
        }
        Ok(RootRead::Nodes { ids, groups })
    }

    /// What a representation names. Besides the key it may have other fields; they are not looked at.
    fn named(&self, representation: &JsonValue) -> Result<Named, String> {
        let fields = representation.as_object().ok_or("a representation must be an object")?;
        let name = fields
            .get("__typename")
            .and_then(JsonValue::as_str)
            .ok_or("a representation must have a `__typename`")?;
        let mut keyed = self.catalogue.entities.iter().copied().filter(|entity| entity.prefix.is_some());
        let entity = keyed
            .find(|entity| entity.name == name)
            .ok_or_else(|| format!("no type {name:?} can be asked for by a key"))?;
        if let (Some(id), Some(prefix)) = (fields.get("id"), entity.prefix) {
            let id = id.as_str().ok_or("id: not a text")?;
            id::check(prefix, id).map_err(|error| format!("id: {error}"))?;
            return Ok((entity, None, id.into()));
        }
        for (argument, column) in federation::unique(&self.catalogue, entity) {
            let Some(value) = fields.get(argument.name) else { continue };
            let value = filter::scalar(argument.scalar, value);
            return match value.map_err(|message| format!("{}: {message}", argument.name))? {
                FilterValue::Text(text) => Ok((entity, Some(column), text.into())),
                _ => Err(format!("{}: not a text", argument.name)),
            };
        }
        Err(format!("the representation of {name} has none of its keys"))
    }

    /// The answer to `_service`, which needs no database. It shows the schema, so it is under the
    /// same rule as introspection.
    pub(super) fn service(&mut self, field: &Collected) -> Result<RootRead, Refusal> {
        introspection::allowed(&self.documents.settings).map_err(Refusal::Request)?;
        let mut text = String::from("{");
        for (index, part) in field.fields().iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            text.push('"');
            text.push_str(&part.key);
            text.push_str("\":");
            match part.name() {
                "sdl" if self.told_schema => {
                    let message = "the schema can be asked for once in a request";
                    return Err(Refusal::Request(Failure::too_complex(message)));
                }
                "sdl" => {
                    self.told_schema = true;
                    text.push_str(&self.documents.subgraph_sdl);
                }
                _ => text.push_str("\"_Service\""),
            }
        }
        text.push('}');
        Ok(RootRead::Constant(text.into()))
    }
}

fn of_request(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Field(failure) | Refusal::Request(failure) => Refusal::Request(failure),
    }
}
