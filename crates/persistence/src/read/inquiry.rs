//! What a decision goes by, read in one statement: attributes of records for the policy, a few
//! columns of a row, which ids are known.

use std::collections::{BTreeMap, BTreeSet};

use maip_domain::policy::Record;
use maip_domain::time::Timestamp;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use serde_json::Value;

use super::declare::Entity;
use super::render::Renderer;
use super::sql::{Dialect, Sql};
use super::viewer::ViewerKind;

/// Questions to be asked together.
pub(crate) struct Inquiry {
    renderer: Renderer,
    /// The account of whoever decides by the answers, as it is bound.
    asker: Sql,
    questions: Vec<Sql>,
    claim: Option<Claim>,
}

/// An id that is claimed with the questions, for a record that is to be.
struct Claim {
    id: String,
    digest: String,
    /// The question whose answer is how many claims were made.
    question: usize,
}

/// A record that was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordAsked(usize, &'static Entity);

/// A row's columns that were asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowAsked(usize);

/// Which of some ids are known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KnownAsked(usize);

/// Whether an id could be claimed, and whether a record has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClaimAsked {
    claimed: usize,
    taken: usize,
}

impl Inquiry {
    /// About the state at this instant, as this account's policies go by it.
    pub fn new(account: Option<&str>, now: Timestamp, dialect: Dialect) -> Self {
        let mut renderer = Renderer::new(ViewerKind::Anonymous, now, dialect);
        let asker = renderer.bindings.bind(dialect, account);
        Self { renderer, asker, questions: Vec::new(), claim: None }
    }

    /// Asks for the attributes of a record. Nothing is hidden here: the policy decides on them. Of
    /// accounts, such as a platform's members, it is only asked whether the asker is one of them.
    pub fn record(&mut self, entity: &'static Entity, key: &str) -> RecordAsked {
        let row = self.renderer.fresh();
        let mut values = Vec::with_capacity(entity.attributes.len() + entity.related.len());
        for &(attribute, _) in entity.attributes {
            let value = self.renderer.attribute(entity, attribute, row);
            values.push(value.unwrap_or_else(|| Sql::new("NULL")));
        }
        for &(related, _) in entity.related {
            let select = self.renderer.related(entity, related, row);
            let select =
                select.map(|select| if related.names_accounts() { self.own(&select) } else { select });
            values.push(select.map_or_else(|| Sql::new("NULL"), |select| self.renderer.json_list(&select)));
        }
        let array = self.renderer.array(&values);
        let mut sql = Sql::new("(SELECT CAST(");
        sql.sql(&array).push(" AS text) FROM ").push(entity.table).push(" ").alias(row).push(" WHERE ");
        let key = self.renderer.bindings.bind(self.renderer.dialect, key);
        sql.alias(row).push(".").push(entity.key).push(" = ").sql(&key).push(")");
        RecordAsked(self.ask(sql), entity)
    }

    /// Asks for columns of a record's row, texts all of them.
    pub fn row(&mut self, entity: &'static Entity, columns: &'static [&'static str], key: &str) -> RowAsked {
        let row = self.renderer.fresh();
        let columns: Vec<Sql> = columns
            .iter()
            .map(|&column| {
                let mut sql = Sql::default();
                sql.alias(row).push(".").push(column);
                sql
            })
            .collect();
        let array = self.renderer.array(&columns);
        let mut sql = Sql::new("(SELECT CAST(");
        sql.sql(&array).push(" AS text) FROM ").push(entity.table).push(" ").alias(row).push(" WHERE ");
        let key = self.renderer.bindings.bind(self.renderer.dialect, key);
        sql.alias(row).push(".").push(entity.key).push(" = ").sql(&key).push(")");
        RowAsked(self.ask(sql))
    }

    /// Asks which of these ids records of this type have.
    pub fn known<T: AsRef<str>>(&mut self, entity: &'static Entity, ids: &[T]) -> KnownAsked {
        let row = self.renderer.fresh();
        let ids = self.renderer.texts(ids);
        let mut select = Sql::new("SELECT ");
        select.alias(row).push(".").push(entity.key).push(" AS v FROM ").push(entity.table).push(" ");
        select.alias(row).push(" WHERE ").alias(row).push(".").push(entity.key).push(" IN ").sql(&ids);
        let list = self.renderer.json_list(&select);
        let mut sql = Sql::new("CAST(");
        sql.sql(&list).push(" AS text)");
        KnownAsked(self.ask(sql))
    }

    /// Claims an id for a record of this type, made of the input with this digest, and asks whether it wasn't
    /// claimed before and whether a record has it. Of two who claim the same at a time, one waits for the other.
    ///
    /// At most one is claimed in an inquiry.
    pub fn claim(&mut self, entity: &'static Entity, id: &str, digest: &str) -> ClaimAsked {
        debug_assert!(self.claim.is_none(), "an inquiry claims one id");
        // On SQLite it is filled in once that is known.
        let claimed = self.ask(Sql::new("(SELECT CAST(COUNT(*) AS text) FROM claimed)"));
        self.claim = Some(Claim { id: id.to_owned(), digest: digest.to_owned(), question: claimed });
        let mut taken = Sql::new("(SELECT CAST(COUNT(*) AS text) FROM ");
        let id = self.renderer.bindings.bind(self.renderer.dialect, id);
        let row = self.renderer.fresh();
        taken.push(entity.table).push(" ").alias(row).push(" WHERE ").alias(row).push(".").push(entity.key);
        taken.push(" = ").sql(&id).push(")");
        ClaimAsked { claimed, taken: self.ask(taken) }
    }

    /// The asker, if the select has them.
    fn own(&self, select: &Sql) -> Sql {
        let mut sql = Sql::new("SELECT among.v FROM (");
        sql.sql(select).push(") among WHERE among.v = ").sql(&self.asker);
        sql
    }

    fn ask(&mut self, question: Sql) -> usize {
        self.questions.push(question);
        self.questions.len() - 1
    }

    /// Asks all of it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn answers(mut self, connection: &impl ConnectionTrait) -> Result<Answers, DbErr> {
        let count = self.questions.len();
        if count == 0 {
            return Ok(Answers(Vec::new()));
        }
        let mut sql = Sql::default();
        if let Some(claim) = self.claim.take() {
            self.make(claim, connection, &mut sql).await?;
        }
        sql.push("SELECT ").join(&self.questions, ", ");
        let values = std::mem::take(&mut self.renderer.bindings.values);
        let statement =
            Statement::from_sql_and_values(connection.get_database_backend(), sql.into_text(), values);
        let row = connection
            .query_one_raw(statement)
            .await?
            .ok_or_else(|| DbErr::RecordNotFound("an inquiry has one row".to_owned()))?;
        let answers = (0..count).map(|index| row.try_get_by_index::<Option<String>>(index));
        Ok(Answers(answers.collect::<Result<_, _>>()?))
    }
}

impl Inquiry {
    /// Claims the id: on PostgreSQL with the statement that asks, on SQLite before it.
    async fn make(
        &mut self,
        claim: Claim,
        connection: &impl ConnectionTrait,
        sql: &mut Sql,
    ) -> Result<(), DbErr> {
        const INTO: &str = "INSERT INTO created_inputs (record_id, input_digest) VALUES (";
        const ONCE: &str = ") ON CONFLICT DO NOTHING";

        match self.renderer.dialect {
            Dialect::Postgres => {
                let id = self.renderer.bindings.bind(Dialect::Postgres, claim.id);
                let digest = self.renderer.bindings.bind(Dialect::Postgres, claim.digest);
                sql.push("WITH claimed AS (").push(INTO).sql(&id).push(", ").sql(&digest).push(ONCE);
                sql.push(" RETURNING record_id) ");
            }
            Dialect::Sqlite => {
                let values = [claim.id.into(), claim.digest.into()];
                let insert = format!("{INTO}$1, $2{ONCE}");
                let statement =
                    Statement::from_sql_and_values(connection.get_database_backend(), insert, values);
                let claimed = connection.execute_raw(statement).await?.rows_affected() > 0;
                if let Some(question) = self.questions.get_mut(claim.question) {
                    *question = Sql::new(if claimed { "'1'" } else { "'0'" });
                }
            }
        }
        Ok(())
    }
}

/// The answers to an inquiry.
#[derive(Debug)]
pub(crate) struct Answers(Vec<Option<String>>);

impl Answers {
    /// The record; `None` where there is no such record.
    pub fn record(&self, RecordAsked(index, entity): RecordAsked) -> Result<Option<Record>, DbErr> {
        let Some(values) = self.parsed::<Vec<Value>>(index)? else { return Ok(None) };
        let mut record = Record { attributes: BTreeMap::new(), related: BTreeMap::new() };
        for (place, value) in values.into_iter().enumerate() {
            match value {
                Value::Null => {}
                Value::Array(items) => {
                    if let Some(&(related, _)) =
                        place.checked_sub(entity.attributes.len()).and_then(|place| entity.related.get(place))
                    {
                        let items = items.into_iter().filter_map(text).collect();
                        record.related.insert(related, items);
                    }
                }
                value => {
                    if let Some(&(attribute, _)) = entity.attributes.get(place)
                        && let Some(value) = text(value)
                    {
                        record.attributes.insert(attribute, value);
                    }
                }
            }
        }
        Ok(Some(record))
    }

    /// The row's columns; `None` where there is no such row.
    pub fn row(&self, RowAsked(index): RowAsked) -> Result<Option<Vec<Option<String>>>, DbErr> {
        self.parsed(index)
    }

    /// Those ids that are known.
    pub fn known(&self, KnownAsked(index): KnownAsked) -> Result<BTreeSet<String>, DbErr> {
        Ok(self.parsed(index)?.unwrap_or_default())
    }

    /// Whether the id is claimed now and wasn't before, and whether a record has it.
    pub fn claim(&self, asked: ClaimAsked) -> Result<(bool, bool), DbErr> {
        let counted = |index| Ok::<_, DbErr>(self.parsed::<u64>(index)?.unwrap_or_default() > 0);
        Ok((counted(asked.claimed)?, counted(asked.taken)?))
    }

    fn parsed<T: serde::de::DeserializeOwned>(&self, index: usize) -> Result<Option<T>, DbErr> {
        let Some(text) = self.0.get(index).and_then(Option::as_deref) else { return Ok(None) };
        serde_json::from_str(text).map(Some).map_err(|error| DbErr::Json(error.to_string()))
    }
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}
