//! What the policy needs to know of the viewer of a write, read through the same declarations as
//! everything else. What it needs of records is asked in an inquiry.

use std::collections::BTreeSet;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::identity::scope::Scope;
use maip_domain::policy::{FactSet, Flag, ViewerFacts};
use maip_domain::time::Timestamp;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use serde::Deserialize;

use super::render::Renderer;
use super::sql::{Dialect, Sql};
use super::viewer::{Viewer, expressions, flag_condition, has_set, set_select};

/// Who writes: what the policy asks about them, and what each of their writes is recorded with.
pub struct Writer {
    /// The facts.
    pub facts: ViewerFacts,
    /// The salt of a person's digests.
    pub salt: Option<String>,
    /// The token and its organisation, where one writes.
    pub token: Option<(String, String)>,
}

impl Writer {
    /// Someone of whom nothing is known.
    #[must_use]
    pub fn anonymous() -> Self {
        Self { facts: ViewerFacts::anonymous(), salt: None, token: None }
    }
}

/// The facts of the viewer; `None` where the credentials don't hold.
///
/// # Errors
/// Those of the database.
pub async fn load_viewer(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    now: Timestamp,
) -> Result<Option<Writer>, DbErr> {
    if *viewer == Viewer::Anonymous {
        return Ok(Some(Writer::anonymous()));
    }
    let dialect = Dialect::of(connection.get_database_backend());
    let kind = viewer.kind();
    let mut renderer = Renderer::new(kind, now, dialect);
    let with = expressions(viewer, &renderer.now(), dialect, &mut renderer.bindings);
    let flags: Vec<Sql> = Flag::ALL
        .iter()
        .map(|&flag| match flag_condition(kind, flag) {
            Ok(holds) => Sql::new(if holds { "1" } else { "0" }),
            Err(condition) => {
                let mut sql = Sql::new("CASE WHEN ");
                sql.push(condition).push(" THEN 1 ELSE 0 END");
                sql
            }
        })
        .collect();
    let sets: Vec<FactSet> = FactSet::ALL.iter().copied().filter(|set| has_set(kind, *set)).collect();
    let lists: Vec<Sql> = sets.iter().map(|set| renderer.json_list(&Sql::new(set_select(*set)))).collect();
    let scopes = if matches!(viewer, Viewer::Token { .. }) {
        renderer.json_list(&Sql::new("SELECT scope AS v FROM my_scopes"))
    } else {
        renderer.array(&[])
    };
    let array = renderer.array(&[
        Sql::new("me.account_id"),
        Sql::new("me.token_id"),
        Sql::new("me.organisation_id"),
        Sql::new("(SELECT a.audit_salt FROM accounts a WHERE a.id = me.account_id)"),
        renderer.array(&flags),
        renderer.array(&lists),
        scopes,
    ]);
    let mut sql = Sql::new("WITH ");
    sql.sql(&with).push(" SELECT CAST(").sql(&array).push(" AS text) FROM me");
    let statement = Statement::from_sql_and_values(
        connection.get_database_backend(),
        sql.into_text(),
        std::mem::take(&mut renderer.bindings.values),
    );
    let Some(row) = connection.query_one_raw(statement).await? else { return Ok(None) };
    let text: String = row.try_get_by_index(0)?;
    let read: Read = serde_json::from_str(&text).map_err(|error| DbErr::Json(error.to_string()))?;
    let Read(account, token, organisation, salt, flags, lists, scopes) = read;
    let flags = Flag::ALL.iter().copied().zip(flags).filter(|(_, holds)| *holds == 1);
    let sets = sets.into_iter().zip(lists.into_iter().map(|list| list.into_iter().flatten().collect()));
    let facts = ViewerFacts {
        account,
        flags: flags.map(|(flag, _)| flag).collect(),
        sets: sets.filter(|(_, values): &(_, BTreeSet<String>)| !values.is_empty()).collect(),
        scopes: scopes.iter().filter_map(|code| Scope::from_code(code)).collect(),
    };
    Ok(Some(Writer { facts, salt, token: token.zip(organisation) }))
}

/// What the statement answers: account, token, organisation, salt, flags, sets, scopes.
#[derive(Deserialize)]
struct Read(
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Vec<i64>,
    Vec<Vec<Option<String>>>,
    Vec<String>,
);
