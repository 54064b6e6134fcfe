//! Rows of the feature's tables, for writes.
#![expect(missing_docs, reason = "columns are explained where they are made, in the migrations")]

pub mod accounts;
pub mod api_token_countries;
pub mod api_token_scopes;
pub mod api_token_secrets;
pub mod api_tokens;
pub mod one_time_codes;
pub mod organisation_clearances;
pub mod organisation_people;
pub mod organisations;
pub mod refresh_tokens;
pub mod sessions;
pub mod signing_keys;
