//! Introductions: asked for, accepted, declined, expired.
//!
//! Whoever writes locks the cards first, in the order of their ids, and then changes the
//! introduction under its state: so of two answers at a time one counts, and a card that is retired
//! meanwhile leaves no consent behind.

use std::collections::{BTreeMap, BTreeSet};

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::cooperation::consent;
use maip_domain::cooperation::introduction::{self, AskError, Asked};
use maip_domain::cooperation::{
    ContactCardStatus, ContactField, IntroductionAction, IntroductionSide, IntroductionStatus,
};
use maip_domain::error_code::ErrorCode;
use maip_domain::id::{AccountId, ConsentId, ContactCardId, IntroductionId, LessonId, OrganisationId};
use maip_domain::policy::Action;
use maip_domain::time::Timestamp;
use sea_orm::sea_query::{Condition, LockType};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set,
};

use super::consents::{self, Given, Recipient};
use super::entity::{contact_cards, introduction_fields, introductions};
use super::read::{CONTACT_CARD, INTRODUCTION};
use super::{card_parts, cards};
use crate::code::Code;
use crate::identity::entity::accounts;
use crate::lessons::read::LESSON;
use crate::write::{Change, Claim, Unit, UserError, WriteError, WriteResult};

const TYPE: &str = "Introduction";

/// What a consent from an introduction is for.
const PURPOSE: &str = "Introduction";

/// A request to be put in touch; its text is checked already.
#[derive(Clone, Debug)]
pub struct NewIntroduction {
    /// Whose owner is asked.
    pub card: ContactCardId,
    /// To them.
    pub message: String,
    /// Which of their own details the requester will show.
    pub fields: BTreeSet<ContactField>,
    /// On which card of theirs these are; not needed where there is one only.
    pub own_card: Option<ContactCardId>,
    /// The lesson that led to it.
    pub lesson: Option<LessonId>,
}

/// The answer to a request.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The revision that was read, if it matters.
    pub expected: Option<i64>,
    /// Some words.
    pub reply: Option<String>,
}

/// Asks for an introduction, which is the requester's acceptance, and gives its id.
///
/// # Errors
/// The policy's; details without a card that has them; too many requests.
pub async fn request(
    unit: &Unit<'_>,
    wished: Option<&IntroductionId>,
    new: NewIntroduction,
) -> WriteResult<String> {
    let me = unit.account()?;
    let fresh = IntroductionId::generate(unit.clock(), unit.entropy()).into_string();
    let claimed = match unit.claim(&INTRODUCTION, "id", wished.map(IntroductionId::as_str), fresh).await? {
        Claim::Made(id) => return Ok(id),
        Claim::New(claimed) => claimed,
    };
    unit.require(&CONTACT_CARD, "cardId", new.card.as_str(), Action::RequestIntroduction).await?;
    if let Some(lesson) = &new.lesson {
        unit.require_visible(&LESSON, "lessonId", lesson.as_str()).await?;
    }
    // One at a time for each person, so that what is counted holds.
    accounts::Entity::find_by_id(me.as_str().to_owned())
        .lock(LockType::NoKeyUpdate)
        .one(unit.transaction())
        .await?;
    let own_card = own_card(unit, &me, &new).await?;
    let held = lock_cards(unit, [Some(new.card.as_str()), own_card.as_deref()]).await?;
    let card = held.get(new.card.as_str()).ok_or(GONE)?;
    cards::published(card, "cardId")?;
    if let Some(own) = own_card.as_deref() {
        cards::published(held.get(own).ok_or(GONE)?, "ownCardId")?;
        card_parts::has_fields(unit, own, "fields", &new.fields).await?;
    }
    expire_past(unit, &me, card).await?;
    introduction::may_ask(unit.now(), &asked(unit, &me, &card.id).await?).map_err(refused)?;
    let id = claimed.take()?;

    let now = unit.now();
    unit.insert(&introductions::Model {
        id: id.clone(),
        revision: 1,
        created_at: now.micros(),
        updated_at: now.micros(),
        requester_id: me.into_string(),
        card_id: card.id.clone(),
        requester_card_id: own_card,
        account_id: card.account_id.clone(),
        organisation_id: card.organisation_id.clone(),
        lesson_id: new.lesson.map(LessonId::into_string),
        status: Code(IntroductionStatus::Requested),
        message: new.message,
        reply: None,
        answered_by: None,
        answered_at: None,
        expires_at: introduction::expires(now).micros(),
    });
    keep_fields(unit, &id, IntroductionSide::Requester, &new.fields);
    note(unit, "introduction.requested", &id, &card.country_code).await?;
    Ok(id)
}

/// Accepts: both are connected, and each sees what the other chose to show.
///
/// # Errors
/// The policy's; `WRONG_STATE` where it was answered meanwhile; details that the card doesn't have.
pub async fn accept(
    unit: &Unit<'_>,
    introduction: &IntroductionId,
    fields: &BTreeSet<ContactField>,
    answer: Answer,
) -> WriteResult<()> {
    let id = introduction.as_str();
    unit.require(&INTRODUCTION, "introductionId", id, Action::Accept).await?;
    let row = by_id(unit, id).await?;
    let held = lock_cards(unit, [Some(row.card_id.as_str()), row.requester_card_id.as_deref()]).await?;
    let card = held.get(&row.card_id).ok_or(GONE)?;
    cards::published(card, "introductionId")?;
    card_parts::has_fields(unit, &card.id, "fields", fields).await?;
    let row = self::answer(unit, &row.id, IntroductionAction::Accept, answer).await?;
    keep_fields(unit, id, IntroductionSide::Contact, fields);

    let requester: AccountId = parsed(&row.requester_id)?;
    let me = unit.account()?;
    consent(unit, (card, me.as_str()), &row.id, &Recipient::Person(requester), fields).await?;
    if let Some(own) = row.requester_card_id.as_ref().and_then(|own| held.get(own)) {
        let back = match (&card.account_id, &card.organisation_id) {
            (Some(account), _) => Recipient::Person(parsed(account)?),
            (None, Some(organisation)) => Recipient::Organisation(parsed::<OrganisationId>(organisation)?),
            (None, None) => return Err(WriteError::Broken("a card without an owner")),
        };
        let offered = offered(unit, &row.id).await?;
        consent(unit, (own, &row.requester_id), &row.id, &back, &offered).await?;
    }
    note(unit, "introduction.connected", id, &card.country_code).await?;
    Ok(())
}

/// Declines: nothing is shown to either.
///
/// # Errors
/// The policy's; `WRONG_STATE` where it was answered meanwhile.
pub async fn decline(unit: &Unit<'_>, introduction: &IntroductionId, answer: Answer) -> WriteResult<()> {
    let id = introduction.as_str();
    unit.require(&INTRODUCTION, "introductionId", id, Action::Decline).await?;
    let row = by_id(unit, id).await?;
    let card = cards::lock(unit, &row.card_id).await?;
    self::answer(unit, id, IntroductionAction::Decline, answer).await?;
    note(unit, "introduction.declined", id, &card.country_code).await?;
    Ok(())
}

/// Ends the requests about a card and those that offer its details, when it is retired.
pub(super) async fn expire_for_card(unit: &Unit<'_>, card: &contact_cards::Model) -> WriteResult<()> {
    let open = introductions::Entity::find()
        .filter(introductions::Column::Status.eq(IntroductionStatus::Requested.code()))
        .filter(
            Condition::any()
                .add(introductions::Column::CardId.eq(card.id.as_str()))
                .add(introductions::Column::RequesterCardId.eq(card.id.as_str())),
        )
        // Two whose cards name one another change them in one order.
        .order_by_asc(introductions::Column::Id)
        .all(unit.transaction())
        .await?;
    for row in open {
        expire_for_its_card(unit, &row).await?;
    }
    Ok(())
}

/// Empties what a person wrote, when their account is erased, and ends their open requests.
pub(super) async fn erase_texts(unit: &Unit<'_>, account: &str) -> WriteResult<()> {
    let open = introductions::Entity::find()
        .filter(introductions::Column::Status.eq(IntroductionStatus::Requested.code()))
        .filter(introductions::Column::RequesterId.eq(account))
        .order_by_asc(introductions::Column::Id)
        .all(unit.transaction())
        .await?;
    for row in open {
        expire_for_its_card(unit, &row).await?;
    }
    unit.execute("UPDATE introductions SET message = '' WHERE requester_id = $1", [account.into()]).await?;
    unit.execute(
        "UPDATE introductions SET reply = NULL WHERE answered_by = $1 AND reply IS NOT NULL",
        [account.into()],
    )
    .await?;
    Ok(())
}

const GONE: WriteError = WriteError::Broken("a card that an introduction names is gone");

/// The card of which the requester shows details: the one they name, else their only one.
async fn own_card(unit: &Unit<'_>, me: &AccountId, new: &NewIntroduction) -> WriteResult<Option<String>> {
    if let Some(own) = &new.own_card {
        unit.require(&CONTACT_CARD, "ownCardId", own.as_str(), Action::ManageConsent).await?;
        return Ok(Some(own.as_str().to_owned()));
    }
    if new.fields.is_empty() {
        return Ok(None);
    }
    let mut own = contact_cards::Entity::find()
        .filter(contact_cards::Column::AccountId.eq(me.as_str()))
        .filter(contact_cards::Column::Status.eq(ContactCardStatus::Published.code()))
        .limit(2)
        .all(unit.transaction())
        .await?;
    match (own.pop(), own.pop()) {
        (Some(card), None) => Ok(Some(card.id)),
        (None, _) => Err(UserError::at(
            "fields",
            ErrorCode::Required,
            "details are shown from a contact card: publish one first, or offer none",
        )
        .into()),
        (Some(_), Some(_)) => Err(UserError::at(
            "ownCardId",
            ErrorCode::Required,
            "you have several contact cards: name the one whose details you offer",
        )
        .into()),
    }
}

async fn lock_cards<const N: usize>(
    unit: &Unit<'_>,
    ids: [Option<&str>; N],
) -> WriteResult<BTreeMap<String, contact_cards::Model>> {
    let sorted: BTreeSet<&str> = ids.into_iter().flatten().collect();
    let mut held = BTreeMap::new();
    for id in sorted {
        held.insert(id.to_owned(), cards::lock(unit, id).await?);
    }
    Ok(held)
}

async fn by_id(unit: &Unit<'_>, id: &str) -> WriteResult<introductions::Model> {
    introductions::Entity::find_by_id(id.to_owned())
        .one(unit.transaction())
        .await?
        .ok_or(WriteError::Broken("an introduction that the policy saw is gone"))
}

/// Answers a request whose card is locked, if it still waits for it.
async fn answer(
    unit: &Unit<'_>,
    id: &str,
    action: IntroductionAction,
    answer: Answer,
) -> WriteResult<introductions::Model> {
    let me = unit.account()?;
    // Read again now that the card is held: the other answer may have come first.
    let row = by_id(unit, id).await?;
    if let Some(expected) = answer.expected {
        unit.expect_revision(id, expected, row.revision).await?;
    }
    let now = unit.now();
    let status = row.status.0.at(now, Timestamp::from_micros(row.expires_at)).apply(action)?;
    let changed = introductions::Entity::update_many()
        .set(introductions::ActiveModel {
            revision: Set(row.revision + 1),
            updated_at: Set(now.micros()),
            status: Set(Code(status)),
            reply: Set(answer.reply),
            answered_by: Set(Some(me.into_string())),
            answered_at: Set(Some(now.micros())),
            ..Default::default()
        })
        .filter(introductions::Column::Id.eq(id))
        .filter(introductions::Column::Revision.eq(row.revision))
        .exec(unit.transaction())
        .await?;
    // Erasing an account ends its requests without a lock on the cards of others.
    if changed.rows_affected == 1 { Ok(row) } else { Err(WriteError::Overtaken) }
}

async fn consent(
    unit: &Unit<'_>,
    (card, by): (&contact_cards::Model, &str),
    introduction: &str,
    recipient: &Recipient,
    fields: &BTreeSet<ContactField>,
) -> WriteResult<()> {
    if fields.is_empty() || card.status.0 != ContactCardStatus::Published {
        return Ok(());
    }
    let given = Given {
        id: ConsentId::generate(unit.clock(), unit.entropy()).into_string(),
        giver: by,
        introduction: Some(introduction),
        recipient,
        fields,
        purpose: PURPOSE.to_owned(),
        ends: unit.now().plus_days(consent::DEFAULT_DAYS),
    };
    consents::make(unit, card, given).await
}

fn keep_fields(unit: &Unit<'_>, introduction: &str, side: IntroductionSide, fields: &BTreeSet<ContactField>) {
    for field in fields {
        unit.insert(&introduction_fields::Model {
            introduction_id: introduction.to_owned(),
            side: Code(side),
            field: Code(*field),
        });
    }
}

async fn offered(unit: &Unit<'_>, introduction: &str) -> WriteResult<BTreeSet<ContactField>> {
    let rows = introduction_fields::Entity::find()
        .filter(introduction_fields::Column::IntroductionId.eq(introduction))
        .filter(introduction_fields::Column::Side.eq(IntroductionSide::Requester.code()))
        .all(unit.transaction())
        .await?;
    Ok(rows.into_iter().map(|row| row.field.0).collect())
}

/// Gives the rows of a request whose time is over its state, so that a new one can be made.
async fn expire_past(unit: &Unit<'_>, me: &AccountId, card: &contact_cards::Model) -> WriteResult<()> {
    let past = mine(me)
        .filter(introductions::Column::CardId.eq(card.id.as_str()))
        .filter(introductions::Column::Status.eq(IntroductionStatus::Requested.code()))
        .filter(introductions::Column::ExpiresAt.lte(unit.now().micros()))
        .all(unit.transaction())
        .await?;
    for row in past {
        expire(unit, &row, &card.country_code).await?;
    }
    Ok(())
}

/// An introduction belongs to the country of the card that it asks for, whoever ends it.
async fn expire_for_its_card(unit: &Unit<'_>, row: &introductions::Model) -> WriteResult<()> {
    let country = consents::country_of(unit, &row.card_id).await?.ok_or(GONE)?;
    expire(unit, row, &country).await
}

async fn expire(unit: &Unit<'_>, row: &introductions::Model, country: &str) -> WriteResult<()> {
    let status = row.status.0.apply(IntroductionAction::Expire)?;
    let changed = unit
        .execute(
            "UPDATE introductions SET status = $3, revision = revision + 1, updated_at = $4 \
             WHERE id = $1 AND status = $2",
            [
                row.id.as_str().into(),
                row.status.0.code().into(),
                status.code().into(),
                unit.now().micros().into(),
            ],
        )
        .await?;
    if changed == 1 {
        note(unit, "introduction.expired", &row.id, country).await?;
    }
    Ok(())
}

fn mine(me: &AccountId) -> sea_orm::Select<introductions::Entity> {
    introductions::Entity::find().filter(introductions::Column::RequesterId.eq(me.as_str()))
}

async fn asked(unit: &Unit<'_>, me: &AccountId, card: &str) -> WriteResult<Asked> {
    let open = || {
        mine(me)
            .filter(introductions::Column::Status.eq(IntroductionStatus::Requested.code()))
            .filter(introductions::Column::ExpiresAt.gt(unit.now().micros()))
    };
    let declined = mine(me)
        .filter(introductions::Column::CardId.eq(card))
        .filter(introductions::Column::Status.eq(IntroductionStatus::Declined.code()))
        .all(unit.transaction())
        .await?;
    let to_card = open().filter(introductions::Column::CardId.eq(card)).count(unit.transaction()).await?;
    Ok(Asked {
        open_to_card: to_card > 0,
        declined: declined.iter().filter_map(|row| row.answered_at).max().map(Timestamp::from_micros),
        open: open().count(unit.transaction()).await?,
        last_day: mine(me)
            .filter(introductions::Column::CreatedAt.gt(unit.now().plus_days(-1).micros()))
            .count(unit.transaction())
            .await?,
    })
}

fn refused(error: AskError) -> UserError {
    let code = match error {
        AskError::AlreadyOpen => ErrorCode::Conflict,
        AskError::CoolDown | AskError::TooManyToday => ErrorCode::TryLater,
        AskError::TooManyOpen => ErrorCode::TooMany,
    };
    UserError::at("cardId", code, error.to_string())
}

async fn note(unit: &Unit<'_>, action: &'static str, id: &str, country: &str) -> WriteResult<()> {
    unit.record(Change {
        action,
        subject_type: TYPE,
        subject: id,
        country: Some(country),
        ..Change::default()
    })
    .await?;
    Ok(())
}

fn parsed<T: std::str::FromStr>(id: &str) -> WriteResult<T> {
    id.parse().map_err(|_| WriteError::Broken("an id in the database is none"))
}
