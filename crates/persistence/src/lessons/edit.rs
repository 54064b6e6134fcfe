//! Changing what an open version says.

use maip_domain::error_code::ErrorCode;
use maip_domain::id::{AccountId, LessonId, OrganisationId};
use maip_domain::lessons::{Attribution, ContributorPart};
use maip_domain::policy::Action;
use maip_domain::visibility::Visibility;

use super::aggregate::Aggregate;
use super::content::Edit;
use super::people;
use super::writer;
use crate::code::Code;
use crate::membership::read::PLATFORM;
use crate::write::{Unit, UserError, WriteError, WriteResult, Written};

/// Changes to a lesson; what is `None` stays as it is.
#[derive(Clone, Debug)]
pub struct LessonEdit {
    /// Which.
    pub lesson: LessonId,
    /// The revision that the client read.
    pub expected_revision: i64,
    /// Who may see it once the version is published; what shows less counts at once.
    pub visibility: Option<Visibility>,
    /// How the author is named once the version is published; what says less counts at once.
    pub attribution: Option<Attribution>,
    /// The organisation for which the author speaks; `Some(None)` takes it away.
    pub organisation: Option<Option<OrganisationId>>,
    /// Who wrote it together with the author: all of them.
    pub co_authors: Option<Vec<AccountId>>,
    /// What it says.
    pub content: Edit,
}

/// Changes the version that is being written.
///
/// # Errors
/// Those of the policy; a stale revision with what it was based on; INVALID where someone who had a
/// part in an edition that was handed in would lose it.
pub async fn update(unit: &Unit<'_>, edit: LessonEdit) -> WriteResult<Written> {
    writer::require_own(unit, edit.organisation.iter().flatten().next())?;
    writer::require_unnamed(unit, edit.attribution)?;
    unit.hold_accounts(edit.co_authors.iter().flatten().map(AccountId::as_str)).await?;
    let mut aggregate =
        Aggregate::lock(unit, &edit.lesson, Action::Update, Some(edit.expected_revision)).await?;
    let now = unit.now().micros();
    let version = aggregate.open()?.clone();
    let mut content = aggregate.content(unit, &version).await?;
    let mut fields = content.apply(edit.content);
    if let Some(visibility) = edit.visibility {
        content.version.visibility = Code(visibility);
        fields.push("visibility");
    }
    if let Some(attribution) = edit.attribution {
        content.version.attribution = Code(attribution);
        fields.push("attribution");
    }
    content.version.revision += 1;
    content.version.updated_at = now;
    content.refuse_unknown_concepts(unit).await?;
    content.store(unit, false);
    aggregate.take(content);
    aggregate.narrow_published(now);
    if let Some(organisation) = edit.organisation {
        set_organisation(unit, &mut aggregate, organisation).await?;
        fields.push("organisationId");
    }
    if let Some(co_authors) = &edit.co_authors {
        people::set_co_authors(unit, &mut aggregate, co_authors).await?;
        aggregate.named(people::co_authors(unit, &aggregate.lesson.id).await?);
        fields.push("coAuthorIds");
    }
    aggregate.store(unit, "lesson.updated", &fields).await
}

async fn set_organisation(
    unit: &Unit<'_>,
    aggregate: &mut Aggregate,
    organisation: Option<OrganisationId>,
) -> WriteResult<()> {
    let untouched = aggregate.is_untouched();
    if unit.token().is_some() && organisation.is_none() {
        let message = "what a token wrote is its organisation's";
        return Err(UserError::at("organisationId", ErrorCode::Forbidden, message).into());
    }
    let lesson = &mut aggregate.lesson;
    if organisation.as_ref().map(OrganisationId::as_str) == lesson.organisation_id.as_deref() {
        return Ok(());
    }
    if !untouched {
        let message = "the organisation of a lesson that was handed in stays";
        return Err(UserError::at("organisationId", ErrorCode::Invalid, message).into());
    }
    if let Some(organisation) = &organisation {
        let platform = lesson.platform_id.as_str();
        let record = unit
            .load(&PLATFORM, platform)
            .await?
            .ok_or(WriteError::Broken("the platform of a lesson is gone"))?;
        let belongs = people::belongs_to(unit, &lesson.author_id, organisation, (platform, &record)).await?;
        if !belongs {
            // As with a draft that begins so: it is recorded on the organisation's behalf.
            let me = unit.account()?;
            people::contribute(unit, &lesson.id, me.as_str(), ContributorPart::Recorder);
            lesson.recorded_by.get_or_insert_with(|| me.into_string());
        }
    }
    lesson.organisation_id = organisation.map(OrganisationId::into_string);
    Ok(())
}
