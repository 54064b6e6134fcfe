//! What an operator can set about HTTP.

use std::time::Duration;

use crate::limits::Rate;
use crate::network::Network;
use crate::partners::Published;

/// The settings of the HTTP layer.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// Origins whose pages may call the API; `*` is every one.
    pub cors_origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// The largest request body in bytes.
    pub max_body_bytes: usize,
    /// How long a client may take to send the head of a request, or the first message of a WebSocket.
    pub header_timeout: Duration,
    /// How long a connection is kept without a request.
    pub keep_alive_timeout: Duration,
    /// How long a client may take nothing of what is written to it.
    pub longest_stall: Duration,
    /// How long one request may take, its body's arrival included.
    pub request_timeout: Duration,
    /// How long a request with files may take to arrive.
    pub upload_timeout: Duration,
    /// How many requests with files are received at once; one more is refused.
    pub max_concurrent_uploads: usize,
    /// How long requests in flight may go on after the process was asked to stop.
    pub shutdown_timeout: Duration,
    /// How many GraphQL requests are executed, or wait for their turn to be; one more is refused. Three quarters
    /// of them are the most that one caller may have.
    pub max_concurrent_requests: usize,
    /// How many of those are executed at the same time. Where more want to be, callers take turns, and again
    /// three quarters are the most that one of them has.
    pub executed_at_once: usize,
    /// How many connections are open at once; for one more an idle one is closed, else it waits.
    pub max_connections: usize,
    /// How many `WebSocket`s and event streams each caller may have open at once; zero is no limit.
    pub max_streams_per_caller: u32,
    /// How many requests each caller may make.
    pub rate_limits: RateLimits,
    /// What the installation calls itself to others.
    pub published: Published,
}

/// How many requests each caller may make, and what they may cost, in a minute.
#[derive(Clone, Copy, Debug)]
pub struct RateLimits {
    /// Without credentials, per address.
    pub anonymous: Rate,
    /// Per account or API token.
    pub authenticated: Rate,
    /// The cost of operations without credentials, per address.
    pub anonymous_cost: Rate,
    /// The cost of operations per account or API token.
    pub authenticated_cost: Rate,
    /// Attempts to sign in, to sign up or to use a code, per address.
    pub sign_in: Rate,
    /// Refreshed sessions, per address. A refresh token that is none counts as an attempt to sign in too.
    pub refresh: Rate,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            cors_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            max_body_bytes: 1 << 20,
            header_timeout: Duration::from_secs(10),
            keep_alive_timeout: Duration::from_secs(75),
            longest_stall: Duration::from_secs(30),
            request_timeout: Duration::from_secs(30),
            upload_timeout: Duration::from_mins(10),
            max_concurrent_uploads: 16,
            shutdown_timeout: Duration::from_secs(30),
            max_concurrent_requests: 256,
            executed_at_once: 24,
            max_connections: 4096,
            max_streams_per_caller: 100,
            rate_limits: RateLimits {
                anonymous: Rate::per_minute(300),
                authenticated: Rate::per_minute(1200),
                anonymous_cost: Rate::per_minute(100_000),
                authenticated_cost: Rate::per_minute(400_000),
                sign_in: Rate::per_minute(30),
                refresh: Rate::per_minute(300),
            },
            published: Published::default(),
        }
    }
}
