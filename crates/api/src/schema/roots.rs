//! The root types, written by hand for the framework, which prints the schema from what they
//! register.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::pin::Pin;

use async_graphql::parser::types::Field;
use async_graphql::registry::{MetaType, Registry};
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, EmptyMutation, EmptySubscription, ObjectType, OutputType,
    Positioned, Response, SDLExportOptions, Schema, ServerError, ServerResult, SubscriptionType, Value,
};
use futures::Stream;

use super::{Catalogue, describe, mutations, subscriptions, types};

/// Something that has a catalogue: the API itself, or a small one in a test. A type, because the
/// framework asks types and not values for what they are.
pub trait Declared: Send + Sync + 'static {
    /// Whether types show their keys, as gateways of Apollo Federation want to know them.
    const SUBGRAPH: bool = false;

    /// What it is made of.
    fn catalogue() -> Catalogue;
}

/// The same declarations, seen by a gateway.
struct Subgraph<D>(PhantomData<D>);

impl<D: Declared> Declared for Subgraph<D> {
    const SUBGRAPH: bool = true;

    fn catalogue() -> Catalogue {
        D::catalogue()
    }
}

/// The SDL of a catalogue, the same text for the same catalogue.
#[must_use]
pub fn sdl<D: Declared>() -> String {
    export::<D>(SDLExportOptions::new())
}

/// The SDL of a catalogue for a gateway: with the directives of Federation, and without what every
/// subgraph has.
#[must_use]
pub fn subgraph_sdl<D: Declared>() -> String {
    export::<Subgraph<D>>(SDLExportOptions::new().federation())
}

fn export<D: Declared>(options: SDLExportOptions) -> String {
    let options = options.include_specified_by().use_space_ident().indent_width(2);
    let query = Query::<D>(PhantomData);
    let mutation = Mutation::<D>(PhantomData);
    let catalogue = D::catalogue();
    if catalogue.mutations().next().is_none() {
        Schema::build(query, EmptyMutation, EmptySubscription).finish().sdl_with_options(options)
    } else if catalogue.subscriptions().next().is_none() {
        Schema::build(query, mutation, EmptySubscription).finish().sdl_with_options(options)
    } else {
        let subscription = Subscription::<D>(PhantomData);
        Schema::build(query, mutation, subscription).finish().sdl_with_options(options)
    }
}

/// A root type that registers itself and resolves nothing.
macro_rules! root {
    ($(#[$doc:meta])+ $root:ident($name:literal): $register:expr) => {
        $(#[$doc])+
        struct $root<D>(PhantomData<D>);

        impl<D: Declared> OutputType for $root<D> {
            fn type_name() -> Cow<'static, str> {
                $name.into()
            }

            fn create_type_info(registry: &mut Registry) -> String {
                let register: fn(&mut Registry, &Catalogue, bool) -> MetaType = $register;
                let root = register(registry, &D::catalogue(), D::SUBGRAPH);
                registry.types.insert($name.to_owned(), root);
                Self::qualified_type_name()
            }

            async fn resolve(
                &self,
                _: &ContextSelectionSet<'_>,
                field: &Positioned<Field>,
            ) -> ServerResult<Value> {
                Err(not_here(field.pos))
            }
        }

        impl<D: Declared> ContainerType for $root<D> {
            async fn resolve_field(&self, context: &Context<'_>) -> ServerResult<Option<Value>> {
                Err(not_here(context.item.pos))
            }
        }

        impl<D: Declared> ObjectType for $root<D> {}
    };
}

root! {
    /// The root of queries, and with it every type that can be read.
    Query("Query"): |registry, catalogue, subgraph| {
        types::register(registry, catalogue, subgraph);
        let fields = types::query_fields(registry, catalogue);
        describe::object("Query", "Everything that can be read.", fields)
    }
}

root! {
    /// The root of mutations.
    Mutation("Mutation"): |registry, catalogue, _| {
        let fields = mutations::mutation_fields(registry, catalogue);
        describe::object("Mutation", "Everything that can be changed, one after the other.", fields)
    }
}

/// The root of subscriptions.
struct Subscription<D>(PhantomData<D>);

impl<D: Declared> SubscriptionType for Subscription<D> {
    fn type_name() -> Cow<'static, str> {
        "Subscription".into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let fields = subscriptions::subscription_fields(registry, &D::catalogue());
        let description = "What one is told of as it happens, over a WebSocket or as server-sent events.";
        let root = describe::object("Subscription", description, fields);
        registry.types.insert("Subscription".to_owned(), root);
        Self::qualified_type_name()
    }

    fn create_field_stream<'a>(
        &'a self,
        _: &'a Context<'_>,
    ) -> Option<Pin<Box<dyn Stream<Item = Response> + Send + 'a>>> {
        None
    }
}

/// The framework's own executor isn't used.
fn not_here(at: async_graphql::Pos) -> ServerError {
    ServerError::new("operations are executed from plans", Some(at))
}
