//! From an address to a file.

use std::ops::Range;

use maip_domain::lessons::MediaType;
use maip_domain::time::Timestamp;
use sea_orm::{ConnectionTrait as _, DbErr};

use super::address::bound_to;
use super::{ByteStream, FilePart, INCOMING, SignedPath, Store, StoreError};
use crate::database::statement;
use crate::services::Services;

/// A file that may be read.
#[derive(Debug)]
pub struct Served {
    /// What it is.
    pub media: MediaType,
    /// Its size.
    pub bytes: u64,
    /// A tag of its content.
    pub tag: String,
    /// How it is called when it is saved.
    pub name: String,
    /// For how many seconds more its address holds.
    pub seconds: i64,
    store: Store,
    key: String,
    part: FilePart,
}

impl Served {
    /// Its bytes, or some of them; `None` where the store has lost it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn read(&self, range: Option<Range<u64>>) -> Result<Option<ByteStream>, StoreError> {
        self.store.get(&self.key, self.part.name(), range).await
    }
}

/// Why an address can't be followed now.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The database.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The file that an address leads to; `None` for an address that isn't ours, is past its end, or
/// leads to what isn't there or isn't shown so any more: nobody can tell these apart.
///
/// # Errors
/// [`ServeError`].
pub async fn find(services: &Services, said: &SignedPath) -> Result<Option<Served>, ServeError> {
    let Some(part) = FilePart::from_name(&said.part) else { return Ok(None) };
    let text = concat!(
        "SELECT a.media_type, a.size_bytes, a.digest, a.file_key, ",
        bound_to!("l", "v"),
        " FROM lesson_attachments a JOIN lesson_versions v ON v.id = a.version_id \
         JOIN lessons l ON l.id = a.lesson_id WHERE a.id = $1 AND a.state = 'READY'"
    );
    let reader = services.database.reader();
    let row = reader.query_one_raw(statement(reader, text, [said.attachment.as_str().into()])).await?;
    let bound: String = match &row {
        Some(row) => row.try_get_by_index(4)?,
        None => String::new(),
    };
    // Checked for one that isn't there too, so that both take the same time.
    let now = services.now();
    if !services.files.addresses.holds(said, &bound, now) {
        return Ok(None);
    }
    let Some(row) = row else { return Ok(None) };
    let media: String = row.try_get_by_index(0)?;
    let Some(media) = MediaType::from_name(&media) else { return Ok(None) };
    let bytes: i64 = row.try_get_by_index(1)?;
    let digest: Option<String> = row.try_get_by_index(2)?;
    let key: String = row.try_get_by_index(3)?;
    let (media, bytes) = match part {
        FilePart::File => (media, u64::try_from(bytes).unwrap_or(0)),
        // Thumbnails are JPEG; their size is known to the store alone.
        FilePart::Thumbnail => match services.files.store.size(&key, part.name()).await? {
            Some(bytes) => (MediaType::Jpeg, bytes),
            None => return Ok(None),
        },
    };
    Ok(Some(Served {
        media,
        bytes,
        tag: format!("{}-{}", digest.unwrap_or_default(), part.name()),
        name: format!("{}.{}", said.attachment, media.extension()),
        seconds: said.expires - now.micros() / Timestamp::SECOND,
        store: services.files.store.clone(),
        key,
        part,
    }))
}

/// A file that may be sent now.
#[derive(Debug)]
pub struct Upload {
    /// Its size, as it was announced.
    pub bytes: u64,
    services: Services,
    id: String,
    key: String,
}

impl Upload {
    /// Keeps what was sent, until it is checked, which it is soon.
    ///
    /// # Errors
    /// Those of the store and the database.
    pub async fn keep(&self, spooled: &super::Spooled) -> Result<(), ServeError> {
        self.services.files.store.put_spooled(&self.key, INCOMING, spooled).await?;
        let writer = self.services.database.writer();
        Ok(super::waiting::has_come(writer, &self.id, self.services.now()).await?)
    }
}

/// The announced file that an address takes; `None` as with [`find`], and where it was checked
/// already.
///
/// # Errors
/// Those of the database.
pub async fn find_upload(services: &Services, said: &SignedPath) -> Result<Option<Upload>, ServeError> {
    let text = "SELECT size_bytes, file_key FROM lesson_attachments WHERE id = $1 AND state = 'PENDING'";
    let writer = services.database.writer();
    let row = writer.query_one_raw(statement(writer, text, [said.attachment.as_str().into()])).await?;
    let bytes: i64 = match &row {
        Some(row) => row.try_get_by_index(0)?,
        None => 0,
    };
    if said.part != INCOMING || !services.files.addresses.holds(said, &bytes.to_string(), services.now()) {
        return Ok(None);
    }
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Upload {
        bytes: u64::try_from(bytes).unwrap_or(0),
        services: services.clone(),
        id: said.attachment.clone(),
        key: row.try_get_by_index(1)?,
    }))
}
