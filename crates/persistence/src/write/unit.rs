//! One unit of work: a transaction, who does it, when, and what it did.

use std::collections::BTreeSet;

use maip_domain::error_code::ErrorCode;
use maip_domain::id::AccountId;
use maip_domain::policy::{Action, Decision, Policy, Reason, Record, ViewerFacts, decide, refusing_state};
use maip_domain::time::{Clock, Entropy, Timestamp};
use sea_orm::{ConnectionTrait as _, DbErr, ModelTrait, QueryResult, Statement, Value};

use super::batch;
use super::claim::Digest;
use super::error::{UserError, WriteError, WriteResult};
use super::hold::{Hold, hold};
use super::outcome::{Replay, Written};
use super::repeated::MutationKey;
use super::transaction::Transaction;
use crate::database::Begun;
use crate::read::Dialect;
use crate::read::declare::Entity;
use crate::read::facts::{Writer, load_viewer};
use crate::read::inquiry::Inquiry;
use crate::read::viewer::Viewer;
use crate::services::Services;

/// One unit of work. Dropped without [`Unit::commit`], it never was.
pub struct Unit<'s> {
    services: &'s Services,
    transaction: Transaction,
    viewer: Viewer,
    writer: Writer,
    now: Timestamp,
    request_id: String,
    key: MutationKey,
    who: String,
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
        let database = &services.database;
        let transaction = Transaction::new(match viewer {
            Viewer::Session { account, .. } => database.begin_locking(how.of(account.as_str())).await?,
            _ => database.begin().await?,
        });
        let now = services.now();
        let writer = load_viewer(&transaction, viewer, now).await?.ok_or(WriteError::Unauthenticated)?;
        let token = writer.token.as_ref().map(|(token, _)| token.clone());
        if let Some(token) = &token {
            services.database.token_uses().note(token, now);
        }
        let unit = Self {
            services,
            transaction,
            viewer: viewer.clone(),
            now,
            request_id: request_id.to_owned(),
            key,
            who: token.or_else(|| writer.facts.account.clone()).unwrap_or_default(),
            writer,
        };
        unit.reserve_mutation().await?;
        Ok(unit)
    }

    /// A unit of work that nobody asked for, in a transaction that was begun for it: no policy lets
    /// it do anything, and the audit shows it as nobody's.
    pub(crate) fn of_nobody(services: &'s Services, transaction: Begun, request: &str) -> Self {
        Self {
            services,
            transaction: Transaction::new(transaction),
            viewer: Viewer::Anonymous,
            now: services.now(),
            request_id: request.to_owned(),
            key: MutationKey::unrepeated(""),
            who: String::new(),
            writer: Writer::anonymous(),
        }
    }

    /// Gives the transaction back, for whoever began it to commit.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn into_transaction(self) -> Result<Begun, DbErr> {
        self.transaction.into_begun().await
    }

    /// The services of the process.
    #[must_use]
    pub fn services(&self) -> &'s Services {
        self.services
    }

    /// For statements of the store. What was put before is sent before them.
    #[must_use]
    pub fn transaction(&self) -> &Transaction {
        &self.transaction
    }

    /// Takes a change that is decided on. It is sent with others, before the next statement or at the
    /// end: see [`batch`].
    pub(crate) fn put(&self, change: batch::Change) {
        self.transaction.put(change);
    }

    /// Takes a new row.
    pub(crate) fn insert(&self, row: &impl ModelTrait) {
        self.put(batch::Change::insert(row));
    }

    /// Takes all columns of a row that is there.
    pub(crate) fn update(&self, row: &impl ModelTrait) {
        self.put(batch::Change::update(row));
    }

    /// Begins to ask for what a decision goes by.
    pub(crate) fn inquiry(&self) -> Inquiry {
        let account = self.facts().account.as_deref();
        Inquiry::new(account, self.now, Dialect::of(self.transaction.get_database_backend()))
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
        &self.writer.facts
    }

    /// The viewer.
    #[must_use]
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// The API token that does it, and its organisation.
    #[must_use]
    pub fn token(&self) -> Option<(&str, &str)> {
        self.writer.token.as_ref().map(|(token, organisation)| (token.as_str(), organisation.as_str()))
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

    /// What is known of the viewer besides the facts.
    pub(super) fn writer(&self) -> &Writer {
        &self.writer
    }

    /// Names the request in the audit.
    pub(super) fn request_id(&self) -> &str {
        &self.request_id
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
        let mut inquiry = self.inquiry();
        let record = inquiry.record(entity, id);
        inquiry.answers(&self.transaction).await?.record(record)
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
        let record = self.load(entity, id).await?;
        self.allowed(entity, field, record, action)
    }

    /// The same of a record that was asked for already.
    ///
    /// # Errors
    /// See [`Self::require`].
    pub(crate) fn allowed(
        &self,
        entity: &'static Entity,
        field: &str,
        record: Option<Record>,
        action: Action,
    ) -> WriteResult<Record> {
        let Some(record) = record else {
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
            Some(record) if maip_domain::policy::holds(&entity.policy.read, &record, self.facts()) => {
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
        match decide(policy, action, record, self.facts()) {
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
                let wrong_state = reason == Reason::WrongState;
                let state = wrong_state.then(|| refusing_state(policy, action, record, self.facts()));
                let error = match state.flatten() {
                    Some(state) => UserError::in_state(state, message.trim_end_matches('.')),
                    None => UserError::new(reason.into(), message),
                };
                // No other value of a field makes up for who asks.
                let field = field.into().filter(|_| reason != Reason::SignInNeeded);
                Err(UserError { field: field.map(str::to_owned), ..error }.into())
            }
        }
    }

    /// Forgets the salt of the viewer, whose account is erased: what is recorded from now on has no
    /// digest any more.
    pub(crate) fn forget_salt(&mut self) {
        self.writer.salt = None;
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
            self.put(batch::Change::of(
                "mutation_outcomes",
                "UPDATE mutation_outcomes SET outcome = $1 WHERE account_id = $2 AND mutation_id = $3",
                [sealed.into(), self.who.as_str().into(), id.into()],
            ));
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
}

fn not_found(field: &str) -> UserError {
    UserError::at(field, ErrorCode::NotFound, "there is no such record, or none that you may see")
}
