//! What a person gets of themselves, and what is left of them after erasure.

use maip_domain::error_code::ErrorCode;
use maip_domain::identity::AccountStatus;
use sea_orm::ConnectionTrait as _;
use serde_json::Value;

use super::{House, PASSWORD, refused};
use crate::database::Database;
use crate::identity::accounts::{self, AccountEdit};
use crate::identity::{admin, erasure, export, recovery};
use crate::tests::database::rows;
use crate::tests::on_both;
use crate::write::{WriteError, Written};

const LOGIN: &str = "+265991234567";

on_both! {
    async fn an_export_has_the_login_and_what_was_done(database: &Database) {
        let house = House::new(database);
        house.account(LOGIN, AccountStatus::Active).await;
        let me = house.sign_in(LOGIN, PASSWORD).await.unwrap().read_as.unwrap();
        let written = export::export(house.begin(&me).await, false).await.unwrap();
        let document: Value = serde_json::from_str(written.extras["data"].as_str().unwrap()).unwrap();
        assert_eq!(document["login"], LOGIN);
        assert_eq!(document["account"][0]["displayName"], "Grace Banda");
        assert_eq!(document["sessions"][0]["label"], "phone");
        assert_eq!(document["audit"][0]["action"], "session.started");
        assert_eq!(document["audit"][0]["doneByYou"], true);
        for part in ["memberships", "lessons", "consents", "introductions", "contactDetails"] {
            assert!(document[part].is_array(), "{part}");
        }
        assert!(!written.extras["data"].to_string().contains("argon2"), "no hash of a password");
    }

    async fn after_erasure_neither_name_nor_login_is_anywhere(database: &Database) {
        let house = House::new(database);
        house.account(LOGIN, AccountStatus::Active).await;
        let me = house.sign_in(LOGIN, PASSWORD).await.unwrap().read_as.unwrap();
        let wrong = erasure::confirm(&house.services, &me, "guess").await.map(|_| Written::default());
        assert_eq!(refused(wrong), [ErrorCode::InvalidCredentials]);
        let confirmed = erasure::confirm(&house.services, &me, PASSWORD).await.unwrap();
        erasure::erase(house.begin_alone(&me).await, &confirmed).await.unwrap();
        assert_eq!(
            rows(database, "SELECT status FROM accounts WHERE login_index IS NULL AND login_sealed IS NULL \
                 AND password_hash IS NULL AND audit_salt IS NULL AND display_name LIKE 'Former member %'").await,
            ["ERASED"]
        );
        for table in ["sessions", "refresh_tokens", "one_time_codes", "attempts"] {
            let sql = format!("SELECT 'left' FROM {table}");
            assert!(rows(database, &sql).await.is_empty(), "{table}");
        }
        assert_eq!(refused(house.sign_in(LOGIN, PASSWORD).await), [ErrorCode::InvalidCredentials]);
        // The login is free again, for whoever has the number now.
        house.account(LOGIN, AccountStatus::Active).await;
        house.sign_in(LOGIN, PASSWORD).await.unwrap();
    }

    async fn what_ends_with_an_account_is_told_one_by_one(database: &Database) {
        let house = House::new(database);
        let grace = house.account(LOGIN, AccountStatus::Active).await;
        let other = house.account("other@example.org", AccountStatus::Active).await;
        for sql in [
            "INSERT INTO countries (id, code, alpha2, region, name, sort_key) \
             VALUES ('country_m', 'MWI', 'MW', 'AFRICA', 'Malawi', 'malawi')",
            "INSERT INTO organisations (id, revision, created_at, updated_at, name, sort_key, kind, country_id) \
             VALUES ('organisation', 4, 1, 1, 'O', 'o', 'NGO', 'country_m')",
            &format!(
                "INSERT INTO organisation_people (organisation_id, account_id, manager, since) \
                 VALUES ('organisation', '{grace}', TRUE, 1)"
            ),
            &format!(
                "INSERT INTO contact_cards (id, revision, created_at, updated_at, created_by, account_id, country_id, \
                 country_code, visibility, status, headline, can_help_with, language, sort_key) VALUES ('card', 1, 1, 1, \
                 '{other}', '{other}', 'country_m', 'MWI', 'PUBLIC', 'PUBLISHED', 'h', 'x', 'en', 'x')"
            ),
            &format!(
                "INSERT INTO consents (id, created_at, created_by, card_id, audience, to_account_id, purpose, expires_at) \
                 VALUES ('consent', 1, '{other}', 'card', 'PERSON', '{grace}', 'p', 9)"
            ),
        ] {
            database.writer().execute_unprepared(sql).await.unwrap();
        }
        let me = house.sign_in(LOGIN, PASSWORD).await.unwrap().read_as.unwrap();
        let confirmed = erasure::confirm(&house.services, &me, PASSWORD).await.unwrap();
        erasure::erase(house.begin_alone(&me).await, &confirmed).await.unwrap();
        for sql in [
            "SELECT action || ' ' || subject_id FROM audit_entries WHERE country_code = 'MWI'",
            "SELECT kind || ' ' || subject_id FROM outbox",
        ] {
            let told = rows(database, sql).await;
            for expected in ["consent.withdrawn consent", "organisation.manager_removed organisation"] {
                assert!(told.iter().any(|line| line == expected), "{told:?}");
            }
        }
        assert_eq!(rows(database, "SELECT CAST(revision AS text) FROM organisations").await, ["5"]);
        assert!(rows(database, "SELECT account_id FROM organisation_people").await.is_empty());
    }

    async fn a_database_that_fails_isnt_taken_for_credentials(database: &Database) {
        let house = House::new(database);
        house.account(LOGIN, AccountStatus::Active).await;
        let me = house.sign_in(LOGIN, PASSWORD).await.unwrap().read_as.unwrap();
        database.writer().execute_unprepared("ALTER TABLE accounts RENAME TO elsewhere").await.unwrap();
        let erasing = erasure::confirm(&house.services, &me, PASSWORD).await.map(drop);
        let changing = recovery::ready_to_change(&house.services, &me, PASSWORD, PASSWORD).await.map(drop);
        for failed in [erasing, changing] {
            assert!(matches!(failed, Err(WriteError::Database(_))), "{failed:?}");
        }
    }

    async fn an_account_is_changed_at_the_revision_that_was_read(database: &Database) {
        let house = House::new(database);
        house.account(LOGIN, AccountStatus::Active).await;
        let me = house.sign_in(LOGIN, PASSWORD).await.unwrap().read_as.unwrap();
        let edit = AccountEdit { display_name: Some("Grace Phiri".to_owned()), ..AccountEdit::default() };
        accounts::update_mine(house.begin(&me).await, 1, edit.clone()).await.unwrap();
        assert_eq!(rows(database, "SELECT sort_key FROM accounts").await, ["grace phiri"]);
        let stale = accounts::update_mine(house.begin(&me).await, 1, edit).await;
        let Err(WriteError::Stale(stale)) = stale else { panic!("{stale:?}") };
        assert_eq!((stale.actual, stale.base.unwrap()["displayName"].clone()), (2, "Grace Banda".into()));
        let nowhere = AccountEdit { country: Some(Some("XXX".parse().unwrap())), ..AccountEdit::default() };
        assert_eq!(
            refused(accounts::update_mine(house.begin(&me).await, 2, nowhere).await),
            [ErrorCode::NotFound]
        );
    }

    async fn the_first_administrator_is_made_on_the_command_line(database: &Database) {
        let house = House::new(database);
        let bad = admin::create_administrator(&house.services, "x", "short", "").await;
        let Err(WriteError::Refused(errors)) = bad else { panic!("{bad:?}") };
        assert_eq!(errors.len(), 2, "{errors:?}");
        admin::create_administrator(&house.services, "root@example.org", PASSWORD, "Root").await.unwrap();
        let again = admin::create_administrator(&house.services, "Root@example.org", PASSWORD, "Root").await;
        assert_eq!(refused(again.map(|_| Written::default())), [ErrorCode::Conflict]);
        house.sign_in("root@example.org", PASSWORD).await.unwrap();
    }
}
