//! Installing Debian's PostgreSQL where that is possible.

use std::process::{Command, Stdio};

use crate::postgres::private::is_root;
use crate::{Result, exec};

/// Whether there is `apt-get` and the right to use it without being asked for a password.
pub fn possible() -> bool {
    exec::on_path("apt-get").is_some()
        && (is_root() || exec::succeeds(Command::new("sudo").args(["-n", "true"])))
}

/// Installs the package `postgresql`.
pub fn debian_package() -> Result {
    println!("PostgreSQL: installing Debian's package `postgresql`");
    apt_get(&["update"])?;
    apt_get(&["install", "-y", "--no-install-recommends", "postgresql"])
}

fn apt_get(args: &[&str]) -> Result {
    let mut command = if is_root() {
        Command::new("apt-get")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        sudo
    };
    command.arg("-q").args(args).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
    exec::run(&mut command)
}
