//! Fills the registry with the types of what can be read.

use std::collections::HashSet;

use async_graphql::registry::{MetaField, MetaInputValue, MetaType, Registry};
use maip_domain::closed_set::ClosedSet as _;
use maip_persistence::read::declare::{
    Cardinality, Entity, Field, Filter, FilterType, Relation, RootField, RootKind, Scalar, Source,
};

use super::describe::{self, argument, field, field_with};
use super::direction::SortDirection;
use super::{Catalogue, federation, names};

/// Registers every type that the declarations of reads lead to.
pub(super) fn register(registry: &mut Registry, catalogue: &Catalogue, subgraph: bool) {
    registry.types.insert(names::PAGE_INFO.to_owned(), page_info());
    let nodes: Vec<&Entity> = catalogue.entities.iter().copied().filter(|e| e.prefix.is_some()).collect();
    let node = describe::interface(
        names::NODE,
        "A record with an id of its own, by which it can be read again: see `node`.",
        vec![field("id", "ID!", "The id, unique over all types.")],
        nodes.iter().map(|entity| entity.name.to_owned()),
    );
    registry.types.insert(names::NODE.to_owned(), node);
    for entity in catalogue.entities {
        // With keys the framework would add types of its own to the plain schema.
        let keys = if subgraph { federation::keys(catalogue, entity) } else { Vec::new() };
        register_entity(registry, entity, keys);
    }
    for entity in connected(catalogue) {
        register_connection(registry, entity);
    }
}

/// The fields of the query root.
pub(super) fn query_fields(registry: &mut Registry, catalogue: &Catalogue) -> Vec<MetaField> {
    let mut fields = vec![
        field_with(
            "node",
            names::NODE,
            "A record of any type by its id; null where there is none, or none that the viewer may see.",
            vec![argument("id", "ID!", "The id.")],
        ),
        field_with(
            "nodes",
            format!("[{}]", names::NODE),
            "Records of any type by their ids, in the order asked for, repeats included; null in the place of \
             one that isn't there, or that the viewer may not see.",
            vec![argument("ids", "[ID!]!", "The ids, 100 at most.")],
        ),
    ];
    if catalogue.searches() {
        fields.push(super::search::query_field(registry));
        fields.push(super::search::suggest_field(registry));
    }
    fields.extend(catalogue.root_fields().map(|root| query_field(registry, root)));
    fields.extend(federation::fields(registry, catalogue));
    fields
}

fn query_field(registry: &mut Registry, root: &RootField) -> MetaField {
    let name = root.entity.name;
    let description = match root.scope {
        Some(scope) => format!("{} Tokens need the scope `{}`.", root.description, scope.code()),
        None => root.description.to_owned(),
    };
    match &root.kind {
        RootKind::Connection { .. } => field_with(
            root.name,
            names::connection(name),
            &description,
            connection_arguments(registry, root.entity),
        ),
        RootKind::ById => {
            field_with(root.name, name, &description, vec![argument("id", "ID!", "The record's id.")])
        }
        RootKind::By(arguments) => {
            // A single one is required; of several, exactly one is to be given.
            let mark = if arguments.len() == 1 { "!" } else { "" };
            let arguments = arguments
                .iter()
                .map(|by| {
                    let ty = format!("{}{mark}", scalar_name(registry, by.scalar));
                    argument(by.name, ty, by.description)
                })
                .collect();
            field_with(root.name, name, &description, arguments)
        }
        RootKind::Single => field(root.name, name, &description),
    }
}

/// Registers the type of a scalar where need be and gives its name.
pub(super) fn scalar_name(registry: &mut Registry, scalar: Scalar) -> &'static str {
    let name = scalar.type_name();
    if !registry.types.contains_key(name) {
        if let Scalar::Enum(info) = scalar {
            registry.types.insert(name.to_owned(), describe::closed(&info()));
        } else if describe::is_own_scalar(name) {
            registry.types.insert(name.to_owned(), describe::scalar(name));
        }
    }
    name
}

fn register_entity(registry: &mut Registry, entity: &'static Entity, keys: Vec<String>) {
    let mut fields: Vec<MetaField> =
        entity.fields.iter().map(|field| scalar_field(registry, field)).collect();
    fields.extend(entity.relations.iter().map(|relation| relation_field(registry, relation)));
    if !entity.policy.rules.is_empty() {
        register_permission(registry);
        fields.push(field(
            names::VIEWER_CAN,
            format!("[{}!]!", names::PERMISSION),
            "What the viewer may do with it, and why not the rest.",
        ));
    }
    let object = describe::object(entity.name, entity.description, fields);
    registry.types.insert(entity.name.to_owned(), describe::with_keys(object, keys));
    if entity.prefix.is_some() {
        registry.add_implements(entity.name, names::NODE);
    }
}

fn scalar_field(registry: &mut Registry, declared: &Field) -> MetaField {
    let name = scalar_name(registry, declared.scalar);
    let mut ty = match declared.source {
        Source::List(_) | Source::StoredList(_) | Source::ListOf { .. } | Source::GivenList => {
            format!("[{name}!]")
        }
        _ => name.to_owned(),
    };
    if !declared.nullable {
        ty.push('!');
    }
    describe::leaving(field(declared.name, ty, declared.description), declared.deprecation.as_ref())
}

fn relation_field(registry: &mut Registry, relation: &Relation) -> MetaField {
    let target = relation.target;
    let described = match relation.cardinality {
        Cardinality::One { nullable } => {
            let mark = if nullable || relation.shown_to.is_some() { "" } else { "!" };
            let arguments = if relation.in_languages { languages_argument(registry) } else { Vec::new() };
            field_with(relation.name, format!("{}{mark}", target.name), relation.description, arguments)
        }
        Cardinality::Many { .. } => {
            field(relation.name, format!("[{}!]!", target.name), relation.description)
        }
        Cardinality::Connection => field_with(
            relation.name,
            format!("{}!", names::connection(target.name)),
            relation.description,
            connection_arguments(registry, target),
        ),
    };
    describe::leaving(described, relation.deprecation.as_ref())
}

/// The types that some connection goes over, in the order in which they are declared.
fn connected(catalogue: &Catalogue) -> Vec<&'static Entity> {
    let roots = catalogue
        .root_fields()
        .filter_map(|root| matches!(root.kind, RootKind::Connection { .. }).then_some(root.entity.name));
    let relations = catalogue
        .entities
        .iter()
        .flat_map(|entity| entity.relations)
        .filter(|relation| matches!(relation.cardinality, Cardinality::Connection))
        .map(|relation| relation.target.name);
    let connected: HashSet<&str> = roots.chain(relations).collect();
    catalogue.entities.iter().copied().filter(|entity| connected.contains(entity.name)).collect()
}

fn register_connection(registry: &mut Registry, entity: &'static Entity) {
    let name = entity.name;
    let edge = describe::object(
        &names::edge(name),
        &format!("A place in a `{}`.", names::connection(name)),
        vec![
            field("node", format!("{name}!"), "The record."),
            field("cursor", "String!", "Where it stands, for `after` and `before`; opaque."),
        ],
    );
    let connection = describe::object(
        &names::connection(name),
        &format!("A page of `{name}` records, by the Relay specification of connections."),
        vec![
            field(
                "edges",
                format!("[{}!]!", names::edge(name)),
                "The records of the page with their cursors.",
            ),
            field("nodes", format!("[{name}!]!"), "The records of the page."),
            field("pageInfo", format!("{}!", names::PAGE_INFO), "Where the page stands among the others."),
            field(
                "totalCount",
                "Int!",
                "How many records there are on all pages together; counted to 10,000: see `totalCountIsExact`.",
            ),
            field("totalCountIsExact", "Boolean!", "False where there are more than `totalCount` says."),
        ],
    );
    registry.types.insert(names::edge(name), edge);
    registry.types.insert(names::connection(name), connection);
    if !entity.filters.is_empty() {
        let fields = entity.filters.iter().map(|filter| filter_field(registry, filter)).collect();
        let description = format!("What to keep of `{name}` records; what is given must hold all together.");
        let filter = describe::input(&names::filter(name), &description, fields);
        registry.types.insert(names::filter(name), filter);
    }
    let sorts = entity.sorts.iter().map(|sort| (sort.code, sort.description));
    let sort = describe::enumeration(
        &names::sort(name),
        &format!("What `{name}` records are sorted by. May grow."),
        sorts,
    );
    registry.types.insert(names::sort(name), sort);
}

fn filter_field(registry: &mut Registry, filter: &Filter) -> MetaInputValue {
    let ty = match filter.takes {
        FilterType::One(scalar) => scalar_name(registry, scalar).to_owned(),
        FilterType::AnyOf(scalar) => format!("[{}!]", scalar_name(registry, scalar)),
        FilterType::Ids(_) => "[ID!]".to_owned(),
        FilterType::Search | FilterType::SortKey => "String".to_owned(),
    };
    argument(filter.name, ty, filter.description)
}

fn connection_arguments(registry: &mut Registry, entity: &Entity) -> Vec<MetaInputValue> {
    let direction = scalar_name(registry, SortDirection::SCALAR);
    let mut arguments = vec![
        argument(
            "first",
            "Int",
            "How many from the beginning, 100 at most; 20 where neither `first` nor `last` is given.",
        ),
        argument("after", "String", "Only what comes after this cursor."),
        argument("last", "Int", "How many from the end, 100 at most."),
        argument(
            "before",
            "String",
            "Only what comes before this cursor. Both bounds hold, then `first` or `last` cuts.",
        ),
    ];
    if !entity.filters.is_empty() {
        arguments.push(argument("filter", names::filter(entity.name), "What to keep."));
    }
    if let Some(default) = entity.sorts.first() {
        let description = format!("What to sort by; `{}` where nothing is given.", default.code);
        arguments.push(argument("sort", names::sort(entity.name), &description));
    }
    arguments.push(argument(
        "direction",
        direction,
        "Which way; each sort has its own where nothing is given.",
    ));
    arguments
}

fn languages_argument(registry: &mut Registry) -> Vec<MetaInputValue> {
    let language = scalar_name(registry, Scalar::Language);
    vec![argument(
        names::LANGUAGES,
        format!("[{language}!]"),
        "The languages that the reader prefers, best first, 10 at most; what `Accept-Language` says where it is left \
         out; with an empty list the original. For each in turn a text is looked for in the language and its script: \
         of the same region, of none, of another.",
    )]
}

fn page_info() -> MetaType {
    let object = describe::object(
        names::PAGE_INFO,
        "Where a page stands among the others.",
        vec![
            field("hasNextPage", "Boolean!", "Whether something comes after this page."),
            field("hasPreviousPage", "Boolean!", "Whether something comes before this page."),
            field("startCursor", "String", "The cursor of the first record; null where the page is empty."),
            field("endCursor", "String", "The cursor of the last record; null where the page is empty."),
        ],
    );
    describe::shared(object)
}

fn register_permission(registry: &mut Registry) {
    use maip_domain::policy::{Action, Reason};
    use maip_persistence::read::declare::closed;

    let action = scalar_name(registry, Scalar::Enum(closed::<Action>));
    let reason = scalar_name(registry, Scalar::Enum(closed::<Reason>));
    let permission = describe::object(
        names::PERMISSION,
        "Whether the viewer may do something with a record.",
        vec![
            field("action", format!("{action}!"), "What could be done."),
            field("allowed", "Boolean!", "Whether the viewer may, as things stand now."),
            field("reason", reason, "Why not; null where it is allowed."),
        ],
    );
    registry.types.insert(names::PERMISSION.to_owned(), permission);
}
