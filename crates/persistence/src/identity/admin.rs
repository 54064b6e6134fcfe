//! What whoever runs an installation does on its own command line: its first account, and a way back in for those to
//! whom nobody reads out a code.

use maip_domain::error_code::ErrorCode;
use maip_domain::id::{AccountId, AuditEntryId, EventId};
use maip_domain::identity::{AccountStatus, CodePurpose, Login, OneTimeCode, password};
use maip_domain::text;
use maip_domain::time::Timestamp;
use maip_domain::vocabulary::language::LanguageTag;

use super::accounts::{self, NewAccount};
use super::codes;
use super::letters::{self, Letter};
use crate::record::{AuditDraft, EventDraft, append};
use crate::services::Services;
use crate::write::{Refusal, Unit, UserError, WriteError, WriteResult, Written};

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

/// A code that opens an account, made on the command line.
#[derive(Debug)]
pub struct OperatorCode {
    /// The code.
    pub code: OneTimeCode,
    /// What it is for.
    pub purpose: CodePurpose,
    /// Until when it works.
    pub expires: Timestamp,
}

/// Makes a code for whoever has this login, an office holder too: the way back in where no message can be sent. It is in
/// the audit, and the person is told where their login receives mail.
///
/// # Errors
/// What is wrong with the login; `NOT_FOUND` where no account has it, `WRONG_STATE` where none is opened by a code.
pub async fn issue_code(services: &Services, login: &str) -> WriteResult<OperatorCode> {
    let mut refusal = Refusal::default();
    let login = refusal.take("login", Login::parse_any(login));
    let login = refusal.finish_with(login)?;
    let unit = Unit::of_nobody(services, services.database.begin().await?, "command line");
    let index = services.keyring.login_index(&login);
    let account = accounts::hold_by_login(&unit, &index).await?;
    let account =
        account.ok_or_else(|| UserError::at("login", ErrorCode::NotFound, "no account has this login"))?;
    let purpose = codes::purpose_of("login", &account)?;
    // As one that the person reads out to themselves: unlike one that is sent, it holds for a phone number that may
    // be somebody else's by now, and no other person is its issuer.
    let issued = codes::issue(&unit, &account.id, purpose, Some(&account.id)).await?;
    if account.status.0 == AccountStatus::Active {
        letters::send(&unit, &account, Letter::CodeReadOut).await?;
    }
    accounts::record(&unit, &account, "account.code_issued", &[]).await?;
    unit.commit(Written::default()).await?;
    Ok(OperatorCode { code: issued.code, purpose, expires: issued.expires })
}
