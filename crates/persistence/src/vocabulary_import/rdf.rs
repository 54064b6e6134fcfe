//! Turtle and N-Triples, fed to the parser line by line, so that each statement has a line number
//! and the parser never holds more than one unfinished statement.

use std::io::BufRead;

use oxrdf::Triple;
use oxttl::ntriples::LowLevelNTriplesParser;
use oxttl::turtle::LowLevelTurtleParser;
use oxttl::{NTriplesParser, TurtleParser, TurtleSyntaxError};

use super::error::{ImportError, Refusal};
use super::facts::FactSink;
use super::lines::Lines;
use super::skos;

/// How much may be read without a statement coming to its end, in bytes. The parser reads an
/// unfinished token again with each line, so without this a missing quotation mark would cost
/// time that grows with the square of the file.
const MAX_STATEMENT_BYTES: usize = 1 << 16;

/// Reads SKOS in Turtle.
pub(super) fn read_turtle(input: impl BufRead, sink: &mut dyn FactSink) -> Result<(), ImportError> {
    read(TurtleParser::new().low_level(), input, sink)
}

/// Reads SKOS in N-Triples.
pub(super) fn read_n_triples(input: impl BufRead, sink: &mut dyn FactSink) -> Result<(), ImportError> {
    read(NTriplesParser::new().low_level(), input, sink)
}

/// What the parsers of the two forms have in common.
trait Feed {
    fn feed(&mut self, line: &str);
    fn end(&mut self);
    fn statement(&mut self) -> Option<Result<Triple, TurtleSyntaxError>>;
}

impl Feed for LowLevelTurtleParser {
    fn feed(&mut self, line: &str) {
        self.extend_from_slice(line.as_bytes());
    }
    fn end(&mut self) {
        self.end();
    }
    fn statement(&mut self) -> Option<Result<Triple, TurtleSyntaxError>> {
        self.parse_next()
    }
}

impl Feed for LowLevelNTriplesParser {
    fn feed(&mut self, line: &str) {
        self.extend_from_slice(line.as_bytes());
    }
    fn end(&mut self) {
        self.end();
    }
    fn statement(&mut self) -> Option<Result<Triple, TurtleSyntaxError>> {
        self.parse_next()
    }
}

fn read(mut parser: impl Feed, input: impl BufRead, sink: &mut dyn FactSink) -> Result<(), ImportError> {
    let mut lines = Lines::new(input);
    let mut last = 1;
    let mut unfinished = 0;
    while let Some((number, line)) = lines.next()? {
        last = number;
        parser.feed(line);
        unfinished += line.len();
        if pass_on(&mut parser, number, sink)? {
            unfinished = 0;
        } else if unfinished > MAX_STATEMENT_BYTES {
            return Err(Refusal::StatementTooLong { limit: MAX_STATEMENT_BYTES }.at(number));
        }
    }
    parser.end();
    pass_on(&mut parser, last, sink)?;
    Ok(())
}

/// Passes on what has come to its end with this line; whether there was any.
fn pass_on(parser: &mut impl Feed, line: u64, sink: &mut dyn FactSink) -> Result<bool, ImportError> {
    let mut any = false;
    while let Some(statement) = parser.statement() {
        let triple = statement.map_err(|error| {
            // The parser counts lines from 0, and says where an error starts, which may be earlier.
            let start = error.location().start.line + 1;
            Refusal::Syntax(syntax_reason(error.message())).at(start.min(line))
        })?;
        skos::take(&triple, line, sink)?;
        any = true;
    }
    Ok(any)
}

/// The parser's reason, without the text of a token that may be as long as the file.
fn syntax_reason(message: &str) -> String {
    let mut reason: String = message.split_whitespace().collect::<Vec<_>>().join(" ");
    if reason.chars().count() > 200 {
        reason = reason.chars().take(200).chain(['…']).collect();
    }
    format!("bad syntax: {reason}")
}
