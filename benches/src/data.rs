//! The data: made here, the same with every run.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use maip_domain::id::{AccountId, EndorsementId, LessonId, LessonVersionId, PlatformId, ReplicationId};
use maip_domain::sort_key::sort_key;
use maip_domain::time::{Clock, Entropy, Timestamp};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement};

use crate::Failure;

/// How many lessons there are.
pub const LESSONS: usize = 20_000;
const PLATFORMS: usize = 40;
const ACCOUNTS: usize = 200;
/// Rows a statement.
const BATCH: usize = 500;
const START: i64 = 1_700_000_000_000_000;

/// Numbers that look random and are the same every time.
struct Made(AtomicU64);

impl Made {
    fn next(&self, bound: usize) -> usize {
        let state = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(bound).unwrap_or(1)).unwrap_or(0)
    }

    fn text(&self, words: usize) -> String {
        const WORDS: &[&str] = &[
            "banana",
            "suckers",
            "racks",
            "drying",
            "market",
            "women",
            "cooperative",
            "water",
            "mulch",
            "price",
            "trader",
            "season",
            "mould",
            "rain",
            "training",
            "village",
            "seedlings",
            "compost",
            "storage",
            "loss",
        ];
        let picked: Vec<&str> = (0..words).map(|_| WORDS[self.next(WORDS.len())]).collect();
        picked.join(" ")
    }
}

impl Clock for Made {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(START)
    }
}

impl Entropy for Made {
    fn fill(&self, buffer: &mut [u8]) {
        for byte in buffer {
            *byte = u8::try_from(self.next(256)).unwrap_or(0);
        }
    }
}

/// Rows gathered to one statement.
struct Table<'a> {
    database: &'a DatabaseConnection,
    head: &'static str,
    rows: Vec<String>,
}

impl<'a> Table<'a> {
    fn new(database: &'a DatabaseConnection, head: &'static str) -> Self {
        Self { database, head, rows: Vec::new() }
    }

    /// Notes a row; written in batches by [`Table::flush`], once the rows that it refers to are.
    fn push(&mut self, row: String) {
        self.rows.push(row);
    }

    async fn flush(&mut self) -> Result<(), Failure> {
        for rows in self.rows.chunks(BATCH) {
            let sql = format!("INSERT INTO {} VALUES ({})", self.head, rows.join("), ("));
            self.database.execute_unprepared(&sql).await?;
        }
        self.rows.clear();
        Ok(())
    }
}

/// Fills a migrated database and gives the ids of the lessons.
pub async fn fill(url: &str) -> Result<Vec<String>, Failure> {
    let database = Database::connect(url).await?;
    let made = Made(AtomicU64::new(1));
    let countries =
        column(&database, "SELECT id || ' ' || code FROM countries WHERE region IS NOT NULL ORDER BY code")
            .await?;
    let concepts = column(&database, "SELECT id FROM concepts ORDER BY uri").await?;
    if countries.is_empty() || concepts.is_empty() {
        return Err("`maip migrate` has to load countries and concepts".into());
    }

    let mut accounts = Vec::new();
    let mut table = Table::new(
        &database,
        "accounts (id, revision, created_at, updated_at, status, display_name, sort_key, language, \
         system_administrator)",
    );
    for number in 0..ACCOUNTS {
        let id = AccountId::generate(&made, &made).into_string();
        let name = format!("Member {number}");
        let key = sort_key(&name);
        table.push(format!("'{id}', 1, {START}, {START}, 'ACTIVE', '{name}', '{key}', 'en', FALSE"));
        accounts.push(id);
    }
    table.flush().await?;

    let mut platforms = Vec::new();
    let mut table = Table::new(
        &database,
        "platforms (id, revision, created_at, updated_at, name, sort_key, language, description, country_id, \
         country_code, region, stage, visibility)",
    );
    for number in 0..PLATFORMS {
        let id = PlatformId::generate(&made, &made).into_string();
        let (country, code) = countries[made.next(countries.len())].split_once(' ').ok_or("no country")?;
        let name = format!("Platform {number}");
        let key = sort_key(&name);
        table.push(format!(
            "'{id}', 1, {START}, {START}, '{name}', '{key}', 'en', '', '{country}', '{code}', \
                 (SELECT region FROM countries WHERE id = '{country}'), 'IMPLEMENTING', 'PUBLIC'"
        ));
        platforms.push((id, country.to_owned(), code.to_owned()));
    }
    table.flush().await?;
    let ids = lessons(&database, &made, &accounts, &platforms, &concepts).await?;
    database.execute_unprepared("VACUUM ANALYZE").await?;
    database.close().await?;
    Ok(ids)
}

async fn lessons(
    database: &DatabaseConnection,
    made: &Made,
    accounts: &[String],
    platforms: &[(String, String, String)],
    concepts: &[String],
) -> Result<Vec<String>, Failure> {
    let mut lessons = Table::new(
        database,
        "lessons (id, revision, created_at, updated_at, created_by, author_id, platform_id, country_id, country_code, \
         region, visibility, status, attribution, current_version_id, published_version_id, latest_version_id, \
         language, title_sort_key, outcome, sort_at, published_at)",
    );
    let mut versions = Table::new(
        database,
        "lesson_versions (id, lesson_id, number, revision, created_at, updated_at, created_by, state, language, \
         origin, title, abstract, context, problem, what_was_done, result, outcome, enabling_conditions, \
         hindering_conditions, who_gained, who_lost, published_at, visibility, attribution)",
    );
    let mut tagged = Table::new(database, "lesson_version_concepts (version_id, concept_id)");
    let mut contributors = Table::new(database, "lesson_contributors (lesson_id, account_id, part)");
    let mut endorsements = Table::new(
        database,
        "endorsements (id, lesson_id, version_id, account_id, country_id, country_code, note, created_at)",
    );
    let mut replications = Table::new(
        database,
        "replications (id, revision, created_at, updated_at, created_by, lesson_id, version_id, platform_id, \
         country_id, country_code, region, status, outcome, note)",
    );
    let mut ids = Vec::with_capacity(LESSONS);
    for number in 0..LESSONS {
        let id = LessonId::generate(made, made).into_string();
        let version = LessonVersionId::generate(made, made).into_string();
        let author = &accounts[made.next(accounts.len())];
        let (platform, country, code) = &platforms[made.next(platforms.len())];
        let title = format!("Lesson {number}: {}", made.text(6));
        let key = sort_key(&title);
        let outcome = ["WORKED", "PARTLY", "FAILED"][made.next(3)];
        let visibility = if made.next(10) == 0 { "MEMBERS" } else { "PUBLIC" };
        let at = START + i64::try_from(number).unwrap_or(0) * 60_000_000;
        lessons.push(format!(
            "'{id}', 1, {at}, {at}, '{author}', '{author}', '{platform}', '{country}', '{code}', \
                 (SELECT region FROM countries WHERE id = '{country}'), '{visibility}', 'PUBLISHED', 'NAME', \
                 '{version}', '{version}', '{version}', 'en', '{key}', '{outcome}', {at}, {at}"
        ));
        let mut texts = String::new();
        for words in [60, 80, 60, 90, 60] {
            // Writing to a string can't fail.
            let _ = write!(texts, "'{}', ", made.text(words));
        }
        versions.push(format!(
            "'{version}', '{id}', 1, 1, {at}, {at}, '{author}', 'PUBLISHED', 'en', 'ORIGINAL', '{title}', \
                 {texts}'{outcome}', '[\"dry wind\"]', '[\"rain\"]', 'growers', '', {at}, '{visibility}', 'NAME'"
        ));
        let first = made.next(concepts.len());
        for step in 0..3 {
            tagged.push(format!("'{version}', '{}'", concepts[(first + step) % concepts.len()]));
        }
        contributors.push(format!("'{id}', '{author}', 'AUTHOR'"));
        if made.next(4) == 0 {
            let endorsement = EndorsementId::generate(made, made).into_string();
            endorsements.push(format!(
                "'{endorsement}', '{id}', '{version}', '{author}', '{country}', '{code}', '', {at}"
            ));
        }
        for _ in 0..made.next(4) {
            let replication = ReplicationId::generate(made, made).into_string();
            let (platform, country, code) = &platforms[made.next(platforms.len())];
            let outcome = ["WORKED", "PARTLY", "FAILED"][made.next(3)];
            replications
                .push(format!(
                    "'{replication}', 1, {at}, {at}, '{author}', '{id}', '{version}', '{platform}', '{country}', \
                     '{code}', (SELECT region FROM countries WHERE id = '{country}'), 'ADOPTED', '{outcome}', ''"
                ));
        }
        ids.push(id);
    }
    // Lessons first: the others refer to them.
    for table in
        [&mut lessons, &mut versions, &mut tagged, &mut contributors, &mut endorsements, &mut replications]
    {
        table.flush().await?;
    }
    Ok(ids)
}

async fn column(database: &DatabaseConnection, sql: &str) -> Result<Vec<String>, Failure> {
    let rows = database.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}
