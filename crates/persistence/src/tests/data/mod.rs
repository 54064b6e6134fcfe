//! Random but reproducible records in every table that is read, the same for both databases.
//!
//! They need not tell a story: states, roles, dates and relations are drawn so that each branch of
//! each rule is met by some record.

mod cooperation;
mod lessons;
mod people;
mod random;
mod translations;

use maip_domain::closed_set::ClosedSet;
use maip_domain::id;
use maip_domain::sort_key::sort_key;
use maip_domain::time::{Clock as _, Timestamp};
use sea_orm::{ConnectionTrait as _, Statement, Value};

pub(crate) use random::Random;

use super::{Counting, Hand};
use crate::database::Database;
use crate::read::viewer::Viewer;

/// Rows to be inserted, in order, and what tests want to name.
pub(crate) struct Data {
    pub random: Random,
    pub now: Timestamp,
    clock: Hand,
    entropy: Counting,
    rows: Vec<(&'static str, Vec<(&'static str, Value)>)>,
    pub countries: Vec<Country>,
    pub concepts: Vec<String>,
    pub accounts: Vec<String>,
    pub organisations: Vec<String>,
    pub platforms: Vec<Platform>,
    pub lessons: Vec<Lesson>,
    /// Everyone who may ask: nobody, people and tokens, with credentials that hold and that don't.
    pub viewers: Vec<Viewer>,
    ids: Vec<(&'static str, String)>,
}

#[derive(Clone)]
pub(crate) struct Country {
    pub id: String,
    pub code: &'static str,
    pub region: Option<&'static str>,
    pub products: Vec<String>,
}

#[derive(Clone)]
pub(crate) struct Platform {
    pub id: String,
    pub country: Country,
}

pub(crate) struct Lesson {
    pub id: String,
    pub versions: Vec<String>,
}

/// Texts with everything that an encoding could trip over.
pub(super) const TEXTS: &[&str] = &[
    "Drying figs on raised racks",
    "A \"quoted\" text \\ with a backslash/slash",
    "Two\nlines and\ta tab",
    "用真空油炸波罗蜜片",
    "সুস্বাদু কাঁঠাল 🍌",
    "تجفيف التين",
    "<b>&amp; 'single'</b> \u{7f} \u{2028}",
    "",
    "[1, {\"a\": null}]",
];

impl Data {
    /// Everything, from this seed.
    pub(crate) fn new(seed: u64) -> Self {
        let clock = Hand::new();
        let mut data = Self {
            random: Random::new(seed),
            now: clock.now(),
            clock,
            entropy: Counting::new(seed),
            rows: Vec::new(),
            countries: Vec::new(),
            concepts: Vec::new(),
            accounts: Vec::new(),
            organisations: Vec::new(),
            platforms: Vec::new(),
            lessons: Vec::new(),
            viewers: vec![Viewer::Anonymous],
            ids: Vec::new(),
        };
        data.vocabulary();
        data.people();
        data.memberships();
        data.lessons();
        data.contacts();
        data.audit();
        data.translations();
        data
    }

    /// Writes all of it.
    pub(crate) async fn insert(&self, database: &Database) {
        let transaction = database.begin().await.unwrap();
        let backend = transaction.get_database_backend();
        for (table, row) in &self.rows {
            let columns: Vec<&str> = row.iter().map(|(column, _)| *column).collect();
            let places: Vec<String> = (1..=row.len()).map(|number| format!("${number}")).collect();
            let sql = format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), places.join(", "));
            let values = row.iter().map(|(_, value)| value.clone());
            transaction
                .execute_raw(Statement::from_sql_and_values(backend, sql, values))
                .await
                .unwrap_or_else(|error| panic!("{table} {row:?}: {error}"));
        }
        crate::search::index_every(&transaction).await.unwrap();
        transaction.commit().await.unwrap();
    }

    /// The ids of one type.
    pub(crate) fn ids(&self, prefix: &str) -> Vec<&str> {
        self.ids.iter().filter(|(known, _)| *known == prefix).map(|(_, id)| id.as_str()).collect()
    }

    fn id(&mut self, prefix: &'static str) -> String {
        let id = id::generate(prefix, &self.clock, &self.entropy);
        self.ids.push((prefix, id.clone()));
        id
    }

    fn add(&mut self, table: &'static str, row: Vec<(&'static str, Value)>) {
        self.rows.push((table, row));
    }

    fn text(&mut self) -> &'static str {
        self.random.pick(TEXTS)
    }

    fn code<T: ClosedSet>(&mut self) -> &'static str {
        T::MEMBERS[self.random.below(T::MEMBERS.len())].code
    }

    /// An instant some days from now, whole days so that some coincide.
    fn day(&mut self, from: i64, to: i64) -> i64 {
        let span = usize::try_from(to - from).unwrap();
        self.now.plus_days(from + i64::try_from(self.random.below(span)).unwrap()).micros()
    }

    fn account(&mut self) -> String {
        let place = self.random.below(self.accounts.len());
        self.accounts[place].clone()
    }

    fn vocabulary(&mut self) {
        for (code, alpha2, name, region, products) in [
            ("MWI", "MW", "Malawi", Some("AFRICA"), 2),
            ("BGD", "BD", "Bangladesh", Some("ASIA_PACIFIC"), 1),
            ("BTN", "BT", "Bhutan", Some("ASIA_PACIFIC"), 0),
            ("CAN", "CA", "Canada", None, 1),
        ] {
            let id = self.id("country");
            self.add(
                "countries",
                vec![
                    ("id", id.as_str().into()),
                    ("code", code.into()),
                    ("alpha2", alpha2.into()),
                    ("region", region.into()),
                    ("name", name.into()),
                    ("sort_key", sort_key(name).into()),
                ],
            );
            for language in ["en", "fr"] {
                self.add(
                    "country_names",
                    vec![
                        ("country_id", id.as_str().into()),
                        ("language", language.into()),
                        ("name", format!("{name} ({language})").into()),
                    ],
                );
            }
            let products = (0..products).map(|_| self.id("product")).collect();
            self.countries.push(Country { id, code, region, products });
        }
        for (code, name, direction) in
            [("ar", "Arabic", "RTL"), ("en", "English", "LTR"), ("ny", "Chewa", "LTR")]
        {
            self.add(
                "languages",
                vec![
                    ("code", code.into()),
                    ("name", name.into()),
                    ("native_name", name.into()),
                    ("direction", direction.into()),
                    ("script", "Latn".into()),
                ],
            );
        }
        self.concepts();
        for country in self.countries.clone() {
            for (number, product) in country.products.iter().enumerate() {
                let concept = self.concepts[number].clone();
                self.add(
                    "products",
                    vec![
                        ("id", product.as_str().into()),
                        ("country_id", country.id.as_str().into()),
                        ("concept_id", concept.into()),
                        ("name", "Banana".into()),
                        ("sort_key", "banana".into()),
                    ],
                );
                let names = vec![
                    ("product_id", product.as_str().into()),
                    ("language", "zh".into()),
                    ("name", "香蕉".into()),
                ];
                self.add("product_names", names);
            }
        }
        for symbol in ["FMM/GLO/177/MUL", "FVC/GLO/184/MUL"] {
            let id = self.id("project");
            self.add(
                "projects",
                vec![
                    ("id", id.as_str().into()),
                    ("symbol", symbol.into()),
                    ("title", "A project".into()),
                    ("fund", "FMM".into()),
                ],
            );
            for country in self.countries.clone().iter().take(2) {
                let row =
                    vec![("project_id", id.as_str().into()), ("country_id", country.id.as_str().into())];
                self.add("project_countries", row);
            }
            let pair = self.id("pair");
            let row = vec![
                ("id", pair.into()),
                ("project_id", id.into()),
                ("beneficiary_id", self.countries[0].id.as_str().into()),
                ("provider_id", self.countries[1].id.as_str().into()),
                ("concept_id", self.concepts[0].as_str().into()),
            ];
            self.add("country_pairs", row);
        }
    }

    /// Twelve concepts, each below the one at half its place.
    fn concepts(&mut self) {
        self.concepts = (0..12).map(|_| self.id("concept")).collect();
        for (place, id) in self.concepts.clone().into_iter().enumerate() {
            let label = format!("Fruit {}", place / 2);
            self.add(
                "concepts",
                vec![
                    ("id", id.as_str().into()),
                    ("uri", format!("http://a/c_{place}").into()),
                    ("deprecated", (place % 5 == 4).into()),
                    ("label", label.as_str().into()),
                    ("sort_key", sort_key(&label).into()),
                    ("created_at", 0_i64.into()),
                    ("updated_at", 0_i64.into()),
                ],
            );
            for (language, kind, text) in
                [("en", "PREFERRED", label.as_str()), ("ru", "PREFERRED", "Инжир"), ("en", "HIDDEN", "frut")]
            {
                self.add(
                    "concept_labels",
                    vec![
                        ("concept_id", id.as_str().into()),
                        ("language", language.into()),
                        ("kind", kind.into()),
                        ("text", text.into()),
                        ("sort_key", sort_key(text).into()),
                    ],
                );
            }
            let (mut above, mut distance) = (place, 0_i64);
            loop {
                let ancestor = self.concepts[above].clone();
                if distance == 1 {
                    let row =
                        vec![("concept_id", id.as_str().into()), ("broader_id", ancestor.as_str().into())];
                    self.add("concept_broader", row);
                }
                self.add(
                    "concept_ancestors",
                    vec![
                        ("concept_id", id.as_str().into()),
                        ("ancestor_id", ancestor.into()),
                        ("distance", distance.into()),
                    ],
                );
                if above == 0 {
                    break;
                }
                (above, distance) = (above / 2, distance + 1);
            }
        }
    }
}
