//! The wish for a translation: asked for, taken, given back, done.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{LessonId, TranslationRequestId};
use maip_domain::lessons::translation::{MOST_REQUESTS, MOST_TAKEN, REQUEST_DAYS, TAKEN_DAYS};
use maip_domain::lessons::{
    TranslationOrigin, TranslationRequestAction, TranslationRequestStatus, TranslationStatus,
};
use maip_domain::policy::Action;
use maip_domain::time::Timestamp;
use maip_domain::vocabulary::LanguageTag;
use sea_orm::sea_query::{ExprTrait as _, LockType};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::{Translator, other_language, same_language};
use crate::code::Code;
use crate::lessons::aggregate::Aggregate;
use crate::lessons::entity::translation_requests::{Column, Entity, Model};
use crate::lessons::entity::{lesson_translations, lessons};
use crate::lessons::read::TRANSLATION_REQUEST;
use crate::write::{Change, Claim, Unit, UserError, WriteError, WriteResult};

/// A wish.
#[derive(Clone, Debug)]
pub struct NewRequest {
    /// For which lesson.
    pub lesson: LessonId,
    /// Into which language.
    pub language: LanguageTag,
    /// What it is for; checked already.
    pub note: String,
}

/// Asks for a translation, and gives the id of the request.
///
/// # Errors
/// The policy's, of the lesson; `INVALID` for the lesson's own language; CONFLICT where a person has translated what is
/// published, and where the same is asked for already; `TOO_MANY`.
pub async fn ask(
    unit: &Unit<'_>,
    wished: Option<&TranslationRequestId>,
    new: NewRequest,
) -> WriteResult<String> {
    let me = unit.account()?;
    let fresh = TranslationRequestId::generate(unit.clock(), unit.entropy()).into_string();
    let wished = wished.map(TranslationRequestId::as_str);
    let claimed = match unit.claim(&TRANSLATION_REQUEST, "id", wished, fresh).await? {
        Claim::Made(id) => return Ok(id),
        Claim::New(claimed) => claimed,
    };
    let aggregate = Aggregate::lock(unit, &new.lesson, Action::RequestTranslation, None).await?;
    let lesson = &aggregate.lesson;
    other_language(&lesson.language, &new.language)?;
    refuse_translated(unit, lesson, &new.language).await?;
    for other in standing(unit, Entity::find().filter(Column::LessonId.eq(lesson.id.as_str()))).await? {
        if serves(&other.language, &new.language) {
            let message = format!("that is asked for already: {}", other.id);
            return Err(UserError::at("language", ErrorCode::Conflict, message).into());
        }
    }
    let own = standing(unit, Entity::find().filter(Column::RequestedBy.eq(me.as_str()))).await?;
    if too_many(own.len(), MOST_REQUESTS) {
        let message = format!("{MOST_REQUESTS} requests of yours stand, which is the most");
        return Err(UserError::new(ErrorCode::TooMany, message).into());
    }
    let id = claimed.take()?;
    let now = unit.now();
    let model = Model {
        id: id.clone(),
        revision: 1,
        created_at: now.micros(),
        updated_at: now.micros(),
        lesson_id: lesson.id.clone(),
        language: new.language.into_string(),
        requested_by: me.into_string(),
        note: new.note,
        status: Code(TranslationRequestStatus::Open),
        lapses_at: now.plus_days(REQUEST_DAYS).micros(),
        taken_until: None,
        taken_by: None,
        organisation_id: None,
        token_id: None,
        translation_id: None,
    };
    unit.insert(&model);
    note(unit, "translation_request.made", &id, &lesson.country_code, &[]).await?;
    Ok(id)
}

/// Takes it, to make the translation. It is kept for 14 days.
///
/// # Errors
/// The policy's; `TOO_MANY` where the viewer has taken as many as they can.
pub async fn take(unit: &Unit<'_>, id: &TranslationRequestId) -> WriteResult<()> {
    let mut held = Held::lock(unit, id, Action::Take).await?;
    let by = Translator::of(unit)?;
    let taken = match (&by.account, &by.organisation) {
        (Some(account), _) => Column::TakenBy.eq(account.as_str()),
        (None, organisation) => Column::OrganisationId.eq(organisation.as_deref()),
    };
    let taken = standing(unit, Entity::find().filter(taken)).await?;
    let kept = taken.iter().filter(|other| at(unit, other) == TranslationRequestStatus::Taken).count();
    if too_many(kept, MOST_TAKEN) {
        let message = format!("you have taken {MOST_TAKEN}, which is the most: make some of them first");
        return Err(UserError::new(ErrorCode::TooMany, message).into());
    }
    held.step(unit, TranslationRequestAction::Take)?;
    held.model.taken_until = Some(Ord::min(unit.now().plus_days(TAKEN_DAYS).micros(), held.model.lapses_at));
    held.model.taken_by = by.account;
    held.model.organisation_id = by.organisation;
    held.model.token_id = by.token;
    held.store(unit, "translation_request.taken").await
}

/// Gives it back for others.
///
/// # Errors
/// The policy's.
pub async fn release(unit: &Unit<'_>, id: &TranslationRequestId) -> WriteResult<()> {
    let mut held = Held::lock(unit, id, Action::Release).await?;
    held.step(unit, TranslationRequestAction::Release)?;
    held.forget_taker();
    held.store(unit, "translation_request.released").await
}

/// Takes the wish back.
///
/// # Errors
/// The policy's.
pub async fn withdraw(unit: &Unit<'_>, id: &TranslationRequestId) -> WriteResult<()> {
    let mut held = Held::lock(unit, id, Action::Withdraw).await?;
    held.step(unit, TranslationRequestAction::Withdraw)?;
    held.forget_taker();
    held.store(unit, "translation_request.withdrawn").await
}

/// Notes that what some wish for is there.
pub(super) async fn complete(
    unit: &Unit<'_>,
    lesson: &str,
    language: &LanguageTag,
    translation: &str,
    country: &str,
) -> WriteResult<()> {
    for mut model in standing(unit, Entity::find().filter(Column::LessonId.eq(lesson))).await? {
        if serves(&model.language, language) {
            model.translation_id = Some(translation.to_owned());
            let mut held = Held { model, country: country.to_owned() };
            held.step(unit, TranslationRequestAction::Complete)?;
            held.store(unit, "translation_request.done").await?;
        }
    }
    Ok(())
}

/// What is left of the requests of someone who is erased: what they wished for is withdrawn, and what they took is
/// there for others.
///
/// # Errors
/// Those of the database.
pub async fn erase_all(unit: &Unit<'_>, account: &str) -> WriteResult<()> {
    let own = Column::RequestedBy.eq(account).or(Column::TakenBy.eq(account));
    let rows = Entity::find()
        .filter(own)
        // Locked in one order by everyone who locks several.
        .order_by_asc(Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(unit.transaction())
        .await?;
    for model in rows {
        let status = at(unit, &model);
        let mut held = Held { country: country(unit, &model.lesson_id).await?, model };
        let asked = held.model.requested_by == account;
        if asked {
            held.model.note.clear();
        }
        let action = match (status, asked) {
            (TranslationRequestStatus::Open | TranslationRequestStatus::Taken, true) => {
                Some(TranslationRequestAction::Withdraw)
            }
            (TranslationRequestStatus::Taken, false) => Some(TranslationRequestAction::Release),
            _ => None,
        };
        if let Some(action) = action {
            held.step(unit, action)?;
            held.forget_taker();
        }
        held.store(unit, "translation_request.erased").await?;
    }
    Ok(())
}

/// A request being changed. Nobody else changes it meanwhile.
struct Held {
    model: Model,
    country: String,
}

impl Held {
    async fn lock(unit: &Unit<'_>, id: &TranslationRequestId, action: Action) -> WriteResult<Self> {
        let model =
            Entity::find_by_id(id.as_str()).lock(LockType::NoKeyUpdate).one(unit.transaction()).await?;
        unit.require(&TRANSLATION_REQUEST, "requestId", id.as_str(), action).await?;
        let model = model.ok_or(WriteError::Broken("a request that the policy saw is gone"))?;
        Ok(Self { country: country(unit, &model.lesson_id).await?, model })
    }

    fn step(&mut self, unit: &Unit<'_>, action: TranslationRequestAction) -> WriteResult<()> {
        let status = at(unit, &self.model).apply(action);
        self.model.status =
            Code(status.map_err(|error| UserError { field: Some("requestId".to_owned()), ..error.into() })?);
        Ok(())
    }

    fn forget_taker(&mut self) {
        self.model.taken_until = None;
        self.model.taken_by = None;
        self.model.organisation_id = None;
        self.model.token_id = None;
    }

    async fn store(mut self, unit: &Unit<'_>, action: &'static str) -> WriteResult<()> {
        self.model.revision += 1;
        self.model.updated_at = unit.now().micros();
        unit.update(&self.model);
        note(unit, action, &self.model.id, &self.country, &["status"]).await
    }
}

/// How a request stands now.
fn at(unit: &Unit<'_>, model: &Model) -> TranslationRequestStatus {
    let until = model.taken_until.map(Timestamp::from_micros);
    model.status.0.at(unit.now(), Timestamp::from_micros(model.lapses_at), until)
}

/// Those of the requests that stand.
async fn standing(unit: &Unit<'_>, all: sea_orm::Select<Entity>) -> WriteResult<Vec<Model>> {
    let states = [TranslationRequestStatus::Open.code(), TranslationRequestStatus::Taken.code()];
    Ok(all
        .filter(Column::Status.is_in(states))
        .filter(Column::LapsesAt.gt(unit.now().micros()))
        .order_by_asc(Column::Id)
        .all(unit.transaction())
        .await?)
}

/// Whether a translation into the one language serves who asked for the other.
fn serves(one: &str, other: &LanguageTag) -> bool {
    one.parse().is_ok_and(|one: LanguageTag| same_language(&one, other))
}

fn too_many(there_are: usize, most: u64) -> bool {
    u64::try_from(there_are).unwrap_or(u64::MAX) >= most
}

/// Refuses a wish that a person has fulfilled already.
async fn refuse_translated(
    unit: &Unit<'_>,
    lesson: &lessons::Model,
    language: &LanguageTag,
) -> WriteResult<()> {
    use lesson_translations::{Column, Entity};
    let there = Entity::find()
        .filter(Column::VersionId.eq(lesson.published_version_id.as_deref()))
        .filter(Column::Status.ne(TranslationStatus::Withdrawn.code()))
        .filter(Column::Origin.eq(TranslationOrigin::Human.code()))
        .all(unit.transaction())
        .await?;
    match there.iter().find(|translation| serves(&translation.language, language)) {
        Some(translation) => {
            let message = format!("it is translated already: {}", translation.id);
            Err(UserError::at("language", ErrorCode::Conflict, message).into())
        }
        None => Ok(()),
    }
}

async fn country(unit: &Unit<'_>, lesson: &str) -> WriteResult<String> {
    let lesson = lessons::Entity::find_by_id(lesson).one(unit.transaction()).await?;
    Ok(lesson.ok_or(WriteError::Broken("a request without a lesson"))?.country_code)
}

async fn note(
    unit: &Unit<'_>,
    action: &'static str,
    id: &str,
    country: &str,
    fields: &[&'static str],
) -> WriteResult<()> {
    let change = Change {
        action,
        subject_type: TRANSLATION_REQUEST.name,
        subject: id,
        country: Some(country),
        on_behalf_of: None,
        fields,
    };
    Ok(unit.record(change).await?)
}
