//! The demonstration's files: taken in like everybody's, so that what is served of them is what would
//! be served of any.

use std::sync::Arc;

use maip_persistence::database::Database;
use maip_persistence::files::{self, Checked, FILE, INCOMING, THUMBNAIL};
use maip_persistence::services::Services;
use maip_persistence::stopwatch::Stopwatch;
use serde::Deserialize;

use crate::config::Config;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::say;

/// A file of one version of a lesson, as in `crates/server/demo/attachments.json`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Attachment {
    pub key: String,
    pub lesson: String,
    pub version: i64,
    /// Its name in `crates/server/demo/files`.
    pub file: String,
    pub caption: String,
    pub alternative_text: String,
    pub people_shown: String,
    pub transcript: Option<String>,
    pub transcript_language: Option<String>,
}

/// A file that is in the store.
#[derive(Debug)]
pub struct Kept {
    pub record: Attachment,
    /// Where it is.
    pub file_key: String,
    pub checked: Checked,
}

const CONTENTS: &[(&str, &[u8])] = &[
    ("fig-racks.jpg", include_bytes!("../../demo/files/fig-racks.jpg")),
    ("claies-plan.pdf", include_bytes!("../../demo/files/claies-plan.pdf")),
    ("jackfruit-chips.jpg", include_bytes!("../../demo/files/jackfruit-chips.jpg")),
    ("cocoa-boxes.jpg", include_bytes!("../../demo/files/cocoa-boxes.jpg")),
    ("dryer-group.jpg", include_bytes!("../../demo/files/dryer-group.jpg")),
    ("tunta.opus", include_bytes!("../../demo/files/tunta.opus")),
];

/// What is said of each file.
pub fn records() -> Result<Vec<Attachment>, String> {
    serde_json::from_str(include_str!("../../demo/attachments.json"))
        .map_err(|error| format!("attachments.json: {error}"))
}

fn content(name: &str) -> Option<&'static [u8]> {
    CONTENTS.iter().find(|(known, _)| *known == name).map(|(_, content)| *content)
}

/// Puts the files into the store. Before the records' transaction, as everywhere.
pub async fn keep(services: &Services) -> Outcome<Vec<Kept>> {
    let mut kept = Vec::new();
    for record in records().map_err(broken)? {
        let content = content(&record.file).ok_or_else(|| broken(&record.file))?;
        let mut spooling = services.files.spool.begin().await.map_err(broken)?;
        spooling.write(content).await.map_err(broken)?;
        let spooled = Arc::new(spooling.finish().await.map_err(broken)?);
        let (file_key, checked) =
            files::take_in(services, &spooled, None, &Stopwatch::default()).await.map_err(|error| {
                Failure::new(Exit::Output, format!("{} can't be stored: {error}", record.file))
            })?;
        kept.push(Kept { record, file_key, checked });
    }
    Ok(kept)
}

/// Removes the files of a demonstration that is to go: those that its database names, since the store
/// may have others.
pub async fn remove(config: &Config, database: &Database) -> Outcome {
    let Ok(keys) = files::stored_keys(database).await else {
        say(format_args!("The files of a demonstration of another version stay where they are"));
        return Ok(());
    };
    let store = config.files.store.open()?;
    for key in keys {
        for part in [FILE, THUMBNAIL, INCOMING] {
            store.delete(&key, part).await.map_err(|error| {
                Failure::new(Exit::Output, format!("the demonstration's files can't be removed: {error}"))
            })?;
        }
    }
    Ok(())
}

fn broken(problem: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Internal, format!("the demonstration's files are broken: {problem}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use maip_domain::closed_set::ClosedSet as _;
    use maip_domain::lessons::{AttachmentKind, MediaType, PeopleShown};

    use super::*;

    #[test]
    fn there_is_a_file_of_each_kind_and_each_is_described() {
        let records = records().unwrap();
        let kinds: BTreeSet<&str> = records
            .iter()
            .map(|record| MediaType::sniff(content(&record.file).unwrap()).unwrap().kind().code())
            .collect();
        assert_eq!(kinds.len(), AttachmentKind::MEMBERS.len());
        let lessons: BTreeSet<&str> = records.iter().map(|record| record.lesson.as_str()).collect();
        assert!(lessons.len() >= 4, "{lessons:?}");
        for record in &records {
            let sound = std::path::Path::new(&record.file).extension().is_some_and(|kind| kind == "opus");
            assert_eq!(
                record.transcript.is_some() && record.transcript_language.is_some(),
                sound,
                "{record:?}"
            );
            assert_eq!(record.alternative_text.is_empty(), sound, "{record:?}");
            assert!(matches!(
                PeopleShown::from_code(&record.people_shown),
                Some(PeopleShown::Nobody | PeopleShown::Consented)
            ));
        }
        assert!(records.iter().any(|record| record.people_shown == PeopleShown::Consented.code()));
    }
}
