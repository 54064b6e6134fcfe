//! The `maip` binary: its commands and its settings under load.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use serde_json::json;

use crate::Failure;
use crate::load::{Call, Client};
use crate::process::Process;

const PASSWORD: &str = "bench words that nobody uses";

/// An installation: a binary, its data directory and its database.
#[derive(Clone, Debug)]
pub struct Maip {
    pub binary: PathBuf,
    pub data_dir: PathBuf,
    /// A PostgreSQL database; without it, SQLite in the data directory.
    pub url: Option<String>,
}

impl Maip {
    pub fn new(binary: &Path, data_dir: &Path, url: Option<&str>) -> Self {
        Self { binary: binary.to_owned(), data_dir: data_dir.to_owned(), url: url.map(str::to_owned) }
    }

    pub fn migrate(&self) -> Result<(), Failure> {
        self.run(&["migrate"])
    }

    /// Starts the server.
    pub fn serve(&self) -> Result<Process, Failure> {
        let mut command = self.command();
        command.arg("serve").env("MAIP_PORT", "0").env("MAIP_LOG", "warn");
        // One address sends all the load here.
        for limit in ["ANONYMOUS", "ACCOUNT", "SIGN_IN"] {
            command.env(format!("MAIP_RATE_LIMIT_{limit}"), "0");
        }
        // Room for 5,000 idle ones and the load.
        command.env("MAIP_MAX_CONNECTIONS", "8192").env("MAIP_MAX_STREAMS_PER_CALLER", "0");
        command.env("MAIP_DATABASE_CONNECTIONS", super::CONNECTIONS.to_string());
        Process::listening(&mut command)
    }

    /// Makes so many accounts that can sign in with [`sign_in`].
    pub fn accounts(&self, count: usize) -> Result<(), Failure> {
        let file = self.data_dir.join("bench-password");
        std::fs::write(&file, PASSWORD)?;
        let file = file.to_str().ok_or("the data directory's name is no text")?;
        for number in 0..count {
            let (login, name) = (login(number), format!("Bench member {number}"));
            self.run(&["admin", "create", "--login", &login, "--name", &name, "--password-file", file])?;
        }
        Ok(())
    }

    fn run(&self, arguments: &[&str]) -> Result<(), Failure> {
        let output = self.command().args(arguments).stdin(Stdio::null()).output()?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!("maip {}: {} {said}", arguments.join(" "), output.status).into())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command.current_dir(&self.data_dir).env("MAIP_DATA_DIR", &self.data_dir);
        if let Some(url) = &self.url {
            command.env("MAIP_DATABASE_URL", url);
        }
        command
    }
}

fn login(number: usize) -> String {
    format!("bench{number}@example.org")
}

/// What makes the accounts of [`Maip::accounts`] members of a platform, and nothing more, as SQL.
pub fn make_members(platform: &str) -> String {
    format!(
        "INSERT INTO memberships (id, revision, created_at, updated_at, platform_id, platform_country_code, \
         platform_region, account_id, member_sort_key, role, actor_type, status, since) \
         SELECT 'membership_' || substr(a.id, 9), 1, a.created_at, a.created_at, p.id, p.country_code, p.region, a.id, \
         a.sort_key, 'MEMBER', 'FARMER', 'ACTIVE', a.created_at FROM accounts a JOIN platforms p ON p.id = '{platform}' \
         WHERE a.display_name LIKE 'Bench member %'; \
         UPDATE accounts SET system_administrator = FALSE WHERE display_name LIKE 'Bench member %';"
    )
}

/// The call that signs the account of this number in.
pub fn sign_in_call(number: usize) -> Call {
    let query = "mutation SignIn($input: SignInInput!) { signIn(input: $input) { account { id } session { accessToken } \
                 userErrors { code message } } }";
    Call::graphql(query, &json!({ "input": { "login": login(number), "password": PASSWORD } }))
}

/// Someone who is signed in.
#[derive(Clone, Debug)]
pub struct Member {
    pub account: String,
    pub token: Arc<str>,
}

/// Signs so many of the accounts in.
pub async fn sign_in(process: &Process, count: usize) -> Result<Vec<Member>, Failure> {
    let mut client = Client::connect(process.address()).await?;
    let mut members = Vec::with_capacity(count);
    for number in 0..count {
        let data = client.data(&sign_in_call(number)).await?;
        let payload = &data["signIn"];
        let (Some(token), Some(account)) =
            (payload["session"]["accessToken"].as_str(), payload["account"]["id"].as_str())
        else {
            return Err(format!("no sign-in: {data}").into());
        };
        members.push(Member { account: account.to_owned(), token: token.into() });
    }
    Ok(members)
}
