//! Where lessons were tried, and what came of it.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::lessons::content::Outcome as Worked;
use maip_domain::lessons::replication::{ReplicationConclusion, ReplicationStatus};
use maip_persistence::bulk::Rows;

use super::lessons::{every_version, version_id};
use super::{Loading, broken, code, optional_code, text};
use crate::demo::ids::id;
use crate::demo::records::{Lesson, Replication, Version};
use crate::exit::Outcome;

/// Loads the replications.
pub async fn load(loading: &Loading<'_>) -> Outcome {
    let mut replications = Rows::new(
        "replications",
        &[
            "id",
            "revision",
            "created_at",
            "updated_at",
            "created_by",
            "lesson_id",
            "version_id",
            "platform_id",
            "country_id",
            "country_code",
            "region",
            "status",
            "outcome",
            "note",
            "concluded_at",
            "trial_at",
            "conclusion",
            "verified_at",
            "verified_by",
        ],
    );
    let mut people = Rows::new("replication_people", &["replication_id", "account_id"]);
    let mut conditions = Rows::new("replication_conditions", &["replication_id", "position", "held", "text"]);
    for replication in &loading.records.replications {
        let id = id("replication", &replication.key);
        let (lesson, version) = replicated(loading, replication)?;
        let platform = loading.records.platforms.iter().find(|one| one.key == replication.platform);
        let platform = platform.ok_or_else(|| broken(format!("no platform {}", replication.platform)))?;
        let country = loading.country(&platform.country)?;
        // Begun halfway between the publication and now, concluded in the middle of what is left.
        let begun = version.published_days_ago.unwrap_or_default() / 2;
        let concluded = replication.outcome.as_ref().map(|_| loading.days_ago(begun / 2));
        let verified = replication.verified_by.as_ref().map(|_| loading.days_ago(begun / 4));
        let said = concluded.is_some() || replication.status == ReplicationStatus::Trial.code();
        let row = [
            id.as_str().into(),
            1_i64.into(),
            loading.days_ago(begun).into(),
            verified.or(concluded).unwrap_or_else(|| loading.days_ago(begun)).into(),
            self::id("account", &replication.by).into(),
            self::id("lesson", &lesson.key).into(),
            version_id(lesson, version).into(),
            self::id("platform", &replication.platform).into(),
            country.id.as_str().into(),
            platform.country.as_str().into(),
            country.region.clone().into(),
            code::<ReplicationStatus>(&replication.status)?.into(),
            optional_code::<Worked>(replication.outcome.as_deref())?.into(),
            text(replication.note.as_deref()),
            concluded.into(),
            said.then(|| loading.days_ago(begun * 3 / 4)).into(),
            optional_code::<ReplicationConclusion>(replication.concluded_as.as_deref())?.into(),
            verified.into(),
            replication.verified_by.as_ref().map(|by| self::id("account", by)).into(),
        ];
        replications.push(loading.transaction, row).await?;
        if said {
            let row = [id.as_str().into(), self::id("account", &replication.by).into()];
            people.push(loading.transaction, row).await?;
        }
        let held = replication.conditions_held.iter().map(|condition| (true, condition));
        let missing = replication.conditions_missing.iter().map(|condition| (false, condition));
        for (position, (held, condition)) in (0_i64..).zip(held.chain(missing)) {
            let row = [id.as_str().into(), position.into(), held.into(), condition.as_str().into()];
            conditions.push(loading.transaction, row).await?;
        }
    }
    replications.finish(loading.transaction).await?;
    people.finish(loading.transaction).await?;
    Ok(conditions.finish(loading.transaction).await?)
}

pub fn replicated<'a>(
    loading: &Loading<'a>,
    replication: &Replication,
) -> Outcome<(&'a Lesson, &'a Version)> {
    every_version(loading)
        .find(|(lesson, version)| lesson.key == replication.lesson && version.number == replication.version)
        .ok_or_else(|| broken(format!("{} is of no version", replication.key)))
}
