//! Cards and introductions: what several do at a time, and in whose name it is noted.

use std::collections::BTreeSet;

use maip_domain::cooperation::ContactField;
use maip_domain::cooperation::contact::MOST_CARDS;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{ContactCardId, PlatformId};
use maip_domain::visibility::Visibility;

use super::cards::{self, CardOwner, NewCard};
use super::introductions::{self, Answer, NewIntroduction};
use super::read::CONTACT_CARD;
use crate::database::Database;
use crate::read::plan::{
    ConnectionPart, ConnectionPick, ConnectionPlan, FilterValue, Page, ReadPlan, Root, RootRead,
};
use crate::read::run::{Opening, run};
use crate::read::viewer::Viewer;
use crate::tests::database::rows;
use crate::tests::on_both;
use crate::tests::town::{Town, account, overlapping};
use crate::write::{Unit, UserError, WriteError, WriteResult, Written};

async fn commit(unit: Unit<'_>) {
    unit.commit(Written::default()).await.unwrap();
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: WriteResult<T>) -> Vec<UserError> {
    match result {
        Err(WriteError::Refused(errors)) => errors,
        other => panic!("not refused: {other:?}"),
    }
}

fn in_country(code: &str) -> NewCard {
    NewCard {
        owner: CardOwner::Myself,
        platform: None,
        country: code.parse().ok(),
        visibility: Visibility::Members,
        headline: "Drying".to_owned(),
        can_help_with: "Bananas".to_owned(),
        language: "en".parse().unwrap(),
        languages: BTreeSet::new(),
        countries: Vec::new(),
        concepts: Vec::new(),
        details: vec![(ContactField::Email, "someone@example.org".to_owned())],
    }
}

async fn publish<'a>(town: &'a Town, who: &Viewer, card: NewCard) -> WriteResult<(Unit<'a>, ContactCardId)> {
    let unit = town.begin(who).await;
    let id = cards::publish(&unit, None, card).await?;
    Ok((unit, id.parse().unwrap()))
}

async fn published(town: &Town, who: &Viewer, card: NewCard) -> ContactCardId {
    let (unit, id) = publish(town, who, card).await.unwrap();
    commit(unit).await;
    id
}

/// Of ada, whose card is in Kenya, for ben's, which is in Malawi.
async fn asked(town: &Town) -> (Viewer, ContactCardId, Viewer) {
    town.run(
        "INSERT INTO countries (id, code, alpha2, region, name, sort_key) \
         VALUES ('country_k', 'KEN', 'KE', 'AFRICA', 'Kenya', 'kenya')",
    )
    .await;
    let (ada, ben) = (town.member("ada", "MEMBER").await, town.member("ben", "MEMBER").await);
    let own = published(town, &ada, in_country("KEN")).await;
    let card = published(town, &ben, in_country("MWI")).await;
    let unit = town.begin(&ada).await;
    let new = NewIntroduction {
        card,
        message: "Hello".to_owned(),
        fields: BTreeSet::from([ContactField::Email]),
        own_card: None,
        lesson: None,
    };
    introductions::request(&unit, None, new).await.unwrap();
    commit(unit).await;
    (ada, own, ben)
}

/// Who did what, for whom, in which country: by the names of the people.
async fn audited(database: &Database, action: &str) -> Vec<String> {
    let sql = format!(
        "SELECT a.display_name || ' ' || COALESCE(b.display_name, '-') || ' ' || e.country_code FROM audit_entries e \
         JOIN accounts a ON a.id = e.actor_account_id LEFT JOIN accounts b ON b.id = e.on_behalf_of_id \
         WHERE e.action = '{action}'"
    );
    rows(database, &sql).await
}

/// How many cards of facilitators someone finds.
async fn of_facilitators(town: &Town, viewer: &Viewer) -> i64 {
    let plan = ConnectionPlan {
        entity: &CONTACT_CARD,
        only: None,
        among: None,
        filters: vec![(
            CONTACT_CARD.filter("role").unwrap(),
            FilterValue::Texts(vec!["FACILITATOR".to_owned()]),
        )],
        sort: &CONTACT_CARD.sorts[0],
        descending: false,
        page: Page { size: 20, backward: false, after: None, before: None },
        parts: vec![ConnectionPart { key: "count".into(), pick: ConnectionPick::TotalCount }],
    };
    let root = Root { key: "contacts".into(), scope: None, read: RootRead::Connection(plan) };
    let services = &town.services;
    let plan = ReadPlan::new(viewer.clone(), services.now(), vec![root]);
    let opening = Opening {
        unsealer: services.keyring.as_ref(),
        addresses: services.files.addresses.as_ref(),
        clock: services.clock.as_ref(),
        entropy: services.entropy.as_ref(),
    };
    let answer = run(&services.database, &plan, &opening).await.unwrap();
    serde_json::from_str::<serde_json::Value>(&answer.data).unwrap()["contacts"]["count"].as_i64().unwrap()
}

on_both! {
    async fn of_two_who_publish_the_last_card_that_is_free_one_does(database: &Database) {
        let town = Town::new(database).await;
        let ada = town.member("ada", "MEMBER").await;
        for _ in 1..MOST_CARDS {
            published(&town, &ada, in_country("MWI")).await;
        }
        let second = Box::pin(overlapping(
            database,
            publish(&town, &ada, in_country("MWI")),
            async |first: WriteResult<(Unit<'_>, _)>| commit(first.unwrap().0).await,
            publish(&town, &ada, in_country("MWI")),
        ))
        .await;
        assert_eq!(refused(second.map(|_| ()))[0].code, ErrorCode::TooMany);
    }

    async fn a_platform_that_is_hidden_is_as_one_that_is_not_there(database: &Database) {
        let town = Town::new(database).await;
        town.run("UPDATE platforms SET visibility = 'PRIVATE'").await;
        let eve = town.person("eve").await;
        let services = &town.services;
        let nowhere = PlatformId::generate(services.clock.as_ref(), services.entropy.as_ref());
        for country in ["MWI", ""] {
            let mut answers = Vec::new();
            for platform in [&town.platform, &nowhere] {
                let card = NewCard { platform: Some(platform.clone()), ..in_country(country) };
                answers.push(refused(publish(&town, &eve, card).await.map(|_| ())));
            }
            assert_eq!(answers[0], answers[1]);
            assert_eq!((answers[0][0].field.as_deref(), answers[0][0].code), (Some("platformId"), ErrorCode::NotFound));
        }
    }

    async fn who_asked_gives_the_consent_for_the_own_card(database: &Database) {
        let town = Town::new(database).await;
        let (_, _, ben) = asked(&town).await;
        let introduction = rows(database, "SELECT id FROM introductions").await[0].parse().unwrap();
        let unit = town.begin(&ben).await;
        let fields = BTreeSet::from([ContactField::Email]);
        introductions::accept(&unit, &introduction, &fields, Answer::default()).await.unwrap();
        commit(unit).await;
        let given = "SELECT a.display_name || ' of ' || o.display_name FROM consents c JOIN accounts a ON a.id = c.created_by \
                     JOIN contact_cards k ON k.id = c.card_id JOIN accounts o ON o.id = k.account_id";
        assert_eq!(rows(database, given).await, ["ada of ada", "ben of ben"]);
        assert_eq!(audited(database, "consent.granted").await, ["ben - MWI", "ben ada KEN"]);
    }

    async fn a_request_is_of_the_country_of_the_card_that_it_asks_for(database: &Database) {
        let town = Town::new(database).await;
        let (ada, own, _) = asked(&town).await;
        let unit = town.begin(&ada).await;
        cards::retire(&unit, &own, None).await.unwrap();
        commit(unit).await;
        assert_eq!(audited(database, "introduction.expired").await, ["ada - MWI"]);
        assert_eq!(account(&ada).as_str(), rows(database, "SELECT requester_id FROM introductions").await[0]);
    }

    async fn only_roles_that_the_viewer_may_see_find_a_card(database: &Database) {
        let town = Town::new(database).await;
        let (ada, ben) = (town.member("ada", "FACILITATOR").await, town.member("ben", "MEMBER").await);
        let eve = town.person("eve").await;
        town.run(&format!(
            "INSERT INTO platforms (id, revision, created_at, updated_at, name, sort_key, language, description, country_id, \
             country_code, region, stage, visibility) VALUES ('platform_2', 1, 1, 1, 'Q', 'q', 'en', '', 'country_m', 'MWI', \
             'AFRICA', 'IMPLEMENTING', 'PUBLIC'); \
             INSERT INTO memberships (id, revision, created_at, updated_at, platform_id, platform_country_code, account_id, \
             member_sort_key, role, actor_type, status, since) VALUES ('membership_2', 1, 1, 1, 'platform_2', 'MWI', '{}', \
             'eve', 'MEMBER', 'FARMER', 'ACTIVE', 1)",
            account(&eve)
        ))
        .await;
        published(&town, &ada, NewCard { visibility: Visibility::Public, ..in_country("MWI") }).await;
        for (visibility, fellow) in [("PUBLIC", 1), ("PRIVATE", 0)] {
            town.run(&format!("UPDATE platforms SET visibility = '{visibility}' WHERE id = '{}'", town.platform)).await;
            for (viewer, expected) in [(&Viewer::Anonymous, 0), (&eve, fellow), (&ben, 1), (&ada, 1)] {
                assert_eq!(of_facilitators(&town, viewer).await, expected, "{visibility}: {viewer:?}");
            }
        }
    }
}
