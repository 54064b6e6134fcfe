//! Where files are kept: a folder, or whatever the operator has configured.

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::{GetOptions, GetRange, ObjectStore, PutPayload};
use tokio::io::AsyncWriteExt as _;

use super::Spooled;

/// How much of a large file is under way at a time: the smallest part that S3 takes.
const PART_BYTES: usize = 5 << 20;

/// The store doesn't do what it should. The client learns only that it has to try later.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The store's own.
    #[error("the store of files: {0}")]
    Store(#[from] object_store::Error),
    /// A file on the way to it.
    #[error("a file on its way to the store: {0}")]
    Io(#[from] std::io::Error),
}

/// The bytes of a file, as they come.
pub type ByteStream = BoxStream<'static, Result<Vec<u8>, StoreError>>;

/// Lets a client send a file to the store itself.
pub trait UploadSigner: Send + Sync {
    /// An address to which the file can be sent by PUT, for so long.
    fn upload_address<'a>(
        &'a self,
        path: &'a str,
        lifetime: Duration,
    ) -> BoxFuture<'a, Result<String, StoreError>>;
}

/// A store of files. Each file has a folder, named by its key, with parts.
#[derive(Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    signer: Option<Arc<dyn UploadSigner>>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("signs", &self.signer.is_some()).finish_non_exhaustive()
    }
}

impl Store {
    /// Any store; with what it signs addresses by, where it can.
    #[must_use]
    pub fn new(objects: Arc<dyn ObjectStore>, signer: Option<Arc<dyn UploadSigner>>) -> Self {
        Self { objects, signer }
    }

    /// In a folder, which is made where it isn't there.
    ///
    /// # Errors
    /// Where the folder can't be made.
    pub fn in_folder(folder: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder)?;
        let objects = LocalFileSystem::new_with_prefix(folder)?.with_automatic_cleanup(true);
        Ok(Self::new(Arc::new(objects), None))
    }

    /// In memory, for tests.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::new(Arc::new(InMemory::new()), None)
    }

    fn path(key: &str, part: &str) -> object_store::path::Path {
        object_store::path::Path::from_iter(["attachments", key, part])
    }

    /// An address for a client's own PUT, where the store has such.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn upload_address(
        &self,
        key: &str,
        part: &str,
        lifetime: Duration,
    ) -> Result<Option<String>, StoreError> {
        let Some(signer) = &self.signer else { return Ok(None) };
        signer.upload_address(Self::path(key, part).as_ref(), lifetime).await.map(Some)
    }

    /// Keeps a small part.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put(&self, key: &str, part: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.objects.put(&Self::path(key, part), PutPayload::from(bytes)).await?;
        Ok(())
    }

    /// Keeps a part of any size, piece by piece.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_spooled(&self, key: &str, part: &str, spooled: &Spooled) -> Result<(), StoreError> {
        let mut file = tokio::fs::File::from_std(spooled.open()?);
        let mut writer =
            BufWriter::with_capacity(Arc::clone(&self.objects), Self::path(key, part), PART_BYTES)
                .with_max_concurrency(1);
        let copied = tokio::io::copy(&mut file, &mut writer).await;
        if let Err(error) = copied {
            // What came so far is thrown away; the first error is the one to tell.
            let _ = writer.abort().await;
            return Err(error.into());
        }
        writer.shutdown().await?;
        Ok(())
    }

    /// A part's size; `None` where it isn't there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn size(&self, key: &str, part: &str) -> Result<Option<u64>, StoreError> {
        match self.objects.head(&Self::path(key, part)).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// A part, or some of it; `None` where it isn't there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(
        &self,
        key: &str,
        part: &str,
        range: Option<Range<u64>>,
    ) -> Result<Option<ByteStream>, StoreError> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        match self.objects.get_opts(&Self::path(key, part), options).await {
            Ok(found) => {
                let pieces = found.into_stream();
                Ok(Some(pieces.map(|piece| Ok(piece?.to_vec())).boxed()))
            }
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes a part; one that isn't there is removed already.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delete(&self, key: &str, part: &str) -> Result<(), StoreError> {
        match self.objects.delete(&Self::path(key, part)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
