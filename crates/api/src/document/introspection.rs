//! Answers `__schema` and `__type`, which need no database.

use apollo_compiler::executable::Operation;
use apollo_compiler::introspection::{check_max_depth, partial_execute};
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Name, Node};

use super::one_of::introspection::Marked;
use super::variables::Variables;
use super::{Document, Documents};
use crate::errors::{Code, Failure};
use crate::limits::ApiSettings;

/// Whether clients may ask for the schema itself.
pub(crate) fn allowed(settings: &ApiSettings) -> Result<(), Failure> {
    if settings.introspection {
        return Ok(());
    }
    Err(Failure::new(Code::OperationNotAllowed, "introspection is switched off on this server"))
}

/// The answers by response key.
pub(crate) fn execute(
    documents: &Documents,
    document: &Document,
    operation: &Node<Operation>,
    variables: &Variables,
) -> Result<JsonMap, Failure> {
    allowed(&documents.settings)?;
    check_max_depth(&document.executable, operation)
        .map_err(|error| Failure::too_complex(error.message().to_string()))?;
    documents.reckoner.check(&document.executable, operation, documents.settings.max_fields)?;
    let schema = &documents.schema;
    let run = |executable: &Valid<ExecutableDocument>, operation: &Operation| {
        let response = partial_execute(schema, &documents.implementers, executable, operation, variables)
            .map_err(|error| Failure::bad_input(error.message().to_string()))?;
        match response.errors.first() {
            Some(error) => Err(Failure::bad_input(error.message.clone())),
            None => Ok(response.data.unwrap_or_default()),
        }
    };
    match Marked::of(schema, &document.executable) {
        Some(marked) => {
            let name = operation.name.as_ref().map(Name::as_str);
            let operation = marked.document.operations.get(name);
            let operation = operation.map_err(|error| Failure::bad_input(error.message().to_string()))?;
            Ok(marked.answer(schema, run(&marked.document, operation)?))
        }
        None => run(&document.executable, operation),
    }
}
