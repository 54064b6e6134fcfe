//! Fills the registry with the mutations: their inputs and payloads.

use async_graphql::registry::{MetaField, MetaType, Registry};
use maip_domain::error_code::ErrorCode;
use maip_persistence::read::declare::{Entity, Scalar, closed};

use super::describe::{self, argument, field, field_with};
use super::types::scalar_name;
use super::{Catalogue, names};
use crate::mutation::{Extra, ExtraType, Mutation, ValueObject};

/// The fields of the mutation root.
pub(super) fn mutation_fields(registry: &mut Registry, catalogue: &Catalogue) -> Vec<MetaField> {
    catalogue.mutations().map(|mutation| mutation_field(registry, mutation)).collect()
}

fn mutation_field(registry: &mut Registry, mutation: &dyn Mutation) -> MetaField {
    let input = mutation.register_input(registry);
    if let Some(MetaType::InputObject { input_fields, .. }) = registry.types.get_mut(&input) {
        let id = argument(
            names::MUTATION_ID,
            "String",
            "Names this write, so that sending it again changes nothing and gives the same answer. Kept for 90 days, for \
             the account or token that sends it: without credentials it does nothing. What was refused isn't kept, and \
             is decided anew when it is sent again.",
        );
        input_fields.entry(id.name.clone()).or_insert(id);
    }
    let payload = register_payload(registry, mutation);
    field_with(
        mutation.name(),
        payload,
        mutation.description(),
        vec![argument(names::INPUT, format!("{input}!"), "What is to be done, and with what.")],
    )
}

fn register_payload(registry: &mut Registry, mutation: &dyn Mutation) -> String {
    let name = names::payload(mutation.name());
    let payload = mutation.payload();
    let mut fields = Vec::new();
    if let Some(shown) = &payload.record {
        fields.push(field(shown.field, shown.entity.name, shown.description));
    }
    fields.extend(payload.extras.iter().map(|extra| extra_field(registry, extra)));
    register_user_error(registry);
    fields.push(field(
        names::USER_ERRORS,
        format!("[{}!]!", names::USER_ERROR),
        "Why it was refused; empty where it was done.",
    ));
    if let Some(shown) = &payload.record {
        register_conflict(registry, shown.entity);
        fields.push(field(
            names::CONFLICT,
            names::conflict(shown.entity.name),
            "The two sides, where the record was changed since `expectedRevision`; else null.",
        ));
    }
    let description = format!("What became of `{}`.", mutation.name());
    registry.types.insert(name.clone(), describe::object(&name, &description, fields));
    name
}

fn extra_field(registry: &mut Registry, extra: &Extra) -> MetaField {
    let ty = match extra.of {
        ExtraType::Scalar(scalar) => scalar_name(registry, scalar).to_owned(),
        ExtraType::List(scalar) => format!("[{}!]", scalar_name(registry, scalar)),
        ExtraType::Object(object) => register_value(registry, object).to_owned(),
    };
    field(extra.name, ty, extra.description)
}

fn register_value(registry: &mut Registry, object: &ValueObject) -> &'static str {
    let fields = object
        .fields
        .iter()
        .map(|declared| {
            let mark = if declared.nullable { "" } else { "!" };
            let ty = format!("{}{mark}", scalar_name(registry, declared.scalar));
            field(declared.name, ty, declared.description)
        })
        .collect();
    registry.types.insert(object.name.to_owned(), describe::object(object.name, object.description, fields));
    object.name
}

fn register_user_error(registry: &mut Registry) {
    let code = scalar_name(registry, Scalar::Enum(closed::<ErrorCode>));
    let error = describe::object(
        names::USER_ERROR,
        "Something about a write that the caller can mend.",
        vec![
            field(
                "field",
                "String",
                "The field of the input, as a path such as `costs.0.amount`; null where it is the whole.",
            ),
            field("code", format!("{code}!"), "What is wrong, for a program."),
            field("message", "String!", "What is wrong, for a person; in English."),
            field(
                "state",
                "String",
                "With `WRONG_STATE`: the state that the record is in, a value of its status or stage such as `SUBMITTED`; \
                 null where it isn't a state of a record, or not for you to see.",
            ),
        ],
    );
    registry.types.insert(names::USER_ERROR.to_owned(), error);
}

fn register_conflict(registry: &mut Registry, entity: &Entity) {
    let json = names::JSON;
    registry.types.entry(json.to_owned()).or_insert_with(|| describe::scalar(json));
    let conflict = describe::object(
        &names::conflict(entity.name),
        "Both sides of a write that was based on an older revision. Nothing was changed.",
        vec![
            field(
                "current",
                entity.name,
                "The record as it stands now; null where the viewer can't see it any more.",
            ),
            field("base", json, "The content at the expected revision; null where it isn't kept any more."),
            field("mine", format!("{json}!"), "The input that was sent."),
            field("expectedRevision", "Int!", "The revision on which the write was based."),
            field("currentRevision", "Int!", "The revision that the record has now."),
        ],
    );
    registry.types.insert(names::conflict(entity.name), conflict);
}
