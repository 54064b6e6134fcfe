//! A mutation that comes again under its `mutationId`.

use maip_domain::error_code::ErrorCode;
use sea_orm::Value;

use super::claim::Digest;
use super::error::{UserError, WriteError, WriteResult};
use super::unit::Unit;

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

impl Unit<'_> {
    /// An anonymous caller's outcomes aren't kept: there is no account to keep them for.
    pub(super) fn kept_id(&self) -> Option<&str> {
        self.key().id.as_deref().filter(|_| !self.who().is_empty())
    }

    /// Takes the `mutationId`, or answers what was done under it before.
    pub(super) async fn reserve_mutation(&self) -> WriteResult<()> {
        let Some(id) = self.kept_id() else { return Ok(()) };
        let values: [Value; 5] = [
            self.who().into(),
            id.into(),
            self.key().field.into(),
            self.key().digest.as_str().into(),
            self.now().micros().into(),
        ];
        // Of two who send the same at a time, one waits here for the other.
        let reserved = self
            .execute(
                "INSERT INTO mutation_outcomes (account_id, mutation_id, field, input_digest, outcome, created_at) \
                 VALUES ($1, $2, $3, $4, '', $5) ON CONFLICT DO NOTHING",
                values,
            )
            .await?;
        if reserved > 0 {
            return Ok(());
        }
        let row = self
            .query_one(
                "SELECT field, input_digest, outcome FROM mutation_outcomes \
                 WHERE account_id = $1 AND mutation_id = $2",
                [self.who().into(), id.into()],
            )
            .await?
            .ok_or(WriteError::Broken("a reserved mutation is gone"))?;
        let field: String = row.try_get_by_index(0)?;
        let digest: String = row.try_get_by_index(1)?;
        let outcome: String = row.try_get_by_index(2)?;
        if field != self.key().field || digest != self.key().digest.as_str() {
            return Err(UserError::at(
                "mutationId",
                ErrorCode::MutationIdReused,
                "the mutationId was used before with another input",
            )
            .into());
        }
        let replay = self.services().keyring.open("mutation_outcome", id, &outcome);
        match replay.and_then(|text| serde_json::from_str(&text).ok()) {
            Some(replay) => Err(WriteError::Replayed(replay)),
            None => Err(WriteError::Broken("a kept outcome can't be opened")),
        }
    }
}
