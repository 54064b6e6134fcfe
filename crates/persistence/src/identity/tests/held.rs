//! What happens when an account is shut out, or how it is opened changes, while something else goes
//! on in its name.

use maip_domain::error_code::ErrorCode;
use maip_domain::id::AccountId;
use maip_domain::identity::{AccountStatus, CodePurpose};
use sea_orm::ConnectionTrait as _;

use super::{House, PASSWORD, refused};
use crate::database::Database;
use crate::identity::{erasure, recovery, sessions, standing};
use crate::read::viewer::Viewer;
use crate::services::Delivery;
use crate::tests::database::rows;
use crate::tests::on_both;
use crate::tests::town::{account, overlapping};
use crate::write::{Hold, Unit, WriteResult, Written};

const LOGIN: &str = "grace@example.org";
const NEW: &str = "dates dry in the sun";

async fn commit(unit: Unit<'_>) {
    unit.commit(Written::default()).await.unwrap();
}

impl House {
    async fn run(&self, sql: &str) {
        self.services.database.writer().execute_unprepared(sql).await.unwrap();
    }

    async fn status(&self, account: &AccountId) -> Vec<String> {
        let sql = format!("SELECT status FROM accounts WHERE id = '{account}'");
        rows(&self.services.database, &sql).await
    }

    /// What shuts an account out, up to its commit.
    async fn shutting_out(&self, account: &AccountId, status: &'static str) -> Unit<'_> {
        let unit = self.anonymous().await;
        unit.hold_account(account.as_str(), Hold::Alone).await.unwrap();
        unit.execute(
            "UPDATE accounts SET status = $1, revision = revision + 1 WHERE id = $2",
            [status.into(), account.as_str().into()],
        )
        .await
        .unwrap();
        unit
    }

    async fn suspend(&self, by: &Viewer, account: &AccountId) -> WriteResult<Written> {
        standing::suspend(self.begin(by).await, account.as_str(), 1).await
    }
}

/// A contact card that is being published.
async fn publishing<'a>(house: &'a House, by: &Viewer) -> Unit<'a> {
    let unit = house.begin(by).await;
    unit.execute(
        "INSERT INTO contact_cards (id, revision, created_at, updated_at, created_by, account_id, country_id, \
         country_code, visibility, status, headline, can_help_with, language, sort_key) VALUES ('card', 1, 1, 1, $1, \
         $1, 'country_m', 'MWI', 'PUBLIC', 'PUBLISHED', 'Grace knows bananas', 'x', 'en', 'x')",
        [account(by).as_str().into()],
    )
    .await
    .unwrap();
    unit
}

on_both! {
    async fn what_another_device_is_doing_is_erased_with_the_rest(database: &Database) {
        let house = House::new(database);
        house
            .run(
                "INSERT INTO countries (id, code, alpha2, region, name, sort_key) \
                 VALUES ('country_m', 'MWI', 'MW', 'AFRICA', 'Malawi', 'malawi')",
            )
            .await;
        house.account(LOGIN, AccountStatus::Active).await;
        let first = house.sign_in(LOGIN, PASSWORD).await.unwrap().read_as.unwrap();
        let second = house.sign_in(LOGIN, PASSWORD).await.unwrap().read_as.unwrap();
        let confirmed = erasure::confirm(&house.services, &second, PASSWORD).await.unwrap();
        let erase = async { erasure::erase(house.begin_alone(&second).await, &confirmed).await };
        Box::pin(overlapping(database, publishing(&house, &first), commit, erase)).await.unwrap();
        assert_eq!(rows(database, "SELECT status || headline FROM contact_cards").await, ["RETIRED"]);
        let late = Unit::begin(&house.services, &first, "request", House::key()).await;
        assert!(late.is_err());
    }

    async fn a_sign_in_beside_a_suspension_opens_nothing(database: &Database) {
        let house = House::new(database);
        let account = house.account(LOGIN, AccountStatus::Active).await;
        let result = Box::pin(overlapping(
            database,
            house.shutting_out(&account, "SUSPENDED"),
            commit,
            house.sign_in(LOGIN, PASSWORD),
        ))
        .await;
        assert_eq!(refused(result), [ErrorCode::InvalidCredentials]);
        assert!(rows(database, "SELECT id FROM sessions").await.is_empty());
    }

    async fn a_session_opened_just_before_a_suspension_ends_with_it(database: &Database) {
        let house = House::new(database);
        let grace = house.account(LOGIN, AccountStatus::Active).await;
        let root = house.account("root@example.org", AccountStatus::Active).await;
        house.run(&format!("UPDATE accounts SET system_administrator = TRUE WHERE id = '{root}'")).await;
        let root = house.sign_in("root@example.org", PASSWORD).await.unwrap().read_as.unwrap();
        sessions::prepare(&house.services).await.unwrap();
        let signing_in = async {
            let unit = house.anonymous().await;
            unit.hold_account(grace.as_str(), Hold::Shared).await.unwrap();
            sessions::open(&unit, &grace, None).await.unwrap();
            unit
        };
        Box::pin(overlapping(database, signing_in, commit, house.suspend(&root, &grace))).await.unwrap();
        let open = format!("SELECT id FROM sessions WHERE account_id = '{grace}' AND revoked_at IS NULL");
        assert!(rows(database, &open).await.is_empty());
    }

    async fn a_code_redeemed_beside_a_suspension_doesnt_undo_it(database: &Database) {
        let house = House::new(database);
        let account = house.account(LOGIN, AccountStatus::Active).await;
        let code = house.code(&account, CodePurpose::ResetPassword).await;
        let result = Box::pin(overlapping(
            database,
            house.shutting_out(&account, "SUSPENDED"),
            commit,
            house.reset(LOGIN, &code),
        ))
        .await;
        assert_eq!(refused(result), [ErrorCode::InvalidCode]);
        assert_eq!(house.status(&account).await, ["SUSPENDED"]);
    }

    async fn who_signs_up_just_as_the_login_is_proven_leaves_no_trace(database: &Database) {
        let house = House::sending(database, Delivery { email: true, sms: false });
        let account = house.account(LOGIN, AccountStatus::Pending).await;
        Box::pin(overlapping(
            database,
            house.shutting_out(&account, "ACTIVE"),
            commit,
            house.sign_up(LOGIN, NEW),
        ))
        .await
        .unwrap();
        assert!(rows(database, "SELECT code_hash FROM one_time_codes").await.is_empty());
        assert!(rows(database, "SELECT action FROM audit_entries").await.is_empty());
        // The owner is told.
        assert_eq!(rows(database, "SELECT channel FROM outgoing_messages").await, ["EMAIL"]);
    }

    async fn of_two_changes_of_a_password_at_a_time_one_counts(database: &Database) {
        let house = House::new(database);
        let grace = house.account(LOGIN, AccountStatus::Active).await;
        let me = house.sign_in(LOGIN, PASSWORD).await.unwrap().read_as.unwrap();
        let change = recovery::ready_to_change(&house.services, &me, PASSWORD, NEW).await.unwrap();
        let other = async {
            let unit = house.anonymous().await;
            let sql = "UPDATE accounts SET password_hash = 'another' WHERE id = $1";
            unit.execute(sql, [grace.as_str().into()]).await.unwrap();
            unit
        };
        let second = async { recovery::change(house.begin_alone(&me).await, change).await };
        let result = Box::pin(overlapping(database, other, commit, second)).await;
        assert_eq!(refused(result), [ErrorCode::Conflict]);
        assert_eq!(rows(database, "SELECT password_hash FROM accounts").await, ["another"]);
    }
}
