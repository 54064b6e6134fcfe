//! People who are registered by somebody else: farmers without mail, often with a shared phone.

use maip_domain::error_code::ErrorCode;
use maip_domain::id::{AccountId, MembershipId, PlatformId};
use maip_domain::identity::{AccountStatus, AgeGroup, Login, Sex};
use maip_domain::membership::{ActorType, MembershipRole, MembershipStatus};
use maip_domain::policy::Action;
use maip_domain::time::Timestamp;
use maip_domain::vocabulary::LanguageTag;

use super::entity::platforms;
use super::read::MEMBERSHIP;
use super::row::{self, Member, Terms};
use crate::identity::accounts::{self, NewAccount, Registered};
use crate::identity::read::ACCOUNT;
use crate::write::{Change, Claim, Unit, UserError, WriteError, WriteResult};

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
    let claimed = match unit.claim(&MEMBERSHIP, "id", wished.map(MembershipId::as_str), fresh).await? {
        Claim::Made(id) => return Ok(id),
        Claim::New(claimed) => claimed,
    };
    let fresh = AccountId::generate(unit.clock(), unit.entropy()).into_string();
    let claimed_account =
        match unit.claim(&ACCOUNT, "accountId", wished_account.map(AccountId::as_str), fresh).await? {
            Claim::New(claimed) => claimed,
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
        return Err(UserError::at(
            "consentAt",
            ErrorCode::Invalid,
            "consent is recorded once it was given: this lies in the future",
        )
        .into());
    }
    let (id, account) = (claimed.take()?, claimed_account.take()?);
    let terms = Terms {
        role: person.role,
        actor_type: person.actor_type,
        status: MembershipStatus::Active,
        message: None,
    };
    let account_id = account.parse().map_err(|_| WriteError::Broken("an id that was claimed is none"))?;
    insert_account(unit, me, &platform, &account_id, person, consent_at).await?;
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

/// The account, without its login where that is in use.
async fn insert_account(
    unit: &Unit<'_>,
    me: AccountId,
    platform: &platforms::Model,
    id: &AccountId,
    person: Registration,
    consent_at: Timestamp,
) -> WriteResult<()> {
    let new = NewAccount {
        status: AccountStatus::Unclaimed,
        display_name: person.display_name,
        language: person.language,
        country: Some(platform.country_id.clone()),
        login: Some(person.login),
        password_hash: None,
        login_verified: false,
        sex: person.sex,
        age_group: person.age_group,
        registered: Some(Registered { by: me, consent: person.consent, at: consent_at }),
        system_administrator: false,
    };
    let without = NewAccount { login: None, ..new.clone() };
    if !accounts::insert(unit.services(), unit.transaction(), unit.now(), id, new).await? {
        accounts::insert(unit.services(), unit.transaction(), unit.now(), id, without).await?;
    }
    Ok(())
}
