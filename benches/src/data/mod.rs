//! The data: made here, the same with every run, and loaded as fast as the database takes it.
//!
//! For 100,000 lessons: 10,000 people in 200 platforms, 500 organisations, 110,000 versions with three concepts
//! each, 120,000 replications, 25,000 endorsements, 2,000 contact cards. Nine lessons in ten are published, and of
//! these 85 % are for everyone.

mod contacts;
mod lessons;
mod made;
mod people;
mod sink;
mod tables;

use std::path::Path;

use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement};
use tokio_postgres::NoTls;

use crate::Failure;
use lessons::Around;
use made::Made;
use people::Country;
use sink::{Sink, Target};

const SEED: u64 = 2026;

/// What the operations choose from.
pub struct Loaded {
    /// Lessons that everyone sees.
    pub lessons: Vec<String>,
    pub platforms: Vec<String>,
    pub concepts: Vec<String>,
    pub products: Vec<String>,
    pub accounts: Vec<String>,
    /// The country with the most lessons.
    pub country: String,
}

/// A connection to PostgreSQL with the fastest driver.
pub async fn connect(url: &str) -> Result<tokio_postgres::Client, Failure> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            eprintln!("a connection to PostgreSQL ended: {error}");
        }
    });
    Ok(client)
}

/// Fills a migrated PostgreSQL database.
pub async fn postgres(url: &str, count: usize) -> Result<Loaded, Failure> {
    let client = connect(url).await?;
    let countries = client
        .query("SELECT id, code, region FROM countries WHERE region IS NOT NULL ORDER BY code", &[])
        .await?
        .iter()
        .map(|row| Country { id: row.get(0), code: row.get(1), region: row.get(2) })
        .collect();
    let concepts = client.query("SELECT id FROM concepts ORDER BY uri", &[]).await?;
    let concepts = concepts.iter().map(|row| row.get(0)).collect();
    // What is made fits together; checked row by row it takes several times as long.
    client
        .batch_execute("SET session_replication_role = replica; SET maintenance_work_mem = '256MB'")
        .await?;
    let indexes = take_indexes(&client).await?;
    let (loaded, target) = fill(Target::Postgres(client), count, countries, concepts).await?;
    if let Target::Postgres(client) = target {
        for index in indexes {
            client.batch_execute(&index).await?;
        }
        client.batch_execute("VACUUM ANALYZE").await?;
        client.batch_execute("CHECKPOINT").await?;
    }
    Ok(loaded)
}

/// Drops the indexes of the tables that are filled, apart from those of constraints, and gives what makes them again.
async fn take_indexes(client: &tokio_postgres::Client) -> Result<Vec<String>, Failure> {
    let of_search = [tables::SEARCH.name, tables::SEARCH_BEGINNINGS.name];
    let tables: Vec<&str> = tables::ALL.iter().map(|table| table.name).chain(of_search).collect();
    let sql = "SELECT indexname, indexdef FROM pg_indexes i WHERE schemaname = 'public' AND tablename = ANY ($1) \
               AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)";
    let mut definitions = Vec::new();
    for row in client.query(sql, &[&tables]).await? {
        client.batch_execute(&format!("DROP INDEX {}", row.get::<_, &str>(0))).await?;
        definitions.push(row.get(1));
    }
    Ok(definitions)
}

/// Fills a migrated SQLite database.
pub async fn sqlite(file: &Path, count: usize) -> Result<Loaded, Failure> {
    let mut options = sea_orm::ConnectOptions::new(format!("sqlite://{}", file.display()));
    options.max_connections(1).sqlx_logging(false);
    let database = Database::connect(options).await?;
    let rows = texts(
        &database,
        "SELECT id || ' ' || code || ' ' || region FROM countries WHERE region IS NOT NULL \
                                 ORDER BY code",
    )
    .await?;
    let countries = rows.iter().filter_map(|row| {
        let mut words = row.split(' ').map(str::to_owned);
        Some(Country { id: words.next()?, code: words.next()?, region: words.next()? })
    });
    let countries = countries.collect();
    let concepts = texts(&database, "SELECT id FROM concepts ORDER BY uri").await?;
    for setting in ["foreign_keys = OFF", "synchronous = OFF", "cache_size = -262144"] {
        database.execute_unprepared(&format!("PRAGMA {setting}")).await?;
    }
    let indexes = texts(&database, INDEXES).await?;
    let names = texts(&database, &INDEXES.replace("SELECT sql", "SELECT name")).await?;
    for name in names {
        database.execute_unprepared(&format!("DROP INDEX {name}")).await?;
    }
    database.execute_unprepared("BEGIN").await?;
    let (loaded, target) = fill(Target::Sqlite(database), count, countries, concepts).await?;
    if let Target::Sqlite(database) = target {
        database.execute_unprepared("COMMIT").await?;
        for index in indexes {
            database.execute_unprepared(&index).await?;
        }
        database.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        database.close().await?;
    }
    Ok(loaded)
}

/// What makes the indexes again, apart from those of constraints.
const INDEXES: &str = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name";

/// Runs statements on a SQLite database.
pub async fn run_on_sqlite(file: &Path, sql: &str) -> Result<(), Failure> {
    let database = Database::connect(format!("sqlite://{}", file.display())).await?;
    database.execute_unprepared(sql).await?;
    Ok(database.close().await?)
}

async fn texts(database: &DatabaseConnection, sql: &str) -> Result<Vec<String>, Failure> {
    let rows = database.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

async fn fill(
    target: Target,
    count: usize,
    countries: Vec<Country>,
    concepts: Vec<String>,
) -> Result<(Loaded, Target), Failure> {
    if countries.is_empty() || concepts.is_empty() {
        return Err("`maip migrate` has to load countries and concepts".into());
    }
    let (made, mut sink) = (Made::new(SEED), Sink::new(target));
    let people = people::people(&mut sink, &made, count, &countries, &concepts).await?;
    let around = Around { made: &made, people: &people, countries: &countries, concepts: &concepts };
    contacts::contacts(&mut sink, &around, count).await?;
    let lessons = lessons::lessons(&mut sink, &around, count).await?;
    let target = sink.finish().await?;
    let mut weights = vec![0_usize; countries.len()];
    for (place, platform) in people.platforms.iter().enumerate() {
        // As in the choice of a lesson's platform: early ones have more.
        weights[platform.country] += people.platforms.len() - place;
    }
    let largest = weights.iter().enumerate().max_by_key(|(_, weight)| **weight).map_or(0, |(place, _)| place);
    let loaded = Loaded {
        lessons,
        platforms: people.platforms.into_iter().map(|platform| platform.id).collect(),
        concepts,
        products: people.products,
        accounts: people.accounts,
        country: countries[largest].code.clone(),
    };
    Ok((loaded, target))
}
