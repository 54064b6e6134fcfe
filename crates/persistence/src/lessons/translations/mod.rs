//! Translations of lessons, and the wish for one.

mod kept;
pub mod requests;
mod words;

use maip_domain::error_code::ErrorCode;
use maip_domain::id::{LessonVersionId, TranslationId};
use maip_domain::lessons::translation::{MOST_IN_A_LANGUAGE, MOST_OF_A_LESSON};
use maip_domain::lessons::{TranslationAction, TranslationOrigin, TranslationStatus, VersionState};
use maip_domain::policy::Action;
use maip_domain::search::SearchKind;
use maip_domain::vocabulary::{LanguageTag, ScriptCode};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

pub(crate) use words::tokens;

use self::kept::Kept;
use super::aggregate::Aggregate;
use super::entity::{lesson_translations, lesson_versions};
use super::read::{LESSON, LESSON_TRANSLATION, LESSON_VERSION};
use crate::code::Code;
use crate::lessons::words::{Words, words_of};
use crate::search;
use crate::write::{Claim, Unit, UserError, WriteError, WriteResult};

/// A translation to be added.
#[derive(Clone, Debug)]
pub struct NewTranslation {
    /// What was translated.
    pub version: LessonVersionId,
    /// Into which language.
    pub language: LanguageTag,
    /// By whom.
    pub origin: TranslationOrigin,
    /// What it says.
    pub words: Words,
}

/// Adds a translation, and gives its id. Requests for it are done with that.
///
/// # Errors
/// The policy's, of the lesson; `WRONG_STATE` for a version that wasn't published; `INVALID` for the lesson's own language
/// and for a text in another script than the language's; CONFLICT where the viewer has translated it already.
pub async fn add(
    unit: &Unit<'_>,
    wished: Option<&TranslationId>,
    new: NewTranslation,
) -> WriteResult<String> {
    let fresh = TranslationId::generate(unit.clock(), unit.entropy()).into_string();
    let wished = wished.map(TranslationId::as_str);
    let claimed = match unit.claim(&LESSON_TRANSLATION, "id", wished, fresh).await? {
        Claim::Made(id) => return Ok(id),
        Claim::New(claimed) => claimed,
    };
    unit.require_visible(&LESSON_VERSION, "versionId", new.version.as_str()).await?;
    let named = lesson_versions::Entity::find_by_id(new.version.as_str())
        .one(unit.transaction())
        .await?
        .ok_or(WriteError::Broken("a version that the policy saw is gone"))?;
    let aggregate = Aggregate::hold(unit, &named.lesson_id)
        .await?
        .ok_or(WriteError::Broken("a version without a lesson"))?;
    unit.require(&LESSON, "versionId", &named.lesson_id, Action::Translate).await?;
    let version = published(&aggregate, &named.id)?;
    other_language(&version.language, &new.language)?;
    new.words.written_in(&new.language)?;
    let by = Translator::of(unit)?;
    room(unit, &named.lesson_id, &named.id, &new.language, &by).await?;
    let id = claimed.take()?;
    let now = unit.now().micros();
    let mut model = lesson_translations::Model {
        id: id.clone(),
        revision: 1,
        created_at: now,
        updated_at: now,
        lesson_id: named.lesson_id.clone(),
        version_id: named.id.clone(),
        version_number: version.number,
        language: new.language.as_str().to_owned(),
        origin: Code(new.origin),
        status: Code(TranslationStatus::Unreviewed),
        translator_id: by.account,
        organisation_id: by.organisation,
        token_id: by.token,
        reviewed_at: None,
        reviewed_by: None,
        title: String::new(),
        abstract_text: String::new(),
        context: String::new(),
        problem: String::new(),
        what_was_done: String::new(),
        result: String::new(),
        enabling_conditions: super::content::EMPTY_LIST.to_owned(),
        hindering_conditions: super::content::EMPTY_LIST.to_owned(),
        who_gained: String::new(),
        who_lost: String::new(),
        tokens: String::new(),
    };
    new.words.put(words_of!(model, &mut));
    model.tokens = tokens(&model);
    unit.insert(&model);
    let country = aggregate.lesson.country_code.clone();
    Kept::added(model, country.clone()).note(unit, "translation.added", &[]).await?;
    requests::complete(unit, &named.lesson_id, &new.language, &id, &country).await?;
    search::index_one(unit.transaction(), SearchKind::Lesson, &named.lesson_id).await?;
    Ok(id)
}

/// Changes what a translation says; what isn't said stays. It has to be reviewed again.
///
/// # Errors
/// The policy's; a stale revision; `INVALID` for a text in another script than the language's.
pub async fn revise(
    unit: &Unit<'_>,
    id: &TranslationId,
    origin: Option<TranslationOrigin>,
    words: Words,
    expected: Option<i64>,
) -> WriteResult<()> {
    let mut kept = Kept::lock(unit, id, Action::Update, expected).await?;
    kept.model.status = Code(kept.model.status.0.apply(TranslationAction::Revise)?);
    kept.model.reviewed_at = None;
    kept.model.reviewed_by = None;
    let mut fields = words.put(words_of!(kept.model, &mut));
    if let Some(origin) = origin {
        kept.model.origin = Code(origin);
        fields.push("origin");
    }
    let language: LanguageTag =
        kept.model.language.parse().map_err(|_| WriteError::Broken("a stored language is none"))?;
    Words::of(&kept.model).written_in(&language)?;
    kept.model.tokens = tokens(&kept.model);
    let lesson = kept.model.lesson_id.clone();
    kept.store(unit, "translation.revised", &fields).await?;
    Ok(search::index_one(unit.transaction(), SearchKind::Lesson, &lesson).await?)
}

/// Says that a translation is right, as someone who didn't make it.
///
/// # Errors
/// The policy's; a stale revision.
pub async fn review(unit: &Unit<'_>, id: &TranslationId, expected: Option<i64>) -> WriteResult<()> {
    let me = unit.account()?;
    let mut kept = Kept::lock(unit, id, Action::Review, expected).await?;
    kept.model.status = Code(kept.model.status.0.apply(TranslationAction::Review)?);
    kept.model.reviewed_at = Some(unit.now().micros());
    kept.model.reviewed_by = Some(me.into_string());
    kept.store(unit, "translation.reviewed", &["status"]).await
}

/// Takes a translation back.
///
/// # Errors
/// The policy's; a stale revision.
pub async fn withdraw(unit: &Unit<'_>, id: &TranslationId, expected: Option<i64>) -> WriteResult<()> {
    let mut kept = Kept::lock(unit, id, Action::Withdraw, expected).await?;
    kept.model.status = Code(kept.model.status.0.apply(TranslationAction::Withdraw)?);
    let lesson = kept.model.lesson_id.clone();
    kept.store(unit, "translation.withdrawn", &["status"]).await?;
    Ok(search::index_one(unit.transaction(), SearchKind::Lesson, &lesson).await?)
}

/// Who translates: a person, or an organisation by one of its tokens.
struct Translator {
    account: Option<String>,
    organisation: Option<String>,
    token: Option<String>,
}

impl Translator {
    fn of(unit: &Unit<'_>) -> WriteResult<Self> {
        Ok(match unit.token() {
            Some((token, organisation)) => Self {
                account: None,
                organisation: Some(organisation.to_owned()),
                token: Some(token.to_owned()),
            },
            None => Self { account: Some(unit.account()?.into_string()), organisation: None, token: None },
        })
    }
}

/// The version, where it is or was published.
fn published<'a>(aggregate: &'a Aggregate, id: &str) -> WriteResult<&'a lesson_versions::Model> {
    use maip_domain::closed_set::ClosedSet as _;
    let version = aggregate.versions.iter().find(|version| version.id == id);
    let version = version.ok_or(WriteError::Broken("a version is gone in the transaction that read it"))?;
    match version.state.0 {
        VersionState::Published | VersionState::Superseded => Ok(version),
        other => {
            let message = "only what was published is translated";
            Err(UserError::in_state_at("versionId", other.code(), message).into())
        }
    }
}

/// Refuses the language in which the lesson is written already.
fn other_language(original: &str, language: &LanguageTag) -> WriteResult<()> {
    let original: LanguageTag =
        original.parse().map_err(|_| WriteError::Broken("a stored language is none"))?;
    if same_language(&original, language) {
        let message = format!("the lesson is written in {original}: what is wrong in it takes a new version");
        return Err(UserError::at("language", ErrorCode::Invalid, message).into());
    }
    Ok(())
}

/// Whether who reads the one reads the other: the language and the script are the same, whatever the region.
fn same_language(one: &LanguageTag, other: &LanguageTag) -> bool {
    one.primary() == other.primary() && ScriptCode::of(one) == ScriptCode::of(other)
}

/// Refuses a second translation by the same translator, and more of them than anyone reads.
async fn room(
    unit: &Unit<'_>,
    lesson: &str,
    version: &str,
    language: &LanguageTag,
    by: &Translator,
) -> WriteResult<()> {
    use lesson_translations::{Column, Entity};
    use maip_domain::closed_set::ClosedSet as _;
    // The lesson is locked: nobody adds another meanwhile.
    let there = Entity::find()
        .filter(Column::VersionId.eq(version))
        .filter(Column::Status.ne(TranslationStatus::Withdrawn.code()))
        .all(unit.transaction())
        .await?;
    let in_language = || there.iter().filter(|other| other.language == language.as_str());
    let own = in_language()
        .find(|other| other.translator_id == by.account && other.organisation_id == by.organisation);
    if let Some(own) = own {
        let message = format!("you have translated it into {language}: revise {}", own.id);
        return Err(UserError::at("language", ErrorCode::Conflict, message).into());
    }
    if in_language().count() >= MOST_IN_A_LANGUAGE || there.len() >= MOST_OF_A_LESSON {
        let message = format!("there are as many translations of {lesson} as can be");
        return Err(UserError::at("language", ErrorCode::TooMany, message).into());
    }
    Ok(())
}
