//! Why a socket is closed: codes of the protocol `graphql-transport-ws`, and some of our own.

use axum::extract::ws::{CloseFrame, Message};

/// A close frame has no room for more.
const LONGEST_REASON: usize = 123;

/// The code of RFC 6455 for a server that goes down.
const GOING_AWAY: u16 = 1001;

/// A code and a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// The code.
    pub code: u16,
    /// The reason, for people.
    pub reason: String,
}

impl Close {
    fn new(code: u16, reason: &str) -> Self {
        Self { code, reason: cut(reason).to_owned() }
    }

    /// What came is no message of the protocol.
    pub fn invalid(what: &str) -> Self {
        Self::new(4400, &format!("Invalid message: {what}"))
    }

    /// An operation before the connection was acknowledged.
    pub fn unauthorized() -> Self {
        Self::new(4401, "Unauthorized")
    }

    /// The credentials are worth nothing, or no longer.
    pub fn forbidden() -> Self {
        Self::new(4403, "Forbidden")
    }

    /// Another protocol was wished for.
    pub fn protocol() -> Self {
        Self::new(4406, "Subprotocol not acceptable")
    }

    /// The first message didn't come.
    pub fn initialisation_timeout() -> Self {
        Self::new(4408, "Connection initialisation timeout")
    }

    /// An operation with the id of one that runs.
    pub fn exists(id: &str) -> Self {
        // The end of the reason is as telling as its beginning.
        let room = LONGEST_REASON - "Subscriber for  already exists".len();
        let shown =
            if id.len() > room { format!("{}…", cut_to(id, room - "…".len())) } else { id.to_owned() };
        Self::new(4409, &format!("Subscriber for {shown} already exists"))
    }

    /// A second initialisation.
    pub fn initialised_twice() -> Self {
        Self::new(4429, "Too many initialisation requests")
    }

    /// The client takes nothing, or says nothing, for too long. It goes on from its last cursor.
    pub fn too_slow() -> Self {
        Self::new(4008, "Too slow: come again, and go on after the last cursor")
    }

    /// The process stops.
    pub fn going_away() -> Self {
        Self::new(GOING_AWAY, "The server stops; come again")
    }

    /// Whether the process stops.
    pub fn is_going_away(&self) -> bool {
        self.code == GOING_AWAY
    }

    /// More than a message may hold, or no WebSocket any more.
    pub fn too_big() -> Self {
        Self::new(1009, "A message is larger than it may be, or broken")
    }

    /// Nothing is wrong with the client.
    pub fn try_again() -> Self {
        Self::new(1013, "Try again later")
    }

    /// All places of this caller are taken.
    pub fn too_many() -> Self {
        Self::new(1013, "Too many connections of yours; try again later")
    }

    /// As a message.
    pub fn into_message(self) -> Message {
        Message::Close(Some(CloseFrame { code: self.code, reason: self.reason.into() }))
    }
}

fn cut(reason: &str) -> &str {
    cut_to(reason, LONGEST_REASON)
}

fn cut_to(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
    text.get(..end.unwrap_or(0)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_fits_into_a_frame_and_stays_text() {
        for id in ["x".repeat(500), "é".repeat(100), "水".repeat(60)] {
            let close = Close::exists(&id);
            assert!(close.reason.len() <= LONGEST_REASON, "{}", close.reason);
            assert!(close.reason.ends_with("… already exists"), "{}", close.reason);
            assert!(Close::invalid(&id).reason.len() <= LONGEST_REASON);
        }
        assert_eq!(Close::exists("7").reason, "Subscriber for 7 already exists");
    }
}
