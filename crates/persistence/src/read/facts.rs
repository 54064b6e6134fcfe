//! What the policy needs for a write: the viewer's facts and a record's attributes, read through
//! the same declarations as everything else.

use std::collections::{BTreeMap, BTreeSet};

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::identity::scope::Scope;
use maip_domain::policy::{FactSet, Flag, Record, ViewerFacts};
use maip_domain::time::Timestamp;
use sea_orm::{ConnectionTrait, DbErr, Statement};

use super::declare::Entity;
use super::render::Renderer;
use super::sql::{Dialect, Sql};
use super::viewer::{Viewer, expressions, flag_condition, has_set, set_select};

/// The facts of the viewer; `None` where the credentials don't hold.
///
/// # Errors
/// Those of the database.
pub async fn load_viewer(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    now: Timestamp,
) -> Result<Option<ViewerFacts>, DbErr> {
    if *viewer == Viewer::Anonymous {
        return Ok(Some(ViewerFacts::anonymous()));
    }
    let dialect = Dialect::of(connection.get_database_backend());
    let kind = viewer.kind();
    let mut renderer = Renderer::new(kind, now, dialect);
    let with = expressions(viewer, &renderer.now(), dialect, &mut renderer.bindings);
    let mut sql = Sql::new("WITH ");
    sql.sql(&with).push(" SELECT 'account' AS kind, COALESCE(account_id, '') AS value FROM me");
    for &flag in Flag::ALL {
        match flag_condition(kind, flag) {
            Ok(false) => {}
            Ok(true) => {
                sql.push(" UNION ALL SELECT 'flag', ").literal(flag_name(flag));
            }
            Err(condition) => {
                sql.push(" UNION ALL SELECT 'flag', ")
                    .literal(flag_name(flag))
                    .push(" WHERE ")
                    .push(condition);
            }
        }
    }
    for &set in FactSet::ALL {
        if has_set(kind, set) {
            sql.push(" UNION ALL SELECT ").literal(set_name(set)).push(", x.* FROM (").push(set_select(set));
            sql.push(") x");
        }
    }
    if matches!(viewer, Viewer::Token { .. }) {
        sql.push(" UNION ALL SELECT 'scope', scope FROM my_scopes");
    }
    let statement = Statement::from_sql_and_values(
        connection.get_database_backend(),
        sql.into_text(),
        std::mem::take(&mut renderer.bindings.values),
    );
    let mut facts = ViewerFacts::default();
    let mut known = false;
    for row in connection.query_all_raw(statement).await? {
        let kind: String = row.try_get_by_index(0)?;
        let Some(value) = row.try_get_by_index::<Option<String>>(1)? else { continue };
        match kind.as_str() {
            "account" => {
                known = true;
                facts.account = (!value.is_empty()).then_some(value);
            }
            "flag" => {
                facts.flags.extend(Flag::ALL.iter().copied().find(|flag| flag_name(*flag) == value));
            }
            "scope" => facts.scopes.extend(Scope::from_code(&value)),
            name => {
                if let Some(set) = FactSet::ALL.iter().copied().find(|set| set_name(*set) == name) {
                    facts.sets.entry(set).or_default().insert(value);
                }
            }
        }
    }
    Ok(known.then_some(facts))
}

fn flag_name(flag: Flag) -> &'static str {
    match flag {
        Flag::Person => "person",
        Flag::Token => "token",
        Flag::Member => "member",
        Flag::Secretariat => "secretariat",
        Flag::SystemAdministrator => "system_administrator",
        Flag::AllCountries => "all_countries",
    }
}

fn set_name(set: FactSet) -> &'static str {
    match set {
        FactSet::MemberPlatforms => "member_platforms",
        FactSet::ContributorPlatforms => "contributor_platforms",
        FactSet::FacilitatedPlatforms => "facilitated_platforms",
        FactSet::RecorderPlatforms => "recorder_platforms",
        FactSet::ContributorCountries => "contributor_countries",
        FactSet::FocalCountries => "focal_countries",
        FactSet::TechnicalCountries => "technical_countries",
        FactSet::TaskForceCountries => "task_force_countries",
        FactSet::FocalRegions => "focal_regions",
        FactSet::ManagedOrganisations => "managed_organisations",
        FactSet::Organisations => "organisations",
        FactSet::TokenCountries => "token_countries",
    }
}

/// The attributes of a record by its key; `None` where there is no such record. Nothing is hidden
/// here: the policy decides on what this returns.
///
/// # Errors
/// Those of the database.
pub async fn load_record(
    connection: &impl ConnectionTrait,
    entity: &'static Entity,
    key: &str,
    now: Timestamp,
) -> Result<Option<Record>, DbErr> {
    let dialect = Dialect::of(connection.get_database_backend());
    let mut renderer = Renderer::new(super::viewer::ViewerKind::Anonymous, now, dialect);
    let row = renderer.fresh();
    let key = renderer.bindings.bind(dialect, key);
    let mut from = Sql::new(" FROM ");
    from.push(entity.table).push(" ").alias(row).push(" WHERE ").alias(row).push(".").push(entity.key);
    from.push(" = ").sql(&key);

    let mut pieces = vec![{
        let mut sql = Sql::new("SELECT -1 AS kind, '' AS value");
        sql.sql(&from);
        sql
    }];
    for (index, &(attribute, _)) in entity.attributes.iter().enumerate() {
        if let Some(column) = renderer.attribute(entity, attribute, row) {
            let mut sql = Sql::new("SELECT ");
            sql.number(u64::try_from(index).unwrap_or(0)).push(", ").sql(&column).sql(&from);
            pieces.push(sql);
        }
    }
    for (index, &(related, _)) in entity.related.iter().enumerate() {
        if let Some(select) = renderer.related(entity, related, row) {
            let number = u64::try_from(entity.attributes.len() + index).unwrap_or(0);
            let list = renderer.json_list(&select);
            let mut sql = Sql::new("SELECT ");
            sql.number(number).push(", CAST(").sql(&list).push(" AS text)").sql(&from);
            pieces.push(sql);
        }
    }
    let mut sql = Sql::default();
    sql.join(&pieces, " UNION ALL ");
    let statement = Statement::from_sql_and_values(
        connection.get_database_backend(),
        sql.into_text(),
        std::mem::take(&mut renderer.bindings.values),
    );
    let rows = connection.query_all_raw(statement).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let mut record = Record { attributes: BTreeMap::new(), related: BTreeMap::new() };
    for row in rows {
        let Ok(index) = usize::try_from(row.try_get_by_index::<i32>(0)?) else { continue };
        let Some(value) = row.try_get_by_index::<Option<String>>(1)? else { continue };
        if let Some(&(attribute, _)) = entity.attributes.get(index) {
            record.attributes.insert(attribute, value);
        } else if let Some(&(related, _)) = entity.related.get(index - entity.attributes.len()) {
            let values: BTreeSet<String> = serde_json::from_str(&value).unwrap_or_default();
            record.related.insert(related, values);
        }
    }
    Ok(Some(record))
}
