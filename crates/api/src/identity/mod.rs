//! Accounts, sign-in, sessions, organisations and API tokens, as mutations.

mod api_tokens;
mod organisations;

use crate::mutation::Mutation;

/// The mutations of this feature.
pub static MUTATIONS: &[&dyn Mutation] = &[
    &organisations::CREATE,
    &organisations::UPDATE,
    &organisations::VERIFY,
    &organisations::ADD_MANAGER,
    &organisations::REMOVE_MANAGER,
    &organisations::CLEAR,
    &api_tokens::CREATE,
    &api_tokens::ROTATE,
    &api_tokens::REVOKE,
];
