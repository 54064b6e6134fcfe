//! Who has a part in a lesson: author, recorder, co-authors, the organisation they speak for.

use std::collections::BTreeSet;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{AccountId, LessonId, OrganisationId, PlatformId};
use maip_domain::lessons::ContributorPart;
use maip_domain::policy::{Action, Record};
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use super::aggregate::Aggregate;
use super::entity::lesson_contributors;
use crate::code::Code;
use crate::identity::read::{ACCOUNT, ORGANISATION};
use crate::membership::read::PLATFORM;
use crate::write::batch::Change;
use crate::write::{Unit, UserError, WriteResult, Written};

/// Checks that the author is a member of the platform who may write lessons.
pub(super) async fn require_author(
    unit: &Unit<'_>,
    author: &AccountId,
    platform: &PlatformId,
) -> WriteResult<()> {
    unit.require_visible(&ACCOUNT, "authorId", author.as_str()).await?;
    let found = unit
        .query_one(
            "SELECT 1 FROM memberships WHERE account_id = $1 AND platform_id = $2 AND status = 'ACTIVE' \
             AND role <> 'OBSERVER'",
            [author.as_str().into(), platform.as_str().into()],
        )
        .await?;
    if found.is_none() {
        let message = "the author isn't a member of the platform who may write lessons";
        return Err(UserError::at("authorId", ErrorCode::MembershipNeeded, message).into());
    }
    Ok(())
}

/// Checks that the viewer may see each of them.
pub(super) async fn require_co_authors(unit: &Unit<'_>, co_authors: &[AccountId]) -> WriteResult<()> {
    for (place, account) in co_authors.iter().enumerate() {
        unit.require_visible(&ACCOUNT, &format!("coAuthorIds.{place}"), account.as_str()).await?;
    }
    Ok(())
}

/// Whoever has reviewed the lesson isn't made a co-author: that would bar them from going on.
async fn require_no_reviewer(unit: &Unit<'_>, lesson: &str, account: &str) -> WriteResult<()> {
    let reviewed = unit
        .query_one(
            "SELECT 1 WHERE (EXISTS (SELECT 1 FROM lesson_versions v WHERE v.lesson_id = $1 AND v.reviewer_id = $2) \
             OR EXISTS (SELECT 1 FROM review_entries e WHERE e.lesson_id = $1 AND e.author_id = $2)) \
             AND NOT EXISTS (SELECT 1 FROM lesson_contributors c WHERE c.lesson_id = $1 AND c.account_id = $2)",
            [lesson.into(), account.into()],
        )
        .await?;
    if reviewed.is_some() {
        let message = "who has reviewed the lesson can't become its co-author";
        return Err(UserError::at("coAuthorIds", ErrorCode::ConflictOfInterest, message).into());
    }
    Ok(())
}

/// Whether the author belongs to the organisation. Where not, it has to be a member of the platform,
/// and the viewer someone who records there for others; `platform` is the platform's record.
///
/// # Errors
/// `NOT_FOUND` for an organisation that isn't there; `MEMBERSHIP_NEEDED`; the policy's.
pub(super) async fn belongs_to(
    unit: &Unit<'_>,
    author: &str,
    organisation: &OrganisationId,
    (platform, record): (&str, &Record),
) -> WriteResult<bool> {
    unit.require_visible(&ORGANISATION, "organisationId", organisation.as_str()).await?;
    let belongs = unit
        .query_one(
            "SELECT 1 FROM organisation_people WHERE organisation_id = $1 AND account_id = $2",
            [organisation.as_str().into(), author.into()],
        )
        .await?;
    if belongs.is_some() {
        return Ok(true);
    }
    let member = unit
        .query_one(
            "SELECT 1 FROM memberships WHERE platform_id = $1 AND organisation_id = $2 AND status = 'ACTIVE'",
            [platform.into(), organisation.as_str().into()],
        )
        .await?;
    if member.is_none() {
        let message = "the author doesn't belong to the organisation, nor is it a member of the platform";
        return Err(UserError::at("organisationId", ErrorCode::MembershipNeeded, message).into());
    }
    unit.decide(PLATFORM.policy, "organisationId", record, Action::RegisterMember)?;
    Ok(false)
}

/// The accounts that are named as a lesson's co-authors, whether or not they have accepted.
pub(super) async fn co_authors(unit: &Unit<'_>, lesson: &str) -> Result<Vec<String>, DbErr> {
    let rows = named(unit, lesson).await?;
    Ok(rows.into_iter().map(|row| row.account_id).collect())
}

async fn named(unit: &Unit<'_>, lesson: &str) -> Result<Vec<lesson_contributors::Model>, DbErr> {
    use lesson_contributors::{Column, Entity};
    Entity::find()
        .filter(Column::LessonId.eq(lesson))
        .filter(Column::Part.is_in([ContributorPart::CoAuthor.code(), ContributorPart::Asked.code()]))
        .order_by_asc(Column::AccountId)
        .all(unit.transaction())
        .await
}

/// Names someone as a co-author. Oneself one is at once; others are asked, and until they accept they
/// neither show as such nor are they barred from reviewing the lesson.
pub(super) fn name_co_author(unit: &Unit<'_>, lesson: &str, account: &str) {
    let me = unit.facts().account.as_deref();
    let part = if me == Some(account) { ContributorPart::CoAuthor } else { ContributorPart::Asked };
    contribute(unit, lesson, account, part);
}

/// The answer of someone who was named as a co-author.
///
/// # Errors
/// The policy's; `CONFLICT_OF_INTEREST` where they have reviewed the lesson and accept.
pub async fn answer(unit: &Unit<'_>, lesson: &LessonId, accepts: bool) -> WriteResult<Written> {
    let me = unit.account()?;
    let action = if accepts { Action::Accept } else { Action::Decline };
    let aggregate = Aggregate::lock(unit, lesson, action, None).await?;
    let id = aggregate.lesson.id.as_str();
    take_away(unit, id, me.as_str(), ContributorPart::Asked).await?;
    if accepts {
        require_no_reviewer(unit, id, me.as_str()).await?;
        contribute(unit, id, me.as_str(), ContributorPart::CoAuthor);
    }
    let name = if accepts { "lesson.co_author_accepted" } else { "lesson.co_author_declined" };
    if accepts {
        // Everyone who sees the lesson sees its co-authors.
        let values = [unit.now().micros().into(), id.into()];
        unit.execute("UPDATE lessons SET updated_at = $1 WHERE id = $2", values).await?;
    }
    aggregate.note(unit, name, &["coAuthors"]).await?;
    Ok(Written::record(id))
}

async fn take_away(unit: &Unit<'_>, lesson: &str, account: &str, part: ContributorPart) -> WriteResult<()> {
    let key = (lesson.to_owned(), account.to_owned(), Code(part));
    lesson_contributors::Entity::delete_by_id(key).exec(unit.transaction()).await?;
    Ok(())
}

/// Makes these the co-authors. Who had a part in what was handed in keeps it, and stays barred from
/// reviewing the lesson.
pub(super) async fn set_co_authors(
    unit: &Unit<'_>,
    aggregate: &mut Aggregate,
    wanted: &[AccountId],
) -> WriteResult<()> {
    require_co_authors(unit, wanted).await?;
    let lesson = aggregate.lesson.id.as_str();
    let author = aggregate.lesson.author_id.as_str();
    let me = unit.facts().account.as_deref();
    let wanted: BTreeSet<&str> = wanted.iter().map(AccountId::as_str).filter(|id| *id != author).collect();
    let present = named(unit, lesson).await?;
    for row in present.iter().filter(|row| !wanted.contains(row.account_id.as_str())) {
        if row.part.0 == ContributorPart::CoAuthor && !aggregate.is_untouched() {
            let message = "who had a part in an edition that was handed in stays a co-author";
            return Err(UserError::at("coAuthorIds", ErrorCode::Invalid, message).into());
        }
        take_away(unit, lesson, &row.account_id, row.part.0).await?;
    }
    let present: BTreeSet<&str> = present.iter().map(|row| row.account_id.as_str()).collect();
    for account in wanted.difference(&present) {
        require_no_reviewer(unit, lesson, account).await?;
        name_co_author(unit, lesson, account);
        aggregate.shows |= me == Some(*account);
    }
    Ok(())
}

/// Names someone as having a part in the lesson, once.
pub(super) fn contribute(unit: &Unit<'_>, lesson: &str, account: &str, part: ContributorPart) {
    unit.put(Change::insert_once(&lesson_contributors::Model {
        lesson_id: lesson.to_owned(),
        account_id: account.to_owned(),
        part: Code(part),
    }));
}
