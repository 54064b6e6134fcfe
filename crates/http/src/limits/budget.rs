//! What the operations of one request are taken from.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use maip_api::Budget;

use super::headers::Told;
use super::limiter::{Caller, Limiter};

/// The budget of one request's caller, and what was said of it.
pub struct Spending {
    limiter: Arc<Limiter>,
    caller: Arc<Caller>,
    peer: Option<IpAddr>,
    /// How much was taken, and how the limit stands since.
    spent: Mutex<(u32, Option<Told>)>,
}

impl Spending {
    /// Of this caller, at this address.
    pub fn new(limiter: Arc<Limiter>, caller: Arc<Caller>, peer: Option<IpAddr>) -> Self {
        Self { limiter, caller, peer, spent: Mutex::default() }
    }

    /// How the limit stands, if anything was asked of it.
    pub fn told(&self) -> Option<Told> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner).1
    }

    /// The caller was accepted: a token that was counted against its address counts for itself now.
    pub fn accept(&self, now: Instant) {
        let (spent, _) = *self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        self.limiter.accept(&self.caller, spent, now);
    }
}

impl Budget for Spending {
    fn spend(&self, cost: u64) -> bool {
        let cost = u32::try_from(cost).unwrap_or(u32::MAX);
        let told = self.limiter.spend(&self.caller, cost, Instant::now());
        let allowed = told.is_none_or(|told| told.verdict.allowed);
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if allowed {
            spent.0 = spent.0.saturating_add(cost);
        }
        spent.1 = told;
        allowed
    }

    fn failed_to_refresh(&self) {
        // It was refused already; what is left for the next attempt is all that changes.
        let _ = self.limiter.count_sign_in(self.peer, 1, Instant::now());
    }
}
