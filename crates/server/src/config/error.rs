//! What can be wrong with a configuration.

use std::path::PathBuf;

use super::sources::Source;

/// A configuration that can't be used. No value of a secret is part of it.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A key that no setting has.
    #[error("{place}: unknown setting `{key}`{}", nearest_to(nearest.as_ref()))]
    Unknown {
        /// The file, or the environment.
        place: String,
        /// As it was written.
        key: String,
        /// As it may have been meant, where anything is near.
        nearest: Option<String>,
    },
    /// A value that the setting can't have.
    #[error("{from}: `{name}` {problem}")]
    Value {
        /// Who gave it.
        from: Source,
        /// The setting.
        name: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// A secret given twice in one place.
    #[error("{place}: both `{name}` and `{file}` are given; give one")]
    Both {
        /// The file, or the environment.
        place: String,
        /// The setting, as it is called there.
        name: String,
        /// The file that holds it, as it is called there.
        file: String,
    },
    /// A file that can't be read.
    #[error("{from}: {} can't be read: {error}", path.display())]
    Unreadable {
        /// Who named it.
        from: String,
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The file isn't TOML.
    #[error("{}: {problem}", path.display())]
    Toml {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        problem: String,
    },
}

fn nearest_to(nearest: Option<&String>) -> String {
    match nearest {
        Some(nearest) => format!("; the nearest one is `{nearest}`"),
        None => "; `maip config` lists all settings, which are in no tables".to_owned(),
    }
}
