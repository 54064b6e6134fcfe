//! The schema as its introspection tells it, as far as the walker needs it.

use std::collections::BTreeMap;

use maip_tests::Server;
use serde_json::{Value, json};

const INTROSPECTION: &str = "
  { __schema { types { kind name isOneOf
      fields { name args { name type { ...Of } } type { ...Of } }
      inputFields { name type { ...Of } }
      enumValues { name } possibleTypes { name } } } }
  fragment Of on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// A reference to a type.
#[derive(Debug, Clone)]
pub struct Of {
    /// The named type within lists and non-nulls.
    pub name: String,
    /// Whether it can't be left out.
    pub required: bool,
    /// Whether it is a list.
    pub list: bool,
}

/// A field or an input field.
#[derive(Debug, Clone)]
pub struct Field {
    pub name: String,
    pub of: Of,
    pub arguments: Vec<(String, Of)>,
}

/// A type: its fields, input fields and values; of an interface the types that have it.
#[derive(Debug, Default)]
pub struct Type {
    pub kind: String,
    pub fields: Vec<Field>,
    pub inputs: Vec<(String, Of)>,
    pub values: Vec<String>,
    pub possible: Vec<String>,
}

/// Every type by its name.
#[derive(Debug)]
pub struct Schema(BTreeMap<String, Type>);

impl Schema {
    /// Asks the server.
    pub async fn of(server: &Server) -> Self {
        let answer = server.post(INTROSPECTION, json!({}), None).await;
        let types = answer.data()["__schema"]["types"].as_array().cloned().unwrap_or_default();
        Self(types.iter().map(|value| (text(&value["name"]), read(value))).collect())
    }

    /// A type.
    pub fn get(&self, name: &str) -> &Type {
        self.0.get(name).unwrap_or_else(|| panic!("no type {name}"))
    }

    /// The fields of the query root.
    pub fn roots(&self) -> &[Field] {
        &self.get("Query").fields
    }

    /// Every type whose records have ids.
    pub fn with_ids(&self) -> &[String] {
        &self.get("Node").possible
    }

    /// The root field that gives a record of the type by its id, where there is one of its own.
    pub fn by_id(&self, of: &str) -> Option<&Field> {
        self.roots().iter().find(|root| root.of.name == of && root.argument("id").is_some())
    }

    /// Whether a value of the type has no fields of its own.
    pub fn is_leaf(&self, name: &str) -> bool {
        matches!(self.get(name).kind.as_str(), "SCALAR" | "ENUM")
    }

    /// The type of a connection's nodes, where it is one.
    pub fn nodes(&self, name: &str) -> Option<&str> {
        let nodes = self.get(name).fields.iter().find(|field| field.name == "nodes")?;
        name.ends_with("Connection").then_some(nodes.of.name.as_str())
    }
}

impl Field {
    /// The argument's type, where there is such an argument.
    pub fn argument(&self, name: &str) -> Option<&Of> {
        self.arguments.iter().find(|(argument, _)| argument == name).map(|(_, of)| of)
    }

    /// What a list can't do without: a search has to be for something.
    pub fn given(&self) -> &'static str {
        if self.argument("query").is_some() { "query: \"drying figs\", " } else { "" }
    }

    /// Whether it can be asked for without arguments.
    pub fn is_free(&self) -> bool {
        !self.arguments.iter().any(|(_, of)| of.required)
    }
}

fn read(value: &Value) -> Type {
    let list = |name: &str| value[name].as_array().cloned().unwrap_or_default();
    let inputs = |values: &Value| -> Vec<(String, Of)> {
        values
            .as_array()
            .into_iter()
            .flatten()
            .map(|input| (text(&input["name"]), of(&input["type"])))
            .collect()
    };
    let mut input_fields = inputs(&value["inputFields"]);
    // Exactly one has to be given: the first will do.
    if let (Some(true), Some((_, of))) = (value["isOneOf"].as_bool(), input_fields.first_mut()) {
        of.required = true;
    }
    Type {
        kind: text(&value["kind"]),
        fields: list("fields")
            .iter()
            .map(|field| Field {
                name: text(&field["name"]),
                of: of(&field["type"]),
                arguments: inputs(&field["args"]),
            })
            .collect(),
        inputs: input_fields,
        values: list("enumValues").iter().map(|value| text(&value["name"])).collect(),
        possible: list("possibleTypes").iter().map(|value| text(&value["name"])).collect(),
    }
}

fn of(value: &Value) -> Of {
    match value["kind"].as_str() {
        Some("NON_NULL") => Of { required: true, ..of(&value["ofType"]) },
        Some("LIST") => Of { list: true, required: false, ..of(&value["ofType"]) },
        _ => Of { name: text(&value["name"]), required: false, list: false },
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
