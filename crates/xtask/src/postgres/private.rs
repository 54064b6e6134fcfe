//! A PostgreSQL server of one's own: made in a temporary folder, on a free port, deleted at the end.

use std::fs::{self, File};
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{DirBuilderExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::Binaries;
use crate::{Failure, Result, exec};

/// Stops the server and deletes its folder once the pipe to its standard input closes, which is when the process that
/// started it ends, however that ends: by itself, by a panic, by Ctrl-C or by `kill -9`.
const GUARD: &str = r#"
trap '' INT TERM HUP
cat >/dev/null
"$1/pg_ctl" -D "$2/data" -m immediate -w stop >/dev/null 2>&1
rm -rf "$2"
"#;

/// Settings for tests: no waiting for the disk (a killed process loses nothing by that, only a power cut would), room
/// for many small pools. `synchronous_commit` stays on, so that tests may kill the server and count what is left.
const SETTINGS: &[(&str, &str)] = &[
    ("listen_addresses", "127.0.0.1"),
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("max_connections", "300"),
    ("shared_buffers", "64MB"),
    ("timezone", "UTC"),
    ("log_line_prefix", "%m [%p] %d "),
];

/// The account that runs the server where we are root, which PostgreSQL refuses to run as.
#[derive(Debug, Clone, Copy)]
struct Account {
    uid: u32,
    gid: u32,
}

/// A running PostgreSQL server that belongs to this process alone.
///
/// It listens on the loopback interface, asks for a random password, and is stopped and deleted when this value is
/// dropped or this process ends.
#[derive(Debug)]
pub struct PrivateServer {
    binaries: Binaries,
    account: Option<Account>,
    dir: PathBuf,
    port: u16,
    url: String,
    guard: Child,
}

impl PrivateServer {
    /// Makes and starts a server. `settings` are lines of postgresql.conf that come after the ones for tests, such as
    /// `("log_statement", "all")`.
    ///
    /// # Errors
    /// `initdb` or the server failed; the message has what they said.
    pub fn start(binaries: &Binaries, settings: &[(&str, &str)]) -> Result<Self> {
        let account = if is_root() { Some(unprivileged_account()?) } else { None };
        let dir = make_dir(account)?;
        // From here on the guard deletes the folder, also when something below fails.
        let guard = start_guard(binaries, account, &dir)?;
        let password = random_hex()?;
        let mut server =
            Self { binaries: binaries.clone(), account, dir, port: 0, url: String::new(), guard };
        server.init(&password)?;
        server.first_start(settings)?;
        server.url = format!("postgres://maip:{password}@127.0.0.1:{}/postgres", server.port);
        Ok(server)
    }

    /// The URL of the maintenance database, of a superuser.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What the server has logged since it was made. Lines begin with time, process and database.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn log(&self) -> Result<String> {
        let path = self.log_path();
        let bytes = fs::read(&path)
            .map_err(|error| Failure::new(format!("cannot read {}: {error}", path.display())))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Kills the server's main process with signal 9; its other processes end when they notice.
    ///
    /// # Errors
    /// It does not run.
    pub fn kill(&self) -> Result {
        let pid_file = self.data().join("postmaster.pid");
        let text = fs::read_to_string(&pid_file)
            .map_err(|error| Failure::new(format!("{}: {error}", pid_file.display())))?;
        let pid = text.lines().next().unwrap_or_default().trim().to_owned();
        exec::run(Command::new("kill").args(["-9", &pid]))
    }

    /// Starts the server again on the same port and data after [`Self::kill`]; waits until it answers.
    ///
    /// # Errors
    /// It does not come up.
    pub fn start_again(&self) -> Result {
        // The processes of the killed server hold its shared memory until they notice, and a new one refuses till then.
        let patience = Instant::now();
        loop {
            match self.pg_ctl_start() {
                Ok(()) => return Ok(()),
                Err(failure) if patience.elapsed() > Duration::from_secs(30) => return Err(failure),
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    fn log_path(&self) -> PathBuf {
        self.dir.join("log")
    }

    fn init(&self, password: &str) -> Result {
        let password_file = self.dir.join("password");
        let write = fs::write(&password_file, password).and_then(|()| own(&password_file, self.account));
        write.map_err(|error| Failure::new(format!("cannot write {}: {error}", password_file.display())))?;
        let mut initdb = self.command("initdb");
        initdb.args([
            "--username=maip",
            "--auth=password",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "--pwfile",
        ]);
        exec::output(initdb.arg(&password_file).arg("-D").arg(self.data())).map(drop)
    }

    /// A free port may be taken by another process before the server has it; then another one is tried.
    fn first_start(&mut self, settings: &[(&str, &str)]) -> Result {
        let conf = self.data().join("postgresql.conf");
        let generated = fs::read_to_string(&conf)
            .map_err(|error| Failure::new(format!("{}: {error}", conf.display())))?;
        let mut attempts = 0;
        loop {
            attempts += 1;
            self.port = free_port()?;
            let socket_dir = self.dir.display().to_string();
            let port = self.port.to_string();
            let own = [("port", port.as_str()), ("unix_socket_directories", socket_dir.as_str())];
            let all = own.iter().chain(SETTINGS).chain(settings);
            let lines = all.map(|(key, value)| format!("{key} = '{value}'")).collect::<Vec<_>>().join("\n");
            fs::write(&conf, format!("{generated}\n{lines}\n"))
                .map_err(|error| Failure::new(format!("{}: {error}", conf.display())))?;
            match self.pg_ctl_start() {
                Ok(()) => return Ok(()),
                Err(failure) if attempts == 3 => {
                    return Err(Failure::new(format!("{failure}\n{}", self.log().unwrap_or_default())));
                }
                Err(_) => {}
            }
        }
    }

    fn pg_ctl_start(&self) -> Result {
        let mut pg_ctl = self.command("pg_ctl");
        pg_ctl.arg("-D").arg(self.data()).arg("-l").arg(self.log_path()).args(["-w", "-t", "60", "start"]);
        // Not captured: the server would inherit the pipe and hold it open.
        let status = pg_ctl.stdout(Stdio::null()).stderr(Stdio::null()).status();
        let status = status.map_err(|error| Failure::new(format!("cannot start pg_ctl: {error}")))?;
        if status.success() {
            Ok(())
        } else {
            Err(Failure::new("the private PostgreSQL server does not start"))
        }
    }

    fn command(&self, program: &str) -> Command {
        as_account(&self.binaries.dir().join(program), self.account, &self.dir)
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        if self.guard.wait().is_err() {
            eprintln!("xtask: the private PostgreSQL server in {} may still run", self.dir.display());
        }
    }
}

/// Whether this process is root.
pub(super) fn is_root() -> bool {
    static ROOT: OnceLock<bool> = OnceLock::new();
    *ROOT.get_or_init(|| exec::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0"))
}

fn start_guard(binaries: &Binaries, account: Option<Account>, dir: &Path) -> Result<Child> {
    let mut guard = as_account(Path::new("/bin/sh"), account, Path::new("/"));
    guard.args(["-c", GUARD, "guard"]).arg(binaries.dir()).arg(dir);
    // In a process group of its own, which Ctrl-C at the terminal does not reach.
    guard.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    guard.spawn().map_err(|error| Failure::new(format!("cannot start /bin/sh: {error}")))
}

fn as_account(program: &Path, account: Option<Account>, work_dir: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(work_dir).stdin(Stdio::null());
    if let Some(Account { uid, gid }) = account {
        // Setting the user also drops root's supplementary groups.
        command.uid(uid).gid(gid);
    }
    command
}

fn unprivileged_account() -> Result<Account> {
    let passwd = fs::read_to_string("/etc/passwd")
        .map_err(|error| Failure::new(format!("cannot read /etc/passwd: {error}")))?;
    ["postgres", "nobody"].iter().find_map(|name| account_in(&passwd, name)).ok_or_else(|| {
        Failure::new("PostgreSQL does not run as root, and there is neither an account `postgres` nor `nobody` to run it")
    })
}

fn account_in(passwd: &str, name: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == name).then_some(())?;
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Account { uid, gid })
    })
}

/// A new folder that only the server's account (and root) may enter. Its path is short: a socket's may have some 100
/// bytes.
fn make_dir(account: Option<Account>) -> Result<PathBuf> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    // Root's own temporary folder may be closed to the other account; /tmp never is.
    let parent = if account.is_some() { PathBuf::from("/tmp") } else { std::env::temp_dir() };
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let dir = parent.join(format!("maip-pg-{}-{count}-{}", std::process::id(), &random_hex()?[..6]));
    let made = fs::DirBuilder::new().mode(0o700).create(&dir).and_then(|()| own(&dir, account));
    made.map_err(|error| Failure::new(format!("cannot make {}: {error}", dir.display())))?;
    Ok(dir)
}

fn own(path: &Path, account: Option<Account>) -> std::io::Result<()> {
    account.map_or(Ok(()), |Account { uid, gid }| chown(path, Some(uid), Some(gid)))
}

fn free_port() -> Result<u16> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|a| a.port());
    port.map_err(|error| Failure::new(format!("no free port on 127.0.0.1: {error}")))
}

/// 128 random bits.
fn random_hex() -> Result<String> {
    let mut bytes = [0_u8; 16];
    let read = File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes));
    read.map_err(|error| Failure::new(format!("cannot read /dev/urandom: {error}")))?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        let passwd = "root:x:0:0::/root:/bin/sh\npostgres-old:x:5:5::/:/bin/sh\npostgres:x:101:104:admin:/var/lib:/bin/sh\n";
        let found = account_in(passwd, "postgres").expect("is in the list");
        assert_eq!((found.uid, found.gid), (101, 104));
        assert!(account_in(passwd, "nobody").is_none());
    }

    #[test]
    fn a_private_server_runs_survives_a_kill_and_is_gone_after_drop() {
        let Some(binaries) = Binaries::find() else {
            // The container or a named server serves then; this module has nothing to start.
            eprintln!("not run: no PostgreSQL binaries on this machine");
            return;
        };
        let server = PrivateServer::start(&binaries, &[("log_statement", "all")]).expect("starts");
        assert!(server.log().expect("has a log").contains("ready to accept connections"));
        server.kill().expect("runs");
        server.start_again().expect("starts again");
        let (dir, port) = (server.dir.clone(), server.port());
        drop(server);
        assert!(!dir.exists(), "{} is still there", dir.display());
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("the port is free again");
    }
}
