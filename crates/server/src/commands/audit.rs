//! `maip audit verify`: whether the record of who did what was changed since.

use maip_persistence::record::verify as chain;

use crate::config::Config;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::say;
use crate::store;

/// Walks the chain and says what it found.
pub async fn verify(config: &Config) -> Outcome {
    let database = store::open_current(config).await?;
    let found = chain::verify(&database).await?;
    database.close().await?;
    if !found.is_intact() {
        return Err(Failure::new(Exit::AuditBroken, found));
    }
    say(found);
    Ok(())
}
