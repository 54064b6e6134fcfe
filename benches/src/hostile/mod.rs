//! What requests that are meant to hurt cost others: a well-behaved client before, during and after each
//! attack, and the server's memory. Each attack has a server of its own, so that its memory is its own, and comes
//! from a process of its own, so that it is the server that the client waits for.

mod attack;
mod attackers;
mod neighbour;
mod server;

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use self::attack::{ATTACKS, Attack};
pub use self::attackers::attack;
use self::attackers::{Attackers, CLIENTS};
use self::neighbour::Felt;
use self::server::Server;
use crate::Failure;
use crate::report::with_notes;

/// How long the neighbour is watched: before an attack, during it and after.
const WATCHED: Duration = Duration::from_secs(6);

/// How long a new process is warmed up.
const WARMED_UP: Duration = Duration::from_secs(2);

/// One attack, and what came of it.
struct Row {
    attack: &'static Attack,
    before: Felt,
    during: Felt,
    after: Felt,
    answers: String,
    /// The most memory in MiB: before, and in all.
    memory: (u64, u64),
}

/// Runs all attacks, each on a process of its own, prints what came of them, and writes it to
/// `hostile.md` in this folder.
///
/// # Errors
/// Where the server ends, or doesn't answer as it should.
pub async fn run(binary: &Path, folder: &Path) -> Result<(), Failure> {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let data_dir = tempfile::tempdir()?;
    // Fills the database, once for all of them.
    drop(Server::start(binary, data_dir.path())?);
    let mut rows = Vec::new();
    for attack in ATTACKS {
        let row = one(binary, data_dir.path(), attack).await?;
        println!("{}", line(&row));
        rows.push(row);
    }
    let text = report(&rows, load.split(' ').next().unwrap_or("unknown"));
    let text = with_notes(text, folder, "hostile-notes.md");
    std::fs::write(folder.join("hostile.md"), &text)?;
    println!("{text}");
    Ok(())
}

async fn one(binary: &Path, data_dir: &Path, attack: &'static Attack) -> Result<Row, Failure> {
    let server = Server::start(binary, data_dir)?;
    neighbour::watch(server.address(), WARMED_UP).await?;
    let before = neighbour::watch(server.address(), WATCHED).await?;
    let idle = server.most_resident()?;
    let attackers = Attackers::start(attack, server.address())?;
    let during = neighbour::watch(server.address(), WATCHED).await;
    let answers = attackers.stop()?;
    let after = neighbour::watch(server.address(), WATCHED).await?;
    let memory = (idle, server.most_resident()?);
    Ok(Row { attack, before, during: during?, after, answers, memory })
}

fn line(row: &Row) -> String {
    let Row { attack, before, during, after, answers, memory } = row;
    let ratio = during.p99 / before.p99.max(0.1);
    format!(
        "| {} | {answers} | {:.1} / {:.1} / {:.1} | {:.1} / {:.1} / {:.1} | {ratio:.1} | {} | {} → {} |",
        attack.name,
        before.median,
        during.median,
        after.median,
        before.p99,
        during.p99,
        after.p99,
        before.failed + during.failed + after.failed,
        memory.0,
        memory.1,
    )
}

fn report(rows: &[Row], load: &str) -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut text = format!(
        "# Hostile input\n\n\
         Written by `cargo xtask bench hostile`: demonstrations on SQLite, a process for each attack, attacked by {CLIENTS} \
         clients at once, or by one with many connections, as fast as they are answered, on the machine that also runs the \
         attackers, in a process of their own and from another address ({cores} cores; load average when it began: {load}). A well-behaved client asks for a list of lessons forty \
         times a second, now on a connection that it keeps and now on a new one. What it waits is in milliseconds, before / \
         during / after the attack; a refused or broken request of its counts as failed. Limits on the rate are off, since \
         they would end most of it at once; all others are as by default.\n\n\
         Attackers as fast as they are answered take their share of the cores whatever is answered, their own work \
         included: the first two rows say what that alone costs.\n\n",
    );
    text.push_str(
        "| attack | answered with | median | p99 | p99 during : before | failed | most memory in MiB, before → in all |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for row in rows {
        // Writing to a string never fails.
        let _ = writeln!(text, "{}", line(row));
    }
    text
}
