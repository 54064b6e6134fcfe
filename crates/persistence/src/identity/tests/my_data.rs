//! What a person gets of themselves, and what is left of them after erasure.

use maip_domain::error_code::ErrorCode;
use maip_domain::identity::AccountStatus;
use serde_json::Value;

use super::{House, PASSWORD, refused};
use crate::database::Database;
use crate::identity::accounts::{self, AccountEdit};
use crate::identity::{admin, erasure, export};
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
        erasure::erase(house.begin(&me).await, &confirmed).await.unwrap();
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
            [ErrorCode::Invalid]
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
