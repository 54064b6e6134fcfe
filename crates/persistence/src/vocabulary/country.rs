//! A country that an input names, for every write alike.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::error_code::ErrorCode;
use maip_domain::vocabulary::{CountryCode, Region};

use crate::write::{Unit, UserError, WriteResult};

/// A country, as records hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Country {
    pub(crate) id: String,
    pub(crate) code: String,
    pub(crate) region: Option<Region>,
}

/// The country with this code, named in this field of the input.
///
/// # Errors
/// `NOT_FOUND` at the field where no country has the code.
pub(crate) async fn named(unit: &Unit<'_>, field: &str, code: CountryCode) -> WriteResult<Country> {
    let sql = "SELECT id, region FROM countries WHERE code = $1";
    let Some(row) = unit.query_one(sql, [code.as_str().into()]).await? else {
        let message = format!("no country has the code {code}");
        return Err(UserError::at(field, ErrorCode::NotFound, message).into());
    };
    let region: Option<String> = row.try_get_by_index(1)?;
    Ok(Country {
        id: row.try_get_by_index(0)?,
        code: code.to_string(),
        region: region.as_deref().and_then(Region::from_code),
    })
}
