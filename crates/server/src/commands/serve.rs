//! `maip serve`: listens until it is asked to stop.

use std::sync::Arc;

use maip_http::HttpSettings;
use maip_persistence::search;
use maip_persistence::services::Services;
use tokio::net::{TcpListener, TcpSocket, lookup_host};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::background::Background;
use crate::config::Config;
use crate::exit::{Exit, Failure, Outcome};
use crate::node::{self, Node};
use crate::output::say;
use crate::{keys, open_files, store};

/// Connections that the kernel keeps until they are accepted, where it lets us; whoever finds no place tries again
/// after a second.
const WAITING: u32 = 4096;

/// SIGXFSZ, the same on Linux and on macOS.
const TOO_LARGE: i32 = 25;

/// Serves a database that has been migrated.
pub async fn run(config: &Config) -> Outcome {
    let database = store::open_current(config).await?;
    if !search::is_current(&database).await? {
        tracing::warn!("the search index was made by an earlier version and finds less: run `maip migrate`");
    }
    let keyring = keys::read(config, &database).await?;
    let listener = listen(config).await?;
    serve(config, listener, node::services(config, database, keyring)?).await
}

/// Opens the address.
pub async fn listen(config: &Config) -> Outcome<TcpListener> {
    bind(&config.host, config.port).await.map_err(|error| {
        let place = format!("{}:{}", config.host, config.port);
        let message = if error.kind() == std::io::ErrorKind::AddrInUse {
            format!("{place} is in use by another program: stop that, or choose another port with --port (0 picks a free one)")
        } else {
            format!("{place} can't be listened on: {error}")
        };
        Failure::new(Exit::Address, message)
    })
}

/// Listens on the first of the host's addresses that can be taken.
async fn bind(host: &str, port: u16) -> std::io::Result<TcpListener> {
    let mut failed = std::io::Error::new(std::io::ErrorKind::AddrNotAvailable, "the host has no address");
    for address in lookup_host((host, port)).await? {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // A server that starts again doesn't wait for the last one's connections to be forgotten.
        socket.set_reuseaddr(true)?;
        match socket.bind(address).and_then(|()| socket.listen(WAITING)) {
            Ok(listener) => return Ok(listener),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

/// Serves until the process is asked to stop, then finishes what is in flight.
pub async fn serve(config: &Config, listener: TcpListener, services: Services) -> Outcome {
    let stop = stop_signal()?;
    let _too_large = outlive_large_files()?;
    let address = listener.local_addr().map_err(|error| Failure::new(Exit::Address, error))?;
    let database = services.database.clone();
    let background = Background::start(&services, config.mail.clone(), config.event_days);
    let node = Node::new(config, services)?;
    let http = HttpSettings { max_connections: open_files::connections(config), ..config.http.clone() };
    let router = maip_http::router(Arc::new(node), http.clone());
    say(format_args!("listening on http://{address}"));
    if !maip_http::serve(listener, router, &http, stop).await {
        tracing::warn!("some requests were cut off: they took longer than the time to stop");
    }
    background.stop().await;
    database.close().await?;
    tracing::info!("stopped");
    Ok(())
}

/// A file that may not grow any further is told to who writes it, like a full disk, and doesn't end the process.
fn outlive_large_files() -> Outcome<Signal> {
    waiting_for(SignalKind::from_raw(TOO_LARGE))
}

fn waiting_for(kind: SignalKind) -> Outcome<Signal> {
    signal(kind)
        .map_err(|error| Failure::new(Exit::Internal, format!("signals can't be waited for: {error}")))
}

/// Ready when the process is asked to stop.
fn stop_signal() -> Outcome<impl Future<Output = ()>> {
    let mut terminate = waiting_for(SignalKind::terminate())?;
    let mut interrupt = waiting_for(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: requests in flight are finished, new ones are refused");
    })
}
