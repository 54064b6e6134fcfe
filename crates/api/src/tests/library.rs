//! A small catalogue with tables of its own, and requests to it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};

use maip_domain::policy::{Action, Attribute, Clause, Expr, Policy, Reason, Rule};
use maip_domain::time::{Clock, Entropy, Timestamp};
use maip_persistence::crypto::{AccessKeys, Keyring, Passwords};
use maip_persistence::database::Database;
use maip_persistence::read::declare::*;
use sea_orm::ConnectionTrait as _;
use sea_orm_migration::MigratorTrait as _;
use serde_json::{Map, Value};

use crate::request::{Credentials, Execute as _, Method, Request, Response};
use crate::schema::{Catalogue, Declared};
use crate::{Api, ApiSettings};
use maip_persistence::services::{Delivery, Services};

maip_domain::closed_set! {
    /// The kind of a book. May grow.
    pub enum BookKind {
        /// Made up.
        Novel = "NOVEL",
        /// True.
        Report = "REPORT",
    }
}

static OPEN: Policy = Policy { subject: "Author", read: Expr::Always, rules: &[] };
static SHELVED: Policy = Policy {
    subject: "Book",
    read: Expr::Is(Attribute::Visibility, "PUBLIC"),
    rules: &[
        Rule {
            action: Action::Update,
            clauses: &[Clause { holds: Expr::Always, otherwise: Reason::NotAllowed }],
        },
        Rule {
            action: Action::Publish,
            clauses: &[Clause { holds: Expr::Never, otherwise: Reason::SignInNeeded }],
        },
    ],
};

pub static AUTHOR: Entity = Entity {
    name: "Author",
    description: "Someone who writes.",
    prefix: Some("author"),
    table: "authors",
    key: "id",
    policy: &OPEN,
    joins: &[],
    attributes: &[],
    related: &[],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "The id."),
        field("name", Scalar::Text, "{t}.name", "The name."),
        optional("born", Scalar::Instant, "{t}.born", "When they were born."),
    ],
    relations: &[
        connection("books", &BOOK, "{t}.author_id = {p}.id", "What they wrote."),
        many("shelf", &BOOK, "{t}.id", "{t}.author_id = {p}.id", "The same in short."),
    ],
    filters: &[Filter {
        name: "nameStart",
        description: "The name begins so.",
        takes: FilterType::SortKey,
        condition: Condition::Same("{t}.name_key LIKE {?} || '%'"),
        among: None,
    }],
    sorts: &[Sort {
        code: "NAME",
        description: "By name.",
        columns: &[by_text("{t}.name_key"), by_text("{t}.id")],
        descending: false,
    }],
};

pub static BOOK: Entity = Entity {
    name: "Book",
    description: "Something to read.",
    prefix: Some("book"),
    table: "books",
    key: "id",
    policy: &SHELVED,
    joins: &[],
    attributes: &[(Attribute::Visibility, "{t}.visibility")],
    related: &[],
    fields: &[
        field("id", Scalar::Id, "{t}.id", "The id."),
        field("title", Scalar::Text, "{t}.title", "The title."),
        field("year", Scalar::Int, "{t}.year", "When it came out."),
        field("kind", Scalar::Enum(closed::<BookKind>), "{t}.kind", "What it is."),
        field("lent", Scalar::Bool, "{t}.lent", "Whether someone has it."),
    ],
    relations: &[one("author", &AUTHOR, false, "{t}.id = {p}.author_id", "Who wrote it.")],
    filters: &[
        Filter {
            name: "kind",
            description: "Of one of these kinds.",
            takes: FilterType::AnyOf(Scalar::Enum(closed::<BookKind>)),
            condition: Condition::Same("{t}.kind IN {in}"),
            among: None,
        },
        Filter {
            name: "author",
            description: "By this author.",
            takes: FilterType::One(Scalar::Id),
            condition: Condition::Same("{t}.author_id = {?}"),
            among: None,
        },
        Filter {
            name: "year",
            description: "Of this year.",
            takes: FilterType::One(Scalar::Int),
            condition: Condition::Same("{t}.year = {?}"),
            among: None,
        },
    ],
    sorts: &[
        Sort {
            code: "YEAR",
            description: "By year.",
            columns: &[by_number("{t}.year"), by_text("{t}.id")],
            descending: true,
        },
        Sort {
            code: "TITLE",
            description: "By title.",
            columns: &[by_text("{t}.title"), by_text("{t}.id")],
            descending: false,
        },
    ],
};

static ENTITIES: [&Entity; 2] = [&AUTHOR, &BOOK];
static ROOTS: [RootField; 5] = [
    RootField {
        name: "authors",
        description: "Everyone.",
        entity: &AUTHOR,
        kind: RootKind::Connection { only: None, among: None },
        scope: None,
    },
    RootField {
        name: "author",
        description: "One of them.",
        entity: &AUTHOR,
        kind: RootKind::ById,
        scope: None,
    },
    RootField {
        name: "books",
        description: "Every book.",
        entity: &BOOK,
        kind: RootKind::Connection { only: None, among: None },
        scope: None,
    },
    RootField { name: "book", description: "One of them.", entity: &BOOK, kind: RootKind::ById, scope: None },
    RootField {
        name: "bookBy",
        description: "One by its year or its title.",
        entity: &BOOK,
        kind: RootKind::By(&[
            Argument { name: "year", description: "The year.", scalar: Scalar::Int, on: "{t}.year = {?}" },
            Argument {
                name: "title",
                description: "The title.",
                scalar: Scalar::Text,
                on: "{t}.title = {?}",
            },
        ]),
        scope: None,
    },
];

static ROOT_FIELDS: [&[RootField]; 1] = [&ROOTS];
static MUTATIONS: [&[&dyn crate::mutation::Mutation]; 1] = [super::writing::MUTATIONS];

/// The catalogue.
pub struct Library;

impl Declared for Library {
    fn catalogue() -> Catalogue {
        Catalogue { entities: &ENTITIES, roots: &ROOT_FIELDS, mutations: &MUTATIONS }
    }
}

const TABLES: &str = "
CREATE TABLE authors (id text PRIMARY KEY, name text NOT NULL, name_key text NOT NULL, born bigint);
CREATE TABLE books (id text PRIMARY KEY, author_id text NOT NULL, title text NOT NULL, year integer NOT NULL,
  kind text NOT NULL, lent boolean NOT NULL, visibility text NOT NULL);
INSERT INTO authors VALUES
  ('author_01h455vb4pex5vsknk084sn001', 'Ada', 'ada', 1000000),
  ('author_01h455vb4pex5vsknk084sn002', 'Bo \"the\" Bold', 'bo', NULL);
INSERT INTO books VALUES
  ('book_01h455vb4pex5vsknk084sn011', 'author_01h455vb4pex5vsknk084sn001', 'Figs', 1990, 'NOVEL', FALSE, 'PUBLIC'),
  ('book_01h455vb4pex5vsknk084sn012', 'author_01h455vb4pex5vsknk084sn001', 'Dates', 1995, 'REPORT', TRUE, 'PUBLIC'),
  ('book_01h455vb4pex5vsknk084sn013', 'author_01h455vb4pex5vsknk084sn001', 'Secret', 1999, 'NOVEL', FALSE, 'PRIVATE'),
  ('book_01h455vb4pex5vsknk084sn014', 'author_01h455vb4pex5vsknk084sn002', 'Quinoa', 2001, 'REPORT', FALSE, 'PUBLIC');
";

pub const ADA: &str = "author_01h455vb4pex5vsknk084sn001";
pub const BO: &str = "author_01h455vb4pex5vsknk084sn002";
pub const FIGS: &str = "book_01h455vb4pex5vsknk084sn011";
pub const SECRET: &str = "book_01h455vb4pex5vsknk084sn013";

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(1_800_000_000_000_000)
    }
}

impl Entropy for Fixed {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(7);
    }
}

/// A library in use.
pub struct Reader {
    pub api: Api,
    _directory: Option<tempfile::TempDir>,
}

impl Reader {
    /// On a SQLite database of its own.
    pub async fn new() -> Self {
        Self::with(ApiSettings::default()).await
    }

    pub async fn with(settings: ApiSettings) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", directory.path().join("library.db").display());
        Self { api: Self::open(&url, settings).await, _directory: Some(directory) }
    }

    /// On a PostgreSQL database of its own.
    pub async fn on_postgres() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        static SERVER: LazyLock<String> = LazyLock::new(|| {
            std::env::var("MAIP_TEST_POSTGRES_URL").expect(
                "MAIP_TEST_POSTGRES_URL is not set, and tests on PostgreSQL are not skipped: `cargo xtask test` sets it up",
            )
        });
        let name = format!("maip_api_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let admin = sea_orm::Database::connect(SERVER.as_str()).await.unwrap();
        admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.unwrap();
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        let (before, _) = SERVER.rsplit_once('/').unwrap();
        Self { api: Self::open(&format!("{before}/{name}"), ApiSettings::default()).await, _directory: None }
    }

    async fn open(url: &str, settings: ApiSettings) -> Api {
        let migration = if url.starts_with("sqlite") { format!("{url}?mode=rwc") } else { url.to_owned() };
        let migration = sea_orm::Database::connect(migration).await.unwrap();
        maip_migrations::Migrator::up(&migration, None).await.unwrap();
        migration.close().await.unwrap();
        let database = Database::connect(url, 2).await.unwrap();
        database.writer().execute_unprepared(TABLES).await.unwrap();
        let keyring = Keyring::parse(&Keyring::generate(&Fixed)).unwrap();
        let services = Services {
            database,
            keyring: Arc::new(keyring),
            access: Arc::new(AccessKeys::default()),
            passwords: Passwords::new(1),
            delivery: Delivery::default(),
            clock: Arc::new(Fixed),
            entropy: Arc::new(Fixed),
        };
        Api::of::<Library>(services, settings).unwrap()
    }

    /// The whole response.
    pub async fn send(&self, request: Request) -> Response {
        self.api.execute(request).await
    }

    /// The response's JSON.
    pub async fn ask_with(&self, query: &str, variables: Value) -> Value {
        let response = self.send(Request { variables: object(variables), ..request(query) }).await;
        serde_json::from_str(&response.body).unwrap_or_else(|error| panic!("{error}: {}", response.body))
    }

    pub async fn ask(&self, query: &str) -> Value {
        self.ask_with(query, Value::Null).await
    }

    /// `data`, where nothing failed.
    pub async fn data(&self, query: &str) -> Value {
        let answer = self.ask(query).await;
        assert!(answer.get("errors").is_none(), "{query}: {answer}");
        answer["data"].clone()
    }

    /// The code of the first error.
    pub async fn code(&self, query: &str) -> String {
        let answer = self.ask(query).await;
        answer["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or_else(|| panic!("{query}: {answer}"))
            .to_owned()
    }
}

pub fn request(query: &str) -> Request {
    Request {
        query: Some(query.to_owned()),
        operation_name: None,
        variables: None,
        method: Method::Post,
        credentials: Credentials::Anonymous,
        request_id: "r1".to_owned(),
        accept_language: None,
        peer: None,
    }
}

fn object(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(map) => Some(map),
        _ => None,
    }
}
