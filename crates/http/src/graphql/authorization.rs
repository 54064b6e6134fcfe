//! The `Authorization` header: `Bearer` and a token, or nothing.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use maip_api::Credentials;

use super::error::RequestError;

/// Far above what a token of ours has.
const LONGEST_TOKEN: usize = 4096;

/// Reads the header. Credentials that can't be read are refused: whoever shows something doesn't
/// mean to be nobody.
pub fn read(headers: &HeaderMap) -> Result<Credentials, RequestError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(Credentials::Anonymous) };
    if values.next().is_some() {
        return Err(RequestError::Authorization);
    }
    parse(value.to_str().map_err(|_| RequestError::Authorization)?)
}

/// Reads the value of the header, wherever it stands.
pub fn parse(value: &str) -> Result<Credentials, RequestError> {
    let (scheme, token) = value.split_once(' ').ok_or(RequestError::Authorization)?;
    let token = token.trim();
    let readable = scheme.eq_ignore_ascii_case("bearer")
        && (1..=LONGEST_TOKEN).contains(&token.len())
        && token.bytes().all(|byte| byte.is_ascii_graphic());
    if readable { Ok(Credentials::Bearer(token.to_owned())) } else { Err(RequestError::Authorization) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(value: Option<&str>) -> Option<Credentials> {
        let mut headers = HeaderMap::new();
        if let Some(value) = value {
            headers.insert(AUTHORIZATION, value.parse().unwrap());
        }
        read(&headers).ok()
    }

    #[test]
    fn a_bearer_token_or_nothing() {
        assert_eq!(credentials(None), Some(Credentials::Anonymous));
        let token = Some(Credentials::Bearer("abc".to_owned()));
        assert_eq!(credentials(Some("Bearer abc")), token);
        assert_eq!(credentials(Some("bearer  abc ")), token);
        for refused in ["Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "abc", "Bearer a b", ""] {
            assert_eq!(credentials(Some(refused)), None, "{refused}");
        }
        assert_eq!(credentials(Some(&format!("Bearer {}", "x".repeat(4097)))), None);
    }
}
