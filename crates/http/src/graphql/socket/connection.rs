//! A WebSocket under way: messages in, answers out, one at a time. An answer is made only when the one
//! before it was taken, so a slow client costs no memory; it goes on from its cursor when it comes again.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::ws::{Message, WebSocket};
use futures::stream::{AbortHandle, BoxStream, SelectAll, abortable};
use futures::{StreamExt as _, stream};
use maip_api::{Budget, Credentials, Method, Purse, Recognised, Response, ResponseStatus, Started};
use tokio::time::{self, timeout};

use super::Handshake;
use super::close::Close;
use super::protocol::{self, Protocol, Step};
use crate::graphql::error::RequestError;
use crate::graphql::read::Parameters;
use crate::graphql::{count, count_sign_in};
use crate::installation::Installation;
use crate::limits::{Caller, Limiter, Seat, Spending};
use crate::router::App;

/// How many operations a client may have under way on one connection.
const MOST_OPERATIONS: usize = 100;

/// For so long a connection stays that was closed for what can't be read.
const LINGER: Duration = Duration::from_secs(1);

/// Whoever doesn't answer that the server stops holds it up for no longer. They go on from their cursor elsewhere.
const GOODBYE: Duration = Duration::from_secs(3);

/// Proxies close what says nothing for a minute.
const PINGED_EVERY: Duration = Duration::from_secs(25);

/// Nothing of a client that is there stays out for so long: it answers pings.
const GONE_AFTER: Duration = Duration::from_secs(70);

/// One connection.
pub struct Connection<I> {
    app: Arc<App<I>>,
    socket: WebSocket,
    handshake: Handshake,
    credentials: Credentials,
    protocol: Protocol,
    answers: SelectAll<BoxStream<'static, Answer>>,
    operations: HashMap<String, AbortHandle>,
    /// Its place, once it is known whose it is.
    seat: Option<Seat>,
    /// When the time of its credentials is over, where they have one.
    over_at: Option<time::Instant>,
}

/// An answer of an operation.
struct Answer {
    id: String,
    what: Result<Response, RequestError>,
    /// Whether more may follow.
    more: bool,
}

impl<I: Installation> Connection<I> {
    /// On this socket.
    pub fn new(app: Arc<App<I>>, socket: WebSocket, handshake: Handshake) -> Self {
        let credentials = handshake.credentials.clone();
        let (answers, operations) = (SelectAll::new(), HashMap::new());
        let protocol = Protocol::new(MOST_OPERATIONS);
        let (seat, over_at) = (None, None);
        Self { app, socket, handshake, credentials, protocol, answers, operations, seat, over_at }
    }

    /// Goes on until one of the two closes the socket.
    pub async fn run(mut self) {
        if let Some(close) = self.until_closed().await {
            self.close(close).await;
        }
    }

    /// Closes the socket.
    pub async fn close(mut self, close: Close) {
        // Operations end before the client is told, so that nothing comes after.
        self.answers.clear();
        tracing::debug!(code = close.code, "a socket is closed");
        let stall = self.app.settings.longest_stall;
        let patience = if close.is_going_away() { GOODBYE.min(stall) } else { stall };
        let closed = async {
            self.socket.send(close.into_message()).await?;
            // Its own close frame, so that ours isn't lost in what it sent meanwhile.
            let mut answered = false;
            while let Some(Ok(message)) = self.socket.recv().await {
                answered |= matches!(message, Message::Close(_));
            }
            // Once something couldn't be read, nothing more is, and a connection that ends on unread bytes is reset:
            // there has to be time for the client to read why before that.
            if !answered {
                tokio::time::sleep(LINGER).await;
            }
            Ok::<_, axum::Error>(())
        };
        if !matches!(timeout(patience, closed).await, Ok(Ok(()))) {
            tracing::debug!("a socket was cut off");
        }
    }

    /// Why it is to be closed; nothing where the client did.
    async fn until_closed(&mut self) -> Option<Close> {
        let stopping = self.handshake.lifetime.clone();
        let mut stopping = std::pin::pin!(async move {
            match stopping {
                Some(lifetime) => lifetime.stopping().await,
                None => std::future::pending().await,
            }
        });
        let mut first = std::pin::pin!(time::sleep(self.app.settings.header_timeout));
        let mut pings = time::interval(PINGED_EVERY);
        let mut heard = Instant::now();
        loop {
            let done = tokio::select! {
                () = &mut stopping => Err(Close::going_away()),
                () = &mut first, if !self.protocol.has_begun() => Err(Close::initialisation_timeout()),
                // Also where nothing is under way: nobody's token opens a socket for longer than it holds.
                () = over(self.over_at) => Err(Close::forbidden()),
                message = self.socket.recv() => {
                    heard = Instant::now();
                    match message {
                        Some(Ok(Message::Close(_))) | None => return None,
                        Some(Ok(message)) => self.receive(message).await,
                        Some(Err(_)) => Err(Close::too_big()),
                    }
                }
                Some(answer) = self.answers.next(), if !self.answers.is_empty() => self.deliver(answer).await,
                _ = pings.tick() => {
                    if heard.elapsed() > GONE_AFTER {
                        Err(Close::too_slow())
                    } else {
                        self.send(Message::Ping(Vec::new().into())).await
                    }
                }
            };
            if let Err(close) = done {
                return Some(close);
            }
        }
    }

    async fn receive(&mut self, message: Message) -> Result<(), Close> {
        let text = match &message {
            Message::Text(text) => text.as_str(),
            Message::Binary(_) => return Err(Close::invalid("it is binary")),
            // Answered by the socket itself.
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => return Ok(()),
        };
        match self.protocol.receive(text) {
            Step::Nothing => Ok(()),
            Step::Send(text) => self.send_text(text).await,
            Step::Initialise(given) => {
                if let Some(credentials) = given {
                    self.credentials = credentials;
                }
                self.authenticate().await?;
                let holder = Limiter::holder(self.handshake.peer, &self.credentials);
                self.seat = Some(self.app.seats.take(holder).ok_or_else(Close::too_many)?);
                let acknowledgement = self.protocol.acknowledge();
                self.send_text(acknowledgement).await
            }
            Step::Begin(id, parameters) => {
                self.begin(id, parameters).await;
                Ok(())
            }
            Step::Refuse(id, error) => {
                self.send_text(protocol::error(&id, &error.body(&self.handshake.id))).await
            }
            Step::End(id) => {
                self.end(&id);
                Ok(())
            }
            Step::Close(close) => Err(close),
        }
    }

    /// Whether the credentials hold. They are asked about again with each operation.
    async fn authenticate(&mut self) -> Result<(), Close> {
        if self.credentials == Credentials::Anonymous {
            return Ok(());
        }
        let caller = self.count().map_err(|_| Close::try_again())?;
        let nothing = Parameters {
            query: None,
            document: None,
            operation_name: None,
            variables: None,
            method: Method::Post,
        };
        let Recognised { status, lasts } = self.app.installation.recognise(self.request(nothing)).await;
        match status {
            ResponseStatus::Executed => {
                self.over_at = lasts.map(|lasts| time::Instant::now() + lasts);
                self.app.limiter.accept(&caller, 0, Instant::now());
                Ok(())
            }
            ResponseStatus::Unauthenticated => Err(Close::forbidden()),
            _ => Err(Close::try_again()),
        }
    }

    fn count(&self) -> Result<Caller, RequestError> {
        count(&self.app, self.handshake.peer, &self.credentials, &mut Vec::new())
    }

    /// Begins an operation. What happens from now on is part of it, where it is a subscription.
    async fn begin(&mut self, id: String, parameters: Parameters) {
        let request = self.request(parameters);
        let attending = self.app.installation.attend(&request).await;
        let (answers, handle) = abortable(self.operation(request));
        // Until it ends, by whichever of the two.
        let answers = answers.inspect(move |_| {
            let _ = &attending;
        });
        self.operations.insert(id.clone(), handle);
        let answers = answers.map(move |(what, more)| Answer { id: id.clone(), what, more });
        self.answers.push(answers.boxed());
    }

    fn operation(
        &self,
        mut request: maip_api::Request,
    ) -> BoxStream<'static, (Result<Response, RequestError>, bool)> {
        let refused = |error| stream::iter([(Err(error), false)]).boxed();
        let caller = match self.count() {
            Ok(caller) => caller,
            Err(error) => return refused(error),
        };
        let place = match self.app.turns.enter(caller.who()) {
            Ok(place) => place,
            Err(full) => return refused(full.into()),
        };
        let (app, peer) = (Arc::clone(&self.app), self.handshake.peer);
        let spending = Arc::new(Spending::new(Arc::clone(&app.limiter), Arc::new(caller), peer));
        request.purse = Some(Purse(Arc::clone(&spending) as Arc<dyn Budget>));
        let started = Arc::clone(&app.installation).start(request.clone());
        let (limit, watch) = (app.settings.request_timeout, request.watch.clone());
        let begun = async move {
            let turn = place.turn().await;
            // What is only named may be an attempt to sign in too, and is counted like one.
            let resolved = match request.query {
                Some(_) => Ok(request),
                None => app.installation.resolve(request).await,
            };
            let started = match resolved {
                Ok(request) => {
                    count_sign_in(&app, peer, &request, &mut Vec::new())?;
                    started.await
                }
                Err(response) => Started::Once(response),
            };
            let refused = matches!(&started, Started::Once(response)
                if response.status == ResponseStatus::Unauthenticated);
            if !refused {
                spending.accept(Instant::now());
            }
            drop((turn, place));
            Ok(started)
        };
        let answers = async move {
            match watch.limit(limit, begun).await.unwrap_or(Err(RequestError::Timeout)) {
                Err(error) => refused(error),
                Ok(Started::Once(response)) => stream::iter([(Ok(response), false)]).boxed(),
                Ok(Started::Stream(answers)) => answers.map(|answer| (Ok(answer), true)).boxed(),
            }
        };
        stream::once(answers).flatten().boxed()
    }

    fn request(&self, parameters: Parameters) -> maip_api::Request {
        let Handshake { peer, id, accept_language, .. } = &self.handshake;
        let language = accept_language.clone();
        parameters.into_request(id, self.credentials.clone(), *peer, language)
    }

    async fn deliver(&mut self, answer: Answer) -> Result<(), Close> {
        let Answer { id, what, more } = answer;
        match what {
            Ok(response) if response.status == ResponseStatus::Executed => {
                self.send_text(protocol::next(&id, &response.body)).await?;
                if !more {
                    self.end(&id);
                    self.send_text(protocol::complete(&id)).await?;
                }
                Ok(())
            }
            // What the client showed at first isn't worth anything any more, for any operation.
            Ok(response) if response.status == ResponseStatus::Unauthenticated => Err(Close::forbidden()),
            Ok(response) => {
                self.end(&id);
                self.send_text(protocol::error(&id, &response.body)).await
            }
            Err(error) => {
                self.end(&id);
                self.send_text(protocol::error(&id, &error.body(&self.handshake.id))).await
            }
        }
    }

    fn end(&mut self, id: &str) {
        self.protocol.finish(id);
        if let Some(operation) = self.operations.remove(id) {
            operation.abort();
        }
    }

    async fn send_text(&mut self, text: String) -> Result<(), Close> {
        self.send(Message::Text(text.into())).await
    }

    /// Waits for half as long as the connection does, so that there is time left to say why it ends.
    async fn send(&mut self, message: Message) -> Result<(), Close> {
        match timeout(self.app.settings.longest_stall / 2, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            // The other end is gone, or takes nothing any more.
            Ok(Err(_)) | Err(_) => Err(Close::too_slow()),
        }
    }
}

/// Ready when the time is over, never where there is none.
async fn over(at: Option<time::Instant>) {
    match at {
        Some(at) => time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
