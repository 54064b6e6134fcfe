//! Answers about the schema itself. They are large, take a while to make, and are the same for everyone:
//! so they are made once, kept, and sent from the one place where they are.

use std::sync::Arc;

use apollo_compiler::response::JsonMap;
use bytestring::ByteString;
use maip_domain::time::Timestamp;
use maip_persistence::cache::Cache;
use maip_persistence::read::plan::{ReadPlan, Root, RootRead};
use maip_persistence::read::run::Answer;
use maip_persistence::read::viewer::{Standing, Viewer};
use sha2::{Digest as _, Sha256};

use super::planning::Query;
use super::query::{constant, read_failure};
use super::respond::{Answered, Body};
use super::{Api, Prepared};
use crate::document::collect::Collected;
use crate::errors::Failure;
use crate::plan::Planned;
use crate::request::{Request, ResponseStatus};
use crate::schema::names;

/// Few tools ask for the schema, each in its own words.
const KEPT_ANSWERS: usize = 64;
/// Some five answers with all of it.
const KEPT_BYTES: usize = 4 * 1024 * 1024;

/// The answers that are kept, by document, operation and variables.
pub(super) struct SchemaAnswers(Cache<[u8; 32], SchemaAnswer>);

/// One of them.
#[derive(Clone)]
struct SchemaAnswer {
    body: ByteString,
    cost: u64,
}

impl SchemaAnswers {
    pub fn new() -> Self {
        Self(Cache::new(KEPT_ANSWERS, KEPT_BYTES))
    }
}

/// Whether all that these fields ask for is the schema.
pub(super) fn is_all(fields: &[Collected]) -> bool {
    fields.iter().any(Collected::asks_schema)
        && fields.iter().all(|field| field.asks_schema() || field.name() == "__typename")
}

impl Api {
    /// The answer to a query that asks for nothing but the schema.
    pub(super) async fn about_schema(
        &self,
        prepared: &Prepared<'_>,
        fields: &Arc<[Collected]>,
    ) -> Result<Answered, Failure> {
        let key = key(prepared);
        let answer = match self.schema_answers.0.get(&key) {
            Some(kept) => kept,
            None => self.make_answer(key, prepared, fields).await?,
        };
        prepared.request.spend(answer.cost)?;
        self.accept(prepared.request).await?;
        Ok(Answered {
            body: Body::Whole(answer.body),
            failures: Vec::new(),
            secret: false,
            status: ResponseStatus::Executed,
        })
    }

    async fn make_answer(
        &self,
        key: [u8; 32],
        prepared: &Prepared<'_>,
        fields: &Arc<[Collected]>,
    ) -> Result<SchemaAnswer, Failure> {
        let (query, answers) = (Query::owned(self, prepared, fields), Arc::clone(&self.schema_answers));
        let make = move || {
            // Whoever waited for their turn may find that another has made it.
            if let Some(kept) = answers.0.get(&key) {
                return Ok(kept);
            }
            let Planned { roots, cost, .. } = query.plan()?;
            let data = constant(&roots).unwrap_or_else(|| "null".to_owned());
            let answer = SchemaAnswer { body: format!("{{\"data\":{data}}}").into(), cost };
            answers.0.put(key, answer.clone(), answer.body.len());
            Ok(answer)
        };
        self.documents.aside.run(make).await?
    }

    /// Refuses credentials that don't hold: whoever shows some is told so, whatever is asked for. Of those
    /// that do, until when, where that is known beforehand.
    pub(super) async fn accept(&self, request: &Request) -> Result<Option<Timestamp>, Failure> {
        let (viewer, until) = self.viewer_until(request).await?;
        if matches!(viewer, Viewer::Anonymous) {
            return Ok(until);
        }
        let root = Root { key: names::CURSOR.into(), scope: None, read: RootRead::Constant("null".into()) };
        let plan = ReadPlan::new(viewer, self.services.now(), vec![root]);
        let read = self.read(&plan).await.map_err(|error| read_failure(&error, &request.request_id))?;
        match read {
            Answer { standing: Standing::Refused, .. } => Err(Failure::unauthenticated()),
            Answer { .. } => Ok(until),
        }
    }
}

fn key(prepared: &Prepared<'_>) -> [u8; 32] {
    let variables: &JsonMap = &prepared.variables;
    let operation = prepared.operation.name.as_deref().unwrap_or_default();
    let mut key = Sha256::new();
    key.update(prepared.document.hash);
    // A name has no space.
    key.update(operation);
    key.update(" ");
    if !variables.is_empty() {
        key.update(serde_json::to_vec(variables).unwrap_or_default());
    }
    key.finalize().into()
}
