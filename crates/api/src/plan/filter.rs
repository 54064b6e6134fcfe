//! Values of filters and of arguments that look a record up.

use std::str::FromStr as _;

use apollo_compiler::response::JsonValue;
use maip_domain::id;
use maip_domain::search;
use maip_domain::sort_key::sort_key;
use maip_domain::vocabulary::country::CountryCode;
use maip_domain::vocabulary::language::LanguageTag;
use maip_persistence::read::declare::{Entity, Filter, FilterType, Scalar};
use maip_persistence::read::plan::FilterValue;

use super::given;
use crate::schema::scalars;

/// The longest text of a filter, in characters.
const MAX_TEXT: usize = 200;
/// The most values of one filter.
const MAX_VALUES: usize = 100;

/// The filters that are given, in the order in which they are declared.
pub(super) fn filters(
    entity: &'static Entity,
    value: Option<&JsonValue>,
) -> Result<Vec<(&'static Filter, FilterValue)>, String> {
    let Some(fields) = value.and_then(JsonValue::as_object) else { return Ok(Vec::new()) };
    let mut filters = Vec::new();
    for filter in entity.filters {
        if let Some(value) = given(fields, filter.name) {
            // An empty search field keeps everything, as an empty beginning of a name does.
            let blank = value.as_str().is_some_and(|text| text.trim().is_empty());
            if blank && matches!(filter.takes, FilterType::Search) {
                continue;
            }
            let value = filter_value(filter.takes, value)
                .map_err(|message| format!("filter.{}: {message}", filter.name))?;
            filters.push((filter, value));
        }
    }
    Ok(filters)
}

pub(super) fn filter_value(takes: FilterType, value: &JsonValue) -> Result<FilterValue, String> {
    match takes {
        FilterType::One(of) => scalar(of, value),
        FilterType::AnyOf(of) => any_of(value, |value| as_text(scalar(of, value)?)),
        FilterType::Ids(prefix) => any_of(value, |value| {
            let text = text(value)?;
            id::check(prefix, &text).map_err(|error| error.to_string())?;
            Ok(text)
        }),
        FilterType::Search => Ok(FilterValue::Search(search::query(&text(value)?))),
        FilterType::SortKey => Ok(FilterValue::Text(sort_key(&text(value)?))),
    }
}

fn any_of(
    value: &JsonValue,
    read: impl Fn(&JsonValue) -> Result<String, String>,
) -> Result<FilterValue, String> {
    let one = std::slice::from_ref(value);
    let values = value.as_array().map_or(one, Vec::as_slice);
    if values.len() > MAX_VALUES {
        return Err(format!("{MAX_VALUES} values at most"));
    }
    values.iter().map(read).collect::<Result<_, _>>().map(FilterValue::Texts)
}

/// The value of a scalar, ready to be bound.
pub(super) fn scalar(scalar: Scalar, value: &JsonValue) -> Result<FilterValue, String> {
    if let Scalar::Bool = scalar {
        return value.as_bool().map(FilterValue::Bool).ok_or_else(|| "neither true nor false".to_owned());
    }
    if let Scalar::Int = scalar {
        return value.as_i64().map(FilterValue::Int).ok_or_else(|| "not a whole number".to_owned());
    }
    let text = text(value)?;
    match scalar {
        Scalar::Id => id::prefix_of(&text).map(|_| ()).map_err(|error| error.to_string())?,
        Scalar::Instant => return scalars::read_instant(&text).map(|at| FilterValue::Int(at.micros())),
        Scalar::Country => {
            CountryCode::from_str(&text).map_err(|error| error.to_string())?;
        }
        Scalar::Language => {
            let tag = LanguageTag::from_str(&text).map_err(|error| error.to_string())?;
            return Ok(FilterValue::Text(tag.into_string()));
        }
        Scalar::Decimal => scalars::read_decimal(&text)?,
        Scalar::Text | Scalar::Enum(_) | Scalar::Bool | Scalar::Int => {}
    }
    Ok(FilterValue::Text(text))
}

fn as_text(value: FilterValue) -> Result<String, String> {
    match value {
        FilterValue::Text(text) => Ok(text),
        FilterValue::Int(number) => Ok(number.to_string()),
        FilterValue::Bool(_) | FilterValue::Texts(_) | FilterValue::Search(_) => {
            Err("not a list of texts".to_owned())
        }
    }
}

fn text(value: &JsonValue) -> Result<String, String> {
    let text = value.as_str().ok_or_else(|| "not a text".to_owned())?;
    if text.chars().count() > MAX_TEXT {
        return Err(format!("{MAX_TEXT} characters at most"));
    }
    // PostgreSQL can't hold it in a text.
    if text.contains('\0') {
        return Err("there is a control character in it".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalogue::Maip;
    use crate::schema::Declared as _;

    #[test]
    fn a_filter_by_ids_refuses_those_of_another_type() {
        let mut tried = 0;
        for entity in Maip::catalogue().entities {
            for filter in entity.filters {
                let FilterType::Ids(prefix) = filter.takes else { continue };
                let ids = |prefix: &str| {
                    let id = format!("{prefix}_01h455vb4pex5vsknk084sn02q");
                    filters(entity, Some(&json!({ filter.name: [id] }).into())).map(drop)
                };
                assert_eq!(ids(prefix), Ok(()), "{}.{}", entity.name, filter.name);
                let message = ids("session").unwrap_err();
                let wanted =
                    format!("filter.{}: an id of type session, where {prefix} is wanted", filter.name);
                assert_eq!(message, wanted, "{}", entity.name);
                assert!(ids("nothing at all").is_err());
                tried += 1;
            }
        }
        assert!(tried > 15, "{tried} filters are by ids");
    }

    #[test]
    fn an_empty_search_keeps_everything_and_one_for_nothing_finds_nothing() {
        let mut tried = 0;
        for entity in Maip::catalogue().entities {
            let searches = entity.filters.iter().filter(|filter| matches!(filter.takes, FilterType::Search));
            for search in searches {
                let of = |text: &str| filters(entity, Some(&json!({ search.name: text }).into())).unwrap();
                assert!(of("").is_empty() && of(" \n").is_empty(), "{}", entity.name);
                assert!(matches!(of("!").as_slice(), [(_, FilterValue::Search(none))] if none.is_empty()));
                tried += 1;
            }
        }
        assert!(tried > 0);
    }
}
