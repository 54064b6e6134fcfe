//! XML, written element by element.

use std::borrow::Cow;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// What is written so far.
pub struct Xml(Writer<Vec<u8>>);

impl Xml {
    /// A document.
    pub fn new() -> Self {
        let mut xml = Self::inner();
        xml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml
    }

    /// A part of one.
    pub fn inner() -> Self {
        Self(Writer::new(Vec::new()))
    }

    fn event(&mut self, event: Event<'_>) {
        // Memory takes all that is written to it.
        let _ = self.0.write_event(event);
    }

    /// The beginning of an element.
    pub fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        let mut start = BytesStart::new(name);
        for (name, value) in attributes {
            let value = clean(value);
            start.push_attribute((*name, &*value));
        }
        self.event(Event::Start(start));
    }

    /// The end of an element.
    pub fn close(&mut self, name: &str) {
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// An element with a text in it.
    pub fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.open(name, attributes);
        self.event(Event::Text(BytesText::new(&clean(text))));
        self.close(name);
    }

    /// A part that was written apart.
    pub fn append(&mut self, part: &Self) {
        let Self(part) = part;
        self.0.get_mut().extend_from_slice(part.get_ref());
    }

    /// All of it.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into_inner()
    }
}

/// Without the characters that XML 1.0 has no way to write, escaped or not.
fn clean(text: &str) -> Cow<'_, str> {
    let unwritable = |character: char| {
        (character < ' ' && !matches!(character, '\t' | '\n' | '\r'))
            || matches!(character, '\u{fffe}' | '\u{ffff}')
    };
    if text.contains(unwritable) {
        Cow::Owned(text.replace(unwritable, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_escaped_or_replaced() {
        let mut xml = Xml::inner();
        xml.text("a", &[("b", "<\"'&>\u{1}")], "</a>&\u{0}\u{b}\u{ffff}\tü");
        let text = String::from_utf8(xml.into_bytes()).unwrap();
        assert_eq!(
            text,
            "<a b=\"&lt;&quot;&apos;&amp;&gt;\u{fffd}\">&lt;/a&gt;&amp;\u{fffd}\u{fffd}\u{fffd}\tü</a>"
        );
    }
}
