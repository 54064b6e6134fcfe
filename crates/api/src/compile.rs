//! What operations become, without a database: for programs that try the compiler with any input.

use std::collections::BTreeSet;

use apollo_compiler::response::JsonMap;
use maip_domain::time::Timestamp;
use maip_persistence::read::plan::{ReadPlan, Root};
use maip_persistence::read::viewer::Viewer;
use maip_persistence::read::{Dialect, statement_text};
use serde_json::{Map, Value};

use crate::ApiSettings;
use crate::catalogue::Maip;
use crate::document::collect::{Collected, Collector};
use crate::document::variables;
use crate::document::{Document, Documents, introspection};
use crate::errors::Failure;
use crate::plan::{Planned, Planner};
use crate::schema::{Catalogue, Declared as _, sdl};

/// Compiles operations on this API's schema.
pub struct Compiler {
    catalogue: Catalogue,
    documents: Documents,
}

/// What came of an operation.
#[derive(Debug)]
pub struct Compiled {
    /// The statements of it, in both dialects; a mutation has those that read its payloads.
    pub statements: Vec<String>,
    /// What it costs.
    pub cost: u64,
    /// The response keys of the root.
    pub keys: BTreeSet<String>,
}

impl Compiler {
    /// With limits as they are by default.
    ///
    /// # Errors
    /// Where the declarations make no valid schema, which a test shows before anyone else does.
    pub fn new() -> Result<Self, String> {
        let documents = Documents::new(&sdl::<Maip>(), ApiSettings::default())?;
        Ok(Self { catalogue: Maip::catalogue(), documents })
    }

    /// The statements of an operation as nobody sends it.
    ///
    /// # Errors
    /// The code of the first reason for which it is refused.
    pub fn compile(
        &self,
        text: &str,
        operation_name: Option<&str>,
        variables: Option<Map<String, Value>>,
    ) -> Result<Compiled, &'static str> {
        let document = self.documents.get(text).map_err(|failures| code(failures.first()))?;
        self.of(&document, operation_name, variables).map_err(|failure| code(Some(&failure)))
    }

    /// Compiles a document, and after a line of `---` its variables, whatever they are.
    ///
    /// # Panics
    /// Where something is wrong with what comes of it.
    pub fn drive(&self, text: &str) {
        let (document, variables) = text.split_once("\n---\n").unwrap_or((text, "{}"));
        let Ok(variables) = serde_json::from_str(variables) else { return };
        if let Ok(compiled) = self.compile(document, None, Some(variables)) {
            assert!(compiled.cost <= self.documents.settings.max_cost, "it costs {}", compiled.cost);
            for statement in compiled.statements {
                // Nothing of the document is in it: an alias that no declaration of ours has, least of all.
                assert!(!statement.contains("zq9"), "{statement}");
            }
        }
    }

    fn of(
        &self,
        document: &Document,
        operation_name: Option<&str>,
        variables: Option<Map<String, Value>>,
    ) -> Result<Compiled, Failure> {
        let operation = document.operation(operation_name)?;
        let variables = variables::coerce(&self.documents.schema, operation, variables)?;
        let fields = Collector::new(&self.documents, document, &variables).roots(operation)?;
        let keys = fields.iter().map(|field| field.key.to_string()).collect();
        let mut planner = Planner::new(self.catalogue, &self.documents, document, &variables);
        let (roots, cost) = if operation.is_query() {
            let introspected = if fields.iter().any(Collected::asks_schema) {
                introspection::execute(&self.documents, document, operation, &variables)?
            } else {
                JsonMap::new()
            };
            let Planned { roots, cost, .. } = planner.query(&fields, &introspected)?;
            (roots, cost)
        } else if operation.is_mutation() {
            for field in fields.iter() {
                if let Some(mutation) = self.catalogue.mutation(field.name()) {
                    planner.input(field)?;
                    planner.payload(mutation, field)?;
                }
            }
            (Vec::new(), planner.cost())
        } else {
            let mut roots = Vec::new();
            let mut cost = 0;
            for field in fields.iter() {
                if let Some(subscription) = self.catalogue.subscription(field.name()) {
                    let event = planner.event(subscription, field)?;
                    cost = event.cost;
                    let told_by = subscription.insiders.as_ref().map(|insiders| insiders.known_by);
                    let (_, read) = event.of(subscription, "lesson_01h455vb4pex5vsknk084sn02q", told_by);
                    roots.extend(read);
                }
            }
            (roots, cost)
        };
        Ok(Compiled { statements: statements(roots), cost, keys })
    }
}

fn statements(roots: Vec<Root>) -> Vec<String> {
    let plan = ReadPlan::new(Viewer::Anonymous, Timestamp::from_micros(1_800_000_000_000_000), roots);
    [Dialect::Postgres, Dialect::Sqlite].map(|dialect| statement_text(&plan, dialect)).into()
}

fn code(failure: Option<&Failure>) -> &'static str {
    use maip_domain::closed_set::ClosedSet as _;
    failure.map_or("INTERNAL", |failure| failure.code.code())
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static COMPILER: LazyLock<Compiler> = LazyLock::new(|| Compiler::new().unwrap());

    /// Operations to begin with: those of the explorer, and some of every kind.
    fn seeds() -> Vec<String> {
        let explorer: Value = serde_json::from_str(include_str!("../../http/assets/queries.json")).unwrap();
        let mut seeds = Vec::new();
        gather(&explorer, &mut seeds);
        seeds.extend(
            [
                "query Q($n: Int = 3, $after: String) { lessons(first: $n, after: $after, orderBy: [{ field: TITLE, direction: DESC }]) { totalCount nodes { id title concepts { label } } pageInfo { endCursor } } }",
                "{ node(id: \"lesson_01h455vb4pex5vsknk084sn02q\") { __typename id ... on Lesson { title country { name } } } }",
                "{ a: lessons(first: 2) { edges { cursor node { ...L } } } } fragment L on Lesson { id author { displayName } }",
                "query ($s: Boolean!) { countries(first: 5) { nodes { code name @include(if: $s) } } __schema { queryType { name } } }",
                "mutation ($input: SignInInput!) { signIn(input: $input) { account { id } userErrors { code } } }",
                "subscription { lessonPublished { cursor kind lesson { id title } } }",
                "{ _entities(representations: [{ __typename: \"Lesson\", id: \"lesson_01h455vb4pex5vsknk084sn02q\" }]) { ... on Lesson { title } } }",
            ]
            .map(str::to_owned),
        );
        seeds
    }

    fn gather(value: &Value, seeds: &mut Vec<String>) {
        match value {
            Value::String(text) if text.contains('{') => seeds.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|item| gather(item, seeds)),
            Value::Object(fields) => fields.values().for_each(|field| gather(field, seeds)),
            _ => {}
        }
    }

    /// Words of documents, between which one may be put for another.
    const WORDS: &[&str] = &[
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ":",
        "!",
        "$n",
        "$x: Int",
        "...",
        "... on Lesson",
        "@skip(if: true)",
        "first: 100",
        "first: -1",
        "last: 3",
        "after: \"x\"",
        "null",
        "true",
        "1.5e9",
        "\"'; DROP TABLE accounts; --\"",
        "\"\"\"b\"\"\"",
        "id",
        "__typename",
        "nodes",
        "lessons",
        "concepts",
        "replications",
        "author",
        "filter: {}",
        "zq9: id",
        "fragment F on Lesson { ...F }",
        "9223372036854775808",
        "\u{0}",
        "é",
        "#",
        "&",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

        #[test]
        fn any_operation_is_compiled_or_refused_and_nothing_of_the_client_gets_into_a_statement(
            seed in any::<prop::sample::Index>(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), 0..WORDS.len(), 0..4_usize), 0..6),
            variables in prop::option::of(prop::collection::vec(("[nsa]", -3..200_i64), 0..3)),
        ) {
            let seeds = seeds();
            let mut text = seed.get(&seeds).clone();
            for (place, word, removed) in changes {
                let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
                if places.is_empty() { break; }
                let at = *place.get(&places);
                let end = text[at..].char_indices().map(|(length, _)| at + length).nth(removed).unwrap_or(text.len());
                text.replace_range(at..end, &format!(" {} ", WORDS[word]));
            }
            let variables = variables.map(|pairs| pairs.into_iter().map(|(name, value)| (name, value.into())).collect());
            if let Ok(compiled) = COMPILER.compile(&text, None, variables) {
                prop_assert!(compiled.cost <= ApiSettings::default().max_cost);
                for statement in compiled.statements {
                    prop_assert!(statement.starts_with("WITH") || statement.starts_with("SELECT"), "{statement}");
                    prop_assert!(!statement.contains("zq9") && !statement.contains("DROP"), "{statement}");
                }
            }
        }
    }
}
