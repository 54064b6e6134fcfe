//! All lists at the root, made from the schema itself.

use serde_json::{Value, json};

use crate::data::Loaded;
use crate::load::Call;

pub const INTROSPECTION: &str = "{ __schema { queryType { fields { name type { name } args { name type { ...T } } } } \
    types { name enumValues { name } inputFields { name type { ...T } } } } } \
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// A list with an order or a filter.
pub struct List {
    name: String,
    field: String,
    /// Arguments beside those of the page, as they stand in a document.
    arguments: String,
    /// Its variable, where the arguments name one: type and value.
    variable: Option<(String, Value)>,
}

/// One request for it; the cursor is null on the first page.
pub struct Operation {
    pub name: String,
    pub call: Box<dyn Fn(&Value) -> Call + Send>,
}

impl List {
    /// The first page, the one after its end, and the last one before it.
    pub fn pages(&self) -> Vec<Operation> {
        let pages = [
            ("", "first: 20, after: $cursor"),
            (", next page", "first: 20, after: $cursor"),
            (", from the end", "last: 20, before: $cursor"),
        ];
        let make = |(which, page): (&str, &str)| {
            let (kind, value) = self.variable.clone().unwrap_or_else(|| ("Boolean".to_owned(), Value::Null));
            let used = if self.variable.is_some() { "" } else { " @include(if: true) @skip(if: false)" };
            let declared = if self.variable.is_some() { format!(", $value: {kind}") } else { String::new() };
            let query = format!(
                "query Plan($cursor: String{declared}) {{ list: {}({page}{}) {used} \
                 {{ nodes {{ __typename }} pageInfo {{ hasNextPage endCursor }} }} }}",
                self.field, self.arguments
            );
            let first = which.is_empty();
            let call = move |cursor: &Value| {
                let cursor = if first { &Value::Null } else { cursor };
                let mut variables = json!({ "cursor": cursor });
                if !declared.is_empty() {
                    variables["value"] = value.clone();
                }
                Call::graphql(&query, &variables)
            };
            Operation { name: format!("{}{which}", self.name), call: Box::new(call) }
        };
        pages.into_iter().map(make).collect()
    }
}

/// Each connection at the root: plain, in each order and direction, with each filter.
pub fn all(schema: &Value, loaded: &Loaded) -> Vec<List> {
    let schema = &schema["__schema"];
    let kind = |name: &str| items(&schema["types"]).find(|of| of["name"] == name).unwrap_or(&Value::Null);
    let mut lists = Vec::new();
    for field in items(&schema["queryType"]["fields"]) {
        let name = text(&field["name"]);
        if !text(&field["type"]["name"]).ends_with("Connection") {
            continue;
        }
        let list = |what: String, arguments: &str, variable: Option<(String, Value)>| List {
            name: format!("{name}{what}"),
            field: name.to_owned(),
            arguments: arguments.to_owned(),
            variable,
        };
        lists.push(list(String::new(), "", None));
        let argument = |of: &str| {
            items(&field["args"])
                .find(|argument| argument["name"] == of)
                .map(|argument| bare(&argument["type"]).0)
        };
        for order in argument("sort").into_iter().flat_map(|sort| items(&kind(sort)["enumValues"])) {
            let order = text(&order["name"]);
            for direction in ["ASC", "DESC"] {
                let arguments = format!(", sort: {order}, direction: {direction}");
                lists.push(list(format!(" by {order} {direction}"), &arguments, None));
            }
        }
        let Some(filter) = argument("filter") else { continue };
        for by in items(&kind(filter)["inputFields"]) {
            let (of, many) = bare(&by["type"]);
            let by = text(&by["name"]);
            for value in values(by, of, kind(of), loaded) {
                let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let value = if many { json!([value]) } else { value };
                let variable = Some((filter.to_owned(), json!({ by: value })));
                lists.push(list(format!(" where {by} is {shown}"), ", filter: $value", variable));
            }
        }
    }
    lists
}

/// Values to filter by: each of a closed set up to four, some record of the type that the name says.
fn values(name: &str, of: &str, kind: &Value, loaded: &Loaded) -> Vec<Value> {
    let some = |ids: &[String]| ids.get(ids.len() / 2).map(|id| vec![json!(id)]).unwrap_or_default();
    match of {
        "Boolean" => vec![json!(true), json!(false)],
        "CountryCode" => vec![json!(loaded.country)],
        "LanguageCode" => vec![json!("en"), json!("fr")],
        "DateTime" => vec![json!("2021-06-01T00:00:00Z")],
        "String" if name == "uri" => vec![json!("http://aims.fao.org/aos/agrovoc/c_806")],
        "String" if name == "subjectType" => vec![json!("Lesson")],
        "String" if name == "action" => vec![json!("lesson.drafted"), json!("lesson.published")],
        "String" => vec![json!("kaba")],
        "ID" => match name {
            "platform" => some(&loaded.platforms),
            "product" => some(&loaded.products),
            "concept" | "broader" => some(&loaded.concepts),
            "account" | "actor" => some(&loaded.accounts),
            _ => some(&loaded.lessons),
        },
        _ => items(&kind["enumValues"]).take(4).map(|value| value["name"].clone()).collect(),
    }
}

/// The type without its wrappers, and whether it is a list.
fn bare(mut kind: &Value) -> (&str, bool) {
    let mut many = false;
    while kind["ofType"].is_object() {
        many |= kind["kind"] == "LIST";
        kind = &kind["ofType"];
    }
    (text(&kind["name"]), many)
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
