//! What each kind of record is found by, read from where it stands.

use maip_domain::search::{Document, SearchKind};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, FromQueryResult as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Statement,
};

use super::index::index;
use crate::read::Dialect;

/// So many records are read at a time.
const AT_ONCE: u16 = 100;

/// Where the records of a kind stand.
pub(super) struct Source {
    pub kind: SearchKind,
    pub table: &'static str,
    /// The titles (0), other texts (1) and concepts (2) of the records with ids from `$1` to `$2`, with the language of
    /// each text; and a row (3) for each that everyone sees.
    texts: &'static str,
}

#[derive(sea_orm::FromQueryResult)]
struct Piece {
    id: String,
    part: i32,
    text: String,
    language: String,
}

/// The text of a lesson's version in one column.
macro_rules! of_version {
    ($column:literal) => {
        concat!(
            " UNION ALL SELECT l.id, 1, v.",
            $column,
            ", v.language FROM lessons l JOIN lesson_versions v ON v.id = l.current_version_id \
             WHERE l.id >= $1 AND l.id <= $2"
        )
    };
}

/// A translation's texts, of the columns that readers are shown: those of the version, and in languages without one of
/// it those of earlier versions.
macro_rules! of_translations {
    ($part:literal, $column:literal) => {
        concat!(
            " UNION ALL SELECT l.id, ",
            $part,
            ", x.",
            $column,
            ", x.language FROM lessons l JOIN lesson_versions v ON v.id = l.current_version_id \
             JOIN lesson_translations x ON x.lesson_id = l.id AND x.status <> 'WITHDRAWN' \
             AND x.version_number <= v.number WHERE l.id >= $1 AND l.id <= $2 \
             AND (x.version_id = v.id OR NOT EXISTS (SELECT 1 FROM lesson_translations y WHERE y.lesson_id = l.id \
             AND y.version_id = v.id AND y.language = x.language AND y.status <> 'WITHDRAWN'))"
        )
    };
}

pub(super) static SOURCES: &[Source] = &[
    Source {
        kind: SearchKind::Product,
        table: "products",
        texts: "SELECT n.product_id AS id, 0 AS part, n.name AS text, n.language AS language FROM product_names n \
                WHERE n.product_id >= $1 AND n.product_id <= $2 \
                UNION ALL SELECT p.id, 0, p.name, 'en' FROM products p WHERE p.id >= $1 AND p.id <= $2 \
                UNION ALL SELECT p.id, 2, p.concept_id, '' FROM products p WHERE p.id >= $1 AND p.id <= $2 \
                UNION ALL SELECT p.id, 3, '', '' FROM products p WHERE p.id >= $1 AND p.id <= $2 \
                ORDER BY 1, 2, 4, 3",
    },
    Source {
        kind: SearchKind::Platform,
        table: "platforms",
        texts: "SELECT p.id AS id, 0 AS part, p.name AS text, p.language AS language FROM platforms p \
                WHERE p.id >= $1 AND p.id <= $2 \
                UNION ALL SELECT n.platform_id, 0, n.name, n.language FROM platform_names n \
                WHERE n.platform_id >= $1 AND n.platform_id <= $2 \
                UNION ALL SELECT p.id, 1, p.description, p.language FROM platforms p WHERE p.id >= $1 AND p.id <= $2 \
                UNION ALL SELECT x.platform_id, 2, y.concept_id, '' FROM platform_products x \
                JOIN products y ON y.id = x.product_id WHERE x.platform_id >= $1 AND x.platform_id <= $2 \
                UNION ALL SELECT p.id, 3, '', '' FROM platforms p WHERE p.id >= $1 AND p.id <= $2 \
                AND p.visibility = 'PUBLIC' \
                ORDER BY 1, 2, 4, 3",
    },
    Source {
        kind: SearchKind::Contact,
        table: "contact_cards",
        texts: "SELECT c.id AS id, 0 AS part, c.headline AS text, c.language AS language FROM contact_cards c \
                WHERE c.id >= $1 AND c.id <= $2 AND c.status = 'PUBLISHED' \
                UNION ALL SELECT c.id, 1, c.can_help_with, c.language FROM contact_cards c \
                WHERE c.id >= $1 AND c.id <= $2 AND c.status = 'PUBLISHED' \
                UNION ALL SELECT x.card_id, 2, x.concept_id, '' FROM contact_card_concepts x \
                JOIN contact_cards c ON c.id = x.card_id AND c.status = 'PUBLISHED' \
                WHERE x.card_id >= $1 AND x.card_id <= $2 \
                UNION ALL SELECT c.id, 3, '', '' FROM contact_cards c WHERE c.id >= $1 AND c.id <= $2 \
                AND c.status = 'PUBLISHED' AND c.visibility = 'PUBLIC' \
                ORDER BY 1, 2, 4, 3",
    },
    Source {
        kind: SearchKind::Lesson,
        table: "lessons",
        texts: concat!(
            "SELECT l.id AS id, 0 AS part, v.title AS text, v.language AS language FROM lessons l \
             JOIN lesson_versions v ON v.id = l.current_version_id WHERE l.id >= $1 AND l.id <= $2",
            of_version!("abstract"),
            of_version!("context"),
            of_version!("problem"),
            of_version!("what_was_done"),
            of_version!("result"),
            of_version!("enabling_conditions"),
            of_version!("hindering_conditions"),
            of_version!("who_gained"),
            of_version!("who_lost"),
            of_translations!("0", "title"),
            of_translations!("1", "abstract"),
            of_translations!("1", "context"),
            of_translations!("1", "problem"),
            of_translations!("1", "what_was_done"),
            of_translations!("1", "result"),
            of_translations!("1", "enabling_conditions"),
            of_translations!("1", "hindering_conditions"),
            of_translations!("1", "who_gained"),
            of_translations!("1", "who_lost"),
            " UNION ALL SELECT l.id, 2, x.concept_id, '' FROM lessons l \
             JOIN lesson_version_concepts x ON x.version_id = l.current_version_id \
             WHERE l.id >= $1 AND l.id <= $2 UNION ALL SELECT l.id, 3, '', '' FROM lessons l \
             WHERE l.id >= $1 AND l.id <= $2 AND l.status = 'PUBLISHED' AND l.visibility = 'PUBLIC' \
             ORDER BY 1, 2, 4, 3"
        ),
    },
];

/// Indexes one record as it stands in this transaction; one that nobody is to find is taken out.
///
/// # Errors
/// Those of the database.
pub async fn index_one(connection: &impl ConnectionTrait, kind: SearchKind, id: &str) -> Result<(), DbErr> {
    let Some(source) = SOURCES.iter().find(|source| source.kind == kind) else { return Ok(()) };
    if source.index(connection, id, id).await? == 0 { remove(connection, id).await } else { Ok(()) }
}

/// Indexes all records of all kinds, in the order of their ids.
///
/// # Errors
/// Those of the database.
pub async fn index_every(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    for source in SOURCES {
        let mut after = String::new();
        while let Some((first, last)) = source.next(connection, &after).await? {
            source.index(connection, &first, &last).await?;
            after = last;
        }
    }
    Ok(())
}

/// Works out the tokens of all translations anew.
///
/// # Errors
/// Those of the database.
pub(super) async fn translations_anew(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    use crate::lessons::entity::lesson_translations::{Column, Entity};
    let mut after = String::new();
    loop {
        let next = Entity::find()
            .filter(Column::Id.gt(after.as_str()))
            .order_by_asc(Column::Id)
            .limit(u64::from(AT_ONCE))
            .all(connection)
            .await?;
        let Some(last) = next.last() else { return Ok(()) };
        after.clone_from(&last.id);
        for model in &next {
            Entity::update_many()
                .col_expr(Column::Tokens, Expr::value(crate::lessons::translations::tokens(model)))
                .filter(Column::Id.eq(model.id.as_str()))
                .exec(connection)
                .await?;
        }
    }
}

/// Takes a record out of the index.
///
/// # Errors
/// Those of the database.
pub async fn remove(connection: &impl ConnectionTrait, id: &str) -> Result<(), DbErr> {
    let backend = connection.get_database_backend();
    let statements: &[&str] = match Dialect::of(backend) {
        Dialect::Postgres => &[
            "DELETE FROM search_beginnings WHERE record_id = $1",
            "DELETE FROM search_documents WHERE record_id = $1",
        ],
        Dialect::Sqlite => &[
            "DELETE FROM search_beginnings WHERE record_id = $1",
            "DELETE FROM search_tokens WHERE rowid IN (SELECT d.number FROM search_documents d WHERE d.record_id = $1)",
            "DELETE FROM search_documents WHERE record_id = $1",
        ],
    };
    for statement in statements {
        connection.execute_raw(Statement::from_sql_and_values(backend, *statement, [id.into()])).await?;
    }
    Ok(())
}

impl Source {
    /// The first and the last of the next records, whose writers wait until the transaction ends.
    pub(super) async fn next(
        &self,
        connection: &impl ConnectionTrait,
        after: &str,
    ) -> Result<Option<(String, String)>, DbErr> {
        let backend = connection.get_database_backend();
        let lock = if Dialect::of(backend) == Dialect::Postgres { " FOR NO KEY UPDATE" } else { "" };
        let sql = format!("SELECT id FROM {} WHERE id > $1 ORDER BY id LIMIT {AT_ONCE}{lock}", self.table);
        let rows =
            connection.query_all_raw(Statement::from_sql_and_values(backend, sql, [after.into()])).await?;
        match (rows.first(), rows.last()) {
            (Some(first), Some(last)) => Ok(Some((first.try_get("", "id")?, last.try_get("", "id")?))),
            _ => Ok(None),
        }
    }

    /// Indexes the records with these ids and those between, and says how many that are.
    pub(super) async fn index(
        &self,
        connection: &impl ConnectionTrait,
        first: &str,
        last: &str,
    ) -> Result<u64, DbErr> {
        let backend = connection.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, self.texts, [first.into(), last.into()]);
        let pieces = Piece::find_by_statement(statement).all(connection).await?;
        let mut count = 0;
        for of_one in pieces.chunk_by(|one, other| one.id == other.id) {
            let texts = |part: i32| {
                let own = of_one.iter().filter(move |piece| piece.part == part);
                own.map(|piece| (piece.text.as_str(), piece.language.as_str()))
            };
            let document = Document {
                kind: self.kind,
                id: &of_one[0].id,
                titles: texts(0).collect(),
                texts: texts(1).collect(),
                concepts: texts(2).map(|(id, _)| id).collect(),
                public: texts(3).next().is_some(),
            };
            index(connection, &document).await?;
            count += 1;
        }
        Ok(count)
    }
}
