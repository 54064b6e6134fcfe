//! API tokens: create, rotate, revoke.

use async_graphql::InputObject;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{ApiTokenId, OrganisationId};
use maip_domain::identity::Scope;
use maip_domain::identity::api_token::MOST_COUNTRIES;
use maip_domain::text;
use maip_persistence::identity::api_tokens::{self, NewToken};
use maip_persistence::identity::read::API_TOKEN;
use maip_persistence::read::declare::Scalar;
use maip_persistence::write::{Refusal, UserError, WriteResult, Written};

use crate::mutation::{Extra, ExtraType, MutationContext, Payload, Typed};
use crate::schema::Closed;
use crate::schema::scalars::{Country, DateTime, Id};

const TOKEN: Payload = Payload::of("apiToken", &API_TOKEN, "The token as it is now, without its secret.");
const TOKEN_AND_SECRET: Payload = TOKEN.with(&[Extra {
    name: "secret",
    description: "The secret, to be sent as `Authorization: Bearer …`. It is shown here alone and isn't kept: store it \
                  now. Null where the token was made before with the same id.",
    of: ExtraType::Scalar(Scalar::Text),
}]);

pub static CREATE: Typed<CreateApiTokenInput> = Typed {
    name: "createApiToken",
    description: "Makes an API token for an organisation that you manage, within the scopes for which it is cleared.",
    payload: TOKEN_AND_SECRET,
    run: |cx, input| Box::pin(create(cx, input)),
};

pub static ROTATE: Typed<RotateApiTokenInput> = Typed {
    name: "rotateApiToken",
    description: "Gives an API token a new secret. The former one works for a while more, so that systems can change \
                  over one by one.",
    payload: TOKEN_AND_SECRET,
    run: |cx, input| Box::pin(rotate(cx, input)),
};

pub static REVOKE: Typed<RevokeApiTokenInput> = Typed {
    name: "revokeApiToken",
    description: "Revokes an API token, at once and for good, with all its secrets.",
    payload: TOKEN,
    run: |cx, input| Box::pin(revoke(cx, input)),
};

/// An API token.
#[derive(InputObject)]
pub struct CreateApiTokenInput {
    /// The id, where you make it.
    id: Option<Id<ApiTokenId>>,
    /// Whose it is.
    organisation_id: Id<OrganisationId>,
    /// What it is for, in 120 characters at most.
    name: String,
    /// What it may do: at least one, of those for which the organisation is cleared.
    scopes: Vec<Closed<Scope>>,
    /// Whose records it reads; leave it out for all countries.
    countries: Option<Vec<Country>>,
    /// When it ends: in a year at most, which is also meant where you leave it out.
    expires_at: Option<DateTime>,
}

/// Which API token gets a new secret.
#[derive(InputObject)]
pub struct RotateApiTokenInput {
    /// The token.
    token_id: Id<ApiTokenId>,
    /// For how many hours the former secret works: 24 unless said, 168 at most; 0 ends it at once.
    overlap_hours: Option<i32>,
    /// When the token ends, where that is to change: in a year at most.
    expires_at: Option<DateTime>,
}

/// Which API token is revoked.
#[derive(InputObject)]
pub struct RevokeApiTokenInput {
    /// The token.
    token_id: Id<ApiTokenId>,
}

async fn create(cx: &MutationContext<'_>, input: CreateApiTokenInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.id.and_then(|id| id.check(&mut refusal, "id"));
    let organisation = input.organisation_id.check(&mut refusal, "organisationId");
    let name = refusal.take("name", text::check(&input.name, &text::NAME));
    if input.countries.as_ref().is_some_and(|countries| countries.len() > MOST_COUNTRIES) {
        let message = format!("{MOST_COUNTRIES} are the most: leave the list out for all");
        refusal.push(UserError::at("countries", ErrorCode::TooMany, message));
    }
    let organisation = refusal.finish_with(organisation)?;
    let new = NewToken {
        organisation,
        name: name.unwrap_or_default(),
        scopes: input.scopes.into_iter().map(|scope| scope.0).collect(),
        countries: input.countries.map(|countries| countries.into_iter().map(|country| country.0).collect()),
        expires: input.expires_at.map(|at| at.0),
    };
    let unit = cx.begin().await?;
    let issued = api_tokens::issue(&unit, id.as_ref(), new).await?;
    let written = Written::record(issued.id);
    let written = match &issued.secret {
        Some(secret) => written.with("secret", secret.expose()),
        None => written,
    };
    unit.commit(written).await
}

async fn rotate(cx: &MutationContext<'_>, input: RotateApiTokenInput) -> WriteResult<Written> {
    let id = input.token_id.at("tokenId")?;
    let unit = cx.begin().await?;
    let expires = input.expires_at.map(|at| at.0);
    let secret = api_tokens::rotate(&unit, &id, input.overlap_hours.map(i64::from), expires).await?;
    unit.commit(Written::record(id.into_string()).with("secret", secret.expose())).await
}

async fn revoke(cx: &MutationContext<'_>, input: RevokeApiTokenInput) -> WriteResult<Written> {
    let id = input.token_id.at("tokenId")?;
    let unit = cx.begin().await?;
    api_tokens::end(&unit, &id).await?;
    unit.commit(Written::record(id.into_string())).await
}
