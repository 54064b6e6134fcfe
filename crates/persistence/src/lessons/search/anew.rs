//! The index of all lessons, made anew once another analyser made it.

use std::collections::HashMap;

use maip_domain::search::ANALYSER;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::index;
use crate::database::Database;
use crate::lessons::content::texts;
use crate::lessons::entity::{lesson_versions, lessons};
use crate::settings;

/// Which analyser made the index.
const MARK: &str = "search_analyser";

/// So many lessons are held at a time; their writers wait meanwhile.
const AT_ONCE: u64 = 100;

/// Whether the index is of this program's analyser. One of an earlier analyser finds less, and nothing wrong.
///
/// # Errors
/// Those of the database.
pub async fn is_current(database: &Database) -> Result<bool, DbErr> {
    Ok(settings::get(database, MARK).await?.is_some_and(|mark| mark == ANALYSER.to_string()))
}

/// Indexes all lessons anew, unless that was done by this program's analyser, and says how many those were. What is
/// interrupted begins anew; lessons are read and written meanwhile.
///
/// # Errors
/// Those of the database.
pub async fn index_all(database: &Database) -> Result<u64, DbErr> {
    if is_current(database).await? {
        return Ok(0);
    }
    let mut count = 0;
    let mut after = String::new();
    loop {
        let transaction = database.begin().await?;
        let held = lessons::Entity::find()
            .filter(lessons::Column::Id.gt(after.as_str()))
            .order_by_asc(lessons::Column::Id)
            .limit(AT_ONCE)
            .lock(LockType::NoKeyUpdate)
            .all(&transaction)
            .await?;
        let Some(last) = held.last() else {
            settings::put_in(&transaction, MARK, &ANALYSER.to_string()).await?;
            transaction.commit().await?;
            return Ok(count);
        };
        after.clone_from(&last.id);
        let shown = held.iter().map(|lesson| lesson.current_version_id.as_str());
        let versions = lesson_versions::Entity::find().filter(lesson_versions::Column::Id.is_in(shown));
        let versions: HashMap<String, lesson_versions::Model> = versions
            .all(&transaction)
            .await?
            .into_iter()
            .map(|version| (version.id.clone(), version))
            .collect();
        for lesson in &held {
            if let Some(version) = versions.get(&lesson.current_version_id) {
                index(&transaction, &lesson.id, &version.language, texts(version)).await?;
                count += 1;
            }
        }
        transaction.commit().await?;
    }
}
