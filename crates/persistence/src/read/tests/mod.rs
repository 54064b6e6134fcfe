//! The read path, on both databases.

mod declarations;
mod differential;
mod pages;
mod plans;
mod policy;
mod sealed;
mod search;
mod statements;
mod walk;

use maip_domain::time::{Clock, Entropy, Timestamp};

use super::run::{AddressMaker, Opening, Unsealer};

/// Opens every value by saying what it would open.
struct Plain;

impl Unsealer for Plain {
    fn unseal(&self, context: &str, record: &str, sealed: &str) -> Option<String> {
        Some(format!("{context} of {record}: {sealed}"))
    }
}

impl AddressMaker for Plain {
    fn address(&self, path: &str, bound: &str, now: Timestamp) -> String {
        format!("{path} of {bound} at {now}")
    }
}

fn opening<'a>(unsealer: &'a dyn Unsealer, clock: &'a dyn Clock, entropy: &'a dyn Entropy) -> Opening<'a> {
    Opening { unsealer, addresses: &Plain, clock, entropy }
}
