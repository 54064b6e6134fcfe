//! Taking a file in: checked, noted, stored.

use std::sync::Arc;

use futures::StreamExt as _;
use maip_domain::id::AttachmentId;
use maip_domain::lessons::AttachmentRefusal;

use super::removal::{note_removal, note_stored};
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
    store(services, &key, &mut checked).await?;
    Ok((key, checked))
}

async fn store(services: &Services, key: &str, checked: &mut Checked) -> Result<(), WriteError> {
    note_stored(services, key, &[FILE, THUMBNAIL]).await?;
    Ok(services.files.keep(key, checked).await?)
}

/// Has a file removed that was stored and is nobody's.
///
/// # Errors
/// Those of the database.
pub async fn forget(services: &Services, key: &str) -> Result<(), WriteError> {
    let transaction = services.database.begin().await?;
    note_removal(&transaction, key, &[FILE, THUMBNAIL], services.now()).await?;
    transaction.commit().await?;
    Ok(())
}

/// A file that was announced, and is to be checked.
#[derive(Clone, Debug)]
pub struct Announced {
    /// Under which it is stored.
    pub key: String,
    /// The type that it is to have.
    pub media_type: String,
    /// How many bytes it may have.
    pub bytes: u64,
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

/// Checks what was sent of an announced file, and stores what is let through beside it.
///
/// # Errors
/// A full line; failures of the store and the database.
pub async fn take_sent(
    services: &Services,
    announced: &Announced,
    watch: &Stopwatch,
) -> Result<Sent, WriteError> {
    let Announced { key, media_type, bytes } = announced;
    let taken = match fetch_sent(services, key, *bytes).await {
        Ok(None) => return Ok(Sent::Nothing),
        Ok(Some(spooled)) => services.files.check(&spooled, Some(media_type), watch).await,
        Err(error) => Err(error),
    };
    match taken {
        Ok(mut checked) => {
            store(services, key, &mut checked).await?;
            Ok(Sent::Taken(checked))
        }
        Err(CheckError::Refused(refusal)) => Ok(Sent::Refused(refusal)),
        Err(error) => Err(error.into()),
    }
}

/// What was sent under a key, received from the store; `None` where nothing was.
///
/// # Errors
/// [`CheckError::Refused`] for what is larger than it was announced; failures of the store.
async fn fetch_sent(
    services: &Services,
    key: &str,
    announced: u64,
) -> Result<Option<Arc<Spooled>>, CheckError> {
    let files = &services.files;
    let Some(bytes) = files.store.size(key, INCOMING).await? else { return Ok(None) };
    // A store takes whatever is sent to its own address.
    if bytes > announced.min(files.spool.most_bytes()) {
        return Err(SpoolError::TooLarge.into());
    }
    let Some(mut pieces) = files.store.get(key, INCOMING, None).await? else { return Ok(None) };
    let mut spooling = files.spool.begin().await?;
    while let Some(piece) = pieces.next().await {
        spooling.write(&piece?).await?;
    }
    Ok(Some(Arc::new(spooling.finish().await?)))
}
