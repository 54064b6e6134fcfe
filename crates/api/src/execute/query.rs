//! Queries: one plan, one statement.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::identity::scope::Scope;
use maip_persistence::read::plan::{ReadPlan, Root, RootRead};
use maip_persistence::read::run::{Answer, Opening, ReadError, run};
use maip_persistence::read::viewer::{Standing, Viewer};

use super::respond::{Answered, Body};
use super::{Api, Prepared, about_schema, one};
use crate::document::collect::Collector;
use crate::errors::{Code, Failure};
use crate::plan::Planned;
use crate::request::{Method, ResponseStatus};

impl Api {
    pub(super) async fn query(&self, prepared: &Prepared<'_>) -> Result<Answered, Vec<Failure>> {
        let Prepared { request, document, operation, variables } = prepared;
        let fields = Collector::new(&self.documents, document, variables).roots(operation).map_err(one)?;
        if about_schema::is_all(&fields) {
            return Box::pin(self.about_schema(prepared, &fields)).await.map_err(one);
        }
        let Planned { roots, mut failures, cost } = self.plan(prepared, &fields).await.map_err(one)?;

        request.spend(cost).map_err(one)?;
        let viewer = self.viewer(request).await.map_err(one)?;
        // Whoever shows credentials is told whether they hold, whatever is asked for.
        if let (Viewer::Anonymous, Some(data)) = (&viewer, constant(&roots)) {
            return Ok(Answered {
                body: Body::Data(data),
                failures,
                secret: false,
                status: ResponseStatus::Executed,
            });
        }
        let mut plan = ReadPlan::new(viewer, self.services.now(), roots);
        let secret = plan.reads_sealed();
        if secret && request.method == Method::Get {
            let message = "contact details can't be read by GET, which may be kept on the way; use POST";
            let failure = Failure::new(Code::OperationNotAllowed, message);
            return Ok(Answered::refused(ResponseStatus::MutationOverGet, &failure));
        }
        Box::pin(plan.find(&self.services.database))
            .await
            .map_err(|error| one(read_failure(&error, &request.request_id)))?;
        let Answer { standing, data, missing_scopes } =
            self.read(&plan).await.map_err(|error| one(read_failure(&error, &request.request_id)))?;
        if standing == Standing::Refused {
            return Err(vec![Failure::unauthenticated()]);
        }
        failures.extend(missing_scopes.iter().map(|(key, scope)| missing_scope(key, *scope)));
        Ok(Answered { body: Body::Data(data), failures, secret, status: ResponseStatus::Executed })
    }

    pub(super) async fn read(&self, plan: &ReadPlan) -> Result<Answer, ReadError> {
        let opening = Opening {
            unsealer: self.services.keyring.as_ref(),
            addresses: self.services.files.addresses.as_ref(),
            clock: self.services.clock.as_ref(),
            entropy: self.services.entropy.as_ref(),
        };
        run(&self.services.database, plan, &opening).await
    }
}

/// What a client sees of a read that failed; the log has the cause.
pub(super) fn read_failure(error: &ReadError, request_id: &str) -> Failure {
    if error.is_outage() {
        tracing::warn!(%error, request_id, "the database can't be reached");
        Failure::unavailable()
    } else {
        tracing::error!(%error, request_id, "a read failed");
        Failure::internal(request_id)
    }
}

pub(super) fn missing_scope(key: &str, scope: Scope) -> Failure {
    Failure::new(Code::Forbidden, format!("the token lacks the scope `{}`", scope.code()))
        .at(vec![key.into()])
}

/// The answer, where no root needs the database.
pub(super) fn constant(roots: &[Root]) -> Option<String> {
    let mut data = String::from("{");
    for (place, root) in roots.iter().enumerate() {
        let RootRead::Constant(json) = &root.read else { return None };
        if place > 0 {
            data.push(',');
        }
        data.push('"');
        data.push_str(&root.key);
        data.push_str("\":");
        data.push_str(json);
    }
    data.push('}');
    Some(data)
}
