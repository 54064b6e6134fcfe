//! People who are registered by somebody else: farmers without mail, often with a shared phone.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{AccountId, MembershipId, PlatformId};
use maip_domain::identity::{AccountStatus, AgeGroup, Login, Sex};
use maip_domain::membership::{ActorType, MembershipRole, MembershipStatus};
use maip_domain::policy::Action;
use maip_domain::sort_key::sort_key;
use maip_domain::time::Timestamp;
use maip_domain::vocabulary::LanguageTag;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbErr, EntityTrait as _, IntoActiveModel as _};

use super::entity::platforms;
use super::read::MEMBERSHIP;
use super::row::{self, Member, Terms};
use crate::code::Code;
use crate::identity::accounts::LOGIN_CONTEXT;
use crate::identity::entity::accounts;
use crate::identity::read::ACCOUNT;
use crate::write::{Change, Claim, Unit, UserError, WriteResult};

/// Someone to be registered; the texts are checked already.
#[derive(Clone, Debug)]
pub struct Registration {
    /// In which platform.
    pub platform: PlatformId,
    /// The person's name.
    pub display_name: String,
    /// What the person will sign in with.
    pub login: Login,
    /// The language in which the person reads.
    pub language: LanguageTag,
    /// As the person declared it.
    pub sex: Option<Sex>,
    /// As the person declared it.
    pub age_group: Option<AgeGroup>,
    /// As what.
    pub role: MembershipRole,
    /// From what part of the value chain.
    pub actor_type: ActorType,
    /// How the person gave consent.
    pub consent: String,
    /// When; now unless said.
    pub consent_at: Option<Timestamp>,
}

/// Makes an account that the person can claim and an active membership, and gives the membership's
/// id.
///
/// Where the login belongs to somebody already, the account is made without one, and nothing tells:
/// whoever registers people can't find out who has an account. The person signs in with the account
/// that they have, and joins by a request.
///
/// # Errors
/// The policy's; INVALID for a role that those who manage the platform have to give, and for a
/// consent in the future.
pub async fn register(
    unit: &Unit<'_>,
    wished: Option<&MembershipId>,
    wished_account: Option<&AccountId>,
    person: Registration,
) -> WriteResult<String> {
    let me = unit.account()?;
    let fresh = MembershipId::generate(unit.clock(), unit.entropy()).into_string();
    let id = match unit.claim(&MEMBERSHIP, wished.map(MembershipId::as_str), fresh).await? {
        Claim::Made(id) => return Ok(id),
        Claim::New(id) => id,
    };
    let fresh = AccountId::generate(unit.clock(), unit.entropy()).into_string();
    let account = match unit.claim(&ACCOUNT, wished_account.map(AccountId::as_str), fresh).await? {
        Claim::New(account) => account,
        // The same input made it with another membership's id, made by us: there is none to answer.
        Claim::Made(account) => return membership_of(unit, &person.platform, account).await,
    };
    let platform = row::platform(unit, &person.platform, Action::RegisterMember).await?;
    if !person.role.is_for_registered() {
        let message =
            "someone registered is MEMBER or OBSERVER; those who manage the platform can change that";
        return Err(UserError::at("role", ErrorCode::Invalid, message).into());
    }
    let consent_at = person.consent_at.unwrap_or_else(|| unit.now());
    if consent_at > unit.now() {
        return Err(UserError::at("consentAt", ErrorCode::Invalid, "not yet").into());
    }
    let terms = Terms {
        role: person.role,
        actor_type: person.actor_type,
        status: MembershipStatus::Active,
        message: None,
    };
    insert_account(unit, me.as_str(), &platform, &account, person, consent_at).await?;
    unit.record(Change {
        action: "account.registered",
        subject_type: ACCOUNT.name,
        subject: &account,
        country: Some(&platform.country_code),
        on_behalf_of: Some(&account),
        fields: &[],
    })
    .await?;
    let member = Member::Person(account);
    row::insert(unit, &platform, id.clone(), &member, "membership.registered", terms).await?;
    Ok(id)
}

async fn membership_of(unit: &Unit<'_>, platform: &PlatformId, account: String) -> WriteResult<String> {
    let found = row::of_member(unit, platform.as_str(), &Member::Person(account)).await?;
    found.map(|membership| membership.id).ok_or_else(|| {
        UserError::at("accountId", ErrorCode::Conflict, "the id is in use with another content").into()
    })
}

async fn insert_account(
    unit: &Unit<'_>,
    me: &str,
    platform: &platforms::Model,
    id: &str,
    person: Registration,
    consent_at: Timestamp,
) -> WriteResult<()> {
    let keyring = &unit.services().keyring;
    let mut salt = [0_u8; 16];
    unit.entropy().fill(&mut salt);
    let now = unit.now().micros();
    let mut model = accounts::Model {
        id: id.to_owned(),
        revision: 1,
        created_at: now,
        updated_at: now,
        status: Code(AccountStatus::Unclaimed),
        sort_key: sort_key(&person.display_name),
        display_name: person.display_name,
        language: person.language.into_string(),
        country_id: Some(platform.country_id.clone()),
        login_kind: Some(Code(person.login.kind())),
        login_sealed: Some(keyring.seal(LOGIN_CONTEXT, id, person.login.value(), unit.entropy())),
        login_index: Some(keyring.login_index(&person.login)),
        login_verified_at: None,
        login_used_at: None,
        password_hash: None,
        system_administrator: false,
        sex: person.sex.map(Code),
        age_group: person.age_group.map(Code),
        registered_by: Some(me.to_owned()),
        recorded_consent: Some(person.consent),
        recorded_consent_at: Some(consent_at.micros()),
        consent_confirmed_at: None,
        audit_salt: Some(URL_SAFE_NO_PAD.encode(salt)),
        erased_at: None,
    };
    if !insert(unit, &model).await? {
        model.login_kind = None;
        model.login_sealed = None;
        model.login_index = None;
        insert(unit, &model).await?;
    }
    Ok(())
}

/// `false` where the login is in use.
async fn insert(unit: &Unit<'_>, model: &accounts::Model) -> Result<bool, DbErr> {
    let row = model.clone().into_active_model();
    let taken = OnConflict::column(accounts::Column::LoginIndex).do_nothing().to_owned();
    match accounts::Entity::insert(row).on_conflict(taken).exec_without_returning(unit.transaction()).await {
        Ok(rows) => Ok(rows > 0),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error),
    }
}
