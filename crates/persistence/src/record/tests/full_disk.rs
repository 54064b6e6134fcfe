//! A full disk: reads go on, writes fail, and nothing that was acknowledged is lost.

use std::sync::Arc;

use sea_orm::{ConnectionTrait as _, DbErr};

use super::super::append::append;
use super::super::verify::verify;
use super::*;
use crate::tests::database::{on_sqlite, rows};

async fn try_write(database: &Database, subject: &str) -> Result<(), DbErr> {
    let transaction = database.begin().await?;
    let audit = AuditDraft {
        id: format!("audit_{subject}"),
        action: "lesson.updated",
        actor_account: None,
        actor_organisation: None,
        actor_token: None,
        on_behalf_of: None,
        subject_type: "Lesson",
        subject,
        country: None,
        fields: &["title"],
        values_digest: None,
        request_id: &"request ".repeat(100),
    };
    append(&transaction, Hand::new().now(), &audit, None).await?;
    transaction.commit().await
}

/// Pages that the database has.
async fn pages(database: &Database) -> u64 {
    rows(database, "SELECT CAST(page_count AS text) FROM pragma_page_count").await[0].parse().unwrap()
}

/// The database may have so many pages, as far as the connection goes that writes now: one that failed is replaced.
async fn limit_pages(database: &Database, limit: u64) {
    database.writer().execute_unprepared(&format!("PRAGMA max_page_count = {limit}")).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_stops_writes_and_loses_nothing() {
    on_sqlite(async |database: &Database| {
        let sequencer = sequencer(database, &Arc::new(Hand::new()), 1);
        let mut acknowledged = 0;
        for round in 0..3 {
            let limit = pages(database).await + 8;
            limit_pages(database, limit).await;
            let mut number = 0;
            let full = loop {
                match try_write(database, &format!("{round}:{number}")).await {
                    Ok(()) => acknowledged += 1,
                    Err(error) => break error,
                }
                number += 1;
                assert!(number < 10_000, "the disk is never full");
            };
            assert!(full.to_string().contains("full"), "{full}");
            assert!(number > 0);
            // Still, and not only for the first that came.
            limit_pages(database, limit).await;
            assert!(try_write(database, "more").await.unwrap_err().to_string().contains("full"));
            limit_pages(database, limit).await;
            let sealing = sequencer.step().await;
            let kept = rows(database, "SELECT id FROM audit_entries").await.len();
            assert_eq!(kept, acknowledged, "after {sealing:?}");
            assert!(verify(database).await.unwrap().is_intact());

            limit_pages(database, 1_000_000_000).await;
            while sequencer.step().await.unwrap() != Step::Idle {}
            try_write(database, &format!("{round}:again")).await.unwrap();
            acknowledged += 1;
            while sequencer.step().await.unwrap() != Step::Idle {}
            let outcome = verify(database).await.unwrap();
            assert!(outcome.is_intact(), "{outcome}");
            assert_eq!(outcome.sealed, acknowledged as u64);
        }
    })
    .await;
}

#[tokio::test]
async fn a_limit_on_the_size_is_a_full_disk() {
    on_sqlite(async |database: &Database| {
        let file =
            rows(database, "SELECT file FROM pragma_database_list WHERE name = 'main'").await.remove(0);
        let bytes = std::fs::metadata(&file).unwrap().len();
        let limited =
            Database::connect_within(&format!("sqlite://{file}"), 1, Some(bytes.max(1 << 20) + (64 << 10)))
                .await
                .unwrap();
        let mut number = 0;
        while try_write(&limited, &number.to_string()).await.is_ok() {
            number += 1;
        }
        assert!(number > 0);
        assert_eq!(rows(&limited, "SELECT id FROM audit_entries").await.len(), number);
        limited.close().await.unwrap();
    })
    .await;
}
