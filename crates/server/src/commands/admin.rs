//! `maip admin create`, the account that an installation begins with, and `maip admin code`, a way back into one.

use std::io::{IsTerminal as _, Read};
use std::path::Path;

use maip_domain::identity::{CodePurpose, Login, LoginKind};
use maip_domain::time::Entropy as _;
use maip_persistence::identity::admin;

use crate::cli::AdminTask;
use crate::config::Config;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::say;
use crate::system::SystemEntropy;
use crate::{keys, node, store};

/// More than the longest password in the longest letters.
const MOST_BYTES: u64 = 4096;

/// Runs one of the commands to its end.
pub async fn run(config: &Config, task: AdminTask) -> Outcome {
    match task {
        AdminTask::Create { login, name, password_file } => {
            create(config, &login, &name, password_file.as_deref()).await
        }
        AdminTask::Code { login } => code(config, &login).await,
    }
}

async fn create(config: &Config, login: &str, name: &str, password_file: Option<&Path>) -> Outcome {
    let database = store::open_current(config).await?;
    let keyring = keys::read(config, &database).await?;
    let given = password(password_file)?;
    if given.is_none() && is_short_name(login) {
        let message = format!(
            "login: {login:?} is a short name, which goes with a PIN of 6 to 12 digits: give one with --password-file, \
             or take an e-mail address or a phone number"
        );
        return Err(Failure::new(Exit::Refused, message));
    }
    let password = given.clone().unwrap_or_else(made_password);
    let services = node::services(config, database.clone(), keyring)?;
    let id = admin::create_administrator(&services, login, &password, name).await?;
    database.close().await?;
    say(format_args!("{id} can sign in with this login"));
    if given.is_none() {
        say(format_args!("password: {password}"));
        say("It is shown this once; change it after the first sign-in.");
    }
    Ok(())
}

async fn code(config: &Config, login: &str) -> Outcome {
    let database = store::open_current(config).await?;
    let keyring = keys::read(config, &database).await?;
    let services = node::services(config, database.clone(), keyring)?;
    let issued = admin::issue_code(&services, login).await?;
    database.close().await?;
    let mutation = match issued.purpose {
        CodePurpose::VerifyLogin => "verifyLogin",
        CodePurpose::ResetPassword => "resetPassword",
        CodePurpose::ClaimAccount => "claimAccount",
    };
    say(format_args!("code: {}", issued.code.grouped()));
    say(format_args!("It works once, with {mutation}, until {}.", issued.expires.to_rfc3339()));
    Ok(())
}

/// Whether the login is opened with a PIN, which is too short to be made up unseen.
fn is_short_name(login: &str) -> bool {
    Login::parse_any(login).is_ok_and(|login| login.kind() == LoginKind::ShortName)
}

/// The password that is given, if one is.
fn password(file: Option<&Path>) -> Outcome<Option<String>> {
    let unreadable = |error| Failure::new(Exit::Input, format!("the password can't be read: {error}"));
    match file {
        Some(path) if path != Path::new("-") => {
            let file = std::fs::File::open(path).map_err(unreadable)?;
            first_line(file).map(Some).map_err(unreadable)
        }
        Some(_) => first_line(std::io::stdin()).map(Some).map_err(unreadable),
        None if std::io::stdin().is_terminal() => Ok(None),
        // Nothing was piped in, as where a service manager closes standard input.
        None => Ok(first_line(std::io::stdin()).ok().filter(|line| !line.is_empty())),
    }
}

fn first_line(input: impl Read) -> std::io::Result<String> {
    let mut text = String::new();
    input.take(MOST_BYTES).read_to_string(&mut text)?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// 125 random bits in letters that aren't mistaken for one another.
fn made_password() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0_u8; 25];
    SystemEntropy.fill(&mut bytes);
    bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_the_first_line() {
        assert_eq!(first_line("secret word\r\nmore\n".as_bytes()).unwrap(), "secret word");
        assert_eq!(first_line("".as_bytes()).unwrap(), "");
    }

    #[test]
    fn a_made_password_is_long_and_never_the_same() {
        let (one, other) = (made_password(), made_password());
        assert_eq!(one.len(), 25);
        assert_ne!(one, other);
    }
}
