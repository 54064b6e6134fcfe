//! A mail server on this machine that takes every mail and keeps it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Far above what a mail takes; past it, none comes.
const PATIENCE: Duration = Duration::from_mins(1);

/// A mail, as it came over the wire.
#[derive(Debug, Clone)]
struct Mail {
    to: String,
    text: String,
}

type Mails = Arc<(Mutex<Vec<Mail>>, Condvar)>;

/// The mail server.
#[derive(Debug)]
pub struct PostOffice {
    address: SocketAddr,
    mails: Mails,
}

impl PostOffice {
    /// One that is open until the test ends.
    #[must_use]
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let mails = Mails::default();
        let kept = Arc::clone(&mails);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || take(&stream, &kept));
            }
        });
        Self { address, mails }
    }

    /// What `smtp_url` has to say.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The text of the newest mail to this address, once there is one.
    pub async fn mail_to(&self, to: &str) -> String {
        let (mails, to) = (Arc::clone(&self.mails), to.to_owned());
        let found = tokio::task::spawn_blocking(move || {
            let (kept, came) = &*mails;
            let of = |mails: &[Mail]| mails.iter().rev().find(|mail| mail.to == to).cloned();
            let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            let (kept, _) = came
                .wait_timeout_while(kept, PATIENCE, |kept| of(kept).is_none())
                .unwrap_or_else(PoisonError::into_inner);
            of(&kept).unwrap_or_else(|| panic!("no mail to {to} came"))
        });
        found.await.expect("a mail comes").text
    }
}

/// Speaks SMTP on one connection, as far as a client needs it to hand over mails.
fn take(stream: &TcpStream, mails: &Mails) {
    let mut answer = stream;
    let mut say = |line: &str| answer.write_all(format!("{line}\r\n").as_bytes()).is_ok();
    if !say("220 here") {
        return;
    }
    let (mut to, mut text, mut in_text) = (String::new(), String::new(), false);
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        if in_text && line != "." {
            text.push_str(&line);
            text.push('\n');
            continue;
        }
        if in_text {
            let mail = Mail { to: std::mem::take(&mut to), text: std::mem::take(&mut text) };
            mails.0.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
            mails.1.notify_all();
        }
        in_text = line == "DATA";
        if let Some(address) = line.strip_prefix("RCPT TO:") {
            address.trim_matches(['<', '>']).clone_into(&mut to);
        }
        let known = if line == "DATA" { "354 go on" } else { "250 well" };
        if !say(if line == "QUIT" { "221 bye" } else { known }) {
            return;
        }
    }
}
