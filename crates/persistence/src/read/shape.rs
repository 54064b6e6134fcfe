//! Turns what the statement returned into the text of the answer, in one pass: the plan says which
//! value stands where, and values are copied as they are.

mod page;
mod reading;
mod search;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::policy::Policy;
use maip_domain::time::Timestamp;
use maip_domain::vocabulary::{LanguageTag, WritingDirection};

use super::declare::{Field, Scalar, Source};
use super::plan::{Item, PermissionPart, Pick, Root, RootRead, Selection};
use super::run::AddressMaker;

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
    /// Whether nobody in particular reads it.
    anonymous: bool,
    addresses: &'a dyn AddressMaker,
    now: Timestamp,
}

impl<'a> Shaper<'a> {
    pub fn new(
        text: &'a str,
        open: Option<&'a Opener<'a>>,
        anonymous: bool,
        (addresses, now): (&'a dyn AddressMaker, Timestamp),
    ) -> Self {
        Self {
            text,
            at: 0,
            out: String::with_capacity(text.len() * 2),
            open,
            withheld: false,
            opened: Vec::new(),
            anonymous,
            addresses,
            now,
        }
    }

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

    fn yes_or_no(&mut self, yes: bool) {
        self.out.push_str(if yes { "true" } else { "false" });
    }

    /// An object of these parts by their response keys.
    fn object_of<P>(
        &mut self,
        parts: &[(Box<str>, P)],
        mut write: impl FnMut(&mut Self, &P) -> Result<(), ShapeError>,
    ) -> Result<(), ShapeError> {
        self.out.push('{');
        for (index, (key, part)) in parts.iter().enumerate() {
            self.key(key, index == 0);
            write(self, part)?;
        }
        self.out.push('}');
        Ok(())
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
                RootRead::Search(plan) => self.search(plan, &mut walk)?,
                RootRead::Suggest(plan) => self.suggestions(plan)?,
            }
        }
        self.finish(&walk)?;
        self.finish(&whole)?;
        self.out.push('}');
        Ok(())
    }

    /// The standing's text alone.
    pub fn standing(&self) -> Result<&'a str, ShapeError> {
        let mut shaper = Self::new(self.text, None, self.anonymous, (self.addresses, self.now));
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
            Pick::One(_, target) | Pick::Preferred(_, _, target) => self.nullable(target),
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
            Source::Sealed { field: name, logged, .. } => self.sealed(name, *logged),
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
            Source::Address(_) => self.address(),
            Source::Direction(_) => self.direction(),
            Source::Sql(_) | Source::CountOf { .. } | Source::Given | Source::GivenList => {
                self.scalar(field.scalar)
            }
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

    fn direction(&mut self) -> Result<(), ShapeError> {
        let value = self.value()?;
        let tag: Option<LanguageTag> = value.trim_matches('"').parse().ok();
        match tag {
            Some(tag) => self.name(WritingDirection::of(&tag).code()),
            None if value == "null" => self.out.push_str("null"),
            // Of a language that isn't known.
            None => self.name(WritingDirection::LeftToRight.code()),
        }
        Ok(())
    }

    fn address(&mut self) -> Result<(), ShapeError> {
        let value = self.value()?;
        let place: Option<String> = serde_json::from_str(value).ok().flatten();
        match place.as_deref().and_then(|place| place.split_once('|')) {
            Some((path, bound)) => {
                let address = self.addresses.address(path, bound, self.now);
                self.string(&address);
            }
            None => self.out.push_str("null"),
        }
        Ok(())
    }

    fn sealed(&mut self, name: &'static str, logged: bool) -> Result<(), ShapeError> {
        let value = self.value()?;
        let pair: Option<(String, String)> = serde_json::from_str(value).ok();
        let opened = match (pair, self.open) {
            (Some((record, sealed)), Some(open)) => open(name, &record, &sealed).map(|plain| (record, plain)),
            _ => None,
        };
        if let Some((record, plain)) = opened {
            self.string(&plain);
            if logged {
                self.opened.push(Opened { record, field: name });
            }
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
                            self.name(maip_domain::closed_set::ClosedSet::code(
                                clause.reason(self.anonymous),
                            ));
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
}

fn columns_of(root: &Root) -> usize {
    match &root.read {
        RootRead::Constant(_) | RootRead::Suggest(_) => 0,
        RootRead::One { .. } | RootRead::Connection(_) => 1,
        RootRead::Nodes { groups, .. } => groups.len(),
        RootRead::Search(plan) => plan.groups.len(),
    }
}
