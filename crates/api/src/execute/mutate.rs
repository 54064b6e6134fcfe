//! Mutations: root fields one after the other, each written, then read back.

use maip_domain::error_code::ErrorCode;
use maip_persistence::DbErr;
use maip_persistence::read::viewer::Viewer;
use maip_persistence::write::UserError;

use super::payload::Shaped;
use super::respond::{Answered, Body};
use super::{Api, Prepared, one};
use crate::document::collect::{Collected, Collector};
use crate::errors::{Code, Failure};
use crate::mutation::{Mutation, MutationFailure};
use crate::plan::Planner;
use crate::plan::payload::PayloadPlan;
use crate::request::{Request, ResponseStatus};

/// A mutation with what it needs, before anything is written.
struct Step {
    mutation: &'static dyn Mutation,
    input: serde_json::Value,
    payload: PayloadPlan,
}

impl Api {
    pub(super) async fn mutate(&self, prepared: &Prepared<'_>) -> Result<Answered, Vec<Failure>> {
        let Prepared { request, document, operation, variables } = prepared;
        let fields = Collector::new(&self.documents, document, variables).roots(operation).map_err(one)?;
        let mut planner = Planner::new(self.catalogue, &self.documents, document, variables)
            .preferring(request.accept_language.as_deref());
        // All of it is planned first, so that a limit refuses the whole request before any write.
        let mut steps = Vec::with_capacity(fields.len());
        for field in fields.iter() {
            steps.push(self.step(&mut planner, field).map_err(one)?);
        }
        request.spend(planner.cost()).map_err(one)?;
        let viewer = self.viewer(request).await.map_err(one)?;

        let mut data = String::from("{");
        let mut failures = Vec::new();
        let mut executed = false;
        for (field, step) in fields.iter().zip(steps) {
            if data.len() > 1 {
                data.push(',');
            }
            data.push('"');
            data.push_str(&field.key);
            data.push_str("\":");
            let Some(step) = step else {
                data.push_str("\"Mutation\"");
                continue;
            };
            match self.write(request, &viewer, step, &field.key).await {
                Ok(shaped) => {
                    data.push_str(&shaped.json);
                    failures.extend(shaped.failures);
                }
                // Nothing was done yet: then the request as a whole has this status.
                Err(failure) if !executed && failure.code != Code::BadUserInput => return Err(vec![failure]),
                Err(failure) => {
                    data.push_str("null");
                    failures.push(failure.at(vec![field.key.as_str().into()]));
                }
            }
            executed = true;
        }
        data.push('}');
        Ok(Answered { body: Body::Data(data), failures, secret: true, status: ResponseStatus::Executed })
    }

    fn step(&self, planner: &mut Planner<'_>, field: &Collected) -> Result<Option<Step>, Failure> {
        let Some(mutation) = self.catalogue.mutation(field.name()) else { return Ok(None) };
        let input = planner.input(field)?;
        let input = serde_json::to_value(&input).map_err(|_| Failure::bad_input("the input is no JSON"))?;
        let payload = planner.payload(mutation, field)?;
        Ok(Some(Step { mutation, input, payload }))
    }

    async fn write(
        &self,
        request: &Request,
        viewer: &Viewer,
        step: Step,
        key: &str,
    ) -> Result<Shaped, Failure> {
        let Step { mutation, input, payload } = step;
        let outcome = mutation
            .execute(&self.services, viewer, request, input)
            .await
            .map_err(|failure| write_failure(failure, request))?;
        let guessed = |error: &UserError| error.code == ErrorCode::InvalidRefreshToken;
        if let Some(purse) = request.purse.as_ref().filter(|_| outcome.user_errors.iter().any(guessed)) {
            purse.0.failed_to_refresh();
        }
        Ok(self.shape(request, viewer, outcome, payload, key).await)
    }
}

/// In so many seconds a line of files gets shorter.
const LINE_SECONDS: u32 = 10;

/// What a client sees of a write that failed; the log has the cause.
fn write_failure(failure: MutationFailure, request: &Request) -> Failure {
    let id = request.request_id.as_str();
    match failure {
        MutationFailure::BadInput(message) => Failure::bad_input(message),
        MutationFailure::Unauthenticated => Failure::unauthenticated(),
        MutationFailure::Busy => Failure::new(Code::Unavailable, "too much at a time; try again in a moment"),
        MutationFailure::LineFull => {
            Failure::new(Code::Unavailable, "too many files are waiting to be checked; see Retry-After")
                .again_after(LINE_SECONDS)
        }
        MutationFailure::Database(error) => database_failure(&error, id),
        MutationFailure::Files(error) => {
            tracing::error!(%error, request_id = id, "a file can't be stored or read");
            Failure::unavailable()
        }
        MutationFailure::Broken(what) => {
            tracing::error!(what, request_id = id, "a write failed");
            Failure::internal(id)
        }
    }
}

pub(crate) fn database_failure(error: &DbErr, request_id: &str) -> Failure {
    if maip_persistence::outage::is_outage(error) {
        tracing::warn!(%error, request_id, "the database can't be reached, or takes no writes");
        Failure::unavailable()
    } else {
        tracing::error!(%error, request_id, "a write failed");
        Failure::internal(request_id)
    }
}
