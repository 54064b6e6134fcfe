//! Where the owner of a card is, and the references that a card names.

use std::collections::BTreeSet;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::ConceptId;
use maip_domain::vocabulary::{CountryCode, Region};
use sea_orm::{DbErr, QueryResult};

use crate::vocabulary::country::{self, Country};
use crate::write::{Refusal, Unit, UserError, WriteResult};

/// Whose country a card gets where none is named.
#[derive(Clone, Copy, Debug)]
pub(super) enum Default<'a> {
    Account(&'a str),
    Organisation(&'a str),
    Platform(&'a str),
}

/// The country of the first of these that has one.
pub(super) async fn by_default(unit: &Unit<'_>, sources: &[Default<'_>]) -> Result<Option<Country>, DbErr> {
    for source in sources {
        let (sql, id) = match *source {
            Default::Account(id) => (
                "SELECT c.id, c.code, c.region FROM countries c JOIN accounts o ON o.country_id = c.id WHERE o.id = $1",
                id,
            ),
            Default::Organisation(id) => (
                "SELECT c.id, c.code, c.region FROM countries c JOIN organisations o ON o.country_id = c.id \
                 WHERE o.id = $1",
                id,
            ),
            Default::Platform(id) => (
                "SELECT c.id, c.code, c.region FROM countries c JOIN platforms o ON o.country_id = c.id WHERE o.id = $1",
                id,
            ),
        };
        if let Some(row) = unit.query_one(sql, [id.into()]).await? {
            return read(&row).map(Some);
        }
    }
    Ok(None)
}

fn read(row: &QueryResult) -> Result<Country, DbErr> {
    Ok(Country {
        id: row.try_get_by_index(0)?,
        code: row.try_get_by_index(1)?,
        region: row.try_get_by_index::<Option<String>>(2)?.and_then(|code| Region::from_code(&code)),
    })
}

/// The ids of these countries, each once; a code that no country has is refused at its place.
pub(super) async fn countries(unit: &Unit<'_>, codes: &[CountryCode]) -> WriteResult<BTreeSet<String>> {
    let mut refusal = Refusal::default();
    let mut ids = BTreeSet::new();
    for (index, code) in codes.iter().enumerate() {
        let found = country::named(unit, &format!("countries.{index}"), *code).await;
        ids.extend(refusal.note(found)?.map(|country| country.id));
    }
    refusal.finish()?;
    Ok(ids)
}

/// These concepts, each once; one that isn't there is refused at its place.
pub(super) async fn concepts(unit: &Unit<'_>, ids: &[ConceptId]) -> WriteResult<BTreeSet<String>> {
    let mut refusal = Refusal::default();
    let mut found = BTreeSet::new();
    for (index, id) in ids.iter().enumerate() {
        if unit.query_one("SELECT id FROM concepts WHERE id = $1", [id.as_str().into()]).await?.is_some() {
            found.insert(id.as_str().to_owned());
        } else {
            refusal.push(UserError::at(
                format!("conceptIds.{index}"),
                ErrorCode::NotFound,
                "there is no such concept",
            ));
        }
    }
    refusal.finish()?;
    Ok(found)
}
