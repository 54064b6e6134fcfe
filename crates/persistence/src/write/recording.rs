//! What is kept of a write: an audit row and an event, in its transaction.

use maip_domain::id::{AuditEntryId, EventId};
use sea_orm::{ConnectionTrait as _, DbErr};

use super::unit::Unit;

/// What a write did to a record, for the audit and for those who follow.
#[derive(Clone, Debug, Default)]
pub struct Change<'a> {
    /// What was done, such as `lesson.published`. Also the kind of the event.
    pub action: &'static str,
    /// The type of the record, such as `Lesson`.
    pub subject_type: &'static str,
    /// The record.
    pub subject: &'a str,
    /// Its country, as alpha-3 code, for the focal point's view of the audit.
    pub country: Option<&'a str>,
    /// On whose behalf, where it isn't one's own.
    pub on_behalf_of: Option<&'a str>,
    /// The names of the changed fields; never values.
    pub fields: &'a [&'static str],
}

impl Unit<'_> {
    /// Notes what was done: an audit row and an event, in this transaction.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn record(&self, change: Change<'_>) -> Result<(), DbErr> {
        self.record_by(self.facts().account.as_deref(), change).await
    }

    /// Notes what was done by somebody who has only just proven who they are, with a password or a
    /// code: to the unit they are anonymous still.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn record_by(&self, actor: Option<&str>, change: Change<'_>) -> Result<(), DbErr> {
        let values_digest = self.values_digest(actor.or(change.on_behalf_of)).await?;
        let audit = crate::record::AuditDraft {
            id: AuditEntryId::generate(self.clock(), self.entropy()).into_string(),
            action: change.action,
            actor_account: actor,
            actor_organisation: self.writer().token.as_ref().map(|(_, organisation)| organisation.as_str()),
            actor_token: self.writer().token.as_ref().map(|(token, _)| token.as_str()),
            on_behalf_of: change.on_behalf_of,
            subject_type: change.subject_type,
            subject: change.subject,
            country: change.country,
            fields: change.fields,
            values_digest: values_digest.as_deref(),
            request_id: self.request_id(),
        };
        let event = crate::record::EventDraft {
            id: EventId::generate(self.clock(), self.entropy()).into_string(),
            kind: change.action,
            subject_type: change.subject_type,
            subject: change.subject,
        };
        for change in
            crate::record::rows(self.transaction().get_database_backend(), self.now(), &audit, Some(&event))
        {
            self.put(change);
        }
        Ok(())
    }

    /// A digest of what was sent, under the salt of the person: with it the person can show later what
    /// they sent, and once the salt is erased nobody can.
    async fn values_digest(&self, person: Option<&str>) -> Result<Option<String>, DbErr> {
        let Some(person) = person else { return Ok(None) };
        // It is held while the unit lasts, so nobody erases the salt meanwhile.
        if self.facts().account.as_deref() == Some(person) {
            return Ok(self.writer().salt.as_ref().map(|salt| self.key().digest.bound_to(salt)));
        }
        let row = self.query_one("SELECT audit_salt FROM accounts WHERE id = $1", [person.into()]).await?;
        let salt: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?.flatten();
        Ok(salt.map(|salt| self.key().digest.bound_to(&salt)))
    }
}
