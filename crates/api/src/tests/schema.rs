//! The schema as it is printed.

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;

use super::library::Library;
use crate::schema::sdl;

/// Everything in an SDL that has no description.
pub fn undescribed(sdl: &str) -> Vec<String> {
    let schema = Schema::parse_and_validate(sdl, "schema.graphql").unwrap();
    let mut missing = Vec::new();
    for (name, ty) in &schema.types {
        if ty.is_built_in() {
            continue;
        }
        let mut need = |place: String, description: bool| {
            if !description {
                missing.push(place);
            }
        };
        need(name.to_string(), ty.description().is_some());
        let fields = match ty {
            ExtendedType::Object(object) => &object.fields,
            ExtendedType::Interface(interface) => &interface.fields,
            ExtendedType::Enum(values) => {
                for (value, definition) in &values.values {
                    need(format!("{name}.{value}"), definition.description.is_some());
                }
                continue;
            }
            ExtendedType::InputObject(input) => {
                for (field, definition) in &input.fields {
                    need(format!("{name}.{field}"), definition.description.is_some());
                }
                continue;
            }
            _ => continue,
        };
        for (field, definition) in fields {
            need(format!("{name}.{field}"), definition.description.is_some());
            for argument in &definition.arguments {
                need(format!("{name}.{field}({})", argument.name), argument.description.is_some());
            }
        }
    }
    missing
}

#[test]
fn every_element_says_what_it_is_and_the_text_is_always_the_same() {
    let text = sdl::<Library>();
    assert_eq!(undescribed(&text), Vec::<String>::new());
    assert_eq!(text, sdl::<Library>());
}

#[test]
fn a_connection_has_what_relay_wants() {
    let text = sdl::<Library>();
    for line in [
        "type Book implements Node {",
        "  edges: [BookEdge!]!",
        "  nodes: [Book!]!",
        "  pageInfo: PageInfo!",
        "  node: Book!",
        "  hasNextPage: Boolean!",
        "  endCursor: String\n",
        "  viewerCan: [ActionPermission!]!",
        "  kind: [BookKind!]\n",
        "scalar DateTime @specifiedBy(url: ",
        "  nodes(\n",
        "): [Node]\n",
        "): Node\n",
        "): BookConnection\n",
        "): BookConnection!\n",
    ] {
        assert!(text.contains(line), "{line:?} is not in\n{text}");
    }
}

#[test]
fn the_schema_of_this_api_is_valid_and_described() {
    let text = crate::Api::sdl();
    assert_eq!(undescribed(&text), Vec::<String>::new());
    let schema = Schema::parse_and_validate(&text, "schema.graphql").unwrap();
    for (name, ty) in &schema.types {
        if let (ExtendedType::Enum(values), false) = (ty, ty.is_built_in()) {
            let said = values
                .description
                .as_ref()
                .is_some_and(|text| text.contains("ay grow") || text.contains("n't grow"));
            assert!(said, "{name} doesn't say whether it may grow");
        }
    }
}

#[test]
fn every_value_that_the_server_gives_is_known() {
    use maip_persistence::read::declare::Source;
    let settings = crate::ApiSettings { requests_per_minute: Some(60), ..crate::ApiSettings::default() };
    for entity in maip_persistence::schema::ENTITIES {
        for field in
            entity.fields.iter().filter(|field| matches!(field.source, Source::Given | Source::GivenList))
        {
            let value = crate::plan::given::value(entity, field, &settings);
            assert_ne!(&*value, "null", "{}.{}", entity.name, field.name);
        }
    }
}

#[test]
fn every_mutation_keeps_to_the_convention() {
    let schema = Schema::parse_and_validate(crate::Api::sdl(), "schema.graphql").unwrap();
    let mutations = schema.get_object("Mutation").unwrap();
    assert!(mutations.fields.len() > 40, "{}", mutations.fields.len());
    for (name, mutation) in &mutations.fields {
        assert!(!mutation.ty.is_non_null(), "{name} is nullable, so that one that fails leaves the others");
        let [input] = mutation.arguments.as_slice() else { panic!("{name} takes one input") };
        assert!(input.name == "input" && input.ty.is_non_null(), "{name}");
        let Some(ExtendedType::InputObject(fields)) = schema.types.get(input.ty.inner_named_type()) else {
            panic!("{name} takes an input object");
        };
        assert!(fields.fields.contains_key("mutationId"), "{name}");
        let payload = schema.get_object(mutation.ty.inner_named_type()).unwrap();
        assert_eq!(payload.fields["userErrors"].ty.to_string(), "[UserError!]!", "{name}");
        for (field, definition) in payload.fields.iter().filter(|(field, _)| *field != "userErrors") {
            assert!(!definition.ty.is_non_null(), "{name}.{field} is null where the write was refused");
        }
        let versioned = fields.fields.contains_key("expectedRevision");
        assert!(!versioned || payload.fields.contains_key("conflict"), "{name} can meet a stale revision");
    }
}
