//! Writing a lesson.

use async_graphql::{InputObject, MaybeUndefined};
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{AccountId, LessonId, OrganisationId, PlatformId};
use maip_domain::lessons::Attribution;
use maip_domain::visibility::Visibility;
use maip_persistence::lessons::draft::{self, NewLesson};
use maip_persistence::lessons::edit::{self, LessonEdit};
use maip_persistence::write::{Refusal, UserError, WriteResult, Written};

use super::PAYLOAD;
use super::content::LessonContentInput;
use crate::mutation::{MutationContext, Typed};
use crate::schema::Closed;
use crate::schema::scalars::Id;

pub static DRAFT: Typed<DraftLessonInput> = Typed {
    name: "draftLesson",
    description: "Begins a lesson for a platform in which you are active: language and title are enough. Those who \
                  may record for others name the member whose experience it is. An API token with LESSONS_WRITE writes \
                  for its organisation, on the platforms of which that is a member.",
    payload: PAYLOAD,
    run: |cx, input| Box::pin(draft(cx, input)),
};

pub static UPDATE: Typed<UpdateLessonInput> = Typed {
    name: "updateLesson",
    description: "Changes the version that is being written. What you leave out stays as it is, null takes \
                  away what was said, and lists are sent whole. Where someone else was faster, `conflict` has all three \
                  sides. A published version never changes: revise the lesson instead.",
    payload: PAYLOAD,
    run: |cx, input| Box::pin(update(cx, input)),
};

/// A new lesson.
#[derive(InputObject)]
pub struct DraftLessonInput {
    /// The id, where you make it: sending the same again then gives the same lesson.
    id: Option<Id<LessonId>>,
    /// The platform for which it is written.
    platform_id: Id<PlatformId>,
    /// Whose experience it is, where you write it down for another member of the platform. An API token names one of
    /// its organisation's people; unless it does, whoever made the token.
    author_id: Option<Id<AccountId>>,
    /// Who writes it together with the author, 20 at most.
    co_author_ids: Option<Vec<Id<AccountId>>>,
    /// The organisation for which the author speaks: one to which the author belongs, or a member of the platform
    /// for which you record.
    organisation_id: Option<Id<OrganisationId>>,
    /// Who may see it once it is published; PUBLIC unless said.
    visibility: Option<Closed<Visibility>>,
    /// How the author is named; NAME unless said, and ORGANISATION for an API token, which can't say NAME.
    attribution: Option<Closed<Attribution>>,
    #[graphql(flatten)]
    content: LessonContentInput,
}

/// Changes to the version of a lesson that is being written.
#[derive(InputObject)]
pub struct UpdateLessonInput {
    /// The lesson.
    lesson_id: Id<LessonId>,
    /// The `revision` of the lesson that you read.
    expected_revision: i32,
    /// Who may see it once this version is published. To show a published lesson to fewer, nobody has to be asked: that
    /// counts at once.
    visibility: Option<Closed<Visibility>>,
    /// How the author is named once this version is published. What says less about them counts at once, for a
    /// published version too.
    attribution: Option<Closed<Attribution>>,
    /// The organisation for which the author speaks; null takes it away. It stays once the lesson was handed in.
    organisation_id: MaybeUndefined<Id<OrganisationId>>,
    /// Who writes it together with the author, 20 at most: the whole list. Who had a part in an edition that was
    /// handed in stays.
    co_author_ids: Option<Vec<Id<AccountId>>>,
    #[graphql(flatten)]
    content: LessonContentInput,
}

/// The most co-authors.
const MOST_CO_AUTHORS: usize = 20;

async fn draft(cx: &MutationContext<'_>, input: DraftLessonInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    input.content.require_beginning(&mut refusal);
    let id = input.id.and_then(|id| id.check(&mut refusal, "id"));
    let platform = input.platform_id.check(&mut refusal, "platformId");
    let author = input.author_id.and_then(|id| id.check(&mut refusal, "authorId"));
    let organisation = input.organisation_id.and_then(|id| id.check(&mut refusal, "organisationId"));
    let co_authors = co_authors(&mut refusal, input.co_author_ids.unwrap_or_default());
    let content = input.content.check(&mut refusal);
    let platform = refusal.finish_with(platform)?;
    let unit = cx.begin().await?;
    let unless_said = if unit.token().is_some() { Attribution::Organisation } else { Attribution::Name };
    let new = NewLesson {
        id,
        platform,
        author,
        co_authors,
        organisation,
        visibility: input.visibility.map_or(Visibility::Public, |visibility| visibility.0),
        attribution: input.attribution.map_or(unless_said, |attribution| attribution.0),
        content,
    };
    let written = draft::draft(&unit, new).await?;
    unit.commit(written).await
}

async fn update(cx: &MutationContext<'_>, input: UpdateLessonInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let lesson = input.lesson_id.check(&mut refusal, "lessonId");
    let organisation = match input.organisation_id {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(organisation) => Some(organisation.check(&mut refusal, "organisationId")),
    };
    let co_authors = input.co_author_ids.map(|ids| co_authors(&mut refusal, ids));
    let content = input.content.check(&mut refusal);
    let lesson = refusal.finish_with(lesson)?;
    let unit = cx.begin().await?;
    let edit = LessonEdit {
        lesson,
        expected_revision: i64::from(input.expected_revision),
        visibility: input.visibility.map(|visibility| visibility.0),
        attribution: input.attribution.map(|attribution| attribution.0),
        organisation,
        co_authors,
        content,
    };
    let written = edit::update(&unit, edit).await?;
    unit.commit(written).await
}

fn co_authors(refusal: &mut Refusal, ids: Vec<Id<AccountId>>) -> Vec<AccountId> {
    if ids.len() > MOST_CO_AUTHORS {
        let message = format!("{MOST_CO_AUTHORS} are the most");
        refusal.push(UserError::at("coAuthorIds", ErrorCode::TooMany, message));
    }
    Id::check_all(refusal, "coAuthorIds", ids)
}
