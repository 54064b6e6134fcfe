use std::path::PathBuf;

use super::sources::{Flags, Inputs};
use super::*;

fn inputs(flags: &[(&str, &str)], environment: &[(&str, &str)], toml: Option<&str>) -> (Inputs, Folder) {
    let folder = Folder::new();
    if let Some(toml) = toml {
        std::fs::write(folder.0.join("maip.toml"), toml).unwrap();
    }
    let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let inputs = Inputs {
        flags: owned(flags).into_iter().collect::<Flags>(),
        file: None,
        environment: owned(environment),
        defaults: Vec::new(),
        folder: folder.0.clone(),
    };
    (inputs, folder)
}

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("maip-config-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn read(
    flags: &[(&str, &str)],
    environment: &[(&str, &str)],
    toml: Option<&str>,
) -> Result<Config, ConfigError> {
    let (inputs, _folder) = inputs(flags, environment, toml);
    Config::read(&inputs)
}

fn refused(flags: &[(&str, &str)], environment: &[(&str, &str)], toml: Option<&str>) -> String {
    read(flags, environment, toml).unwrap_err().to_string()
}

#[test]
fn flags_win_over_variables_over_the_file_over_defaults() {
    let toml = Some("port = 1\nhost = \"file\"\nmax_connections = 5");
    let environment = &[("MAIP_PORT", "2"), ("MAIP_HOST", "variable"), ("HOME", "/"), ("MAIP_TEST_X", "y")];
    let config = read(&[("port", "3")], environment, toml).unwrap();
    assert_eq!((config.port, config.host.as_str()), (3, "variable"));
    assert_eq!(config.http.max_connections, 5);
    assert_eq!(config.http.max_concurrent_requests, 256);
    let shown = show::show(&config);
    for (name, source) in [
        ("port ", "(--port)"),
        ("host ", "(MAIP_HOST)"),
        ("max_connections ", "maip.toml)"),
        ("log ", "(default)"),
    ] {
        let line = shown.lines().find(|line| line.starts_with(name)).unwrap();
        assert!(line.trim_end().ends_with(source), "{line}");
    }
}

#[test]
fn an_unknown_key_is_refused_and_the_nearest_named() {
    let text = refused(&[], &[("MAIP_DATABSE_URL", "postgres://u:secret@h/d")], None);
    assert!(text.contains("MAIP_DATABSE_URL") && text.contains("`MAIP_DATABASE_URL`"), "{text}");
    assert!(!text.contains("secret"), "{text}");
    let text = refused(&[], &[], Some("prot = 1"));
    assert!(text.contains("`prot`") && text.contains("`port`") && text.contains("maip.toml"), "{text}");
    assert!(refused(&[], &[("MAIP_PORT_FILE", "x")], None).contains("MAIP_PORT"));
    let text = refused(&[], &[], Some("[http]\nport = 1"));
    assert!(text.contains("`http.port`; the nearest one is `port`"), "{text}");
}

#[test]
fn a_value_that_cannot_be_is_refused_with_who_gave_it() {
    for (environment, expected) in [
        (("MAIP_PORT", "80800"), "MAIP_PORT: `port` must be a whole number from 0 to 65535"),
        (("MAIP_PORT", ""), "MAIP_PORT: `port` must be a whole number"),
        (("MAIP_LOG_FORMAT", "xml"), "MAIP_LOG_FORMAT: `log_format` must be one of auto, human, json"),
        (
            ("MAIP_TRUSTED_PROXIES", "10.0.0.0/8, nowhere"),
            "MAIP_TRUSTED_PROXIES: `trusted_proxies` \"nowhere\"",
        ),
        (("MAIP_LOG", "a=b=c"), "MAIP_LOG: `log` can't be read"),
        (("MAIP_HOST", ""), "MAIP_HOST: `host` must not be empty"),
        (("MAIP_DATABASE_URL", "mysql://u:secret@h/d"), "MAIP_DATABASE_URL: `database_url` must begin with"),
    ] {
        let text = refused(&[], &[environment], None);
        assert!(text.starts_with(expected), "{text}");
        assert!(!text.contains("secret"), "{text}");
    }
    let broken = refused(&[], &[], Some("port = 1\ndatabase_url = \"postgres://u:secret@h/d"));
    assert!(broken.contains("line 2") && !broken.contains("secret"), "{broken}");
    assert!(refused(&[], &[], Some("port = true")).contains("`port` must be a text, a number"));
}

#[test]
fn a_secret_may_be_a_file_and_is_never_shown() {
    let folder = Folder::new();
    let file = folder.0.join("url");
    std::fs::write(&file, "postgres://u:s3cret@h/d\n").unwrap();
    let path = file.display().to_string();
    let config = read(&[], &[("MAIP_DATABASE_URL_FILE", &path)], None).unwrap();
    assert_eq!(config.database_url, "postgres://u:s3cret@h/d");
    let shown = show::show(&config);
    assert!(!shown.contains("s3cret") && shown.contains("(MAIP_DATABASE_URL_FILE)"), "{shown}");
    let both = refused(&[], &[("MAIP_DATABASE_URL_FILE", &path), ("MAIP_DATABASE_URL", "sqlite://x")], None);
    assert!(both.contains("both"), "{both}");
    let missing = refused(&[], &[("MAIP_DATABASE_URL_FILE", "/nowhere/url")], None);
    assert!(missing.contains("/nowhere/url can't be read"), "{missing}");
}

#[test]
fn lists_are_texts_with_commas_or_lists() {
    for toml in ["cors_origins = [\"https://a\", \"https://b\"]", "cors_origins = \"https://a, https://b\""] {
        assert_eq!(read(&[], &[], Some(toml)).unwrap().http.cors_origins, ["https://a", "https://b"]);
    }
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let text = refused(&[], &[("MAIP_CONFIG", "/nowhere/maip.toml")], None);
    assert!(text.starts_with("MAIP_CONFIG: /nowhere/maip.toml can't be read"), "{text}");
}

#[test]
fn the_database_is_in_the_data_directory_unless_it_is_named() {
    let config = read(&[("data_dir", "/srv/maip")], &[], None).unwrap();
    assert_eq!(config.database_url, "sqlite:///srv/maip/maip.db");
}

#[test]
fn mail_needs_a_server_and_a_sender_and_shows_no_password() {
    assert!(read(&[], &[], None).unwrap().mail.is_none());
    let url = ("MAIP_SMTP_URL", "smtps://user:xyzzy@mail.example.org");
    let text = refused(&[], &[url], None);
    assert!(text.contains("smtp_from") && !text.contains("xyzzy"), "{text}");
    let text =
        refused(&[], &[("MAIP_SMTP_URL", "smtp://user:xyzzy@h"), ("MAIP_SMTP_FROM", "m@example.org")], None);
    assert!(text.contains("smtp_url") && !text.contains("xyzzy"), "{text}");
    let config = read(&[("smtp_from", "MAIP <m@example.org>")], &[url], None).unwrap();
    assert!(config.mail.is_some());
    assert!(!show::show(&config).contains("xyzzy"));
}

#[test]
fn the_size_of_sqlite_has_no_limit_but_one_that_is_given() {
    assert_eq!(read(&[], &[], None).unwrap().sqlite_most_bytes, None);
    let config = read(&[], &[("MAIP_SQLITE_MAX_MEBIBYTES", "2")], None).unwrap();
    assert_eq!(config.sqlite_most_bytes, Some(2 << 20));
}
