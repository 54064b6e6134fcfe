//! Passwords: what is told, and how fast they can be guessed.

use maip_domain::error_code::ErrorCode;
use maip_domain::identity::{AccountStatus, OneTimeCode};

use super::{House, PASSWORD, refused};
use crate::database::Database;
use crate::identity::{recovery, refusals};
use crate::services::Delivery;
use crate::tests::database::rows;
use crate::tests::{Counting, on_both};
use crate::write::WriteError;

const LOGIN: &str = "grace@example.org";

on_both! {
    async fn a_wrong_password_and_an_unknown_login_are_told_the_same(database: &Database) {
        let house = House::new(database);
        house.account(LOGIN, AccountStatus::Active).await;
        let wrong = house.sign_in(LOGIN, "not the password").await.unwrap_err();
        let unknown = house.sign_in("nobody@example.org", "not the password").await.unwrap_err();
        let (WriteError::Refused(wrong), WriteError::Refused(unknown)) = (wrong, unknown) else {
            panic!("not refused")
        };
        assert_eq!(wrong, unknown);
        assert_eq!(wrong[0].code, ErrorCode::InvalidCredentials);
    }

    async fn guessing_gets_slow_for_known_and_unknown_logins_and_never_stops_for_good(database: &Database) {
        let house = House::new(database);
        house.account(LOGIN, AccountStatus::Active).await;
        for login in [LOGIN, "nobody@example.org"] {
            for _ in 0..5 {
                assert_eq!(refused(house.sign_in(login, "guess").await), [ErrorCode::InvalidCredentials]);
            }
            assert_eq!(refused(house.sign_in(login, PASSWORD).await), [ErrorCode::TryLater]);
        }
        // However many come too early, the wait doesn't grow by them.
        for _ in 0..30 {
            assert_eq!(refused(house.sign_in(LOGIN, "guess").await), [ErrorCode::TryLater]);
        }
        house.clock.advance(10);
        house.sign_in(LOGIN, PASSWORD).await.unwrap();
        assert_eq!(refused(house.sign_in(LOGIN, "guess").await), [ErrorCode::InvalidCredentials]);
    }

    async fn refused_sign_ins_are_in_the_audit_one_entry_for_a_window(database: &Database) {
        let house = House::new(database);
        let account = house.account(LOGIN, AccountStatus::Active).await;
        let suspended = house.account("b@example.org", AccountStatus::Suspended).await;
        for login in [LOGIN, LOGIN, LOGIN, "nobody@example.org", "nobody@example.org"] {
            assert_eq!(refused(house.sign_in(login, "guess").await), [ErrorCode::InvalidCredentials]);
        }
        assert_eq!(refused(house.sign_in("b@example.org", PASSWORD).await), [ErrorCode::InvalidCredentials]);
        for login in [LOGIN, "nobody@example.org"] {
            assert_eq!(refused(house.reset(login, &OneTimeCode::generate(&Counting::new(9))).await), [ErrorCode::InvalidCode]);
        }
        // Who comes in after guessing doesn't take away the trace of it.
        house.sign_in(LOGIN, PASSWORD).await.unwrap();
        let told = "SELECT action || ' ' || subject_id || ' ' || fields FROM audit_entries \
                    WHERE action LIKE '%refused' ORDER BY action, fields, subject_id";
        let write_down = async || {
            let transaction = database.begin().await.unwrap();
            let sources = (house.services.clock.as_ref(), house.services.entropy.as_ref());
            let rows = refusals::write_down(&transaction, sources, ("background", 500)).await.unwrap();
            transaction.commit().await.unwrap();
            rows
        };
        assert_eq!(write_down().await, 0, "the window isn't over");
        house.clock.advance(refusals::WINDOW_SECONDS);
        assert_eq!(write_down().await, 5);
        let mut expected = vec![
            format!("account.code_refused {account} [\"refusals: 1\"]"),
            format!("account.sign_in_refused {suspended} [\"refusals: 1\"]"),
            format!("account.sign_in_refused {account} [\"refusals: 3\"]"),
        ];
        let mut found = rows(database, told).await;
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
        // Nothing is left of a login that nobody has, and nothing is written twice.
        assert!(rows(database, "SELECT login_index FROM refusals").await.is_empty());
        assert_eq!(write_down().await, 0);
    }

    async fn many_guesses_at_a_time_are_all_counted(database: &Database) {
        let house = House::new(database);
        house.account(LOGIN, AccountStatus::Active).await;
        let guess = || house.sign_in(LOGIN, "guess");
        let four = async || <[_; 4]>::from(tokio::join!(guess(), guess(), guess(), guess()));
        let all = <[_; 3]>::from(tokio::join!(four(), four(), four())).into_iter().flatten();
        let tried = all.filter(|result| {
            matches!(result, Err(WriteError::Refused(errors)) if errors[0].code == ErrorCode::InvalidCredentials)
        });
        assert_eq!(tried.count(), 5);
    }

    async fn only_an_active_account_signs_in(database: &Database) {
        let house = House::new(database);
        for (login, status, expected) in [
            ("a@example.org", AccountStatus::Pending, ErrorCode::InvalidCredentials),
            ("b@example.org", AccountStatus::Suspended, ErrorCode::InvalidCredentials),
            ("c@example.org", AccountStatus::Unclaimed, ErrorCode::InvalidCredentials),
        ] {
            house.account(login, status).await;
            assert_eq!(refused(house.sign_in(login, PASSWORD).await), [expected], "{login}");
        }
        assert!(rows(database, "SELECT id FROM sessions").await.is_empty());
    }

    async fn a_phone_that_was_silent_for_a_year_is_proven_again(database: &Database) {
        let house = House::sending(database, Delivery { email: false, sms: true });
        house.account("+265991234567", AccountStatus::Active).await;
        house.account(LOGIN, AccountStatus::Active).await;
        house.sign_in("+265991234567", PASSWORD).await.unwrap();
        house.clock.advance(366 * 86_400);
        house.sign_in(LOGIN, PASSWORD).await.unwrap();
        let result = house.sign_in("+265991234567", PASSWORD).await;
        assert_eq!(refused(result), [ErrorCode::LoginNotVerified]);
        assert_eq!(rows(database, "SELECT channel FROM outgoing_messages").await, ["SMS"]);
        // Asking again sends no second message while the first code works.
        assert_eq!(refused(house.sign_in("+265991234567", PASSWORD).await), [ErrorCode::LoginNotVerified]);
        assert_eq!(rows(database, "SELECT channel FROM outgoing_messages").await.len(), 1);
    }

    async fn a_changed_password_ends_the_other_sessions(database: &Database) {
        let house = House::new(database);
        house.account(LOGIN, AccountStatus::Active).await;
        let here = house.sign_in(LOGIN, PASSWORD).await.unwrap().read_as.unwrap();
        house.sign_in(LOGIN, PASSWORD).await.unwrap();
        let services = &house.services;
        let wrong = recovery::ready_to_change(services, &here, "guess", "dates dry in the sun").await;
        assert_eq!(refused(wrong.map(|_| crate::write::Written::default())), [ErrorCode::InvalidCredentials]);
        let weak = recovery::ready_to_change(services, &here, PASSWORD, "password123").await;
        assert_eq!(refused(weak.map(|_| crate::write::Written::default())), [ErrorCode::WeakPassword]);
        let change =
            recovery::ready_to_change(services, &here, PASSWORD, "dates dry in the sun").await.unwrap();
        let written = recovery::change(house.begin(&here).await, change).await.unwrap();
        assert_eq!(written.extras["endedSessions"], 1);
        house.begin(&here).await;
        house.sign_in(LOGIN, "dates dry in the sun").await.unwrap();
    }
}
