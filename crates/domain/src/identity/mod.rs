//! Accounts, sign-in, sessions, API tokens, organisations.

pub mod account;
pub mod code;
pub mod login;
pub mod organisation;
pub mod scope;

pub use account::{AccountAction, AccountStatus, AgeGroup, Sex};
pub use code::CodePurpose;
pub use login::LoginKind;
pub use organisation::OrganisationKind;
pub use scope::Scope;
