//! Accounts, sign-in, sessions, API tokens, organisations.

pub mod account;
pub mod api_token;
pub mod attempts;
pub mod code;
mod digits;
pub mod login;
pub mod organisation;
pub mod password;
pub mod scope;
pub mod token;

pub use account::{AccountAction, AccountStatus, AgeGroup, Sex};
pub use code::{CodeDelivery, CodeError, CodePurpose, OneTimeCode};
pub use login::{Login, LoginError, LoginKind};
pub use organisation::OrganisationKind;
pub use password::PasswordError;
pub use scope::Scope;
pub use token::{TokenError, TokenKind, TokenSecret};
