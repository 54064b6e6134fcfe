//! Signing up, and proving with a one-time code that the login is one's own.
//!
//! The answer doesn't tell whether a login is in use. Who signs up with somebody else's login gets
//! nothing by it: the code goes to the owner, and proving takes the password of the same sign-up.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::id::{AccountId, MembershipId, PlatformId};
use maip_domain::identity::{
    AccountAction, AccountStatus, CodeDelivery, CodePurpose, Login, OneTimeCode, password,
};
use maip_domain::membership::member::{ActorType, MembershipRole, MembershipStatus};
use maip_domain::policy::Attribute;
use maip_domain::sort_key::sort_key;
use maip_domain::time::Timestamp;
use maip_domain::vocabulary::country::CountryCode;
use maip_domain::vocabulary::language::LanguageTag;

use super::accounts::{self, NewAccount};
use super::attempts::{self, Attempt};
use super::codes;
use super::entity::accounts::Model as Account;
use super::letters::{self, Letter};
use super::sessions;
use super::sign_in::waits_for_proof;
use crate::membership::read::{MEMBERSHIP, PLATFORM};
use crate::services::Services;
use crate::write::{Change, Unit, UserError, WriteError, WriteResult, Written};

/// What somebody says of themselves when they sign up. The texts are checked already.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// The login.
    pub login: Login,
    /// The password or PIN in the form that is hashed.
    pub password: String,
    /// The name.
    pub display_name: String,
    /// The language.
    pub language: LanguageTag,
    /// The country.
    pub country: Option<CountryCode>,
    /// The platform that the person would like to join.
    pub platform: Option<Wish>,
}

/// A platform that somebody would like to join.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Which.
    pub platform: PlatformId,
    /// As what.
    pub actor_type: ActorType,
    /// What the person writes to those who decide.
    pub message: Option<String>,
}

/// A sign-up that may be tried: its password is hashed, whoever has the login.
#[derive(Debug)]
pub struct Ready {
    hash: String,
    login_index: String,
}

/// Counts the attempt and hashes the password, before the unit is begun.
///
/// # Errors
/// `TRY_LATER` where too many come for one login.
pub async fn ready(services: &Services, sign_up: &SignUp) -> WriteResult<Ready> {
    let login_index = services.keyring.login_index(&sign_up.login);
    attempts::take(services, Attempt::Message, &login_index).await?;
    let hash = services.passwords.hash(sign_up.password.clone(), services.entropy.as_ref()).await?;
    Ok(Ready { hash, login_index })
}

/// Signs up. Says how a code comes, which depends on the kind of login alone.
///
/// # Errors
/// INVALID for a country that isn't there, `NOT_FOUND` or `WRONG_STATE` for the platform.
pub async fn sign_up(unit: Unit<'_>, sign_up: SignUp, ready: Ready) -> WriteResult<Written> {
    let services = unit.services();
    let delivery = services.delivery.of(sign_up.login.kind());
    let country = match sign_up.country {
        None => None,
        Some(code) => Some(accounts::country_id(&unit, "country", code).await?),
    };
    if let Some(wish) = &sign_up.platform {
        check_wish(&unit, wish).await?;
    }
    let key = sort_key(&sign_up.display_name);
    let id = AccountId::generate(unit.clock(), unit.entropy());
    let new = NewAccount {
        status: AccountStatus::Pending,
        display_name: sign_up.display_name.clone(),
        language: sign_up.language.clone(),
        country: country.clone(),
        login: Some(sign_up.login),
        password_hash: Some(ready.hash.clone()),
        login_verified: false,
        sex: None,
        age_group: None,
        registered: None,
        system_administrator: false,
    };
    let made = accounts::insert(services, unit.transaction(), unit.now(), &id, new).await?;
    let account = accounts::hold_by_login(&unit, &ready.login_index).await?;
    // Also where it isn't needed: the answer takes as long.
    attempts::touch(unit.transaction(), Attempt::Message, &ready.login_index).await?;
    // The one that has the login is just being erased, or its login was changed: it is free now.
    let account = account.ok_or(WriteError::Overtaken)?;
    let mut counts = made;
    if !made {
        // As long as nobody has proven this login, the last one who signs up with it counts.
        let changed = unit
            .execute(
                "UPDATE accounts SET display_name = $1, sort_key = $2, language = $3, country_id = $4, \
                 password_hash = $5, updated_at = $6, revision = revision + 1 \
                 WHERE id = $7 AND status = 'PENDING'",
                [
                    sign_up.display_name.into(),
                    key.as_str().into(),
                    sign_up.language.into_string().into(),
                    country.into(),
                    ready.hash.into(),
                    unit.now().micros().into(),
                    account.id.as_str().into(),
                ],
            )
            .await?;
        counts = changed == 1;
    }
    if !counts {
        letters::send(&unit, &account, Letter::LoginInUse).await?;
        return unit.commit(answer(delivery)).await;
    }
    accounts::carry_name(&unit, &account.id, &key).await?;
    if let Some(wish) = sign_up.platform {
        ask_to_join(&unit, &account.id, &key, wish).await?;
    }
    if delivery != CodeDelivery::Facilitator {
        let issued = codes::issue(&unit, &account.id, CodePurpose::VerifyLogin, None).await?;
        letters::send(&unit, &account, Letter::Code(CodePurpose::VerifyLogin, &issued)).await?;
    }
    accounts::record_by_owner(&unit, &account, "account.signed_up").await?;
    unit.commit(answer(delivery)).await
}

fn answer(delivery: CodeDelivery) -> Written {
    Written::default().with("codeDelivery", delivery.code())
}

/// Whether the platform is one that a stranger may ask to join.
async fn check_wish(unit: &Unit<'_>, wish: &Wish) -> WriteResult<()> {
    let record = unit.require_visible(&PLATFORM, "platformId", wish.platform.as_str()).await?;
    if record.get(Attribute::State) == Some("CLOSED") {
        return Err(UserError::in_state_at("platformId", "CLOSED", "the platform is closed").into());
    }
    Ok(())
}

/// A request for membership, so that the facilitator sees who asks and can read out a code.
async fn ask_to_join(unit: &Unit<'_>, account: &str, key: &str, wish: Wish) -> WriteResult<()> {
    let id = MembershipId::generate(unit.clock(), unit.entropy());
    let now = unit.now().micros();
    let made = unit
        .query_one(
            "INSERT INTO memberships (id, revision, created_at, updated_at, created_by, platform_id, \
             platform_country_code, platform_region, account_id, member_sort_key, role, actor_type, status, message) \
             SELECT $1, 1, $2, $2, $3, p.id, p.country_code, p.region, $3, $4, $5, $6, $7, $8 FROM platforms p \
             WHERE p.id = $9 ON CONFLICT DO NOTHING RETURNING platform_country_code",
            [
                id.as_str().into(),
                now.into(),
                account.into(),
                key.into(),
                MembershipRole::Member.code().into(),
                wish.actor_type.code().into(),
                MembershipStatus::Requested.code().into(),
                wish.message.into(),
                wish.platform.as_str().into(),
            ],
        )
        .await?;
    if let Some(row) = made {
        let country: String = row.try_get_by_index(0)?;
        let change = Change {
            action: "membership.requested",
            subject_type: MEMBERSHIP.name,
            subject: id.as_str(),
            country: Some(&country),
            ..Change::default()
        };
        unit.record_by(Some(account), change).await?;
    }
    Ok(())
}

/// A code and a password, tried together before the unit is begun.
#[derive(Debug)]
pub struct Proof {
    login_index: String,
    code: OneTimeCode,
    hash: Option<String>,
    password_right: bool,
}

/// Counts the attempt and checks the password.
///
/// # Errors
/// `TRY_LATER` after many attempts.
pub async fn prove(
    services: &Services,
    login: &Login,
    code: OneTimeCode,
    secret: &str,
) -> WriteResult<Proof> {
    let login_index = services.keyring.login_index(login);
    attempts::take(services, Attempt::Code, &login_index).await?;
    let account = accounts::by_login(services.database.reader(), &login_index).await?;
    let hash = account.and_then(|account| account.password_hash);
    let canonical = password::canonical(login.kind(), secret);
    let password_right = services.passwords.verify(canonical, hash.clone()).await?;
    sessions::prepare(services).await?;
    Ok(Proof { login_index, code, hash, password_right })
}

/// Proves the login: at sign-up, and again for a phone number that wasn't used for long. Opens a
/// session.
///
/// # Errors
/// `INVALID_CODE`, whatever of it isn't right.
pub async fn verify(unit: Unit<'_>, proof: &Proof, label: Option<&str>) -> WriteResult<Written> {
    let account = accounts::hold_by_login(&unit, &proof.login_index).await?;
    attempts::touch(unit.transaction(), Attempt::Code, &proof.login_index).await?;
    let Some(account) = account.filter(|account| waits_for_proof(account, unit.now())) else {
        return Err(codes::refuse(unit, &proof.login_index, None).await);
    };
    // Without the password of the sign-up, a code alone would let whoever signed up with another's
    // login in, once that other one proves it.
    let same_password = proof.password_right && account.password_hash == proof.hash;
    if !codes::redeem(&unit, &account.id, CodePurpose::VerifyLogin, &proof.code, same_password).await? {
        return Err(codes::refuse(unit, &proof.login_index, Some(&account.id)).await);
    }
    let status = match account.status.0 {
        AccountStatus::Pending => AccountStatus::Pending.apply(AccountAction::Verify)?,
        other => other,
    };
    became_active(&unit, &account, status, None).await?;
    attempts::forget(unit.transaction(), Attempt::Code, &proof.login_index).await?;
    accounts::record_by_owner(&unit, &account, "account.login_verified").await?;
    let id = account.id.parse().map_err(|_| WriteError::Broken("a stored account id is none"))?;
    let written = sessions::open(&unit, &id, label).await?.answer(&unit)?;
    unit.commit(written).await
}

/// The login is proven, and the held account in its new state; with a new password where one is given.
pub(super) async fn became_active(
    unit: &Unit<'_>,
    account: &Account,
    status: AccountStatus,
    password_hash: Option<String>,
) -> WriteResult<()> {
    let now: Timestamp = unit.now();
    let rows = unit
        .execute(
            "UPDATE accounts SET status = $1, password_hash = COALESCE($2, password_hash), login_verified_at = $3, \
             updated_at = $3, revision = revision + 1 WHERE id = $4 AND status = $5",
            [
                status.code().into(),
                password_hash.into(),
                now.micros().into(),
                account.id.as_str().into(),
                account.status.0.code().into(),
            ],
        )
        .await?;
    if rows == 1 { Ok(()) } else { Err(WriteError::Broken("a held account was changed")) }
}
