//! Which other sites' pages may call the API. Never with cookies: credentials are in a header that
//! a page has to set itself.

use std::time::Duration;

use axum::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_NONE_MATCH, RANGE,
    RETRY_AFTER,
};
use axum::http::{HeaderName, HeaderValue, Method};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::graphql::LAST_EVENT_ID;
use crate::graphql::multipart::PREFLIGHT;
use crate::limits::headers::{RATE_LIMIT, RATE_LIMIT_POLICY};
use crate::request_id;

/// The layer, where any origin is configured.
pub fn layer(origins: &[String]) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let allowed = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()))
    };
    let [graphql, apollo] = PREFLIGHT;
    let accepted: [HeaderName; 10] = [
        ACCEPT,
        ACCEPT_LANGUAGE,
        AUTHORIZATION,
        CONTENT_TYPE,
        IF_NONE_MATCH,
        LAST_EVENT_ID,
        RANGE,
        request_id::HEADER,
        graphql,
        apollo,
    ];
    let exposed: [HeaderName; 6] =
        [request_id::HEADER, RATE_LIMIT, RATE_LIMIT_POLICY, RETRY_AFTER, ETAG, CONTENT_RANGE];
    Some(
        CorsLayer::new()
            .allow_origin(allowed)
            .allow_methods([Method::GET, Method::POST, Method::PUT])
            .allow_headers(accepted)
            .expose_headers(exposed)
            .max_age(Duration::from_hours(1)),
    )
}
