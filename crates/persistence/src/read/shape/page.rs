//! Connections and lists of records: which rows are shown, in which order, and their cursors.

use std::borrow::Cow;
use std::collections::HashMap;

use super::super::cursor;
use super::super::plan::{COUNT_LIMIT, ConnectionPick, ConnectionPlan, EdgePick, NodeGroup, PagePick};
use super::reading::Walk;
use super::{ShapeError, Shaper};

impl<'a> Shaper<'a> {
    pub(super) fn connection(&mut self, plan: &ConnectionPlan) -> Result<(), ShapeError> {
        if let Some(place) = in_passing(plan) {
            return self.connection_in_passing(plan, place);
        }
        let mut walk = self.walk(2)?;
        self.step(&mut walk)?;
        let rows = self.page_rows(plan)?;
        self.step(&mut walk)?;
        let count: Option<u32> = self.value()?.parse().ok();
        self.finish(&walk)?;
        let after = self.at;

        self.out.push('{');
        let mut selection_index = 0;
        for (index, part) in plan.parts.iter().enumerate() {
            self.key(&part.key, index == 0);
            match &part.pick {
                ConnectionPick::TypeName => self.connection_name(plan),
                ConnectionPick::Nodes(selection) => {
                    self.out.push('[');
                    for (index, row) in rows.shown.iter().enumerate() {
                        if index > 0 {
                            self.out.push(',');
                        }
                        self.at = row.selections[selection_index];
                        self.object(selection)?;
                    }
                    self.out.push(']');
                    selection_index += 1;
                }
                ConnectionPick::Edges(fields) => {
                    let nodes = fields.iter().filter(|(_, pick)| matches!(pick, EdgePick::Node(_))).count();
                    self.out.push('[');
                    for (index, row) in rows.shown.iter().enumerate() {
                        if index > 0 {
                            self.out.push(',');
                        }
                        self.edge(plan, fields, row, selection_index)?;
                    }
                    self.out.push(']');
                    selection_index += nodes;
                }
                ConnectionPick::PageInfo(fields) => self.page_info(plan, &rows, fields),
                ConnectionPick::TotalCount => {
                    let shown = count.unwrap_or(0).min(COUNT_LIMIT);
                    self.out.push_str(&shown.to_string());
                }
                ConnectionPick::TotalCountIsExact => {
                    self.out.push_str(if count.unwrap_or(0) <= COUNT_LIMIT { "true" } else { "false" });
                }
            }
        }
        self.out.push('}');
        self.at = after;
        Ok(())
    }

    /// A connection whose rows are written as they come, for this part of it alone.
    fn connection_in_passing(&mut self, plan: &ConnectionPlan, place: usize) -> Result<(), ShapeError> {
        let mut walk = self.walk(2)?;
        self.step(&mut walk)?;
        let mut rows = PageRows { shown: Vec::new(), more: false };
        self.out.push('{');
        for (index, part) in plan.parts.iter().enumerate() {
            self.key(&part.key, index == 0);
            match &part.pick {
                pick if index == place => rows = self.rows_in_passing(plan, pick)?,
                ConnectionPick::PageInfo(fields) => self.page_info(plan, &rows, fields),
                _ => self.connection_name(plan),
            }
        }
        self.out.push('}');
        self.step(&mut walk)?;
        self.value()?;
        self.finish(&walk)
    }

    fn rows_in_passing(
        &mut self,
        plan: &ConnectionPlan,
        pick: &ConnectionPick,
    ) -> Result<PageRows<'a>, ShapeError> {
        let mut rows = PageRows { shown: Vec::new(), more: false };
        self.out.push('[');
        if self.null() {
            self.out.push(']');
            return Ok(rows);
        }
        let cursors = plan.wants_cursors();
        let selections = plan.selections().count();
        let size = usize::try_from(plan.page.size).unwrap_or(usize::MAX);
        self.take(b'[', "a list of rows")?;
        while self.element(rows.shown.is_empty() && !rows.more)? {
            if rows.shown.len() == size {
                rows.more = true;
                self.value()?;
                continue;
            }
            if !rows.shown.is_empty() {
                self.out.push(',');
            }
            let mut walk = self.walk(usize::from(cursors) + selections)?;
            let mut row = RowPlace { cursor: "", selections: Vec::new() };
            if cursors {
                self.step(&mut walk)?;
                row.cursor = self.value()?;
            }
            if selections > 0 {
                self.step(&mut walk)?;
            }
            match pick {
                ConnectionPick::Nodes(selection) => self.object(selection)?,
                ConnectionPick::Edges(fields) => self.edge_in_passing(plan, fields, row.cursor)?,
                _ => {}
            }
            self.finish(&walk)?;
            rows.shown.push(row);
        }
        self.out.push(']');
        Ok(rows)
    }

    fn edge_in_passing(
        &mut self,
        plan: &ConnectionPlan,
        fields: &[(Box<str>, EdgePick)],
        cursor: &str,
    ) -> Result<(), ShapeError> {
        self.object_of(fields, |shaper, pick| {
            match pick {
                EdgePick::TypeName => shaper.edge_name(plan),
                EdgePick::Cursor => shaper.cursor(plan, cursor),
                EdgePick::Node(selection) => shaper.object(selection)?,
            }
            Ok(())
        })
    }

    fn connection_name(&mut self, plan: &ConnectionPlan) {
        let name = format!("{}Connection", plan.entity.name);
        self.name(&name);
    }

    fn edge_name(&mut self, plan: &ConnectionPlan) {
        let name = format!("{}Edge", plan.entity.name);
        self.name(&name);
    }

    /// Where the rows of a page stand, trimmed to its size and in the order of the answer.
    fn page_rows(&mut self, plan: &ConnectionPlan) -> Result<PageRows<'a>, ShapeError> {
        let mut rows = PageRows { shown: Vec::new(), more: false };
        if self.null() {
            return Ok(rows);
        }
        let (selections, cursors) = (plan.selections().count(), plan.wants_cursors());
        let size = usize::try_from(plan.page.size).unwrap_or(usize::MAX);
        self.take(b'[', "a list of rows")?;
        let mut first = true;
        while self.element(first)? {
            first = false;
            if rows.shown.len() == size {
                rows.more = true;
                self.value()?;
                continue;
            }
            let mut walk = self.walk(usize::from(cursors) + selections)?;
            let mut cursor = "";
            if cursors {
                self.step(&mut walk)?;
                cursor = self.value()?;
            }
            let mut row = RowPlace { cursor, selections: Vec::with_capacity(selections) };
            for _ in 0..selections {
                self.step(&mut walk)?;
                self.peek();
                row.selections.push(self.at);
                self.value()?;
            }
            self.finish(&walk)?;
            rows.shown.push(row);
        }
        if plan.page.backward {
            rows.shown.reverse();
        }
        Ok(rows)
    }

    fn edge(
        &mut self,
        plan: &ConnectionPlan,
        fields: &[(Box<str>, EdgePick)],
        row: &RowPlace<'a>,
        mut selection_index: usize,
    ) -> Result<(), ShapeError> {
        self.object_of(fields, |shaper, pick| {
            match pick {
                EdgePick::TypeName => shaper.edge_name(plan),
                EdgePick::Cursor => shaper.cursor(plan, row.cursor),
                EdgePick::Node(selection) => {
                    shaper.at = row.selections[selection_index];
                    shaper.object(selection)?;
                    selection_index += 1;
                }
            }
            Ok(())
        })
    }

    fn cursor(&mut self, plan: &ConnectionPlan, values: &str) {
        self.out.push('"');
        cursor::write(plan.sort, plan.descending, values, &mut self.out);
        self.out.push('"');
    }

    fn page_info(&mut self, plan: &ConnectionPlan, rows: &PageRows<'a>, fields: &[(Box<str>, PagePick)]) {
        self.out.push('{');
        for (index, (key, pick)) in fields.iter().enumerate() {
            self.key(key, index == 0);
            self.page_pick(plan, rows, *pick);
        }
        self.out.push('}');
    }

    fn page_pick(&mut self, plan: &ConnectionPlan, rows: &PageRows<'a>, pick: PagePick) {
        let (previous, next) = plan.page.neighbours(rows.more);
        match pick {
            PagePick::TypeName => self.name("PageInfo"),
            PagePick::HasNext => self.yes_or_no(next),
            PagePick::HasPrevious => self.yes_or_no(previous),
            PagePick::Start | PagePick::End => {
                let row = if pick == PagePick::Start { rows.shown.first() } else { rows.shown.last() };
                match row {
                    Some(row) => self.cursor(plan, row.cursor),
                    None => self.out.push_str("null"),
                }
            }
        }
    }

    /// Reads past the records of these groups, and says where each stands.
    pub(super) fn places(
        &mut self,
        groups: &[NodeGroup],
        walk: &mut Walk,
    ) -> Result<HashMap<(usize, String), usize>, ShapeError> {
        let mut places = HashMap::new();
        for index in 0..groups.len() {
            self.step(walk)?;
            self.take(b'[', "a list of records")?;
            let mut first = true;
            while self.element(first)? {
                first = false;
                let mut pair = self.walk(2)?;
                self.step(&mut pair)?;
                let Some(key) = plain(self.value()?) else { return self.error("a key") };
                self.step(&mut pair)?;
                self.peek();
                places.insert((index, key.into_owned()), self.at);
                self.value()?;
                self.finish(&pair)?;
            }
        }
        Ok(places)
    }

    pub(super) fn nodes(
        &mut self,
        ids: &[Option<(usize, Box<str>)>],
        groups: &[NodeGroup],
        walk: &mut Walk,
    ) -> Result<(), ShapeError> {
        let places = self.places(groups, walk)?;
        let after = self.at;
        self.out.push('[');
        for (index, id) in ids.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            let found = id.as_ref().and_then(|(group, key)| {
                let place = places.get(&(*group, key.to_string()))?;
                Some((*place, &groups.get(*group)?.selection))
            });
            if let Some((at, selection)) = found {
                self.at = at;
                self.object(selection)?;
            } else {
                self.out.push_str("null");
            }
        }
        self.out.push(']');
        self.at = after;
        Ok(())
    }
}

/// The text of a JSON string; few have anything in them that has to be looked at.
fn plain(json: &str) -> Option<Cow<'_, str>> {
    let inside = json.strip_prefix('"')?.strip_suffix('"')?;
    if inside.contains('\\') { serde_json::from_str(json).ok().map(Cow::Owned) } else { Some(inside.into()) }
}

/// The part of a connection whose rows can be written in the order in which they come, without
/// looking ahead: the only one that shows rows, each once, with nothing before it that has to know
/// them.
fn in_passing(plan: &ConnectionPlan) -> Option<usize> {
    if plan.page.backward || plan.wants_count() || plan.selections().count() > 1 {
        return None;
    }
    let shows_rows =
        |pick: &ConnectionPick| matches!(pick, ConnectionPick::Nodes(_) | ConnectionPick::Edges(_));
    let place = plan.parts.iter().position(|part| !matches!(part.pick, ConnectionPick::TypeName))?;
    let mut after = plan.parts.iter().skip(place + 1);
    (shows_rows(&plan.parts[place].pick) && !after.any(|part| shows_rows(&part.pick))).then_some(place)
}

struct PageRows<'a> {
    shown: Vec<RowPlace<'a>>,
    more: bool,
}

struct RowPlace<'a> {
    cursor: &'a str,
    selections: Vec<usize>,
}
