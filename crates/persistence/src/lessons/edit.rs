//! Changing what an open version says.

use maip_domain::id::LessonId;
use maip_domain::lessons::Attribution;
use maip_domain::policy::Action;
use maip_domain::visibility::Visibility;

use super::aggregate::Aggregate;
use super::content::{Content, Edit};
use crate::code::Code;
use crate::write::{Unit, WriteResult, Written};

/// Changes to a lesson; what is `None` stays as it is.
#[derive(Clone, Debug)]
pub struct LessonEdit {
    /// Which.
    pub lesson: LessonId,
    /// The revision that the client read.
    pub expected_revision: i64,
    /// Who may see it once it is published.
    pub visibility: Option<Visibility>,
    /// How the author is named.
    pub attribution: Option<Attribution>,
    /// What it says.
    pub content: Edit,
}

/// Changes the version that is being written.
///
/// # Errors
/// Those of the policy; a stale revision with what it was based on.
pub async fn update(unit: &Unit<'_>, edit: LessonEdit) -> WriteResult<Written> {
    let (mut aggregate, _) = Aggregate::lock(unit, &edit.lesson, Action::Update).await?;
    aggregate.expect(unit, Some(edit.expected_revision)).await?;
    let now = unit.now().micros();
    let version = aggregate.open()?;
    let mut content = Content::of(unit, version.clone()).await?;
    let mut fields = content.apply(edit.content);
    content.version.revision += 1;
    content.version.updated_at = now;
    content.store(unit, false).await?;
    *version = content.version.clone();
    if let Some(visibility) = edit.visibility {
        aggregate.lesson.visibility = Code(visibility);
        fields.push("visibility");
    }
    if let Some(attribution) = edit.attribution {
        aggregate.lesson.attribution = Code(attribution);
        fields.push("attribution");
    }
    unit.keep_snapshot(&aggregate.lesson.id, aggregate.lesson.revision + 1, &content.snapshot()).await?;
    aggregate.store(unit, "lesson.updated", &fields).await
}
