//! How the types and fields that go with a record or a mutation are called.

pub(crate) const NODE: &str = "Node";
pub(crate) const PAGE_INFO: &str = "PageInfo";
pub(crate) const PERMISSION: &str = "ActionPermission";
pub(crate) const VIEWER_CAN: &str = "viewerCan";
pub(crate) const USER_ERROR: &str = "UserError";
pub(crate) const INPUT: &str = "input";
pub(crate) const MUTATION_ID: &str = "mutationId";
pub(crate) const USER_ERRORS: &str = "userErrors";
pub(crate) const CONFLICT: &str = "conflict";
pub(crate) const JSON: &str = "JSON";
pub(crate) const SERVICE: &str = "_service";
pub(crate) const SERVICE_TYPE: &str = "_Service";
pub(crate) const ENTITIES: &str = "_entities";
pub(crate) const ENTITY: &str = "_Entity";
pub(crate) const ANY: &str = "_Any";
pub(crate) const REPRESENTATIONS: &str = "representations";
pub(crate) const LANGUAGES: &str = "languages";
pub(crate) const AFTER: &str = "after";
pub(crate) const CURSOR: &str = "cursor";
pub(crate) const KIND: &str = "kind";
pub(crate) const OCCURRED_AT: &str = "occurredAt";

pub(crate) fn connection(entity: &str) -> String {
    format!("{entity}Connection")
}

pub(crate) fn edge(entity: &str) -> String {
    format!("{entity}Edge")
}

pub(crate) fn filter(entity: &str) -> String {
    format!("{entity}Filter")
}

pub(crate) fn sort(entity: &str) -> String {
    format!("{entity}Sort")
}

/// `draftLesson` answers a `DraftLessonPayload`.
pub(crate) fn payload(mutation: &str) -> String {
    let mut letters = mutation.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    format!("{}{}Payload", first.map(String::from).unwrap_or_default(), letters.as_str())
}

pub(crate) fn conflict(entity: &str) -> String {
    format!("{entity}Conflict")
}
