//! A read plan: what one operation wants, by response key, with the declarations it comes from.
//!
//! The same tree is rendered to SQL and shapes the answer, so the two can't disagree about what
//! stands where. A plan can't be made without a viewer.

use std::sync::Arc;

use maip_domain::identity::scope::Scope;
use maip_domain::policy::Expr;
use maip_domain::search::Term;
use maip_domain::time::Timestamp;
use maip_domain::vocabulary::{LanguagePreferences, ServingTag};
use serde_json::json;

use super::cursor::Cursor;
use super::declare::{Entity, Field, Filter, Relation, Sort, Source};
use super::search::{SearchPlan, SuggestPlan};
use super::viewer::Viewer;

/// What one operation reads.
#[derive(Debug)]
pub struct ReadPlan {
    pub(super) viewer: Viewer,
    pub(super) now: Timestamp,
    pub(super) roots: Vec<Root>,
}

impl ReadPlan {
    /// A plan for this viewer, at this instant.
    #[must_use]
    pub fn new(viewer: Viewer, now: Timestamp, roots: Vec<Root>) -> Self {
        Self { viewer, now, roots }
    }

    /// Whether it opens sealed values: nobody else may keep the answer.
    #[must_use]
    pub fn reads_sealed(&self) -> bool {
        self.roots.iter().any(|root| root.reads(is_sealed))
    }

    /// Whether it opens what is logged for the person: then it must run in one transaction with its log.
    #[must_use]
    pub fn discloses(&self) -> bool {
        self.roots
            .iter()
            .any(|root| root.reads(|source| matches!(source, Source::Sealed { logged: true, .. })))
    }
}

/// One root field of the operation.
#[derive(Debug)]
pub struct Root {
    /// The response key.
    pub key: Box<str>,
    /// The scope that a token needs for it.
    pub scope: Option<Scope>,
    /// What it reads.
    pub read: RootRead,
}

/// What a root field reads.
#[derive(Debug)]
pub enum RootRead {
    /// JSON known without the database: `__typename`, introspection.
    Constant(Box<str>),
    /// One record, or null.
    One {
        /// Which.
        lookup: Lookup,
        /// What of it.
        selection: Selection,
    },
    /// A connection.
    Connection(ConnectionPlan),
    /// Records of any type by id or another key: order, repeats and nulls kept.
    Nodes {
        /// What was asked for: the group, and the key in it; none for what names no record.
        ids: Vec<Option<(usize, Box<str>)>>,
        /// The records of one type that are asked for by one key.
        groups: Vec<NodeGroup>,
    },
    /// A search over several types: [`ReadPlan::find`] comes before.
    Search(Box<SearchPlan>),
    /// Suggestions while a search is typed: [`ReadPlan::find`] comes before.
    Suggest(Box<SuggestPlan>),
}

/// Records of one type by one key.
#[derive(Debug)]
pub struct NodeGroup {
    /// What of them.
    pub selection: Selection,
    /// The key's column where it isn't the id: a template, as in [`Argument::column`].
    ///
    /// [`Argument::column`]: super::declare::Argument::column
    pub column: Option<&'static str>,
    /// Which: each key once.
    pub keys: Vec<Box<str>>,
}

/// Which single record.
#[derive(Debug)]
pub enum Lookup {
    /// By its key.
    Key(Box<str>),
    /// By a condition with one value.
    Where(&'static str, FilterValue),
    /// The only one.
    Only,
}

/// What is wanted of a record.
#[derive(Debug)]
pub struct Selection {
    /// Its type.
    pub entity: &'static Entity,
    /// The items, in the order of the answer.
    pub items: Vec<Item>,
}

/// One item of a selection.
#[derive(Debug)]
pub struct Item {
    /// The response key.
    pub key: Box<str>,
    /// What it is.
    pub pick: Pick,
}

/// What an item is.
#[derive(Debug)]
pub enum Pick {
    /// `__typename`.
    TypeName,
    /// A scalar field.
    Field(&'static Field),
    /// A field whose source is [`Given`](super::declare::Source::Given), with its JSON.
    Given(Box<str>),
    /// A relation to one.
    One(&'static Relation, Selection),
    /// The same in the language that serves these preferences best.
    Preferred(&'static Relation, Preferred, Selection),
    /// A relation to a short list, at most so many.
    Many(&'static Relation, u32, Selection),
    /// A connection below the record.
    Connection(&'static Relation, ConnectionPlan),
    /// What the viewer may do with it.
    Permissions(Vec<(Box<str>, PermissionPart)>),
}

/// The languages that a reader prefers, ready to be bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preferred(pub(super) Arc<str>);

impl From<&LanguagePreferences> for Preferred {
    fn from(preferences: &LanguagePreferences) -> Self {
        let serving = preferences.serving().into_iter().enumerate();
        let rows: serde_json::Value = serving
            .map(|(place, ServingTag { preference, form, except })| {
                json!({ "preference": preference, "place": place, "form": form, "but": except })
            })
            .collect();
        Self(rows.to_string().into())
    }
}

impl Preferred {
    /// None: the original serves.
    #[must_use]
    pub fn none() -> Self {
        Self("[]".into())
    }
}

/// A field of a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PermissionPart {
    /// `__typename`.
    TypeName,
    /// The action.
    Action,
    /// Whether it is open.
    Allowed,
    /// Why not.
    Reason,
}

/// A connection.
#[derive(Debug)]
pub struct ConnectionPlan {
    /// The type of its nodes.
    pub entity: &'static Entity,
    /// A fixed condition of the field.
    pub only: Option<&'static str>,
    /// A fixed rule of the field.
    pub among: Option<&'static Expr>,
    /// The filters asked for.
    pub filters: Vec<(&'static Filter, FilterValue)>,
    /// The order.
    pub sort: &'static Sort,
    /// Its direction.
    pub descending: bool,
    /// Which page.
    pub page: Page,
    /// What is answered, in order.
    pub parts: Vec<ConnectionPart>,
}

/// A page of a connection.
#[derive(Debug, Clone)]
pub struct Page {
    /// How many.
    pub size: u32,
    /// From the end, as with `last`.
    pub backward: bool,
    /// Only what comes after this.
    pub after: Option<Cursor>,
    /// Only what comes before this.
    pub before: Option<Cursor>,
}

impl Page {
    /// Whether there is something before and after it, as Relay has it: where the page was cut, whether it was (`more`);
    /// at its other end, whether there is a bound, beyond which the record of the cursor was.
    pub(super) fn neighbours(&self, more: bool) -> (bool, bool) {
        if self.backward { (more, self.before.is_some()) } else { (self.after.is_some(), more) }
    }
}

/// A field of a connection.
#[derive(Debug)]
pub struct ConnectionPart {
    /// The response key.
    pub key: Box<str>,
    /// What it is.
    pub pick: ConnectionPick,
}

/// What a field of a connection is.
#[derive(Debug)]
pub enum ConnectionPick {
    /// `__typename`.
    TypeName,
    /// The edges.
    Edges(Vec<(Box<str>, EdgePick)>),
    /// The nodes alone.
    Nodes(Selection),
    /// The page.
    PageInfo(Vec<(Box<str>, PagePick)>),
    /// The number of records, exact to [`COUNT_LIMIT`].
    TotalCount,
    /// Whether that number is exact.
    TotalCountIsExact,
}

/// A field of an edge.
#[derive(Debug)]
pub enum EdgePick {
    /// `__typename`.
    TypeName,
    /// Its cursor.
    Cursor,
    /// Its node.
    Node(Selection),
}

/// A field of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PagePick {
    /// `__typename`.
    TypeName,
    /// Whether more follows.
    HasNext,
    /// Whether something precedes.
    HasPrevious,
    /// The first cursor.
    Start,
    /// The last cursor.
    End,
}

/// The largest page.
const MAX_PAGE: u32 = 100;
/// The sizes in which pages are fetched.
const PAGE_SIZES: [u32; 9] = [1, 2, 3, 4, 5, 10, 20, 50, MAX_PAGE];

/// Up to here records are counted exactly.
pub const COUNT_LIMIT: u32 = 10_000;

/// The value of a filter, ready to be bound.
#[derive(Debug, Clone, PartialEq)]
pub enum FilterValue {
    /// A text.
    Text(String),
    /// A number.
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// Several texts.
    Texts(Vec<String>),
    /// A search for all of these terms, as the analyser gave them.
    Search(Vec<Term>),
}

fn is_sealed(source: &Source) -> bool {
    matches!(source, Source::Sealed { .. })
}

impl Root {
    /// Whether a field with such a source is read.
    fn reads(&self, wanted: fn(&Source) -> bool) -> bool {
        match &self.read {
            RootRead::Constant(_) | RootRead::Suggest(_) => false,
            RootRead::One { selection, .. } => selection.reads(wanted),
            RootRead::Connection(plan) => plan.reads(wanted),
            RootRead::Nodes { groups, .. } => groups.iter().any(|group| group.selection.reads(wanted)),
            RootRead::Search(plan) => plan.groups.iter().any(|group| group.selection.reads(wanted)),
        }
    }
}

impl Selection {
    /// Whether it opens sealed values anywhere.
    #[must_use]
    pub fn reads_sealed(&self) -> bool {
        self.reads(is_sealed)
    }

    fn reads(&self, wanted: fn(&Source) -> bool) -> bool {
        self.items.iter().any(|item| match &item.pick {
            Pick::Field(field) => wanted(&field.source),
            Pick::One(_, selection) | Pick::Preferred(_, _, selection) | Pick::Many(_, _, selection) => {
                selection.reads(wanted)
            }
            Pick::Connection(_, plan) => plan.reads(wanted),
            Pick::TypeName | Pick::Given(_) | Pick::Permissions(_) => false,
        })
    }
}

impl ConnectionPlan {
    fn reads(&self, wanted: fn(&Source) -> bool) -> bool {
        self.selections().any(|selection| selection.reads(wanted))
    }

    /// Every selection of its nodes, in the order in which the columns stand.
    pub(super) fn selections(&self) -> impl Iterator<Item = &Selection> {
        self.parts.iter().flat_map(|part| {
            let found: Vec<&Selection> = match &part.pick {
                ConnectionPick::Nodes(selection) => vec![selection],
                ConnectionPick::Edges(fields) => fields
                    .iter()
                    .filter_map(
                        |(_, pick)| if let EdgePick::Node(selection) = pick { Some(selection) } else { None },
                    )
                    .collect(),
                _ => Vec::new(),
            };
            found
        })
    }

    pub(super) fn wants_rows(&self) -> bool {
        self.parts.iter().any(|part| {
            matches!(
                part.pick,
                ConnectionPick::Edges(_) | ConnectionPick::Nodes(_) | ConnectionPick::PageInfo(_)
            )
        })
    }

    /// Whether the place of any row is asked for.
    pub(super) fn wants_cursors(&self) -> bool {
        self.parts.iter().any(|part| match &part.pick {
            ConnectionPick::Edges(fields) => fields.iter().any(|(_, pick)| matches!(pick, EdgePick::Cursor)),
            ConnectionPick::PageInfo(fields) => {
                fields.iter().any(|(_, pick)| matches!(pick, PagePick::Start | PagePick::End))
            }
            _ => false,
        })
    }

    /// How many rows are fetched: those of the page, and one more where it is asked whether there
    /// is one; in a few sizes only, since the number stands in the statement's text.
    pub(super) fn fetched(&self) -> u32 {
        let size = PAGE_SIZES.into_iter().find(|&limit| self.page.size <= limit).unwrap_or(MAX_PAGE);
        size + u32::from(self.wants_more())
    }

    fn wants_more(&self) -> bool {
        self.parts.iter().any(|part| {
            matches!(&part.pick, ConnectionPick::PageInfo(fields) if fields.iter().any(|(_, pick)| {
                matches!(pick, PagePick::HasNext | PagePick::HasPrevious)
            }))
        })
    }

    pub(super) fn wants_count(&self) -> bool {
        self.parts
            .iter()
            .any(|part| matches!(part.pick, ConnectionPick::TotalCount | ConnectionPick::TotalCountIsExact))
    }
}
