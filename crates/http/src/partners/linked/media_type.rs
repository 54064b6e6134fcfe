//! The forms of a lesson, and which of them `Accept` prefers.

use axum::http::HeaderValue;

use super::super::preference::weighted;
use super::{json_ld, turtle};

/// A form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// JSON-LD 1.1.
    JsonLd,
    /// A page to read and to print.
    Html,
    /// Turtle.
    Turtle,
}

/// All of them, the one first that is given where several are as welcome.
const ALL: [Form; 3] = [Form::JsonLd, Form::Html, Form::Turtle];

impl Form {
    /// By the end of an address.
    pub fn by_ending(ending: &str) -> Option<Self> {
        match ending {
            "jsonld" => Some(Self::JsonLd),
            "html" => Some(Self::Html),
            "ttl" => Some(Self::Turtle),
            _ => None,
        }
    }

    /// As the value of `Content-Type`.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::JsonLd => json_ld::MEDIA_TYPE,
            Self::Html => "text/html; charset=utf-8",
            Self::Turtle => turtle::MEDIA_TYPE,
        }
    }

    /// How well a range names it: by name, by kind, or as anything.
    fn named_by(self, range: &str) -> u8 {
        let (names, kind): (&[&str], _) = match self {
            Self::JsonLd => (&["application/ld+json", "application/json"], "application/*"),
            Self::Html => (&["text/html"], "text/*"),
            Self::Turtle => (&["text/turtle"], "text/*"),
        };
        if names.contains(&range) {
            3
        } else if range == kind {
            2
        } else {
            u8::from(range == "*/*")
        }
    }
}

/// The preferred form; none where no one is acceptable. JSON-LD where nothing is said.
pub fn negotiate<'a>(accept: impl IntoIterator<Item = &'a HeaderValue>) -> Option<Form> {
    let mut accept = accept.into_iter().filter(|value| !value.as_bytes().trim_ascii().is_empty()).peekable();
    if accept.peek().is_none() {
        return Some(Form::JsonLd);
    }
    let ranges = weighted(accept);
    let weight = |form: Form| {
        let fits = ranges.iter().map(|(range, weight)| (form.named_by(range), *weight));
        fits.filter(|(precision, _)| *precision > 0)
            .max_by_key(|(precision, _)| *precision)
            .map_or(0.0, |fit| fit.1)
    };
    let mut best = (None, 0.0);
    for form in ALL {
        if weight(form) > best.1 {
            best = (Some(form), weight(form));
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_form_is_chosen() {
        let of = |accept: &str| negotiate([&HeaderValue::try_from(accept).unwrap()]);
        assert_eq!(negotiate([]), Some(Form::JsonLd));
        assert_eq!(of(" "), Some(Form::JsonLd));
        for json in ["*/*", "application/ld+json", "application/*", "text/turtle;q=0.5, */*"] {
            assert_eq!(of(json), Some(Form::JsonLd), "{json}");
        }
        // The second is what browsers send.
        for html in [
            "text/html",
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8",
            "text/html, */*;q=0.1",
            "text/*",
        ] {
            assert_eq!(of(html), Some(Form::Html), "{html}");
        }
        for turtle in ["text/turtle", "Text/Turtle; charset=utf-8", "application/ld+json;q=0.2, text/turtle"]
        {
            assert_eq!(of(turtle), Some(Form::Turtle), "{turtle}");
        }
        for none in ["image/*", "application/ld+json;q=0", "*/*;q=0", "x;q=y"] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
