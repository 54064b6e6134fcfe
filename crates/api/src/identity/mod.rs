//! Accounts, codes, sessions, one's own data, organisations and API tokens, as mutations.

mod account;
mod api_tokens;
mod managers;
mod my_data;
mod organisations;
mod password;
mod session;
mod sign_in;
mod sign_up;

use crate::mutation::Mutation;

/// The mutations of this feature.
pub static MUTATIONS: &[&dyn Mutation] = &[
    &sign_up::SIGN_UP,
    &sign_up::VERIFY_LOGIN,
    &sign_in::SIGN_IN,
    &sign_in::REFRESH_SESSION,
    &sign_in::SIGN_OUT,
    &sign_in::SIGN_OUT_EVERYWHERE,
    &password::REQUEST_PASSWORD_RESET,
    &password::RESET_PASSWORD,
    &password::ISSUE_SIGN_IN_CODE,
    &password::CLAIM_ACCOUNT,
    &password::CHANGE_PASSWORD,
    &account::UPDATE_MY_ACCOUNT,
    &account::SUSPEND_ACCOUNT,
    &account::REINSTATE_ACCOUNT,
    &my_data::EXPORT_MY_DATA,
    &my_data::ERASE_MY_ACCOUNT,
    &organisations::CREATE,
    &organisations::UPDATE,
    &organisations::VERIFY,
    &managers::ADD,
    &managers::REMOVE,
    &managers::ACCEPT,
    &managers::DECLINE,
    &organisations::CLEAR,
    &api_tokens::CREATE,
    &api_tokens::ROTATE,
    &api_tokens::REVOKE,
];
