//! Documents: parsed and validated by the specification once, collected into fields by response key
//! for each request.

pub(crate) mod arguments;
pub(crate) mod collect;
pub(crate) mod digest;
pub(crate) mod introspection;
mod one_of;
mod reckoning;
mod scalars;
mod scan;
pub(crate) mod variables;

use std::sync::{Arc, OnceLock};

use apollo_compiler::collections::HashMap;
use apollo_compiler::executable::Operation;
use apollo_compiler::parser::Parser;
use apollo_compiler::schema::Implementers;
use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{ExecutableDocument, Name, Node, Schema};

use crate::aside::{Aside, LARGE_BYTES};
use crate::errors::{Code, Failure};
use crate::limits::ApiSettings;
use collect::Collected;
use digest::hash;
use maip_persistence::cache::Cache;
use reckoning::Reckoner;

/// The deepest nesting that is parsed at all: selections, lists and objects in values.
const PARSE_DEPTH: usize = 64;
/// What the validator says where it gives up.
const TOO_DEEP: &str = "too much recursion";
/// More errors of one document than a reader can use.
const SHOWN_ERRORS: usize = 10;

/// A document that was parsed and validated.
pub(crate) struct Document {
    pub executable: Valid<ExecutableDocument>,
    /// By what its text is recognised.
    pub hash: [u8; 32],
    /// Whether work on it is done aside.
    pub large: bool,
    /// Per operation, in the order of the document: its fields, where no variable decides about them.
    fixed: Vec<OnceLock<Arc<[Collected]>>>,
}

/// What is known of a text.
enum Found {
    /// It was parsed and validated before.
    Kept(Arc<Document>),
    /// It has to be, and is then kept by this hash.
    New([u8; 32]),
}

/// Parses, validates and keeps documents of one schema.
pub(crate) struct Documents {
    pub schema: Valid<Schema>,
    pub implementers: HashMap<Name, Implementers>,
    pub settings: ApiSettings,
    /// The JSON text of the SDL that gateways compose from.
    pub subgraph_sdl: Box<str>,
    /// Where large documents are worked on.
    pub aside: Aside,
    cache: Cache<[u8; 32], Arc<Document>>,
    reckoner: Reckoner,
}

impl Documents {
    /// For this SDL. An SDL that isn't valid is a defect: the message says where.
    pub fn new(sdl: &str, settings: ApiSettings) -> Result<Self, String> {
        let mut schema = Schema::parse(sdl, "schema.graphql").map_err(|errors| errors.errors.to_string())?;
        one_of::introspection::declare(&mut schema);
        let schema = schema.validate().map_err(|errors| errors.errors.to_string())?;
        let implementers = schema.implementers_map();
        let cache = Cache::new(settings.cached_documents, settings.cached_document_bytes);
        let reckoner = Reckoner::new(&schema);
        Ok(Self {
            schema,
            implementers,
            settings,
            subgraph_sdl: "null".into(),
            aside: Aside::new(),
            cache,
            reckoner,
        })
    }

    /// The document of this text, here and now: not where others wait.
    pub fn get(&self, text: &str) -> Result<Arc<Document>, Vec<Failure>> {
        match self.look_up(text)? {
            Found::Kept(document) => Ok(document),
            Found::New(hash) => self.make(hash, text),
        }
    }

    /// The document of this text, made aside where that takes a while.
    pub async fn fetch(self: &Arc<Self>, text: &str) -> Result<Arc<Document>, Vec<Failure>> {
        let hash = match self.look_up(text)? {
            Found::Kept(document) => return Ok(document),
            Found::New(hash) if text.len() < LARGE_BYTES => return self.make(hash, text),
            Found::New(hash) => hash,
        };
        let (documents, text) = (Arc::clone(self), text.to_owned());
        // Whoever waited for their turn may find that another has made it.
        let make = move || documents.cache.get(&hash).map_or_else(|| documents.make(hash, &text), Ok);
        Box::pin(self.aside.run(make)).await.map_err(|failure| vec![failure])?
    }

    /// The document where it is kept; else it is new, and hasn't too much of anything to be looked at.
    fn look_up(&self, text: &str) -> Result<Found, Vec<Failure>> {
        if text.len() > self.settings.max_document_bytes {
            let most = self.settings.max_document_bytes;
            return Err(vec![Failure::too_complex(format!("the document has more than {most} bytes"))]);
        }
        let hash = hash(text);
        if let Some(known) = self.cache.get(&hash) {
            return Ok(Found::Kept(known));
        }
        scan::check(text, &self.settings).map_err(|failure| vec![failure])?;
        Ok(Found::New(hash))
    }

    fn make(&self, hash: [u8; 32], text: &str) -> Result<Arc<Document>, Vec<Failure>> {
        let document = Arc::new(self.parse(hash, text)?);
        self.cache.put(hash, Arc::clone(&document), text.len());
        Ok(document)
    }

    #[cfg(test)]
    pub fn cached(&self) -> (usize, usize) {
        self.cache.size()
    }

    fn parse(&self, hash: [u8; 32], text: &str) -> Result<Document, Vec<Failure>> {
        let mut parser = Parser::new().token_limit(self.settings.max_tokens).recursion_limit(PARSE_DEPTH);
        let parsed = parser.parse_executable(&self.schema, text, "operation.graphql");
        if parser.recursion_reached() >= PARSE_DEPTH {
            return Err(vec![Failure::too_complex("the document is nested too deeply")]);
        }
        let parsed = parsed.map_err(|invalid| shown(&invalid.errors))?;
        let executable = parsed.validate(&self.schema).map_err(|invalid| shown(&invalid.errors))?;
        let mut wrong = scalars::literals(&self.schema, &executable);
        if !wrong.is_empty() {
            wrong.truncate(SHOWN_ERRORS);
            return Err(wrong);
        }
        one_of::check(&self.schema, &executable, SHOWN_ERRORS)?;
        let fixed = executable.operations.iter().map(|_| OnceLock::new()).collect();
        Ok(Document { executable, hash, large: text.len() >= LARGE_BYTES, fixed })
    }
}

impl Document {
    /// The operation to execute.
    pub fn operation(&self, name: Option<&str>) -> Result<&Node<Operation>, Failure> {
        let operations = &self.executable.operations;
        if operations.is_empty() {
            return Err(Failure::bad_input("the document has no operation"));
        }
        operations.get(name).map_err(|_| match name {
            Some(name) => {
                Failure::new(Code::NotFound, format!("the document has no operation named {name:?}"))
            }
            None => {
                Failure::bad_input("the document has several operations: `operationName` has to say which")
            }
        })
    }

    /// Where the fields of an operation are kept once they are known not to depend on variables.
    fn fixed(&self, operation: &Node<Operation>) -> Option<&OnceLock<Arc<[Collected]>>> {
        let place = self.executable.operations.iter().position(|known| Node::ptr_eq(known, operation))?;
        self.fixed.get(place)
    }
}

fn shown(errors: &DiagnosticList) -> Vec<Failure> {
    errors
        .iter()
        .take(SHOWN_ERRORS)
        .map(|diagnostic| {
            let error = diagnostic.to_json();
            if error.message == TOO_DEEP {
                return Failure::too_complex("fragments are nested too deeply");
            }
            let locations = error.locations.iter().map(|at| (at.line, at.column)).collect();
            Failure { locations, ..Failure::bad_input(error.message) }
        })
        .collect()
}
