//! Documents that go down every path: from each root, and from each record by its id, over every pair of fields that
//! lead on, with all values on the way, every count, cursor, order and direction.

use std::collections::BTreeMap;

use maip_tests::Town;
use serde_json::json;

use super::schema::{Field, Schema};

/// So many records of a list are looked at: more than there are of those that matter.
const FIRST: u32 = 5;

/// A way into the graph: what stands before and after a selection, and on which type that is.
struct Entry<'s> {
    before: String,
    of: &'s str,
    after: &'static str,
}

/// All documents, none beyond the server's limits.
pub async fn documents(schema: &Schema, town: &Town, ids: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut documents = Vec::new();
    for Entry { before, of, after } in entries(schema, ids) {
        documents.push(format!("{before} {} {after}", values(schema, of)));
        // From the records of a list it goes on as from one of them by its id.
        let again = before.contains("nodes {") && ids.contains_key(of);
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
    for root in schema.roots() {
        let Some(sorts) = root.argument("sort") else { continue };
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
    documents
}

/// The ways into the graph: through each field of the root, and from each of these records by its id.
fn entries<'s>(schema: &'s Schema, ids: &'s BTreeMap<String, Vec<String>>) -> Vec<Entry<'s>> {
    let mut all = Vec::new();
    for root in schema.roots() {
        let (name, of) = (&root.name, root.of.name.as_str());
        // Others lead to the same records, by the same rules.
        if root.argument("id").is_some() || ["nodes", "_entities"].contains(&name.as_str()) {
            continue;
        }
        all.push(match (schema.nodes(of), root.arguments.first()) {
            (Some(nodes), _) => Entry {
                before: format!(
                    "{{ {name}({}first: {FIRST}) {{ totalCount pageInfo {{ startCursor endCursor hasNextPage }} \
                     edges {{ cursor }} nodes {{",
                    root.given()
                ),
                of: nodes,
                after: "} } }",
            },
            (None, None) => Entry { before: format!("{{ {name} {{"), of, after: "} }" },
            (None, Some(_)) if name == "suggest" => {
                // With this every hidden word begins.
                Entry { before: "{ suggest(text: \"z\", first: 20) {".to_owned(), of, after: "} }" }
            }
            (None, Some((argument, _))) => {
                Entry { before: format!("{{ {name}({argument}: \"EGY\") {{"), of, after: "} }" }
            }
        });
    }
    for (of, ids) in ids {
        for id in ids {
            all.push(match schema.by_id(of) {
                Some(root) => {
                    Entry { before: format!("{{ {}(id: \"{id}\") {{", root.name), of, after: "} }" }
                }
                None => {
                    Entry { before: format!("{{ node(id: \"{id}\") {{ ... on {of} {{"), of, after: "} } }" }
                }
            });
        }
    }
    all
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
