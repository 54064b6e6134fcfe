//! The command line: commands are declared here, flags of settings come from their table.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::config::settings::{Kind, SETTINGS, Setting};
use crate::config::sources::Flags;
use crate::exit::Exit;

/// Lessons and South–South contacts of multi-actor agricultural innovation platforms, as one API.
#[derive(Debug, Parser)]
#[command(name = "maip", version, arg_required_else_help = true)]
pub struct Cli {
    /// The configuration file; without it, ./maip.toml where it is there.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Task,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Serves the API and the explorer page.
    Serve,
    /// Sets up a demonstration in ./maip-data/demo and serves it.
    Demo {
        /// Begin anew: everything in the demonstration's database is lost.
        #[arg(long)]
        reset: bool,
    },
    /// Makes the database, or brings it to this version's schema, and loads the reference data.
    Migrate,
    /// Prints the API's schema.
    Schema {
        /// As a subgraph of Apollo Federation, for the gateway to compose from.
        #[arg(long)]
        subgraph: bool,
    },
    /// Writes the PDF on standard input anew to standard output: what a server starts for each.
    #[command(name = maip_persistence::files::PDF_COMMAND, hide = true)]
    CleanPdf,
    /// Manages system administrators.
    #[command(subcommand)]
    Admin(AdminTask),
    /// Manages the API tokens of organisations.
    #[command(subcommand)]
    Token(TokenTask),
    /// Imports data from a file.
    #[command(subcommand)]
    Import(ImportTask),
    /// Manages the documents that clients may send by their names (trusted documents).
    #[command(subcommand)]
    Operations(OperationsTask),
    /// Writes a copy of the database to a new file, while it is in use.
    Backup {
        /// The file to write; it must not exist.
        file: PathBuf,
    },
    /// Checks the record of who did what.
    #[command(subcommand)]
    Audit(AuditTask),
    /// Prints the effective configuration and where each value comes from.
    Config,
}

/// Managing system administrators.
#[derive(Debug, Subcommand)]
pub enum AdminTask {
    /// Creates a system administrator. The password is read from a file, else from standard input
    /// where that is not a terminal, else made and printed once.
    Create {
        /// An e-mail address, or a phone number with its country code.
        #[arg(long)]
        login: String,
        /// The name to show.
        #[arg(long)]
        name: String,
        /// A file with the password in its first line; `-` is standard input.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Makes a one-time code for a login and prints it once: the way back in for those to whom nobody reads one out, such
    /// as office holders, where no mail is sent. It is in the audit.
    Code {
        /// The login: an e-mail address, a phone number with its country code, or a short name.
        #[arg(long)]
        login: String,
    },
}

/// Managing API tokens.
#[derive(Debug, Subcommand)]
pub enum TokenTask {
    /// Creates a token; its secret is printed once.
    Create {
        /// The organisation's id.
        #[arg(long)]
        organisation: String,
        /// What it is for.
        #[arg(long)]
        name: String,
        /// What it may do, such as `LESSONS_READ`; separated by commas.
        #[arg(long, value_delimiter = ',', required = true)]
        scopes: Vec<String>,
        /// The countries whose records it sees, as ISO 3166-1 alpha-3; without it, all of them.
        #[arg(long, value_delimiter = ',')]
        countries: Vec<String>,
        /// Days until it expires.
        #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=3650))]
        expires_in_days: u32,
    },
    /// Lists the tokens.
    List {
        /// Only those of this organisation.
        #[arg(long)]
        organisation: Option<String>,
    },
    /// Revokes a token, from the next call on.
    Revoke {
        /// The token's id.
        id: String,
    },
}

/// Importing data.
#[derive(Debug, Subcommand)]
pub enum ImportTask {
    /// Imports concepts: SKOS in Turtle or N-Triples, or the TSV form. All of the file, or nothing.
    ///
    /// Known concepts, told by their URI, get the file's broader concepts, and its labels in every language
    /// that the file has labels in. Labels in other languages stay, as do concepts that aren't in the file.
    Vocabulary {
        /// The file.
        file: PathBuf,
    },
}

/// Managing trusted documents.
#[derive(Debug, Subcommand)]
pub enum OperationsTask {
    /// Approves the documents of a file: a JSON object of id and text, as GraphQL Code Generator and
    /// Relay write it, or Apollo's persisted query manifest. All of the file, or nothing.
    Import {
        /// The file.
        file: PathBuf,
    },
    /// Lists the approved documents.
    List,
    /// Takes the approval of a document back; running servers notice within a minute.
    Remove {
        /// The document's id.
        id: String,
    },
}

/// Checking the record.
#[derive(Debug, Subcommand)]
pub enum AuditTask {
    /// Checks the sealed chain, and says how long the tail is that is not sealed yet.
    Verify,
}

/// Reads the command line; prints help or what is wrong, and ends, where that is asked for.
pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<(Cli, Flags), clap::Error> {
    let matches = command().try_get_matches_from(arguments)?;
    let flags = flags(&matches);
    Ok((Cli::from_arg_matches(&matches)?, flags))
}

/// All commands, each with the flags of all settings.
fn command() -> Command {
    let settings = SETTINGS.iter().flat_map(|setting| {
        let own = argument(setting, setting.name, setting.flag(), setting.description);
        let file = (setting.kind == Kind::Secret).then(|| {
            let name: &'static str = format!("{}_file", setting.name).leak();
            argument(
                setting,
                name,
                format!("{}-file", setting.flag()),
                &format!("A file with `--{}`.", setting.flag()),
            )
        });
        std::iter::once(own).chain(file)
    });
    Cli::command().args(settings).after_long_help(exit_codes())
}

/// What scripts need to know.
fn exit_codes() -> &'static str {
    let mut text = String::from("Exit codes:\n  0   It did what was asked.\n");
    for exit in Exit::ALL {
        // Writing to a string never fails.
        let _ = writeln!(text, "  {:<2}  {}", exit.code(), exit.meaning());
    }
    text.leak()
}

fn argument(setting: &Setting, name: &'static str, flag: String, help: &str) -> Arg {
    let placeholder = match setting.kind {
        Kind::Path => "PATH",
        Kind::Count(..) => "NUMBER",
        Kind::List => "LIST",
        Kind::Text | Kind::Secret | Kind::Choice(_) => "TEXT",
    };
    // Made once, when the program starts.
    let flag: &'static str = flag.leak();
    let help: &'static str = format!("{help} [{}]", Setting::variable_of(name)).leak();
    Arg::new(name)
        .long(flag)
        .global(true)
        .value_name(if name.ends_with("_file") { "FILE" } else { placeholder })
        .help(help)
        .help_heading("Settings")
        // The short help shows what nearly everyone needs.
        .hide_short_help(!["data_dir", "database_url", "host", "port", "log"].contains(&name))
}

fn flags(matches: &ArgMatches) -> Flags {
    let names = SETTINGS.iter().flat_map(|setting| {
        let file = (setting.kind == Kind::Secret).then(|| format!("{}_file", setting.name));
        std::iter::once(setting.name.to_owned()).chain(file)
    });
    names
        .filter_map(|name| {
            let value = matches.get_one::<String>(&name)?.clone();
            Some((name, value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<(Cli, Flags), clap::Error> {
        read(std::iter::once("maip").chain(arguments.iter().copied()).map(OsString::from))
    }

    #[test]
    fn the_declarations_fit_together() {
        command().debug_assert();
    }

    #[test]
    fn a_flag_may_stand_before_or_after_its_command() {
        for arguments in [
            &["serve", "--port", "0", "--database-url-file", "x"][..],
            &["--port=0", "serve", "--database-url-file=x"],
        ] {
            let (_, flags) = parse(arguments).unwrap();
            assert_eq!(flags.get("port").map(String::as_str), Some("0"));
            assert_eq!(flags.get("database_url_file").map(String::as_str), Some("x"));
            assert_eq!(flags.len(), 2);
        }
        let (_, flags) = parse(&["token", "list", "--data-dir", "d"]).unwrap();
        assert_eq!(flags.get("data_dir").map(String::as_str), Some("d"));
    }

    #[test]
    fn a_mistyped_flag_or_command_is_refused_with_the_nearest() {
        assert!(parse(&["serve", "--prot", "1"]).unwrap_err().to_string().contains("--port"));
        assert!(parse(&["migrat"]).unwrap_err().to_string().contains("migrate"));
    }
}
