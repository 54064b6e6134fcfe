//! What a header such as `Accept` or `Accept-Language` prefers, each of its items with a weight.

use axum::http::HeaderValue;

/// The items of a header, in small letters, each with its weight from 0 to 1; what can't be read isn't there.
pub fn weighted<'a>(values: impl IntoIterator<Item = &'a HeaderValue>) -> Vec<(String, f32)> {
    values
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|item| {
            let mut parts = item.split(';').map(str::trim);
            let name = parts.next().filter(|name| !name.is_empty())?.to_ascii_lowercase();
            let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
            let weight = weight.map_or(Some(1.0), |weight| weight.trim().parse::<f32>().ok());
            Some((name, weight.filter(|weight| (0.0..=1.0).contains(weight))?))
        })
        .collect()
}

/// The preferred of some languages; the first of them where none is named.
pub fn language<'a>(
    accepted: impl IntoIterator<Item = &'a HeaderValue>,
    there_are: impl IntoIterator<Item = &'static str>,
) -> &'static str {
    let accepted = weighted(accepted);
    let mut there_are = there_are.into_iter().peekable();
    let usual = there_are.peek().copied().unwrap_or_default();
    let mut best = (usual, 0.0);
    for language in there_are {
        let named = |name: &str| name.split('-').next() == Some(language);
        let weight =
            accepted.iter().filter(|(name, _)| named(name)).map(|(_, weight)| *weight).fold(0.0, f32::max);
        if weight > best.1 {
            best = (language, weight);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_language_is_chosen() {
        let of = |accepted: &str| language([&HeaderValue::try_from(accepted).unwrap()], ["en", "fr", "ar"]);
        assert_eq!(language([], ["en", "fr"]), "en");
        for (accepted, chosen) in [
            ("fr", "fr"),
            ("fr-CA, en;q=0.8", "fr"),
            ("en;q=0.5, ar;q=0.7", "ar"),
            ("AR-EG", "ar"),
            ("ny, fr;q=0.3", "fr"),
            ("ny", "en"),
            ("fr;q=2, ar;q=x", "en"),
            ("fr;q=0", "en"),
            ("*", "en"),
        ] {
            assert_eq!(of(accepted), chosen, "{accepted}");
        }
    }
}
