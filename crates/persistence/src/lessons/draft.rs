//! Beginning a lesson.

use maip_domain::id::{AccountId, LessonId, LessonVersionId, OrganisationId, PlatformId};
use maip_domain::lessons::{Attribution, ContributorPart, LessonStatus, TextOrigin, VersionState};
use maip_domain::policy::Action;
use maip_domain::visibility::Visibility;
use sea_orm::{ActiveModelTrait as _, EntityTrait as _};

use super::aggregate::{Aggregate, derive};
use super::content::{Content, EMPTY_LIST, Edit};
use super::entity::{lesson_versions, lessons};
use super::people::{self, contribute};
use super::read::LESSON;
use super::writer;
use crate::code::Code;
use crate::membership::entity::platforms;
use crate::membership::read::PLATFORM;
use crate::write::{Claim, Unit, WriteError, WriteResult, Written};

/// A lesson to be drafted.
#[derive(Clone, Debug)]
pub struct NewLesson {
    /// The client's id for it.
    pub id: Option<LessonId>,
    /// The platform for which it is written.
    pub platform: PlatformId,
    /// Whose experience it is, where someone else writes it down.
    pub author: Option<AccountId>,
    /// Who writes it together with the author.
    pub co_authors: Vec<AccountId>,
    /// The organisation for which the author speaks.
    pub organisation: Option<OrganisationId>,
    /// Who may see it once it is published.
    pub visibility: Visibility,
    /// How the author is named.
    pub attribution: Attribution,
    /// What it says so far; language and title are there.
    pub content: Edit,
}

/// Begins a lesson with its first version.
///
/// # Errors
/// Those of the policy, unknown people, organisations and concepts.
pub async fn draft(unit: &Unit<'_>, new: NewLesson) -> WriteResult<Written> {
    let writer::Beginning { author, creator, organisation, token } =
        writer::begin(unit, new.author.as_ref(), new.organisation).await?;
    writer::require_unnamed(unit, Some(new.attribution))?;
    let fresh = LessonId::generate(unit.clock(), unit.entropy()).into_string();
    let claimed = match unit.claim(&LESSON, "id", new.id.as_ref().map(LessonId::as_str), fresh).await? {
        Claim::Made(id) => return Ok(Written::record(id)),
        Claim::New(claimed) => claimed,
    };
    unit.hold_accounts(new.co_authors.iter().chain([&author]).map(AccountId::as_str)).await?;
    let record = unit.require(&PLATFORM, "platformId", new.platform.as_str(), Action::DraftLesson).await?;
    let mut recorded = author != creator;
    if recorded {
        unit.decide(PLATFORM.policy, "authorId", &record, Action::RegisterMember)?;
        people::require_author(unit, &author, &new.platform).await?;
    }
    people::require_co_authors(unit, &new.co_authors).await?;
    if let Some(organisation) = organisation.as_ref().filter(|_| token.is_none()) {
        let platform = (new.platform.as_str(), &record);
        // What is said for an organisation by someone who isn't of it is recorded on its behalf.
        recorded |= !people::belongs_to(unit, author.as_str(), organisation, platform).await?;
    }
    let id = claimed.take()?;
    let platform = platforms::Entity::find_by_id(new.platform.as_str())
        .one(unit.transaction())
        .await?
        .ok_or(WriteError::Broken("a platform that the policy sees is gone"))?;

    let now = unit.now().micros();
    let mut content = Content {
        version: lesson_versions::Model {
            id: LessonVersionId::generate(unit.clock(), unit.entropy()).into_string(),
            lesson_id: id.clone(),
            number: 1,
            revision: 1,
            created_at: now,
            updated_at: now,
            created_by: creator.as_str().to_owned(),
            state: Code(VersionState::Draft),
            language: String::new(),
            origin: Code(TextOrigin::Original),
            title: String::new(),
            abstract_text: String::new(),
            context: String::new(),
            problem: String::new(),
            what_was_done: String::new(),
            result: String::new(),
            outcome: None,
            enabling_conditions: EMPTY_LIST.to_owned(),
            hindering_conditions: EMPTY_LIST.to_owned(),
            who_gained: String::new(),
            who_lost: String::new(),
            submitted_at: None,
            published_at: None,
            reviewer_id: None,
            visibility: Code(new.visibility),
            attribution: Code(new.attribution),
        },
        costs: Vec::new(),
        concepts: std::collections::BTreeSet::new(),
        actor_types: std::collections::BTreeSet::new(),
        attachments: Vec::new(),
    };
    let fields = content.apply(new.content);
    let version = content.version.id.clone();
    let mut lesson = lessons::Model {
        id: id.clone(),
        revision: 1,
        created_at: now,
        updated_at: now,
        created_by: creator.as_str().to_owned(),
        author_id: author.as_str().to_owned(),
        recorded_by: recorded.then(|| creator.as_str().to_owned()),
        organisation_id: organisation.map(OrganisationId::into_string),
        platform_id: platform.id,
        country_id: platform.country_id,
        country_code: platform.country_code,
        region: platform.region,
        visibility: Code(new.visibility),
        status: Code(LessonStatus::Draft),
        attribution: Code(new.attribution),
        current_version_id: version.clone(),
        published_version_id: None,
        latest_version_id: version,
        language: String::new(),
        title_sort_key: String::new(),
        outcome: None,
        sort_at: now,
        published_at: None,
        shown_revision: 1,
        recorded_by_token: token,
    };
    derive(&mut lesson, std::slice::from_ref(&content.version))?;
    lessons::ActiveModel::from(lesson.clone()).reset_all().insert(unit.transaction()).await?;
    content.store(unit, true).await?;
    contribute(unit, &id, author.as_str(), ContributorPart::Author).await?;
    for co_author in new.co_authors.iter().filter(|co_author| **co_author != author) {
        people::name_co_author(unit, &id, co_author.as_str()).await?;
    }
    if recorded {
        contribute(unit, &id, creator.as_str(), ContributorPart::Recorder).await?;
    }
    let aggregate = Aggregate { lesson, versions: vec![content.version], shows: true };
    aggregate.index(unit).await?;
    aggregate.keep(unit).await?;
    aggregate.note(unit, "lesson.drafted", &fields).await?;
    Ok(Written::record(id))
}
