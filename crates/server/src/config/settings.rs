//! Every setting, declared once: flags, variables, the file, `maip config` and the table in
//! docs/operators.md all come from here.

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// Its key in the file; the variable is `MAIP_` and this in capitals, the flag has hyphens.
    pub name: &'static str,
    /// What a value looks like.
    pub kind: Kind,
    /// The value where nobody gives one.
    pub default: Fallback,
    /// One sentence.
    pub description: &'static str,
}

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// A text that is never shown. It can be given as a file: `<name>_file`.
    Secret,
    /// A file or a folder.
    Path,
    /// A whole number between these.
    Count(u64, u64),
    /// Texts, separated by commas; in the file also a list.
    List,
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// The value where nobody gives one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// This.
    Value(&'static str),
    /// None, which means what the text says.
    Unset(&'static str),
}

impl Setting {
    /// The name of the variable for a key.
    pub fn variable_of(name: &str) -> String {
        format!("MAIP_{}", name.to_uppercase())
    }

    /// The name of the flag, without its hyphens.
    pub fn flag(&self) -> String {
        self.name.replace('_', "-")
    }

    /// Whether it is never shown.
    pub fn is_secret(&self) -> bool {
        self.kind == Kind::Secret
    }
}

use Fallback::{Unset, Value};
use Kind::{Choice, Count, List, Path, Secret, Text};

const LARGEST: u64 = u32::MAX as u64;

/// The settings, in the order in which they are shown.
pub const SETTINGS: &[Setting] = &[
    setting(
        "data_dir",
        Path,
        Value("./maip-data"),
        "Folder of what the installation keeps beside a database server: the SQLite database and the key file.",
    ),
    setting(
        "database_url",
        Secret,
        Unset("maip.db in the data directory"),
        "The database: `postgres://user:password@host/name` or `sqlite://path`.",
    ),
    setting(
        "database_connections",
        Count(3, 1000),
        Value("24"),
        "Connections to the database at most, half of them for the reads of clients; one more listens while somebody is subscribed. So many requests are executed at once; where more want to be, callers take turns.",
    ),
    setting(
        "sqlite_max_mebibytes",
        Count(0, 1 << 24),
        Value("0"),
        "Largest size of the SQLite database in MiB: beyond it writes are refused and reads go on; 0 is no limit.",
    ),
    setting(
        "keys",
        Secret,
        Unset("the file `keys` in the data directory, made by `maip migrate`"),
        "Keys that seal logins and contact details: lines of an id and 64 hexadecimal digits, the newest last.",
    ),
    setting("host", Text, Value("127.0.0.1"), "Address to listen on; `0.0.0.0` is every one."),
    setting("port", Count(0, 65_535), Value("8080"), "Port to listen on; 0 picks a free one."),
    setting(
        "log",
        Text,
        Value("info"),
        "What is logged: `error`, `warn`, `info`, `debug`, `trace`, also by part, as in `info,maip_http=debug`.",
    ),
    setting(
        "log_format",
        Choice(&["auto", "human", "json"]),
        Value("auto"),
        "How it is logged; `auto` is `human` on a terminal and `json` elsewhere.",
    ),
    setting(
        "cors_origins",
        List,
        Value(""),
        "Origins whose pages may call the API, such as `https://app.example.org`; `*` is every one.",
    ),
    setting(
        "trusted_proxies",
        List,
        Value(""),
        "Addresses or networks of proxies whose `X-Forwarded-For` is believed, such as `10.0.0.0/8`.",
    ),
    setting("max_body_bytes", Count(1024, 1 << 30), Value("1048576"), "Largest request body in bytes."),
    setting(
        "header_timeout_seconds",
        Count(1, 600),
        Value("10"),
        "Seconds that a client may take to send the head of a request, from its first byte on, or the first message of a WebSocket.",
    ),
    setting(
        "keep_alive_timeout_seconds",
        Count(1, 3600),
        Value("75"),
        "Seconds that a connection is kept without a request; a proxy in front should keep it for less.",
    ),
    setting(
        "request_timeout_seconds",
        Count(1, 600),
        Value("30"),
        "Seconds that a request may take, the arrival of its body included.",
    ),
    setting(
        "send_timeout_seconds",
        Count(1, 600),
        Value("30"),
        "Seconds that a client may take nothing of what it is sent, before it is cut off.",
    ),
    setting(
        "shutdown_timeout_seconds",
        Count(0, 600),
        Value("30"),
        "Seconds that requests in flight may take to finish when the server is asked to stop.",
    ),
    // What harvests and exports read has five.
    setting("max_query_depth", Count(5, 100), Value("16"), "Levels of fields in a document at most."),
    setting(
        "max_query_cost",
        Count(1, 1_000_000),
        Value("5000"),
        "What an operation may cost at most: roughly the records that it can return.",
    ),
    setting(
        "introspection",
        Choice(&["on", "off"]),
        Value("on"),
        "Whether clients may ask for the schema itself; the explorer needs it.",
    ),
    setting(
        "operations",
        Choice(&["any", "trusted"]),
        Value("any"),
        "Which documents are executed: `any`, or only those that `maip operations import` has approved; the explorer then can't send its own.",
    ),
    setting(
        "max_concurrent_requests",
        Count(1, 100_000),
        Value("256"),
        "GraphQL requests that are executed or wait for their turn at most, three quarters of them of one caller; one more is answered with UNAVAILABLE.",
    ),
    setting(
        "max_connections",
        Count(1, 1_000_000),
        Value("4096"),
        "Open connections at most; for one more the longest idle ones are closed, of the address that has the most first, and where none is idle it waits.",
    ),
    setting(
        "max_streams_per_caller",
        Count(0, LARGEST),
        Value("100"),
        "WebSockets and event streams open at once at most, per account or API token, else per address; 0 is no limit.",
    ),
    setting(
        "rate_limit_anonymous",
        Count(0, LARGEST),
        Value("300"),
        "Requests a minute without credentials, per address; 0 is no limit.",
    ),
    setting(
        "rate_limit_account",
        Count(0, LARGEST),
        Value("1200"),
        "Requests a minute per account or API token; 0 is no limit.",
    ),
    setting(
        "rate_limit_anonymous_cost",
        Count(0, LARGEST),
        Unset("300 for each request of `rate_limit_anonymous`"),
        "Cost a minute of operations without credentials, per address; 0 is no limit, else at least `max_query_cost` and 1000.",
    ),
    setting(
        "rate_limit_account_cost",
        Count(0, LARGEST),
        Unset("300 for each request of `rate_limit_account`"),
        "Cost a minute of operations per account or API token; 0 is no limit, else at least `max_query_cost` and 1000.",
    ),
    setting(
        "rate_limit_sign_in",
        Count(0, LARGEST),
        Value("30"),
        "Attempts a minute to sign in, to sign up or to use a code, per address; 0 is no limit.",
    ),
    setting(
        "rate_limit_refresh",
        Count(0, LARGEST),
        Value("300"),
        "Sessions refreshed a minute, per address; 0 is no limit. A refused refresh token counts as an attempt to sign in.",
    ),
    setting(
        "access_token_seconds",
        Count(1, 3600),
        Value("600"),
        "Seconds that an access token works: then a client refreshes its session, and its streams end.",
    ),
    setting(
        "event_retention_days",
        Count(1, 3650),
        Value("30"),
        "Days that events are kept: for so long a subscription goes on after its cursor without a gap.",
    ),
    setting(
        "files",
        Text,
        Unset("the folder `files` in the data directory"),
        "Where files of lessons are kept: `file:` and a folder, or `s3://bucket/folder` for a store that speaks S3.",
    ),
    setting(
        "s3_endpoint",
        Text,
        Unset("that of AWS"),
        "Address of the S3 store, such as `https://s3.example.org`.",
    ),
    setting("s3_region", Text, Value("us-east-1"), "Region of the S3 store."),
    setting(
        "s3_access_key_id",
        Text,
        Unset("the role of the machine"),
        "Name of the key with which the S3 store is used.",
    ),
    setting(
        "s3_secret_access_key",
        Secret,
        Unset("the role of the machine"),
        "Secret of the key with which the S3 store is used.",
    ),
    setting(
        "public_url",
        Text,
        Unset("addresses of files are relative to that of the API"),
        "Address under which clients reach this installation, such as `https://maip.example.org`.",
    ),
    setting(
        "oai_host",
        Text,
        Unset("the host of `public_url`"),
        "Domain in the identifiers by which harvesters know lessons, such as `maip.example.org`; never change it.",
    ),
    setting(
        "contact_email",
        Text,
        Unset("`postmaster` at `oai_host`"),
        "Address that harvesters are told to write to.",
    ),
    setting(
        "licence",
        Text,
        Unset("none is said"),
        "Licence under which public lessons may be used, such as `https://creativecommons.org/licenses/by/4.0/`.",
    ),
    setting("max_photo_mebibytes", Count(1, 1024), Value("15"), "Largest photo in MiB."),
    setting(
        "max_photo_megapixels",
        Count(1, 1000),
        Value("50"),
        "Largest photo in millions of pixels: while it is decoded, it takes up to 10 bytes of memory a pixel.",
    ),
    setting("photos_at_once", Count(1, 64), Value("2"), "Photos decoded at a time at most."),
    setting(
        "photos_memory_mebibytes",
        Count(1, 65_536),
        Value("512"),
        "MiB of memory that photos take together while they are decoded; one that would take more goes alone.",
    ),
    setting(
        "photos_waiting",
        Count(0, 10_000),
        Value("32"),
        "Photos that wait to be decoded at most; one more is answered with UNAVAILABLE.",
    ),
    setting(
        "photo_timeout_seconds",
        Count(1, 3600),
        Value("60"),
        "Seconds that the decoding of a photo may take; until it begins, and while it goes on, the time of its \
         request stands still.",
    ),
    setting("max_document_mebibytes", Count(1, 1024), Value("20"), "Largest PDF in MiB."),
    setting("max_audio_mebibytes", Count(1, 2047), Value("50"), "Largest recording in MiB."),
    setting(
        "max_account_mebibytes",
        Count(0, 1_048_576),
        Value("1024"),
        "MiB that all files may take that one account has attached; 0 is no limit.",
    ),
    setting(
        "upload_timeout_seconds",
        Count(1, 86_400),
        Value("600"),
        "Seconds that a request with files may take to arrive.",
    ),
    setting(
        "max_concurrent_uploads",
        Count(1, 10_000),
        Value("16"),
        "Requests with files received at once at most; one more is answered with UNAVAILABLE.",
    ),
    setting(
        "smtp_url",
        Secret,
        Unset("no mail is sent; facilitators read codes out"),
        "Mail server: `smtps://user:password@host`, or `smtp://host` with `?tls=required`.",
    ),
    setting(
        "smtp_from",
        Text,
        Value(""),
        "Sender of mail, such as `MAIP <maip@example.org>`; needed with `smtp_url`.",
    ),
];

const fn setting(name: &'static str, kind: Kind, default: Fallback, description: &'static str) -> Setting {
    Setting { name, kind, default, description }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn names_are_distinct_and_none_looks_like_the_file_of_another() {
        for (index, setting) in SETTINGS.iter().enumerate() {
            assert!(SETTINGS[..index].iter().all(|other| other.name != setting.name), "{}", setting.name);
            let file = format!("{}_file", setting.name);
            assert!(SETTINGS.iter().all(|other| other.name != file), "{file}");
            assert!(setting.description.ends_with('.'), "{}", setting.name);
            assert!(!["config", "help"].contains(&setting.name));
        }
    }

    /// The table of docs/operators.md.
    fn table() -> String {
        let mut table = String::from("| setting | default | meaning |\n| --- | --- | --- |\n");
        for Setting { name, kind, default, description } in SETTINGS {
            let default = match default {
                Fallback::Value("") => "–".to_owned(),
                Fallback::Value(value) => format!("`{value}`"),
                Fallback::Unset(meaning) => (*meaning).to_owned(),
            };
            let secret = if *kind == Kind::Secret { " (secret)" } else { "" };
            let choices = match kind {
                Kind::Choice(words) => format!(" One of `{}`.", words.join("`, `")),
                _ => String::new(),
            };
            // Writing to a string never fails.
            let _ = writeln!(table, "| `{name}`{secret} | {default} | {description}{choices} |");
        }
        table
    }

    #[test]
    fn the_documentation_has_every_setting() {
        let page = include_str!("../../../../docs/operators.md");
        assert!(page.contains(&table()), "docs/operators.md should have:\n{}", table());
    }
}
