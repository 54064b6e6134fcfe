//! The audit, and parts of other records.

use super::{ADMINISTRATOR, FOCAL_POINT};
use crate::identity::scope::Scope;
use crate::policy::action::Policy;
use crate::policy::expr::Attribute::{Organisation, Owner};
use crate::policy::expr::Expr;
use crate::policy::viewer::{FactSet, Flag};

/// One audit entry: who did what to which record. The system administrator sees all, a country's
/// focal point theirs, an organisation's managers and its token what concerns it, and everyone
/// their own deeds.
pub const AUDIT_ENTRY: Policy = Policy {
    subject: "AuditEntry",
    read: Expr::Any(&[
        ADMINISTRATOR,
        FOCAL_POINT,
        Expr::ViewerIs(Owner),
        Expr::In(Organisation, FactSet::ManagedOrganisations),
        Expr::All(&[
            Expr::Viewer(Flag::Token),
            Expr::In(Organisation, FactSet::Organisations),
            Expr::Scope(Scope::AuditRead),
        ]),
    ]),
    rules: &[],
};

/// Where an entry stands among all. Of two of their own, others could tell how many writes there were between, those
/// that they may not see among them.
pub const SEES_POSITION: Expr = ADMINISTRATOR;

/// A part of another record, such as a cost or a label: reached through that record alone, and seen
/// with it.
pub const PART: Policy = Policy { subject: "Part", read: Expr::Always, rules: &[] };
