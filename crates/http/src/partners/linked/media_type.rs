//! The forms of linked data, and which of them `Accept` prefers.

use axum::http::HeaderValue;

/// A form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// JSON-LD 1.1.
    JsonLd,
    /// Turtle.
    Turtle,
}

impl Form {
    /// As the value of `Content-Type`.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::JsonLd => "application/ld+json",
            Self::Turtle => "text/turtle; charset=utf-8",
        }
    }

    /// How well a range names it: by name, by kind, or as anything.
    fn named_by(self, range: &str) -> u8 {
        let (names, kind): (&[&str], _) = match self {
            Self::JsonLd => (&["application/ld+json", "application/json"], "application/*"),
            Self::Turtle => (&["text/turtle"], "text/*"),
        };
        if names.iter().any(|name| range.eq_ignore_ascii_case(name)) {
            3
        } else if range == kind {
            2
        } else {
            u8::from(range == "*/*")
        }
    }
}

/// The preferred form; none where no one is acceptable. JSON-LD where both are alike, and where nothing is said.
pub fn negotiate<'a>(accept: impl IntoIterator<Item = &'a HeaderValue>) -> Option<Form> {
    let ranges: Vec<&str> = accept
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|range| !range.is_empty())
        .collect();
    if ranges.is_empty() {
        return Some(Form::JsonLd);
    }
    let weight = |form: Form| {
        let fits = ranges.iter().filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let precision = form.named_by(parts.next()?);
            let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
            let weight = weight.map_or(Some(1.0), |weight| weight.parse::<f32>().ok())?;
            (precision > 0).then_some((precision, weight))
        });
        fits.max_by_key(|(precision, _)| *precision).map_or(0.0, |(_, weight)| weight)
    };
    let (json, turtle) = (weight(Form::JsonLd), weight(Form::Turtle));
    if turtle > json {
        Some(Form::Turtle)
    } else if json > 0.0 {
        Some(Form::JsonLd)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_form_is_chosen() {
        let of = |accept: &str| negotiate([&HeaderValue::try_from(accept).unwrap()]);
        assert_eq!(negotiate([]), Some(Form::JsonLd));
        for json in
            ["*/*", "application/ld+json", "application/*", "text/turtle;q=0.5, */*", "text/html, */*;q=0.1"]
        {
            assert_eq!(of(json), Some(Form::JsonLd), "{json}");
        }
        for turtle in
            ["text/turtle", "Text/Turtle; charset=utf-8", "text/*", "application/ld+json;q=0.2, text/turtle"]
        {
            assert_eq!(of(turtle), Some(Form::Turtle), "{turtle}");
        }
        for neither in ["text/html", "image/*", "application/ld+json;q=0", "*/*;q=0"] {
            assert_eq!(of(neither), None, "{neither}");
        }
    }
}
