//! Everything that can be read: all types and all root fields of queries.

use crate::read::declare::{Entity, RootField};
use crate::{cooperation, identity, lessons, membership, record, vocabulary};

/// Every type of the API that is read from the database, in the order in which the schema shows
/// them.
pub static ENTITIES: &[&Entity] = &[
    &identity::read::VIEWER,
    &identity::read::VIEWER_LIMITS,
    &identity::read::SESSION,
    &identity::read::ACCOUNT,
    &identity::read::ORGANISATION,
    &identity::read::API_TOKEN,
    &membership::read::PLATFORM,
    &membership::read::MEMBERSHIP,
    &membership::read::APPOINTMENT,
    &vocabulary::read::COUNTRY,
    &vocabulary::read::LOCAL_NAME,
    &vocabulary::read::LANGUAGE,
    &vocabulary::read::CONCEPT,
    &vocabulary::read::CONCEPT_LABEL,
    &vocabulary::read::PRODUCT,
    &vocabulary::read::PROJECT,
    &vocabulary::read::COUNTRY_PAIR,
    &lessons::read::LESSON,
    &lessons::read::LESSON_VERSION,
    &lessons::read::LESSON_COST,
    &lessons::read::LESSON_ATTACHMENT,
    &lessons::read::REVIEW_ENTRY,
    &lessons::read::ENDORSEMENT,
    &lessons::read::REPLICATION,
    &lessons::read::REPLICATION_OUTCOMES,
    &lessons::read::LESSON_TRANSLATION,
    &lessons::read::LESSON_TEXT,
    &lessons::read::TRANSLATION_REQUEST,
    &cooperation::read::CONTACT_CARD,
    &cooperation::read::CONTACT_DETAILS,
    &cooperation::read::INTRODUCTION,
    &cooperation::read::CONSENT,
    &cooperation::read::DISCLOSURE,
    &record::read::AUDIT_ENTRY,
];

/// Types that only decide about values of others; they are not in the API.
pub static INNER: &[&Entity] = &[&identity::read::LOGIN, &cooperation::read::CONTACT_DETAIL];

/// The root fields of queries by feature; `node` and `nodes` come with the API itself, over every
/// type that has a prefix.
pub static ROOTS: &[&[RootField]] = &[
    identity::read::ROOTS,
    membership::read::ROOTS,
    vocabulary::read::ROOTS,
    lessons::read::ROOTS,
    cooperation::read::ROOTS,
    record::read::ROOTS,
];

/// Every root field that reads a type.
pub fn root_fields() -> impl Iterator<Item = &'static RootField> {
    ROOTS.iter().flat_map(|fields| fields.iter())
}

/// The type with this name.
#[must_use]
pub fn entity(name: &str) -> Option<&'static Entity> {
    ENTITIES.iter().copied().find(|entity| entity.name == name)
}

/// The type whose ids have this prefix.
#[must_use]
pub fn entity_of(prefix: &str) -> Option<&'static Entity> {
    ENTITIES.iter().copied().find(|entity| entity.prefix == Some(prefix))
}
