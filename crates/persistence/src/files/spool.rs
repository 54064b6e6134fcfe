//! What is being received: on the disk, so that a large file costs no memory, and without a name, so
//! that nothing is left of it when the process ends, however it ends.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use maip_domain::lessons::media_type::BEGINNING;
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;

/// Why a file isn't received.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// It is larger than any file may be.
    #[error("the file is larger than any may be")]
    TooLarge,
    /// The disk.
    #[error("a file can't be received: {0}")]
    Io(#[from] io::Error),
}

/// Where files lie until they are checked.
#[derive(Clone, Debug)]
pub struct Spool {
    folder: Arc<PathBuf>,
    most_bytes: u64,
}

impl Spool {
    /// In this folder, which is made when it is needed.
    #[must_use]
    pub fn new(folder: PathBuf, most_bytes: u64) -> Self {
        Self { folder: Arc::new(folder), most_bytes }
    }

    /// Bytes of the largest file that is received.
    #[must_use]
    pub fn most_bytes(&self) -> u64 {
        self.most_bytes
    }

    /// Begins to receive a file.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn begin(&self) -> Result<Spooling, SpoolError> {
        let folder = Arc::clone(&self.folder);
        let made = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(folder.as_path())?;
            nameless(&folder)
        });
        let file = made.await.map_err(io::Error::other)??;
        Ok(Spooling {
            file: tokio::fs::File::from_std(file),
            bytes: 0,
            most_bytes: self.most_bytes,
            digest: Sha256::new(),
            beginning: Vec::with_capacity(BEGINNING),
        })
    }
}

impl Spool {
    /// A file that is made of one which was received.
    pub(super) fn make<E: From<io::Error>>(
        &self,
        write: impl FnOnce(&mut File) -> Result<(), E>,
    ) -> Result<Spooled, E> {
        let mut file = nameless(&self.folder)?;
        write(&mut file)?;
        file.rewind()?;
        let mut digest = Sha256::new();
        let bytes = io::copy(&mut file, &mut digest)?;
        Ok(Spooled { file, bytes, digest: hex(&digest.finalize()), beginning: Vec::new() })
    }
}

/// A file that has no name any more: its space is free once it is closed.
fn nameless(folder: &std::path::Path) -> io::Result<File> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    loop {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("{}-{number}", std::process::id()));
        match OpenOptions::new().read(true).write(true).create_new(true).open(&path) {
            Ok(file) => {
                std::fs::remove_file(&path)?;
                return Ok(file);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

/// A file that is being received.
#[derive(Debug)]
pub struct Spooling {
    file: tokio::fs::File,
    bytes: u64,
    most_bytes: u64,
    digest: Sha256,
    beginning: Vec<u8>,
}

impl Spooling {
    /// At most so many bytes, where that is less than for any file.
    #[must_use]
    pub fn at_most(mut self, bytes: u64) -> Self {
        self.most_bytes = self.most_bytes.min(bytes);
        self
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// [`SpoolError`].
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), SpoolError> {
        self.bytes += u64::try_from(piece.len()).unwrap_or(u64::MAX);
        if self.bytes > self.most_bytes {
            return Err(SpoolError::TooLarge);
        }
        let wanted = BEGINNING - self.beginning.len();
        self.beginning.extend_from_slice(piece.get(..wanted).unwrap_or(piece));
        self.digest.update(piece);
        self.file.write_all(piece).await?;
        Ok(())
    }

    /// The whole file.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn finish(mut self) -> Result<Spooled, SpoolError> {
        self.file.flush().await?;
        Ok(Spooled {
            file: self.file.into_std().await,
            bytes: self.bytes,
            digest: hex(&self.digest.finalize()),
            beginning: self.beginning,
        })
    }
}

/// A file that was received. Its space is free when this is dropped.
#[derive(Debug)]
pub struct Spooled {
    file: File,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, hexadecimal.
    pub digest: String,
    /// Its first bytes.
    pub beginning: Vec<u8>,
}

impl Spooled {
    /// The file from its beginning, for one reader at a time.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn open(&self) -> io::Result<File> {
        let mut file = self.file.try_clone()?;
        file.rewind()?;
        Ok(file)
    }
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
