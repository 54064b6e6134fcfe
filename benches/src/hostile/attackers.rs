//! Those who attack, in a process of their own.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

use super::attack::{ATTACKS, Answers, Attack};
use crate::Failure;

/// How many attack at the same time, where an attack is one request after the other.
pub const CLIENTS: usize = 4;

/// They stop by themselves after this, whatever became of whoever started them.
const LONGEST: Duration = Duration::from_mins(2);

/// An attack that goes on; it ends with this.
pub struct Attackers {
    process: Child,
    /// While it is open they go on.
    going_on: Option<ChildStdin>,
}

impl Attackers {
    pub fn start(attack: &Attack, address: SocketAddr) -> Result<Self, Failure> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["attack", attack.name, &address.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let going_on = process.stdin.take();
        Ok(Self { process, going_on })
    }

    /// Ends the attack; gives how it was answered.
    pub fn stop(mut self) -> Result<String, Failure> {
        drop(self.going_on.take());
        let mut answers = String::new();
        let mut stdout = self.process.stdout.take().ok_or("no standard output")?;
        stdout.read_to_string(&mut answers)?;
        let ended = self.process.wait()?;
        if ended.success() { Ok(answers) } else { Err(format!("the attackers ended with {ended}").into()) }
    }
}

impl Drop for Attackers {
    fn drop(&mut self) {
        // They may have ended already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// The process of the attackers: until its standard input ends. Writes how it was answered.
///
/// # Errors
/// There is no such attack.
pub async fn attack(name: &str, address: SocketAddr) -> Result<(), Failure> {
    let attack = ATTACKS.iter().find(|attack| attack.name == name).ok_or("no such attack")?;
    open_as_many_sockets_as_may_be()?;
    let (stop, stopped) = watch::channel(false);
    let going: Vec<_> = (0..attack.attackers(CLIENTS))
        .map(|_| tokio::spawn(attack.go_on(address, stopped.clone())))
        .collect();
    drop(stopped);
    let (tell, told) = oneshot::channel();
    std::thread::spawn(move || tell.send(std::io::stdin().read(&mut [0])));
    let _ = timeout(LONGEST, told).await;
    // Someone listens still: those who attack.
    let _ = stop.send(true);
    let mut answers = Answers::default();
    for attacker in going {
        answers.add(attacker.await?);
    }
    Ok(std::io::stdout().write_all(answers.text().as_bytes())?)
}

/// They need more than most systems allow a process that doesn't ask.
fn open_as_many_sockets_as_may_be() -> Result<(), Failure> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    Ok(setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?)
}
