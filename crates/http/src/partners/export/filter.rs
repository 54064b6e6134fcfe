//! Which lessons of all are wanted: the query part of the address, by the names of the API's filter.

use serde_json::{Map, Value};

/// What has several values, each named by itself.
const LISTS: [&str; 8] =
    ["country", "region", "product", "concept", "outcome", "language", "platform", "status"];
/// What has one.
const SINGLE: [&str; 3] = ["updatedFrom", "updatedBefore", "text"];

/// The filter.
///
/// # Errors
/// The name of what isn't known, or is said twice.
pub fn read(query: Option<&str>) -> Result<Map<String, Value>, String> {
    let mut filter = Map::new();
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        let value = Value::from(value.into_owned());
        if LISTS.contains(&&*name) {
            let values = filter.entry(name.into_owned()).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(values) = values {
                values.push(value);
            }
        } else if !SINGLE.contains(&&*name) || filter.insert(name.clone().into_owned(), value).is_some() {
            return Err(name.into_owned());
        }
    }
    Ok(filter)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_asked_for_is_the_filter_of_the_api() {
        assert_eq!(read(None), Ok(Map::new()));
        let read_all = read(Some("country=MWI&country=BGD&updatedFrom=2026-01-01T00%3A00%3A00Z"));
        let wanted = json!({ "country": ["MWI", "BGD"], "updatedFrom": "2026-01-01T00:00:00Z" });
        assert_eq!(read_all.map(Value::Object), Ok(wanted));
        assert_eq!(read(Some("countries=MWI")), Err("countries".to_owned()));
        assert_eq!(read(Some("text=a&text=b")), Err("text".to_owned()));
    }
}
