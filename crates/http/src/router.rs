//! All routes, and what is around them.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use tokio::sync::Semaphore;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};

use crate::installation::Installation;
use crate::limits::{Limiter, Seats, Turns};
use crate::settings::HttpSettings;
use crate::{cors, encoding, explorer, files, frame, graphql, key_set, partners, probes};

/// Smaller bodies gain nothing.
const COMPRESSED_FROM_BYTES: u64 = 860;

/// What handlers share.
pub struct App<I> {
    pub installation: Arc<I>,
    pub settings: HttpSettings,
    pub limiter: Arc<Limiter>,
    pub turns: Turns,
    pub seats: Seats,
    pub uploads: Semaphore,
}

/// The routes of an installation.
pub fn router<I: Installation>(installation: Arc<I>, settings: HttpSettings) -> Router {
    let cors = cors::layer(&settings.cors_origins);
    let app = Arc::new(App {
        installation,
        limiter: Arc::new(Limiter::new(settings.rate_limits)),
        turns: Turns::new(settings.max_concurrent_requests, settings.executed_at_once),
        seats: Seats::new(settings.max_streams_per_caller),
        uploads: Semaphore::new(settings.max_concurrent_uploads.min(Semaphore::MAX_PERMITS)),
        settings,
    });
    // A compressor gathers, and events have to go at once; a workbook is an archive already.
    let compressed = SizeAbove::new(COMPRESSED_FROM_BYTES).and(NotForContentType::SSE);
    let compressed = compressed.and(NotForContentType::const_new(partners::export::XLSX));
    let mut router = Router::new()
        .route("/graphql", get(graphql::handle::<I>).post(graphql::handle::<I>))
        .route("/oai", get(partners::oai::handle::<I>).post(partners::oai::handle::<I>))
        .route("/lessons/{name}", get(partners::linked::lesson::<I>))
        .route("/export/{file}", get(partners::export::lessons::<I>))
        .route("/healthz", get(probes::alive))
        .route("/readyz", get(probes::ready::<I>))
        .route("/.well-known/jwks.json", get(key_set::published::<I>))
        .merge(explorer::routes())
        .fallback(async || (StatusCode::NOT_FOUND, "There is nothing here. The API is at /graphql.\n"))
        .layer(CompressionLayer::new().compress_when(compressed))
        .layer(from_fn(encoding::never_refused))
        // Pictures and sound are compressed already, and are asked for in ranges.
        .merge(files::routes::<I>());
    if let Some(cors) = cors {
        router = router.layer(cors);
    }
    router.layer(from_fn_with_state(app.clone(), frame::around::<I>)).with_state(app)
}
