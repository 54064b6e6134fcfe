//! The parts of a card that stand in tables of their own: languages, countries, concepts, details.

use std::collections::BTreeSet;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::cooperation::ContactField;
use maip_domain::error_code::ErrorCode;
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, Set};

use super::entity::{contact_card_concepts, contact_card_countries, contact_card_languages, contact_details};
use crate::code::Code;
use crate::write::{Unit, UserError, WriteResult};

/// The details that a card has.
async fn fields_of(unit: &Unit<'_>, card: &str) -> Result<BTreeSet<ContactField>, DbErr> {
    let rows = contact_details::Entity::find()
        .filter(contact_details::Column::CardId.eq(card))
        .all(unit.transaction())
        .await?;
    Ok(rows.into_iter().map(|row| row.field.0).collect())
}

/// Refuses details that the card doesn't have: nobody consents to show nothing.
pub(super) async fn has_fields(
    unit: &Unit<'_>,
    card: &str,
    at: &str,
    fields: &BTreeSet<ContactField>,
) -> WriteResult<()> {
    let there = fields_of(unit, card).await?;
    match fields.difference(&there).next() {
        None => Ok(()),
        Some(missing) => {
            let message = format!("the card has no {}", missing.code());
            Err(UserError::at(at, ErrorCode::Invalid, message).into())
        }
    }
}

pub(super) async fn set_languages(
    unit: &Unit<'_>,
    card: &str,
    languages: BTreeSet<String>,
) -> Result<(), DbErr> {
    use contact_card_languages::{ActiveModel, Column, Entity};
    Entity::delete_many().filter(Column::CardId.eq(card)).exec(unit.transaction()).await?;
    for language in languages {
        let row = ActiveModel { card_id: Set(card.to_owned()), language: Set(language) };
        Entity::insert(row).exec_without_returning(unit.transaction()).await?;
    }
    Ok(())
}

pub(super) async fn set_countries(
    unit: &Unit<'_>,
    card: &str,
    countries: BTreeSet<String>,
) -> Result<(), DbErr> {
    use contact_card_countries::{ActiveModel, Column, Entity};
    Entity::delete_many().filter(Column::CardId.eq(card)).exec(unit.transaction()).await?;
    for country in countries {
        let row = ActiveModel { card_id: Set(card.to_owned()), country_id: Set(country) };
        Entity::insert(row).exec_without_returning(unit.transaction()).await?;
    }
    Ok(())
}

pub(super) async fn set_concepts(
    unit: &Unit<'_>,
    card: &str,
    concepts: BTreeSet<String>,
) -> Result<(), DbErr> {
    use contact_card_concepts::{ActiveModel, Column, Entity};
    Entity::delete_many().filter(Column::CardId.eq(card)).exec(unit.transaction()).await?;
    for concept in concepts {
        let row = ActiveModel { card_id: Set(card.to_owned()), concept_id: Set(concept) };
        Entity::insert(row).exec_without_returning(unit.transaction()).await?;
    }
    Ok(())
}

/// Sets or removes one value. It is sealed for its place: moved to another card or field it doesn't
/// open.
pub(super) async fn set_detail(
    unit: &Unit<'_>,
    card: &str,
    field: ContactField,
    value: Option<&str>,
) -> Result<(), DbErr> {
    use contact_details::{ActiveModel, Column, Entity};
    Entity::delete_many()
        .filter(Column::CardId.eq(card))
        .filter(Column::Field.eq(field.code()))
        .exec(unit.transaction())
        .await?;
    if let Some(value) = value {
        let sealed = unit.services().keyring.seal(field.code(), card, value, unit.entropy());
        let row =
            ActiveModel { card_id: Set(card.to_owned()), field: Set(Code(field)), value_sealed: Set(sealed) };
        Entity::insert(row).exec_without_returning(unit.transaction()).await?;
    }
    Ok(())
}
