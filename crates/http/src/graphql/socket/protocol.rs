//! The protocol `graphql-transport-ws` from the server's side, without a socket: what is to be done
//! about each message, by what came before.

use std::collections::HashSet;

use maip_api::{Credentials, Method};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::close::Close;
use crate::graphql::authorization;
use crate::graphql::error::RequestError;
use crate::graphql::json;
use crate::graphql::read::Parameters;

/// The name of the protocol.
pub const NAME: &str = "graphql-transport-ws";

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing was said yet.
    New,
    /// The credentials are looked at.
    Initialising,
    /// Operations are welcome.
    Acknowledged,
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Nothing,
    /// This is to be sent.
    Send(String),
    /// The credentials are to be looked at; where none are given, those of the handshake.
    Initialise(Option<Credentials>),
    /// An operation is to be executed.
    Begin(String, Parameters),
    /// An operation is refused before it began.
    Refuse(String, RequestError),
    /// An operation is to be ended.
    End(String),
    /// The socket is to be closed.
    Close(Close),
}

/// One connection.
#[derive(Debug)]
pub struct Protocol {
    phase: Phase,
    running: HashSet<String>,
    most: usize,
}

impl Protocol {
    /// A connection that may run so many operations at once.
    pub fn new(most: usize) -> Self {
        Self { phase: Phase::New, running: HashSet::new(), most }
    }

    /// Whether the client has said who it is.
    pub fn has_begun(&self) -> bool {
        self.phase != Phase::New
    }

    /// What is to be done about a message.
    pub fn receive(&mut self, text: &str) -> Step {
        self.read(text).unwrap_or_else(Step::Close)
    }

    /// The credentials are good: from now on operations are executed. This is to be sent.
    pub fn acknowledge(&mut self) -> String {
        self.phase = Phase::Acknowledged;
        json!({ "type": "connection_ack" }).to_string()
    }

    /// An operation has ended: its id is free again.
    pub fn finish(&mut self, id: &str) {
        self.running.remove(id);
    }

    fn read(&mut self, text: &str) -> Result<Step, Close> {
        let no_object = "it is no JSON object";
        let mut message = match json::read(text.as_bytes()).map_err(|refusal| refusal.or(no_object)) {
            Ok(Value::Object(message)) => message,
            Err(RequestError::NotWellFormed(what)) => return Err(Close::invalid(what)),
            _ => return Err(Close::invalid(no_object)),
        };
        let Some(Value::String(kind)) = message.remove("type") else {
            return Err(Close::invalid("`type` is missing"));
        };
        match kind.as_str() {
            "connection_init" => self.initialise(object(message.remove("payload"))?.as_ref()),
            "ping" => {
                let mut pong = json!({ "type": "pong" });
                if let Some(payload) = object(message.remove("payload"))? {
                    pong["payload"] = payload.into();
                }
                Ok(Step::Send(pong.to_string()))
            }
            "pong" => object(message.remove("payload")).map(|_| Step::Nothing),
            "subscribe" => self.subscribe(id(&mut message)?, message.remove("payload")),
            "complete" => {
                let id = id(&mut message)?;
                // It may have ended meanwhile.
                Ok(if self.running.remove(&id) { Step::End(id) } else { Step::Nothing })
            }
            _ => Err(Close::invalid("its `type` is none of the protocol")),
        }
    }

    fn initialise(&mut self, payload: Option<&Map<String, Value>>) -> Result<Step, Close> {
        if self.has_begun() {
            return Err(Close::initialised_twice());
        }
        self.phase = Phase::Initialising;
        let given = payload.and_then(|payload| payload.get("Authorization").or(payload.get("authorization")));
        match given {
            None | Some(Value::Null) => Ok(Step::Initialise(None)),
            Some(Value::String(value)) => authorization::parse(value)
                .map(|credentials| Step::Initialise(Some(credentials)))
                .map_err(|_| Close::forbidden()),
            Some(_) => Err(Close::forbidden()),
        }
    }

    fn subscribe(&mut self, id: String, payload: Option<Value>) -> Result<Step, Close> {
        if self.phase != Phase::Acknowledged {
            return Err(Close::unauthorized());
        }
        if self.running.contains(&id) {
            return Err(Close::exists(&id));
        }
        let Some(payload) = object(payload)? else {
            return Err(Close::invalid("`payload` is missing"));
        };
        if self.running.len() >= self.most {
            return Ok(Step::Refuse(id, RequestError::TooManyOperations));
        }
        match Parameters::from_fields(payload, Method::Post) {
            Ok(parameters) => {
                self.running.insert(id.clone());
                Ok(Step::Begin(id, parameters))
            }
            Err(RequestError::NotWellFormed(what)) => Err(Close::invalid(what)),
            Err(error) => Ok(Step::Refuse(id, error)),
        }
    }
}

/// One answer of an operation.
pub fn next(id: &str, body: &str) -> String {
    format!("{{\"id\":{},\"type\":\"next\",\"payload\":{body}}}", Value::from(id))
}

/// The end of an operation that went well.
pub fn complete(id: &str) -> String {
    json!({ "id": id, "type": "complete" }).to_string()
}

/// The end of an operation that didn't; `body` is the response, whose errors are shown.
pub fn error(id: &str, body: &str) -> String {
    #[derive(serde::Deserialize)]
    struct Body<'a> {
        #[serde(borrow)]
        errors: &'a RawValue,
    }
    let errors = serde_json::from_str::<Body<'_>>(body).map_or("[]", |body| body.errors.get());
    format!("{{\"id\":{},\"type\":\"error\",\"payload\":{errors}}}", Value::from(id))
}

fn id(message: &mut Map<String, Value>) -> Result<String, Close> {
    match message.remove("id") {
        Some(Value::String(id)) if !id.is_empty() => Ok(id),
        _ => Err(Close::invalid("`id` is missing")),
    }
}

fn object(value: Option<Value>) -> Result<Option<Map<String, Value>>, Close> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(fields)) => Ok(Some(fields)),
        Some(_) => Err(Close::invalid("`payload` must be an object")),
    }
}

#[cfg(test)]
mod tests;
