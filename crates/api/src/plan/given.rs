//! Values that the server knows without the database: the limits on requests.

use maip_persistence::read::declare::{Entity, Field};

use super::connection::MAX_SIZE;
use crate::limits::ApiSettings;

/// The JSON of such a field; null for one that isn't known, which a test excludes.
pub(crate) fn value(entity: &Entity, field: &Field, settings: &ApiSettings) -> Box<str> {
    let number = match (entity.name, field.name) {
        ("ViewerLimits", "maxDepth") => settings.max_depth.to_string(),
        ("ViewerLimits", "maxCost") => settings.max_cost.to_string(),
        ("ViewerLimits", "maxAliases") => settings.max_aliases.to_string(),
        ("ViewerLimits", "maxPageSize") => MAX_SIZE.to_string(),
        ("ViewerLimits", "maxBodyBytes") => settings.max_body_bytes.to_string(),
        ("ViewerLimits", "timeoutMilliseconds") => settings.time_limit.as_millis().to_string(),
        ("ViewerLimits", "requestsPerMinute") => {
            settings.requests_per_minute.map_or_else(|| "null".to_owned(), |requests| requests.to_string())
        }
        _ => "null".to_owned(),
    };
    number.into()
}
