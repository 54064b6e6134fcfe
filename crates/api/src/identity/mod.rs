//! Accounts: signing up and in, codes, sessions, one's own account and data.

mod account;
mod password;
mod session;
mod sign_in;
mod sign_up;

use crate::mutation::Mutation;

/// The mutations of this feature, except those about organisations and tokens.
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
];
