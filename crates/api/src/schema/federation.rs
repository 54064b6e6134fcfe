//! What makes the schema a subgraph of Apollo Federation, all of it from the declarations: which keys
//! name a record, and the two root fields that a gateway asks.

use async_graphql::registry::{MetaField, Registry};
use maip_persistence::read::declare::{Argument, Entity, RootKind};

use super::describe::{self, argument, field, field_with};
use super::{Catalogue, names};

/// The keys of a type, as field sets: its id, and every other field that names one record.
pub(super) fn keys(catalogue: &Catalogue, entity: &Entity) -> Vec<String> {
    if entity.prefix.is_none() {
        return Vec::new();
    }
    let others = unique(catalogue, entity).map(|(argument, _)| argument.name.to_owned());
    std::iter::once("id".to_owned()).chain(others).collect()
}

/// The fields besides the id that name one record, with their columns: those by which a root field
/// finds it.
pub(crate) fn unique<'c>(
    catalogue: &'c Catalogue,
    entity: &'c Entity,
) -> impl Iterator<Item = (&'static Argument, &'static str)> + 'c {
    let roots = catalogue.root_fields().filter(|root| std::ptr::eq(root.entity, entity));
    let arguments = roots.flat_map(|root| match &root.kind {
        RootKind::By(arguments) => arguments.iter(),
        _ => [].iter(),
    });
    arguments
        .filter(|argument| argument.name != "id" && entity.field(argument.name).is_some())
        .filter_map(|argument| argument.column().map(|column| (argument, column)))
}

/// The fields of the query root for gateways.
pub(super) fn fields(registry: &mut Registry, catalogue: &Catalogue) -> Vec<MetaField> {
    let entities = catalogue.entities.iter().filter(|entity| entity.prefix.is_some());
    let entity = describe::union(
        names::ENTITY,
        "A record that a gateway can ask for by a key. May grow.",
        entities.map(|entity| entity.name.to_owned()),
    );
    let service = describe::object(
        names::SERVICE_TYPE,
        "This API as a subgraph of Apollo Federation.",
        vec![field("sdl", "String!", "The schema with the directives of Federation 2.")],
    );
    registry.types.insert(names::ANY.to_owned(), describe::scalar(names::ANY));
    registry.types.insert(names::ENTITY.to_owned(), entity);
    registry.types.insert(names::SERVICE_TYPE.to_owned(), service);
    let representations = argument(
        names::REPRESENTATIONS,
        format!("[{}!]!", names::ANY),
        "The records, 100 at most, each by its type and one of its keys.",
    );
    vec![
        field_with(
            names::ENTITIES,
            format!("[{}]!", names::ENTITY),
            "For gateways of Apollo Federation: records by their keys, in the order asked for, repeats included; \
             null in the place of one that isn't there, or that the viewer may not see.",
            vec![representations],
        ),
        field(
            names::SERVICE,
            format!("{}!", names::SERVICE_TYPE),
            "For gateways of Apollo Federation: what they compose their schema from.",
        ),
    ]
}
