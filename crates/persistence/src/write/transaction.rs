//! The transaction of a unit of work, with the changes that wait to be sent. Every statement through
//! it comes after them: whatever reads, sees them.

use std::sync::{Mutex, PoisonError};

use sea_orm::entity::prelude::async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::batch::{Batch, Change};
use crate::database::Begun;

/// A transaction and what waits in it.
#[derive(Debug)]
pub struct Transaction {
    begun: Begun,
    waiting: Mutex<Batch>,
}

impl Transaction {
    pub(super) fn new(begun: Begun) -> Self {
        Self { begun, waiting: Mutex::default() }
    }

    /// Takes a change, to be sent with others: before the next statement, or at the end.
    pub(crate) fn put(&self, change: Change) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(change);
    }

    /// Sends what waits.
    async fn send(&self) -> Result<(), DbErr> {
        let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        for statement in waiting.into_statements(self.begun.get_database_backend()) {
            self.begun.execute_raw(statement).await?;
        }
        Ok(())
    }

    pub(super) async fn commit(self) -> Result<(), DbErr> {
        self.send().await?;
        self.begun.commit().await
    }

    pub(super) async fn rollback(self) -> Result<(), DbErr> {
        self.begun.rollback().await
    }

    /// The transaction itself, with everything sent.
    pub(super) async fn into_begun(self) -> Result<Begun, DbErr> {
        self.send().await?;
        Ok(self.begun)
    }
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.begun.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.send().await?;
        self.begun.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.send().await?;
        self.begun.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.send().await?;
        self.begun.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.send().await?;
        self.begun.query_all_raw(statement).await
    }
}
