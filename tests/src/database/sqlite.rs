//! SQLite: the template is a folder below the build folder, copied whole.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use crate::binary;

/// A template of a build that is no longer used goes after this time.
const KEPT: Duration = Duration::from_hours(24);

/// Copies the template's data directory and gives the URL of the database in it.
pub fn clone_template(data_dir: &Path) -> String {
    copy_files(template(), data_dir);
    url(data_dir)
}

fn url(data_dir: &Path) -> String {
    format!("sqlite://{}", data_dir.join("maip.db").display())
}

fn template() -> &'static Path {
    static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let parent = xtask::exec::target_dir().join("maip-tests");
        fs::create_dir_all(&parent).expect("the build folder can be written");
        let finished = parent.join(format!("sqlite-{}", binary::fingerprint()));
        if !finished.is_dir() {
            sweep(&parent);
            let growing = tempfile::tempdir_in(&parent).expect("the build folder can be written");
            super::migrate(&url(growing.path()), growing.path());
            // Another process may have been quicker; its template is as good.
            if fs::rename(growing.path(), &finished).is_ok() {
                let _moved_away = growing.keep();
            }
            assert!(finished.is_dir(), "{} cannot be made", finished.display());
        }
        finished
    })
}

fn sweep(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let age =
            entry.metadata().and_then(|file| file.modified()).map(|time| time.elapsed().unwrap_or_default());
        if age.is_ok_and(|age| age > KEPT) {
            // What cannot be deleted is only in the way of nobody.
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

fn copy_files(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("the template is there").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).expect("the data directory can be written");
            copy_files(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("the template can be copied");
        }
    }
}
