//! Random plans over everything that is declared.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::search::query;
use maip_domain::vocabulary::{LanguagePreferences, Region};

use crate::read::declare::{Cardinality, Entity, Filter, FilterType, RootField, RootKind, Scalar, Source};
use crate::read::plan::{
    ConnectionPart, ConnectionPick, ConnectionPlan, EdgePick, FilterValue, Item, Lookup, NodeGroup, Page,
    PagePick, PermissionPart, Pick, Preferred, Root, RootRead, Selection,
};
use crate::schema;
use crate::tests::data::{Data, Random};

/// What a reader of several languages prefers.
pub(super) fn preferred() -> Preferred {
    (&LanguagePreferences::accepted("sr-Latn-RS, pt;q=0.9, zh-TW;q=0.8, en;q=0.7, ar;q=0.1")).into()
}

/// Makes plans.
pub(super) struct Plans<'a> {
    pub random: Random,
    pub data: &'a Data,
    keys: usize,
}

impl<'a> Plans<'a> {
    pub fn new(seed: u64, data: &'a Data) -> Self {
        Self { random: Random::new(seed), data, keys: 0 }
    }

    fn key(&mut self) -> Box<str> {
        self.keys += 1;
        format!("k{}", self.keys).into()
    }

    /// One to three root fields.
    pub fn roots(&mut self) -> Vec<Root> {
        (0..=self.random.below(3)).map(|_| self.root()).collect()
    }

    fn root(&mut self) -> Root {
        let key = self.key();
        if self.random.chance(10) {
            return Root { key, scope: None, read: self.nodes() };
        }
        let fields: Vec<&'static RootField> = schema::root_fields().collect();
        let field = fields[self.random.below(fields.len())];
        let read = match &field.kind {
            RootKind::Connection { only, among } => {
                let plan = ConnectionPlan { only: *only, among: *among, ..self.connection(field.entity, 3) };
                RootRead::Connection(plan)
            }
            RootKind::ById => RootRead::One {
                lookup: Lookup::Key(self.id_of(field.entity).into()),
                selection: self.selection(field.entity, 3),
            },
            RootKind::By(arguments) => {
                let argument = &arguments[self.random.below(arguments.len())];
                let value = match argument.scalar {
                    Scalar::Country => "MWI".to_owned(),
                    Scalar::Id => self.id_of(field.entity),
                    _ => "http://a/c_3".to_owned(),
                };
                RootRead::One {
                    lookup: Lookup::Where(argument.on, FilterValue::Text(value)),
                    selection: self.selection(field.entity, 3),
                }
            }
            RootKind::Single => {
                RootRead::One { lookup: Lookup::Only, selection: self.selection(field.entity, 3) }
            }
        };
        Root { key, scope: field.scope, read }
    }

    fn nodes(&mut self) -> RootRead {
        let types: Vec<&'static Entity> =
            schema::ENTITIES.iter().copied().filter(|entity| entity.prefix.is_some()).collect();
        let mut ids = vec![None];
        let mut groups = Vec::new();
        for _ in 0..=self.random.below(3) {
            let entity = types[self.random.below(types.len())];
            let group: Vec<Box<str>> = (0..3).map(|_| self.id_of(entity).into()).collect();
            ids.extend(group.iter().cloned().map(|id| Some((groups.len(), id))));
            groups.push(NodeGroup { selection: self.selection(entity, 2), column: None, keys: group });
        }
        ids.push(ids[ids.len() / 2].clone());
        RootRead::Nodes { ids, groups }
    }

    fn id_of(&mut self, entity: &'static Entity) -> String {
        let known = self.data.ids(entity.prefix.unwrap());
        known[self.random.below(known.len())].to_owned()
    }

    /// Some of what a type has; relations as deep as this.
    pub fn selection(&mut self, entity: &'static Entity, depth: usize) -> Selection {
        let mut items = Vec::new();
        for _ in 0..=self.random.below(4) {
            let pick = self.pick(entity, depth);
            items.push(Item { key: self.key(), pick });
        }
        Selection { entity, items }
    }

    fn pick(&mut self, entity: &'static Entity, depth: usize) -> Pick {
        if depth > 0 && !entity.relations.is_empty() && self.random.chance(40) {
            let relation = &entity.relations[self.random.below(entity.relations.len())];
            return match relation.cardinality {
                Cardinality::One { .. } if relation.in_languages => {
                    Pick::Preferred(relation, preferred(), self.selection(relation.target, depth - 1))
                }
                Cardinality::One { .. } => Pick::One(relation, self.selection(relation.target, depth - 1)),
                Cardinality::Many { max, .. } => {
                    Pick::Many(relation, max, self.selection(relation.target, depth - 1))
                }
                Cardinality::Connection => {
                    Pick::Connection(relation, self.connection(relation.target, depth - 1))
                }
            };
        }
        if entity.fields.is_empty() || self.random.chance(5) {
            return Pick::TypeName;
        }
        if self.random.chance(5) {
            let parts = [PermissionPart::Action, PermissionPart::Allowed, PermissionPart::Reason];
            return Pick::Permissions(parts.map(|part| (self.key(), part)).into());
        }
        let field = &entity.fields[self.random.below(entity.fields.len())];
        if matches!(field.source, Source::Given | Source::GivenList) {
            Pick::Given("7".into())
        } else {
            Pick::Field(field)
        }
    }

    /// A connection with random filters, order and page.
    pub fn connection(&mut self, entity: &'static Entity, depth: usize) -> ConnectionPlan {
        let sort = &entity.sorts[self.random.below(entity.sorts.len())];
        let mut filters = Vec::new();
        if !entity.filters.is_empty() && self.random.chance(40) {
            let filter = &entity.filters[self.random.below(entity.filters.len())];
            filters.push((filter, self.value(filter)));
        }
        let mut parts = Vec::new();
        for _ in 0..=self.random.below(3) {
            let pick = match self.random.below(5) {
                0 => ConnectionPick::TypeName,
                1 => ConnectionPick::TotalCount,
                2 => ConnectionPick::TotalCountIsExact,
                3 => ConnectionPick::Edges(vec![
                    (self.key(), EdgePick::Cursor),
                    (self.key(), EdgePick::Node(self.selection(entity, depth))),
                ]),
                _ => ConnectionPick::Nodes(self.selection(entity, depth)),
            };
            parts.push(ConnectionPart { key: self.key(), pick });
        }
        let info = [PagePick::HasNext, PagePick::HasPrevious, PagePick::Start, PagePick::End];
        parts.push(ConnectionPart {
            key: self.key(),
            pick: ConnectionPick::PageInfo(info.map(|part| (self.key(), part)).into()),
        });
        ConnectionPlan {
            entity,
            only: None,
            among: None,
            filters,
            sort,
            descending: self.random.chance(50),
            page: Page {
                size: [1, 2, 5, 7, 20][self.random.below(5)],
                backward: self.random.chance(30),
                after: None,
                before: None,
            },
            parts,
        }
    }

    /// A value for a filter that hits something now and then.
    pub fn value(&mut self, filter: &'static Filter) -> FilterValue {
        match filter.takes {
            FilterType::One(scalar) => match scalar {
                Scalar::Bool => FilterValue::Bool(self.random.chance(50)),
                Scalar::Int | Scalar::Instant => FilterValue::Int(self.data.now.plus_days(-1).micros()),
                other => FilterValue::Text(self.scalar(other)),
            },
            FilterType::AnyOf(scalar) => {
                FilterValue::Texts((0..=self.random.below(3)).map(|_| self.scalar(scalar)).collect())
            }
            FilterType::Ids(prefix) => FilterValue::Texts(
                (0..=self.random.below(3))
                    .map(|_| {
                        let ids = self.data.ids(prefix);
                        self.random.pick(&ids).to_owned()
                    })
                    .collect(),
            ),
            FilterType::Search => {
                let text = self.random.pick(&["figs", "波罗蜜", "lesson", "التين", "nothing", "!"]);
                FilterValue::Search(query(text))
            }
            FilterType::SortKey => FilterValue::Text(
                self.random.pick(&["", "per", "person 1", "lesson", "ba", "инж"]).to_owned(),
            ),
        }
    }

    fn scalar(&mut self, scalar: Scalar) -> String {
        let values: Vec<&str> = match scalar {
            Scalar::Country => vec!["MWI", "BGD", "XXX"],
            Scalar::Language => vec!["en", "ny", "ar"],
            Scalar::Enum(info) => info().members.iter().map(|(code, _)| *code).collect(),
            // Of any type.
            Scalar::Id => self.data.ids("account"),
            _ => vec![Region::Africa.code(), "Account", "Organisation", "updateAccount", "http://a/c_2"],
        };
        self.random.pick(&values).to_owned()
    }
}
