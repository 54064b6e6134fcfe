//! Documents that go down every path: from each root, and from each record by its id, over every pair of fields that
//! lead on, with all values on the way, every count, cursor, order and direction.

use std::collections::BTreeMap;

use maip_tests::Town;
use serde_json::json;

use super::schema::{Field, Schema};

/// So many records of a list are looked at: more than there are of those that matter.
const FIRST: u32 = 5;

/// All documents, none beyond the server's limits.
pub async fn documents(schema: &Schema, town: &Town, ids: &BTreeMap<&str, Vec<String>>) -> Vec<String> {
    let mut documents = Vec::new();
    for root in schema.roots() {
        for (call, of) in entries(schema, root, ids) {
            let (before, of, after) = match schema.nodes(of) {
                Some(nodes) => (
                    format!(
                        "{{ {call} {{ totalCount pageInfo {{ startCursor endCursor hasNextPage }} edges {{ cursor }} nodes {{"
                    ),
                    nodes,
                    "} } }",
                ),
                None => (format!("{{ {call} {{"), of, "} }"),
            };
            documents.push(format!("{before} {} {after}", values(schema, of)));
            // From the records of a list it goes on as from one of them by its id.
            let again = schema.nodes(&root.of.name).is_some()
                && schema.roots().iter().any(|other| other.of.name == of && other.name != "node");
            for field in leading_on(schema, of).filter(|_| !again) {
                let one = |second: Option<&Field>| {
                    format!("{before} {} {after}", step(schema, field, second.map(|second| vec![second])))
                };
                let all = format!("{before} {} {after}", step(schema, field, None));
                let target = schema.nodes(&field.of.name).unwrap_or(&field.of.name);
                let next: Vec<_> = leading_on(schema, target).collect();
                // Whether it is too much doesn't depend on who asks.
                let answer = town.send("", &all, json!({})).await;
                if answer.code() == Some("QUERY_TOO_COMPLEX") {
                    documents.extend(next.iter().map(|second| one(Some(second))));
                } else {
                    documents.push(all);
                }
            }
        }
        if let Some(sorts) = root.argument("sort") {
            for sort in &schema.get(&sorts.name).values {
                for direction in &schema.get("SortDirection").values {
                    documents.push(format!(
                        "{{ {}(first: {FIRST}, sort: {sort}, direction: {direction}) {{ totalCount edges {{ cursor }} \
                         nodes {{ __typename }} }} }}",
                        root.name
                    ));
                }
            }
        }
    }
    documents
}

/// The ways into the graph through a field of the root, each with the type to which it leads.
fn entries<'s>(
    schema: &'s Schema,
    root: &'s Field,
    ids: &BTreeMap<&str, Vec<String>>,
) -> Vec<(String, &'s str)> {
    let of = root.of.name.as_str();
    let name = &root.name;
    // Others lead to the same records, by the same rules.
    if ["node", "nodes", "_entities"].contains(&name.as_str()) {
        return Vec::new();
    }
    if schema.nodes(of).is_some() {
        return vec![(format!("{name}(first: {FIRST})"), of)];
    }
    if root.argument("id").is_some() {
        let known = ids.get(of).into_iter().flatten();
        return known.map(|id| (format!("{name}(id: \"{id}\")"), of)).collect();
    }
    match root.arguments.first() {
        None => vec![(name.clone(), of)],
        Some((argument, _)) => vec![(format!("{name}({argument}: \"EGY\")"), of)],
    }
}

fn leading_on<'s>(schema: &'s Schema, of: &str) -> impl Iterator<Item = &'s Field> {
    schema.get(of).fields.iter().filter(|field| !schema.is_leaf(&field.of.name) && field.is_free())
}

/// All values of a record itself.
fn values(schema: &Schema, of: &str) -> String {
    let mut names = vec!["__typename"];
    let fields = schema.get(of).fields.iter();
    names.extend(
        fields
            .filter(|field| schema.is_leaf(&field.of.name) && field.is_free())
            .map(|field| field.name.as_str()),
    );
    names.join(" ")
}

/// A field that leads on, with all values of where it leads and of where that leads, over these fields or over all.
fn step(schema: &Schema, field: &Field, seconds: Option<Vec<&Field>>) -> String {
    let target = schema.nodes(&field.of.name).unwrap_or(&field.of.name);
    let seconds = seconds.unwrap_or_else(|| leading_on(schema, target).collect());
    let mut inner = values(schema, target);
    for second in seconds {
        let further = schema.nodes(&second.of.name).unwrap_or(&second.of.name);
        inner.push(' ');
        inner.push_str(&call(schema, second, &values(schema, further)));
    }
    call(schema, field, &inner)
}

fn call(schema: &Schema, field: &Field, inner: &str) -> String {
    let name = &field.name;
    if schema.nodes(&field.of.name).is_some() {
        format!("{name}(first: {FIRST}) {{ totalCount edges {{ cursor }} nodes {{ {inner} }} }}")
    } else {
        format!("{name} {{ {inner} }}")
    }
}
