//! Files of lessons: how they come in, what is let through, where they are kept, how they go out.

mod address;
mod audio;
mod check;
mod photo;
mod queue;
mod removal;
mod serve;
mod spool;
mod store;
mod take;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use maip_domain::lessons::AttachmentLimits;

pub use address::{Addresses, FILE, FilePart, INCOMING, SignedPath, THUMBNAIL};
pub(crate) use address::{address_end, bound_to};
pub use check::{CheckError, Checked};
pub use queue::PhotoWork;
pub(crate) use removal::{expire_uploads, note_removal, remove_due};
pub use serve::{ServeError, Served, Upload, find, find_upload};
pub use spool::{Spool, SpoolError, Spooled, Spooling};
pub use store::{ByteStream, Store, StoreError, UploadSigner};
pub use take::{Sent, take_in, take_sent};

use self::queue::PhotoQueue;
use crate::crypto::Keyring;

/// What this process needs to take, keep and give files.
#[derive(Clone, Debug)]
pub struct Files {
    /// Where they are kept.
    pub store: Store,
    /// Where they lie until they are checked.
    pub spool: Spool,
    /// How large they may be.
    pub limits: AttachmentLimits,
    /// Makes and checks their addresses.
    pub addresses: Arc<Addresses>,
    photos: PhotoQueue,
}

impl Files {
    /// With a store, a folder for what is being received, and the address of this installation where
    /// it is known; else addresses are relative to that of the API.
    #[must_use]
    pub fn new(
        store: Store,
        spool: PathBuf,
        limits: AttachmentLimits,
        keyring: Arc<Keyring>,
        public_url: &str,
    ) -> Self {
        Self {
            store,
            spool: Spool::new(spool, limits.largest()),
            limits,
            addresses: Arc::new(Addresses::new(keyring, public_url)),
            photos: PhotoQueue::new(PhotoWork::default()),
        }
    }

    /// The same, with so much decoding of photos at a time.
    #[must_use]
    pub fn with_photo_work(self, work: PhotoWork) -> Self {
        Self { photos: PhotoQueue::new(work), ..self }
    }

    /// In memory, for tests.
    #[must_use]
    pub fn in_memory(keyring: Arc<Keyring>) -> Self {
        let spool = std::env::temp_dir().join("maip-test-spool");
        Self::new(Store::in_memory(), spool, AttachmentLimits::default(), keyring, "")
    }
}
