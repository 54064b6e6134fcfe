//! `maip demo`: everything that is needed to look around, in one command.

mod accounts;
mod files;
mod ids;
mod load;
mod passwords;
mod records;

use std::path::Path;

use maip_migrations::SchemaState;
use maip_persistence::database::Database;
use maip_persistence::exclusive;
use maip_persistence::services::Services;
use maip_persistence::settings;
use maip_persistence::vocabulary::reference;
use tokio::net::TcpListener;

use self::accounts::Accounts;
use crate::commands::{migrate, serve};
use crate::config::Config;
use crate::config::show::mask;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{say, write};
use crate::system::{SystemClock, SystemEntropy};
use crate::{keys, node, store};

/// The setting that marks a demonstration's database, so that no other is ever reset.
const MARK: &str = "demo";

/// Sets up where there is nothing, keeps what is there, and serves.
pub async fn run(config: &Config, reset: bool) -> Outcome {
    // First, since all the rest takes a while.
    let listener = serve::listen(config).await?;
    if reset {
        empty(config).await?;
    }
    let database = store::open_or_create(config).await?;
    let known = is_demo(&database).await?;
    if !known {
        refuse_others(config, &database).await?;
        say(format_args!("Setting up the demonstration in {}", mask(&config.database_url)));
    }
    store::migrate(config, &database).await?;
    store::index(&database).await?;
    let made = keys::read_or_make(config, &database).await?;
    let services = node::services(config, database, made.keyring)?;
    let accounts = if known { kept(&config.data_dir)? } else { set_up(config, &services).await? };
    announce(config, &accounts, &listener)?;
    serve::serve(config, listener, services).await
}

async fn is_demo(database: &Database) -> Outcome<bool> {
    if maip_migrations::state(database.reader()).await? == SchemaState::Missing {
        return Ok(false);
    }
    Ok(settings::get(database, MARK).await?.is_some())
}

/// A database with accounts of its own is somebody's work.
async fn refuse_others(config: &Config, database: &Database) -> Outcome {
    if maip_migrations::state(database.reader()).await? == SchemaState::Missing {
        return Ok(());
    }
    if settings::has_accounts(database).await? {
        let place = mask(&config.database_url);
        let message = format!("{place} has data that is no demonstration's: name another database");
        return Err(Failure::new(Exit::Refused, message));
    }
    Ok(())
}

/// Removes a demonstration.
async fn empty(config: &Config) -> Outcome {
    if store::sqlite_file(&config.database_url).is_some_and(|file| !file.exists()) {
        return Ok(());
    }
    if exclusive::used_by_others(&config.database_url).await? {
        let place = mask(&config.database_url);
        let message = format!("{place} is in use: stop what serves it, then reset it");
        return Err(Failure::new(Exit::Refused, message));
    }
    let database = store::open_or_create(config).await?;
    if !is_demo(&database).await? {
        refuse_others(config, &database).await?;
    }
    if maip_migrations::state(database.reader()).await? != SchemaState::Missing {
        files::remove(config, &database).await?;
    }
    if let Some(file) = store::sqlite_file(&config.database_url) {
        database.close().await?;
        for suffix in ["", "-wal", "-shm"] {
            let mut name = file.clone().into_os_string();
            name.push(suffix);
            remove(Path::new(&name))?;
        }
    } else {
        maip_migrations::drop_everything(database.begin_migration().await?).await?;
        database.close().await?;
    }
    remove(&Accounts::path(&config.data_dir))
}

fn remove(file: &Path) -> Outcome {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::new(Exit::Output, format!("{} can't be removed: {error}", file.display())))
        }
        _ => Ok(()),
    }
}

async fn set_up(config: &Config, services: &Services) -> Outcome<Accounts> {
    let loaded = reference::load(&services.database, &SystemClock, &SystemEntropy)
        .await
        .map_err(migrate::load_failure)?;
    say(format_args!(
        "  {} countries, {} languages, {} concepts",
        loaded.countries, loaded.languages, loaded.concepts_added
    ));
    let kept = files::keep(services).await?;
    let transaction = services.database.begin().await?;
    let accounts = load::load(services, &transaction, &kept).await?;
    let transaction = maip_persistence::lessons::loaded::keep_revisions(services, transaction).await?;
    settings::put_in(&transaction, MARK, "1").await?;
    // Before the commit: passwords are nowhere else. A file without its data is overwritten by the
    // next start.
    accounts.write(&config.data_dir).map_err(|error| {
        let path = Accounts::path(&config.data_dir);
        Failure::new(Exit::Output, format!("{} can't be written: {error}", path.display()))
    })?;
    transaction.commit().await?;
    Ok(accounts)
}

fn kept(data_dir: &Path) -> Outcome<Accounts> {
    Accounts::read(data_dir).map_err(|error| {
        let path = Accounts::path(data_dir);
        let message = format!(
            "the demonstration is there, but {} can't be read ({error}); `maip demo --reset` begins anew",
            path.display()
        );
        Failure::new(Exit::Input, message)
    })
}

fn announce(config: &Config, accounts: &Accounts, listener: &TcpListener) -> Outcome {
    let address = listener.local_addr().map_err(|error| Failure::new(Exit::Address, error))?;
    let file = Accounts::path(&config.data_dir);
    let token = &accounts.partner_token;
    write(&format!(
        "\nAccounts by role (role, country, login, password; all {} in {}):\n\n{}\n\
         Token of a partner organisation:\n\n  {token}\n\n\
         Two queries to try:\n\n  \
         curl -s http://{address}/graphql -H 'content-type: application/json' \\\n    \
         -d '{{\"query\":\"{{ lessons(first: 3) {{ totalCount nodes {{ title outcome country {{ name }} }} }} }}\"}}'\n\n  \
         curl -s http://{address}/graphql -H 'content-type: application/json' \\\n    \
         -H 'authorization: Bearer {token}' \\\n    \
         -d '{{\"query\":\"{{ contacts(first: 3, filter: {{ country: [EGY] }}) {{ nodes {{ headline country {{ name }} detailsStatus details {{ email phone }} }} }} }}\"}}'\n\n",
        accounts.sign_ins.len(),
        file.display(),
        accounts.by_role(),
    ));
    Ok(())
}
