//! What is selected of a mutation's payload, planned before anything is written.

use maip_persistence::read::declare::Scalar;
use maip_persistence::read::plan::Selection;

use super::{Planner, Refusal};
use crate::document::collect::Collected;
use crate::errors::Failure;
use crate::mutation::{ExtraType, Mutation, Payload, ValueField, ValueObject};
use crate::schema::names;

/// The payload, by response key.
pub(crate) type PayloadPlan = Vec<(Box<str>, PayloadPart)>;

/// A field of a payload.
pub(crate) enum PayloadPart {
    TypeName(Box<str>),
    /// The record, read back.
    Record(Selection),
    /// A value by its name.
    Value(&'static str, Scalar),
    /// An object of values by its name.
    Object(&'static str, &'static ValueObject, Vec<(Box<str>, Option<&'static ValueField>)>),
    UserErrors(Vec<(Box<str>, UserErrorPart)>),
    Conflict(Box<str>, Vec<(Box<str>, ConflictPart)>),
}

/// A field of a user error.
#[derive(Clone, Copy)]
pub(crate) enum UserErrorPart {
    TypeName,
    Field,
    Code,
    Message,
    State,
}

/// A field of a conflict.
pub(crate) enum ConflictPart {
    TypeName,
    /// The record as it stands.
    Current(Selection),
    Base,
    Mine,
    ExpectedRevision,
    CurrentRevision,
}

impl Planner<'_> {
    /// Plans the payload of a mutation.
    pub fn payload(
        &mut self,
        mutation: &'static dyn Mutation,
        field: &Collected,
    ) -> Result<PayloadPlan, Failure> {
        let payload = mutation.payload();
        self.inside(field, |planner| {
            let parts = field.fields().iter().map(|part| {
                let planned = planner.payload_part(mutation.name(), payload, part)?;
                Ok((part.key.as_str().into(), planned))
            });
            parts.collect::<Result<PayloadPlan, Refusal>>()
        })
        .map_err(|(Refusal::Field(failure) | Refusal::Request(failure))| failure)
    }

    fn payload_part(
        &mut self,
        mutation: &str,
        payload: &'static Payload,
        part: &Collected,
    ) -> Result<PayloadPart, Refusal> {
        let name = part.name();
        if let Some(shown) = payload.record.as_ref().filter(|shown| shown.field == name) {
            return Ok(PayloadPart::Record(self.one_record(shown.entity, part)?));
        }
        if let Some(extra) = payload.extras.iter().find(|extra| extra.name == name) {
            return Ok(match extra.of {
                ExtraType::Scalar(scalar) | ExtraType::List(scalar) => PayloadPart::Value(extra.name, scalar),
                ExtraType::Object(object) => {
                    let fields = part.fields().iter().map(|below| {
                        let declared = object.fields.iter().find(|field| field.name == below.name());
                        (below.key.as_str().into(), declared)
                    });
                    PayloadPart::Object(extra.name, object, fields.collect())
                }
            });
        }
        match (name, &payload.record) {
            (names::USER_ERRORS, _) => {
                let parts = part.fields().iter().map(|below| {
                    let part = match below.name() {
                        "field" => UserErrorPart::Field,
                        "code" => UserErrorPart::Code,
                        "message" => UserErrorPart::Message,
                        "state" => UserErrorPart::State,
                        _ => UserErrorPart::TypeName,
                    };
                    (below.key.as_str().into(), part)
                });
                Ok(PayloadPart::UserErrors(parts.collect()))
            }
            (names::CONFLICT, Some(shown)) => {
                let mut parts = Vec::with_capacity(part.fields().len());
                for below in part.fields() {
                    let planned = match below.name() {
                        "current" => ConflictPart::Current(
                            self.inside(part, |planner| planner.one_record(shown.entity, below))?,
                        ),
                        "base" => ConflictPart::Base,
                        "mine" => ConflictPart::Mine,
                        "expectedRevision" => ConflictPart::ExpectedRevision,
                        "currentRevision" => ConflictPart::CurrentRevision,
                        _ => ConflictPart::TypeName,
                    };
                    parts.push((below.key.as_str().into(), planned));
                }
                Ok(PayloadPart::Conflict(names::conflict(shown.entity.name).into(), parts))
            }
            _ => Ok(PayloadPart::TypeName(names::payload(mutation).into())),
        }
    }

    pub(super) fn one_record(
        &mut self,
        entity: &'static maip_persistence::read::declare::Entity,
        field: &Collected,
    ) -> Result<Selection, Refusal> {
        self.cost.records(1, 1).map_err(Refusal::Request)?;
        self.inside(field, |planner| planner.selection(entity, field.fields(), 1))
    }
}
