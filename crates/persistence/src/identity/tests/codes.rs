//! One-time codes: attempts, time, purpose, one use.

use maip_domain::error_code::ErrorCode;
use maip_domain::id::AccountId;
use maip_domain::identity::login::PHONE_UNUSED_DAYS;
use maip_domain::identity::{AccountStatus, CodePurpose, Login, OneTimeCode, password};
use maip_domain::policy::Action;
use sea_orm::ConnectionTrait as _;

use super::{House, PASSWORD, refused};
use crate::database::Database;
use crate::identity::read::ACCOUNT;
use crate::identity::{codes, recovery};
use crate::services::Delivery;
use crate::tests::database::rows;
use crate::tests::on_both;
use crate::tests::town::{self, Town};
use crate::write::{WriteResult, Written};

const LOGIN: &str = "+265991234567";
const NEW: &str = "dates dry in the sun";

impl House {
    pub(super) async fn code(&self, account: &AccountId, purpose: CodePurpose) -> OneTimeCode {
        let unit = self.anonymous().await;
        let issued = codes::issue(&unit, account.as_str(), purpose, Some(account.as_str())).await.unwrap();
        unit.commit(Written::default()).await.unwrap();
        issued.code
    }

    async fn ready(&self, login: &str, code: &OneTimeCode) -> WriteResult<recovery::NewPassword> {
        let login = Login::parse_any(login).unwrap();
        let canonical = password::check(&login, NEW).unwrap();
        recovery::ready(&self.services, &login, code.clone(), canonical).await
    }

    async fn claim(&self, code: &OneTimeCode, consent: bool) -> WriteResult<Written> {
        let new = self.ready(LOGIN, code).await?;
        recovery::claim(self.anonymous().await, new, consent, None).await
    }

    pub(super) async fn reset(&self, login: &str, code: &OneTimeCode) -> WriteResult<Written> {
        let new = self.ready(login, code).await?;
        recovery::reset(self.anonymous().await, new).await
    }
}

fn other_than(code: &OneTimeCode) -> OneTimeCode {
    let text = if code.expose() == "00000000" { "11111111" } else { "00000000" };
    OneTimeCode::parse(text).unwrap()
}

on_both! {
    async fn an_account_is_claimed_once_with_consent(database: &Database) {
        let house = House::new(database);
        let account = house.account(LOGIN, AccountStatus::Unclaimed).await;
        let code = house.code(&account, CodePurpose::ClaimAccount).await;
        assert_eq!(refused(house.claim(&code, false).await), [ErrorCode::ConsentRequired]);
        let written = house.claim(&code, true).await.unwrap();
        assert_eq!(written.record.as_deref(), Some(account.as_str()));
        assert_eq!(refused(house.claim(&code, true).await), [ErrorCode::InvalidCode]);
        house.sign_in(LOGIN, NEW).await.unwrap();
        assert_eq!(
            rows(database, "SELECT status FROM accounts WHERE consent_confirmed_at IS NOT NULL").await,
            ["ACTIVE"]
        );
    }

    async fn of_two_claims_at_a_time_one_wins(database: &Database) {
        let house = House::new(database);
        let account = house.account(LOGIN, AccountStatus::Unclaimed).await;
        let code = house.code(&account, CodePurpose::ClaimAccount).await;
        let (a, b) = tokio::join!(house.claim(&code, true), house.claim(&code, true));
        assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1, "{a:?} {b:?}");
        let lost = if a.is_ok() { b } else { a };
        assert_eq!(refused(lost), [ErrorCode::InvalidCode]);
        assert_eq!(rows(database, "SELECT id FROM sessions").await.len(), 1);
    }

    async fn after_five_wrong_attempts_the_right_code_is_wrong_too(database: &Database) {
        let house = House::new(database);
        let account = house.account(LOGIN, AccountStatus::Active).await;
        let code = house.code(&account, CodePurpose::ResetPassword).await;
        for _ in 0..5 {
            assert_eq!(refused(house.reset(LOGIN, &other_than(&code)).await), [ErrorCode::InvalidCode]);
        }
        assert_eq!(refused(house.reset(LOGIN, &code).await), [ErrorCode::InvalidCode]);
        let next = house.code(&account, CodePurpose::ResetPassword).await;
        house.reset(LOGIN, &next).await.unwrap();
    }

    async fn a_code_works_for_its_time_its_purpose_and_its_account(database: &Database) {
        let house = House::new(database);
        let account = house.account(LOGIN, AccountStatus::Active).await;
        let other = house.account("other@example.org", AccountStatus::Active).await;
        let claim = house.code(&account, CodePurpose::ClaimAccount).await;
        assert_eq!(refused(house.reset(LOGIN, &claim).await), [ErrorCode::InvalidCode]);
        let of_other = house.code(&other, CodePurpose::ResetPassword).await;
        assert_eq!(refused(house.reset(LOGIN, &of_other).await), [ErrorCode::InvalidCode]);
        let code = house.code(&account, CodePurpose::ResetPassword).await;
        house.clock.advance(15 * 60);
        assert_eq!(refused(house.reset(LOGIN, &code).await), [ErrorCode::InvalidCode]);
        assert_eq!(refused(house.reset("nobody@example.org", &code).await), [ErrorCode::InvalidCode]);
    }

    async fn a_newer_code_takes_the_place_of_the_older(database: &Database) {
        let house = House::new(database);
        let account = house.account(LOGIN, AccountStatus::Active).await;
        let older = house.code(&account, CodePurpose::ResetPassword).await;
        let newer = house.code(&account, CodePurpose::ResetPassword).await;
        assert_eq!(refused(house.reset(LOGIN, &older).await), [ErrorCode::InvalidCode]);
        house.reset(LOGIN, &newer).await.unwrap();
    }

    async fn a_new_password_by_code_ends_every_session(database: &Database) {
        let house = House::new(database);
        let account = house.account(LOGIN, AccountStatus::Active).await;
        house.sign_in(LOGIN, PASSWORD).await.unwrap();
        let code = house.code(&account, CodePurpose::ResetPassword).await;
        house.reset(LOGIN, &code).await.unwrap();
        assert!(rows(database, "SELECT id FROM sessions WHERE revoked_at IS NULL").await.is_empty());
        assert_eq!(refused(house.sign_in(LOGIN, PASSWORD).await), [ErrorCode::InvalidCredentials]);
        house.sign_in(LOGIN, NEW).await.unwrap();
    }

    async fn a_message_to_a_number_unused_for_long_opens_nothing(database: &Database) {
        let house = House::sending(database, Delivery { email: true, sms: true });
        let account = house.account(LOGIN, AccountStatus::Active).await;
        house.clock.advance(PHONE_UNUSED_DAYS * 86_400);
        let login = Login::parse_any(LOGIN).unwrap();
        let asked = recovery::ask(&house.services, &login).await.unwrap();
        recovery::send_code(house.anonymous().await, &asked).await.unwrap();
        assert!(rows(database, "SELECT channel FROM outgoing_messages").await.is_empty());

        let unit = house.anonymous().await;
        let sent = codes::issue(&unit, account.as_str(), CodePurpose::ResetPassword, None).await.unwrap().code;
        unit.commit(Written::default()).await.unwrap();
        assert_eq!(refused(house.reset(LOGIN, &sent).await), [ErrorCode::InvalidCode]);
        // Who manages the platform knows whom they speak to.
        let read_out = house.code(&account, CodePurpose::ResetPassword).await;
        house.reset(LOGIN, &read_out).await.unwrap();
        house.sign_in(LOGIN, NEW).await.unwrap();
    }

    async fn nobody_reads_out_a_code_that_opens_more_than_they_may(database: &Database) {
        let town = Town::new(database).await;
        let facilitator = town.member("facilitator", "FACILITATOR").await;
        let focal = town.officer("focal", "NATIONAL_FOCAL_POINT").await;
        town.run(
            "INSERT INTO organisations (id, revision, created_at, updated_at, name, sort_key, kind) \
             VALUES ('organisation', 1, 1, 1, 'O', 'o', 'NGO')",
        )
        .await;
        let (plain, belonging, manager, secretary, abroad) = (
            town.member("plain", "MEMBER").await,
            town.member("belonging", "MEMBER").await,
            town.member("manager", "MEMBER").await,
            town.member("secretary", "SECRETARY").await,
            town.member("abroad", "MEMBER").await,
        );
        for (person, manages) in [(&belonging, "FALSE"), (&manager, "TRUE")] {
            let person = town::account(person);
            town.run(&format!(
                "INSERT INTO organisation_people (organisation_id, account_id, manager, since) \
                 VALUES ('organisation', '{person}', {manages}, 1)"
            ))
            .await;
        }
        town.run(&format!(
            "INSERT INTO platforms (id, revision, created_at, updated_at, name, sort_key, language, description, country_id, \
             country_code, region, stage, visibility) VALUES ('egypt', 1, 1, 1, 'E', 'e', 'en', '', 'country_m', 'EGY', \
             'AFRICA', 'IMPLEMENTING', 'PUBLIC'); \
             INSERT INTO memberships (id, revision, created_at, updated_at, platform_id, platform_country_code, account_id, \
             member_sort_key, role, actor_type, status, since) VALUES ('broker', 1, 1, 1, 'egypt', 'EGY', '{}', 'abroad', \
             'BROKER', 'FARMER', 'ACTIVE', 1)",
            town::account(&abroad)
        ))
        .await;
        for (reader, person, name, allowed) in [
            (&facilitator, &plain, "plain", true),
            (&facilitator, &belonging, "belonging", true),
            (&facilitator, &manager, "manager", false),
            (&facilitator, &secretary, "secretary", false),
            (&facilitator, &abroad, "abroad", false),
            (&focal, &plain, "plain", true),
            (&focal, &manager, "manager", false),
            (&focal, &secretary, "secretary", true),
            (&focal, &abroad, "abroad", false),
        ] {
            let unit = town.begin(reader).await;
            let decided =
                unit.require(&ACCOUNT, "accountId", town::account(person).as_str(), Action::IssueSignInCode).await;
            assert_eq!(decided.is_ok(), allowed, "{name}: {decided:?}");
        }
    }

    async fn a_code_that_is_read_out_leads_to_no_organisation_that_asks(database: &Database) {
        let house = House::new(database);
        let account = house.account(LOGIN, AccountStatus::Active).await;
        for sql in [
            "INSERT INTO organisations (id, revision, created_at, updated_at, name, sort_key, kind) \
             VALUES ('organisation', 1, 1, 1, 'O', 'o', 'NGO')",
            &format!(
                "INSERT INTO organisation_manager_requests (organisation_id, account_id, asked_at) \
                 VALUES ('organisation', '{account}', 1)"
            ),
        ] {
            database.writer().execute_unprepared(sql).await.unwrap();
        }
        let requests = "SELECT account_id FROM organisation_manager_requests";
        let unit = house.anonymous().await;
        let sent = codes::issue(&unit, account.as_str(), CodePurpose::ResetPassword, None).await.unwrap().code;
        unit.commit(Written::default()).await.unwrap();
        house.reset(LOGIN, &sent).await.unwrap();
        assert_eq!(rows(database, requests).await, [account.as_str()], "their own code is theirs alone");
        let read_out = house.code(&account, CodePurpose::ResetPassword).await;
        house.reset(LOGIN, &read_out).await.unwrap();
        assert!(rows(database, requests).await.is_empty());
    }

    async fn codes_are_stored_as_digests(database: &Database) {
        let house = House::new(database);
        let account = house.account(LOGIN, AccountStatus::Active).await;
        let code = house.code(&account, CodePurpose::ResetPassword).await;
        let stored = rows(database, "SELECT code_hash FROM one_time_codes").await;
        assert!(stored.iter().all(|hash| !hash.contains(code.expose()) && hash.len() == 43), "{stored:?}");
    }
}
