//! Documents that an operator has approved: texts by the names that clients send instead.

use maip_domain::time::Timestamp;
use sea_orm::{ConnectionTrait, DbErr};

use crate::database::{Database, statement};

/// A document to be approved; its text has been validated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDocument {
    /// What clients call it.
    pub id: String,
    /// SHA-256 of the text, hexadecimal.
    pub digest: String,
    /// The operations in it.
    pub name: String,
    /// The text.
    pub body: String,
}

/// A document as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What clients call it.
    pub id: String,
    /// The operations in it.
    pub name: String,
    /// The bytes of its text.
    pub bytes: usize,
    /// When it was approved.
    pub created: Timestamp,
}

/// What an import came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Documents that are new.
    pub added: usize,
    /// Documents that were there already, with the same text.
    pub known: usize,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// These ids name other texts already. A client that was built earlier relies on what they name.
    #[error("an id names another document already: {}", .0.join(", "))]
    Taken(Vec<String>),
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[from] DbErr),
}

/// The text of the document with this id or this digest.
///
/// # Errors
/// Those of the database.
pub async fn find(database: &Database, name: &str) -> Result<Option<String>, DbErr> {
    // The same text may have several ids, and an id can't be the digest of another text.
    let text = "SELECT body FROM trusted_documents WHERE id = $1 OR digest = $1 LIMIT 1";
    let row = database.reader().query_one_raw(statement(database.reader(), text, [name.into()])).await?;
    row.map(|row| row.try_get_by_index(0)).transpose()
}

/// Approves documents: all of them, or none where an id names another text.
///
/// # Errors
/// [`ImportError`]
pub async fn import(
    database: &Database,
    documents: &[NewDocument],
    now: Timestamp,
) -> Result<Imported, ImportError> {
    let transaction = database.begin().await?;
    let mut imported = Imported::default();
    let mut taken = Vec::new();
    for NewDocument { id, digest, name, body } in documents {
        let values = [
            id.as_str().into(),
            digest.as_str().into(),
            name.as_str().into(),
            body.as_str().into(),
            now.micros().into(),
        ];
        let text = "INSERT INTO trusted_documents (id, digest, name, body, created_at) \
                    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING";
        let added = transaction.execute_raw(statement(&transaction, text, values)).await?.rows_affected();
        if added == 1 {
            imported.added += 1;
            continue;
        }
        let text = "SELECT 1 FROM trusted_documents WHERE id = $1 AND digest = $2";
        let same = statement(&transaction, text, [id.as_str().into(), digest.as_str().into()]);
        if transaction.query_one_raw(same).await?.is_some() {
            imported.known += 1;
        } else {
            taken.push(id.clone());
        }
    }
    if !taken.is_empty() {
        transaction.rollback().await?;
        return Err(ImportError::Taken(taken));
    }
    transaction.commit().await?;
    Ok(imported)
}

/// All documents, by name.
///
/// # Errors
/// Those of the database.
pub async fn list(database: &Database) -> Result<Vec<Listed>, DbErr> {
    let text = "SELECT id, name, body, created_at FROM trusted_documents ORDER BY name, id";
    let rows = database.reader().query_all_raw(statement(database.reader(), text, [])).await?;
    rows.iter()
        .map(|row| {
            Ok(Listed {
                id: row.try_get_by_index(0)?,
                name: row.try_get_by_index(1)?,
                bytes: row.try_get_by_index::<String>(2)?.len(),
                created: Timestamp::from_micros(row.try_get_by_index(3)?),
            })
        })
        .collect()
}

/// Takes the approval of a document back, and says whether there was one.
///
/// # Errors
/// Those of the database.
pub async fn remove(database: &Database, id: &str) -> Result<bool, DbErr> {
    let text = "DELETE FROM trusted_documents WHERE id = $1";
    let done = database.writer().execute_raw(statement(database.writer(), text, [id.into()])).await?;
    Ok(done.rows_affected() > 0)
}
