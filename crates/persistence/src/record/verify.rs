//! Walks the audit chain and says whether anything in it was changed.

use std::fmt;

use maip_domain::time::Timestamp;
use sea_orm::{
    AccessMode, ConnectionTrait as _, DatabaseTransaction, DbErr, FromQueryResult as _, IsolationLevel,
    Statement, TransactionTrait as _,
};

use super::chain::{self, Entry, Head};
use crate::database::Database;
use crate::read::Dialect;

/// How many rows are read at a time.
const PAGE: i64 = 1_000;

/// How many breaks are named; all are counted.
const NAMED: usize = 20;

/// Where the chain doesn't hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Break {
    /// No row has these positions.
    Missing {
        /// The first of them.
        from: i64,
        /// The last of them.
        to: i64,
    },
    /// A row's content doesn't give its digest: the row was changed, or its predecessor's digest.
    Changed {
        /// Its position.
        position: i64,
        /// Its id.
        id: String,
    },
    /// The last row sealed isn't the one that the sequencer noted.
    Head {
        /// The position that the sequencer noted.
        noted: i64,
        /// The position of the last row.
        found: i64,
    },
    /// A row without a position has a digest.
    Loose {
        /// Its id.
        id: String,
    },
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { from, to } if from == to => write!(f, "position {from}: no entry has it"),
            Self::Missing { from, to } => write!(f, "positions {from} to {to}: no entries have them"),
            Self::Changed { position, id } => write!(
                f,
                "position {position}, entry {id}: its content doesn't give its digest; it was changed, or the digest before it"
            ),
            Self::Head { noted, found } => write!(
                f,
                "the last entry sealed is at position {found}, the sequencer noted position {noted} and its digest"
            ),
            Self::Loose { id } => write!(f, "entry {id}: it has a digest and no position"),
        }
    }
}

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many entries are sealed.
    pub sealed: u64,
    /// The last of them: its position and digest. Whoever keeps these elsewhere can tell later
    /// whether the whole chain was written anew.
    pub head: Option<(i64, String)>,
    /// The first breaks, in the order of the chain.
    pub breaks: Vec<Break>,
    /// How many breaks there are.
    pub break_count: u64,
    /// How many entries aren't sealed yet.
    pub unsealed: u64,
    /// When the oldest of those was written.
    pub unsealed_since: Option<Timestamp>,
}

impl Outcome {
    /// Whether every sealed entry is as it was sealed.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.break_count == 0
    }

    fn broken(&mut self, at: Break) {
        self.break_count += 1;
        if self.breaks.len() < NAMED {
            self.breaks.push(at);
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_intact() {
            write!(f, "the audit chain is intact: {} entries are sealed", self.sealed)?;
        } else {
            writeln!(f, "the audit chain is BROKEN; breaks found: {}", self.break_count)?;
            for at in &self.breaks {
                writeln!(f, "  {at}")?;
            }
            if self.break_count > self.breaks.len() as u64 {
                writeln!(f, "  …")?;
            }
            write!(f, "{} entries are sealed", self.sealed)?;
        }
        if let Some((position, digest)) = &self.head {
            write!(f, ", the last at position {position} with digest {digest}")?;
        }
        match self.unsealed_since {
            None => write!(f, "; none waits for a seal"),
            Some(since) => write!(f, "; waiting for a seal: {}, the oldest since {since}", self.unsealed),
        }
    }
}

/// Walks the whole chain as it is at one instant; writes go on meanwhile.
///
/// # Errors
/// Those of the database.
pub async fn verify(database: &Database) -> Result<Outcome, DbErr> {
    let snapshot = match database.dialect() {
        Dialect::Postgres => {
            database
                .writer()
                .begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly))
                .await?
        }
        Dialect::Sqlite => database.reader().begin().await?,
    };
    let outcome = walk(&snapshot).await;
    snapshot.rollback().await?;
    outcome
}

async fn walk(snapshot: &DatabaseTransaction) -> Result<Outcome, DbErr> {
    let backend = snapshot.get_database_backend();
    let noted = Statement::from_sql_and_values(backend, chain::READ_HEAD, [chain::AUDIT.into()]);
    let noted = Head::find_by_statement(noted).one(snapshot).await?.unwrap_or_default();

    let mut outcome = Outcome::default();
    let mut before = Head::default();
    // After a gap the predecessor's digest isn't known, so the next row can't be judged.
    let mut known = true;
    let sql = format!(
        "SELECT {} FROM audit_entries WHERE position > $1 ORDER BY position LIMIT {PAGE}",
        chain::COLUMNS
    );
    let mut after = i64::MIN;
    loop {
        let page = Statement::from_sql_and_values(backend, &sql, [after.into()]);
        let rows = Entry::find_by_statement(page).all(snapshot).await?;
        let Some(last) = rows.last().and_then(|row| row.position) else { break };
        after = last;
        for row in rows {
            let position = row.position.unwrap_or_default();
            if position > before.position + 1 {
                outcome.broken(Break::Missing { from: before.position + 1, to: position - 1 });
                known = false;
            }
            let sealed = row.sealed_at(position, before.digest.as_deref());
            if position < 1 || (known && row.digest.as_deref() != Some(&sealed)) {
                outcome.broken(Break::Changed { position, id: row.id });
            }
            known = true;
            before = Head { position: position.max(0), digest: row.digest };
            outcome.sealed += 1;
        }
    }
    if before.position != noted.position || before.digest != noted.digest {
        outcome.broken(Break::Head { noted: noted.position, found: before.position });
    }
    outcome.head = before.digest.map(|digest| (before.position, digest));
    tail(snapshot, &mut outcome).await?;
    Ok(outcome)
}

/// What isn't sealed yet.
async fn tail(snapshot: &DatabaseTransaction, outcome: &mut Outcome) -> Result<(), DbErr> {
    let backend = snapshot.get_database_backend();
    let counted = Statement::from_string(
        backend,
        "SELECT COUNT(*), MIN(created_at) FROM audit_entries WHERE position IS NULL",
    );
    if let Some(row) = snapshot.query_one_raw(counted).await? {
        outcome.unsealed = u64::try_from(row.try_get_by_index::<i64>(0)?).unwrap_or(0);
        outcome.unsealed_since = row.try_get_by_index::<Option<i64>>(1)?.map(Timestamp::from_micros);
    }
    let loose = Statement::from_string(
        backend,
        "SELECT id FROM audit_entries WHERE position IS NULL AND digest IS NOT NULL ORDER BY written, line",
    );
    for row in snapshot.query_all_raw(loose).await? {
        outcome.broken(Break::Loose { id: row.try_get_by_index(0)? });
    }
    Ok(())
}
