//! Passwords and PINs: Argon2id, off the async threads, a bounded number at a time.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::{Output, ParamsString, PasswordHash, Salt, SaltString};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use maip_domain::time::Entropy;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// Memory in KiB, passes and lanes: the second of the equivalent settings that OWASP's password
/// storage cheat sheet recommends.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// How many may wait for their turn, for each one that computes. More are turned away at once
/// rather than left to time out.
const WAITING_PER_WORKER: usize = 16;

/// Why a password could be neither hashed nor checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFailure {
    /// Too many at a time: try again.
    #[error("too many sign-ins at a time")]
    Busy,
    /// A defect of ours.
    #[error("a password could not be hashed")]
    Broken,
}

/// Hashes and checks passwords.
#[derive(Clone, Debug)]
pub struct Passwords {
    workers: Arc<Semaphore>,
    places: Arc<Semaphore>,
    params: Params,
    /// Memory of workers that are idle. Each hash takes 19 MiB: taken anew every time, the allocator
    /// would keep some of it for every thread that ever hashed.
    memory: Arc<Mutex<Vec<Memory>>>,
}

type Memory = Vec<Block>;

impl Passwords {
    /// With so many computing at a time.
    #[must_use]
    pub fn new(workers: usize) -> Self {
        let workers = workers.max(1);
        Self {
            workers: Arc::new(Semaphore::new(workers)),
            places: Arc::new(Semaphore::new(workers * (1 + WAITING_PER_WORKER))),
            params: Params::new(MEMORY_KIB, PASSES, LANES, None).unwrap_or_default(),
            memory: Arc::default(),
        }
    }

    /// The hash of a password, with its settings and a new salt, in the PHC string format.
    ///
    /// # Errors
    /// [`PasswordFailure`].
    pub async fn hash(&self, secret: String, entropy: &dyn Entropy) -> Result<String, PasswordFailure> {
        let mut salt = [0_u8; 16];
        entropy.fill(&mut salt);
        let secret = Zeroizing::new(secret);
        let params = self.params.clone();
        self.work(move |memory| {
            let output = digest(&secret, &salt, &params, memory)?;
            let salt = SaltString::encode_b64(&salt).map_err(|_| PasswordFailure::Broken)?;
            let hash = PasswordHash {
                algorithm: Algorithm::Argon2id.ident(),
                version: Some(Version::V0x13.into()),
                params: ParamsString::try_from(&params).map_err(|_| PasswordFailure::Broken)?,
                salt: Some(salt.as_salt()),
                hash: Some(output),
            };
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether it is the password of the hash. Without a hash, as for an unknown login, it takes as
    /// long and is false.
    ///
    /// # Errors
    /// [`PasswordFailure`].
    pub async fn verify(&self, secret: String, hash: Option<String>) -> Result<bool, PasswordFailure> {
        let secret = Zeroizing::new(secret);
        self.work(move |memory| {
            let known = hash.is_some();
            let text = hash.unwrap_or_else(|| DECOY.to_owned());
            let parsed = PasswordHash::new(&text).map_err(|_| PasswordFailure::Broken)?;
            let made_by_us = parsed.algorithm == Algorithm::Argon2id.ident()
                && parsed.version == Some(Version::V0x13.into());
            let (Some(salt), Some(expected), true) = (parsed.salt, parsed.hash, made_by_us) else {
                return Err(PasswordFailure::Broken);
            };
            let params = Params::try_from(&parsed).map_err(|_| PasswordFailure::Broken)?;
            let mut bytes = [0_u8; Salt::MAX_LENGTH];
            let salt = salt.decode_b64(&mut bytes).map_err(|_| PasswordFailure::Broken)?;
            // Compared in constant time: that is what an `Output` does.
            Ok(digest(&secret, salt, &params, memory)? == expected && known)
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Memory) -> Result<T, PasswordFailure> + Send + 'static,
    ) -> Result<T, PasswordFailure> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| PasswordFailure::Busy)?;
        let worker = self.workers.clone().acquire_owned().await.map_err(|_| PasswordFailure::Broken)?;
        let idle = self.memory.clone();
        tokio::task::spawn_blocking(move || {
            // Held until the work is done, even when nobody waits for it any more.
            let _held = (place, worker);
            let mut memory = idle.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            let done = job(&mut memory);
            // Never more of them than workers.
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
            done
        })
        .await
        .map_err(|_| PasswordFailure::Broken)?
    }
}

/// The Argon2id digest of a password, computed in this memory.
fn digest(
    secret: &Zeroizing<String>,
    salt: &[u8],
    params: &Params,
    memory: &mut Memory,
) -> Result<Output, PasswordFailure> {
    memory.resize(params.block_count(), Block::new());
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    Output::init_with(length, |out| {
        argon.hash_password_into_with_memory(secret.as_bytes(), salt, out, memory).map_err(Into::into)
    })
    .map_err(|_| PasswordFailure::Broken)
}

/// The hash of nobody's password with the settings above, for logins that don't exist.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bWFpcCBkZWNveSBzYWx0$\
                     AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::Counting;

    #[tokio::test]
    async fn a_password_is_known_again_and_another_is_not() {
        let passwords = Passwords::new(1);
        let hash = passwords.hash("figs and apricots".into(), &Counting::new(1)).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_eq!(passwords.verify("figs and apricots".into(), Some(hash.clone())).await, Ok(true));
        assert_eq!(passwords.verify("figs and apricot".into(), Some(hash)).await, Ok(false));
    }

    #[tokio::test]
    async fn any_reader_of_the_format_reads_the_hash_and_memory_is_used_again() {
        use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
        let passwords = Passwords::new(2);
        let hash = passwords.hash("figs and apricots".into(), &Counting::new(1)).await.unwrap();
        let parsed = PasswordHash::new(&hash).unwrap();
        assert!(Argon2::default().verify_password(b"figs and apricots", &parsed).is_ok());
        assert!(Argon2::default().verify_password(b"figs", &parsed).is_err());
        // One that another program made, with other settings.
        let salt = SaltString::encode_b64(b"sixteen bytes...").unwrap();
        let params = Params::new(8 * 1024, 1, 1, None).unwrap();
        let other = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let other = other.hash_password(b"dates and mangoes", &salt).unwrap().to_string();
        for (secret, right) in [("dates and mangoes", true), ("dates", false)] {
            assert_eq!(passwords.verify(secret.into(), Some(other.clone())).await, Ok(right));
        }
        assert_eq!(passwords.memory.lock().unwrap().len(), 1);
        // What an earlier hash left in the memory changes nothing.
        assert_eq!(passwords.verify("figs and apricots".into(), Some(hash)).await, Ok(true));
    }

    #[tokio::test]
    async fn nobodys_password_is_never_right() {
        assert_eq!(Passwords::new(1).verify("anything at all".into(), None).await, Ok(false));
    }

    #[tokio::test]
    async fn more_than_can_wait_are_turned_away() {
        let passwords = Passwords::new(1);
        let all = passwords.places.clone().acquire_many_owned(17).await.unwrap();
        assert_eq!(passwords.verify("x".into(), None).await, Err(PasswordFailure::Busy));
        drop(all);
        assert_eq!(passwords.verify("x".into(), None).await, Ok(false));
    }
}
