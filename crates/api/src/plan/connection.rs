//! Connections: the page, the order, the filters and what is answered.

use apollo_compiler::response::JsonMap;
use maip_domain::policy::Expr;
use maip_persistence::read::cursor::Cursor;
use maip_persistence::read::declare::{Entity, Sort};
use maip_persistence::read::plan::{
    ConnectionPart, ConnectionPick, ConnectionPlan, EdgePick, Page, PagePick,
};

use super::{Planner, Refusal, filter, given};
use crate::document::collect::Collected;

/// The size of a page where none is asked for.
const DEFAULT_SIZE: u32 = 20;
/// The greatest size of a page.
pub(super) const MAX_SIZE: u32 = 100;

impl Planner<'_> {
    /// Plans a connection below so many parents.
    pub(super) fn connection(
        &mut self,
        entity: &'static Entity,
        (only, among): (Option<&'static str>, Option<&'static Expr>),
        field: &Collected,
        parents: u64,
    ) -> Result<ConnectionPlan, Refusal> {
        let arguments = self.arguments(field)?;
        let (sort, descending) = order(entity, &arguments).map_err(|message| self.refuse(field, &message))?;
        let page = page(&arguments, sort, descending).map_err(|message| self.refuse(field, &message))?;
        let filters = filter::filters(entity, given(&arguments, "filter"))
            .map_err(|message| self.refuse(field, &message))?;
        let parts = self.inside(field, |planner| planner.parts(entity, field, &page, parents))?;
        Ok(ConnectionPlan { entity, only, among, filters, sort, descending, page, parts })
    }

    fn parts(
        &mut self,
        entity: &'static Entity,
        field: &Collected,
        page: &Page,
        parents: u64,
    ) -> Result<Vec<ConnectionPart>, Refusal> {
        let mut counted = false;
        let mut records = None;
        let mut parts = Vec::with_capacity(field.fields().len());
        for part in field.fields() {
            // Rows are read once, however many parts show them.
            if matches!(part.name(), "edges" | "nodes" | "pageInfo") && records.is_none() {
                let read = self.cost.records(parents, u64::from(page.size)).map_err(Refusal::Request)?;
                records = Some(read);
            }
            let records = records.unwrap_or(0);
            let pick = match part.name() {
                "nodes" => {
                    let nodes =
                        self.inside(part, |planner| planner.selection(entity, part.fields(), records))?;
                    ConnectionPick::Nodes(nodes)
                }
                "edges" => {
                    ConnectionPick::Edges(self.inside(part, |planner| planner.edges(entity, part, records))?)
                }
                "pageInfo" => ConnectionPick::PageInfo(page_info(part)),
                "totalCount" | "totalCountIsExact" => {
                    if !counted {
                        self.cost.count(parents).map_err(Refusal::Request)?;
                        counted = true;
                    }
                    if part.name() == "totalCount" {
                        ConnectionPick::TotalCount
                    } else {
                        ConnectionPick::TotalCountIsExact
                    }
                }
                _ => ConnectionPick::TypeName,
            };
            parts.push(ConnectionPart { key: part.key.as_str().into(), pick });
        }
        Ok(parts)
    }

    fn edges(
        &mut self,
        entity: &'static Entity,
        field: &Collected,
        records: u64,
    ) -> Result<Vec<(Box<str>, EdgePick)>, Refusal> {
        let mut edges = Vec::with_capacity(field.fields().len());
        for part in field.fields() {
            let pick = match part.name() {
                "cursor" => EdgePick::Cursor,
                "node" => EdgePick::Node(
                    self.inside(part, |planner| planner.selection(entity, part.fields(), records))?,
                ),
                _ => EdgePick::TypeName,
            };
            edges.push((part.key.as_str().into(), pick));
        }
        Ok(edges)
    }
}

pub(super) fn page_info(field: &Collected) -> Vec<(Box<str>, PagePick)> {
    field
        .fields()
        .iter()
        .map(|part| {
            let pick = match part.name() {
                "hasNextPage" => PagePick::HasNext,
                "hasPreviousPage" => PagePick::HasPrevious,
                "startCursor" => PagePick::Start,
                "endCursor" => PagePick::End,
                _ => PagePick::TypeName,
            };
            (part.key.as_str().into(), pick)
        })
        .collect()
}

fn order(entity: &'static Entity, arguments: &JsonMap) -> Result<(&'static Sort, bool), String> {
    let code = given(arguments, "sort").and_then(|code| code.as_str());
    let sort = match code {
        Some(code) => entity.sort(code),
        None => entity.sorts.first(),
    };
    let sort = sort.ok_or_else(|| "sort: no such order".to_owned())?;
    let descending = match given(arguments, "direction").and_then(|direction| direction.as_str()) {
        Some(direction) => direction == "DESC",
        None => sort.descending,
    };
    Ok((sort, descending))
}

pub(super) fn page(arguments: &JsonMap, sort: &Sort, descending: bool) -> Result<Page, String> {
    let first = size(arguments, "first")?;
    let last = size(arguments, "last")?;
    let (size, backward) = match (first, last) {
        (Some(_), Some(_)) => return Err("`first` and `last` exclude each other".to_owned()),
        (None, Some(last)) => (last, true),
        (first, None) => (first.unwrap_or(DEFAULT_SIZE), false),
    };
    let after = cursor(arguments, "after", sort, descending)?;
    let before = cursor(arguments, "before", sort, descending)?;
    Ok(Page { size, backward, after, before })
}

fn cursor(arguments: &JsonMap, name: &str, sort: &Sort, descending: bool) -> Result<Option<Cursor>, String> {
    let text = given(arguments, name).and_then(|cursor| cursor.as_str());
    text.map(|text| Cursor::parse(text, sort, descending))
        .transpose()
        .map_err(|error| format!("{name}: {error}"))
}

pub(super) fn size(arguments: &JsonMap, name: &str) -> Result<Option<u32>, String> {
    let Some(value) = given(arguments, name) else { return Ok(None) };
    let size = value.as_i64().and_then(|size| u32::try_from(size).ok());
    size.filter(|&size| size <= MAX_SIZE)
        .map(Some)
        .ok_or_else(|| format!("`{name}` is 0 at least and {MAX_SIZE} at most"))
}
