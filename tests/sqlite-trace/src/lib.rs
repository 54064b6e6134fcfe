//! For tests: the statements that SQLite itself runs, whoever sends them, by its
//! [trace hook](https://www.sqlite.org/c3ref/trace_v2.html).

mod hook;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The statements of the files that are traced.
static STATEMENTS: Mutex<Option<HashMap<PathBuf, Vec<String>>>> = Mutex::new(None);

/// A database file of this process whose statements are kept, until this is dropped.
#[derive(Debug)]
pub struct Trace {
    file: PathBuf,
}

impl Trace {
    /// Keeps the statements of each connection to the file that this process opens from now on, reads and writes, the
    /// ends of transactions among them; not what SQLite runs inside one of them for triggers and indexes. The file may not be there yet; its folder must.
    ///
    /// # Panics
    /// The folder isn't there, or SQLite takes no hook.
    #[must_use]
    pub fn of(file: &Path) -> Self {
        hook::install();
        let name = file.file_name().expect("a file has a name");
        let folder =
            file.parent().expect("a file is in a folder").canonicalize().expect("its folder is there");
        let file = folder.join(name);
        all().get_or_insert_default().insert(file.clone(), Vec::new());
        Self { file }
    }

    /// All statements so far, oldest first.
    #[must_use]
    pub fn statements(&self) -> Vec<String> {
        all().get_or_insert_default().get(&self.file).cloned().unwrap_or_default()
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        all().get_or_insert_default().remove(&self.file);
    }
}

/// What a statement's triggers and its indexes of full text run inside it begins so.
const WITHIN: &str = "--";

/// Called for each statement that begins to run.
fn began(file: &Path, text: &str) {
    if text.starts_with(WITHIN) {
        return;
    }
    if let Some(kept) = all().get_or_insert_default().get_mut(file) {
        kept.push(text.to_owned());
    }
}

fn all() -> MutexGuard<'static, Option<HashMap<PathBuf, Vec<String>>>> {
    STATEMENTS.lock().unwrap_or_else(PoisonError::into_inner)
}
