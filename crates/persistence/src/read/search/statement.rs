//! The statements of a search. Their texts are the same whatever is searched for: words and ids are bound.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::search::rank::{AGE_FROM, AGE_MOST, AGE_STEP, CANDIDATES, CONCEPT, MAX_KNOWN, POINT};
use sea_orm::Value;

use super::super::cursor::CursorValue;
use super::super::plan::{COUNT_LIMIT, FilterValue};
use super::super::render::Renderer;
use super::super::sql::{Alias, Dialect, Sql};
use super::super::viewer::{Viewer, expressions};
use super::kinds::{ConceptsOf, Facet, ProductsOf, SEARCHED, Searched};
use super::{MAX_VALUES, SearchPick, SearchPlan};
use crate::membership::read::PLATFORM;

/// One thing that a record may have, in the database's query language, and its points.
#[derive(Debug)]
pub(super) struct Slot {
    pub query: String,
    pub points: i64,
}

/// In these numbers slots stand in a statement; those that are left ask for nothing. They are the bits of a number of
/// 64.
const SIZES: [usize; 5] = [4, 8, 16, 32, 60];
/// The most slots.
pub(super) const MAX_SLOTS: usize = 60;

/// What is found: `[rows, count, whether it is cut, facets, which slots any has]`.
pub(super) fn hits(
    plan: &SearchPlan,
    slots: &[Slot],
    viewer: &Viewer,
    now: maip_domain::time::Timestamp,
    dialect: Dialect,
) -> (String, Vec<Value>) {
    let mut renderer = Renderer::new(viewer.kind(), now, dialect);
    let credentials = expressions(viewer, &renderer.now(), dialect, &mut renderer.bindings);
    let found = renderer.found(slots);
    let kinds = SEARCHED.iter().filter(|searched| plan.kinds.contains(&searched.kind));
    let branches: Vec<Sql> = kinds
        .filter(|searched| !super::super::policy_sql::denied(searched.entity(), viewer.kind()))
        .map(|searched| renderer.branch(plan, searched))
        .collect();
    let mut hits = Sql::default();
    if branches.is_empty() {
        hits.push(
            "SELECT CAST('' AS text) AS kind, CAST('' AS text) AS id, 0 AS rank, 0 AS slots, CAST('' AS text) AS country, \
             CAST('' AS text) AS region, CAST('' AS text) AS outcome, CAST('' AS text) AS language \
             FROM scored c WHERE FALSE",
        );
    } else {
        hits.join(&branches, " UNION ALL ");
    }
    let rows = renderer.ranked(plan);
    let count = Sql::new("(SELECT COUNT(*) FROM hits)");
    let mut cut =
        Sql::new("(SELECT COUNT(*) FROM (SELECT f.slot FROM found f GROUP BY f.slot HAVING COUNT(*) >= ");
    cut.number(CANDIDATES.into()).push(") full_slots)");
    let facets: Vec<Sql> = plan.facets().into_iter().map(|facet| renderer.facet(facet)).collect();
    let facets = renderer.array(&facets);
    let had = Sql::new(
        "(SELECT CAST(SUM(b.bit) AS bigint) FROM (SELECT DISTINCT f.bit AS bit FROM found f) b \
         WHERE EXISTS (SELECT 1 FROM hits h WHERE h.slots & b.bit <> 0))",
    );
    let answer = renderer.array(&[rows, count, cut, facets, had]);
    let (viewer_row, _) = renderer.viewer_row();
    let mut sql = Sql::new("WITH ");
    if !credentials.is_empty() {
        sql.sql(&credentials).sql(&viewer_row).push(", ");
    }
    if dialect == Dialect::Postgres {
        sql.push(NEWEST);
    }
    sql.push("found (number, points, bit, slot) AS MATERIALIZED (").sql(&found).push("), ");
    sql.push(
        "scored (number, points, slots) AS MATERIALIZED (SELECT f.number, CAST(SUM(f.points) AS bigint), ",
    );
    sql.push("CAST(SUM(f.bit) AS bigint) FROM found f GROUP BY f.number), ");
    sql.push("hits AS MATERIALIZED (")
        .sql(&hits)
        .push(") SELECT CAST(")
        .sql(&answer)
        .push(" AS text) AS answer");
    (sql.into_text(), renderer.bindings.values)
}

/// The labels that these keys are those of: `[[key, concept, language, label]]`.
pub(super) fn labels(keys: &[&str], dialect: Dialect) -> (String, Vec<Value>) {
    let mut renderer = anyones(dialect);
    let keys = renderer.texts(keys);
    let columns = ["k.key", "k.concept_id", "k.language", "k.label"].map(Sql::new);
    let mut select = Sql::new("SELECT ");
    select.sql(&renderer.array(&columns)).push(" AS v FROM concept_label_keys k WHERE k.key IN ").sql(&keys);
    select.push(" ORDER BY k.key, k.concept_id, k.language, k.label LIMIT 400");
    listed(renderer, &select)
}

/// The words that have one of these keys, each with where it is known from: `[[origin, word]]`.
pub(super) fn known(keys: &[&str], dialect: Dialect) -> (String, Vec<Value>) {
    let mut renderer = anyones(dialect);
    let keys = renderer.texts(keys);
    let columns = ["w.origin", "w.word"].map(Sql::new);
    let mut select = Sql::new("SELECT ");
    select
        .sql(&renderer.array(&columns))
        .push(" AS v FROM (SELECT DISTINCT k.origin AS origin, k.word AS word FROM (");
    select.push("SELECT s.origin AS origin, s.word AS word FROM search_words s WHERE s.key IN ").sql(&keys);
    select.push(" ORDER BY s.key, s.word, s.origin LIMIT ").number(MAX_KNOWN as u64);
    select.push(") k) w ORDER BY w.origin, w.word");
    listed(renderer, &select)
}

/// What is narrower than each of these, the nearest first: `[[ancestor, concept, distance]]`.
pub(super) fn narrower(ids: &[&str], dialect: Dialect) -> (String, Vec<Value>) {
    let mut renderer = anyones(dialect);
    let ids = renderer.texts(ids);
    let columns = ["a.ancestor_id", "a.concept_id", "a.distance"].map(Sql::new);
    let mut select = Sql::new("SELECT ");
    select
        .sql(&renderer.array(&columns))
        .push(" AS v FROM concept_ancestors a WHERE a.ancestor_id IN ")
        .sql(&ids);
    // What has points.
    select.push(" AND a.distance < ").number(CONCEPT.len() as u64);
    select.push(" ORDER BY a.distance, a.concept_id LIMIT 2000");
    listed(renderer, &select)
}

/// What stands one step above each of these: `[[concept, broader]]`.
pub(super) fn broader(ids: &[&str], dialect: Dialect) -> (String, Vec<Value>) {
    let mut renderer = anyones(dialect);
    let ids = renderer.texts(ids);
    let columns = ["b.concept_id", "b.broader_id"].map(Sql::new);
    let mut select = Sql::new("SELECT ");
    select
        .sql(&renderer.array(&columns))
        .push(" AS v FROM concept_broader b WHERE b.concept_id IN ")
        .sql(&ids);
    select.push(" ORDER BY b.concept_id, b.broader_id LIMIT 4000");
    listed(renderer, &select)
}

/// The translations of these lessons: `[[lesson, language, tokens]]`. They are seen by who sees the lesson.
pub(super) fn translations(ids: &[&str], dialect: Dialect) -> (String, Vec<Value>) {
    let mut renderer = anyones(dialect);
    let ids = renderer.texts(ids);
    let columns = ["x.lesson_id", "x.language", "x.tokens"].map(Sql::new);
    let mut select = Sql::new("SELECT ");
    select
        .sql(&renderer.array(&columns))
        .push(" AS v FROM lesson_translations x JOIN lessons l ON l.id = x.lesson_id ")
        .push("JOIN lesson_versions v ON v.id = l.current_version_id WHERE x.lesson_id IN ")
        .sql(&ids);
    select.push(" AND x.status <> 'WITHDRAWN' AND x.version_number <= v.number ");
    select.push("ORDER BY x.lesson_id, x.language, x.id LIMIT 1000");
    listed(renderer, &select)
}

/// The concepts of these records, whatever their kind: ids tell the kinds apart. As `id` and `v`, each once.
fn concepts(of: &'static str) -> Sql {
    let selects: Vec<Sql> = SEARCHED
        .iter()
        .map(|searched| {
            let ConceptsOf { from, record, concept } = searched.concepts;
            let mut select = Sql::new("SELECT ");
            select.push(record).push(" AS id, ").push(concept).push(" AS v FROM ").push(from);
            select.push(" WHERE ").push(record).push(of);
            select
        })
        .collect();
    let mut sql = Sql::default();
    sql.join(&selects, " UNION ");
    sql
}

/// The vocabulary is for everyone.
fn anyones(dialect: Dialect) -> Renderer {
    let mut renderer =
        Renderer::new(Viewer::Anonymous.kind(), maip_domain::time::Timestamp::from_micros(0), dialect);
    renderer.bindings = super::super::sql::Bindings::default();
    renderer
}

fn listed(renderer: Renderer, select: &Sql) -> (String, Vec<Value>) {
    let mut inner = select.clone();
    if renderer.dialect == Dialect::Sqlite {
        // What is JSON in a derived table is text outside of it.
        inner = Sql::new("SELECT json(r.v) AS v FROM (");
        inner.sql(select).push(") r");
        let mut sql = Sql::new("SELECT (SELECT json_group_array(json(v)) FROM (");
        sql.sql(&inner).push(")) AS answer");
        return (sql.into_text(), renderer.bindings.values);
    }
    let list = renderer.json_list(&inner);
    let mut sql = Sql::new("SELECT CAST(");
    sql.sql(&list).push(" AS text) AS answer");
    (sql.into_text(), renderer.bindings.values)
}

/// What PostgreSQL's index has of a record: its tokens, and in which two thousand it is.
const INDEXED: &str = "(x.tokens || array_to_tsvector(ARRAY['r' || CAST(x.number / 2048 AS text)]))";

/// What the index has of the records of the latest two thousands, and the first of their numbers.
const NEWEST: &str = "newest (latest, before) AS MATERIALIZED (SELECT \
    CAST('r' || CAST(n.block AS text) || ' | r' || CAST(n.block - 1 AS text) AS tsquery), (n.block - 1) * 2048 \
    FROM (SELECT COALESCE(MAX(d.number), 0) / 2048 AS block FROM search_documents d) n), ";

/// The records that were indexed last of those that have what is asked for, on PostgreSQL. Those of the latest two or four
/// thousand come first, by the index alone: a word that is everywhere is in enough of them, and the others aren't
/// looked at then.
///
/// What is asked for isn't a constant to the planner: it would take a word with its stems for a common one, and then read
/// the tokens of each record.
fn latest(query: &Sql) -> Sql {
    let found = |sql: &mut Sql, only: &'static str, asked: &'static str| {
        sql.push("SELECT d.number FROM (SELECT x.number FROM search_documents x WHERE ")
            .push(only)
            .push(INDEXED);
        sql.push(" @@ (SELECT CAST(").sql(query).push(" AS tsquery)").push(asked).push(" OFFSET 0) d ");
        sql.push("ORDER BY d.number DESC LIMIT ").number(CANDIDATES.into());
    };
    let mut sql = Sql::new("WITH a AS MATERIALIZED (");
    found(&mut sql, "", " && m.latest FROM newest m)");
    sql.push(") SELECT a.number FROM a UNION ALL (");
    found(
        &mut sql,
        "(SELECT COUNT(*) FROM a) < 1000 AND ",
        ") AND x.number < (SELECT m.before FROM newest m)",
    );
    sql.push(") ORDER BY 1 DESC LIMIT ").number(CANDIDATES.into());
    sql
}

/// The numbers of those records alone, for a token.
#[cfg(test)]
pub(in crate::read) fn latest_numbers(token: &'static str) -> String {
    let mut query = Sql::new("'");
    query.push(token).push("'");
    let mut sql = Sql::new("WITH ");
    sql.push(NEWEST).push("found AS (").sql(&latest(&query));
    sql.push(") SELECT COALESCE(string_agg(CAST(f.number AS text), ',' ORDER BY f.number), '') FROM found f");
    sql.into_text()
}

impl Renderer {
    /// For each slot the records that were indexed last of those that have it.
    fn found(&mut self, slots: &[Slot]) -> Sql {
        let size = SIZES.into_iter().find(|size| slots.len() <= *size).unwrap_or(MAX_SLOTS);
        let nothing = super::super::run::search_query(&[], self.dialect);
        let mut parts = Vec::with_capacity(size);
        for number in 0..size {
            let (query, points) =
                slots.get(number).map_or((nothing.as_str(), 0), |slot| (slot.query.as_str(), slot.points));
            let query = self.bindings.bind(self.dialect, query);
            let points = self.bindings.bind(self.dialect, points);
            let mut part = Sql::new("SELECT s.number, CAST(");
            part.sql(&points).push(" AS bigint), CAST(").number(1 << number).push(" AS bigint), ");
            part.number(u64::try_from(number).unwrap_or_default()).push(" FROM (");
            match self.dialect {
                Dialect::Postgres => {
                    part.sql(&latest(&query));
                }
                Dialect::Sqlite => {
                    part.push("SELECT rowid AS number FROM search_tokens WHERE search_tokens MATCH ")
                        .sql(&query);
                    part.push(" ORDER BY rowid DESC LIMIT ").number(CANDIDATES.into());
                }
            }
            part.push(") s");
            parts.push(part);
        }
        let mut sql = Sql::default();
        sql.join(&parts, " UNION ALL ");
        sql
    }

    /// The hits of one kind that the viewer may see.
    fn branch(&mut self, plan: &SearchPlan, searched: &'static Searched) -> Sql {
        let row = self.fresh();
        let entity = searched.entity();
        let (joins, policy) = self.guarded(entity, row);
        let mut sql = Sql::new("SELECT ");
        sql.push("CAST(").literal(searched.kind.code()).push(" AS text) AS kind, ");
        sql.alias(row).push(".id AS id, ").number(POINT.unsigned_abs()).push(" * c.points + ");
        let time = self.template(searched.time, row, None);
        let mut age = Sql::new("((");
        age.sql(&time).push(" - ").number(AGE_FROM.unsigned_abs()).push(") / ");
        age.number(AGE_STEP.unsigned_abs()).push(")");
        sql.push("CASE WHEN ").sql(&age).push(" < 0 THEN 0 WHEN ").sql(&age).push(" > ");
        sql.number(AGE_MOST.unsigned_abs()).push(" THEN ").number(AGE_MOST.unsigned_abs());
        sql.push(" ELSE ").sql(&age).push(" END AS rank, c.slots AS slots");
        for (name, template) in [
            (" AS country", searched.country),
            (" AS region", searched.region),
            (" AS outcome", searched.outcome),
            (" AS language", searched.language),
        ] {
            let column = self.template(template, row, None);
            sql.push(", ").sql(&column).push(name);
        }
        // SQLite takes a CROSS JOIN in the order in which it is written: from what was found to the records.
        sql.push(" FROM scored c CROSS JOIN search_documents d CROSS JOIN ");
        if self.dialect == Dialect::Postgres && self.kind != Viewer::Anonymous.kind() {
            sql.push("viewer CROSS JOIN ");
        }
        sql.push(entity.table).push(" ").alias(row).sql(&joins);
        sql.push(" WHERE d.number = c.number AND d.kind = ").literal(searched.kind.code()).push(" AND ");
        let only = self.template(searched.only, row, None);
        sql.alias(row).push(".id = d.record_id AND (").sql(&only).push(") AND (").sql(&policy).push(")");
        for (facet, value) in &plan.filters {
            let condition = self.kept(searched, *facet, value, row);
            sql.push(" AND (").sql(&condition).push(")");
        }
        sql
    }

    fn kept(&mut self, searched: &'static Searched, facet: Facet, value: &FilterValue, row: Alias) -> Sql {
        let template = match facet {
            Facet::Country => searched.country,
            Facet::Region => searched.region,
            Facet::Outcome => searched.outcome,
            Facet::Language => searched.language,
            Facet::Concept => {
                let value = self.value(value);
                let ConceptsOf { from, record, concept } = searched.concepts;
                let mut sql = Sql::new("EXISTS (SELECT 1 FROM ");
                sql.push(from).push(" JOIN concept_ancestors a ON a.concept_id = ").push(concept);
                sql.push(" WHERE ").push(record).push(" = ").alias(row).push(".id AND a.ancestor_id IN ");
                sql.sql(&value).push(")");
                return sql;
            }
            Facet::Product => {
                let value = self.value(value);
                let products = self.products_of(searched.products, row);
                let mut sql = Sql::new("EXISTS (SELECT 1 FROM (");
                sql.sql(&products).push(") p WHERE p.v IN ").sql(&value).push(")");
                return sql;
            }
            Facet::Kind => return Sql::new("TRUE"),
        };
        let value = self.value(value);
        let mut sql = self.template(template, row, None);
        sql.push(" IN ").sql(&value);
        sql
    }

    /// The products of a record, as `v`; those of a lesson's platform where the viewer may see it.
    fn products_of(&mut self, of: ProductsOf, row: Alias) -> Sql {
        let mut sql = Sql::default();
        match of {
            ProductsOf::Platform => {
                let platform = self.fresh();
                let (joins, policy) = self.guarded(&PLATFORM, platform);
                sql.push("SELECT x.product_id AS v FROM platforms ").alias(platform).sql(&joins);
                sql.push(" JOIN platform_products x ON x.platform_id = ").alias(platform).push(".id WHERE ");
                sql.alias(platform)
                    .push(".id = ")
                    .alias(row)
                    .push(".platform_id AND (")
                    .sql(&policy)
                    .push(")");
            }
            ProductsOf::Itself => {
                sql.push("SELECT x.product_id AS v FROM platform_products x WHERE x.platform_id = ")
                    .alias(row)
                    .push(".id");
            }
            ProductsOf::IsOne => {
                sql.push("SELECT ").alias(row).push(".id AS v");
            }
            ProductsOf::None => {
                sql.push("SELECT CAST('' AS text) AS v WHERE FALSE");
            }
        }
        sql
    }

    /// The page: `[rank, id, slots, language, concepts]` of each.
    fn ranked(&mut self, plan: &SearchPlan) -> Sql {
        let wanted = |pick: &SearchPick| {
            matches!(pick, SearchPick::Edges(_) | SearchPick::Nodes(_) | SearchPick::PageInfo(_))
        };
        if !plan.wants(wanted) {
            return Sql::new("NULL");
        }
        let mut page = Sql::new("SELECT h.rank, h.id, h.slots, h.language FROM hits h WHERE TRUE");
        for (bound, beyond) in [(&plan.page.after, " < "), (&plan.page.before, " > ")] {
            if let Some([CursorValue::Int(rank), CursorValue::Text(id)]) =
                bound.as_ref().map(|bound| bound.0.as_slice())
            {
                let rank = self.bindings.bind(self.dialect, *rank);
                let id = self.bindings.bind(self.dialect, id.as_str());
                page.push(" AND (h.rank, h.id)").push(beyond).push("(CAST(").sql(&rank).push(" AS bigint), ");
                page.sql(&id).push(")");
            }
        }
        // The page from the end is told from its beginning too.
        page.push(if plan.page.backward {
            " ORDER BY h.rank, h.id LIMIT "
        } else {
            " ORDER BY h.rank DESC, h.id DESC LIMIT "
        });
        page.number(u64::from(plan.page.size) + 1);
        let concepts = if plan.wants_concepts() {
            let mut select = concepts(" = h.id");
            select.push(" ORDER BY 2");
            self.json_list(&select)
        } else {
            Sql::new("NULL")
        };
        let mut columns: Vec<Sql> = ["h.rank", "h.id", "h.slots", "h.language"].map(Sql::new).into();
        columns.push(concepts);
        let row = self.array(&columns);
        let mut sql = Sql::new("(SELECT ");
        if self.dialect == Dialect::Postgres {
            sql.push("COALESCE(json_agg(r.v), '[]'::json) FROM (SELECT ")
                .sql(&row)
                .push(" AS v FROM (")
                .sql(&page);
            sql.push(") h ORDER BY h.rank DESC, h.id DESC) r)");
            sql
        } else {
            sql.push("json_group_array(json(r.v)) FROM (SELECT ").sql(&row).push(" AS v FROM (").sql(&page);
            sql.push(") h ORDER BY h.rank DESC, h.id DESC) r)");
            let mut json = Sql::new("json(");
            json.sql(&sql).push(")");
            json
        }
    }

    /// The values that most hits have, and how many have each: `[[value, count]]`.
    fn facet(&mut self, facet: Facet) -> Sql {
        let mut from = Sql::default();
        match facet {
            Facet::Kind => from.push("SELECT h.kind AS v FROM hits h"),
            Facet::Country => from.push("SELECT h.country AS v FROM hits h"),
            Facet::Region => from.push("SELECT h.region AS v FROM hits h"),
            Facet::Outcome => from.push("SELECT h.outcome AS v FROM hits h"),
            Facet::Language => from.push("SELECT h.language AS v FROM hits h"),
            Facet::Concept => from.sql(&concepts(" IN (SELECT h.id FROM hits h)")),
            Facet::Product => {
                let lesson = self.fresh();
                let of_lessons = self.products_of(ProductsOf::Platform, lesson);
                from.push("SELECT h.id AS id, h.id AS v FROM hits h WHERE h.kind = 'PRODUCT' ");
                from.push("UNION SELECT h.id, x.product_id FROM hits h JOIN platform_products x ON x.platform_id = h.id ");
                from.push("WHERE h.kind = 'PLATFORM' UNION SELECT h.id, x.product_id FROM hits h CROSS JOIN lessons ");
                from.alias(lesson);
                if self.dialect == Dialect::Postgres && self.kind != Viewer::Anonymous.kind() {
                    from.push(" CROSS JOIN viewer");
                }
                from.push(" CROSS JOIN platform_products x WHERE h.kind = 'LESSON' AND ").alias(lesson);
                from.push(".id = h.id AND x.platform_id = ")
                    .alias(lesson)
                    .push(".platform_id AND x.product_id IN (");
                from.sql(&of_lessons).push(")")
            }
        };
        let mut select = Sql::new("SELECT f.v AS v, COUNT(*) AS n FROM (");
        select.sql(&from).push(") f WHERE f.v IS NOT NULL GROUP BY f.v ORDER BY COUNT(*) DESC, f.v LIMIT ");
        select.number(MAX_VALUES);
        let pair = self.array(&[Sql::new("b.v"), Sql::new("b.n")]);
        let mut sql = Sql::new("(SELECT ");
        if self.dialect == Dialect::Postgres {
            sql.push("COALESCE(json_agg(").sql(&pair).push(" ORDER BY b.n DESC, b.v), '[]'::json) FROM (");
            sql.sql(&select).push(") b)");
            sql
        } else {
            sql.push("json_group_array(")
                .sql(&pair)
                .push(" ORDER BY b.n DESC, b.v) FROM (")
                .sql(&select)
                .push(") b)");
            let mut json = Sql::new("json(");
            json.sql(&sql).push(")");
            json
        }
    }
}

const _: () = assert!(CANDIDATES <= COUNT_LIMIT);
