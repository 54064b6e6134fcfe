//! Refresh tokens: rotation, lost replies, theft.

use maip_domain::error_code::ErrorCode;
use maip_domain::identity::AccountStatus;

use super::{House, PASSWORD, refused, token};
use crate::database::Database;
use crate::identity::sessions;
use crate::read::facts::load_viewer;
use crate::read::viewer::Viewer;
use crate::tests::database::rows;
use crate::tests::on_both;
use crate::write::{WriteResult, Written};

const LOGIN: &str = "grace@example.org";

impl House {
    async fn refresh(&self, secret: &str) -> WriteResult<Written> {
        sessions::ready_to_refresh(&self.services).await?;
        sessions::refresh(self.anonymous().await, secret).await
    }

    async fn stands(&self, viewer: &Viewer) -> bool {
        load_viewer(self.services.database.reader(), viewer, self.services.now()).await.unwrap().is_some()
    }

    /// Signs in a new account, and gives its viewer and refresh token.
    async fn signed_in(&self) -> (Viewer, String) {
        self.account(LOGIN, AccountStatus::Active).await;
        let written = self.sign_in(LOGIN, PASSWORD).await.unwrap();
        (written.read_as.clone().unwrap(), token(&written, "refreshToken"))
    }
}

on_both! {
    async fn a_session_is_opened_and_its_access_token_says_whose_it_is(database: &Database) {
        let house = House::new(database);
        let (viewer, _) = house.signed_in().await;
        assert!(house.stands(&viewer).await);
        let again = house.sign_in(LOGIN, PASSWORD).await.unwrap();
        let access = token(&again, "accessToken");
        let services = &house.services;
        let (claims, _) = services.access.verify(database, &services.keyring, services.now(), &access).await.unwrap();
        let Some(Viewer::Session { account, session }) = again.read_as else { panic!("no session") };
        assert_eq!((claims.account, claims.session), (account, session));
        assert_eq!(rows(database, "SELECT label FROM sessions").await, ["phone", "phone"]);
        assert_eq!(
            rows(database, "SELECT action FROM audit_entries WHERE actor_account_id IS NOT NULL").await,
            ["session.started", "session.started"]
        );
    }

    async fn a_lost_reply_is_forgiven_until_the_successor_is_used(database: &Database) {
        let house = House::new(database);
        let (viewer, first) = house.signed_in().await;
        let second = token(&house.refresh(&first).await.unwrap(), "refreshToken");
        assert_ne!(first, second);
        for _ in 0..3 {
            assert_eq!(token(&house.refresh(&first).await.unwrap(), "refreshToken"), second);
        }
        let third = token(&house.refresh(&second).await.unwrap(), "refreshToken");
        assert_eq!(token(&house.refresh(&second).await.unwrap(), "refreshToken"), third);
        assert!(house.stands(&viewer).await);
    }

    async fn a_stolen_token_that_comes_back_ends_the_session(database: &Database) {
        let house = House::new(database);
        let (viewer, stolen) = house.signed_in().await;
        let second = token(&house.refresh(&stolen).await.unwrap(), "refreshToken");
        let third = token(&house.refresh(&second).await.unwrap(), "refreshToken");
        assert_eq!(refused(house.refresh(&stolen).await), [ErrorCode::InvalidRefreshToken]);
        assert!(!house.stands(&viewer).await);
        for any in [&stolen, &second, &third] {
            assert_eq!(refused(house.refresh(any).await), [ErrorCode::InvalidRefreshToken]);
        }
        let told = rows(database, "SELECT action FROM audit_entries WHERE action = 'session.reuse_detected'").await;
        assert_eq!(told.len(), 1);
    }

    async fn two_that_refresh_at_a_time_get_the_same_successor(database: &Database) {
        let house = House::new(database);
        let (_, first) = house.signed_in().await;
        let (a, b, c) = tokio::join!(house.refresh(&first), house.refresh(&first), house.refresh(&first));
        let tokens: Vec<String> = [a, b, c].map(|written| token(&written.unwrap(), "refreshToken")).into();
        assert!(tokens.iter().all(|token| *token == tokens[0]), "{tokens:?}");
    }

    async fn a_session_slides_for_ninety_days(database: &Database) {
        let house = House::new(database);
        let (viewer, mut refresh) = house.signed_in().await;
        for _ in 0..3 {
            house.clock.advance(89 * 86_400);
            refresh = token(&house.refresh(&refresh).await.unwrap(), "refreshToken");
        }
        house.clock.advance(90 * 86_400);
        assert_eq!(refused(house.refresh(&refresh).await), [ErrorCode::InvalidRefreshToken]);
        assert!(!house.stands(&viewer).await);
    }

    async fn a_session_ends_for_good_after_a_year(database: &Database) {
        let house = House::new(database);
        let (viewer, mut refresh) = house.signed_in().await;
        for _ in 0..6 {
            house.clock.advance(60 * 86_400);
            let written = house.refresh(&refresh).await.unwrap();
            refresh = token(&written, "refreshToken");
            let session = &written.extras["session"];
            assert!(session["expiresAt"].as_str() <= session["endsAt"].as_str(), "{session}");
        }
        // A refresh a moment before the end doesn't move it.
        house.clock.advance(5 * 86_400 - 1);
        refresh = token(&house.refresh(&refresh).await.unwrap(), "refreshToken");
        assert!(house.stands(&viewer).await);
        house.clock.advance(1);
        assert_eq!(refused(house.refresh(&refresh).await), [ErrorCode::InvalidRefreshToken]);
        assert!(!house.stands(&viewer).await);
    }

    async fn whoever_signs_out_is_out_at_once(database: &Database) {
        let house = House::new(database);
        let (first, refresh) = house.signed_in().await;
        let second = house.sign_in(LOGIN, PASSWORD).await.unwrap().read_as.unwrap();
        let third = house.sign_in(LOGIN, PASSWORD).await.unwrap().read_as.unwrap();
        sessions::sign_out(house.begin(&first).await, None).await.unwrap();
        assert!(!house.stands(&first).await && house.stands(&second).await);
        assert_eq!(refused(house.refresh(&refresh).await), [ErrorCode::InvalidRefreshToken]);
        let written = sessions::sign_out_everywhere(house.begin(&second).await, true).await.unwrap();
        assert_eq!(written.extras["endedSessions"], 1);
        assert!(house.stands(&second).await && !house.stands(&third).await);
    }

    async fn nobody_signs_out_somebody_elses_device(database: &Database) {
        let house = House::new(database);
        let (mine, _) = house.signed_in().await;
        house.account("other@example.org", AccountStatus::Active).await;
        let other = house.sign_in("other@example.org", PASSWORD).await.unwrap().read_as.unwrap();
        let Viewer::Session { session, .. } = &mine else { panic!("no session") };
        let result = sessions::sign_out(house.begin(&other).await, Some(session)).await;
        assert_eq!(refused(result), [ErrorCode::NotFound]);
        assert!(house.stands(&mine).await);
    }

    async fn what_is_no_refresh_token_refreshes_nothing(database: &Database) {
        let house = House::new(database);
        let (_, first) = house.signed_in().await;
        let changed = format!("{}x", &first[..first.len() - 1]);
        for bad in ["", "maip_rt_", changed.as_str(), "eyJhbGciOiJFZERTQSJ9"] {
            assert_eq!(refused(house.refresh(bad).await), [ErrorCode::InvalidRefreshToken], "{bad}");
        }
    }
}
