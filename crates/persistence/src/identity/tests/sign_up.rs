//! Signing up: the same answer for every login, and nothing for who takes another's.

use maip_domain::error_code::ErrorCode;
use maip_domain::identity::{AccountStatus, CodePurpose, Login, OneTimeCode, password};

use super::{House, PASSWORD, refused};
use crate::database::Database;
use crate::identity::sign_up::{self, SignUp};
use crate::identity::{accounts, codes, recovery};
use crate::services::Delivery;
use crate::tests::database::rows;
use crate::tests::on_both;
use crate::write::{WriteError, WriteResult, Written};

const MAIL: Delivery = Delivery { email: true, sms: false };
const OTHER: &str = "dates dry in the sun";

impl House {
    pub(super) async fn sign_up(&self, login: &str, secret: &str) -> WriteResult<Written> {
        let login = Login::parse_any(login).unwrap();
        let new = SignUp {
            password: password::check(&login, secret).unwrap(),
            login,
            display_name: "Amina".to_owned(),
            language: "fr".parse().unwrap(),
            country: None,
            platform: None,
        };
        let ready = sign_up::ready(&self.services, &new).await?;
        sign_up::sign_up(self.anonymous().await, new, ready).await
    }

    /// A code to prove a login with, as a facilitator reads it out.
    async fn proof_of(&self, login: &str) -> OneTimeCode {
        let login = Login::parse_any(login).unwrap();
        let unit = self.anonymous().await;
        let index = self.services.keyring.login_index(&login);
        let account = accounts::by_login(unit.transaction(), &index).await.unwrap().unwrap();
        let issued =
            codes::issue(&unit, &account.id, CodePurpose::VerifyLogin, Some(&account.id)).await.unwrap();
        unit.commit(Written::default()).await.unwrap();
        issued.code
    }

    async fn verify(&self, login: &str, code: &OneTimeCode, secret: &str) -> WriteResult<Written> {
        let login = Login::parse_any(login).unwrap();
        let proof = sign_up::prove(&self.services, &login, code.clone(), secret).await?;
        sign_up::verify(self.anonymous().await, &proof, None).await
    }
}

on_both! {
    async fn whoever_signs_up_proves_the_login_and_is_in(database: &Database) {
        let house = House::new(database);
        let answer = house.sign_up("amina", "480213").await.unwrap();
        assert_eq!(answer.extras["codeDelivery"], "FACILITATOR");
        assert_eq!(refused(house.sign_in("amina", "480213").await), [ErrorCode::InvalidCredentials]);
        let code = house.proof_of("amina").await;
        assert_eq!(refused(house.verify("amina", &code, "480214").await), [ErrorCode::InvalidCode]);
        house.verify("Amina", &code, "480213").await.unwrap();
        assert_eq!(refused(house.verify("amina", &code, "480213").await), [ErrorCode::InvalidCode]);
        house.sign_in("amina", "480213").await.unwrap();
    }

    async fn signing_up_and_in_tells_nobody_whether_a_login_was_free(database: &Database) {
        let house = House::sending(database, MAIL);
        house.account("grace@example.org", AccountStatus::Active).await;
        for login in ["grace@example.org", "amina@example.org"] {
            house.sign_up(login, OTHER).await.unwrap();
        }
        let said = async |login| match house.sign_in(login, OTHER).await {
            Err(WriteError::Refused(errors)) => errors,
            other => panic!("{login}: {other:?}"),
        };
        for attempt in 0..8 {
            assert_eq!(said("grace@example.org").await, said("amina@example.org").await, "attempt {attempt}");
        }
        assert_eq!(rows(database, "SELECT channel FROM outgoing_messages").await.len(), 2, "one each, for signing up");
    }

    async fn a_login_in_use_gets_the_same_answer_and_its_owner_a_note(database: &Database) {
        let house = House::sending(database, MAIL);
        house.account("grace@example.org", AccountStatus::Active).await;
        let taken = house.sign_up("grace@example.org", OTHER).await.unwrap();
        let free = house.sign_up("amina@example.org", OTHER).await.unwrap();
        assert_eq!((taken.record, taken.extras), (free.record, free.extras));
        assert_eq!(rows(database, "SELECT channel FROM outgoing_messages").await, ["EMAIL", "EMAIL"]);
        house.sign_in("grace@example.org", PASSWORD).await.unwrap();
        assert_eq!(
            rows(database, "SELECT status FROM accounts").await,
            ["ACTIVE", "PENDING"]
        );
    }

    async fn who_signs_up_first_with_anothers_login_doesnt_get_in_when_that_one_proves_it(database: &Database) {
        let house = House::new(database);
        house.sign_up("amina@example.org", OTHER).await.unwrap();
        house.sign_up("amina@example.org", PASSWORD).await.unwrap();
        let code = house.proof_of("amina@example.org").await;
        house.verify("amina@example.org", &code, PASSWORD).await.unwrap();
        assert_eq!(
            refused(house.sign_in("amina@example.org", OTHER).await),
            [ErrorCode::InvalidCredentials]
        );
    }

    async fn who_signs_up_last_with_anothers_login_doesnt_get_in_either(database: &Database) {
        let house = House::new(database);
        house.sign_up("amina@example.org", PASSWORD).await.unwrap();
        house.sign_up("amina@example.org", OTHER).await.unwrap();
        let code = house.proof_of("amina@example.org").await;
        assert_eq!(
            refused(house.verify("amina@example.org", &code, PASSWORD).await),
            [ErrorCode::InvalidCode]
        );
        assert_eq!(rows(database, "SELECT status FROM accounts").await, ["PENDING"]);
    }

    async fn two_that_sign_up_with_one_login_at_a_time_make_one_account(database: &Database) {
        let house = House::new(database);
        let (a, b) = tokio::join!(
            house.sign_up("amina@example.org", PASSWORD),
            house.sign_up("amina@example.org", OTHER)
        );
        assert_eq!(a.unwrap().extras, b.unwrap().extras);
        assert_eq!(rows(database, "SELECT status FROM accounts").await, ["PENDING"]);
    }

    async fn a_lost_password_is_answered_the_same_for_every_login_of_a_kind(database: &Database) {
        let house = House::sending(database, MAIL);
        house.account("grace@example.org", AccountStatus::Active).await;
        let mut answers = Vec::new();
        for login in ["grace@example.org", "nobody@example.org"] {
            let asked = recovery::ask(&house.services, &Login::parse_any(login).unwrap()).await.unwrap();
            answers.push(recovery::send_code(house.anonymous().await, &asked).await.unwrap().extras);
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0]["codeDelivery"], "EMAIL");
        assert_eq!(rows(database, "SELECT channel FROM outgoing_messages").await, ["EMAIL"]);
        // Neither the address nor the code can be read in the queue.
        let stored = rows(database, "SELECT to_sealed || body_sealed FROM outgoing_messages").await;
        assert!(!stored[0].contains("example.org"));
    }

    async fn messages_can_be_asked_for_only_so_often(database: &Database) {
        let house = House::sending(database, MAIL);
        let login = Login::parse_any("nobody@example.org").unwrap();
        for _ in 0..5 {
            recovery::ask(&house.services, &login).await.unwrap();
        }
        let more = recovery::ask(&house.services, &login).await.map(|_| Written::default());
        assert_eq!(refused(more), [ErrorCode::TryLater]);
    }
}
