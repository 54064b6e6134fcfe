//! The PostgreSQL container of docker-compose.yml that exists for tests.

use std::process::{Command, Stdio};

use crate::{Failure, Result, exec};

/// The service in docker-compose.yml: its data is in memory and its port on the loopback interface only, so that tests
/// never touch the database of the service `postgres`.
const SERVICE: &str = "postgres-test";

/// The running container; removed on drop.
pub struct Container {
    url: String,
}

/// Whether Docker answers and has its compose plugin.
pub fn possible() -> bool {
    exec::succeeds(Command::new("docker").arg("info"))
        && exec::succeeds(Command::new("docker").args(["compose", "version"]))
}

impl Container {
    pub(super) fn start() -> Result<Self> {
        println!("PostgreSQL: starting the container `{SERVICE}` of docker-compose.yml");
        exec::run(&mut compose(&["up", "--detach", "--wait", SERVICE]))?;
        // From here on the container is ours to remove, whatever comes.
        let mut container = Self { url: String::new() };
        let address = exec::output(&mut compose(&["port", SERVICE, "5432"]))?;
        let port = address.trim().rsplit(':').next().and_then(|port| port.parse::<u16>().ok());
        let port = port
            .ok_or_else(|| Failure::new(format!("docker compose names no port of {SERVICE}: `{address}`")))?;
        container.url = format!("postgres://postgres:postgres@127.0.0.1:{port}/postgres");
        Ok(container)
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        if exec::run(&mut compose(&["rm", "--stop", "--force", "--volumes", SERVICE])).is_err() {
            eprintln!(
                "xtask: the container `{SERVICE}` is still there; remove it with `docker compose rm --stop {SERVICE}`"
            );
        }
    }
}

fn compose(args: &[&str]) -> Command {
    let mut command = Command::new("docker");
    command.args(["compose", "--profile", "test"]).args(args).current_dir(exec::root()).stdin(Stdio::null());
    command
}
