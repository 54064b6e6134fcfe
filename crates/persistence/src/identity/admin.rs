//! The first account of an installation, made on its own command line.

use maip_domain::error_code::ErrorCode;
use maip_domain::id::{AccountId, AuditEntryId, EventId};
use maip_domain::identity::{AccountStatus, Login, password};
use maip_domain::text;
use maip_domain::vocabulary::language::LanguageTag;

use super::accounts::{self, NewAccount};
use crate::record::{AuditDraft, EventDraft, append};
use crate::services::Services;
use crate::write::{Refusal, UserError, WriteError, WriteResult};

/// Makes a system administrator, who can sign in at once. Whoever can run this holds the database
/// and its key, so it isn't asked who they are.
///
/// # Errors
/// What is wrong with the login, the password or the name; CONFLICT where the login is in use.
pub async fn create_administrator(
    services: &Services,
    login: &str,
    secret: &str,
    display_name: &str,
) -> WriteResult<AccountId> {
    let mut refusal = Refusal::default();
    let login = refusal.take("login", Login::parse_any(login));
    let name = refusal.take("displayName", text::check(display_name, &text::NAME));
    let canonical = login.as_ref().and_then(|login| refusal.take("password", password::check(login, secret)));
    refusal.finish()?;
    let (Some(login), Some(name), Some(canonical)) = (login, name, canonical) else {
        return Err(WriteError::Broken("an input was neither right nor refused"));
    };
    let language: LanguageTag = "en".parse().map_err(|_| WriteError::Broken("English is no language tag"))?;
    let hash = services.passwords.hash(canonical, services.entropy.as_ref()).await?;
    let (clock, entropy) = (services.clock.as_ref(), services.entropy.as_ref());
    let id = AccountId::generate(clock, entropy);
    let transaction = services.database.begin().await?;
    let now = services.now();
    let new = NewAccount {
        status: AccountStatus::Active,
        display_name: name,
        language,
        country: None,
        login: Some(login),
        password_hash: Some(hash),
        login_verified: true,
        sex: None,
        age_group: None,
        registered: None,
        system_administrator: true,
    };
    if !accounts::insert(services, &transaction, now, &id, new).await? {
        return Err(UserError::at("login", ErrorCode::Conflict, "the login is in use").into());
    }
    let audit = AuditDraft {
        id: AuditEntryId::generate(clock, entropy).into_string(),
        action: "account.administrator_created",
        actor_account: None,
        actor_organisation: None,
        actor_token: None,
        on_behalf_of: None,
        subject_type: "Account",
        subject: id.as_str(),
        country: None,
        fields: &[],
        values_digest: None,
        request_id: "command line",
    };
    let event = EventDraft {
        id: EventId::generate(clock, entropy).into_string(),
        kind: audit.action,
        subject_type: audit.subject_type,
        subject: id.as_str(),
    };
    append(&transaction, now, &audit, Some(&event)).await?;
    transaction.commit().await?;
    Ok(id)
}
