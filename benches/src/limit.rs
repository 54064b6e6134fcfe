//! The limit: one hand-written SQL statement an endpoint, whose text is the answer.
//!
//! Same HTTP stack, driver, pool size and planner settings as the server; anonymous visibility only.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, DbErr, Statement,
};

use crate::Failure;

/// As many as the server has by default.
const CONNECTIONS: u32 = 16;

/// Columns and relations of a lesson `l` with its version `v`.
macro_rules! lesson {
    ($more:literal) => {
        concat!(
            "l.id, v.title, v.abstract, l.language, l.outcome, \
             to_char(to_timestamp(l.published_at / 1000000.0) AT TIME ZONE 'UTC', \
             'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS \"publishedAt\", \
             (SELECT row_to_json(x) FROM (SELECT c.code, c.name) x) AS country, \
             (SELECT row_to_json(x) FROM (SELECT p.id, p.name) x) AS platform, \
             (SELECT COALESCE(array_to_json(array_agg(x)), '[]'::json) FROM (SELECT k.id, k.label \
              FROM lesson_version_concepts t JOIN concepts k ON k.id = t.concept_id \
              WHERE t.version_id = v.id ORDER BY k.sort_key, k.id LIMIT 100) x) AS concepts, \
             (SELECT row_to_json(n) FROM (SELECT COALESCE(array_to_json(array_agg(x)), '[]'::json) AS nodes \
              FROM (SELECT (SELECT row_to_json(y) FROM (SELECT ec.code) y) AS country, \
              to_char(to_timestamp(e.created_at / 1000000.0) AT TIME ZONE 'UTC', \
              'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS \"createdAt\" \
              FROM endorsements e JOIN countries ec ON ec.id = e.country_id WHERE e.lesson_id = l.id \
              ORDER BY e.created_at DESC, e.id DESC LIMIT 3) x) n) AS endorsements, \
             (SELECT row_to_json(n) FROM (SELECT COALESCE(array_to_json(array_agg(x)), '[]'::json) AS nodes \
              FROM (SELECT r.status, r.outcome, (SELECT row_to_json(y) FROM (SELECT rc.code) y) AS country \
              FROM replications r JOIN countries rc ON rc.id = r.country_id WHERE r.lesson_id = l.id \
              ORDER BY r.created_at DESC, r.id DESC LIMIT 3) x) n) AS replications",
            $more
        )
    };
}

const LIST: &str = concat!(
    "SELECT CAST(array_to_json(array_agg(x)) AS text) FROM (SELECT ",
    lesson!(""),
    " FROM (SELECT * FROM lessons WHERE status = 'PUBLISHED' AND visibility = 'PUBLIC' \
     ORDER BY sort_at DESC, id DESC LIMIT 21) l \
     JOIN lesson_versions v ON v.id = l.current_version_id JOIN countries c ON c.id = l.country_id \
     JOIN platforms p ON p.id = l.platform_id AND p.visibility = 'PUBLIC' \
     ORDER BY l.sort_at DESC, l.id DESC LIMIT 20) x"
);

const ONE: &str = concat!(
    "SELECT CAST(row_to_json(x) AS text) FROM (SELECT ",
    lesson!(
        ", (SELECT row_to_json(y) FROM (SELECT v.number, v.context, v.problem, v.what_was_done AS \"whatWasDone\") y) \
         AS \"currentVersion\""
    ),
    " FROM lessons l JOIN lesson_versions v ON v.id = l.current_version_id JOIN countries c ON c.id = l.country_id \
     JOIN platforms p ON p.id = l.platform_id AND p.visibility = 'PUBLIC' \
     WHERE l.id = $1 AND l.status = 'PUBLISHED' AND l.visibility = 'PUBLIC') x"
);

/// Starts the endpoints on a free port.
pub async fn start(url: &str) -> Result<SocketAddr, Failure> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(CONNECTIONS)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(|options| options.options([("random_page_cost", "1.1"), ("jit", "off")]));
    let pool = Database::connect(options).await?;
    let routes = Router::new().route("/list", get(list)).route("/lesson/{id}", get(one)).with_state(pool);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, routes).await {
            eprintln!("the hand-written endpoint ended: {error}");
        }
    });
    Ok(address)
}

async fn list(State(pool): State<DatabaseConnection>) -> Response {
    answer(text(&pool, LIST, None).await.map(|nodes| {
        format!("{{\"data\":{{\"lessons\":{{\"nodes\":{nodes},\"pageInfo\":{{\"hasNextPage\":true}}}}}}}}")
    }))
}

async fn one(State(pool): State<DatabaseConnection>, Path(id): Path<String>) -> Response {
    answer(text(&pool, ONE, Some(id)).await.map(|lesson| format!("{{\"data\":{{\"lesson\":{lesson}}}}}")))
}

/// The one text of the statement; `null` where there is no row, as for a lesson that only members see.
async fn text(pool: &DatabaseConnection, sql: &'static str, id: Option<String>) -> Result<String, DbErr> {
    let values = id.into_iter().map(sea_orm::Value::from);
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    match pool.query_one_raw(statement).await? {
        Some(row) => row.try_get_by_index(0),
        None => Ok("null".to_owned()),
    }
}

fn answer(body: Result<String, DbErr>) -> Response {
    match body {
        Ok(body) => ([(CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
