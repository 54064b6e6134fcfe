//! Contact directory, consent, introductions, disclosure.

pub mod consent;
pub mod contact;
pub mod detail;
pub mod introduction;

pub use consent::{ConsentAudience, ConsentGroup, ConsentStatus};
pub use contact::{ContactCardStatus, ContactField, DetailsStatus};
pub use introduction::{IntroductionAction, IntroductionSide, IntroductionStatus};
