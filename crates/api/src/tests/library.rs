//! A small catalogue with tables of its own, and requests to it.

use maip_domain::policy::{Action, Attribute, Clause, Expr, Policy, Reason, Rule};
use maip_persistence::read::declare::*;
use sea_orm::ConnectionTrait as _;
use serde_json::{Map, Value};

use super::private::Private;
use crate::request::{Credentials, Execute as _, Method, Request, Response};
use crate::schema::{Catalogue, Declared};
use crate::{Api, ApiSettings};

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
        field("pen", Scalar::Text, "{t}.name", "The name on the books.")
            .deprecated("Author.name", "2027-06-30"),
    ],
    relations: &[
        connection("books", &BOOK, "{t}.author_id = {p}.id", "What they wrote."),
        many("shelf", &BOOK, "{t}.id", "{t}.author_id = {p}.id", "The same in short.")
            .deprecated("Author.books", "2027-06-30"),
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
        Catalogue { entities: &ENTITIES, roots: &ROOT_FIELDS, mutations: &MUTATIONS, subscriptions: &[] }
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

/// A library in use.
pub struct Reader {
    pub api: Api,
    _private: Private,
}

impl Reader {
    /// On a SQLite database of its own.
    pub async fn new() -> Self {
        Self::with(ApiSettings::default()).await
    }

    pub async fn with(settings: ApiSettings) -> Self {
        Self::on(Private::sqlite().await, settings).await
    }

    /// On a PostgreSQL database of its own.
    pub async fn on_postgres() -> Self {
        Self::on(Private::postgres().await, ApiSettings::default()).await
    }

    async fn on(private: Private, settings: ApiSettings) -> Self {
        let services = private.services.clone();
        services.database.writer().execute_unprepared(TABLES).await.unwrap();
        Self { api: Api::of::<Library>(services, settings).unwrap(), _private: private }
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
        document: None,
        operation_name: None,
        variables: None,
        method: Method::Post,
        credentials: Credentials::Anonymous,
        request_id: "r1".to_owned(),
        accept_language: None,
        peer: None,
        purse: None,
        last_event: None,
        uploads: crate::uploads::Uploads::default(),
        watch: crate::Stopwatch::default(),
    }
}

fn object(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(map) => Some(map),
        _ => None,
    }
}
