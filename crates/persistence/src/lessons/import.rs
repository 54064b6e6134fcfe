//! What an import of lessons looks up, many at a time.

use std::collections::{BTreeMap, BTreeSet};

use maip_domain::id::{ConceptId, PlatformId};
use maip_domain::policy::Action;
use sea_orm::DbErr;

use crate::membership::read::PLATFORM;
use crate::read::Dialect;
use crate::write::{Unit, WriteError, WriteResult};

/// Whether lessons may be drafted for this platform; then the country that they are of.
///
/// # Errors
/// Those of the policy.
pub async fn may_import(unit: &Unit<'_>, platform: &PlatformId) -> WriteResult<String> {
    let mut inquiry = unit.inquiry();
    let record = inquiry.record(&PLATFORM, platform.as_str());
    let place = inquiry.row(&PLATFORM, &["country_code"], platform.as_str());
    let answers = inquiry.answers(unit.transaction()).await?;
    unit.allowed(&PLATFORM, "platformId", answers.record(record)?, Action::DraftLesson)?;
    let country = answers.row(place)?.and_then(|columns| columns.into_iter().next().flatten());
    country.ok_or(WriteError::Broken("a platform that the policy sees is gone"))
}

/// The concepts with these URIs, as far as there are such.
///
/// # Errors
/// Those of the database.
pub async fn concepts_by_uri(
    unit: &Unit<'_>,
    uris: &BTreeSet<String>,
) -> Result<BTreeMap<String, ConceptId>, DbErr> {
    let sql = match unit.services().database.dialect() {
        Dialect::Sqlite => "SELECT uri, id FROM concepts WHERE uri IN (SELECT value FROM json_each($1))",
        Dialect::Postgres => {
            "SELECT uri, id FROM concepts \
             WHERE uri = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS jsonb))))"
        }
    };
    let uris = serde_json::to_string(uris).map_err(|error| DbErr::Json(error.to_string()))?;
    let rows = unit.query_all(sql, [uris.into()]).await?;
    let mut known = BTreeMap::new();
    for row in rows {
        let (uri, id): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        if let Ok(id) = id.parse() {
            known.insert(uri, id);
        }
    }
    Ok(known)
}
