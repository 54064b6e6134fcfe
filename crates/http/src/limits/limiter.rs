//! Who is counted where.

use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lru::LruCache;
use maip_api::Credentials;
use sha2::{Digest as _, Sha256};

use super::bucket::Buckets;
use super::headers::Told;
use super::turns::Who;
use crate::peer::subscriber;
use crate::settings::RateLimits;

/// Callers remembered at once; some megabytes.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(50_000).expect("not zero");

type TokenDigest = [u8; 32];

/// The limits of this process, with what was used of them.
pub struct Limiter {
    anonymous: Buckets<IpAddr>,
    authenticated: Buckets<String>,
    anonymous_cost: Buckets<IpAddr>,
    authenticated_cost: Buckets<String>,
    sign_in: Buckets<IpAddr>,
    refresh: Buckets<IpAddr>,
    /// Tokens that were accepted lately. Any other counts against its address until it is, else
    /// each invented token would bring a bucket of its own.
    accepted: Mutex<LruCache<TokenDigest, ()>>,
}

/// Against whom a request was counted.
#[derive(Debug)]
pub enum Caller {
    /// Nobody's: an address.
    Address(IpAddr),
    /// A token not seen yet: its address, until the token is accepted.
    Unproven(IpAddr, TokenDigest, String),
    /// An account, or an API token.
    Known(String),
    /// Not counted, for want of an address.
    Nowhere,
}

impl Caller {
    /// As whom they take turns: who isn't known to be anybody takes those of their address.
    pub fn who(&self) -> Who {
        match self {
            Self::Address(address) | Self::Unproven(address, ..) => Who::Address(*address),
            Self::Known(holder) => Who::Known(holder.as_str().into()),
            Self::Nowhere => Who::Nobody,
        }
    }
}

impl Limiter {
    /// Fresh limits.
    pub fn new(limits: RateLimits) -> Self {
        Self {
            anonymous: Buckets::new(limits.anonymous, REMEMBERED),
            authenticated: Buckets::new(limits.authenticated, REMEMBERED),
            anonymous_cost: Buckets::new(limits.anonymous_cost, REMEMBERED),
            authenticated_cost: Buckets::new(limits.authenticated_cost, REMEMBERED),
            sign_in: Buckets::new(limits.sign_in, REMEMBERED),
            refresh: Buckets::new(limits.refresh, REMEMBERED),
            accepted: Mutex::new(LruCache::new(REMEMBERED)),
        }
    }

    /// Counts a request, before anything of it was read but its head.
    pub fn count(
        &self,
        peer: Option<IpAddr>,
        credentials: &Credentials,
        now: Instant,
    ) -> (Caller, Option<Told>) {
        let address = peer.map(subscriber);
        let caller = match credentials {
            Credentials::Anonymous => address.map_or(Caller::Nowhere, Caller::Address),
            Credentials::Bearer(token) => {
                let digest = digest(token);
                if self.accepted.lock().unwrap_or_else(PoisonError::into_inner).get(&digest).is_some() {
                    let rate = self.authenticated.rate();
                    let holder = holder(token, &digest);
                    let verdict = self.authenticated.take(holder.clone(), 1, now);
                    return (
                        Caller::Known(holder),
                        verdict.map(|verdict| Told { name: "account", rate, verdict }),
                    );
                }
                let holder = holder(token, &digest);
                address.map_or(Caller::Nowhere, |address| Caller::Unproven(address, digest, holder))
            }
        };
        let told = match caller {
            Caller::Address(address) | Caller::Unproven(address, ..) => {
                let rate = self.anonymous.rate();
                let verdict = self.anonymous.take(address, 1, now);
                verdict.map(|verdict| Told { name: "anonymous", rate, verdict })
            }
            Caller::Known(_) | Caller::Nowhere => None,
        };
        (caller, told)
    }

    /// Whose places a connection of theirs takes, once the credentials are known to hold.
    pub fn holder(peer: Option<IpAddr>, credentials: &Credentials) -> Option<String> {
        match credentials {
            Credentials::Anonymous => peer.map(|address| subscriber(address).to_string()),
            Credentials::Bearer(token) => Some(holder(token, &digest(token))),
        }
    }

    /// Takes the cost of an operation that was planned and isn't executed yet.
    pub fn spend(&self, caller: &Caller, cost: u32, now: Instant) -> Option<Told> {
        let (name, rate, verdict) = match caller {
            Caller::Address(address) | Caller::Unproven(address, ..) => {
                let verdict = self.anonymous_cost.take(*address, cost, now);
                ("anonymous-cost", self.anonymous_cost.rate(), verdict)
            }
            Caller::Known(holder) => {
                let verdict = self.authenticated_cost.take(holder.clone(), cost, now);
                ("account-cost", self.authenticated_cost.rate(), verdict)
            }
            Caller::Nowhere => return None,
        };
        verdict.map(|verdict| Told { name, rate, verdict })
    }

    /// Counts attempts to get in.
    pub fn count_sign_in(&self, peer: Option<IpAddr>, attempts: u32, now: Instant) -> Option<Told> {
        count("sign-in", &self.sign_in, peer, attempts, now)
    }

    /// Counts refreshed sessions.
    pub fn count_refresh(&self, peer: Option<IpAddr>, refreshes: u32, now: Instant) -> Option<Told> {
        count("refresh", &self.refresh, peer, refreshes, now)
    }

    /// The token of this caller, whose operation has cost so much, was accepted: from now on it counts
    /// for itself.
    pub fn accept(&self, caller: &Caller, cost: u32, now: Instant) {
        if let Caller::Unproven(address, digest, holder) = caller {
            self.anonymous.give_back(*address, 1, now);
            self.anonymous_cost.give_back(*address, cost, now);
            self.authenticated_cost.take(holder.clone(), cost, now);
            self.accepted.lock().unwrap_or_else(PoisonError::into_inner).put(*digest, ());
        }
    }
}

fn digest(token: &str) -> TokenDigest {
    Sha256::digest(token.as_bytes()).into()
}

/// Whose bucket an accepted token draws on: an access token its account's, which is its subject, and
/// an API token its own.
fn holder(token: &str, digest: &TokenDigest) -> String {
    let subject = || {
        let claims = token.split('.').nth(1).filter(|_| token.split('.').count() == 3)?;
        let claims: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
        claims["sub"].as_str().map(str::to_owned)
    };
    subject().unwrap_or_else(|| URL_SAFE_NO_PAD.encode(digest))
}

/// Takes so many from the bucket of this address; none where nothing is counted, or nothing limited.
fn count(
    name: &'static str,
    buckets: &Buckets<IpAddr>,
    peer: Option<IpAddr>,
    times: u32,
    now: Instant,
) -> Option<Told> {
    let address = subscriber(peer.filter(|_| times > 0)?);
    let verdict = buckets.take(address, times, now)?;
    Some(Told { name, rate: buckets.rate(), verdict })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Rate;

    fn limiter(anonymous: u32, authenticated: u32) -> Limiter {
        let [anonymous, authenticated] = [anonymous, authenticated].map(Rate::per_minute);
        Limiter::new(RateLimits {
            anonymous,
            authenticated,
            anonymous_cost: Rate::per_minute(100),
            authenticated_cost: Rate::per_minute(1000),
            sign_in: Rate::per_minute(2),
            refresh: Rate::per_minute(3),
        })
    }

    fn bearer(token: &str) -> Credentials {
        Credentials::Bearer(token.to_owned())
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn allowed(told: Option<Told>) -> bool {
        told.is_none_or(|told| told.verdict.allowed)
    }

    #[test]
    fn strangers_are_counted_by_address_and_ipv6_by_network() {
        let (limiter, now) = (limiter(1, 9), Instant::now());
        let pass = |peer: &str| allowed(limiter.count(Some(address(peer)), &Credentials::Anonymous, now).1);
        assert!(pass("192.0.2.1"));
        assert!(!pass("192.0.2.1"));
        assert!(!pass("::ffff:192.0.2.1"));
        assert!(pass("192.0.2.2"));
        assert!(pass("2001:db8::1"));
        assert!(!pass("2001:db8::2"));
    }

    #[test]
    fn an_accepted_token_leaves_its_address_alone() {
        let (limiter, now, office) = (limiter(2, 9), Instant::now(), Some(address("192.0.2.1")));
        for token in ["one", "two", "three", "four"] {
            let (caller, told) = limiter.count(office, &bearer(token), now);
            assert!(allowed(told), "{token}");
            limiter.accept(&caller, 0, now);
        }
        for _ in 0..5 {
            assert_eq!(limiter.count(office, &bearer("one"), now).1.unwrap().name, "account");
        }
    }

    #[test]
    fn invented_tokens_use_up_their_address() {
        let (limiter, now, peer) = (limiter(2, 9), Instant::now(), Some(address("192.0.2.1")));
        assert!(allowed(limiter.count(peer, &bearer("x1"), now).1));
        assert!(allowed(limiter.count(peer, &bearer("x2"), now).1));
        assert!(!allowed(limiter.count(peer, &bearer("x3"), now).1));
    }

    #[test]
    fn the_sessions_of_one_account_share_a_bucket() {
        let (limiter, now, peer) = (limiter(9, 2), Instant::now(), Some(address("192.0.2.1")));
        let token = |signature: &str| {
            let claims = URL_SAFE_NO_PAD.encode(r#"{"sub":"account_1"}"#);
            bearer(&format!("e30.{claims}.{signature}"))
        };
        for signature in ["a", "b"] {
            let (caller, _) = limiter.count(peer, &token(signature), now);
            limiter.accept(&caller, 0, now);
        }
        assert!(allowed(limiter.count(peer, &token("a"), now).1));
        assert!(allowed(limiter.count(peer, &token("b"), now).1));
        assert!(!allowed(limiter.count(peer, &token("a"), now).1));
    }

    #[test]
    fn cost_is_taken_from_whoever_it_turns_out_to_be() {
        let (limiter, now, office) = (limiter(9, 9), Instant::now(), Some(address("192.0.2.1")));
        let (stranger, _) = limiter.count(office, &Credentials::Anonymous, now);
        assert!(allowed(limiter.spend(&stranger, 60, now)));
        assert!(!allowed(limiter.spend(&stranger, 60, now)));
        let (unproven, _) = limiter.count(office, &bearer("one"), now);
        assert_eq!(limiter.spend(&unproven, 40, now).unwrap().name, "anonymous-cost");
        limiter.accept(&unproven, 40, now);
        assert!(allowed(limiter.spend(&stranger, 40, now)), "the address has it back");
        let (known, _) = limiter.count(office, &bearer("one"), now);
        let told = limiter.spend(&known, 900, now).unwrap();
        assert_eq!((told.name, told.verdict.remaining), ("account-cost", 60), "the token has paid for both");
        assert!(!allowed(limiter.spend(&known, 61, now)));
    }

    #[test]
    fn attempts_to_sign_in_are_counted_apart() {
        let (limiter, now, peer) = (limiter(9, 9), Instant::now(), Some(address("192.0.2.1")));
        assert!(limiter.count_sign_in(peer, 0, now).is_none());
        assert!(allowed(limiter.count_sign_in(peer, 2, now)));
        assert!(!allowed(limiter.count_sign_in(peer, 1, now)));
        assert!(allowed(limiter.count_refresh(peer, 3, now)));
        assert!(!allowed(limiter.count_refresh(peer, 1, now)));
    }
}
