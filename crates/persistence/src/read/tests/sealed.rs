//! Contact details: open by consent, logged, and withheld where they can't be logged. Everything
//! else is one statement.

use sea_orm::{ConnectionTrait as _, Value as Bound};
use serde_json::{Value, json};

use super::plans::Plans;
use super::{Plain, opening};
use crate::cooperation::read::{CONTACT_CARD, CONTACT_DETAILS};
use crate::database::Database;
use crate::identity::read::{ACCOUNT, VIEWER};
use crate::read::declare::Entity;
use crate::read::plan::{Item, Lookup, Pick, ReadPlan, Root, RootRead, Selection};
use crate::read::run::run;
use crate::read::viewer::{Standing, Viewer};
use crate::tests::data::Data;
use crate::tests::database::rows;
use crate::tests::statements::counted;
use crate::tests::{Counting, Hand, on_both};

fn field(entity: &'static Entity, name: &str) -> Item {
    Item { key: name.into(), pick: Pick::Field(entity.field(name).unwrap()) }
}

/// The phone number of a card and why it is there or not.
fn phone_of(card: &str) -> Root {
    let details = Selection { entity: &CONTACT_DETAILS, items: vec![field(&CONTACT_DETAILS, "phone")] };
    let relation = CONTACT_CARD.relation("details").unwrap();
    let items = vec![
        Item { key: "details".into(), pick: Pick::One(relation, details) },
        field(&CONTACT_CARD, "detailsStatus"),
    ];
    let read = RootRead::One {
        lookup: Lookup::Key(card.into()),
        selection: Selection { entity: &CONTACT_CARD, items },
    };
    Root { key: "contact".into(), scope: None, read }
}

async fn read(database: &Database, data: &Data, viewer: &Viewer, root: Root) -> Value {
    let (clock, entropy) = (Hand::new(), Counting::new(1));
    let plan = ReadPlan::new(viewer.clone(), data.now, vec![root]);
    let answer = run(database, &plan, &opening(&Plain, &clock, &entropy)).await.unwrap();
    serde_json::from_str::<Value>(&answer.data).unwrap()
}

/// A card of the first account with a phone number, and the session of the account as which it is
/// read.
async fn card(database: &Database, data: &Data, reader: usize) -> (String, Viewer) {
    let writer = database.writer();
    let id = data.ids("contact")[0].to_owned();
    for sql in [
        "DELETE FROM consent_fields",
        "DELETE FROM consents",
        "DELETE FROM disclosures",
        "DELETE FROM contact_details",
        "UPDATE contact_cards SET status = 'PUBLISHED', visibility = 'PUBLIC', organisation_id = NULL",
    ] {
        // The owner comes with the other update, so that the card has one at every time.
        if sql.starts_with("UPDATE") {
            let sql = format!("{sql}, account_id = '{}' WHERE id = '{id}'", data.accounts[0]);
            writer.execute_unprepared(&sql).await.unwrap();
        } else {
            writer.execute_unprepared(sql).await.unwrap();
        }
    }
    let detail =
        format!("INSERT INTO contact_details (card_id, field, value_sealed) VALUES ('{id}', 'PHONE', 'x')");
    writer.execute_unprepared(&detail).await.unwrap();
    let account = &data.accounts[reader];
    let viewer = data
        .viewers
        .iter()
        .find(|viewer| matches!(viewer, Viewer::Session { account: of, .. } if of.as_str() == account));
    (id, viewer.unwrap().clone())
}

async fn consent(
    database: &Database,
    data: &Data,
    card: &str,
    audience: &str,
    to: Option<&str>,
    field: &str,
) {
    let writer = database.writer();
    let column = if audience == "ORGANISATION" { "to_organisation_id" } else { "to_account_id" };
    let sql = format!(
        "INSERT INTO consents (id, created_at, created_by, card_id, audience, {column}, purpose, expires_at) \
         VALUES ($1, 0, $2, $3, $4, $5, 'advice', $6)"
    );
    let id = format!("consent to {audience} for {field}");
    let values: Vec<Bound> = vec![
        id.as_str().into(),
        data.accounts[0].as_str().into(),
        card.into(),
        audience.into(),
        to.into(),
        data.now.plus_days(1).micros().into(),
    ];
    let backend = writer.get_database_backend();
    writer.execute_raw(sea_orm::Statement::from_sql_and_values(backend, sql, values)).await.unwrap();
    let sql = format!("INSERT INTO consent_fields (consent_id, field) VALUES ('{id}', '{field}')");
    writer.execute_unprepared(&sql).await.unwrap();
}

fn login_of(account: &str) -> Root {
    let selection = Selection { entity: &ACCOUNT, items: vec![field(&ACCOUNT, "login")] };
    let one = RootRead::One { lookup: Lookup::Key(account.into()), selection };
    Root { key: "account".into(), scope: None, read: one }
}

const LOG: &str =
    "SELECT field || ' ' || COALESCE(reader_account_id, reader_organisation_id) FROM disclosures";

on_both! {
    async fn details_open_by_consent_and_each_reading_is_logged(database: &Database) {
        let data = Data::new(10);
        data.insert(database).await;
        let (card, reader) = card(database, &data, 1).await;
        let hidden = json!({ "contact": { "details": { "phone": null }, "detailsStatus": "NO_CONSENT" } });
        let shown = json!({ "contact": {
            "details": { "phone": format!("PHONE of {card}: x") }, "detailsStatus": "VISIBLE"
        } });
        assert_eq!(read(database, &data, &reader, phone_of(&card)).await, hidden);
        // For another detail, and to someone else: still shut.
        consent(database, &data, &card, "PERSON", Some(&data.accounts[1]), "EMAIL").await;
        consent(database, &data, &card, "ORGANISATION", Some(&data.organisations[3]), "EMAIL").await;
        assert_eq!(read(database, &data, &reader, phone_of(&card)).await, hidden);
        assert_eq!(rows(database, LOG).await, [""; 0]);

        consent(database, &data, &card, "PERSON", Some(&data.accounts[1]), "PHONE").await;
        assert_eq!(read(database, &data, &reader, phone_of(&card)).await, shown);
        assert_eq!(rows(database, LOG).await, [format!("PHONE {}", data.accounts[1])]);

        // Withdrawn, the next call shows nothing and the log stays.
        let withdraw = "UPDATE consents SET withdrawn_at = 1";
        database.writer().execute_unprepared(withdraw).await.unwrap();
        assert_eq!(read(database, &data, &reader, phone_of(&card)).await, hidden);
        assert_eq!(rows(database, LOG).await.len(), 1);
    }

    async fn ones_own_details_are_open_and_leave_no_entry(database: &Database) {
        let data = Data::new(10);
        data.insert(database).await;
        let (card, owner) = card(database, &data, 0).await;
        let answer = read(database, &data, &owner, phone_of(&card)).await;
        assert_eq!(answer["contact"]["detailsStatus"], "VISIBLE");
        assert_eq!(rows(database, LOG).await, [""; 0]);
    }

    async fn what_cannot_be_logged_is_not_shown(database: &Database) {
        let data = Data::new(10);
        data.insert(database).await;
        let (card, reader) = card(database, &data, 1).await;
        consent(database, &data, &card, "EVERYONE", None, "PHONE").await;
        let rename = "ALTER TABLE disclosures RENAME TO elsewhere";
        database.writer().execute_unprepared(rename).await.unwrap();
        let answer = read(database, &data, &reader, phone_of(&card)).await;
        let withheld = json!({ "contact": { "details": { "phone": null }, "detailsStatus": "UNAVAILABLE" } });
        assert_eq!(answer, withheld);
    }

    async fn the_status_alone_is_read_without_a_log(database: &Database) {
        let data = Data::new(10);
        data.insert(database).await;
        let (card, reader) = card(database, &data, 1).await;
        consent(database, &data, &card, "EVERYONE", None, "PHONE").await;
        let items = vec![field(&CONTACT_CARD, "detailsStatus")];
        let selection = Selection { entity: &CONTACT_CARD, items };
        let one = RootRead::One { lookup: Lookup::Key(card.as_str().into()), selection };
        let root = Root { key: "contact".into(), scope: None, read: one };
        let answer = read(database, &data, &reader, root).await;
        assert_eq!(answer, json!({ "contact": { "detailsStatus": "VISIBLE" } }));
        assert_eq!(rows(database, LOG).await, [""; 0]);
    }

    async fn the_login_is_the_persons_own(database: &Database) {
        let data = Data::new(10);
        data.insert(database).await;
        let (_, reader) = card(database, &data, 1).await;
        for (account, expected) in [
            (&data.accounts[1], json!(format!("LOGIN of {}: sealed login 1", data.accounts[1]))),
            (&data.accounts[2], Value::Null),
        ] {
            let answer = read(database, &data, &reader, login_of(account)).await;
            assert_eq!(answer["account"]["login"], expected);
        }
        assert_eq!(rows(database, LOG).await, [""; 0]);
        // Nobody else can open it, so there is nothing to be logged, and it needs no log.
        let rename = "ALTER TABLE disclosures RENAME TO elsewhere";
        database.writer().execute_unprepared(rename).await.unwrap();
        let answer = read(database, &data, &reader, login_of(&data.accounts[1])).await;
        assert_ne!(answer["account"]["login"], Value::Null);
    }

    async fn a_suspension_counts_with_the_next_statement(database: &Database) {
        let data = Data::new(10);
        data.insert(database).await;
        let (clock, entropy) = (Hand::new(), Counting::new(1));
        let (_, viewer) = card(database, &data, 1).await;
        for (status, refused) in [("ACTIVE", false), ("SUSPENDED", true), ("ACTIVE", false)] {
            let sql = format!("UPDATE accounts SET status = '{status}' WHERE id = '{}'", data.accounts[1]);
            database.writer().execute_unprepared(&sql).await.unwrap();
            let selection = Selection { entity: &VIEWER, items: vec![field(&VIEWER, "allCountries")] };
            let root =
                Root { key: "viewer".into(), scope: None, read: RootRead::One { lookup: Lookup::Only, selection } };
            let plan = ReadPlan::new(viewer.clone(), data.now, vec![root]);
            let answer = run(database, &plan, &opening(&Plain, &clock, &entropy)).await.unwrap();
            assert_eq!(answer.standing == Standing::Refused, refused, "{status}");
        }
    }

    async fn a_plan_is_one_statement(database: &Database) {
        let data = Data::new(11);
        data.insert(database).await;
        let (clock, entropy) = (Hand::new(), Counting::new(1));
        let mut plans = Plans::new(12, &data);
        let (mut seen, mut sealed) = (0, 0);
        for _ in 0..60 {
            let plan = ReadPlan::new(data.viewers[1].clone(), data.now, plans.roots());
            if plan.discloses() {
                continue;
            }
            sealed += usize::from(plan.reads_sealed());
            let opening = opening(&Plain, &clock, &entropy);
            // What sets up a connection of SQLite is told too, so the first time isn't looked at.
            run(database, &plan, &opening).await.unwrap();
            let (answer, statements) = counted(Box::pin(run(database, &plan, &opening))).await;
            answer.unwrap();
            assert_eq!(statements, 1);
            seen += 1;
        }
        assert!(seen > 30 && sealed > 0, "{seen} {sealed}");
    }
}
