//! The same in the schema that `PostGraphile` makes of the views.

use serde_json::{Value, json};

use crate::load::Call;

const FIELDS: &str = "id: rowId title abstract language outcome publishedAt country { code name } \
    platform { id: rowId name products(first: 1, orderBy: [SORT_KEY_ASC, ROW_ID_ASC]) { nodes { id: rowId name } } } \
    organisation { id: rowId name } \
    concepts: conceptsList(orderBy: [SORT_KEY_ASC, ROW_ID_ASC]) { id: rowId label } \
    replications(first: 3, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) { nodes { status outcome country { code } } }";

pub fn list_call() -> Call {
    let query = format!(
        "query List($first: Int!) {{ lessons: allLessons(first: $first, orderBy: [SORT_AT_DESC, ROW_ID_DESC]) \
         {{ nodes {{ {FIELDS} }} pageInfo {{ hasNextPage }} }} }}"
    );
    Call::graphql(&query, &json!({ "first": 20 }))
}

pub fn one_call(id: &str) -> Call {
    let query = format!(
        "query One($id: String!) {{ lesson: lessonByRowId(rowId: $id) \
         {{ {FIELDS} number context problem whatWasDone }} }}"
    );
    Call::graphql(&query, &json!({ "id": id }))
}

pub fn draft_query() -> &'static str {
    "mutation Draft($input: DraftLessonInput!) { draftLesson(input: $input) \
     { lesson { id: rowId title status concepts: conceptsList(orderBy: [SORT_KEY_ASC, ROW_ID_ASC]) \
     { id: rowId label } } } }"
}

/// The current version's texts are columns of the lesson there.
pub fn normal(mut answer: Value) -> Value {
    if let Some(lesson) = answer.pointer_mut("/data/lesson").and_then(Value::as_object_mut) {
        let fields = ["number", "context", "problem", "whatWasDone"].into_iter();
        let version: serde_json::Map<String, Value> =
            fields.filter_map(|name| Some((name.to_owned(), lesson.remove(name)?))).collect();
        if !version.is_empty() {
            lesson.insert("currentVersion".to_owned(), Value::Object(version));
        }
    }
    answer
}
