//! The declaration of a mutation, and the same without its input's type.

use async_graphql::registry::Registry;
use async_graphql::{InputType, Value as InputValue};
use futures::future::BoxFuture;
use maip_domain::error_code::ErrorCode;
use maip_persistence::read::declare::{Entity, Scalar};
use maip_persistence::services::Services;
use maip_persistence::write::{Digest, MutationKey, UserError, WriteResult, Written};

use super::context::MutationContext;
use super::outcome::{self, MutationFailure, MutationOutcome};
use crate::request::Request;
use crate::schema::names;
use maip_persistence::read::viewer::Viewer;

/// A handler: parses nothing and decides nothing; it turns an input into a call of a store function.
pub type Handler<I> = for<'a> fn(&'a MutationContext<'a>, I) -> BoxFuture<'a, WriteResult<Written>>;

/// A mutation with its input type.
pub struct Typed<I: 'static> {
    /// The root field.
    pub name: &'static str,
    /// What it does, for the author of a frontend.
    pub description: &'static str,
    /// What it answers.
    pub payload: Payload,
    /// How it is done.
    pub run: Handler<I>,
}

/// What a mutation answers, besides `userErrors` and `conflict`.
#[derive(Debug)]
pub struct Payload {
    /// The record, if there is one.
    pub record: Option<Shown>,
    /// Other values.
    pub extras: &'static [Extra],
}

impl Payload {
    /// Nothing but `userErrors`.
    pub const NONE: Self = Self { record: None, extras: &[] };

    /// A record alone.
    #[must_use]
    pub const fn of(field: &'static str, entity: &'static Entity, description: &'static str) -> Self {
        Self { record: Some(Shown { field, entity, description }), extras: &[] }
    }

    /// A record and other values.
    #[must_use]
    pub const fn with(self, extras: &'static [Extra]) -> Self {
        Self { record: self.record, extras }
    }
}

/// The record of a payload.
#[derive(Debug)]
pub struct Shown {
    /// The payload's field for it.
    pub field: &'static str,
    /// Its type.
    pub entity: &'static Entity,
    /// What it is, for the author of a frontend.
    pub description: &'static str,
}

/// Another value of a payload; null where the write was refused.
#[derive(Debug)]
pub struct Extra {
    /// The payload's field for it.
    pub name: &'static str,
    /// What it is, for the author of a frontend.
    pub description: &'static str,
    /// Its type.
    pub of: ExtraType,
}

/// The type of such a value.
#[derive(Debug)]
pub enum ExtraType {
    /// A scalar.
    Scalar(Scalar),
    /// A list of scalars.
    List(Scalar),
    /// An object of scalars.
    Object(&'static ValueObject),
}

/// An object that is no record, such as the tokens of a session.
#[derive(Debug)]
pub struct ValueObject {
    /// The name of its type.
    pub name: &'static str,
    /// What it is, for the author of a frontend.
    pub description: &'static str,
    /// Its fields.
    pub fields: &'static [ValueField],
}

/// A field of such an object.
#[derive(Debug)]
pub struct ValueField {
    /// Its name, also in the JSON of the outcome.
    pub name: &'static str,
    /// What it is, for the author of a frontend.
    pub description: &'static str,
    /// Its type.
    pub scalar: Scalar,
    /// Whether it can be null.
    pub nullable: bool,
}

/// A mutation, whatever its input.
pub trait Mutation: Send + Sync {
    /// The root field.
    fn name(&self) -> &'static str;
    /// What it does, for the author of a frontend.
    fn description(&self) -> &'static str;
    /// What it answers.
    fn payload(&self) -> &Payload;
    /// Registers the input type and gives its name.
    fn register_input(&self, registry: &mut Registry) -> String;
    /// Does it. `input` is the coerced `input` argument.
    fn execute<'a>(
        &'a self,
        services: &'a Services,
        viewer: &'a Viewer,
        request: &'a Request,
        input: serde_json::Value,
    ) -> BoxFuture<'a, Result<MutationOutcome, MutationFailure>>;
}

impl<I: InputType> Mutation for Typed<I> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn description(&self) -> &'static str {
        self.description
    }

    fn payload(&self) -> &Payload {
        &self.payload
    }

    fn register_input(&self, registry: &mut Registry) -> String {
        I::create_type_info(registry);
        I::type_name().into_owned()
    }

    fn execute<'a>(
        &'a self,
        services: &'a Services,
        viewer: &'a Viewer,
        request: &'a Request,
        mut input: serde_json::Value,
    ) -> BoxFuture<'a, Result<MutationOutcome, MutationFailure>> {
        Box::pin(async move {
            let id = match input.as_object_mut().and_then(|fields| fields.remove(names::MUTATION_ID)) {
                None | Some(serde_json::Value::Null) => None,
                Some(serde_json::Value::String(id)) => Some(id),
                Some(_) => return Err(MutationFailure::BadInput("mutationId is a text".to_owned())),
            };
            if let Some(error) = id.as_deref().and_then(wrong_mutation_id) {
                return Ok(MutationOutcome { user_errors: vec![error], ..Default::default() });
            }
            let digest = Digest::of(&input);
            let mine = input.clone();
            let value =
                InputValue::from_json(input).map_err(|error| MutationFailure::BadInput(error.to_string()))?;
            let parsed = || {
                I::parse(Some(value.clone())).map_err(|error| {
                    MutationFailure::BadInput(error.into_server_error(async_graphql::Pos::default()).message)
                })
            };
            let first = parsed()?;
            let new =
                I::to_value(&first).into_json().map_or_else(|_| digest.clone(), |new| Digest::of_new(&new));
            let context = MutationContext {
                services,
                viewer,
                request_id: &request.request_id,
                peer: request.peer,
                accept_language: request.accept_language.as_deref(),
                uploads: &request.uploads,
                watch: &request.watch,
                key: MutationKey { field: self.name, digest, new, id },
            };
            let mut result = (self.run)(&context, first).await;
            for _ in 1..MOST_TRIES {
                if !matches!(&result, Err(error) if error.gave_way()) {
                    break;
                }
                // Nothing of it was done, and it reads everything anew.
                result = (self.run)(&context, parsed()?).await;
            }
            outcome::of(result, mine)
        })
    }
}

/// So often is a write tried that gives way to others.
const MOST_TRIES: usize = 3;

/// The longest `mutationId`, in bytes.
const MAX_MUTATION_ID: usize = 128;

/// Why a text can't name a write.
fn wrong_mutation_id(id: &str) -> Option<UserError> {
    let (code, message) = if id.is_empty() {
        (
            ErrorCode::Required,
            "an empty text names no write: leave it out, or send one of your own".to_owned(),
        )
    } else if id.len() > MAX_MUTATION_ID {
        let bytes = id.len();
        (ErrorCode::TooLong, format!("{MAX_MUTATION_ID} bytes in UTF-8 are the most, and this has {bytes}"))
    } else if id.chars().any(char::is_control) {
        (ErrorCode::ControlCharacter, "there is a control character in it".to_owned())
    } else {
        return None;
    };
    Some(UserError::at(names::MUTATION_ID, code, message))
}
