//! Contact details as they arrive.

use std::collections::BTreeSet;

use async_graphql::{InputObject, MaybeUndefined};
use maip_domain::cooperation::{ContactField, detail};
use maip_persistence::write::Refusal;

use crate::schema::Closed;

/// How to reach someone. Each value is stored encrypted, and opens to others by consent alone.
#[derive(InputObject)]
pub struct ContactDetailsInput {
    /// An e-mail address. Null removes it.
    email: MaybeUndefined<String>,
    /// A phone number with its country code, such as +20 10 …. Null removes it.
    phone: MaybeUndefined<String>,
    /// A name or number at a messenger service, with the name of the service. Null removes it.
    messenger: MaybeUndefined<String>,
    /// A postal address. Null removes it.
    address: MaybeUndefined<String>,
}

impl ContactDetailsInput {
    /// The values that are named: checked, or none where one is to be removed.
    pub(super) fn check(self, refusal: &mut Refusal) -> Vec<(ContactField, Option<String>)> {
        let Self { email, phone, messenger, address } = self;
        let mut named = Vec::new();
        for (field, name, value) in [
            (ContactField::Email, "details.email", email),
            (ContactField::Phone, "details.phone", phone),
            (ContactField::Messenger, "details.messenger", messenger),
            (ContactField::Address, "details.address", address),
        ] {
            match value {
                MaybeUndefined::Undefined => {}
                MaybeUndefined::Null => named.push((field, None)),
                MaybeUndefined::Value(value) => {
                    if let Some(value) = refusal.take(name, detail::check(field, &value)) {
                        named.push((field, Some(value)));
                    }
                }
            }
        }
        named
    }
}

/// The details that are ticked, each once.
pub(super) fn ticked(fields: Vec<Closed<ContactField>>) -> BTreeSet<ContactField> {
    fields.into_iter().map(|field| field.0).collect()
}
