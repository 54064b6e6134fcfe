//! Countries, languages, concepts, products, projects: for everyone.

use super::{ADMINISTRATOR, needs};
use crate::policy::action::{Action, Policy, Reason, Rule};
use crate::policy::expr::Expr;

/// Reference data.
pub const PUBLIC_REFERENCE: Policy = Policy {
    subject: "Concept",
    read: Expr::Always,
    rules: &[Rule { action: Action::ManageVocabulary, clauses: &[needs(ADMINISTRATOR, Reason::NotAllowed)] }],
};
