//! The explorer page at `/`: files compiled into the binary, so that it works without any outside
//! asset and under a policy that allows nothing else.

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// Scripts, styles, pictures and requests from this server alone; in no one's frame.
const POLICY: &str =
    "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'";

struct Asset {
    path: &'static str,
    media_type: &'static str,
    body: &'static str,
}

const ASSETS: &[Asset] = &[
    Asset {
        path: "/",
        media_type: "text/html; charset=utf-8",
        body: include_str!("../assets/explorer.html"),
    },
    Asset {
        path: "/assets/explorer.css",
        media_type: "text/css; charset=utf-8",
        body: include_str!("../assets/explorer.css"),
    },
    script("/assets/explorer.js", include_str!("../assets/explorer.js")),
    script("/assets/graphql.js", include_str!("../assets/graphql.js")),
    script("/assets/answer.js", include_str!("../assets/answer.js")),
    script("/assets/session.js", include_str!("../assets/session.js")),
    script("/assets/schema.js", include_str!("../assets/schema.js")),
    Asset {
        path: "/assets/queries.json",
        media_type: "application/json",
        body: include_str!("../assets/queries.json"),
    },
    Asset {
        path: "/assets/explorer.svg",
        media_type: "image/svg+xml",
        body: include_str!("../assets/explorer.svg"),
    },
];

const fn script(path: &'static str, body: &'static str) -> Asset {
    Asset { path, media_type: "text/javascript; charset=utf-8", body }
}

/// The page at `/` and what it loads below `/assets/`.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    ASSETS.iter().fold(Router::new(), |router, asset| {
        router.route(asset.path, get(move || std::future::ready(respond(asset))))
    })
}

fn respond(asset: &Asset) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(asset.media_type)),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        // A new release brings new files under the same names.
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, asset.body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(path: &str) -> &'static str {
        ASSETS.iter().find(|asset| asset.path == path).unwrap().body
    }

    /// The values of an attribute such as `src="…"`.
    fn attribute<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
        html.split(&format!(" {name}=\"")).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }

    #[test]
    fn the_page_loads_only_what_is_served_with_it() {
        let html = body("/");
        let mut loaded: Vec<String> = ["src", "href"]
            .iter()
            .flat_map(|name| attribute(html, name))
            .filter(|target| !target.starts_with('#'))
            .map(|target| format!("/{target}"))
            .collect();
        for asset in ASSETS.iter().filter(|asset| asset.media_type.starts_with("text/javascript")) {
            loaded.extend(
                asset
                    .body
                    .split(" from \"./")
                    .skip(1)
                    .filter_map(|rest| rest.split('"').next())
                    .map(|name| format!("/assets/{name}")),
            );
        }
        assert!(loaded.len() >= 8, "{loaded:?}");
        for path in loaded {
            assert!(ASSETS.iter().any(|asset| asset.path == path), "{path}");
        }
    }

    #[test]
    fn the_page_keeps_to_the_policy_it_is_served_under() {
        let html = body("/");
        for inline in ["<style", "style=", " onclick=", " onload=", "javascript:"] {
            assert!(!html.contains(inline), "{inline}");
        }
        assert_eq!(
            html.matches("<script").count(),
            attribute(html, "src").iter().filter(|target| target.contains(".js")).count()
        );
        assert!(!body("/assets/explorer.css").contains("url("));
        for asset in ASSETS.iter().filter(|asset| asset.media_type.starts_with("text/javascript")) {
            for unsafe_way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "document.write"] {
                assert!(!asset.body.contains(unsafe_way), "{} {unsafe_way}", asset.path);
            }
        }
    }

    #[test]
    fn each_ready_made_query_has_a_title_a_text_and_an_operation() {
        let library: serde_json::Value = serde_json::from_str(body("/assets/queries.json")).unwrap();
        let queries = library["queries"].as_array().unwrap();
        assert!(queries.len() >= 10);
        let mut ids = std::collections::BTreeSet::new();
        for query in queries {
            assert!(ids.insert(query["id"].as_str().unwrap()), "{query}");
            for field in ["group", "title", "description", "query"] {
                assert!(
                    query[field].as_str().is_some_and(|text| !text.trim().is_empty()),
                    "{field} of {query}"
                );
            }
            assert!(query["variables"].is_object(), "{query}");
        }
        for operation in ["signIn", "refresh", "signOut", "viewer"] {
            assert!(library["session"][operation].is_string(), "{operation}");
        }
    }
}
