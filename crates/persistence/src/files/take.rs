//! Taking a file in: checked, noted, stored.

use std::sync::Arc;

use futures::StreamExt as _;
use maip_domain::id::AttachmentId;
use maip_domain::lessons::AttachmentRefusal;

use super::removal::note_stored;
use super::{CheckError, Checked, FILE, INCOMING, SpoolError, Spooled, THUMBNAIL};
use crate::services::Services;
use crate::stopwatch::Stopwatch;
use crate::write::WriteError;

/// Checks a file and stores it. Gives the key of what is in the store now.
///
/// # Errors
/// A refusal, a full line, or a failure of the store.
pub async fn take_in(
    services: &Services,
    spooled: &Arc<Spooled>,
    declared: Option<&str>,
    watch: &Stopwatch,
) -> Result<(String, Checked), WriteError> {
    let key = AttachmentId::generate(services.clock.as_ref(), services.entropy.as_ref()).into_string();
    let mut checked = services.files.check(spooled, declared, watch).await?;
    store(services, &key, spooled, &mut checked).await?;
    Ok((key, checked))
}

async fn store(
    services: &Services,
    key: &str,
    spooled: &Spooled,
    checked: &mut Checked,
) -> Result<(), WriteError> {
    note_stored(services, key, &[FILE, THUMBNAIL]).await?;
    Ok(services.files.keep(key, spooled, checked).await?)
}

/// What became of a file that was announced.
#[derive(Debug)]
pub enum Sent {
    /// Nothing was sent yet.
    Nothing,
    /// It isn't taken.
    Refused(AttachmentRefusal),
    /// It is in the store.
    Taken(Checked),
}

/// Checks what was sent under a key, and stores what is let through beside it.
///
/// # Errors
/// A full line; failures of the store and the database.
pub async fn take_sent(
    services: &Services,
    key: &str,
    declared: &str,
    watch: &Stopwatch,
) -> Result<Sent, WriteError> {
    let taken = match fetch_sent(services, key).await {
        Ok(None) => return Ok(Sent::Nothing),
        Ok(Some(spooled)) => {
            services.files.check(&spooled, Some(declared), watch).await.map(|checked| (spooled, checked))
        }
        Err(error) => Err(error),
    };
    match taken {
        Ok((spooled, mut checked)) => {
            store(services, key, &spooled, &mut checked).await?;
            Ok(Sent::Taken(checked))
        }
        Err(CheckError::Refused(refusal)) => Ok(Sent::Refused(refusal)),
        Err(error) => Err(error.into()),
    }
}

/// What was sent under a key, received from the store; `None` where nothing was.
///
/// # Errors
/// [`CheckError::Refused`] for what is larger than any file may be; failures of the store.
async fn fetch_sent(services: &Services, key: &str) -> Result<Option<Arc<Spooled>>, CheckError> {
    let files = &services.files;
    let Some(bytes) = files.store.size(key, INCOMING).await? else { return Ok(None) };
    if bytes > files.spool.most_bytes() {
        return Err(SpoolError::TooLarge.into());
    }
    let Some(mut pieces) = files.store.get(key, INCOMING, None).await? else { return Ok(None) };
    let mut spooling = files.spool.begin().await?;
    while let Some(piece) = pieces.next().await {
        spooling.write(&piece?).await?;
    }
    Ok(Some(Arc::new(spooling.finish().await?)))
}
