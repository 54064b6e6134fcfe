//! Where values come from: flags over the environment over a file over defaults.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::error::ConfigError;
use super::nearest::nearest;
use super::settings::{Fallback, Kind, SETTINGS, Setting};

/// The variable that names the file.
const FILE_VARIABLE: &str = "MAIP_CONFIG";
/// Variables of the tests, which are no settings.
const TEST_PREFIX: &str = "MAIP_TEST_";
/// The file that is read where nobody names one.
const DEFAULT_FILE: &str = "maip.toml";

/// Who gave a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A flag.
    Flag(String),
    /// A variable of the environment.
    Variable(String),
    /// A key of the file.
    File(PathBuf),
    /// Nobody.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "--{flag}"),
            Self::Variable(name) => f.write_str(name),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A setting's value as text, and who gave it; `None` where it is unset.
#[derive(Clone, Debug)]
pub struct Given {
    pub value: Option<String>,
    pub source: Source,
}

/// What the command line gives: flags by their setting's name (with `_file` for a secret's file).
pub type Flags = BTreeMap<String, String>;

/// The inputs of a configuration.
#[derive(Debug, Default)]
pub struct Inputs {
    pub flags: Flags,
    /// `--config`.
    pub file: Option<PathBuf>,
    /// The whole environment.
    pub environment: Vec<(String, String)>,
    /// Other defaults than the settings' own, as some commands have them.
    pub defaults: Vec<(&'static str, String)>,
    /// The current folder, where the default file is looked for.
    pub folder: PathBuf,
}

/// Gathers the value of every setting, in their order.
pub fn gather(inputs: &Inputs) -> Result<Vec<Given>, ConfigError> {
    let environment = from_environment(&inputs.environment)?;
    let file = match file_path(inputs) {
        Some((path, from)) => Some((from_file(&path, &from)?, path)),
        None => None,
    };
    let known = inputs.defaults.iter().cloned().collect::<BTreeMap<_, _>>();
    SETTINGS
        .iter()
        .map(|setting| {
            let flag = in_layer(&inputs.flags, setting, "the command line", &|name| {
                Source::Flag(name.replace('_', "-"))
            })?;
            if let Some(given) = flag {
                return Ok(given);
            }
            let variable = |name: &str| Source::Variable(Setting::variable_of(name));
            if let Some(given) = in_layer(&environment, setting, "the environment", &variable)? {
                return Ok(given);
            }
            if let Some((values, path)) = &file {
                let place = path.display().to_string();
                if let Some(given) = in_layer(values, setting, &place, &|_| Source::File(path.clone()))? {
                    return Ok(given);
                }
            }
            let value = match (known.get(setting.name), setting.default) {
                (Some(value), _) => Some(value.clone()),
                (None, Fallback::Value(value)) => Some(value.to_owned()),
                (None, Fallback::Unset(_)) => None,
            };
            Ok(Given { value, source: Source::Default })
        })
        .collect()
}

/// A setting's value in one layer: itself, or for a secret the content of a file.
fn in_layer(
    layer: &BTreeMap<String, String>,
    setting: &Setting,
    place: &str,
    source: &dyn Fn(&str) -> Source,
) -> Result<Option<Given>, ConfigError> {
    let file_name = format!("{}_file", setting.name);
    let file = layer.get(&file_name).filter(|_| setting.is_secret());
    match (layer.get(setting.name), file) {
        (Some(_), Some(_)) => Err(ConfigError::Both {
            place: place.to_owned(),
            name: source(setting.name).to_string().trim_start_matches("--").to_owned(),
            file: source(&file_name).to_string().trim_start_matches("--").to_owned(),
        }),
        (Some(value), None) => Ok(Some(Given { value: Some(value.clone()), source: source(setting.name) })),
        (None, Some(path)) => {
            let source = source(&file_name);
            let path = PathBuf::from(path);
            let content = std::fs::read_to_string(&path).map_err(|error| ConfigError::Unreadable {
                from: source.to_string(),
                path,
                error,
            })?;
            // Editors end a file with a line break, which is no part of a secret.
            let value = content.trim_end_matches(['\r', '\n']).to_owned();
            Ok(Some(Given { value: Some(value), source }))
        }
        (None, None) => Ok(None),
    }
}

/// Variables by their setting's name.
fn from_environment(environment: &[(String, String)]) -> Result<BTreeMap<String, String>, ConfigError> {
    let mut values = BTreeMap::new();
    for (variable, value) in environment {
        let Some(name) = variable.strip_prefix("MAIP_") else { continue };
        if variable == FILE_VARIABLE || variable.starts_with(TEST_PREFIX) {
            continue;
        }
        let name = name.to_lowercase();
        if !is_known(&name) || *variable != Setting::variable_of(&name) {
            let nearest = nearest_key(&name);
            return Err(ConfigError::Unknown {
                place: "the environment".to_owned(),
                key: variable.clone(),
                nearest: nearest.as_deref().map(Setting::variable_of),
            });
        }
        values.insert(name, value.clone());
    }
    Ok(values)
}

/// The file to read, and who named it.
fn file_path(inputs: &Inputs) -> Option<(PathBuf, String)> {
    if let Some(path) = &inputs.file {
        return Some((path.clone(), "--config".to_owned()));
    }
    let variable = inputs.environment.iter().find(|(name, _)| name == FILE_VARIABLE);
    if let Some((name, path)) = variable {
        return Some((PathBuf::from(path), name.clone()));
    }
    let path = inputs.folder.join(DEFAULT_FILE);
    path.is_file().then_some((path, DEFAULT_FILE.to_owned()))
}

fn from_file(path: &Path, from: &str) -> Result<BTreeMap<String, String>, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
        from: from.to_owned(),
        path: path.to_owned(),
        error,
    })?;
    let table: toml::Table = toml::from_str(&text)
        .map_err(|error| ConfigError::Toml { path: path.to_owned(), problem: broken_toml(&text, &error) })?;
    let mut values = BTreeMap::new();
    for (key, value) in table {
        if !is_known(&key) {
            return Err(unknown_in_file(path, &key, &value));
        }
        let Some(text) = as_text(&value) else {
            let setting = SETTINGS.iter().find(|setting| setting.name == key);
            return Err(ConfigError::Value {
                from: Source::File(path.to_owned()),
                name: setting.map_or("this", |setting| setting.name),
                problem: "must be a text, a number or a list of texts".to_owned(),
            });
        };
        values.insert(key, text);
    }
    Ok(values)
}

/// Keys are in no tables: of one with a table, its first key is what was meant.
fn unknown_in_file(path: &Path, key: &str, value: &toml::Value) -> ConfigError {
    let inner = value.as_table().and_then(|table| table.keys().next());
    let nearest = match inner {
        Some(inner) if is_known(inner) => Some(inner.clone()),
        Some(inner) => nearest_key(&format!("{key}_{inner}")),
        None => nearest_key(key),
    };
    let key = inner.map_or_else(|| key.to_owned(), |inner| format!("{key}.{inner}"));
    ConfigError::Unknown { place: path.display().to_string(), key, nearest }
}

/// The line and the reason, without the line's text: a secret may stand in it.
fn broken_toml(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().map_or(0, |span| text[..span.start.min(text.len())].matches('\n').count()) + 1;
    format!("line {line}: {}", error.message())
}

fn as_text(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Array(items) => {
            let items: Option<Vec<&str>> = items.iter().map(toml::Value::as_str).collect();
            items.map(|items| items.join(","))
        }
        _ => None,
    }
}

fn is_known(key: &str) -> bool {
    keys().any(|known| known == key)
}

fn nearest_key(key: &str) -> Option<String> {
    let known: Vec<String> = keys().collect();
    nearest(key, known.iter().map(String::as_str)).map(str::to_owned)
}

/// Every key: the settings, and the files of those that are secrets.
fn keys() -> impl Iterator<Item = String> {
    SETTINGS.iter().flat_map(|setting| {
        let file = (setting.kind == Kind::Secret).then(|| format!("{}_file", setting.name));
        std::iter::once(setting.name.to_owned()).chain(file)
    })
}
