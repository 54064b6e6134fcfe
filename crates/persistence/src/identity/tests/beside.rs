//! Writes of others that meet an account just as it is erased, and two that wait for each other.

use maip_domain::error_code::ErrorCode;
use maip_domain::id::AccountId;
use maip_domain::identity::AccountStatus;
use maip_domain::membership::AppointmentKind;
use maip_domain::time::Timestamp;
use sea_orm::ConnectionTrait as _;

use super::{House, PASSWORD};
use crate::database::Database;
use crate::identity::{erasure, standing};
use crate::membership::appointments::{self, NewAppointment};
use crate::read::viewer::Viewer;
use crate::tests::database::{on_postgres, rows};
use crate::tests::on_both;
use crate::tests::town::{account, overlapping};
use crate::write::{Hold, Unit, WriteError, WriteResult, Written};

const LOGIN: &str = "grace@example.org";

impl House {
    /// A system administrator who is signed in.
    async fn administrator(&self, login: &str) -> Viewer {
        let account = self.account(login, AccountStatus::Active).await;
        let sql = format!("UPDATE accounts SET system_administrator = TRUE WHERE id = '{account}'");
        self.services.database.writer().execute_unprepared(&sql).await.unwrap();
        self.sign_in(login, PASSWORD).await.unwrap().read_as.unwrap()
    }
}

async fn appoint(unit: &Unit<'_>, account: &AccountId) -> WriteResult<String> {
    appoint_from(unit, account, None).await
}

async fn appoint_from(
    unit: &Unit<'_>,
    account: &AccountId,
    starts_at: Option<Timestamp>,
) -> WriteResult<String> {
    let office = NewAppointment {
        account: account.clone(),
        kind: AppointmentKind::ExecutiveSecretary,
        country: None,
        region: None,
        starts_at,
        ends_at: None,
    };
    appointments::appoint(unit, None, office).await
}

async fn commit(unit: Unit<'_>) {
    unit.commit(Written::default()).await.unwrap();
}

/// The account's login is free from the commit on.
async fn erasing<'a>(house: &'a House, account: &AccountId) -> Unit<'a> {
    let unit = house.anonymous().await;
    unit.hold_account(account.as_str(), Hold::Alone).await.unwrap();
    let sql = "UPDATE accounts SET status = 'ERASED', login_index = NULL, login_sealed = NULL, login_kind = NULL \
               WHERE id = $1";
    unit.execute(sql, [account.as_str().into()]).await.unwrap();
    unit
}

on_both! {
    async fn an_office_given_to_someone_who_is_being_erased_ends_with_the_account(database: &Database) {
        let house = House::new(database);
        let root = house.administrator("root@example.org").await;
        house.account(LOGIN, AccountStatus::Active).await;
        let grace = house.sign_in(LOGIN, PASSWORD).await.unwrap().read_as.unwrap();
        let confirmed = erasure::confirm(&house.services, &grace, PASSWORD).await.unwrap();
        let appointing = async {
            let unit = house.begin(&root).await;
            appoint(&unit, &account(&grace)).await.unwrap();
            unit
        };
        let erase = async { erasure::erase(house.begin_alone(&grace).await, &confirmed).await };
        Box::pin(overlapping(database, appointing, commit, erase)).await.unwrap();
        let held = "SELECT kind FROM appointments WHERE ends_at IS NULL";
        assert!(rows(database, held).await.is_empty());
        assert_eq!(rows(database, "SELECT kind FROM appointments").await, ["EXECUTIVE_SECRETARY"]);
    }

    async fn an_office_that_has_not_begun_is_cancelled_with_the_account(database: &Database) {
        let house = House::new(database);
        let root = house.administrator("root@example.org").await;
        house.account(LOGIN, AccountStatus::Active).await;
        let grace = house.sign_in(LOGIN, PASSWORD).await.unwrap().read_as.unwrap();
        let unit = house.begin(&root).await;
        let later = unit.now().plus_days(9);
        appoint_from(&unit, &account(&grace), Some(later)).await.unwrap();
        commit(unit).await;
        let confirmed = erasure::confirm(&house.services, &grace, PASSWORD).await.unwrap();
        erasure::erase(house.begin_alone(&grace).await, &confirmed).await.unwrap();
        assert_eq!(rows(database, "SELECT kind FROM appointments WHERE ends_at = starts_at").await, ["EXECUTIVE_SECRETARY"]);
    }

    async fn nobody_is_given_an_office_once_their_account_is_being_erased(database: &Database) {
        let house = House::new(database);
        let root = house.administrator("root@example.org").await;
        let grace = house.account(LOGIN, AccountStatus::Active).await;
        let appointing = async { appoint(&house.begin(&root).await, &grace).await };
        let late = Box::pin(overlapping(database, erasing(&house, &grace), commit, appointing)).await;
        let Err(WriteError::Refused(errors)) = late else { panic!("not refused: {late:?}") };
        assert_eq!(errors[0].code, ErrorCode::WrongState);
        assert!(rows(database, "SELECT id FROM appointments").await.is_empty());
    }

    async fn who_signs_up_with_a_login_that_is_just_given_up_gets_it_when_tried_again(database: &Database) {
        let house = House::new(database);
        let grace = house.account(LOGIN, AccountStatus::Active).await;
        let late = Box::pin(overlapping(
            database, erasing(&house, &grace), commit, house.sign_up(LOGIN, "dates dry in the sun"),
        )).await;
        // SQLite writes one at a time: there it is free before anyone looks.
        if let Err(error) = late {
            assert!(error.gave_way(), "{error:?}");
            house.sign_up(LOGIN, "dates dry in the sun").await.unwrap();
        }
        let signed_up = "SELECT status FROM accounts WHERE login_index IS NOT NULL";
        assert_eq!(rows(database, signed_up).await, ["PENDING"]);
    }
}

#[tokio::test]
async fn of_two_who_suspend_each_other_at_a_time_one_gives_way() {
    on_postgres(async |database: &Database| {
        let house = House::new(database);
        let (one, other) =
            (house.administrator("one@example.org").await, house.administrator("other@example.org").await);
        let (first, second) = (house.begin(&one).await, house.begin(&other).await);
        let (one, other) = (account(&one), account(&other));
        let (first, second) = tokio::join!(
            Box::pin(standing::suspend(first, other.as_str(), 1)),
            Box::pin(standing::suspend(second, one.as_str(), 1))
        );
        let (Ok(_), Err(late)) = (if first.is_ok() { (first, second) } else { (second, first) }) else {
            panic!("both were done, or none")
        };
        assert!(late.gave_way(), "{late:?}");
        assert_eq!(rows(database, "SELECT status FROM accounts WHERE status = 'SUSPENDED'").await.len(), 1);
    })
    .await;
}
