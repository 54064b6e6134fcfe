//! Organisations: what they said at each revision, and who manages them.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::OrganisationId;
use maip_domain::identity::OrganisationKind;
use maip_domain::identity::organisation::MANAGERS_ASKED;

use super::super::managers;
use super::super::organisations::{self, NewOrganisation, OrganisationEdit};
use crate::database::Database;
use crate::read::viewer::Viewer;
use crate::tests::on_both;
use crate::tests::town::{Town, account};
use crate::write::{Unit, WriteError, WriteResult, Written};

async fn commit(unit: Unit<'_>) {
    unit.commit(Written::default()).await.unwrap();
}

async fn created(town: &Town, who: &Viewer) -> OrganisationId {
    let unit = town.begin(who).await;
    let new = NewOrganisation {
        name: "Growers".to_owned(),
        kind: OrganisationKind::MEMBERS[0].value,
        country: "MWI".parse().ok(),
        website: None,
    };
    let id = organisations::create(&unit, None, new).await.unwrap();
    commit(unit).await;
    id.parse().unwrap()
}

async fn answer(town: &Town, who: &Viewer, id: &OrganisationId, accepts: bool) -> WriteResult<()> {
    let unit = town.begin(who).await;
    managers::answer(&unit, id, accepts).await?;
    commit(unit).await;
    Ok(())
}

#[track_caller]
fn refused(result: WriteResult<()>) -> ErrorCode {
    match result {
        Err(WriteError::Refused(errors)) => errors[0].code,
        other => panic!("not refused: {other:?}"),
    }
}

on_both! {
    async fn what_an_organisation_said_is_known_at_every_revision(database: &Database) {
        let town = Town::new(database).await;
        let ada = town.member("ada", "MEMBER").await;
        let secretary = town.officer("secretary", "EXECUTIVE_SECRETARY").await;
        let id = created(&town, &ada).await;
        let unit = town.begin(&secretary).await;
        managers::add(&unit, &id, &account(&secretary), Some(1)).await.unwrap();
        organisations::verify(&unit, &id, Some(2)).await.unwrap();
        organisations::clear(&unit, &id, &maip_domain::identity::Scope::MEMBERS.iter().map(|m| m.value).collect(), Some(3))
            .await
            .unwrap();
        managers::remove(&unit, &id, &account(&secretary), Some(4)).await.unwrap();
        let edit = OrganisationEdit { website: Some(Some("https://example.org".to_owned())), ..OrganisationEdit::default() };
        organisations::update(&unit, &id, 5, edit.clone()).await.unwrap();
        for revision in 1..=5 {
            let Err(WriteError::Stale(stale)) = organisations::update(&unit, &id, revision, edit.clone()).await else {
                panic!("revision {revision} isn't stale")
            };
            let base = stale.base.unwrap_or_else(|| panic!("revision {revision} isn't known"));
            assert_eq!((base["name"].as_str(), base["country"].as_str()), (Some("Growers"), Some("MWI")), "{revision}");
        }
        commit(unit).await;
    }

    async fn a_manager_who_is_shut_out_is_not_the_one_who_stays(database: &Database) {
        let town = Town::new(database).await;
        let (ada, ben) = (town.member("ada", "MEMBER").await, town.person("ben").await);
        let id = created(&town, &ada).await;
        let unit = town.begin(&ada).await;
        managers::add(&unit, &id, &account(&ben), None).await.unwrap();
        commit(unit).await;
        answer(&town, &ben, &id, true).await.unwrap();
        town.run("UPDATE accounts SET status = 'SUSPENDED' WHERE display_name = 'ben'").await;
        let unit = town.begin(&ada).await;
        assert_eq!(
            refused(managers::remove(&unit, &id, &account(&ada), None).await),
            ErrorCode::LastManager
        );
        // Who is shut out can be removed all the same.
        managers::remove(&unit, &id, &account(&ben), None).await.unwrap();
        commit(unit).await;
    }

    async fn only_so_many_are_asked_at_a_time(database: &Database) {
        let town = Town::new(database).await;
        let ada = town.member("ada", "MEMBER").await;
        let id = created(&town, &ada).await;
        let mut asked = Vec::new();
        for number in 0..=MANAGERS_ASKED {
            asked.push(town.person(&format!("person{number}")).await);
        }
        let last = asked.pop().unwrap();
        for person in &asked {
            let unit = town.begin(&ada).await;
            managers::add(&unit, &id, &account(person), None).await.unwrap();
            commit(unit).await;
        }
        let unit = town.begin(&ada).await;
        assert_eq!(refused(managers::add(&unit, &id, &account(&last), None).await), ErrorCode::TooMany);
        unit.abandon().await.unwrap();
        answer(&town, &asked[0], &id, false).await.unwrap();
        let unit = town.begin(&ada).await;
        managers::add(&unit, &id, &account(&last), None).await.unwrap();
    }
}
