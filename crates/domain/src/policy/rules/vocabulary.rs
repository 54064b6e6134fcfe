//! Countries, languages, concepts, products, projects: for everyone.

use super::{ADMINISTRATOR, needs};
use crate::policy::action::{Action, Policy, Reason, Rule};
use crate::policy::expr::Expr;

/// Reference data that comes with an installation.
pub const REFERENCE: Policy = Policy { subject: "Reference", read: Expr::Always, rules: &[] };

/// A concept of the vocabulary.
pub const CONCEPT: Policy = Policy {
    subject: "Concept",
    read: Expr::Always,
    rules: &[Rule { action: Action::ManageVocabulary, clauses: &[needs(ADMINISTRATOR, Reason::NotAllowed)] }],
};
