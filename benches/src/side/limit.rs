//! The limit: one hand-written SQL statement an endpoint, whose text is the answer, by the fastest driver.
//!
//! A process of its own, so that what it uses can be told from the load. Anonymous visibility only.

use std::future::Future;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::serve::ListenerExt as _;
use deadpool_postgres::{Manager, ManagerConfig, Pool, PoolError, RecyclingMethod};
use tokio_postgres::NoTls;

use crate::Failure;

/// Columns and relations of a lesson `l` with its version `v`, country `c`, platform `p` and organisation `o`.
macro_rules! lesson {
    ($more:literal) => {
        concat!(
            "l.id, v.title, v.abstract, l.language, l.outcome, \
             to_char(to_timestamp(l.published_at / 1000000.0) AT TIME ZONE 'UTC', \
             'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS \"publishedAt\", \
             (SELECT row_to_json(x) FROM (SELECT c.code, c.name) x) AS country, \
             (SELECT row_to_json(x) FROM (SELECT p.id, p.name, \
              (SELECT row_to_json(n) FROM (SELECT COALESCE(array_to_json(array_agg(y)), '[]'::json) AS nodes \
               FROM (SELECT d.id, d.name FROM platform_products t JOIN products d ON d.id = t.product_id \
               WHERE t.platform_id = p.id ORDER BY d.sort_key, d.id LIMIT 1) y) n) AS products \
              WHERE p.id IS NOT NULL) x) AS platform, \
             (SELECT row_to_json(x) FROM (SELECT o.id, o.name WHERE o.id IS NOT NULL) x) AS organisation, \
             (SELECT COALESCE(array_to_json(array_agg(x)), '[]'::json) FROM (SELECT k.id, k.label \
              FROM lesson_version_concepts t JOIN concepts k ON k.id = t.concept_id \
              WHERE t.version_id = v.id ORDER BY k.sort_key, k.id LIMIT 100) x) AS concepts, \
             (SELECT row_to_json(n) FROM (SELECT COALESCE(array_to_json(array_agg(x)), '[]'::json) AS nodes \
              FROM (SELECT r.status, r.outcome, (SELECT row_to_json(y) FROM (SELECT rc.code) y) AS country \
              FROM replications r JOIN countries rc ON rc.id = r.country_id WHERE r.lesson_id = l.id \
              ORDER BY r.created_at DESC, r.id DESC LIMIT 3) x) n) AS replications",
            $more
        )
    };
}

macro_rules! joined {
    ($lessons:literal) => {
        concat!(
            " FROM ",
            $lessons,
            " l JOIN lesson_versions v ON v.id = l.current_version_id JOIN countries c ON c.id = l.country_id \
             LEFT JOIN platforms p ON p.id = l.platform_id AND p.visibility = 'PUBLIC' \
             LEFT JOIN organisations o ON o.id = l.organisation_id AND l.attribution <> 'ANONYMOUS' "
        )
    };
}

/// The page and, from its one lesson more, whether there is a next.
const LIST: &str = concat!(
    "WITH page AS MATERIALIZED (SELECT * FROM lessons WHERE status = 'PUBLISHED' AND visibility = 'PUBLIC' \
     ORDER BY sort_at DESC, id DESC LIMIT 21) \
     SELECT (SELECT CAST(array_to_json(array_agg(x)) AS text) FROM (SELECT ",
    lesson!(""),
    joined!("page"),
    "ORDER BY l.sort_at DESC, l.id DESC LIMIT 20) x), (SELECT count(*) > 20 FROM page)"
);

const ONE: &str = concat!(
    "SELECT CAST(row_to_json(x) AS text) FROM (SELECT ",
    lesson!(
        ", (SELECT row_to_json(y) FROM (SELECT v.number, v.context, v.problem, v.what_was_done AS \"whatWasDone\") y) \
         AS \"currentVersion\""
    ),
    joined!("lessons"),
    "WHERE l.id = $1 AND l.status = 'PUBLISHED' AND l.visibility = 'PUBLIC') x"
);

/// Serves the endpoints on a free port until standard input ends.
pub async fn serve(url: &str, connections: usize) -> Result<(), Failure> {
    let config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(url.parse()?, NoTls, config);
    let pool = Pool::builder(manager).max_size(connections).build()?;
    let routes = Router::new().route("/list", get(list)).route("/lesson/{id}", get(one)).with_state(pool);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    axum::serve(listener, routes).with_graceful_shutdown(end_of_input()).await?;
    Ok(())
}

/// Ready when whoever started this is gone.
fn end_of_input() -> impl Future<Output = ()> {
    let (tell, told) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // At its end or at an error, nobody holds the other end any more.
        drop(std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
        // Nobody may wait any more.
        let _ = tell.send(());
    });
    async { drop(told.await) }
}

async fn list(State(pool): State<Pool>) -> Response {
    let rows = async {
        let client = pool.get().await?;
        let statement = client.prepare_cached(LIST).await?;
        let row = client.query_one(&statement, &[]).await?;
        let (nodes, more): (Option<&str>, bool) = (row.get(0), row.get(1));
        let nodes = nodes.unwrap_or("[]");
        Ok(format!(
            "{{\"data\":{{\"lessons\":{{\"nodes\":{nodes},\"pageInfo\":{{\"hasNextPage\":{more}}}}}}}}}"
        ))
    };
    answer(rows.await)
}

async fn one(State(pool): State<Pool>, Path(id): Path<String>) -> Response {
    let row = async {
        let client = pool.get().await?;
        let statement = client.prepare_cached(ONE).await?;
        let row = client.query_opt(&statement, &[&id]).await?;
        let lesson: &str = row.as_ref().map_or("null", |row| row.get(0));
        Ok(format!("{{\"data\":{{\"lesson\":{lesson}}}}}"))
    };
    answer(row.await)
}

fn answer(body: Result<String, PoolError>) -> Response {
    match body {
        Ok(body) => ([(CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
