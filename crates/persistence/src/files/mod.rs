//! Files of lessons: how they come in, what is let through, where they are kept, how they go out.

mod address;
mod check;
mod pdf;
mod photo;
mod queue;
mod quota;
mod removal;
mod serve;
mod sound;
mod spool;
mod store;
mod take;
#[cfg(test)]
mod tests;
pub(crate) mod waiting;

use std::path::PathBuf;
use std::sync::Arc;

use maip_domain::lessons::AttachmentLimits;

pub use address::{Addresses, FILE, FilePart, INCOMING, SignedPath, THUMBNAIL, UPLOAD_SECONDS};
pub(crate) use address::{address_end, bound_to};
pub use check::{CheckError, Checked};
pub use pdf::process::{COMMAND as PDF_COMMAND, clean_standard_input};
pub use queue::QueueLimits;
pub(crate) use quota::require_room;
pub use removal::stored_keys;
pub(crate) use removal::{expire_uploads, note_removal, remove_due};
pub use serve::{ServeError, Served, Upload, find, find_upload};
pub use spool::{Spool, SpoolError, Spooled, Spooling};
pub use store::{ByteStream, Store, StoreError, UploadSigner};
pub use take::{Announced, Sent, forget, take_in, take_sent};

use self::pdf::process::Cleaner;
use self::queue::Queue;
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
    photos: Queue,
    /// Documents and recordings.
    others: Queue,
    cleaner: Cleaner,
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
            photos: Queue::new(QueueLimits::PHOTOS),
            others: Queue::new(QueueLimits::OTHERS),
            cleaner: Cleaner::default(),
        }
    }

    /// The same, with so much decoding of photos at a time.
    #[must_use]
    pub fn with_photo_limits(self, limits: QueueLimits) -> Self {
        Self { photos: Queue::new(limits), ..self }
    }

    /// The same, with PDF taken apart in processes of this program, by its command [`PDF_COMMAND`].
    #[must_use]
    pub fn with_pdf_program(self, program: PathBuf) -> Self {
        Self { cleaner: Cleaner::new(Some(program)), ..self }
    }

    /// In memory, for tests.
    #[must_use]
    pub fn in_memory(keyring: Arc<Keyring>) -> Self {
        let spool = std::env::temp_dir().join("maip-test-spool");
        Self::new(Store::in_memory(), spool, AttachmentLimits::default(), keyring, "")
    }
}
