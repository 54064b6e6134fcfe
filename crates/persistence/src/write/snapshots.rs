//! What records said at earlier revisions, for edits that come late.

use super::batch::Change;
use super::error::{Stale, WriteError, WriteResult};
use super::unit::Unit;

/// So many revisions of a record are kept.
const SNAPSHOTS_KEPT: i64 = 50;

impl Unit<'_> {
    /// Compares the revision that the client expects with the record's.
    ///
    /// # Errors
    /// [`WriteError::Stale`], with the content at the expected revision where it is kept.
    pub async fn expect_revision(&self, record: &str, expected: i64, actual: i64) -> WriteResult<()> {
        if expected == actual {
            return Ok(());
        }
        let row = self
            .query_one(
                "SELECT content FROM record_snapshots WHERE record_id = $1 AND revision = $2",
                [record.into(), expected.into()],
            )
            .await?;
        let base = row
            .map(|row| row.try_get_by_index::<String>(0))
            .transpose()?
            .and_then(|content| serde_json::from_str(&content).ok());
        Err(WriteError::Stale(Stale { record: record.to_owned(), expected, actual, base }))
    }

    /// Keeps the content that a record has at a revision, for those who come back with an edit of it.
    /// Only what everyone who may edit the record may read; never a contact value.
    ///
    pub fn keep_snapshot(&self, record: &str, revision: i64, content: &serde_json::Value) {
        self.put(Change::row(
            "record_snapshots",
            (
                "INSERT INTO record_snapshots (record_id, revision, content, created_at) ",
                "($1, $2, $3, $4)",
                " ON CONFLICT DO NOTHING",
            ),
            [record.into(), revision.into(), content.to_string().into(), self.now().micros().into()],
        ));
        if revision > SNAPSHOTS_KEPT {
            self.put(Change::of(
                "record_snapshots",
                "DELETE FROM record_snapshots WHERE record_id = $1 AND revision <= $2",
                [record.into(), (revision - SNAPSHOTS_KEPT).into()],
            ));
        }
    }
}
