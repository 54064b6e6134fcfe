//! What happens when two decide about the same platform at a time, and where a platform can go.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::error_code::ErrorCode;
use maip_domain::membership::MembershipRole;
use maip_domain::membership::stage::{PlatformCycle, PlatformStage};

use super::read::PLATFORM;
use super::{appointments, members};
use crate::database::Database;
use crate::read::declare::Source;
use crate::read::viewer::Viewer;
use crate::tests::database::rows;
use crate::tests::on_both;
use crate::tests::town::{Town, account, overlapping};
use crate::write::{Unit, WriteError, WriteResult, Written};

#[track_caller]
fn refused<T: std::fmt::Debug>(result: WriteResult<T>) -> ErrorCode {
    match result {
        Err(WriteError::Refused(errors)) => errors[0].code,
        other => panic!("not refused: {other:?}"),
    }
}

async fn commit(unit: Unit<'_>) {
    unit.commit(Written::default()).await.unwrap();
}

async fn leave<'a>(town: &'a Town, who: &Viewer) -> WriteResult<Unit<'a>> {
    let unit = town.begin(who).await;
    members::leave(&unit, &town.platform, None, None).await?;
    Ok(unit)
}

async fn statuses(database: &Database) -> Vec<String> {
    rows(database, "SELECT member_sort_key || ' ' || role || ' ' || status FROM memberships").await
}

on_both! {
    async fn where_a_platform_can_go_is_the_same_in_sql_and_in_rust(database: &Database) {
        let Source::List(template) = PLATFORM.field("nextStages").unwrap().source else { panic!("a list") };
        let stages = || PlatformStage::MEMBERS.iter().map(|member| member.value);
        let awake = stages().filter(|stage| *stage != PlatformStage::Dormant).map(|stage| (stage, None));
        let asleep = stages()
            .filter(|left| !matches!(left, PlatformStage::Dormant | PlatformStage::Closed))
            .map(|left| (PlatformStage::Dormant, Some(left)));
        for (stage, before_dormant) in awake.chain(asleep) {
            let left = before_dormant.map_or("NULL".to_owned(), |left| format!("'{}'", left.code()));
            let sql = template
                .replace("{t}.stage_before_dormant", &left)
                .replace("{t}.stage", &format!("'{}'", stage.code()));
            let open = PlatformCycle { stage, before_dormant }.open();
            let mut expected: Vec<&str> = open.iter().map(|stage| stage.code()).collect();
            expected.sort_unstable();
            assert_eq!(rows(database, &sql).await, expected, "{stage:?} {before_dormant:?}");
        }
    }

    async fn of_two_facilitators_who_leave_at_a_time_one_stays(database: &Database) {
        let town = Town::new(database).await;
        let ada = town.member("ada", "FACILITATOR").await;
        let ben = town.member("ben", "FACILITATOR").await;
        let second = Box::pin(overlapping(
            database,
            leave(&town, &ada),
            async |unit: WriteResult<Unit<'_>>| commit(unit.unwrap()).await,
            leave(&town, &ben),
        ))
        .await;
        assert_eq!(refused(second.map(|_| ())), ErrorCode::LastFacilitator);
        assert_eq!(statuses(database).await, ["ada FACILITATOR LEFT", "ben FACILITATOR ACTIVE"]);
    }

    async fn of_two_who_demote_each_of_two_facilitators_one_is_refused(database: &Database) {
        let town = Town::new(database).await;
        let focal = town.officer("focal", "NATIONAL_FOCAL_POINT").await;
        let mut ids = Vec::new();
        for name in ["ada", "ben"] {
            let person = town.member(name, "FACILITATOR").await;
            let sql = format!("SELECT id FROM memberships WHERE account_id = '{}'", account(&person));
            ids.push(rows(database, &sql).await[0].parse().unwrap());
        }
        let demote = async |id| {
            let unit = town.begin(&focal).await;
            members::change_role(&unit, id, MembershipRole::Member, None).await?;
            WriteResult::Ok(unit)
        };
        let second = Box::pin(overlapping(
            database,
            demote(&ids[0]),
            async |unit: WriteResult<Unit<'_>>| commit(unit.unwrap()).await,
            demote(&ids[1]),
        ))
        .await;
        assert_eq!(refused(second.map(|_| ())), ErrorCode::LastFacilitator);
        assert_eq!(statuses(database).await, ["ada MEMBER ACTIVE", "ben FACILITATOR ACTIVE"]);
    }

    async fn a_suspension_leaves_a_platform_without_a_facilitator(database: &Database) {
        let town = Town::new(database).await;
        let focal = town.officer("focal", "NATIONAL_FOCAL_POINT").await;
        town.member("ada", "FACILITATOR").await;
        let id = rows(database, "SELECT id FROM memberships").await[0].parse().unwrap();
        let unit = town.begin(&focal).await;
        members::suspend(&unit, &id, None).await.unwrap();
        commit(unit).await;
        assert_eq!(statuses(database).await, ["ada FACILITATOR SUSPENDED"]);
        let kinds = rows(database, "SELECT kind FROM outbox").await;
        let actions = rows(database, "SELECT action FROM audit_entries").await;
        assert_eq!((kinds.as_slice(), actions.as_slice()), (&["membership.suspended".to_owned()][..], &["membership.suspended".to_owned()][..]));
    }

    async fn ending_an_appointment_does_not_prolong_it(database: &Database) {
        let town = Town::new(database).await;
        let secretary = town.officer("secretary", "EXECUTIVE_SECRETARY").await;
        let officer = town.officer("officer", "TECHNICAL_OFFICER").await;
        let sql = format!("SELECT id FROM appointments WHERE account_id = '{}'", account(&officer));
        let id = rows(database, &sql).await[0].parse().unwrap();
        let unit = town.begin(&secretary).await;
        let in_days = |days| Some(unit.now().plus_days(days));
        appointments::end(&unit, &id, in_days(10), None).await.unwrap();
        assert_eq!(refused(appointments::end(&unit, &id, in_days(11), None).await), ErrorCode::Invalid);
        appointments::end(&unit, &id, in_days(9), None).await.unwrap();
        commit(unit).await;
    }
}
