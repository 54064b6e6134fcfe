//! Subscriptions: each reads the outbox in order, from where its client stands, and shows an event
//! as far as a read of its record does. So nothing is lost however slow a client is, and what a viewer
//! may not see when the event would be delivered isn't.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream;
use maip_domain::time::Timestamp;
use maip_persistence::DbErr;
use maip_persistence::read::plan::{ReadPlan, Root, RootRead};
use maip_persistence::read::run::Answer;
use maip_persistence::read::viewer::{Standing, Viewer};
use maip_persistence::record::Following;
use maip_persistence::record::events::{self, Event};
use serde_json::value::RawValue;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::query::{missing_scope, read_failure};
use super::respond::{self, Answered};
use super::{Api, one};
use crate::document::Document;
use crate::document::collect::{Collected, Collector};
use crate::document::variables::{self, Variables};
use crate::errors::{Code, Failure};
use crate::plan::Planner;
use crate::plan::event::{EventPart, EventPlan, is_told};
use crate::request::{Credentials, Method, Recognised, Request, Response, ResponseStatus, Started};
use crate::schema::names;
use crate::subscription::Subscription;

/// Where nothing happens, the credentials are looked at so often.
const CHECKED_EVERY: Duration = Duration::from_secs(10);

/// The shortest time between two looks.
const SOON: Duration = Duration::from_millis(50);

/// Until the next try while the database is away.
const AWAY: Duration = Duration::from_secs(1);

/// A subscription under way.
struct Listening {
    api: Arc<Api>,
    request: Request,
    document: Arc<Document>,
    variables: Variables,
    field: Collected,
    subscription: &'static Subscription,
    feed: Following,
    /// Up to here the outbox was looked through.
    position: i64,
    /// What was found there and isn't delivered yet.
    waiting: VecDeque<Event>,
    check_at: Instant,
    /// When the time of what the client shows is over, where that is known.
    over_at: Option<Instant>,
    ended: bool,
}

/// Why an event isn't delivered now.
enum Trouble {
    /// The database is away: it is delivered later.
    Away,
    /// The subscription ends with this.
    End(Failure),
}

impl Api {
    /// What the credentials are worth.
    pub(super) async fn known(&self, request: &Request) -> Recognised {
        match timeout(self.documents.settings.time_limit, self.accept(request)).await {
            Ok(Ok(until)) => Recognised {
                status: ResponseStatus::Executed,
                lasts: until.map(|until| self.remaining(until)),
            },
            Ok(Err(failure)) => Recognised { status: failure.status(), lasts: None },
            Err(_) => Recognised { status: ResponseStatus::Timeout, lasts: None },
        }
    }

    fn remaining(&self, until: Timestamp) -> Duration {
        let micros = until.micros().saturating_sub(self.services.now().micros());
        Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    }

    pub(super) async fn is_subscription(&self, request: &Request) -> bool {
        // Most are not, and needn't be parsed to know it.
        let Some(text) = request.query.as_deref().filter(|text| text.contains("subscription")) else {
            return false;
        };
        self.documents.fetch(text).await.is_ok_and(|document| {
            let operation = document.operation(request.operation_name.as_deref());
            operation.is_ok_and(|operation| operation.is_subscription())
        })
    }

    /// Begins a subscription where its events are known to be numbered up to `known`.
    pub(super) async fn subscribe(self: Arc<Self>, request: Request, known: Option<i64>) -> Started {
        let authenticated = request.credentials != Credentials::Anonymous;
        let limit = self.documents.settings.time_limit;
        match timeout(limit, Listening::begin(self, request, known)).await {
            Ok(Ok(listening)) => Started::Stream(
                stream::unfold(listening, async |mut listening| {
                    let response = listening.next().await?;
                    Some((response, listening))
                })
                .boxed(),
            ),
            Ok(Err(failures)) => {
                let by_get =
                    failures.first().is_some_and(|failure| failure.code == Code::OperationNotAllowed);
                Started::Once(match failures.first() {
                    Some(failure) if by_get => Answered::refused(ResponseStatus::MutationOverGet, failure)
                        .into_response(authenticated),
                    _ => respond::refused(&failures, authenticated),
                })
            }
            Err(_) => Started::Once(respond::refused(&[Failure::timeout()], authenticated)),
        }
    }
}

impl Listening {
    async fn begin(api: Arc<Api>, request: Request, known: Option<i64>) -> Result<Self, Vec<Failure>> {
        let text = request.query.as_deref().unwrap_or_default();
        let document = api.documents.fetch(text).await?;
        let operation = document.operation(request.operation_name.as_deref()).map_err(one)?;
        let variables =
            variables::coerce(&api.documents.schema, operation, request.variables.clone()).map_err(one)?;
        let fields = Collector::new(&api.documents, &document, &variables).roots(operation).map_err(one)?;
        // Validation has seen to it but for `@skip` and `@include`.
        let [field] = &*fields else {
            return Err(one(Failure::bad_input("a subscription has exactly one root field")));
        };
        let field = field.clone();
        let Some(subscription) = api.catalogue.subscription(field.name()) else {
            return Err(one(Failure::bad_input("no such subscription")));
        };
        let feed = api.services.feed.follow();
        let mut listening = Self {
            api,
            request,
            document,
            variables,
            field,
            subscription,
            feed,
            position: 0,
            waiting: VecDeque::new(),
            check_at: Instant::now(),
            over_at: None,
            ended: false,
        };
        // An event of no record, so that what is asked too much of is refused before anything happens.
        let plan = listening.plan().map_err(one)?;
        listening.request.spend(plan.cost).map_err(one)?;
        let (_, roots) = plan.of(subscription, "", None);
        let plan = ReadPlan::new(Viewer::Anonymous, listening.api.services.now(), roots);
        if listening.request.method == Method::Get && plan.reads_sealed() {
            let message = "contact details can't be read by GET, which may be kept on the way; use POST";
            return Err(one(Failure::new(Code::OperationNotAllowed, message)));
        }
        let after = listening.after().map_err(one)?;
        let (_, until) = listening.api.viewer_until(&listening.request).await.map_err(one)?;
        listening.over_at = until.map(|until| Instant::now() + listening.api.remaining(until));
        listening.check().await.map_err(Trouble::into_failures)?;
        listening.was_checked();
        let begun = listening.stand(after, known).await;
        listening.position = begun.map_err(Trouble::into_failures)?;
        Ok(listening)
    }

    /// Where it begins: after the event that the client knows, else with what happens from now on.
    async fn stand(&self, after: Option<i64>, known: Option<i64>) -> Result<i64, Trouble> {
        let database = &self.api.services.database;
        let Some(after) = after else {
            return match known {
                Some(known) => Ok(known),
                None => events::last_position(database).await.map_err(|error| self.trouble(&error)),
            };
        };
        if events::is_kept(database, after).await.map_err(|error| self.trouble(&error))? {
            return Ok(after);
        }
        Err(pruned())
    }

    /// What the client knows: by the field's argument, else by its carrier.
    fn after(&self) -> Result<Option<i64>, Failure> {
        let argument = self.planner().after(&self.field)?;
        let (cursor, whose) = match (argument.as_deref(), self.request.last_event.as_deref()) {
            (Some(cursor), _) => (cursor, names::AFTER),
            (None, Some(cursor)) => (cursor, "Last-Event-ID"),
            (None, None) => return Ok(None),
        };
        let position = self.api.services.keyring.event_position(cursor);
        position.map(Some).ok_or_else(|| Failure::bad_input(format!("{whose}: not a cursor of an event")))
    }

    /// The next answer; none after the one that says why it ended.
    async fn next(&mut self) -> Option<Response> {
        while !self.ended {
            match self.step().await {
                Ok(None) => {}
                Ok(Some(response)) => return Some(response),
                Err(Trouble::Away) => sleep(AWAY).await,
                Err(Trouble::End(failure)) => {
                    self.ended = true;
                    return Some(respond::refused(&[failure], true));
                }
            }
        }
        None
    }

    /// Delivers what waits, else looks further, else waits for something to happen.
    async fn step(&mut self) -> Result<Option<Response>, Trouble> {
        if let Some(event) = self.waiting.front() {
            let delivered = self.deliver(event).await?;
            self.waiting.pop_front();
            self.was_checked();
            return Ok(delivered);
        }
        if Instant::now() >= self.check_at {
            self.check().await?;
            self.was_checked();
        }
        let last = self.feed.last();
        if let Some(last) = last.filter(|last| *last > self.position) {
            let database = &self.api.services.database;
            let found = events::after(database, self.subscription.wanted, self.position, last).await;
            let stretch = found.map_err(|error| self.trouble(&error))?.ok_or_else(pruned)?;
            self.waiting.extend(stretch.events);
            self.position = stretch.until;
            return Ok(None);
        }
        // Whichever comes first: the loop goes on.
        let _ = timeout_at(self.check_at, self.feed.changed()).await;
        Ok(None)
    }

    /// The answer for an event; none where the viewer may not see its record, or not what it tells of.
    async fn deliver(&self, event: &Event) -> Result<Option<Response>, Trouble> {
        let plan = self.plan().map_err(Trouble::End)?;
        let (parts, roots) =
            plan.of(self.subscription, &event.subject, self.subscription.told_by(&event.kind));
        let data = self.read(roots).await?;
        let records: HashMap<&str, &RawValue> = serde_json::from_str(&data).unwrap_or_default();
        if !is_told(&records) {
            return Ok(None);
        }
        let cursor = self.api.services.keyring.event_cursor(event.position);
        let mut shown = String::from("{");
        for (key, part) in &parts {
            if shown.len() > 1 {
                shown.push(',');
            }
            // Response keys are GraphQL names: nothing to escape.
            shown.push('"');
            shown.push_str(key);
            shown.push_str("\":");
            match part {
                EventPart::TypeName => quote(&mut shown, self.subscription.event),
                EventPart::Cursor => quote(&mut shown, &cursor),
                EventPart::Kind => quote(&mut shown, &event.kind),
                EventPart::OccurredAt => quote(&mut shown, &event.at.to_rfc3339()),
                EventPart::Record(number) => {
                    shown
                        .push_str(records.get(number.to_string().as_str()).map_or("null", |json| json.get()));
                }
            }
        }
        shown.push('}');
        let body = format!("{{\"data\":{{\"{}\":{shown}}}}}", self.field.key);
        Ok(Some(Response {
            body: body.into(),
            status: ResponseStatus::Executed,
            no_store: true,
            cursor: Some(cursor),
        }))
    }

    /// The credentials hold now: they are looked at again after a while, and when their time is over.
    fn was_checked(&mut self) {
        let now = Instant::now();
        let next = now + CHECKED_EVERY;
        // Where the clocks differ by a little it isn't over yet, and soon will be.
        self.check_at = self.over_at.map_or(next, |over| next.min(over.max(now + SOON)));
    }

    /// Whether the credentials still hold, and are good for this.
    async fn check(&self) -> Result<(), Trouble> {
        if self.request.credentials == Credentials::Anonymous {
            return Ok(());
        }
        let root = Root {
            key: names::CURSOR.into(),
            scope: Some(self.subscription.scope),
            read: RootRead::Constant("null".into()),
        };
        self.read(vec![root]).await.map(|_| ())
    }

    async fn read(&self, roots: Vec<Root>) -> Result<String, Trouble> {
        let viewer = self.api.viewer(&self.request).await.map_err(Trouble::of)?;
        let plan = ReadPlan::new(viewer, self.api.services.now(), roots);
        let read = timeout(self.api.documents.settings.time_limit, self.api.read(&plan)).await;
        let read = read.map_err(|_| Trouble::Away)?;
        let Answer { standing, data, missing_scopes } =
            read.map_err(|error| Trouble::of(read_failure(&error, &self.request.request_id)))?;
        if standing == Standing::Refused {
            return Err(Trouble::End(Failure::unauthenticated()));
        }
        match missing_scopes.first() {
            Some((_, scope)) => Err(Trouble::End(missing_scope(&self.field.key, *scope))),
            None => Ok(data),
        }
    }

    fn plan(&self) -> Result<EventPlan, Failure> {
        self.planner().event(self.subscription, &self.field)
    }

    fn planner(&self) -> Planner<'_> {
        let Self { api, document, variables, .. } = self;
        Planner::new(api.catalogue, &api.documents, document, variables)
            .preferring(self.request.accept_language.as_deref())
    }

    fn trouble(&self, error: &DbErr) -> Trouble {
        Trouble::of(super::mutate::database_failure(error, &self.request.request_id))
    }
}

impl Trouble {
    fn of(failure: Failure) -> Self {
        if failure.code == Code::Unavailable { Self::Away } else { Self::End(failure) }
    }

    /// As the answer to a request that doesn't even begin.
    fn into_failures(self) -> Vec<Failure> {
        one(match self {
            Self::Away => Failure::unavailable(),
            Self::End(failure) => failure,
        })
    }
}

fn pruned() -> Trouble {
    let message = "what came after this cursor isn't kept any more: read the records anew, then subscribe \
                   without `after`";
    Trouble::End(Failure::new(Code::CursorExpired, message))
}

fn quote(out: &mut String, text: &str) {
    out.push_str(&serde_json::Value::from(text).to_string());
}
