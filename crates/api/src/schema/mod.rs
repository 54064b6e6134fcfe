//! The schema: filled from the declarations of what can be read and of the mutations, described in
//! every part, printed as SDL. Nothing is resolved through it: the executor reads the declarations.

mod closed;
mod describe;
pub(crate) mod direction;
pub(crate) mod federation;
mod mutations;
pub(crate) mod names;
mod roots;
pub mod scalars;
pub(crate) mod search;
mod subscriptions;
mod types;

use maip_persistence::read::declare::{Entity, RootField};

use crate::mutation::Mutation;
use crate::subscription::Subscription;

pub use closed::Closed;
pub use roots::{Declared, sdl, subgraph_sdl};

/// What an API is made of.
#[derive(Clone, Copy)]
pub struct Catalogue {
    /// The types that can be read.
    pub entities: &'static [&'static Entity],
    /// The fields of the query root, beside `node` and `nodes`.
    pub roots: &'static [&'static [RootField]],
    /// The fields of the mutation root.
    pub mutations: &'static [&'static [&'static dyn Mutation]],
    /// The fields of the subscription root.
    pub subscriptions: &'static [&'static [Subscription]],
}

impl Catalogue {
    /// Every field of the query root, beside `node` and `nodes`.
    pub(crate) fn root_fields(&self) -> impl Iterator<Item = &'static RootField> {
        self.roots.iter().copied().flatten()
    }

    /// Every mutation.
    pub(crate) fn mutations(&self) -> impl Iterator<Item = &'static dyn Mutation> {
        self.mutations.iter().copied().flatten().copied()
    }

    /// Every subscription.
    pub(crate) fn subscriptions(&self) -> impl Iterator<Item = &'static Subscription> {
        self.subscriptions.iter().copied().flatten()
    }

    /// Whether everything that a search finds is there.
    pub(crate) fn searches(&self) -> bool {
        use maip_domain::closed_set::ClosedSet as _;
        maip_domain::search::SearchKind::MEMBERS.iter().all(|member| {
            let searched = maip_persistence::read::search::entity_of(member.value);
            self.entities.iter().any(|entity| std::ptr::eq(*entity, searched))
        })
    }

    /// The type whose ids have this prefix.
    pub(crate) fn entity_of_prefix(&self, prefix: &str) -> Option<&'static Entity> {
        self.entities.iter().copied().find(|entity| entity.prefix == Some(prefix))
    }

    /// The root field with this name.
    pub(crate) fn root(&self, name: &str) -> Option<&'static RootField> {
        self.root_fields().find(|root| root.name == name)
    }

    /// The mutation with this name.
    pub(crate) fn mutation(&self, name: &str) -> Option<&'static dyn Mutation> {
        self.mutations().find(|mutation| mutation.name() == name)
    }

    /// The subscription with this name.
    pub(crate) fn subscription(&self, name: &str) -> Option<&'static Subscription> {
        self.subscriptions().find(|subscription| subscription.name == name)
    }
}
