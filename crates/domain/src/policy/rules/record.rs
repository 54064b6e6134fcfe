//! The audit.

use super::{ADMINISTRATOR, FOCAL_POINT, SECRETARIAT};
use crate::policy::action::Policy;
use crate::policy::expr::Attribute::Owner;
use crate::policy::expr::Expr;

/// One audit entry: who did what to which record. The system administrator sees all, the
/// secretariat and a country's focal point theirs, and everyone their own deeds.
pub const AUDIT_ENTRY: Policy = Policy {
    subject: "AuditEntry",
    read: Expr::Any(&[ADMINISTRATOR, SECRETARIAT, FOCAL_POINT, Expr::ViewerIs(Owner)]),
    rules: &[],
};
