//! A client of MAIP in Rust: operations typed by the schema, over HTTP; subscriptions as server-sent
//! events, which need nothing but HTTP.

pub mod operations;

use std::io::{BufRead as _, BufReader};
use std::time::Duration;

use graphql_client::{GraphQLQuery, Response};
use serde::de::DeserializeOwned;

/// So long an answer may take, and a stream of events goes on; then one comes again with the last cursor.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why there is no data.
#[derive(Debug)]
pub enum Error {
    /// No answer, or none that can be read.
    Transport(String),
    /// The server's errors, as it words them.
    Refused(Vec<graphql_client::Error>),
}

impl Error {
    /// `extensions.code` of the first error: see docs/errors.md.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(errors) => errors.first()?.extensions.as_ref()?.get("code")?.as_str(),
            Self::Transport(_) => None,
        }
    }
}

/// An endpoint, and who asks it.
#[derive(Clone, Debug)]
pub struct Maip {
    agent: ureq::Agent,
    endpoint: String,
    token: Option<String>,
}

impl Maip {
    /// Of this address, without credentials.
    #[must_use]
    pub fn new(url: &str) -> Self {
        // A refused request has a GraphQL answer as well.
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .build()
            .into();
        Self { agent, endpoint: format!("{url}/graphql"), token: None }
    }

    /// The same with a token.
    #[must_use]
    pub fn with_token(&self, token: String) -> Self {
        Self { token: Some(token), ..self.clone() }
    }

    /// The data of an operation.
    ///
    /// # Errors
    /// No answer, or the server's errors.
    pub fn execute<Q: GraphQLQuery>(&self, variables: Q::Variables) -> Result<Q::ResponseData, Error> {
        let mut response = self.send::<Q>(variables, "application/graphql-response+json")?;
        data(response.body_mut().read_json().map_err(transport)?)
    }

    /// The data of each event of a subscription, until the caller has enough.
    ///
    /// # Errors
    /// The stream doesn't begin.
    pub fn subscribe<Q: GraphQLQuery>(
        &self,
        variables: Q::Variables,
    ) -> Result<impl Iterator<Item = Result<Q::ResponseData, Error>>, Error> {
        let response = self.send::<Q>(variables, "text/event-stream")?;
        let lines = BufReader::new(response.into_body().into_reader()).lines();
        // `event: next`, `data: {…}`; `event: complete` has empty data, and lines of `:` are signs of life.
        let events = lines.filter_map(|line| match line {
            Ok(line) => line.strip_prefix("data: ").map(|text| text.to_owned()).map(Ok),
            Err(error) => Some(Err(transport(error))),
        });
        Ok(events.filter(|event| event.as_ref().is_ok_and(|text| !text.is_empty())).map(|event| {
            let text = event?;
            data(serde_json::from_str(&text).map_err(transport)?)
        }))
    }

    fn send<Q: GraphQLQuery>(
        &self,
        variables: Q::Variables,
        accept: &str,
    ) -> Result<ureq::http::Response<ureq::Body>, Error> {
        let mut request = self.agent.post(&self.endpoint).header("accept", accept);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        request.send_json(Q::build_query(variables)).map_err(transport)
    }
}

fn data<D: DeserializeOwned>(response: Response<D>) -> Result<D, Error> {
    match response {
        Response { errors: Some(errors), .. } if !errors.is_empty() => Err(Error::Refused(errors)),
        Response { data: Some(data), .. } => Ok(data),
        _ => Err(Error::Transport("neither data nor errors".to_owned())),
    }
}

fn transport(error: impl std::fmt::Display) -> Error {
    Error::Transport(error.to_string())
}
