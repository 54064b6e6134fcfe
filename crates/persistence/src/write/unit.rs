//! One unit of work: a transaction, who does it, when, and what it did.

use std::collections::BTreeSet;

use maip_domain::error_code::ErrorCode;
use maip_domain::id::{AccountId, AuditEntryId, EventId};
use maip_domain::policy::{Action, Decision, Policy, Reason, Record, ViewerFacts, decide};
use maip_domain::time::{Clock, Entropy, Timestamp};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr, QueryResult, Statement, Value};

use super::claim::Digest;
use super::error::{UserError, WriteError, WriteResult};
use super::hold::{Hold, hold};
use super::outcome::{Replay, Written};
use crate::read::declare::Entity;
use crate::read::facts::{load_record, load_viewer};
use crate::read::viewer::Viewer;
use crate::services::Services;

/// By what a repeated mutation is recognised.
#[derive(Clone, Debug)]
pub struct MutationKey {
    /// The root field, such as `draftLesson`.
    pub field: &'static str,
    /// The digest of the input as it was sent, without `mutationId`.
    pub digest: Digest,
    /// The digest of the input as it is understood where it makes something new: see [`Digest::of_new`].
    pub new: Digest,
    /// The client's `mutationId`.
    pub id: Option<String>,
}

impl MutationKey {
    /// Of a write that is none of a client's, and never repeated.
    #[must_use]
    pub fn unrepeated(field: &'static str) -> Self {
        let digest = Digest::of(&serde_json::Value::Null);
        Self { field, new: digest.clone(), digest, id: None }
    }
}

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

/// One unit of work. Dropped without [`Unit::commit`], it never was.
pub struct Unit<'s> {
    services: &'s Services,
    transaction: DatabaseTransaction,
    viewer: Viewer,
    facts: ViewerFacts,
    now: Timestamp,
    request_id: String,
    key: MutationKey,
    who: String,
    token: Option<(String, String)>,
}

impl<'s> Unit<'s> {
    /// Begins: takes the write lock on SQLite, reads the viewer's facts in the same transaction, and
    /// answers a mutation that was done before.
    ///
    /// # Errors
    /// [`WriteError::Unauthenticated`] where the credentials don't hold, [`WriteError::Replayed`]
    /// where the `mutationId` was used before with the same input.
    pub async fn begin(
        services: &'s Services,
        viewer: &Viewer,
        request_id: &str,
        key: MutationKey,
    ) -> WriteResult<Self> {
        Self::begin_holding(services, viewer, request_id, key, Hold::Shared).await
    }

    /// Begins, and holds the viewer's account in this way: alone for what shuts it out or changes how
    /// it is opened.
    ///
    /// # Errors
    /// See [`Self::begin`].
    pub async fn begin_holding(
        services: &'s Services,
        viewer: &Viewer,
        request_id: &str,
        mut key: MutationKey,
        how: Hold,
    ) -> WriteResult<Self> {
        key.digest = key.digest.keyed(&services.keyring);
        key.new = key.new.keyed(&services.keyring);
        let transaction = services.database.begin().await?;
        let now = services.now();
        if let Viewer::Session { account, .. } = viewer {
            hold(&transaction, account.as_str(), how).await?;
        }
        let facts = load_viewer(&transaction, viewer, now).await?.ok_or(WriteError::Unauthenticated)?;
        let mut unit = Self {
            services,
            transaction,
            viewer: viewer.clone(),
            now,
            request_id: request_id.to_owned(),
            key,
            who: facts.account.clone().unwrap_or_default(),
            token: None,
            facts,
        };
        if let Viewer::Token { secret_hash } = viewer {
            unit.token = unit.token_of(secret_hash).await?;
            unit.who = unit.token.as_ref().map(|(token, _)| token.clone()).unwrap_or_default();
            services.database.token_uses().note(&unit.who, now);
        }
        unit.reserve_mutation().await?;
        Ok(unit)
    }

    /// A unit of work that nobody asked for, in a transaction that was begun for it: no policy lets
    /// it do anything, and the audit shows it as nobody's.
    pub(crate) fn of_nobody(services: &'s Services, transaction: DatabaseTransaction, request: &str) -> Self {
        Self {
            services,
            transaction,
            viewer: Viewer::Anonymous,
            now: services.now(),
            request_id: request.to_owned(),
            key: MutationKey::unrepeated(""),
            who: String::new(),
            token: None,
            facts: ViewerFacts::anonymous(),
        }
    }

    /// Gives the transaction back, for whoever began it to commit.
    pub(crate) fn into_transaction(self) -> DatabaseTransaction {
        self.transaction
    }

    /// The services of the process.
    #[must_use]
    pub fn services(&self) -> &'s Services {
        self.services
    }

    /// For statements of the store.
    #[must_use]
    pub fn transaction(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    /// Holds an account that isn't the viewer's, or that the viewer has only just proven to be theirs.
    /// Before anything else is locked, and before what the account may do is read.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn hold_account(&self, account: &str, how: Hold) -> Result<(), DbErr> {
        hold(&self.transaction, account, how).await
    }

    /// Holds accounts that something is written about, so that none of them is erased or suspended while
    /// that is under way. Before anything else is locked, and before it is asked how they stand.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn hold_accounts<'a>(&self, accounts: impl IntoIterator<Item = &'a str>) -> Result<(), DbErr> {
        // In one order, and the viewer's own is held already.
        let others: BTreeSet<&str> = accounts.into_iter().filter(|account| *account != self.who).collect();
        for account in others {
            self.hold_account(account, Hold::Shared).await?;
        }
        Ok(())
    }

    /// The instant of the whole unit.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The clock, for ids.
    #[must_use]
    pub fn clock(&self) -> &'s dyn Clock {
        self.services.clock.as_ref()
    }

    /// The randomness, for ids and secrets.
    #[must_use]
    pub fn entropy(&self) -> &'s dyn Entropy {
        self.services.entropy.as_ref()
    }

    /// The viewer's facts.
    #[must_use]
    pub fn facts(&self) -> &ViewerFacts {
        &self.facts
    }

    /// The viewer.
    #[must_use]
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// The API token that does it, and its organisation.
    #[must_use]
    pub fn token(&self) -> Option<(&str, &str)> {
        self.token.as_ref().map(|(token, organisation)| (token.as_str(), organisation.as_str()))
    }

    /// The account that does it.
    ///
    /// # Errors
    /// `SIGN_IN_NEEDED` for an anonymous viewer and for a token.
    pub fn account(&self) -> WriteResult<AccountId> {
        match &self.viewer {
            Viewer::Session { account, .. } => Ok(account.clone()),
            Viewer::Anonymous | Viewer::Token { .. } => {
                Err(UserError::new(ErrorCode::SignInNeeded, "sign in first").into())
            }
        }
    }

    /// By what the mutation is recognised when it comes again.
    pub(super) fn key(&self) -> &MutationKey {
        &self.key
    }

    /// The digest of the mutation's input, as it is understood.
    pub(super) fn new_digest(&self) -> &Digest {
        &self.key.new
    }

    /// The account or token that does it; empty for an anonymous one.
    pub(super) fn who(&self) -> &str {
        &self.who
    }

    /// A record's attributes, for the policy; `None` where there is no such record.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn load(&self, entity: &'static Entity, id: &str) -> Result<Option<Record>, DbErr> {
        load_record(&self.transaction, entity, id, self.now).await
    }

    /// The record, if the viewer may do this with it. `field` is the input field with its id.
    ///
    /// # Errors
    /// `NOT_FOUND` for a record that isn't there and for one that the viewer may not see; else the
    /// policy's reason.
    pub async fn require(
        &self,
        entity: &'static Entity,
        field: &str,
        id: &str,
        action: Action,
    ) -> WriteResult<Record> {
        let Some(record) = self.load(entity, id).await? else {
            return Err(not_found(field).into());
        };
        self.decide(entity.policy, field, &record, action)?;
        Ok(record)
    }

    /// The record, if the viewer may see it.
    ///
    /// # Errors
    /// `NOT_FOUND` for a record that isn't there and for one that the viewer may not see.
    pub async fn require_visible(
        &self,
        entity: &'static Entity,
        field: &str,
        id: &str,
    ) -> WriteResult<Record> {
        match self.load(entity, id).await? {
            Some(record) if maip_domain::policy::holds(&entity.policy.read, &record, &self.facts) => {
                Ok(record)
            }
            _ => Err(not_found(field).into()),
        }
    }

    /// Asks the policy about a record that is at hand, or about one that is to be made. `field` is the
    /// input field that the answer is about, if it is about one.
    ///
    /// # Errors
    /// `NOT_FOUND` or the policy's reason.
    pub fn decide<'f>(
        &self,
        policy: &'static Policy,
        field: impl Into<Option<&'f str>>,
        record: &Record,
        action: Action,
    ) -> WriteResult<()> {
        match decide(policy, action, record, &self.facts) {
            Decision::Allowed => Ok(()),
            Decision::Hidden => {
                Err(UserError { field: field.into().map(str::to_owned), ..not_found("") }.into())
            }
            Decision::Denied(reason) => {
                use maip_domain::closed_set::ClosedSet as _;
                let message = Reason::MEMBERS
                    .iter()
                    .find(|member| member.value == reason)
                    .map_or("", |member| member.description);
                let error = UserError::new(reason.into(), message);
                // No other value of a field makes up for who asks.
                let field = field.into().filter(|_| reason != Reason::SignInNeeded);
                Err(UserError { field: field.map(str::to_owned), ..error }.into())
            }
        }
    }

    /// Notes what was done: an audit row and an event, in this transaction.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn record(&self, change: Change<'_>) -> Result<(), DbErr> {
        self.record_by(self.facts.account.as_deref(), change).await
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
            actor_organisation: self.token.as_ref().map(|(_, organisation)| organisation.as_str()),
            actor_token: self.token.as_ref().map(|(token, _)| token.as_str()),
            on_behalf_of: change.on_behalf_of,
            subject_type: change.subject_type,
            subject: change.subject,
            country: change.country,
            fields: change.fields,
            values_digest: values_digest.as_deref(),
            request_id: &self.request_id,
        };
        let event = crate::record::EventDraft {
            id: EventId::generate(self.clock(), self.entropy()).into_string(),
            kind: change.action,
            subject_type: change.subject_type,
            subject: change.subject,
        };
        crate::record::append(&self.transaction, self.now, &audit, Some(&event)).await
    }

    /// A digest of what was sent, under the salt of the person: with it the person can show later what
    /// they sent, and once the salt is erased nobody can.
    async fn values_digest(&self, person: Option<&str>) -> Result<Option<String>, DbErr> {
        let Some(person) = person else { return Ok(None) };
        let row = self.query_one("SELECT audit_salt FROM accounts WHERE id = $1", [person.into()]).await?;
        let salt: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?.flatten();
        Ok(salt.map(|salt| self.key.digest.bound_to(&salt)))
    }

    /// Runs a statement with these values and gives the number of rows that it changed.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn execute<const N: usize>(&self, sql: &'static str, values: [Value; N]) -> Result<u64, DbErr> {
        Ok(self.transaction.execute_raw(self.statement(sql, values)).await?.rows_affected())
    }

    /// The first row of a statement.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn query_one<const N: usize>(
        &self,
        sql: &'static str,
        values: [Value; N],
    ) -> Result<Option<QueryResult>, DbErr> {
        self.transaction.query_one_raw(self.statement(sql, values)).await
    }

    /// All rows of a statement.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn query_all<const N: usize>(
        &self,
        sql: &'static str,
        values: [Value; N],
    ) -> Result<Vec<QueryResult>, DbErr> {
        self.transaction.query_all_raw(self.statement(sql, values)).await
    }

    fn statement<const N: usize>(&self, sql: &'static str, values: [Value; N]) -> Statement {
        crate::database::statement(&self.transaction, sql, values)
    }

    /// Ends the unit: keeps the outcome under the `mutationId`, and commits.
    ///
    /// # Errors
    /// Those of the database; then nothing was changed.
    pub async fn commit(self, written: Written) -> WriteResult<Written> {
        if let Some(id) = self.kept_id() {
            let replay = serde_json::to_string(&Replay::from(&written))
                .map_err(|_| WriteError::Broken("an outcome could not be written"))?;
            // Sealed: it may hold a secret that was shown once.
            let sealed = self.services.keyring.seal("mutation_outcome", id, &replay, self.entropy());
            self.execute(
                "UPDATE mutation_outcomes SET outcome = $1 WHERE account_id = $2 AND mutation_id = $3",
                [sealed.into(), self.who.as_str().into(), id.into()],
            )
            .await?;
        }
        self.transaction.commit().await?;
        Ok(written)
    }

    /// Ends the unit without a trace.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn abandon(self) -> WriteResult<()> {
        Ok(self.transaction.rollback().await?)
    }

    /// Commits what was noted although the write is refused, such as a wrong attempt.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn commit_refused(self, error: UserError) -> WriteError {
        if let Some(id) = self.kept_id() {
            let forgotten = self
                .execute(
                    "DELETE FROM mutation_outcomes WHERE account_id = $1 AND mutation_id = $2",
                    [self.who.as_str().into(), id.into()],
                )
                .await;
            if let Err(error) = forgotten {
                return error.into();
            }
        }
        match self.transaction.commit().await {
            Ok(()) => error.into(),
            Err(error) => error.into(),
        }
    }

    /// The token's id and organisation.
    async fn token_of(&self, secret_hash: &str) -> Result<Option<(String, String)>, DbErr> {
        let row = self
            .query_one(
                "SELECT k.id, k.organisation_id FROM api_token_secrets s JOIN api_tokens k ON k.id = s.token_id \
                 WHERE s.secret_hash = $1",
                [secret_hash.into()],
            )
            .await?;
        row.map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).transpose()
    }
}

fn not_found(field: &str) -> UserError {
    UserError::at(field, ErrorCode::NotFound, "there is no such record, or none that you may see")
}
