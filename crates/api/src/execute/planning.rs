//! From a query's fields to its plan: at once where that is quickly done, else aside.

use std::sync::Arc;

use apollo_compiler::Node;
use apollo_compiler::executable::Operation;
use apollo_compiler::response::JsonMap;

use super::{Api, Prepared};
use crate::document::collect::Collected;
use crate::document::variables::Variables;
use crate::document::{Document, Documents, introspection};
use crate::errors::Failure;
use crate::partners;
use crate::plan::{Planned, Planner};
use crate::request::DocumentName;
use crate::schema::Catalogue;

/// A query to be planned on another thread.
pub(super) struct Query {
    catalogue: Catalogue,
    documents: Arc<Documents>,
    document: Arc<Document>,
    operation: Node<Operation>,
    variables: Variables,
    accept_language: Option<String>,
    fields: Arc<[Collected]>,
}

impl Query {
    pub fn owned(api: &Api, prepared: &Prepared<'_>, fields: &Arc<[Collected]>) -> Self {
        Self {
            catalogue: api.catalogue,
            documents: Arc::clone(&api.documents),
            document: Arc::clone(prepared.document),
            operation: prepared.operation.clone(),
            variables: prepared.variables.clone(),
            accept_language: prepared.request.accept_language.clone(),
            fields: Arc::clone(fields),
        }
    }

    pub fn plan(&self) -> Result<Planned, Failure> {
        let Self { catalogue, documents, document, operation, variables, accept_language, fields } = self;
        let mut planner =
            Planner::new(*catalogue, documents, document, variables).preferring(accept_language.as_deref());
        planner.ask_schema(fields)?;
        let introspected = if fields.iter().any(Collected::asks_schema) {
            introspection::execute(documents, document, operation, variables)?
        } else {
            JsonMap::new()
        };
        planner.query(fields, &introspected)
    }
}

impl Api {
    /// The plan of these root fields.
    pub(super) async fn plan(
        &self,
        prepared: &Prepared<'_>,
        fields: &Arc<[Collected]>,
    ) -> Result<Planned, Failure> {
        let Prepared { document, variables, .. } = prepared;
        if document.large || fields.iter().any(Collected::asks_schema) {
            let query = Query::owned(self, prepared, fields);
            return Box::pin(self.documents.aside.run(move || query.plan())).await?;
        }
        let planner = Planner::new(self.catalogue, &self.documents, document, variables)
            .preferring(prepared.request.accept_language.as_deref());
        let planner = match prepared.request.document {
            // What clients may ask for is not what decides whether others are told what is ours to tell.
            Some(DocumentName::Prepared(_)) => planner.costing_at_most(partners::Prepared::MOST_COST.into()),
            _ => planner,
        };
        planner.query(fields, &JsonMap::new())
    }
}
