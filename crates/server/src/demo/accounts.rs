//! Who can sign in to the demonstration: `demo-accounts.json` in the data directory, and what is
//! printed of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The file in the data directory.
const FILE: &str = "demo-accounts.json";

/// How many of each role are printed; all are in the file.
const PRINTED: usize = 3;

/// The file's content.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Accounts {
    /// Who can sign in.
    #[serde(rename = "accounts")]
    pub sign_ins: Vec<SignIn>,
    /// The token of the first partner organisation.
    pub partner_token: String,
    /// The tokens of all partner organisations, by the organisation's name.
    pub partner_tokens: BTreeMap<String, String>,
}

/// Someone who can sign in.
#[derive(Debug, Serialize, Deserialize)]
pub struct SignIn {
    /// The office or the role, such as `NATIONAL_FOCAL_POINT`.
    pub role: String,
    /// The country, as ISO 3166-1 alpha-3.
    pub country: Option<String>,
    /// The name.
    pub name: String,
    /// The login.
    pub login: String,
    /// The password, or the PIN.
    pub password: String,
}

impl Accounts {
    /// Where the file is.
    pub fn path(data_dir: &Path) -> PathBuf {
        data_dir.join(FILE)
    }

    /// Reads the file.
    pub fn read(data_dir: &Path) -> std::io::Result<Self> {
        Ok(serde_json::from_str(&std::fs::read_to_string(Self::path(data_dir))?)?)
    }

    /// Writes the file, for its owner alone.
    pub fn write(&self, data_dir: &Path) -> std::io::Result<()> {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(Self::path(data_dir))?;
        file.write_all(serde_json::to_string_pretty(self)?.as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()
    }

    /// Some of each role, with their passwords.
    pub fn by_role(&self) -> String {
        let mut roles: Vec<&str> = Vec::new();
        for account in &self.sign_ins {
            if !roles.contains(&account.role.as_str()) {
                roles.push(&account.role);
            }
        }
        let mut text = String::new();
        for role in roles {
            let of_role: Vec<&SignIn> = self.sign_ins.iter().filter(|one| one.role == role).collect();
            for account in of_role.iter().take(PRINTED) {
                let country = account.country.as_deref().unwrap_or("–");
                // Writing to a string never fails.
                let _ =
                    writeln!(text, "  {role:<28} {country:<4} {:<38} {}", account.login, account.password);
            }
            if of_role.len() > PRINTED {
                let _ = writeln!(text, "  {:<33} … and {} more", "", of_role.len() - PRINTED);
            }
        }
        text
    }
}
