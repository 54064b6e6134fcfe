//! Where files of lessons are kept, as it is configured.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use maip_domain::lessons::AttachmentLimits;
use maip_persistence::files::{QueueLimits, Store, StoreError, UploadSigner};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::prefix::PrefixStore;
use object_store::signer::Signer as _;

use crate::exit::{Exit, Failure, Outcome};

/// What is set about files.
#[derive(Debug)]
pub struct FilesConfig {
    /// Where they are kept.
    pub store: FileStore,
    /// How large they may be.
    pub limits: AttachmentLimits,
    /// How much decoding of photos is done at a time.
    pub photo_limits: QueueLimits,
    /// The address of this installation, where it is known.
    pub public_url: String,
}

/// Where files are kept.
#[derive(Debug)]
pub enum FileStore {
    /// In this folder.
    Folder(PathBuf),
    /// In a bucket, below a folder in it.
    Bucket {
        /// The bucket.
        store: AmazonS3,
        /// The folder; may be empty.
        folder: String,
    },
}

/// What is set about a store that speaks S3.
pub struct S3<'a> {
    pub endpoint: Option<&'a str>,
    pub region: &'a str,
    pub access_key_id: Option<&'a str>,
    pub secret_access_key: Option<&'a str>,
}

impl FileStore {
    /// Reads the setting `files`; what is wrong, and with which setting.
    pub fn read(text: Option<&str>, data_dir: &Path, s3: &S3<'_>) -> Result<Self, (&'static str, String)> {
        let Some(text) = text else { return Ok(Self::Folder(data_dir.join("files"))) };
        if let Some(folder) = text.strip_prefix("file:").filter(|folder| !folder.is_empty()) {
            return Ok(Self::Folder(PathBuf::from(folder)));
        }
        let Some(place) = text.strip_prefix("s3://") else {
            return Err(("files", "must be `file:` and a folder, or `s3://bucket`".to_owned()));
        };
        let (bucket, folder) = place.split_once('/').unwrap_or((place, ""));
        if bucket.is_empty() {
            return Err(("files", "names no bucket".to_owned()));
        }
        let mut builder = AmazonS3Builder::new().with_bucket_name(bucket).with_region(s3.region);
        if let Some(endpoint) = s3.endpoint {
            builder = builder
                .with_endpoint(endpoint.trim_end_matches('/'))
                .with_allow_http(endpoint.starts_with("http://"));
        }
        match (s3.access_key_id, s3.secret_access_key) {
            (Some(id), Some(secret)) => {
                builder = builder.with_access_key_id(id).with_secret_access_key(secret);
            }
            (None, None) => {}
            (Some(_), None) => return Err(("s3_secret_access_key", "is missing".to_owned())),
            (None, Some(_)) => return Err(("s3_access_key_id", "is missing".to_owned())),
        }
        let store = builder.build().map_err(|error| ("s3_endpoint", error.to_string()))?;
        Ok(Self::Bucket { store, folder: folder.trim_matches('/').to_owned() })
    }

    /// Opens it; a folder is made where it isn't there.
    pub fn open(&self) -> Outcome<Store> {
        match self {
            Self::Folder(folder) => Store::in_folder(folder).map_err(|error| {
                Failure::new(Exit::Output, format!("the folder {} can't be used: {error}", folder.display()))
            }),
            Self::Bucket { store, folder } => {
                let signer = Signs { store: store.clone(), folder: folder.clone() };
                let objects = PrefixStore::new(store.clone(), folder.as_str());
                Ok(Store::new(Arc::new(objects), Some(Arc::new(signer))))
            }
        }
    }
}

/// Signs addresses of a bucket.
struct Signs {
    store: AmazonS3,
    folder: String,
}

impl UploadSigner for Signs {
    fn upload_address<'a>(
        &'a self,
        path: &'a str,
        lifetime: Duration,
    ) -> BoxFuture<'a, Result<String, StoreError>> {
        Box::pin(async move {
            let parts = self.folder.split('/').chain(path.split('/')).filter(|part| !part.is_empty());
            let path: object_store::path::Path = parts.collect();
            let Ok(method) = "PUT".parse() else { return Err(std::io::Error::other("no method").into()) };
            Ok(self.store.signed_url(method, &path, lifetime).await?.to_string())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: S3<'_> = S3 { endpoint: None, region: "eu-1", access_key_id: None, secret_access_key: None };

    fn read(text: Option<&str>, s3: &S3<'_>) -> Result<FileStore, &'static str> {
        FileStore::read(text, Path::new("data"), s3).map_err(|(name, _)| name)
    }

    #[test]
    fn files_are_kept_in_the_data_directory_unless_it_is_said_otherwise() {
        let folder = |text| match read(text, &NONE) {
            Ok(FileStore::Folder(folder)) => folder,
            other => panic!("{other:?}"),
        };
        assert_eq!(folder(None), Path::new("data/files"));
        assert_eq!(folder(Some("file:/srv/files")), Path::new("/srv/files"));
        for wrong in ["file:", "/srv/files", "s3://", "s3:///folder", "ftp://host"] {
            assert_eq!(read(Some(wrong), &NONE).unwrap_err(), "files", "{wrong}");
        }
    }

    #[test]
    fn a_bucket_needs_both_halves_of_its_key_and_never_shows_the_secret() {
        let id = S3 { access_key_id: Some("id"), ..NONE };
        assert_eq!(read(Some("s3://bucket"), &id).unwrap_err(), "s3_secret_access_key");
        let secret = S3 { secret_access_key: Some("hidden"), ..NONE };
        assert_eq!(read(Some("s3://bucket"), &secret).unwrap_err(), "s3_access_key_id");
        let both = S3 { secret_access_key: Some("hidden"), ..id };
        let store = read(Some("s3://bucket/a/b/"), &both).unwrap();
        assert!(matches!(&store, FileStore::Bucket { folder, .. } if folder == "a/b"));
        assert!(!format!("{store:?}").contains("hidden"));
    }
}
