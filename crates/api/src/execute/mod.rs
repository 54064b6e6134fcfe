//! Executes requests: document, variables, limits, who asks, plan, statement, text.

mod about_schema;
mod authenticate;
mod mutate;
mod payload;
mod planning;
mod query;
mod respond;
mod subscribe;

use std::borrow::Cow;
use std::sync::Arc;

use apollo_compiler::Node;
use apollo_compiler::executable::Operation;
use tokio::time::timeout;

use crate::catalogue::Maip;
use crate::document::variables::{self, Variables};
use crate::document::{Document, Documents};
use crate::errors::{Code, Failure};
use crate::limits::ApiSettings;
use crate::operations::Operations;
use crate::request::{
    Attending, Credentials, Execute, Method, Recognised, Request, Response, ResponseStatus, Started,
};
use crate::schema::{Catalogue, Declared, sdl, subgraph_sdl};
use about_schema::SchemaAnswers;
use maip_persistence::services::Services;
pub(crate) use mutate::database_failure;
use respond::Answered;

/// The API: a schema and what is needed to execute operations on it.
pub struct Api {
    services: Services,
    catalogue: Catalogue,
    documents: Arc<Documents>,
    operations: Operations,
    schema_answers: Arc<SchemaAnswers>,
}

/// One operation of a request, ready to be executed.
struct Prepared<'a> {
    request: &'a Request,
    document: &'a Arc<Document>,
    operation: &'a Node<Operation>,
    variables: Variables,
}

impl Api {
    /// The API.
    ///
    /// # Errors
    /// Where its declarations make no valid schema, which a test shows before anyone else does.
    pub fn new(services: Services, settings: ApiSettings) -> Result<Self, String> {
        Self::of::<Maip>(services, settings)
    }

    /// Its schema as SDL, the same text at each time; needs no database.
    #[must_use]
    pub fn sdl() -> String {
        sdl::<Maip>()
    }

    /// Its schema as a gateway of Apollo Federation composes it.
    #[must_use]
    pub fn subgraph_sdl() -> String {
        subgraph_sdl::<Maip>()
    }

    /// The API of these declarations.
    ///
    /// # Errors
    /// Where the declarations make no valid schema, which a test shows before anyone else does.
    pub fn of<D: Declared>(services: Services, settings: ApiSettings) -> Result<Self, String> {
        let settings = ApiSettings { attachments: services.files.limits, ..settings };
        let mut documents = Documents::new(&sdl::<D>(), settings)?;
        documents.subgraph_sdl = serde_json::Value::from(subgraph_sdl::<D>()).to_string().into();
        let operations = Operations::new(&settings);
        let (documents, schema_answers) = (Arc::new(documents), Arc::new(SchemaAnswers::new()));
        Ok(Self { services, catalogue: D::catalogue(), documents, operations, schema_answers })
    }

    /// What it works with.
    #[must_use]
    pub fn services(&self) -> &Services {
        &self.services
    }

    #[cfg(test)]
    pub(crate) fn cached(&self) -> (usize, usize) {
        self.documents.cached()
    }

    async fn respond(&self, request: &Request) -> Response {
        let answered =
            match request.watch.limit(self.documents.settings.time_limit, self.answer(request)).await {
                Ok(answered) => answered,
                Err(_) => Err(vec![Failure::timeout()]),
            };
        let authenticated = request.credentials != Credentials::Anonymous;
        match answered {
            Ok(answered) => answered.into_response(authenticated),
            Err(failures) => respond::refused(&failures, authenticated),
        }
    }

    async fn answer(&self, request: &Request) -> Result<Answered, Vec<Failure>> {
        let text = self.operations.text(&self.services, &self.documents, request).await?;
        let document: Arc<Document> = self.documents.fetch(&text).await?;
        let operation = document.operation(request.operation_name.as_deref()).map_err(one)?;
        if request.method == Method::Get && operation.is_mutation() {
            return Ok(Answered::refused(
                ResponseStatus::MutationOverGet,
                &Failure::new(Code::OperationNotAllowed, "by GET nothing can be changed; use POST"),
            ));
        }
        let variables =
            variables::coerce(&self.documents.schema, operation, request.variables.clone()).map_err(one)?;
        let prepared = Prepared { request, document: &document, operation, variables };
        if operation.is_query() {
            self.query(&prepared).await
        } else if operation.is_mutation() {
            // Apart, as everything large: a future is moved several times before it runs, and reads
            // are most of what runs.
            Box::pin(self.mutate(&prepared)).await
        } else {
            let message = "a subscription goes on answering: use a WebSocket, or accept text/event-stream";
            Err(vec![Failure::new(Code::OperationNotAllowed, message)])
        }
    }
}

impl Execute for Api {
    async fn execute(&self, request: Request) -> Response {
        self.respond(&request).await
    }

    async fn resolve(&self, mut request: Request) -> Result<Request, Response> {
        let text = self.operations.text(&self.services, &self.documents, &request).await;
        let text = text
            .map(Cow::into_owned)
            .map_err(|failures| respond::refused(&failures, request.credentials != Credentials::Anonymous))?;
        request.query = Some(text);
        request.document = None;
        Ok(request)
    }

    async fn attend(&self, request: &Request) -> Option<Attending> {
        // Where it is only named, it may be one.
        if request.query.is_some() && !self.is_subscription(request).await {
            return None;
        }
        let attending = self.services.feed.attend(&self.services.database);
        timeout(self.documents.settings.time_limit, attending).await.ok().map(Attending)
    }

    async fn recognise(&self, request: Request) -> Recognised {
        self.known(&request).await
    }

    fn start(self: Arc<Self>, request: Request) -> impl Future<Output = Started> + Send + 'static {
        let from = self.services.feed.last();
        async move {
            match self.resolve(request).await {
                Err(response) => Started::Once(response),
                Ok(request) => {
                    if self.is_subscription(&request).await {
                        Box::pin(self.subscribe(request, from)).await
                    } else {
                        Started::Once(self.respond(&request).await)
                    }
                }
            }
        }
    }
}

impl Request {
    /// Takes the cost of its operation from its caller's budget.
    fn spend(&self, cost: u64) -> Result<(), Failure> {
        match &self.purse {
            Some(purse) if !purse.0.spend(cost) => {
                let message = format!(
                    "your operations of the last minute have cost too much for one more that costs {cost}; see Retry-After"
                );
                Err(Failure::new(Code::RateLimited, message))
            }
            _ => Ok(()),
        }
    }
}

fn one(failure: Failure) -> Vec<Failure> {
    vec![failure]
}
