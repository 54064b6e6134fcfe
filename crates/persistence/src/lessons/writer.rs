//! Who writes a lesson down: a person, or an organisation's API token on behalf of one of its people.

use maip_domain::error_code::ErrorCode;
use maip_domain::id::{AccountId, OrganisationId};
use maip_domain::lessons::Attribution;

use crate::write::{Unit, UserError, WriteError, WriteResult};

/// Who is to be the author of a new lesson, and for whom it speaks.
pub(super) struct Beginning {
    pub author: AccountId,
    /// Who made the record: the person who writes, or the author for whom a token does.
    pub creator: AccountId,
    pub organisation: Option<OrganisationId>,
    /// The token that writes.
    pub token: Option<String>,
}

/// A person writes for themselves or for the author that they name. A token writes for its own
/// organisation, and for one of its people: the one named, else whoever made the token.
///
/// # Errors
/// `SIGN_IN_NEEDED`; for a token `FORBIDDEN` for another organisation, `REQUIRED` or
/// `MEMBERSHIP_NEEDED` where the author doesn't belong to it.
pub(super) async fn begin(
    unit: &Unit<'_>,
    author: Option<&AccountId>,
    organisation: Option<OrganisationId>,
) -> WriteResult<Beginning> {
    let Some((token, own)) = unit.token() else {
        let creator = unit.account()?;
        let author = author.unwrap_or(&creator).clone();
        return Ok(Beginning { author, creator, organisation, token: None });
    };
    require_own(unit, organisation.as_ref())?;
    let own: OrganisationId =
        own.parse().map_err(|_| WriteError::Broken("a stored organisation id is none"))?;
    let author = match author {
        Some(author) => author.clone(),
        None => maker(unit, token).await?,
    };
    let belongs = unit
        .query_one(
            "SELECT 1 FROM organisation_people p JOIN accounts a ON a.id = p.account_id \
             WHERE p.organisation_id = $1 AND p.account_id = $2 AND a.status = 'ACTIVE'",
            [own.as_str().into(), author.as_str().into()],
        )
        .await?;
    if belongs.is_none() {
        let message = "a token writes on behalf of one of its organisation's people: name the author";
        return Err(UserError::at("authorId", ErrorCode::MembershipNeeded, message).into());
    }
    let creator = author.clone();
    Ok(Beginning { author, creator, organisation: Some(own), token: Some(token.to_owned()) })
}

async fn maker(unit: &Unit<'_>, token: &str) -> WriteResult<AccountId> {
    let row = unit.query_one("SELECT created_by FROM api_tokens WHERE id = $1", [token.into()]).await?;
    let maker: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?.flatten();
    maker.and_then(|id| id.parse().ok()).ok_or_else(|| {
        let message = "nobody is known to have made the token: name the author";
        UserError::at("authorId", ErrorCode::Required, message).into()
    })
}

/// Checks that a token writes for its own organisation alone.
///
/// # Errors
/// `FORBIDDEN`.
pub(super) fn require_own(unit: &Unit<'_>, organisation: Option<&OrganisationId>) -> WriteResult<()> {
    match (unit.token(), organisation) {
        (Some((_, own)), Some(named)) if named.as_str() != own => {
            let message = "a token writes for its own organisation alone";
            Err(UserError::at("organisationId", ErrorCode::Forbidden, message).into())
        }
        _ => Ok(()),
    }
}

/// Checks that a token puts nobody's name on a lesson: that is for the author to decide.
///
/// # Errors
/// `FORBIDDEN`.
pub(super) fn require_unnamed(unit: &Unit<'_>, attribution: Option<Attribution>) -> WriteResult<()> {
    if unit.token().is_some() && attribution == Some(Attribution::Name) {
        let message = "a token puts nobody's name on a lesson: its author may, once signed in";
        return Err(UserError::at("attribution", ErrorCode::Forbidden, message).into());
    }
    Ok(())
}
