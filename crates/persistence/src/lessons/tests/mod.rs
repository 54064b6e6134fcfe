//! What happens when several write a lesson at a time, and what follows from every write.

use maip_domain::error_code::ErrorCode;
use maip_domain::id::{LessonId, OrganisationId};
use maip_domain::lessons::{Attribution, Outcome};
use maip_domain::visibility::Visibility;

use super::content::Edit;
use super::draft::{self, NewLesson};
use super::edit::{self, LessonEdit};
use super::review::{self, Step};
use super::words::Words;
use crate::database::Database;
use crate::read::viewer::Viewer;
use crate::tests::database::rows;
use crate::tests::on_both;
use crate::tests::town::{Town, overlapping};
use crate::write::{Stale, Unit, WriteError, WriteResult, Written};

fn content() -> Edit {
    let text = || Some("Something.".to_owned());
    Edit {
        language: "ny".parse().ok(),
        words: Words {
            title: Some("Nthochi zouma".to_owned()),
            abstract_text: text(),
            context: text(),
            problem: text(),
            what_was_done: text(),
            result: text(),
            enabling_conditions: Some(vec!["Dry wind".to_owned()]),
            ..Words::default()
        },
        outcome: Some(Some(Outcome::Partly)),
        concepts: Some(["concept_01h455vb4pex5vsknk084sn02q".parse().unwrap()].into()),
        ..Edit::default()
    }
}

fn titled(title: &str) -> Words {
    Words { title: Some(title.to_owned()), ..Words::default() }
}

async fn commit(unit: Unit<'_>) {
    unit.commit(Written::default()).await.unwrap();
}

async fn drafted(town: &Town, author: &Viewer) -> LessonId {
    let unit = town.begin(author).await;
    let new = NewLesson {
        id: None,
        platform: town.platform.clone(),
        author: None,
        co_authors: Vec::new(),
        organisation: None,
        visibility: Visibility::Public,
        attribution: Attribution::Name,
        content: content(),
    };
    let written = draft::draft(&unit, new).await.unwrap();
    let id = written.record.clone().unwrap();
    unit.commit(written).await.unwrap();
    id.parse().unwrap()
}

fn at(lesson: &LessonId) -> Step {
    Step { lesson: lesson.clone(), expected_revision: None }
}

fn retitle(lesson: &LessonId, title: &str, expected_revision: i64) -> LessonEdit {
    LessonEdit {
        lesson: lesson.clone(),
        expected_revision,
        visibility: None,
        attribution: None,
        organisation: None,
        co_authors: None,
        content: Edit { words: titled(title), ..Edit::default() },
    }
}

async fn submitted(town: &Town, author: &Viewer, lesson: &LessonId) {
    let unit = town.begin(author).await;
    review::submit(&unit, &at(lesson)).await.unwrap();
    commit(unit).await;
}

async fn started(town: &Town, reviewer: &Viewer, lesson: &LessonId) {
    let unit = town.begin(reviewer).await;
    review::start(&unit, &at(lesson)).await.unwrap();
    commit(unit).await;
}

async fn publish<'a>(town: &'a Town, reviewer: &Viewer, lesson: &LessonId) -> WriteResult<Unit<'a>> {
    let unit = town.begin(reviewer).await;
    review::publish(&unit, &at(lesson), None).await?;
    Ok(unit)
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: WriteResult<T>) -> ErrorCode {
    match result {
        Err(WriteError::Refused(errors)) => errors[0].code,
        other => panic!("not refused: {other:?}"),
    }
}

#[track_caller]
fn stale<T: std::fmt::Debug>(result: WriteResult<T>) -> Stale {
    match result {
        Err(WriteError::Stale(stale)) => stale,
        other => panic!("not stale: {other:?}"),
    }
}

async fn states(database: &Database) -> Vec<String> {
    rows(database, "SELECT CAST(number AS text) || ' ' || state FROM lesson_versions").await
}

/// What lists filter and sort by, beside the version from which it has to come.
async fn derived(database: &Database) -> Vec<String> {
    let sql = "SELECT l.status || ' ' || CAST(v.number AS text) || ' ' || CAST(n.number AS text) || ' ' \
               || COALESCE(CAST(p.number AS text), '-') || ' ' || l.language || ' ' || COALESCE(l.outcome, '-') || ' ' \
               || l.title_sort_key || ' ' || CASE WHEN l.published_at IS NULL THEN 'new' ELSE 'out' END FROM lessons l \
               JOIN lesson_versions v ON v.id = l.current_version_id JOIN lesson_versions n ON n.id = l.latest_version_id \
               LEFT JOIN lesson_versions p ON p.id = l.published_version_id";
    rows(database, sql).await
}

on_both! {
    async fn of_two_who_publish_at_a_time_one_does(database: &Database) {
        let town = Town::new(database).await;
        let author = town.member("ada", "MEMBER").await;
        let focal = town.officer("focal", "NATIONAL_FOCAL_POINT").await;
        let officer = town.officer("officer", "TECHNICAL_OFFICER").await;
        let lesson = drafted(&town, &author).await;
        submitted(&town, &author, &lesson).await;
        started(&town, &focal, &lesson).await;
        let second = Box::pin(overlapping(
            database,
            publish(&town, &focal, &lesson),
            async |unit: WriteResult<Unit<'_>>| commit(unit.unwrap()).await,
            publish(&town, &officer, &lesson),
        ))
        .await;
        assert_eq!(refused(second.map(|_| ())), ErrorCode::WrongState);
        assert_eq!(states(database).await, ["1 PUBLISHED"]);
        let published = rows(database, "SELECT action FROM audit_entries WHERE action = 'lesson.published'").await;
        assert_eq!(published.len(), 1);
    }

    async fn of_two_edits_at_a_time_the_later_comes_back_with_both_sides(database: &Database) {
        let town = Town::new(database).await;
        let author = town.member("ada", "MEMBER").await;
        let lesson = drafted(&town, &author).await;
        let write = async |title: &'static str| {
            let unit = town.begin(&author).await;
            edit::update(&unit, retitle(&lesson, title, 1)).await?;
            WriteResult::Ok(unit)
        };
        let second = Box::pin(overlapping(
            database,
            write("First"),
            async |unit: WriteResult<Unit<'_>>| commit(unit.unwrap()).await,
            write("Second"),
        ))
        .await;
        let stale = stale(second.map(|_| ()));
        assert_eq!((stale.expected, stale.actual), (1, 2));
        assert_eq!(stale.base.unwrap()["title"], "Nthochi zouma");
        assert_eq!(rows(database, "SELECT title FROM lesson_versions").await, ["First"]);
    }

    async fn what_it_said_is_known_at_every_revision(database: &Database) {
        let town = Town::new(database).await;
        let author = town.member("ada", "MEMBER").await;
        let focal = town.officer("focal", "NATIONAL_FOCAL_POINT").await;
        let lesson = drafted(&town, &author).await;
        submitted(&town, &author, &lesson).await;
        started(&town, &focal, &lesson).await;
        let unit = town.begin(&focal).await;
        review::request_changes(&unit, &at(&lesson), "More, please".to_owned()).await.unwrap();
        commit(unit).await;
        let unit = town.begin(&author).await;
        edit::update(&unit, retitle(&lesson, "Newer", 4)).await.unwrap();
        commit(unit).await;
        for (expected, title) in [(1, "Nthochi zouma"), (2, "Nthochi zouma"), (4, "Nthochi zouma"), (5, "Newer")] {
            let unit = town.begin(&author).await;
            let result = edit::update(&unit, retitle(&lesson, "Newest", expected)).await;
            if expected == 5 {
                result.unwrap();
            } else {
                assert_eq!(stale(result.map(|_| ())).base.unwrap()["title"], title, "revision {expected}");
            }
        }
    }

    async fn what_lists_go_by_follows_from_the_versions(database: &Database) {
        let town = Town::new(database).await;
        let author = town.member("ada", "MEMBER").await;
        let focal = town.officer("focal", "NATIONAL_FOCAL_POINT").await;
        let lesson = drafted(&town, &author).await;
        assert_eq!(derived(database).await, ["DRAFT 1 1 - ny PARTLY nthochi zouma new"]);
        submitted(&town, &author, &lesson).await;
        assert_eq!(derived(database).await, ["SUBMITTED 1 1 - ny PARTLY nthochi zouma new"]);
        started(&town, &focal, &lesson).await;
        commit(publish(&town, &focal, &lesson).await.unwrap()).await;
        assert_eq!(derived(database).await, ["PUBLISHED 1 1 1 ny PARTLY nthochi zouma out"]);
        let unit = town.begin(&author).await;
        review::revise(&unit, &at(&lesson), None).await.unwrap();
        let edit = Edit {
            words: titled("Dried bananas"),
            language: "en".parse().ok(),
            outcome: Some(Some(Outcome::Failed)),
            ..Edit::default()
        };
        edit::update(&unit, LessonEdit { content: edit, ..retitle(&lesson, "", 5) }).await.unwrap();
        commit(unit).await;
        assert_eq!(derived(database).await, ["PUBLISHED 1 2 1 ny PARTLY nthochi zouma out"]);
        submitted(&town, &author, &lesson).await;
        started(&town, &focal, &lesson).await;
        commit(publish(&town, &focal, &lesson).await.unwrap()).await;
        assert_eq!(derived(database).await, ["PUBLISHED 2 2 2 en FAILED dried bananas out"]);
        assert_eq!(states(database).await, ["1 SUPERSEDED", "2 PUBLISHED"]);
        let unit = town.begin(&author).await;
        review::withdraw(&unit, &at(&lesson), None, false).await.unwrap();
        commit(unit).await;
        assert_eq!(derived(database).await, ["WITHDRAWN 2 2 - en FAILED dried bananas out"]);
    }

    async fn what_an_edit_says_for_an_organisation_is_recorded_on_its_behalf(database: &Database) {
        let town = Town::new(database).await;
        let author = town.member("ada", "FACILITATOR").await;
        let organisation = OrganisationId::generate(town.services.clock.as_ref(), town.services.entropy.as_ref());
        town.run(&format!(
            "INSERT INTO organisations (id, revision, created_at, updated_at, name, sort_key, kind) \
             VALUES ('{organisation}', 1, 1, 1, 'Growers', 'growers', 'PRODUCER'); \
             INSERT INTO memberships (id, revision, created_at, updated_at, platform_id, platform_country_code, \
             organisation_id, member_sort_key, role, actor_type, status, since) VALUES ('membership_1', 1, 1, 1, '{}', \
             'MWI', '{organisation}', 'growers', 'MEMBER', 'FARMER', 'ACTIVE', 1)",
            town.platform
        ))
        .await;
        let lesson = drafted(&town, &author).await;
        let unit = town.begin(&author).await;
        let speaks_for = LessonEdit { organisation: Some(Some(organisation)), ..retitle(&lesson, "Dried", 1) };
        edit::update(&unit, speaks_for).await.unwrap();
        commit(unit).await;
        let recorder = "SELECT r.display_name || ' ' || c.part FROM lessons l JOIN accounts r ON r.id = l.recorded_by \
                        JOIN lesson_contributors c ON c.lesson_id = l.id AND c.account_id = r.id";
        assert_eq!(rows(database, recorder).await, ["ada AUTHOR", "ada RECORDER"]);
    }
}
