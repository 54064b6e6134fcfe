//! The library as plain objects, for another executor to answer from: what is right by the
//! specification is what both say.

use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::{JsonMap, JsonValue};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::library::{ADA, BO};

struct Author {
    id: &'static str,
    name: &'static str,
    born: Option<&'static str>,
}

struct Book {
    id: &'static str,
    author: usize,
    title: &'static str,
    year: i32,
    kind: &'static str,
    lent: bool,
}

const AUTHORS: [Author; 2] = [
    Author { id: ADA, name: "Ada", born: Some("1970-01-01T00:00:01.000000Z") },
    Author { id: BO, name: "Bo \"the\" Bold", born: None },
];

/// Those on the shelf; a hidden one is no object here.
const BOOKS: [Book; 3] = [
    Book {
        id: "book_01h455vb4pex5vsknk084sn011",
        author: 0,
        title: "Figs",
        year: 1990,
        kind: "NOVEL",
        lent: false,
    },
    Book {
        id: "book_01h455vb4pex5vsknk084sn012",
        author: 0,
        title: "Dates",
        year: 1995,
        kind: "REPORT",
        lent: true,
    },
    Book {
        id: "book_01h455vb4pex5vsknk084sn014",
        author: 1,
        title: "Quinoa",
        year: 2001,
        kind: "REPORT",
        lent: false,
    },
];

/// An object of the answer.
#[derive(Clone)]
pub enum Thing {
    Query,
    Author(usize),
    Book(usize),
    Connection(Page),
    Edge(Page, usize),
    PageInfo(Page),
    Permission(&'static str, Option<&'static str>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Author,
    Book,
}

#[derive(Clone)]
pub struct Page {
    kind: Kind,
    order: String,
    total: usize,
    shown: Vec<usize>,
    next: bool,
    previous: bool,
}

impl Page {
    fn thing(&self, row: usize) -> Thing {
        if self.kind == Kind::Author { Thing::Author(row) } else { Thing::Book(row) }
    }

    fn cursor(&self, row: usize) -> String {
        let values = match (self.kind, &self.order[..4]) {
            (Kind::Author, _) => format!("[\"{}\",\"{}\"]", ["ada", "bo"][row], AUTHORS[row].id),
            (Kind::Book, "YEAR") => format!("[{},\"{}\"]", BOOKS[row].year, BOOKS[row].id),
            (Kind::Book, _) => format!("[\"{}\",\"{}\"]", BOOKS[row].title, BOOKS[row].id),
        };
        URL_SAFE_NO_PAD.encode(format!("{} {values}", self.order))
    }
}

fn text<'a>(arguments: &'a JsonMap, name: &str) -> Option<&'a str> {
    arguments.get(name).and_then(JsonValue::as_str)
}

/// The other executor leaves a default of a variable as it is written, one value for a list too.
fn one_or_many(value: &JsonValue) -> &[JsonValue] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

fn page(kind: Kind, rows: impl Iterator<Item = usize>, arguments: &JsonMap) -> Page {
    let number = |name: &str| {
        arguments.get(name).and_then(JsonValue::as_i64).map(|number| usize::try_from(number).unwrap())
    };
    let filter = arguments.get("filter").and_then(JsonValue::as_object);
    let kinds = filter.and_then(|filter| filter.get("kind")).filter(|kinds| !kinds.is_null());
    let year = filter.and_then(|filter| filter.get("year")).and_then(JsonValue::as_i64);
    let mut rows: Vec<usize> = rows
        .filter(|&row| {
            kind == Kind::Author
                || (kinds.is_none_or(|kinds| one_or_many(kinds).iter().any(|k| k == BOOKS[row].kind))
                    && year.is_none_or(|year| year == i64::from(BOOKS[row].year)))
        })
        .collect();
    let sort = text(arguments, "sort").unwrap_or(if kind == Kind::Author { "NAME" } else { "YEAR" });
    let descending = text(arguments, "direction").map_or(sort == "YEAR", |direction| direction == "DESC");
    match sort {
        "YEAR" => rows.sort_by_key(|&row| BOOKS[row].year),
        "TITLE" => rows.sort_by_key(|&row| BOOKS[row].title),
        _ => rows.sort_unstable(),
    }
    if descending {
        rows.reverse();
    }
    let total = rows.len();
    let (last, size) = (number("last"), number("first").unwrap_or(20));
    let more = total > last.unwrap_or(size);
    match last {
        Some(last) => drop(rows.drain(..total.saturating_sub(last))),
        None => rows.truncate(size),
    }
    let order = format!("{sort}{}", if descending { '-' } else { '+' });
    let (next, previous) = (last.is_none() && more, last.is_some() && more);
    Page { kind, order, total, shown: rows, next, previous }
}

fn by_id(id: &str) -> Option<Thing> {
    AUTHORS
        .iter()
        .position(|author| author.id == id)
        .map(Thing::Author)
        .or_else(|| BOOKS.iter().position(|book| book.id == id).map(Thing::Book))
}

impl ObjectValue for Thing {
    fn type_name(&self) -> &str {
        match self {
            Self::Query => "Query",
            Self::Author(_) => "Author",
            Self::Book(_) => "Book",
            Self::Connection(page) if page.kind == Kind::Author => "AuthorConnection",
            Self::Connection(_) => "BookConnection",
            Self::Edge(page, _) if page.kind == Kind::Author => "AuthorEdge",
            Self::Edge(..) => "BookEdge",
            Self::PageInfo(_) => "PageInfo",
            Self::Permission(..) => "ActionPermission",
        }
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, FieldError> {
        let arguments = info.arguments();
        let all = |kind, rows: Vec<usize>| {
            ResolvedValue::object(Self::Connection(page(kind, rows.into_iter(), arguments)))
        };
        let books_of = |author: usize| (0..BOOKS.len()).filter(move |&book| BOOKS[book].author == author);
        Ok(match (self, info.field_name()) {
            (Self::Query, "authors") => all(Kind::Author, vec![0, 1]),
            (Self::Query, "books") => all(Kind::Book, vec![0, 1, 2]),
            (Self::Query, "author" | "book" | "node") => {
                ResolvedValue::nullable_object(text(arguments, "id").and_then(by_id))
            }
            (Self::Query, "nodes") => {
                let ids = arguments.get("ids").and_then(JsonValue::as_array).unwrap();
                ResolvedValue::list(
                    ids.iter().map(|id| ResolvedValue::nullable_object(id.as_str().and_then(by_id))),
                )
            }
            (Self::Query, "bookBy") => {
                let year = arguments.get("year").and_then(JsonValue::as_i64);
                let found = BOOKS.iter().position(|book| Some(i64::from(book.year)) == year);
                ResolvedValue::nullable_object(found.map(Self::Book))
            }
            (Self::Author(row), "id") => ResolvedValue::leaf(AUTHORS[*row].id),
            (Self::Author(row), "name" | "pen") => ResolvedValue::leaf(AUTHORS[*row].name),
            (Self::Author(row), "born") => {
                ResolvedValue::leaf(AUTHORS[*row].born.map_or(JsonValue::Null, Into::into))
            }
            (Self::Author(row), "books") => all(Kind::Book, books_of(*row).collect()),
            (Self::Author(row), "shelf") => {
                ResolvedValue::list(books_of(*row).map(|book| ResolvedValue::object(Self::Book(book))))
            }
            (Self::Book(row), "id") => ResolvedValue::leaf(BOOKS[*row].id),
            (Self::Book(row), "title") => ResolvedValue::leaf(BOOKS[*row].title),
            (Self::Book(row), "year") => ResolvedValue::leaf(BOOKS[*row].year),
            (Self::Book(row), "kind") => ResolvedValue::leaf(BOOKS[*row].kind),
            (Self::Book(row), "lent") => ResolvedValue::leaf(BOOKS[*row].lent),
            (Self::Book(row), "author") => ResolvedValue::object(Self::Author(BOOKS[*row].author)),
            (Self::Book(_), "viewerCan") => ResolvedValue::list([
                ResolvedValue::object(Self::Permission("UPDATE", None)),
                ResolvedValue::object(Self::Permission("PUBLISH", Some("SIGN_IN_NEEDED"))),
            ]),
            (Self::Connection(page), "nodes") => {
                ResolvedValue::list(page.shown.iter().map(|&row| ResolvedValue::object(page.thing(row))))
            }
            (Self::Connection(page), "edges") => ResolvedValue::list(
                page.shown.iter().map(|&row| ResolvedValue::object(Self::Edge(page.clone(), row))),
            ),
            (Self::Connection(page), "pageInfo") => ResolvedValue::object(Self::PageInfo(page.clone())),
            (Self::Connection(page), "totalCount") => ResolvedValue::leaf(i32::try_from(page.total).unwrap()),
            (Self::Connection(_), "totalCountIsExact") => ResolvedValue::leaf(true),
            (Self::Edge(page, row), "node") => ResolvedValue::object(page.thing(*row)),
            (Self::Edge(page, row), "cursor") => ResolvedValue::leaf(page.cursor(*row)),
            (Self::PageInfo(page), "hasNextPage") => ResolvedValue::leaf(page.next),
            (Self::PageInfo(page), "hasPreviousPage") => ResolvedValue::leaf(page.previous),
            (Self::PageInfo(page), "startCursor" | "endCursor") => {
                let first = info.field_name() == "startCursor";
                let row = if first { page.shown.first() } else { page.shown.last() };
                ResolvedValue::leaf(row.map_or(JsonValue::Null, |&row| page.cursor(row).into()))
            }
            (Self::Permission(action, _), "action") => ResolvedValue::leaf(*action),
            (Self::Permission(_, reason), "allowed") => ResolvedValue::leaf(reason.is_none()),
            (Self::Permission(_, reason), "reason") => {
                ResolvedValue::leaf(reason.map_or(JsonValue::Null, Into::into))
            }
            _ => return Err(self.unknown_field_error(info)),
        })
    }
}
