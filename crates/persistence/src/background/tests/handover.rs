//! What an appointment leaves behind that ends by its date.

use maip_domain::time::Clock as _;

use super::super::periodic::Job;
use super::*;
use crate::tests::database::rows;
use crate::tests::on_both;
use crate::tests::town::{Town, account};

async fn in_review(town: &Town, number: u8, reviewer: &str) {
    let (lesson, version) = (format!("lesson_{number}"), format!("version_{number}"));
    town.run(&format!(
        "INSERT INTO lessons (id, revision, created_at, updated_at, created_by, author_id, platform_id, country_id, \
         country_code, region, visibility, status, attribution, current_version_id, latest_version_id, language, \
         title_sort_key, sort_at) VALUES ('{lesson}', 1, 1, 1, '{reviewer}', '{reviewer}', '{}', 'country_m', 'MWI', 'AFRICA', \
         'PUBLIC', 'IN_REVIEW', 'NAME', '{version}', '{version}', 'en', 't', 1); \
         INSERT INTO lesson_versions (id, lesson_id, number, revision, created_at, updated_at, created_by, state, language, \
         origin, title, abstract, context, problem, what_was_done, result, enabling_conditions, hindering_conditions, \
         who_gained, who_lost, submitted_at, reviewer_id) VALUES ('{version}', '{lesson}', 1, 1, 1, 1, '{reviewer}', \
         'IN_REVIEW', 'en', 'ORIGINAL', 't', '', '', '', '', '', '[]', '[]', '', '', 1, '{reviewer}')",
        town.platform
    ))
    .await;
}

on_both! {
    async fn what_someone_reviewed_is_handed_over_once_their_office_has_ended(database: &Database) {
        let town = Town::new(database).await;
        let clock = Arc::new(Hand::new());
        let node = node(database, &clock, Vec::new());
        let (gone, stays) = (town.officer("gone", "TECHNICAL_OFFICER").await, town.officer("stays", "TECHNICAL_OFFICER").await);
        let (gone, stays) = (account(&gone), account(&stays));
        in_review(&town, 1, gone.as_str()).await;
        in_review(&town, 2, stays.as_str()).await;
        let end = clock.now().plus_seconds(3600).micros();
        town.run(&format!("UPDATE appointments SET ends_at = {end} WHERE account_id = '{gone}'")).await;
        // An office that ended doesn't matter to who has another.
        town.run(&format!(
            "INSERT INTO appointments (id, revision, created_at, updated_at, account_id, kind, country_id, country_code, \
             starts_at, ends_at, sort_at) VALUES ('appointment_1', 1, 1, 1, '{stays}', 'NATIONAL_FOCAL_POINT', 'country_m', \
             'MWI', 1, 2, 1)"
        ))
        .await;
        let states = "SELECT id || ' ' || state || ' ' || CASE WHEN reviewer_id IS NULL THEN '-' ELSE 'taken' END FROM lesson_versions";
        assert_eq!(node.work_if_due(Job::HandOver).await.unwrap(), 0);
        clock.advance(3600);
        assert_eq!(node.work_if_due(Job::HandOver).await.unwrap(), 1);
        assert_eq!(rows(database, states).await, ["version_1 SUBMITTED -", "version_2 IN_REVIEW taken"]);
        let noted = "SELECT action || ' ' || subject_id || ' ' || COALESCE(actor_account_id, 'nobody') || ' ' || request_id \
                     FROM audit_entries";
        assert_eq!(rows(database, noted).await, ["lesson.review_released lesson_1 nobody background"]);
        assert_eq!(rows(database, "SELECT kind || ' ' || subject_id FROM outbox").await, ["lesson.review_released lesson_1"]);
        clock.advance(60);
        assert_eq!(node.work_if_due(Job::HandOver).await.unwrap(), 0);
    }
}
