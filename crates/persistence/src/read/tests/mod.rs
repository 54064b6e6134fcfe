//! The read path, on both databases.

mod declarations;
mod differential;
mod pages;
mod plans;
mod policy;
mod sealed;
mod statements;
mod walk;

use maip_domain::time::{Clock, Entropy};

use super::run::{Opening, Unsealer};

/// Opens every value by saying what it would open.
struct Plain;

impl Unsealer for Plain {
    fn unseal(&self, context: &str, record: &str, sealed: &str) -> Option<String> {
        Some(format!("{context} of {record}: {sealed}"))
    }
}

fn opening<'a>(unsealer: &'a dyn Unsealer, clock: &'a dyn Clock, entropy: &'a dyn Entropy) -> Opening<'a> {
    Opening { unsealer, clock, entropy }
}
