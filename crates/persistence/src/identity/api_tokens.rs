//! API tokens: made, rotated, revoked. Of a secret only its keyed digest is stored.
//!
//! `issue`, `rotate` and `end` are what an organisation's managers do, under the policy. [`create`],
//! [`list`] and [`revoke`] are for the commands of whoever runs the installation: no account does
//! these, and the audit says so.

use std::collections::BTreeSet;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{ApiTokenId, OrganisationId};
use maip_domain::identity::api_token::{self, MOST_TOKENS};
use maip_domain::identity::{Scope, TokenKind, TokenSecret};
use maip_domain::policy::Action;
use maip_domain::time::Timestamp;
use maip_domain::vocabulary::CountryCode;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait as _, DbErr, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set,
};

use super::entity::{api_token_countries, api_token_scopes, api_token_secrets, api_tokens};
use super::organisations;
use super::read::{API_TOKEN, ORGANISATION};
use crate::code::Code;
use crate::read::viewer::Viewer;
use crate::services::Services;
use crate::vocabulary::country;
use crate::write::{Change, Claim, MutationKey, Refusal, Unit, UserError, WriteError, WriteResult, Written};

const TYPE: &str = "ApiToken";

/// A token to be made; its name is checked already.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Whose.
    pub organisation: OrganisationId,
    /// What it is for.
    pub name: String,
    /// What it may do; at least one.
    pub scopes: BTreeSet<Scope>,
    /// Whose records it reads; none for all countries.
    pub countries: Option<BTreeSet<CountryCode>>,
    /// When it ends; else in a year.
    pub expires: Option<Timestamp>,
}

/// A token that was made. The secret is nowhere else.
#[derive(Debug)]
pub struct Issued {
    /// The token.
    pub id: String,
    /// Its secret; none where the token was made before with the same id.
    pub secret: Option<TokenSecret>,
}

/// Makes a token for a manager of the organisation.
///
/// # Errors
/// The policy's; `MISSING_SCOPE` for what the organisation isn't cleared for; an end that isn't
/// accepted; `TOO_MANY`.
pub async fn issue(unit: &Unit<'_>, wished: Option<&ApiTokenId>, new: NewToken) -> WriteResult<Issued> {
    unit.account()?;
    let fresh = ApiTokenId::generate(unit.clock(), unit.entropy()).into_string();
    let claimed = match unit.claim(&API_TOKEN, "id", wished.map(ApiTokenId::as_str), fresh).await? {
        Claim::Made(id) => return Ok(Issued { id, secret: None }),
        Claim::New(claimed) => claimed,
    };
    unit.require(&ORGANISATION, "organisationId", new.organisation.as_str(), Action::ManageTokens).await?;
    let id = claimed.take()?;
    let secret = make(unit, &id, new).await?;
    Ok(Issued { id, secret: Some(secret) })
}

/// Gives a token a new secret; the former ones work for so many hours more.
///
/// # Errors
/// The policy's; `WRONG_STATE` for a token that has ended; an overlap or an end that isn't accepted.
pub async fn rotate(
    unit: &Unit<'_>,
    token: &ApiTokenId,
    overlap_hours: Option<i64>,
    expires: Option<Timestamp>,
) -> WriteResult<TokenSecret> {
    let model = require(unit, token).await?;
    let now = unit.now();
    if model.revoked_at.is_some() || model.expires_at <= now.micros() {
        let state = if model.revoked_at.is_some() { "REVOKED" } else { "EXPIRED" };
        return Err(UserError::in_state_at("tokenId", state, "the token has ended: make another").into());
    }
    let mut refusal = Refusal::default();
    let overlap = api_token::overlap_ends(now, overlap_hours);
    if let Err(error) = &overlap {
        refusal.push(UserError::at("overlapHours", ErrorCode::Invalid, error.to_string()));
    }
    let ends = match expires {
        None => Timestamp::from_micros(model.expires_at),
        wished => api_token::ends(now, wished).unwrap_or_else(|error| {
            refusal.push(UserError::at("expiresAt", ErrorCode::Invalid, error.to_string()));
            now
        }),
    };
    refusal.finish()?;
    let overlap = overlap.unwrap_or(now);
    unit.execute(
        "UPDATE api_token_secrets SET expires_at = $2 WHERE token_id = $1 AND expires_at > $2",
        [model.id.as_str().into(), overlap.micros().into()],
    )
    .await?;
    let secret = TokenSecret::generate(TokenKind::Api, unit.entropy());
    add_secret(unit, &model.id, &secret, ends).await?;
    let row = api_tokens::ActiveModel {
        hint: Set(secret.hint().to_owned()),
        expires_at: Set(ends.micros()),
        ..Default::default()
    };
    write_over(unit, &model, row).await?;
    note(unit, "api_token.rotated", &model.id, &["secret", "expiresAt"]).await?;
    Ok(secret)
}

/// Revokes a token for a manager of the organisation: with the next call it is unauthenticated.
///
/// # Errors
/// The policy's; `WRONG_STATE` for one that was revoked.
pub async fn end(unit: &Unit<'_>, token: &ApiTokenId) -> WriteResult<()> {
    let model = require(unit, token).await?;
    end_now(unit, &model).await
}

/// Makes a token by command.
///
/// # Errors
/// As [`issue`], without the policy's.
pub async fn create(services: &Services, new: NewToken) -> WriteResult<(String, TokenSecret)> {
    let unit = by_command(services, "createApiToken").await?;
    let id = ApiTokenId::generate(unit.clock(), unit.entropy()).into_string();
    let secret = make(&unit, &id, new).await?;
    unit.commit(Written::default()).await?;
    Ok((id, secret))
}

/// A token in a list; without its secret, which nobody has but its holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The token.
    pub id: String,
    /// Whose.
    pub organisation: String,
    /// The organisation's name.
    pub organisation_name: String,
    /// What it is for.
    pub name: String,
    /// The beginning of its newest secret.
    pub hint: String,
    /// What it may do.
    pub scopes: BTreeSet<Scope>,
    /// Whose records it reads; none for all countries.
    pub countries: Option<BTreeSet<String>>,
    /// When it ends.
    pub expires: Timestamp,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
}

/// The tokens of an organisation, or all, newest first.
///
/// # Errors
/// Those of the database.
pub async fn list(services: &Services, organisation: Option<&OrganisationId>) -> Result<Vec<Listed>, DbErr> {
    let connection = services.database.reader();
    let mut tokens = api_tokens::Entity::find()
        .order_by_desc(api_tokens::Column::CreatedAt)
        .order_by_asc(api_tokens::Column::Id);
    if let Some(organisation) = organisation {
        tokens = tokens.filter(api_tokens::Column::OrganisationId.eq(organisation.as_str()));
    }
    let mut listed = Vec::new();
    for token in tokens.all(connection).await? {
        let scopes = api_token_scopes::Entity::find()
            .filter(api_token_scopes::Column::TokenId.eq(token.id.as_str()))
            .all(connection)
            .await?;
        let countries = api_token_countries::Entity::find()
            .filter(api_token_countries::Column::TokenId.eq(token.id.as_str()))
            .all(connection)
            .await?;
        let owner = super::entity::organisations::Entity::find_by_id(token.organisation_id.clone())
            .one(connection)
            .await?;
        listed.push(Listed {
            organisation_name: owner.map(|owner| owner.name).unwrap_or_default(),
            scopes: scopes.into_iter().map(|row| row.scope.0).collect(),
            countries: (!token.all_countries)
                .then(|| countries.into_iter().map(|row| row.country_code).collect()),
            id: token.id,
            organisation: token.organisation_id,
            name: token.name,
            hint: token.hint,
            expires: Timestamp::from_micros(token.expires_at),
            revoked: token.revoked_at.map(Timestamp::from_micros),
            last_used: token.last_used_at.map(Timestamp::from_micros),
        });
    }
    Ok(listed)
}

/// Revokes a token by command.
///
/// # Errors
/// `NOT_FOUND`; `WRONG_STATE` for one that was revoked.
pub async fn revoke(services: &Services, token: &ApiTokenId) -> WriteResult<()> {
    let unit = by_command(services, "revokeApiToken").await?;
    let model = lock(&unit, token.as_str()).await?.ok_or_else(not_found)?;
    end_now(&unit, &model).await?;
    unit.commit(Written::default()).await?;
    Ok(())
}

async fn by_command<'s>(services: &'s Services, field: &'static str) -> WriteResult<Unit<'s>> {
    let key = MutationKey::unrepeated(field);
    Unit::begin(services, &Viewer::Anonymous, "command", key).await
}

async fn make(unit: &Unit<'_>, id: &str, new: NewToken) -> WriteResult<TokenSecret> {
    let organisation = organisations::lock(unit, new.organisation.as_str()).await?;
    let now = unit.now();
    let mut refusal = Refusal::default();
    if new.scopes.is_empty() {
        refusal.push(UserError::at("scopes", ErrorCode::Required, "name at least one scope"));
    }
    let cleared = organisations::clearance(unit, &organisation.id).await?;
    for scope in new.scopes.difference(&cleared) {
        let message = format!("the organisation isn't cleared for {}", scope.code());
        refusal.push(UserError::at("scopes", ErrorCode::MissingScope, message));
    }
    if new.countries.as_ref().is_some_and(BTreeSet::is_empty) {
        let message = "name a country, or leave the list out for all";
        refusal.push(UserError::at("countries", ErrorCode::Required, message));
    }
    for code in new.countries.iter().flatten() {
        refusal.note(country::named(unit, "countries", *code).await)?;
    }
    let ends = api_token::ends(now, new.expires).unwrap_or_else(|error| {
        refusal.push(UserError::at("expiresAt", ErrorCode::Invalid, error.to_string()));
        now
    });
    refusal.finish()?;
    let usable = api_tokens::Entity::find()
        .filter(api_tokens::Column::OrganisationId.eq(organisation.id.as_str()))
        .filter(api_tokens::Column::RevokedAt.is_null())
        .filter(api_tokens::Column::ExpiresAt.gt(now.micros()))
        .count(unit.transaction())
        .await?;
    if usable >= MOST_TOKENS {
        let message = format!("{MOST_TOKENS} usable tokens are the most: revoke one first");
        return Err(UserError::at("organisationId", ErrorCode::TooMany, message).into());
    }
    let secret = TokenSecret::generate(TokenKind::Api, unit.entropy());
    api_tokens::Entity::insert(api_tokens::ActiveModel {
        id: Set(id.to_owned()),
        revision: Set(1),
        created_at: Set(now.micros()),
        updated_at: Set(now.micros()),
        organisation_id: Set(organisation.id),
        created_by: Set(unit.facts().account.clone()),
        name: Set(new.name),
        hint: Set(secret.hint().to_owned()),
        all_countries: Set(new.countries.is_none()),
        expires_at: Set(ends.micros()),
        revoked_at: Set(None),
        last_used_at: Set(None),
    })
    .exec_without_returning(unit.transaction())
    .await?;
    for scope in new.scopes {
        let row = api_token_scopes::ActiveModel { token_id: Set(id.to_owned()), scope: Set(Code(scope)) };
        api_token_scopes::Entity::insert(row).exec_without_returning(unit.transaction()).await?;
    }
    for code in new.countries.into_iter().flatten() {
        let row = api_token_countries::ActiveModel {
            token_id: Set(id.to_owned()),
            country_code: Set(code.as_str().to_owned()),
        };
        api_token_countries::Entity::insert(row).exec_without_returning(unit.transaction()).await?;
    }
    add_secret(unit, id, &secret, ends).await?;
    note(unit, "api_token.created", id, &[]).await?;
    Ok(secret)
}

/// The token, locked, if the viewer manages it.
async fn require(unit: &Unit<'_>, token: &ApiTokenId) -> WriteResult<api_tokens::Model> {
    unit.account()?;
    unit.require(&API_TOKEN, "tokenId", token.as_str(), Action::ManageTokens).await?;
    lock(unit, token.as_str()).await?.ok_or_else(|| not_found().into())
}

async fn lock(unit: &Unit<'_>, id: &str) -> Result<Option<api_tokens::Model>, DbErr> {
    api_tokens::Entity::find_by_id(id.to_owned()).lock(LockType::NoKeyUpdate).one(unit.transaction()).await
}

fn not_found() -> UserError {
    UserError::at("tokenId", ErrorCode::NotFound, "there is no such token, or none that you may see")
}

async fn end_now(unit: &Unit<'_>, model: &api_tokens::Model) -> WriteResult<()> {
    if model.revoked_at.is_some() {
        return Err(UserError::in_state_at("tokenId", "REVOKED", "the token was revoked").into());
    }
    let row = api_tokens::ActiveModel { revoked_at: Set(Some(unit.now().micros())), ..Default::default() };
    write_over(unit, model, row).await?;
    note(unit, "api_token.revoked", &model.id, &["revokedAt"]).await
}

async fn add_secret(
    unit: &Unit<'_>,
    token: &str,
    secret: &TokenSecret,
    ends: Timestamp,
) -> Result<(), DbErr> {
    let row = api_token_secrets::ActiveModel {
        secret_hash: Set(unit.services().keyring.token_digest(secret.expose())),
        token_id: Set(token.to_owned()),
        created_at: Set(unit.now().micros()),
        expires_at: Set(ends.micros()),
    };
    api_token_secrets::Entity::insert(row).exec_without_returning(unit.transaction()).await?;
    Ok(())
}

async fn write_over(
    unit: &Unit<'_>,
    model: &api_tokens::Model,
    mut row: api_tokens::ActiveModel,
) -> WriteResult<()> {
    row.revision = Set(model.revision + 1);
    row.updated_at = Set(unit.now().micros());
    let done = api_tokens::Entity::update_many()
        .set(row)
        .filter(api_tokens::Column::Id.eq(model.id.as_str()))
        .filter(api_tokens::Column::Revision.eq(model.revision))
        .exec(unit.transaction())
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(WriteError::Broken("a locked token was changed")) }
}

async fn note(unit: &Unit<'_>, action: &'static str, id: &str, fields: &[&'static str]) -> WriteResult<()> {
    unit.record(Change { action, subject_type: TYPE, subject: id, fields, ..Change::default() }).await?;
    Ok(())
}
