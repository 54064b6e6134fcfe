//! The `maip` binary under test.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use xtask::exec;

/// Where the binary is: `MAIP_TEST_BINARY`, else built now, once.
pub fn path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        if let Some(named) = std::env::var_os("MAIP_TEST_BINARY") {
            let named = PathBuf::from(named);
            assert!(named.is_file(), "MAIP_TEST_BINARY names no file: {}", named.display());
            return named;
        }
        exec::run(&mut exec::cargo("build", &["--quiet", "--package", "maip"]))
            .expect("the maip binary builds");
        exec::target_dir().join("debug").join(format!("maip{}", std::env::consts::EXE_SUFFIX))
    })
}

/// Tells this build of the binary from others, so that a database migrated by another build is not taken for its own.
pub fn fingerprint() -> &'static str {
    static FINGERPRINT: OnceLock<String> = OnceLock::new();
    FINGERPRINT.get_or_init(|| {
        let file = path().metadata().expect("the binary is there");
        let mut hasher = DefaultHasher::new();
        (path(), file.len(), file.modified().expect("files have times")).hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    })
}
