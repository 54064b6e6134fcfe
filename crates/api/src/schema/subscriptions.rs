//! Fills the registry with the subscriptions: their fields and the types of their events.

use async_graphql::registry::{MetaField, Registry};
use maip_domain::closed_set::ClosedSet as _;
use maip_persistence::read::declare::Scalar;

use super::describe::{self, argument, field, field_with};
use super::types::scalar_name;
use super::{Catalogue, names};
use crate::subscription::Subscription;

/// The fields of the subscription root.
pub(super) fn subscription_fields(registry: &mut Registry, catalogue: &Catalogue) -> Vec<MetaField> {
    catalogue.subscriptions().map(|subscription| subscription_field(registry, subscription)).collect()
}

fn subscription_field(registry: &mut Registry, subscription: &Subscription) -> MetaField {
    let Subscription { name, description, event, record, entity, scope, .. } = subscription;
    let instant = scalar_name(registry, Scalar::Instant);
    let fields = vec![
        field(
            names::CURSOR,
            "String!",
            "Where this event stands, for `after`: whoever goes on from here misses nothing; opaque.",
        ),
        field(
            names::KIND,
            "String!",
            "What happened, as `action` in the audit says it, such as `introduction.connected`. May grow.",
        ),
        field(names::OCCURRED_AT, format!("{instant}!"), "When it happened."),
        field(
            record,
            format!("{}!", entity.name),
            "The record as it is when the event is delivered, as far as the viewer sees it.",
        ),
    ];
    let about = format!("An event of `{name}`.");
    registry.types.insert((*event).to_owned(), describe::object(event, &about, fields));
    field_with(
        name,
        format!("{event}!"),
        &format!("{description} Tokens need the scope `{}`.", scope.code()),
        vec![argument(
            names::AFTER,
            "String",
            "Goes on after the event with this cursor; without it, with what happens from now on.",
        )],
    )
}
