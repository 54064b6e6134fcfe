//! `maip config`: the effective values and where each comes from, without secrets.

use std::fmt::Write as _;

use super::Config;
use super::settings::{Fallback, SETTINGS, Setting};
use super::sources::Given;

/// A line for each setting: its name, its value, its source.
pub fn show(config: &Config) -> String {
    let rows: Vec<[String; 3]> = SETTINGS
        .iter()
        .zip(config.given())
        .map(|(setting, given)| {
            [setting.name.to_owned(), shown(setting, given), format!("({})", given.source)]
        })
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (names, values) = (width(0), width(1).min(48));
    let mut text = String::new();
    for [name, value, source] in rows {
        // Writing to a string never fails.
        let _ = writeln!(text, "{name:names$}  {value:values$}  {source}");
    }
    text
}

fn shown(setting: &Setting, given: &Given) -> String {
    match (&given.value, setting.default) {
        (None, Fallback::Unset(meaning)) => format!("– {meaning}"),
        (None, Fallback::Value(value)) => value.to_owned(),
        (Some(value), _) if setting.is_secret() => mask(value),
        (Some(value), _) if value.is_empty() => "–".to_owned(),
        (Some(value), _) => value.clone(),
    }
}

/// A URL without its user, password and parameters; of any other secret only that it is there.
pub fn mask(secret: &str) -> String {
    let Some((scheme, rest)) = secret.split_once("://") else { return "***".to_owned() };
    if scheme == "sqlite" {
        return secret.to_owned();
    }
    let address = rest.split('?').next().unwrap_or_default();
    match address.rsplit_once('@') {
        Some((_, place)) => format!("{scheme}://***@{place}"),
        None => format!("{scheme}://{address}"),
    }
}

/// A URL with its user, without password and parameters: one that may be shown and still be used.
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return mask(url) };
    let address = rest.split('?').next().unwrap_or_default();
    match address.rsplit_once('@') {
        Some((who, place)) => {
            let user = who.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}@{place}")
        }
        None => format!("{scheme}://{address}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_masked_whatever_it_looks_like() {
        assert_eq!(mask("postgres://u:p@h:5432/maip?sslmode=require"), "postgres://***@h:5432/maip");
        assert_eq!(mask("postgres://u:p@ss@h/maip"), "postgres://***@h/maip");
        assert_eq!(mask("postgres://h/maip?password=x"), "postgres://h/maip");
        assert_eq!(mask("k1 00ff"), "***");
        assert_eq!(mask("sqlite://./maip.db"), "sqlite://./maip.db");
    }

    #[test]
    fn a_url_to_paste_keeps_its_user_and_nothing_secret() {
        assert_eq!(without_password("postgres://u:p@ss@h:5432/maip?password=x"), "postgres://u@h:5432/maip");
        assert_eq!(without_password("postgres://u@h/maip"), "postgres://u@h/maip");
        assert_eq!(without_password("postgres://h/maip?password=x"), "postgres://h/maip");
    }
}
