//! The log: on standard error, for people on a terminal and for machines elsewhere.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// Starts it. What the libraries say of each statement and connection is noise below a warning.
pub fn start(config: &Config) {
    let quiet =
        ["sqlx=warn", "sea_orm=warn", "sea_orm_migration=warn", "hyper=warn", "h2=warn", "rustls=warn"];
    let filter = format!("{},{}", quiet.join(","), config.log);
    // It was read once already, when the configuration was.
    let filter = filter.parse::<EnvFilter>().unwrap_or_default();
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let json = match config.log_format {
        LogFormat::Auto => !std::io::stderr().is_terminal(),
        LogFormat::Human => false,
        LogFormat::Json => true,
    };
    // A second start, as in a test, changes nothing.
    let _ = if json {
        subscriber.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
    } else {
        subscriber.with_target(false).try_init()
    };
}
