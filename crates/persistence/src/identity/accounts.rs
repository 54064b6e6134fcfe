//! Accounts as they are made, found, and changed by the person.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::AccountId;
use maip_domain::identity::{AccountStatus, AgeGroup, Login, Sex};
use maip_domain::sort_key::sort_key;
use maip_domain::time::Timestamp;
use maip_domain::vocabulary::country::CountryCode;
use maip_domain::vocabulary::language::LanguageTag;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _, QueryFilter as _, Value,
};

use super::entity::accounts;
use crate::code::Code;
use crate::read::viewer::Viewer;
use crate::services::Services;
use crate::vocabulary::country;
use crate::write::{Change, Hold, Unit, UserError, WriteError, WriteResult, Written};

/// What a login is sealed for: the name of the field under which it is read, see
/// [`crate::read::run::Unsealer`].
pub const LOGIN_CONTEXT: &str = "LOGIN";

/// An account to be made. The texts are checked already.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// How far it has come.
    pub status: AccountStatus,
    /// The name under which the person is known here.
    pub display_name: String,
    /// The language in which the person prefers to read.
    pub language: LanguageTag,
    /// The person's country, by its record's id; see [`country_id`].
    pub country: Option<String>,
    /// The login; none where somebody is registered with one that is in use.
    pub login: Option<Login>,
    /// The hash of the password or PIN; none until the account is claimed.
    pub password_hash: Option<String>,
    /// Whether the login was proven.
    pub login_verified: bool,
    /// As the person declared it.
    pub sex: Option<Sex>,
    /// As the person declared it.
    pub age_group: Option<AgeGroup>,
    /// For someone registered by another: by whom, and how the consent was given.
    pub registered: Option<Registered>,
    /// Whether it is the system administrator.
    pub system_administrator: bool,
}

/// Who registered somebody else, and on what consent.
#[derive(Clone, Debug)]
pub struct Registered {
    /// Who.
    pub by: AccountId,
    /// How the person gave consent, in the words of who recorded it.
    pub consent: String,
    /// When.
    pub at: Timestamp,
}

/// Makes an account; `false` where the login is in use, and then nothing is made.
///
/// # Errors
/// Those of the database.
pub async fn insert(
    services: &Services,
    transaction: &impl ConnectionTrait,
    now: Timestamp,
    id: &AccountId,
    new: NewAccount,
) -> Result<bool, DbErr> {
    let mut salt = [0_u8; 16];
    services.entropy.fill(&mut salt);
    let now = now.micros();
    let sealed = new.login.as_ref().map(|login| {
        services.keyring.seal(LOGIN_CONTEXT, id.as_str(), login.value(), services.entropy.as_ref())
    });
    let (registered_by, consent) =
        new.registered.map(|by| (by.by.into_string(), (by.consent, by.at.micros()))).unzip();
    let (recorded_consent, recorded_consent_at) = consent.unzip();
    let model = accounts::Model {
        id: id.as_str().to_owned(),
        revision: 1,
        created_at: now,
        updated_at: now,
        status: Code(new.status),
        sort_key: sort_key(&new.display_name),
        display_name: new.display_name,
        language: new.language.into_string(),
        country_id: new.country,
        login_kind: new.login.as_ref().map(|login| Code(login.kind())),
        login_sealed: sealed,
        login_index: new.login.as_ref().map(|login| services.keyring.login_index(login)),
        login_verified_at: new.login_verified.then_some(now),
        login_used_at: None,
        password_hash: new.password_hash,
        system_administrator: new.system_administrator,
        sex: new.sex.map(Code),
        age_group: new.age_group.map(Code),
        registered_by,
        recorded_consent_at,
        recorded_consent,
        consent_confirmed_at: None,
        audit_salt: Some(URL_SAFE_NO_PAD.encode(salt)),
        erased_at: None,
    };
    let taken = OnConflict::column(accounts::Column::LoginIndex).do_nothing().to_owned();
    match accounts::Entity::insert(model.into_active_model())
        .on_conflict(taken)
        .exec_without_returning(transaction)
        .await
    {
        Ok(rows) => Ok(rows > 0),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The account with a login, by the login's blind index.
///
/// # Errors
/// Those of the database.
pub(super) async fn by_login(
    connection: &impl ConnectionTrait,
    index: &str,
) -> Result<Option<accounts::Model>, DbErr> {
    accounts::Entity::find().filter(accounts::Column::LoginIndex.eq(index)).one(connection).await
}

/// The account with a login, held alone: what it may do, and how it is opened, stays as it is read here
/// until the unit changes it or ends. To be called before anything else is locked.
///
/// # Errors
/// Those of the database.
pub(super) async fn hold_by_login(unit: &Unit<'_>, index: &str) -> Result<Option<accounts::Model>, DbErr> {
    let found = by_login(unit.transaction(), index).await?.map(|account| account.id);
    // Also for a login that nobody has: the answer takes as long.
    unit.hold_account(found.as_deref().unwrap_or(index), Hold::Alone).await?;
    let held = by_login(unit.transaction(), index).await?;
    Ok(held.filter(|account| Some(account.id.as_str()) == found.as_deref()))
}

/// The account of who is signed in, for a check ahead of the unit.
///
/// # Errors
/// `SIGN_IN_NEEDED`; those of the database.
pub(super) async fn of_viewer(services: &Services, viewer: &Viewer) -> WriteResult<accounts::Model> {
    let Viewer::Session { account, .. } = viewer else {
        return Err(UserError::new(ErrorCode::SignInNeeded, "sign in first").into());
    };
    accounts::Entity::find_by_id(account.as_str())
        .one(services.database.reader())
        .await?
        .ok_or(WriteError::Unauthenticated)
}

/// An account whose id is known to be right.
pub(super) async fn by_id(connection: &impl ConnectionTrait, id: &str) -> WriteResult<accounts::Model> {
    accounts::Entity::find_by_id(id)
        .one(connection)
        .await?
        .ok_or(WriteError::Broken("an account that was at hand is gone"))
}

/// The login of an account.
pub(super) fn open_login(services: &Services, account: &accounts::Model) -> Option<Login> {
    let kind = account.login_kind?.0;
    let sealed = account.login_sealed.as_deref()?;
    let text = services.keyring.open(LOGIN_CONTEXT, &account.id, sealed)?;
    Login::parse(kind, &text).ok()
}

/// The id of a country's record.
///
/// # Errors
/// `NOT_FOUND` at `field` where there is no such country.
pub async fn country_id(unit: &Unit<'_>, field: &str, code: CountryCode) -> WriteResult<String> {
    Ok(country::named(unit, field, code).await?.id)
}

/// The code of an account's country, for the audit.
pub(super) async fn country_code(unit: &Unit<'_>, account: &accounts::Model) -> WriteResult<Option<String>> {
    let Some(id) = account.country_id.as_deref() else { return Ok(None) };
    let row = unit.query_one("SELECT code FROM countries WHERE id = $1", [id.into()]).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// Notes what was done to an account.
pub(super) async fn record(
    unit: &Unit<'_>,
    account: &accounts::Model,
    action: &'static str,
    fields: &[&'static str],
) -> WriteResult<()> {
    record_by(unit, unit.facts().account.as_deref(), account, action, fields).await
}

/// Notes what a person did to their own account, without a session.
pub(super) async fn record_by_owner(
    unit: &Unit<'_>,
    account: &accounts::Model,
    action: &'static str,
) -> WriteResult<()> {
    record_by(unit, Some(&account.id), account, action, &[]).await
}

async fn record_by(
    unit: &Unit<'_>,
    actor: Option<&str>,
    account: &accounts::Model,
    action: &'static str,
    fields: &[&'static str],
) -> WriteResult<()> {
    let country = country_code(unit, account).await?;
    let change = Change {
        action,
        subject_type: "Account",
        subject: &account.id,
        country: country.as_deref(),
        on_behalf_of: None,
        fields,
    };
    Ok(unit.record_by(actor, change).await?)
}

/// What a person changes of their own account; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct AccountEdit {
    /// The name.
    pub display_name: Option<String>,
    /// The language.
    pub language: Option<LanguageTag>,
    /// The country; `Some(None)` takes it away.
    pub country: Option<Option<CountryCode>>,
    /// Sex; `Some(None)` takes it away.
    pub sex: Option<Option<Sex>>,
    /// Age group; `Some(None)` takes it away.
    pub age_group: Option<Option<AgeGroup>>,
}

/// Changes the viewer's own account.
///
/// # Errors
/// `SIGN_IN_NEEDED`, a stale revision, INVALID for a country that isn't there.
pub async fn update_mine(unit: Unit<'_>, expected_revision: i64, edit: AccountEdit) -> WriteResult<Written> {
    let id = unit.account()?;
    let account = by_id(unit.transaction(), id.as_str()).await?;
    unit.expect_revision(&account.id, expected_revision, account.revision).await?;
    let country = match edit.country {
        None => account.country_id.clone(),
        Some(None) => None,
        Some(Some(code)) => Some(country_id(&unit, "country", code).await?),
    };
    unit.keep_snapshot(
        &account.id,
        account.revision,
        &serde_json::json!({ "displayName": account.display_name, "language": account.language }),
    );
    let mut fields = Vec::new();
    let mut changed = |name: &'static str, differs: bool| {
        if differs {
            fields.push(name);
        }
    };
    let display_name = edit.display_name.unwrap_or_else(|| account.display_name.clone());
    let language = edit.language.map_or_else(|| account.language.clone(), LanguageTag::into_string);
    let sex = edit.sex.map_or(account.sex, |sex| sex.map(Code));
    let age_group = edit.age_group.map_or(account.age_group, |group| group.map(Code));
    changed("displayName", display_name != account.display_name);
    changed("language", language != account.language);
    changed("country", country != account.country_id);
    changed("sex", sex != account.sex);
    changed("ageGroup", age_group != account.age_group);
    let key = sort_key(&display_name);
    let rows = unit
        .execute(
            "UPDATE accounts SET display_name = $1, sort_key = $2, language = $3, country_id = $4, sex = $5, \
             age_group = $6, updated_at = $7, revision = revision + 1 WHERE id = $8 AND revision = $9",
            [
                display_name.into(),
                key.as_str().into(),
                language.into(),
                country.into(),
                sex.map_or(Value::String(None), Value::from),
                age_group.map_or(Value::String(None), Value::from),
                unit.now().micros().into(),
                account.id.as_str().into(),
                account.revision.into(),
            ],
        )
        .await?;
    if rows == 0 {
        return Err(stale(&unit, &account.id, expected_revision).await);
    }
    carry_name(&unit, &account.id, &key).await?;
    record(&unit, &account, "account.updated", &fields).await?;
    unit.commit(Written::record(account.id)).await
}

/// Brings the order of a person's name to where lists are ordered by it.
pub(super) async fn carry_name(unit: &Unit<'_>, account: &str, key: &str) -> Result<(), DbErr> {
    unit.execute(
        "UPDATE memberships SET member_sort_key = $1 WHERE account_id = $2",
        [key.into(), account.into()],
    )
    .await?;
    Ok(())
}

/// Another write came between reading an account and changing it.
pub(super) async fn stale(unit: &Unit<'_>, id: &str, expected: i64) -> WriteError {
    let now = match by_id(unit.transaction(), id).await {
        Ok(account) => account.revision,
        Err(error) => return error,
    };
    match unit.expect_revision(id, expected, now).await {
        Err(error) => error,
        Ok(()) => WriteError::Broken("an account that wasn't changed couldn't be changed"),
    }
}
