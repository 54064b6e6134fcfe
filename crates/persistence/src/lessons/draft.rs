//! Beginning a lesson.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::id::{AccountId, ConceptId, LessonId, LessonVersionId, OrganisationId, PlatformId};
use maip_domain::lessons::{Attribution, ContributorPart, LessonStatus, TextOrigin, VersionState};
use maip_domain::policy::Action;
use maip_domain::visibility::Visibility;
use maip_domain::vocabulary::region::Region;

use super::aggregate::{Aggregate, derive};
use super::content::{Content, EMPTY_LIST, Edit};
use super::entity::{lesson_versions, lessons};
use super::people::{self, contribute};
use super::read::LESSON;
use super::writer;
use crate::code::Code;
use crate::membership::read::PLATFORM;
use crate::vocabulary::read::CONCEPT;
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
    unit.hold_accounts(new.co_authors.iter().chain([&author]).map(AccountId::as_str)).await?;
    let platform = new.platform.as_str();
    let mut inquiry = unit.inquiry();
    let wished = new.id.as_ref().map(LessonId::as_str);
    let claiming = unit.claiming(&mut inquiry, &LESSON, "id", wished, fresh);
    let record = inquiry.record(&PLATFORM, platform);
    let place = inquiry.row(&PLATFORM, &["country_id", "country_code", "region"], platform);
    let concepts: Vec<&str> = new.content.concepts.iter().flatten().map(ConceptId::as_str).collect();
    let known = inquiry.known(&CONCEPT, &concepts);
    let answers = inquiry.answers(unit.transaction()).await?;
    let claimed = match unit.claimed(claiming, &answers).await? {
        Claim::Made(id) => return Ok(Written::record(id)),
        Claim::New(claimed) => claimed,
    };
    let record = unit.allowed(&PLATFORM, "platformId", answers.record(record)?, Action::DraftLesson)?;
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
    let Some([Some(country_id), Some(country_code), region]) =
        answers.row(place)?.and_then(|place| <[_; 3]>::try_from(place).ok())
    else {
        return Err(WriteError::Broken("a platform that the policy sees is gone"));
    };
    let now = unit.now().micros();
    let mut content = Content::new(lesson_versions::Model {
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
    });
    let fields = content.apply(new.content);
    content.refuse_unknown(&answers.known(known)?)?;
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
        platform_id: platform.to_owned(),
        country_id,
        country_code,
        region: region.as_deref().and_then(Region::from_code).map(Code),
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
    unit.insert(&lesson);
    content.store(unit, true);
    contribute(unit, &id, author.as_str(), ContributorPart::Author);
    for co_author in new.co_authors.iter().filter(|co_author| **co_author != author) {
        people::name_co_author(unit, &id, co_author.as_str());
        content.co_authors.insert(co_author.as_str().to_owned());
    }
    if recorded {
        contribute(unit, &id, creator.as_str(), ContributorPart::Recorder);
    }
    let aggregate = Aggregate::begun(lesson, content);
    aggregate.keep(unit);
    aggregate.note(unit, "lesson.drafted", &fields).await?;
    Ok(Written::record(id))
}
