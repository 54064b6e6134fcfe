//! Counts what a document is made of before it is parsed: who sends thousands of brackets or aliases is
//! refused for a fraction of what parsing and validating them takes.

use apollo_parser::{Lexer, TokenKind};

use super::PARSE_DEPTH;
use crate::errors::Failure;
use crate::limits::ApiSettings;

/// A document may have several operations, each with as many aliases as one may have; but not this many
/// times as many.
const TIMES_ALIASES: usize = 10;
/// Directives of a document: far more than `@include` and `@skip` on what a page shows.
const MOST_DIRECTIVES: usize = 500;
/// Operations and fragments of a document. Each operation is validated with all of its fragments.
const MOST_DEFINITIONS: usize = 250;

/// Refuses a document that has too much of something, whatever it means. One that isn't well-formed is
/// for the parser to explain.
pub(super) fn check(text: &str, settings: &ApiSettings) -> Result<(), Failure> {
    let mut counted = Counted::default();
    for token in Lexer::new(text) {
        counted.tokens += 1;
        if counted.tokens >= settings.max_tokens {
            return Err(Failure::too_complex(format!(
                "the document has more than {} tokens",
                settings.max_tokens
            )));
        }
        let Ok(token) = token else { continue };
        counted.take(token.kind(), token.data());
        counted.check(settings)?;
    }
    Ok(())
}

/// What was counted so far.
#[derive(Debug, Default)]
struct Counted {
    tokens: usize,
    aliases: usize,
    fields: usize,
    directives: usize,
    definitions: usize,
    /// Selections, lists and objects that are open.
    nested: usize,
    /// Parentheses that are open: what stands in them are arguments and variables, not fields.
    parentheses: usize,
    /// What comes next is a name of something other than a field.
    named: bool,
}

impl Counted {
    fn take(&mut self, kind: TokenKind, text: &str) {
        match kind {
            TokenKind::Whitespace | TokenKind::Comment | TokenKind::Comma => return,
            TokenKind::LCurly | TokenKind::LBracket => {
                // A selection of the top level is the body of an operation or a fragment.
                if self.nested == 0 && self.parentheses == 0 {
                    self.definitions += 1;
                }
                self.nested += 1;
            }
            TokenKind::RCurly | TokenKind::RBracket => self.nested = self.nested.saturating_sub(1),
            TokenKind::LParen => self.parentheses += 1,
            TokenKind::RParen => self.parentheses = self.parentheses.saturating_sub(1),
            TokenKind::At => self.directives += 1,
            TokenKind::Colon if self.parentheses == 0 => {
                // Its name was counted as a field; the field itself comes next.
                self.aliases += 1;
                self.fields = self.fields.saturating_sub(1);
            }
            TokenKind::Name if self.parentheses == 0 && self.nested > 0 && !self.named => self.fields += 1,
            _ => {}
        }
        let of_type = kind == TokenKind::Name && self.named && text == "on";
        self.named = of_type || matches!(kind, TokenKind::At | TokenKind::Spread);
    }

    fn check(&self, settings: &ApiSettings) -> Result<(), Failure> {
        if self.nested > PARSE_DEPTH {
            return Err(Failure::too_complex("the document is nested too deeply"));
        }
        for (count, most, what) in [
            (self.aliases, settings.max_aliases.saturating_mul(TIMES_ALIASES), "aliases"),
            (self.fields, settings.max_fields, "fields"),
            (self.directives, MOST_DIRECTIVES, "directives"),
            (self.definitions, MOST_DEFINITIONS, "operations and fragments"),
        ] {
            if count > most {
                return Err(Failure::too_complex(format!("the document has more than {most} {what}")));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(text: &str) -> Counted {
        let mut counted = Counted::default();
        for token in Lexer::new(text).flatten() {
            counted.take(token.kind(), token.data());
        }
        counted
    }

    fn refusal(text: &str) -> Option<String> {
        check(text, &ApiSettings::default()).err().map(|failure| failure.message)
    }

    #[test]
    fn what_stands_in_arguments_and_texts_is_not_counted_as_fields() {
        let text = r#"query Q($a: [Int!] = [1], $b: I = { x: 1 }) @one(of: { y: "z: {{" }) {
            a: lessons(first: 3, filter: { country: { in: ["{", """ ": { """] } }) { nodes { ...F id } } # b: c {
            ... on Query @include(if: true) { b: node(id: "x") { ... { id on } } }
        } fragment F on Lesson { title }"#;
        let Counted { aliases, fields, directives, definitions, nested, parentheses, .. } = counted(text);
        assert_eq!((aliases, directives, definitions), (2, 2, 2));
        // lessons, nodes, id, node, id, on, title
        assert_eq!((fields, nested, parentheses), (7, 0, 0));
    }

    #[test]
    fn too_much_of_anything_is_refused_before_it_is_parsed() {
        let many = |count: usize, what: &str| what.repeat(count);
        for (text, what) in [
            (format!("{{{}}}", many(1_001, "a:b,")), "more than 1000 aliases"),
            (format!("{{{}}}", many(3_001, "a,")), "more than 3000 fields"),
            (format!("{{a{}}}", many(501, "@x")), "more than 500 directives"),
            (many(251, "{a}"), "more than 250 operations and fragments"),
            (many(65, "{a"), "nested too deeply"),
            (format!("{{a(b:{}", many(20_000, "[")), "nested too deeply"),
            (format!("{{a(b:[{}])}}", many(9_999, "1,")), "more than 10000 tokens"),
        ] {
            let refusal = refusal(&text).unwrap_or_default();
            assert!(refusal.contains(what), "{what}: {refusal}");
        }
        assert_eq!(refusal(&format!("{{{}}}", many(1_000, "a:b,"))), None);
        assert_eq!(refusal(&format!("{}id{}", many(64, "{a"), many(64, "}"))), None);
        assert_eq!(refusal("{ not well-formed ]]"), None);
    }
}
