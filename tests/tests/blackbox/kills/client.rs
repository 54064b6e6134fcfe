//! A client that writes on through all kills, and knows what was acknowledged.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use maip_tests::{Request, Server, until};
use serde_json::{Value, json};

use super::writes::{Deed, Kind, OTHER, Write, contact, lesson, organisation};
use crate::faults::{LOGIN, PASSWORD};

/// What the server acknowledged, and what it may have done without saying so.
#[derive(Clone, Default)]
pub struct Ledger(pub Arc<Mutex<Entries>>);

#[derive(Default)]
pub struct Entries {
    /// What was acknowledged.
    pub done: Vec<Deed>,
    /// What may have been done without its being said.
    pub unanswered: Vec<Write>,
    /// The last refresh token of each session whose opening was acknowledged.
    pub sessions: Vec<String>,
    /// How often one of them was gone on with.
    pub refreshed: usize,
}

impl Ledger {
    /// How much was acknowledged.
    pub fn count(&self) -> usize {
        let entries = self.0.lock().unwrap();
        entries.done.len() + entries.sessions.len() + entries.refreshed
    }

    /// How often a session was gone on with.
    pub fn refreshed(&self) -> usize {
        self.0.lock().unwrap().refreshed
    }

    pub fn done(&self) -> Vec<Deed> {
        self.0.lock().unwrap().done.clone()
    }
}

/// How a write ended.
enum Ended {
    Done(Value),
    /// It was refused: there are enough introductions for a day, or cards.
    Refused,
    /// It was said that it can't be done now: nothing was changed, or it isn't known.
    Unavailable,
    /// No answer.
    Lost,
}

/// Two people, and where the server is.
#[derive(Clone)]
pub struct Client {
    pub address: SocketAddr,
    tokens: [String; 2],
    ledger: Ledger,
}

impl Client {
    pub async fn sign_in(server: &Server, ledger: &Ledger) -> Self {
        let address = server.address();
        let mut client = Self { address, tokens: Default::default(), ledger: ledger.clone() };
        for (place, login) in [LOGIN, OTHER].into_iter().enumerate() {
            let input = json!({ "login": login, "password": PASSWORD });
            let Ended::Done(payload) = client.send("", "signIn", &input).await else {
                panic!("{login} signs in")
            };
            client.tokens[place] = text(&payload["session"]["accessToken"]);
        }
        client
    }

    async fn send(&self, who: &str, mutation: &str, input: &Value) -> Ended {
        let selection = match mutation {
            "signIn" | "refreshSession" => "session { accessToken refreshToken }",
            _ => "__typename",
        };
        let mut request = Request::mutation(mutation, input, selection);
        if !who.is_empty() {
            request = request.bearer(&self.tokens[usize::from(who == OTHER)]);
        }
        let Ok(response) = request.send(self.address).await else { return Ended::Lost };
        match response.code() {
            None => {
                let payload = response.data()[mutation].clone();
                match payload["userErrors"][0]["code"].as_str() {
                    None => Ended::Done(payload),
                    Some("TRY_LATER" | "TOO_MANY") => Ended::Refused,
                    Some(_) => panic!("{mutation} with {input}: {response}"),
                }
            }
            Some("UNAVAILABLE") => Ended::Unavailable,
            Some(_) => panic!("a fault isn't answered with {response}"),
        }
    }

    /// Does it, and what follows on it; kept for later where it isn't known whether it was done.
    async fn write(&self, write: Write, gone: &mut bool) {
        let mut next = Some(write);
        while let Some(write) = next.take() {
            match self.send(write.who, write.mutation, &write.input).await {
                Ended::Done(_) => {
                    self.ledger.0.lock().unwrap().done.push(write.deed);
                    next = write.then.map(|then| *then);
                }
                Ended::Refused => next = write.otherwise(),
                ended @ (Ended::Unavailable | Ended::Lost) => {
                    *gone |= matches!(ended, Ended::Lost);
                    self.ledger.0.lock().unwrap().unanswered.push(write);
                }
            }
        }
    }

    /// Writes without a pause until told to stop or, where the server goes away for good, until it is gone.
    pub async fn write_on(self, kind: Kind, platform: String, stop: Arc<AtomicBool>, to_the_end: bool) {
        let mut session = None;
        let mut gone = false;
        let ended = |gone: bool| stop.load(Ordering::Relaxed) || (gone && to_the_end);
        while !ended(gone) {
            match kind {
                Kind::Organisations => self.write(organisation(), &mut gone).await,
                Kind::Lessons => self.write(lesson(&platform), &mut gone).await,
                Kind::Contacts => self.write(contact(), &mut gone).await,
                Kind::Sessions => self.stay_signed_in(&mut session, &mut gone).await,
            }
        }
    }

    /// Signs in, or refreshes the session: where the answer was lost, with the same token again.
    async fn stay_signed_in(&self, session: &mut Option<usize>, gone: &mut bool) {
        let known = session.map(|place| self.ledger.0.lock().unwrap().sessions[place].clone());
        let ended = match &known {
            None => self.send("", "signIn", &json!({ "login": OTHER, "password": PASSWORD })).await,
            Some(token) => self.send("", "refreshSession", &json!({ "refreshToken": token })).await,
        };
        match ended {
            Ended::Done(payload) => {
                let token = text(&payload["session"]["refreshToken"]);
                let mut entries = self.ledger.0.lock().unwrap();
                if let Some(place) = *session {
                    entries.sessions[place] = token;
                    entries.refreshed += 1;
                } else {
                    *session = Some(entries.sessions.len());
                    entries.sessions.push(token);
                }
            }
            Ended::Refused | Ended::Unavailable => {}
            Ended::Lost => *gone = true,
        }
    }

    /// What wasn't answered is sent again, as a client does, until it is, and what follows on it too.
    pub async fn repeat(&self) {
        let next = || self.ledger.0.lock().unwrap().unanswered.pop();
        let left = || self.ledger.0.lock().unwrap().unanswered.len();
        // There may be many; each has its time. A broken connection of a pool is noticed by one request.
        while left() > 0 {
            let before = left();
            until("one more is answered", async || {
                if let Some(write) = next() {
                    self.write(write, &mut false).await;
                }
                left() < before
            })
            .await;
        }
    }

    /// Asserts that all of this is there, as it was left.
    pub async fn finds(&self, done: &[Deed]) {
        let query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Lesson { title } \
                     ... on Introduction { introduced: status } ... on ContactCard { directory: status } } }";
        for some in done.chunks(20) {
            let ids: Vec<&String> = some.iter().map(|(_, id)| id).collect();
            let request = Request::graphql(query, &json!({ "ids": ids })).bearer(&self.tokens[0]);
            let response = request.send(self.address).await.unwrap();
            for ((action, id), node) in some.iter().zip(response.data()["nodes"].as_array().unwrap()) {
                assert_eq!(node["id"], json!(id), "{action} was acknowledged, and is lost");
                let (shown, expected) = match *action {
                    "lesson.updated" => (&node["title"], "Racks, and shade"),
                    "introduction.connected" => (&node["introduced"], "CONNECTED"),
                    "contact_card.retired" => (&node["directory"], "RETIRED"),
                    _ => continue,
                };
                assert_eq!(*shown, json!(expected), "{action} was acknowledged, and is lost: {id}");
            }
        }
    }

    /// Asserts that each session that was opened can be gone on with: the token that was given last is good.
    pub async fn sessions_go_on(&self) {
        let sessions = self.ledger.0.lock().unwrap().sessions.clone();
        for (place, token) in sessions.into_iter().enumerate() {
            let input = json!({ "refreshToken": token });
            let Ended::Done(payload) = self.send("", "refreshSession", &input).await else {
                panic!("it is refreshed")
            };
            self.ledger.0.lock().unwrap().sessions[place] = text(&payload["session"]["refreshToken"]);
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text, not {value}")).to_owned()
}
