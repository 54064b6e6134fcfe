//! Runs a plan: one statement, one pass; with sealed values one transaction that also logs who saw
//! what.

use std::collections::BTreeSet;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::id::DisclosureId;
use maip_domain::identity::scope::Scope;
use maip_domain::search::{Term, Token};
use maip_domain::time::{Clock, Entropy, Timestamp};
use sea_orm::{ConnectionTrait, DbErr, Statement};

use super::plan::{ReadPlan, Root};
use super::shape::{Opened, Opener, ShapeError, Shaper};
use super::sql::Dialect;
use super::viewer::{Standing, TokenStanding, Viewer};
use crate::database::Database;

/// Why a read failed. None of it is for the client's eyes.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The database.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// A defect of ours.
    #[error(transparent)]
    Shape(#[from] ShapeError),
}

impl ReadError {
    /// Whether the database can't be reached for now, so that a later try may succeed.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        matches!(self, Self::Database(error) if crate::outage::is_outage(error))
    }
}

/// What a plan gave.
#[derive(Debug)]
pub struct Answer {
    /// What the credentials are worth. With [`Standing::Refused`] there is no data.
    pub standing: Standing,
    /// The JSON text of `data`.
    pub data: String,
    /// Root fields that the token's scopes don't cover; they are null in `data`.
    pub missing_scopes: Vec<(Box<str>, Scope)>,
}

/// Opens sealed values.
pub trait Unsealer: Send + Sync {
    /// The plain text; `None` where the ciphertext isn't ours.
    fn unseal(&self, context: &str, record: &str, sealed: &str) -> Option<String>;
}

/// Makes addresses of files.
pub trait AddressMaker: Send + Sync {
    /// An address that holds for a while from now, as long as what it is bound to stays the same.
    fn address(&self, path: &str, bound: &str, now: Timestamp) -> String;
}

/// What a read with sealed values or addresses needs besides the database.
pub struct Opening<'a> {
    /// Opens them.
    pub unsealer: &'a dyn Unsealer,
    /// Makes addresses.
    pub addresses: &'a dyn AddressMaker,
    /// For the log's time.
    pub clock: &'a dyn Clock,
    /// For the log's ids.
    pub entropy: &'a dyn Entropy,
}

/// Runs the plan.
///
/// # Errors
/// [`ReadError`]; a withheld value is none, it is null with a status.
pub async fn run(database: &Database, plan: &ReadPlan, opening: &Opening<'_>) -> Result<Answer, ReadError> {
    let answer = answer(database, plan, opening).await?;
    if let Standing::Known { token: Some(token), .. } = &answer.standing {
        database.token_uses().note(&token.id, plan.now);
    }
    Ok(answer)
}

async fn answer(database: &Database, plan: &ReadPlan, opening: &Opening<'_>) -> Result<Answer, ReadError> {
    if plan.discloses() {
        return Box::pin(answer_disclosing(database, plan, opening)).await;
    }
    let (statement, values) = database.statements().of(plan, database.dialect());
    let text = database.reads().text(&statement, values).await?;
    let (answer, _) = shape(&text, plan, opening.addresses, Some(&unsealing(opening)), false)?;
    Ok(answer)
}

fn unsealing<'a>(opening: &'a Opening<'_>) -> impl Fn(&str, &str, &str) -> Option<String> + Sync + 'a {
    |field, record, sealed| opening.unsealer.unseal(field, record, sealed)
}

async fn answer_disclosing(
    database: &Database,
    plan: &ReadPlan,
    opening: &Opening<'_>,
) -> Result<Answer, ReadError> {
    let (statement, values) = database.statements().of(plan, database.dialect());
    let transaction = database.begin().await?;
    let text = answer_text(&transaction, &statement, values).await?;
    let (answer, opened) = shape(&text, plan, opening.addresses, Some(&unsealing(opening)), false)?;
    if opened.is_empty() {
        transaction.commit().await?;
        return Ok(answer);
    }
    let logged = async {
        log_disclosures(&transaction, &answer.standing, opened, opening).await?;
        transaction.commit().await
    };
    match logged.await {
        Ok(()) => Ok(answer),
        Err(error) => {
            // What can't be logged isn't shown.
            tracing::error!(%error, "disclosures could not be logged; contact details are withheld");
            Ok(shape(&text, plan, opening.addresses, None, true)?.0)
        }
    }
}

async fn answer_text(
    connection: &impl ConnectionTrait,
    text: &str,
    values: Vec<sea_orm::Value>,
) -> Result<String, DbErr> {
    let backend = connection.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, text, values);
    let row = connection
        .query_one_raw(statement)
        .await?
        .ok_or_else(|| DbErr::RecordNotFound("the statement of a read has one row".to_owned()))?;
    row.try_get_by_index(0)
}

fn shape(
    text: &str,
    plan: &ReadPlan,
    addresses: &dyn AddressMaker,
    open: Option<&Opener<'_>>,
    withheld: bool,
) -> Result<(Answer, Vec<Opened>), ReadError> {
    let mut shaper = Shaper::new(text, open, matches!(plan.viewer, Viewer::Anonymous), (addresses, plan.now));
    let standing = read_standing(shaper.standing()?, &plan.viewer);
    if standing == Standing::Refused {
        let answer = Answer { standing, data: "null".to_owned(), missing_scopes: Vec::new() };
        return Ok((answer, Vec::new()));
    }
    let may_read = |root: &Root| match (&standing, root.scope) {
        (Standing::Known { token: Some(token), .. }, Some(scope)) => token.scopes.contains(&scope),
        _ => true,
    };
    shaper.withheld = withheld;
    shaper.roots(&plan.roots, &may_read)?;
    let Shaper { out, opened, .. } = shaper;
    let missing_scopes = plan
        .roots
        .iter()
        .filter(|root| !may_read(root))
        .filter_map(|root| root.scope.map(|scope| (root.key.clone(), scope)))
        .collect();
    Ok((Answer { standing, data: out, missing_scopes }, opened))
}

fn read_standing(text: &str, viewer: &Viewer) -> Standing {
    match viewer {
        Viewer::Anonymous => Standing::Anonymous,
        Viewer::Session { .. } => match serde_json::from_str::<Option<String>>(text) {
            Ok(Some(account)) => Standing::Known { account: Some(account), token: None },
            _ => Standing::Refused,
        },
        Viewer::Token { .. } => match serde_json::from_str::<Option<(String, String, Vec<String>)>>(text) {
            Ok(Some((id, organisation, scopes))) => {
                let scopes: BTreeSet<Scope> =
                    scopes.iter().filter_map(|code| Scope::from_code(code)).collect();
                Standing::Known { account: None, token: Some(TokenStanding { id, organisation, scopes }) }
            }
            _ => Standing::Refused,
        },
    }
}

/// Writes the log, in the transaction that read the values. Reading one's own card, or that of
/// an organisation that one manages, leaves no entry.
async fn log_disclosures(
    connection: &impl ConnectionTrait,
    standing: &Standing,
    mut opened: Vec<Opened>,
    opening: &Opening<'_>,
) -> Result<(), DbErr> {
    opened.sort();
    opened.dedup();
    let (account, organisation, token) = match standing {
        Standing::Known { account, token } => (
            account.clone(),
            token.as_ref().map(|token| token.organisation.clone()),
            token.as_ref().map(|token| token.id.clone()),
        ),
        Standing::Anonymous | Standing::Refused => (None, None, None),
    };
    let backend = connection.get_database_backend();
    let dialect = Dialect::of(backend);
    for Opened { record, field } in opened {
        let id = DisclosureId::generate(opening.clock, opening.entropy).into_string();
        let text = match dialect {
            Dialect::Sqlite => LOG_SQLITE,
            Dialect::Postgres => LOG_POSTGRES,
        };
        let values: Vec<sea_orm::Value> = vec![
            id.into(),
            opening.clock.now().micros().into(),
            field.into(),
            account.clone().into(),
            organisation.clone().into(),
            token.clone().into(),
            record.into(),
        ];
        connection.execute_raw(Statement::from_sql_and_values(backend, text, values)).await?;
    }
    Ok(())
}

const LOG_SQLITE: &str = "INSERT INTO disclosures (id, created_at, card_id, account_id, organisation_id, field, \
     reader_account_id, reader_organisation_id, reader_token_id) \
     SELECT ?1, ?2, c.id, c.account_id, c.organisation_id, ?3, ?4, ?5, ?6 FROM contact_cards c \
     WHERE c.id = ?7 AND c.account_id IS NOT ?4 AND NOT EXISTS (SELECT 1 FROM organisation_people p \
     WHERE p.organisation_id = c.organisation_id AND p.account_id = ?4 AND p.manager)";
const LOG_POSTGRES: &str = "INSERT INTO disclosures (id, created_at, card_id, account_id, organisation_id, field, \
     reader_account_id, reader_organisation_id, reader_token_id) \
     SELECT $1, $2, c.id, c.account_id, c.organisation_id, $3, $4, $5, $6 FROM contact_cards c \
     WHERE c.id = $7 AND c.account_id IS DISTINCT FROM $4 AND NOT EXISTS (SELECT 1 FROM organisation_people p \
     WHERE p.organisation_id = c.organisation_id AND p.account_id = $4 AND p.manager)";

/// A search for all of these terms, in the database's own query language. Tokens come in the
/// analyser's ASCII encoding, so there is nothing to escape.
pub(crate) fn search_query(terms: &[Term], dialect: Dialect) -> String {
    let (quote, or, and) = match dialect {
        Dialect::Postgres => ('\'', " | ", " & "),
        Dialect::Sqlite => ('"', " OR ", " AND "),
    };
    let quoted = |token: &Token| {
        let plain: String = token.as_str().chars().filter(char::is_ascii_alphanumeric).collect();
        format!("{quote}{plain}{quote}")
    };
    let terms = terms.iter().map(|term| {
        let alternatives: Vec<String> = term.alternatives().iter().map(quoted).collect();
        format!("({})", alternatives.join(or))
    });
    let terms: Vec<String> = terms.collect();
    if terms.is_empty() {
        // No token begins with a digit, so this finds nothing; an empty query is an error in SQLite.
        return format!("{quote}0{quote}");
    }
    terms.join(and)
}
