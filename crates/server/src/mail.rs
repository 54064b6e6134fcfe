//! Mail by SMTP.

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, SinglePart};
use lettre::transport::smtp::Error as SmtpError;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message as Mail, Tokio1Executor};
use maip_persistence::background::{Channel, Message, MessageSender, SendError, Sending};

/// Hands mail to a mail server.
pub struct SmtpMail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl std::fmt::Debug for SmtpMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpMail").finish_non_exhaustive()
    }
}

/// Why mail can't be sent with these settings. The URL may hold a password and is never part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailSettingsError {
    /// The URL isn't one of a mail server.
    #[error("must be smtps://user:password@host, or smtp://host with ?tls=required or ?tls=opportunistic")]
    Url,
    /// A password would be sent for everyone to read.
    #[error("has a password and no encryption: use smtps://, or smtp:// with ?tls=required")]
    PasswordInClear,
    /// The sender isn't an address.
    #[error("must be an e-mail address, such as `MAIP <maip@example.org>`")]
    From,
}

impl SmtpMail {
    /// Mail through the server at this URL, from this address. The server isn't asked yet.
    ///
    /// # Errors
    /// [`MailSettingsError`]
    pub fn new(url: &str, from: &str) -> Result<Self, MailSettingsError> {
        let from = from.parse::<Mailbox>().map_err(|_| MailSettingsError::From)?;
        let transport =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| MailSettingsError::Url)?.build();
        let encrypted = url.starts_with("smtps://") || url.contains("tls=required");
        if url.contains('@') && !encrypted {
            return Err(MailSettingsError::PasswordInClear);
        }
        Ok(Self { transport, from })
    }

    /// The mail as it goes over the wire.
    fn mail(&self, message: &Message) -> Result<Mail, SendError> {
        let to =
            message.to.parse().map_err(|_| SendError::Refused("the recipient isn't an e-mail address"))?;
        // The same id when it is sent again, so that a receiver can tell.
        let id = format!("<{}@{}>", message.id, self.from.email.domain());
        Mail::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .message_id(Some(id))
            // So that an absence note isn't sent back.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .subject(&message.subject)
            .singlepart(SinglePart::plain(message.text.clone()))
            .map_err(|_| SendError::Refused("it can't be written as a mail"))
    }
}

impl MessageSender for SmtpMail {
    fn channel(&self) -> Channel {
        Channel::Email
    }

    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(async move {
            let mail = self.mail(message)?;
            self.transport.send(mail).await.map(|_| ()).map_err(|error| reason(&error))
        })
    }
}

/// Why, without what the server said: that often names the recipient.
fn reason(error: &SmtpError) -> SendError {
    if error.is_permanent() {
        SendError::Refused("the mail server refuses it")
    } else if error.is_transient() {
        SendError::NotNow("the mail server can't take it now")
    } else if error.is_timeout() {
        SendError::NotNow("the mail server doesn't answer in time")
    } else if error.is_tls() {
        SendError::NotNow("the connection to the mail server can't be encrypted")
    } else {
        SendError::NotNow("the mail server can't be reached")
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    use tokio::net::TcpListener;
    use tokio::task::JoinHandle;

    use super::*;

    /// A mail server for one mail: it answers each `RCPT` as told, and gives all that it read.
    async fn mail_server(to_recipient: &'static str) -> (SocketAddr, JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let (read, mut write) = stream.into_split();
            let mut lines = BufReader::new(read).lines();
            let mut said = Vec::new();
            let mut in_text = false;
            write.write_all(b"220 here\r\n").await.unwrap();
            while let Ok(Some(line)) = lines.next_line().await {
                let answer = match line.split(' ').next() {
                    _ if in_text && line != "." => "",
                    Some("EHLO") => "250-here\r\n250 8BITMIME\r\n",
                    Some("RCPT") => to_recipient,
                    Some("DATA") => "354 go on\r\n",
                    Some("QUIT") => "221 bye\r\n",
                    _ => "250 well\r\n",
                };
                in_text = line == "DATA" || (in_text && line != ".");
                said.push(line);
                if write.write_all(answer.as_bytes()).await.is_err() {
                    break;
                }
            }
            said
        });
        (address, served)
    }

    fn message() -> Message {
        Message {
            id: "message_01h455vb4pex5vsknk084sn02q".to_owned(),
            channel: Channel::Email,
            to: "ama@example.org".to_owned(),
            subject: "رمز الدخول 123456".to_owned(),
            text: "Your code is 123456.\n.\nيصلح لعشر دقائق".to_owned(),
        }
    }

    #[tokio::test]
    async fn a_mail_arrives_with_its_recipient_subject_and_text() {
        let (address, served) = mail_server("250 well\r\n").await;
        let mail = SmtpMail::new(&format!("smtp://{address}"), "MAIP <maip@example.net>").unwrap();
        mail.send(&message()).await.unwrap();
        drop(mail);
        let said = served.await.unwrap();
        let has = |text: &str| said.iter().any(|line| line.contains(text));
        assert!(has("MAIL FROM:<maip@example.net>"), "{said:#?}");
        assert!(has("RCPT TO:<ama@example.org>"), "{said:#?}");
        assert!(has("Message-ID: <message_01h455vb4pex5vsknk084sn02q@example.net>"), "{said:#?}");
        assert!(has("Subject: =?utf-8?"), "{said:#?}");
        assert!(has("Auto-Submitted: auto-generated"), "{said:#?}");
        assert!(has("Content-Type: text/plain; charset=utf-8"), "{said:#?}");
        assert!(said.iter().filter(|line| *line == ".").count() == 1, "{said:#?}");
    }

    #[tokio::test]
    async fn a_refusal_for_good_and_one_for_now_are_told_apart_and_name_nobody() {
        for (answer, expected) in [
            ("550 no ama@example.org here\r\n", SendError::Refused("the mail server refuses it")),
            ("451 later, ama@example.org\r\n", SendError::NotNow("the mail server can't take it now")),
        ] {
            let (address, served) = mail_server(answer).await;
            let mail = SmtpMail::new(&format!("smtp://{address}"), "maip@example.net").unwrap();
            let error = mail.send(&message()).await.unwrap_err();
            assert_eq!(error, expected);
            assert!(!error.to_string().contains("ama"));
            served.await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_mail_server_that_is_away_is_tried_again() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let mail = SmtpMail::new(&format!("smtp://{address}"), "maip@example.net").unwrap();
        let error = mail.send(&message()).await.unwrap_err();
        assert_eq!(error, SendError::NotNow("the mail server can't be reached"));
    }

    #[tokio::test]
    async fn what_is_no_address_is_refused_for_good() {
        let mail = SmtpMail::new("smtp://127.0.0.1", "maip@example.net").unwrap();
        for to in ["ama", "ama@example.org\r\nBcc: other@example.org", ""] {
            let wrong = Message { to: to.to_owned(), ..message() };
            assert!(matches!(mail.send(&wrong).await, Err(SendError::Refused(_))), "{to}");
        }
    }

    #[test]
    fn settings_that_cannot_work_are_refused_and_never_shown() {
        let from = "maip@example.net";
        for url in ["", "mail.example.org", "https://mail.example.org", "smtp://"] {
            assert_eq!(SmtpMail::new(url, from).unwrap_err(), MailSettingsError::Url, "{url}");
        }
        let clear = SmtpMail::new("smtp://user:secret@mail.example.org", from).unwrap_err();
        assert_eq!(clear, MailSettingsError::PasswordInClear);
        assert!(SmtpMail::new("smtps://user:secret@mail.example.org", from).is_ok());
        assert!(SmtpMail::new("smtp://user:secret@mail.example.org?tls=required", from).is_ok());
        assert_eq!(SmtpMail::new("smtp://h", "maip").unwrap_err(), MailSettingsError::From);
        assert!(!format!("{:?}", SmtpMail::new("smtps://user:secret@h", from).unwrap()).contains("secret"));
    }
}
