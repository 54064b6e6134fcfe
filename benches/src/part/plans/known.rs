//! Lists that are known to read more than they show.

/// What the operation's name contains, and why it is so.
pub const KNOWN: &[(&str, &str)] = &[];
