//! The index as a whole, made anew once another analyser made it.

use maip_domain::search::ANALYSER;
use sea_orm::{ConnectionTrait as _, DbErr};

use super::labels;
use super::sources::{SOURCES, translations_anew};
use crate::database::Database;
use crate::settings;

/// Which analyser made the index.
const MARK: &str = "search_analyser";

/// Whether the index is of this program's analyser. One of an earlier analyser finds less, and nothing wrong.
///
/// # Errors
/// Those of the database.
pub async fn is_current(database: &Database) -> Result<bool, DbErr> {
    Ok(settings::get(database, MARK).await?.is_some_and(|mark| mark == ANALYSER.to_string()))
}

/// Indexes all records and the labels of all concepts anew, unless that was done by this program's analyser, and says
/// how many records those were. What is interrupted begins anew; records are read and written meanwhile.
///
/// # Errors
/// Those of the database.
pub async fn index_all(database: &Database) -> Result<u64, DbErr> {
    if is_current(database).await? {
        return Ok(0);
    }
    let transaction = database.begin().await?;
    transaction.execute_unprepared("DELETE FROM search_words").await?;
    transaction.commit().await?;
    labels::all_anew(database).await?;
    let mut count = 0;
    for source in SOURCES {
        let mut after = String::new();
        loop {
            let transaction = database.begin().await?;
            let Some((first, last)) = source.next(&transaction, &after).await? else {
                transaction.commit().await?;
                break;
            };
            count += source.index(&transaction, &first, &last).await?;
            transaction.commit().await?;
            after = last;
        }
    }
    let transaction = database.begin().await?;
    translations_anew(&transaction).await?;
    settings::put_in(&transaction, MARK, &ANALYSER.to_string()).await?;
    transaction.commit().await?;
    Ok(count)
}
