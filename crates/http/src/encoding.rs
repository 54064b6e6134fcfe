//! What a client says of compression, made harmless.

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::ACCEPT_ENCODING;
use axum::middleware::Next;
use axum::response::Response;

/// Serves who forbids an answer as it is (`identity;q=0`) like everyone else. The compressor would say 406 once a write was
/// executed, which then looks as if it had been refused; RFC 9110, section 12.5.3, lets a server disregard the header.
pub async fn never_refused(mut request: Request, next: Next) -> Response {
    let headers = request.headers_mut();
    let forbidden = |value: &HeaderValue| value.to_str().is_ok_and(|text| text.split(',').any(forbids));
    if headers.get_all(ACCEPT_ENCODING).iter().any(forbidden) {
        let kept: Vec<String> = headers
            .get_all(ACCEPT_ENCODING)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|text| text.split(','))
            .filter(|item| !forbids(item))
            .map(|item| item.trim().to_owned())
            .collect();
        headers.remove(ACCEPT_ENCODING);
        if let Ok(value) = HeaderValue::try_from(kept.join(", ")) {
            headers.insert(ACCEPT_ENCODING, value);
        }
    }
    next.run(request).await
}

/// Whether the item says that nothing may come as it is.
fn forbids(item: &str) -> bool {
    let mut parts = item.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    (name.eq_ignore_ascii_case("identity") || name == "*")
        && weight.and_then(|weight| weight.trim().parse::<f32>().ok()).is_some_and(|weight| weight <= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_forbids_an_answer_as_it_is_counts() {
        for item in ["identity;q=0", " identity ; q=0.0", "*;q=0", "IDENTITY;Q=0"] {
            assert!(forbids(item), "{item}");
        }
        for item in ["identity", "identity;q=0.1", "gzip;q=0", "*", "*;q=0.5", "br", "identity;q=x", ""] {
            assert!(!forbids(item), "{item}");
        }
    }
}
