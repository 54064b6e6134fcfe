//! The configuration: flags over `MAIP_*` variables over a TOML file over defaults.

pub mod error;
mod nearest;
pub mod settings;
pub mod show;
pub mod sources;
#[cfg(test)]
mod tests;
mod values;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use maip_api::ApiSettings;
use maip_api::partners::Prepared;
use maip_domain::lessons::AttachmentLimits;
use maip_http::{HttpSettings, Network, Published, Rate, RateLimits};
use maip_persistence::files::QueueLimits;

pub use self::error::ConfigError;
use self::sources::{Given, Inputs, gather};
use self::values::Values;
use crate::file_store::{FileStore, FilesConfig, S3};
use crate::mail::{MailSettingsError, SmtpMail};

/// The effective configuration.
#[derive(Debug)]
pub struct Config {
    /// Where the installation keeps files.
    pub data_dir: PathBuf,
    /// The database's URL, with its password.
    pub database_url: String,
    /// Connections to it at most.
    pub database_connections: u32,
    /// The most that SQLite's file may grow to.
    pub sqlite_most_bytes: Option<u64>,
    /// The text of the key file, where it isn't the file in the data directory.
    pub keys: Option<String>,
    /// The address to listen on.
    pub host: String,
    /// The port to listen on; 0 picks a free one.
    pub port: u16,
    /// What is logged.
    pub log: String,
    /// How it is logged.
    pub log_format: LogFormat,
    /// The settings of the API.
    pub api: ApiSettings,
    /// The settings of HTTP.
    pub http: HttpSettings,
    /// How many seconds an access token works.
    pub access_token_seconds: u32,
    /// How many days events are kept.
    pub event_days: u32,
    /// Where files are kept.
    pub files: FilesConfig,
    /// What mail is sent by.
    pub mail: Option<Arc<SmtpMail>>,
    /// Every setting's value and source, in their order.
    given: Vec<Given>,
}

/// How it is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// `Human` on a terminal, `Json` elsewhere.
    Auto,
    /// For people.
    Human,
    /// For machines: an object a line.
    Json,
}

impl Config {
    /// Reads the configuration.
    pub fn read(inputs: &Inputs) -> Result<Self, ConfigError> {
        let given = gather(inputs)?;
        let values = Values::new(&given);
        let data_dir = PathBuf::from(values.text("data_dir")?);
        let database_url = match values.optional("database_url")? {
            Some(url) => checked_url(&values, url)?,
            None => format!("sqlite://{}", data_dir.join("maip.db").display()),
        };
        let http = HttpSettings {
            cors_origins: cors_origins(&values)?,
            trusted_proxies: trusted_proxies(&values)?,
            max_body_bytes: values.count("max_body_bytes")?,
            header_timeout: seconds(&values, "header_timeout_seconds")?,
            keep_alive_timeout: seconds(&values, "keep_alive_timeout_seconds")?,
            request_timeout: seconds(&values, "request_timeout_seconds")?,
            longest_stall: seconds(&values, "send_timeout_seconds")?,
            upload_timeout: seconds(&values, "upload_timeout_seconds")?,
            max_concurrent_uploads: values.count("max_concurrent_uploads")?,
            shutdown_timeout: seconds(&values, "shutdown_timeout_seconds")?,
            max_concurrent_requests: values.count("max_concurrent_requests")?,
            // More would only wait for each other's connections.
            executed_at_once: values.count("database_connections")?,
            max_connections: values.count("max_connections")?,
            max_streams_per_caller: values.count("max_streams_per_caller")?,
            rate_limits: RateLimits {
                anonymous: Rate::per_minute(values.count("rate_limit_anonymous")?),
                authenticated: Rate::per_minute(values.count("rate_limit_account")?),
                anonymous_cost: cost_limit(&values, "rate_limit_anonymous_cost", "rate_limit_anonymous")?,
                authenticated_cost: cost_limit(&values, "rate_limit_account_cost", "rate_limit_account")?,
                sign_in: Rate::per_minute(values.count("rate_limit_sign_in")?),
                refresh: Rate::per_minute(values.count("rate_limit_refresh")?),
            },
            published: published(&values)?,
        };
        let log_format = match values.choice("log_format")? {
            "human" => LogFormat::Human,
            "json" => LogFormat::Json,
            _ => LogFormat::Auto,
        };
        Ok(Self {
            database_url,
            database_connections: values.count("database_connections")?,
            sqlite_most_bytes: Some(values.count::<u64>("sqlite_max_mebibytes")? << 20)
                .filter(|bytes| *bytes > 0),
            keys: values.optional("keys")?.map(str::to_owned),
            host: values.text("host")?.to_owned(),
            port: values.count("port")?,
            log: checked_log(&values)?,
            log_format,
            api: api_settings(&values)?,
            http,
            access_token_seconds: values.count("access_token_seconds")?,
            event_days: values.count("event_retention_days")?,
            files: files(&values, &data_dir)?,
            mail: mail(&values)?,
            data_dir,
            given,
        })
    }

    /// Every setting's value and source, in their order.
    pub fn given(&self) -> &[Given] {
        &self.given
    }
}

fn seconds(values: &Values<'_>, name: &'static str) -> Result<Duration, ConfigError> {
    values.count(name).map(Duration::from_secs)
}

/// What requests may cost on average, where nobody says: a list of twenty lessons as a frontend asks for it
/// costs less.
const COST_OF_A_REQUEST: u32 = 300;

/// With less than one operation may cost, that operation could never be executed; nor could what harvests and exports read,
/// which has a bound of its own.
fn cost_limit(values: &Values<'_>, name: &'static str, requests: &'static str) -> Result<Rate, ConfigError> {
    let most = values.count::<u32>("max_query_cost")?;
    let dearest = most.max(Prepared::MOST_COST);
    if values.optional(name)?.is_none() {
        let requests = values.count::<u32>(requests)?;
        let enough = if requests == 0 { 0 } else { requests.saturating_mul(COST_OF_A_REQUEST).max(dearest) };
        return Ok(Rate::per_minute(enough));
    }
    let limit = values.count::<u32>(name)?;
    if (1..dearest).contains(&limit) {
        let what = if most < dearest { "what a page of an export may cost" } else { "max_query_cost" };
        return Err(values.wrong(name, format!("must be 0, or at least {what}, which is {dearest}")));
    }
    Ok(Rate::per_minute(limit))
}

/// Origins as browsers send them, which are compared letter by letter: one that is written otherwise would let nobody in.
fn cors_origins(values: &Values<'_>) -> Result<Vec<String>, ConfigError> {
    let origins = values.list("cors_origins")?;
    for origin in &origins {
        let place = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-._:[]".contains(c);
        if *origin != "*" && !place.is_some_and(|place| !place.is_empty() && place.chars().all(plain)) {
            let problem = format!(
                "has {origin:?}, which is no origin: write it as browsers do, such as https://app.example.org or \
                 http://localhost:3000, in small letters, without a path and without a slash at its end; or *"
            );
            return Err(values.wrong("cors_origins", problem));
        }
    }
    Ok(origins.into_iter().map(str::to_owned).collect())
}

fn mail(values: &Values<'_>) -> Result<Option<Arc<SmtpMail>>, ConfigError> {
    let Some(url) = values.optional("smtp_url")? else { return Ok(None) };
    let Some(from) = values.optional("smtp_from")? else {
        return Err(values
            .wrong("smtp_from", "is needed with `smtp_url`: the address that mail comes from".to_owned()));
    };
    SmtpMail::new(url, from).map(|mail| Some(Arc::new(mail))).map_err(|error| {
        let name = if error == MailSettingsError::From { "smtp_from" } else { "smtp_url" };
        values.wrong(name, error.to_string())
    })
}

fn files(values: &Values<'_>, data_dir: &Path) -> Result<FilesConfig, ConfigError> {
    let mebibytes = |name| values.count::<u64>(name).map(|count| count << 20);
    let store = FileStore::read(
        values.optional("files")?,
        data_dir,
        &S3 {
            endpoint: values.optional("s3_endpoint")?,
            region: values.text("s3_region")?,
            access_key_id: values.optional("s3_access_key_id")?,
            secret_access_key: values.optional("s3_secret_access_key")?,
        },
    )
    .map_err(|(name, problem)| values.wrong(name, problem))?;
    Ok(FilesConfig {
        store,
        limits: AttachmentLimits {
            photo_bytes: mebibytes("max_photo_mebibytes")?,
            document_bytes: mebibytes("max_document_mebibytes")?,
            audio_bytes: mebibytes("max_audio_mebibytes")?,
            photo_pixels: values.count::<u64>("max_photo_megapixels")? * 1_000_000,
            account_bytes: Some(mebibytes("max_account_mebibytes")?).filter(|bytes| *bytes > 0),
        },
        photo_limits: QueueLimits {
            at_once: values.count("photos_at_once")?,
            mebibytes: values.count("photos_memory_mebibytes")?,
            waiting: values.count("photos_waiting")?,
            longest: seconds(values, "photo_timeout_seconds")?,
        },
        public_url: public_url(values)?.to_owned(),
    })
}

fn public_url<'a>(values: &Values<'a>) -> Result<&'a str, ConfigError> {
    let url = values.optional("public_url")?.unwrap_or_default();
    if url.is_empty() || ["https://", "http://"].iter().any(|scheme| url.starts_with(scheme)) {
        Ok(url)
    } else {
        Err(values.wrong("public_url", "must begin with https:// or http://".to_owned()))
    }
}

fn published(values: &Values<'_>) -> Result<Published, ConfigError> {
    let text = |name| values.optional(name).map(|value| value.unwrap_or_default().trim().to_owned());
    let oai_host = text("oai_host")?;
    let domain = oai_host.starts_with(|first: char| first.is_ascii_alphabetic())
        && oai_host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    if !oai_host.is_empty() && !domain {
        return Err(
            values.wrong("oai_host", "must be the name of a domain, such as maip.example.org".to_owned())
        );
    }
    let contact_email = text("contact_email")?;
    let address =
        contact_email.split_once('@').is_some_and(|(local, host)| !local.is_empty() && !host.is_empty())
            && !contact_email.contains(char::is_whitespace);
    if !contact_email.is_empty() && !address {
        return Err(values.wrong("contact_email", "must be an e-mail address".to_owned()));
    }
    Ok(Published { url: public_url(values)?.to_owned(), oai_host, contact_email, licence: text("licence")? })
}

fn api_settings(values: &Values<'_>) -> Result<ApiSettings, ConfigError> {
    let per_minute: u32 = values.count("rate_limit_account")?;
    Ok(ApiSettings {
        max_depth: values.count("max_query_depth")?,
        max_cost: values.count("max_query_cost")?,
        introspection: values.choice("introspection")? == "on",
        trusted_only: values.choice("operations")? == "trusted",
        time_limit: seconds(values, "request_timeout_seconds")?,
        max_body_bytes: values.count("max_body_bytes")?,
        requests_per_minute: Some(per_minute).filter(|count| *count > 0),
        ..ApiSettings::default()
    })
}

fn trusted_proxies(values: &Values<'_>) -> Result<Vec<Network>, ConfigError> {
    let parsed = values.list("trusted_proxies")?.into_iter().map(|text| {
        text.parse::<Network>().map_err(|error| values.wrong("trusted_proxies", error.to_string()))
    });
    parsed.collect()
}

fn checked_url(values: &Values<'_>, url: &str) -> Result<String, ConfigError> {
    let known = ["postgres://", "postgresql://", "sqlite://"];
    if known.iter().any(|scheme| url.starts_with(scheme)) {
        return match maip_persistence::database_url::check(url) {
            Ok(()) => Ok(url.to_owned()),
            Err(reason) => Err(values.wrong("database_url", format!("can't be read: {reason}"))),
        };
    }
    let problem = "must begin with postgres:// or sqlite://".to_owned();
    Err(values.wrong("database_url", problem))
}

fn checked_log(values: &Values<'_>) -> Result<String, ConfigError> {
    let text = values.text("log")?;
    match text.parse::<tracing_subscriber::EnvFilter>() {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(values.wrong("log", format!("can't be read: {error}"))),
    }
}
