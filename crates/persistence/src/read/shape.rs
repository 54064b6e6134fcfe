//! Turns what the statement returned into the text of the answer, in one pass: the plan says which
//! value stands where, and values are copied as they are.

use maip_domain::policy::Policy;
use maip_domain::time::Timestamp;

use super::cursor;
use super::declare::{Field, Scalar, Source};
use super::plan::{
    COUNT_LIMIT, ConnectionPick, ConnectionPlan, EdgePick, Item, PagePick, PermissionPart, Pick, Root,
    RootRead, Selection,
};
use super::render::ARRAY_PART;

/// The statement returned something that the plan doesn't expect: a defect, never a client's doing.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the answer of the database doesn't fit the plan at byte {at}: {expected} expected")]
pub struct ShapeError {
    at: usize,
    expected: &'static str,
}

/// Opens a sealed value; `None` where that fails.
pub(super) type Opener<'a> = dyn Fn(&str, &str, &str) -> Option<String> + Sync + 'a;

/// What was opened for the viewer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opened {
    /// The record whose value it is.
    pub record: String,
    /// The name of the value.
    pub field: &'static str,
}

pub(super) struct Shaper<'a> {
    text: &'a str,
    at: usize,
    pub out: String,
    /// How sealed values are opened; `None` keeps them shut.
    pub open: Option<&'a Opener<'a>>,
    /// Whether sealed values were asked for and can't be shown, since that can't be logged.
    pub withheld: bool,
    pub opened: Vec<Opened>,
}

/// Walks an array of so many values, which may stand in parts.
struct Walk {
    total: usize,
    next: usize,
}

impl<'a> Shaper<'a> {
    pub fn new(text: &'a str, open: Option<&'a Opener<'a>>) -> Self {
        Self {
            text,
            at: 0,
            out: String::with_capacity(text.len() * 2),
            open,
            withheld: false,
            opened: Vec::new(),
        }
    }

    // --- reading

    fn error<T>(&self, expected: &'static str) -> Result<T, ShapeError> {
        Err(ShapeError { at: self.at, expected })
    }

    fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        bytes.get(self.at).copied().unwrap_or(0)
    }

    fn take(&mut self, byte: u8, expected: &'static str) -> Result<(), ShapeError> {
        if self.peek() == byte {
            self.at += 1;
            Ok(())
        } else {
            self.error(expected)
        }
    }

    fn null(&mut self) -> bool {
        if self.peek() == b'n' {
            self.at += 4;
            true
        } else {
            false
        }
    }

    /// The text of the next value, whatever it is.
    fn value(&mut self) -> Result<&'a str, ShapeError> {
        let first = self.peek();
        let start = self.at;
        let bytes = self.text.as_bytes();
        match first {
            b'"' => self.skip_string()?,
            b'[' | b'{' => {
                let mut depth = 0_u32;
                loop {
                    match bytes.get(self.at) {
                        Some(b'"') => {
                            self.skip_string()?;
                            continue;
                        }
                        Some(b'[' | b'{') => depth += 1,
                        Some(b']' | b'}') => depth -= 1,
                        Some(_) => {}
                        None => return self.error("the end of a list"),
                    }
                    self.at += 1;
                    if depth == 0 {
                        break;
                    }
                }
            }
            0 => return self.error("a value"),
            _ => {
                while bytes
                    .get(self.at)
                    .is_some_and(|b| !matches!(b, b',' | b']' | b'}') && !b.is_ascii_whitespace())
                {
                    self.at += 1;
                }
            }
        }
        Ok(&self.text[start..self.at])
    }

    fn skip_string(&mut self) -> Result<(), ShapeError> {
        let bytes = self.text.as_bytes();
        self.at += 1;
        loop {
            match bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
                None => return self.error("the end of a string"),
            }
        }
    }

    fn walk(&mut self, total: usize) -> Result<Walk, ShapeError> {
        self.take(b'[', "a list")?;
        Ok(Walk { total, next: 0 })
    }

    /// Goes to the next value of the array.
    fn step(&mut self, walk: &mut Walk) -> Result<(), ShapeError> {
        let parted = walk.total > ARRAY_PART;
        if parted && walk.next.is_multiple_of(ARRAY_PART) {
            if walk.next > 0 {
                self.take(b']', "the end of a part")?;
                self.take(b',', "another part")?;
            }
            self.take(b'[', "a part")?;
        } else if walk.next > 0 {
            self.take(b',', "another value")?;
        }
        walk.next += 1;
        Ok(())
    }

    fn finish(&mut self, walk: &Walk) -> Result<(), ShapeError> {
        if walk.total > ARRAY_PART && walk.next > 0 {
            self.take(b']', "the end of a part")?;
        }
        self.take(b']', "the end of a list")
    }

    /// Goes to the next element of a list of unknown length; false at its end.
    fn element(&mut self, first: bool) -> Result<bool, ShapeError> {
        if self.peek() == b']' {
            self.at += 1;
            return Ok(false);
        }
        if !first {
            self.take(b',', "another element")?;
        }
        Ok(true)
    }

    // --- writing

    fn key(&mut self, key: &str, first: bool) {
        if !first {
            self.out.push(',');
        }
        // Response keys are GraphQL names: nothing to escape.
        self.out.push('"');
        self.out.push_str(key);
        self.out.push_str("\":");
    }

    fn name(&mut self, name: &str) {
        self.out.push('"');
        self.out.push_str(name);
        self.out.push('"');
    }

    fn string(&mut self, text: &str) {
        match serde_json::to_string(text) {
            Ok(json) => self.out.push_str(&json),
            Err(_) => self.out.push_str("null"),
        }
    }

    /// The whole answer: the standing's text, and `data` for these roots. Roots for which `allowed`
    /// is false are answered with null.
    pub fn roots(&mut self, roots: &[Root], allowed: &dyn Fn(&Root) -> bool) -> Result<(), ShapeError> {
        let mut whole = self.walk(2)?;
        self.step(&mut whole)?;
        self.value()?;
        self.step(&mut whole)?;
        let mut walk = self.walk(roots.iter().map(columns_of).sum())?;
        self.out.push('{');
        for (index, root) in roots.iter().enumerate() {
            self.key(&root.key, index == 0);
            if let RootRead::Constant(json) = &root.read {
                self.out.push_str(json);
                continue;
            }
            if !allowed(root) {
                for _ in 0..columns_of(root) {
                    self.step(&mut walk)?;
                    self.value()?;
                }
                self.out.push_str("null");
                continue;
            }
            match &root.read {
                RootRead::Constant(_) => {}
                RootRead::One { selection, .. } => {
                    self.step(&mut walk)?;
                    self.nullable(selection)?;
                }
                RootRead::Connection(plan) => {
                    self.step(&mut walk)?;
                    self.connection(plan)?;
                }
                RootRead::Nodes { ids, groups } => self.nodes(ids, groups, &mut walk)?,
            }
        }
        self.finish(&walk)?;
        self.finish(&whole)?;
        self.out.push('}');
        Ok(())
    }

    /// The standing's text alone.
    pub fn standing(text: &'a str) -> Result<&'a str, ShapeError> {
        let mut shaper = Self::new(text, None);
        shaper.take(b'[', "a list")?;
        shaper.value()
    }

    fn nullable(&mut self, selection: &Selection) -> Result<(), ShapeError> {
        if self.null() {
            self.out.push_str("null");
            return Ok(());
        }
        self.object(selection)
    }

    fn object(&mut self, selection: &Selection) -> Result<(), ShapeError> {
        let total = selection
            .items
            .iter()
            .filter(|item| !matches!(item.pick, Pick::TypeName | Pick::Given(_)))
            .count();
        let mut walk = self.walk(total)?;
        self.out.push('{');
        for (index, item) in selection.items.iter().enumerate() {
            self.key(&item.key, index == 0);
            if matches!(item.pick, Pick::TypeName) {
                self.name(selection.entity.name);
                continue;
            }
            if let Pick::Given(json) = &item.pick {
                self.out.push_str(json);
                continue;
            }
            self.step(&mut walk)?;
            self.item(selection, item)?;
        }
        self.finish(&walk)?;
        self.out.push('}');
        Ok(())
    }

    fn item(&mut self, selection: &Selection, item: &Item) -> Result<(), ShapeError> {
        match &item.pick {
            Pick::TypeName | Pick::Given(_) => Ok(()),
            Pick::Field(field) => self.field(field),
            Pick::One(_, target) => self.nullable(target),
            Pick::Many(_, _, target) => {
                self.take(b'[', "a list")?;
                self.out.push('[');
                let mut first = true;
                while self.element(first)? {
                    if !first {
                        self.out.push(',');
                    }
                    self.object(target)?;
                    first = false;
                }
                self.out.push(']');
                Ok(())
            }
            Pick::Connection(_, plan) => self.connection(plan),
            Pick::Permissions(parts) => self.permissions(selection.entity.policy, parts),
        }
    }

    fn field(&mut self, field: &'static Field) -> Result<(), ShapeError> {
        match &field.source {
            Source::List(_) | Source::StoredList(_) | Source::ListOf { .. } => {
                if self.null() {
                    self.out.push_str("null");
                    return Ok(());
                }
                self.take(b'[', "a list")?;
                self.out.push('[');
                let mut first = true;
                while self.element(first)? {
                    if !first {
                        self.out.push(',');
                    }
                    self.scalar(field.scalar)?;
                    first = false;
                }
                self.out.push(']');
                Ok(())
            }
            Source::Sealed { field: name, .. } => self.sealed(name),
            Source::Presence { visible, unavailable, .. } => {
                let value = self.value()?;
                let withheld = self.withheld && value.trim_matches('"') == *visible;
                if withheld {
                    self.name(unavailable);
                } else {
                    self.out.push_str(value);
                }
                Ok(())
            }
            Source::Sql(_) | Source::CountOf { .. } | Source::Given => self.scalar(field.scalar),
        }
    }

    fn scalar(&mut self, scalar: Scalar) -> Result<(), ShapeError> {
        let value = self.value()?;
        match scalar {
            _ if value == "null" => self.out.push_str("null"),
            Scalar::Bool => self.out.push_str(if value == "1" || value == "true" { "true" } else { "false" }),
            Scalar::Instant => {
                let Ok(micros) = value.parse() else { return self.error("an instant") };
                let text = Timestamp::from_micros(micros).to_rfc3339();
                self.name(&text);
            }
            _ => self.out.push_str(value),
        }
        Ok(())
    }

    fn sealed(&mut self, name: &'static str) -> Result<(), ShapeError> {
        let value = self.value()?;
        let pair: Option<(String, String)> = serde_json::from_str(value).ok();
        let opened = match (pair, self.open) {
            (Some((record, sealed)), Some(open)) => open(name, &record, &sealed).map(|plain| (record, plain)),
            _ => None,
        };
        if let Some((record, plain)) = opened {
            self.string(&plain);
            self.opened.push(Opened { record, field: name });
        } else {
            self.out.push_str("null");
        }
        Ok(())
    }

    fn permissions(
        &mut self,
        policy: &'static Policy,
        parts: &[(Box<str>, PermissionPart)],
    ) -> Result<(), ShapeError> {
        let mut walk = self.walk(policy.rules.len())?;
        self.out.push('[');
        for (index, rule) in policy.rules.iter().enumerate() {
            self.step(&mut walk)?;
            let Ok(failed) = self.value()?.parse::<usize>() else { return self.error("a clause's number") };
            self.out.push_str(if index > 0 { ",{" } else { "{" });
            for (index, (key, part)) in parts.iter().enumerate() {
                self.key(key, index == 0);
                match part {
                    PermissionPart::TypeName => self.name("ActionPermission"),
                    PermissionPart::Action => {
                        self.name(maip_domain::closed_set::ClosedSet::code(rule.action));
                    }
                    PermissionPart::Allowed => self.out.push_str(if failed == 0 { "true" } else { "false" }),
                    PermissionPart::Reason => match failed.checked_sub(1).and_then(|at| rule.clauses.get(at))
                    {
                        Some(clause) => {
                            self.name(maip_domain::closed_set::ClosedSet::code(clause.otherwise));
                        }
                        None => self.out.push_str("null"),
                    },
                }
            }
            self.out.push('}');
        }
        self.finish(&walk)?;
        self.out.push(']');
        Ok(())
    }

    fn connection(&mut self, plan: &ConnectionPlan) -> Result<(), ShapeError> {
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
                ConnectionPick::TypeName => {
                    let name = format!("{}Connection", plan.entity.name);
                    self.name(&name);
                }
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
                        self.out.push_str(if index > 0 { ",{" } else { "{" });
                        self.edge(plan, fields, row, selection_index)?;
                        self.out.push('}');
                    }
                    self.out.push(']');
                    selection_index += nodes;
                }
                ConnectionPick::PageInfo(fields) => {
                    self.out.push('{');
                    for (index, (key, pick)) in fields.iter().enumerate() {
                        self.key(key, index == 0);
                        self.page_info(plan, &rows, *pick);
                    }
                    self.out.push('}');
                }
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

    /// Where the rows of a page stand, trimmed to its size and in the order of the answer.
    fn page_rows(&mut self, plan: &ConnectionPlan) -> Result<PageRows<'a>, ShapeError> {
        let mut rows = PageRows { shown: Vec::new(), more: false };
        if self.null() {
            return Ok(rows);
        }
        let selections = plan.selections().count();
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
            let mut walk = self.walk(1 + selections)?;
            self.step(&mut walk)?;
            let cursor = self.value()?;
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
        for (index, (key, pick)) in fields.iter().enumerate() {
            self.key(key, index == 0);
            match pick {
                EdgePick::TypeName => {
                    let name = format!("{}Edge", plan.entity.name);
                    self.name(&name);
                }
                EdgePick::Cursor => self.cursor(plan, row.cursor),
                EdgePick::Node(selection) => {
                    self.at = row.selections[selection_index];
                    self.object(selection)?;
                    selection_index += 1;
                }
            }
        }
        Ok(())
    }

    fn cursor(&mut self, plan: &ConnectionPlan, values: &str) {
        self.out.push('"');
        cursor::write(plan.sort, plan.descending, values, &mut self.out);
        self.out.push('"');
    }

    fn page_info(&mut self, plan: &ConnectionPlan, rows: &PageRows<'a>, pick: PagePick) {
        let anchored = plan.page.from.is_some();
        let (next, previous) = if plan.page.backward { (anchored, rows.more) } else { (rows.more, anchored) };
        match pick {
            PagePick::TypeName => self.name("PageInfo"),
            PagePick::HasNext => self.out.push_str(if next { "true" } else { "false" }),
            PagePick::HasPrevious => self.out.push_str(if previous { "true" } else { "false" }),
            PagePick::Start | PagePick::End => {
                let row = if pick == PagePick::Start { rows.shown.first() } else { rows.shown.last() };
                match row {
                    Some(row) => self.cursor(plan, row.cursor),
                    None => self.out.push_str("null"),
                }
            }
        }
    }

    fn nodes(
        &mut self,
        ids: &[Option<Box<str>>],
        groups: &[(Selection, Vec<Box<str>>)],
        walk: &mut Walk,
    ) -> Result<(), ShapeError> {
        let mut places: Vec<(&'a str, usize, &Selection)> = Vec::new();
        for (selection, _) in groups {
            self.step(walk)?;
            self.take(b'[', "a list of records")?;
            let mut first = true;
            while self.element(first)? {
                first = false;
                let mut pair = self.walk(2)?;
                self.step(&mut pair)?;
                let key = self.value()?.trim_matches('"');
                self.step(&mut pair)?;
                self.peek();
                places.push((key, self.at, selection));
                self.value()?;
                self.finish(&pair)?;
            }
        }
        let after = self.at;
        self.out.push('[');
        for (index, id) in ids.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            let found = id.as_ref().and_then(|id| places.iter().find(|(key, ..)| *key == id.as_ref()));
            if let Some(&(_, at, selection)) = found {
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

struct PageRows<'a> {
    shown: Vec<RowPlace<'a>>,
    more: bool,
}

struct RowPlace<'a> {
    cursor: &'a str,
    selections: Vec<usize>,
}

fn columns_of(root: &Root) -> usize {
    match &root.read {
        RootRead::Constant(_) => 0,
        RootRead::One { .. } | RootRead::Connection(_) => 1,
        RootRead::Nodes { groups, .. } => groups.len(),
    }
}
