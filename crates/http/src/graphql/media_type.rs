//! Which of the two media types an answer has: what `Accept` prefers.

use axum::http::HeaderValue;

/// The media types of a GraphQL response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// `application/graphql-response+json`: the status says what became of the request.
    GraphqlResponse,
    /// `application/json`: the older one, whose refusals come with 200.
    Json,
}

impl MediaType {
    /// As the value of `Content-Type`.
    pub fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        })
    }

    fn essence(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json",
            Self::Json => "application/json",
        }
    }
}

/// The media type of server-sent events.
const EVENTS: &str = "text/event-stream";

/// Whether server-sent events are asked for by name: a wildcard means the kind of answer that comes once.
pub fn accepts_events<'a>(accept: impl IntoIterator<Item = &'a HeaderValue>) -> bool {
    let values = accept.into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(EVENTS));
        named && !parts.any(|parameter| matches!(parameter, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// How good a media range fits: how precisely it names the type, then its weight in thousandths.
type Fit = (u8, u16);

/// The preferred type; `None` where neither is acceptable.
///
/// Without the header it is the newer one, as the draft has it from 2025 on. A wildcard is what
/// clients send that expect JSON and have never heard of the newer one.
pub fn negotiate<'a>(accept: impl IntoIterator<Item = &'a HeaderValue>) -> Option<MediaType> {
    let mut header = String::new();
    for value in accept {
        header.push_str(value.to_str().unwrap_or_default());
        header.push(',');
    }
    if header.trim_matches([',', ' ']).is_empty() {
        return Some(MediaType::GraphqlResponse);
    }
    let fit =
        |media_type| header.split(',').filter_map(|range| fit(range, media_type)).max_by_key(|fit| fit.0);
    let newer = fit(MediaType::GraphqlResponse).unwrap_or_default();
    let older = fit(MediaType::Json).unwrap_or_default();
    let named = newer.0 == NAMED;
    if newer.1 == 0 && older.1 == 0 {
        None
    } else if newer.1 > older.1 || (newer.1 == older.1 && named) {
        Some(MediaType::GraphqlResponse)
    } else {
        Some(MediaType::Json)
    }
}

const NAMED: u8 = 3;

fn fit(range: &str, media_type: MediaType) -> Option<Fit> {
    let mut parts = range.split(';').map(str::trim);
    let precision = match parts.next()? {
        "*/*" => 1,
        "application/*" => 2,
        name if name.eq_ignore_ascii_case(media_type.essence()) => NAMED,
        _ => return None,
    };
    let mut weight = 1000;
    for parameter in parts {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"');
        match name.trim().to_ascii_lowercase().as_str() {
            "q" => weight = thousandths(value)?,
            "charset" if !is_utf8(value) => return None,
            _ => {}
        }
    }
    Some((precision, weight))
}

/// Whether a charset is UTF-8, also as many write it.
pub fn is_utf8(charset: &str) -> bool {
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

fn thousandths(text: &str) -> Option<u16> {
    let weight: f32 = text.parse().ok().filter(|weight| (0.0..=1.0).contains(weight))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
    Some((weight * 1000.0) as u16)
}

#[cfg(test)]
mod tests {
    use super::MediaType::{GraphqlResponse, Json};
    use super::*;

    fn chosen(accept: &str) -> Option<MediaType> {
        negotiate([&accept.parse().unwrap()])
    }

    #[test]
    fn the_preferred_type_is_chosen() {
        for (accept, expected) in [
            ("application/json", Some(Json)),
            ("application/graphql-response+json", Some(GraphqlResponse)),
            (
                "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8",
                Some(GraphqlResponse),
            ),
            ("application/json, application/graphql-response+json", Some(GraphqlResponse)),
            ("application/json, application/graphql-response+json;q=0.9", Some(Json)),
            ("application/json;q=0.5, application/graphql-response+json;q=0.6", Some(GraphqlResponse)),
            ("*/*", Some(Json)),
            ("application/*", Some(Json)),
            ("text/html,application/xhtml+xml,*/*;q=0.8", Some(Json)),
            ("application/json;q=0, */*", Some(GraphqlResponse)),
            ("application/graphql-response+json;q=0, */*;q=0.1", Some(Json)),
            ("application/graphql-response+json, */*;q=0.1", Some(GraphqlResponse)),
            ("Application/JSON", Some(Json)),
            ("text/html", None),
            ("application/json;q=0", None),
            ("application/json; charset=utf8", Some(Json)),
            ("application/graphql-response+json;charset=\"UTF8\"", Some(GraphqlResponse)),
            ("application/json; charset=utf-16", None),
            ("application/xml, text/event-stream", None),
        ] {
            assert_eq!(chosen(accept), expected, "{accept}");
        }
    }

    #[test]
    fn without_a_wish_it_is_the_newer_one() {
        assert_eq!(negotiate([]), Some(GraphqlResponse));
        assert_eq!(chosen(" "), Some(GraphqlResponse));
    }

    #[test]
    fn events_are_asked_for_by_name() {
        let asked = |accept: &str| accepts_events([&accept.parse().unwrap()]);
        for accept in [
            "text/event-stream",
            "application/json, Text/Event-Stream;q=0.5",
            "text/event-stream; charset=utf-8",
        ] {
            assert!(asked(accept), "{accept}");
        }
        for accept in ["*/*", "text/*", "text/event-stream;q=0", "application/json"] {
            assert!(!asked(accept), "{accept}");
        }
    }

    #[test]
    fn several_headers_are_one_list() {
        let values = ["text/html", "application/json"].map(HeaderValue::from_static);
        assert_eq!(negotiate(&values), Some(Json));
    }
}
