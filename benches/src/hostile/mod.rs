//! What requests that are meant to hurt cost others: a well-behaved client before and during each
//! attack, and the server's memory.

mod attack;
mod neighbour;
mod server;

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use self::attack::{ATTACKS, Attack};
use self::neighbour::Felt;
use self::server::Server;
use crate::Failure;

/// How long the neighbour is watched before an attack, and during it.
const WATCHED: Duration = Duration::from_secs(5);

/// How many attack at the same time, where an attack is one request after the other.
const ATTACKERS: usize = 4;

/// One attack, and what came of it.
struct Row {
    attack: &'static Attack,
    before: Felt,
    during: Felt,
    answers: String,
    /// The most memory in MiB while it went on.
    memory: u64,
}

/// Runs all attacks on a demonstration of its own, prints what came of them, and writes it to
/// `hostile.md` in this folder.
///
/// # Errors
/// Where the server ends, or doesn't answer as it should.
pub async fn run(binary: &Path, folder: &Path) -> Result<(), Failure> {
    let data_dir = tempfile::tempdir()?;
    let server = Server::start(binary, data_dir.path())?;
    // Warmed up, so that "before" isn't the start.
    neighbour::watch(server.address(), WATCHED).await?;
    let idle = server.resident()?;
    let mut rows = Vec::new();
    for attack in ATTACKS {
        let row = one(&server, attack).await?;
        println!("{}", line(&row));
        rows.push(row);
    }
    let text = report(&rows, idle);
    std::fs::write(folder.join("hostile.md"), &text)?;
    println!("{text}");
    Ok(())
}

async fn one(server: &Server, attack: &'static Attack) -> Result<Row, Failure> {
    let before = neighbour::watch(server.address(), WATCHED).await?;
    let (stop, stopped) = watch::channel(false);
    let attackers: Vec<_> = (0..attack.attackers(ATTACKERS))
        .map(|_| tokio::spawn(attack.go_on(server.address(), stopped.clone())))
        .collect();
    let memory = async {
        let mut most = 0;
        loop {
            most = most.max(server.resident().unwrap_or_default());
            tokio::select! {
                () = sleep(Duration::from_millis(50)) => {}
                () = neighbour::told(stopped.clone()) => return most,
            }
        }
    };
    let watched = async {
        let during = neighbour::watch(server.address(), WATCHED).await;
        // Someone listens still: the attackers.
        let _ = stop.send(true);
        during
    };
    let (during, memory) = tokio::join!(watched, memory);
    let mut answers = attack::Answers::default();
    for attacker in attackers {
        answers.add(attacker.await?);
    }
    Ok(Row { attack, before, during: during?, answers: answers.text(), memory })
}

fn line(row: &Row) -> String {
    let Row { attack, before, during, answers, memory } = row;
    format!(
        "| {} | {} | {:.1} / {:.1} | {:.1} / {:.1} | {} | {memory} |",
        attack.name, answers, before.median, before.p99, during.median, during.p99, during.failed,
    )
}

fn report(rows: &[Row], idle: u64) -> String {
    let mut text = String::from(
        "# Hostile input\n\n\
         Written by `cargo xtask bench hostile`: a demonstration on SQLite, attacked in one way after the other, each by \
         several clients at once and as fast as they are answered, on the machine that also runs the attackers. A \
         well-behaved client asks for a list of lessons twenty times a second, now on a connection that it keeps and now on \
         a new one. What it waits is in milliseconds, median / p99; the time of a refused or broken request would count as \
         failed. Limits on the rate are off, since they would end most of it at once; all others are as by default.\n\n",
    );
    // Writing to a string never fails.
    let _ = writeln!(text, "Memory before the first attack: {idle} MiB.\n");
    text.push_str(
        "| attack | answered | neighbour before | neighbour during | failed | most memory in MiB |\n\
         | --- | --- | --- | --- | --- | --- |\n",
    );
    for row in rows {
        let _ = writeln!(text, "{}", line(row));
    }
    text
}
