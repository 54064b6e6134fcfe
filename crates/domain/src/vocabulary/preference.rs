//! The languages that a reader prefers, and which texts serve each of them.
//!
//! It is the lookup of RFC 4647 with two differences. The script counts: who asks for Chinese in traditional characters
//! isn't served simplified ones, whether or not tags say so. And where there is no text for the reader's region nor one
//! for none, one for another region serves: Portuguese of Brazil is better for a reader in Portugal than none.

use icu_locale::subtags;

use super::LanguageTag;
use super::script::ScriptCode;

/// So many languages count; what comes after them doesn't.
pub const MOST_LANGUAGES: usize = 10;

/// What is read of an `Accept-Language`, in bytes.
const LONGEST_HEADER: usize = 1_000;

/// The languages that a reader prefers, best first; none where the original serves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LanguagePreferences(Vec<LanguageTag>);

/// A form of language tags that serves a preference. `_` stands for any character and `%` for any number of them, as in
/// SQL's `LIKE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServingTag {
    /// Which preference it serves, from 0.
    pub preference: usize,
    /// The form.
    pub form: String,
    /// Tags of the form that don't serve, each between commas; empty where all do.
    pub except: String,
}

impl FromIterator<LanguageTag> for LanguagePreferences {
    fn from_iter<T: IntoIterator<Item = LanguageTag>>(tags: T) -> Self {
        let mut kept: Vec<LanguageTag> = Vec::new();
        for tag in tags {
            if kept.len() < MOST_LANGUAGES && !kept.contains(&tag) {
                kept.push(tag);
            }
        }
        Self(kept)
    }
}

impl LanguagePreferences {
    /// From the value of `Accept-Language`. What can't be read isn't there, and `*` says nothing.
    #[must_use]
    pub fn accepted(header: &str) -> Self {
        let header = match header.char_indices().nth(LONGEST_HEADER) {
            Some((end, _)) => &header[..end],
            None => header,
        };
        let mut weighted: Vec<(u16, LanguageTag)> = header
            .split(',')
            .filter_map(|item| {
                let mut parts = item.split(';').map(str::trim);
                let tag = lenient(parts.next()?)?;
                let weight =
                    parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
                Some((weight.map_or(Some(1_000), thousandths)?, tag))
            })
            .filter(|(weight, _)| *weight > 0)
            .collect();
        // Stable: of the same weight, what is named first comes first.
        weighted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        weighted.into_iter().map(|(_, tag)| tag).collect()
    }

    /// Whether nothing is preferred.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tags, best first.
    #[must_use]
    pub fn tags(&self) -> &[LanguageTag] {
        &self.0
    }

    /// The forms of tags that serve, in the order of preference: for each language its own tag first, then less
    /// particular ones, then those of other regions.
    #[must_use]
    pub fn serving(&self) -> Vec<ServingTag> {
        let mut all: Vec<ServingTag> = Vec::new();
        for (preference, tag) in self.0.iter().enumerate() {
            for (form, except) in forms(tag) {
                if !all.iter().any(|known| known.form == form && known.except == except) {
                    all.push(ServingTag { preference, form, except });
                }
            }
        }
        all
    }
}

/// The weight in thousandths; none for what is no weight.
fn thousandths(text: &str) -> Option<u16> {
    let weight: f32 = text.trim().parse().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 1,000")]
    (0.0..=1.0).contains(&weight).then_some((weight * 1_000.0) as u16)
}

/// A tag of a browser: variants and extensions, which aren't used here, are left out.
fn lenient(text: &str) -> Option<LanguageTag> {
    let mut text = text;
    loop {
        if let Ok(tag) = text.parse() {
            return Some(tag);
        }
        text = &text[..text.rfind('-')?];
    }
}

/// The forms for one language, with the tags that they don't take.
fn forms(tag: &LanguageTag) -> Vec<(String, String)> {
    let mut forms = vec![tag.as_str().to_owned()];
    let language = tag.primary();
    let other_region = format!("{language}-__");
    let wider_region = format!("{language}-___");
    let Some(script) = ScriptCode::of(tag) else {
        // How it is written isn't known: then no tag says it either.
        forms.extend([language.to_owned(), other_region, wider_region]);
        return forms.into_iter().map(|form| (form, String::new())).collect();
    };
    let usual = usual_script(language, None) == Some(script);
    let script_tag = format!("{language}-{}", script.as_str());
    let region =
        tag.as_str().rsplit('-').next().filter(|last| matches!(last.len(), 2 | 3) && *last != language);
    if let Some(region) = region {
        forms.push(format!("{script_tag}-{region}"));
        if usual_script(language, Some(region)) == Some(script) {
            forms.push(format!("{language}-{region}"));
        }
    }
    forms.push(script_tag.clone());
    let (same, other) = regions(language, script);
    let mut except = String::new();
    if usual {
        forms.extend([language.to_owned(), other_region.clone(), wider_region]);
        except =
            other.iter().fold(String::from(","), |except, region| format!("{except}{language}-{region},"));
    } else {
        forms.extend(same.into_iter().map(|region| format!("{language}-{region}")));
    }
    forms.push(format!("{script_tag}-%"));
    let with_exceptions = |form: String| {
        let except = if form == other_region { except.clone() } else { String::new() };
        (form, except)
    };
    forms.into_iter().map(with_exceptions).collect()
}

/// The regions in which the language is usually written in this script, and those in which it is in another.
fn regions(language: &str, script: ScriptCode) -> (Vec<String>, Vec<String>) {
    let letters = || 'A'..='Z';
    let all = letters().flat_map(|first| letters().map(move |second| format!("{first}{second}")));
    all.partition(|region| usual_script(language, Some(region)) == Some(script))
}

/// The script in which a language is usually written, in a region.
fn usual_script(language: &str, region: Option<&str>) -> Option<ScriptCode> {
    let region = region.map(str::parse::<subtags::Region>).transpose().ok()?;
    ScriptCode::usual(language.parse().ok()?, region)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(header: &str) -> Vec<String> {
        let preferences = LanguagePreferences::accepted(header);
        preferences.tags().iter().map(ToString::to_string).collect()
    }

    /// Which of the tags is served to who prefers these, and for which preference.
    fn served<'a>(wanted: &str, there_are: &[&'a str]) -> Option<(usize, &'a str)> {
        let preferences: LanguagePreferences = wanted.split(' ').map(|tag| tag.parse().unwrap()).collect();
        preferences.serving().into_iter().find_map(|serving| {
            let excepted = |tag: &str| serving.except.contains(&format!(",{tag},"));
            let found = there_are.iter().find(|tag| like(&serving.form, tag) && !excepted(tag))?;
            Some((serving.preference, *found))
        })
    }

    /// SQL's `LIKE`, for forms whose `%` is at the end.
    fn like(form: &str, tag: &str) -> bool {
        let (form, longer) = form.strip_suffix('%').map_or((form, false), |form| (form, true));
        (if longer { tag.len() >= form.len() } else { tag.len() == form.len() })
            && form.bytes().zip(tag.bytes()).all(|(one, other)| one == b'_' || one == other)
    }

    #[test]
    fn a_header_is_read_by_its_weights() {
        for (header, tags) in [
            ("", &[][..]),
            ("ru", &["ru"]),
            ("en;q=0.5, ny, ru;q=0.7", &["ny", "ru", "en"]),
            ("fr-CA, fr;q=0.9, *;q=0.1", &["fr-CA", "fr"]),
            ("ar;q=0, en", &["en"]),
            ("zh-Hans-CN-x-private, de-1996;q=0.4", &["zh-Hans-CN", "de"]),
            ("english, xx, ;;, q=1, en;q=2", &[]),
            ("en, EN, en-GB", &["en", "en-GB"]),
        ] {
            assert_eq!(accepted(header), tags, "{header}");
        }
        let long = "ny,".repeat(1_000);
        assert_eq!(accepted(&long), ["ny"]);
        let many: Vec<&str> = "ar,bn,de,en,es,fr,hi,it,ja,ko,ny,ru".split(',').collect();
        assert_eq!(accepted(&many.join(",")), many[..MOST_LANGUAGES]);
        accepted(&"é".repeat(2_000));
    }

    #[test]
    fn the_own_region_comes_first_then_none_then_another() {
        assert_eq!(served("pt-PT", &["pt-BR", "pt", "pt-PT"]), Some((0, "pt-PT")));
        assert_eq!(served("pt-PT", &["pt-BR", "pt"]), Some((0, "pt")));
        assert_eq!(served("pt-PT", &["pt-BR"]), Some((0, "pt-BR")));
        assert_eq!(served("es", &["es-419"]), Some((0, "es-419")));
        assert_eq!(served("ny", &["ny-Latn-MW"]), Some((0, "ny-Latn-MW")));
        assert_eq!(served("es ru", &["ru"]), Some((1, "ru")));
        assert_eq!(served("es", &["en", "esu"]), None);
    }

    #[test]
    fn no_reader_is_served_another_script() {
        for (wanted, there_are, served_tag) in [
            ("zh-Hant", &["zh", "zh-Hans", "zh-CN"][..], None),
            ("zh-Hant", &["zh", "zh-TW"], Some("zh-TW")),
            ("zh-HK", &["zh-Hans", "zh-TW", "zh-Hant"], Some("zh-Hant")),
            ("zh", &["zh-Hant", "zh-HK", "zh-Hans-SG"], Some("zh-Hans-SG")),
            ("zh-CN", &["zh-Hant-CN", "zh"], Some("zh")),
            ("sr-Latn", &["sr", "sr-RS", "sr-Cyrl"], None),
            ("sr-Latn", &["sr-ME", "sr"], Some("sr-ME")),
            ("sr", &["sr-Latn", "sr-ME", "sr-BA"], Some("sr-BA")),
            ("uz", &["uz-Cyrl", "uz-AF"], None),
            ("uz-Cyrl", &["uz", "uz-Cyrl-UZ"], Some("uz-Cyrl-UZ")),
            ("pa-PK", &["pa", "pa-Arab"], Some("pa-Arab")),
            ("en-Cyrl", &["en", "en-GB"], None),
        ] {
            assert_eq!(served(wanted, there_are).map(|(_, tag)| tag), served_tag, "{wanted}");
        }
    }

    #[test]
    fn what_is_bound_stays_small() {
        let preferences = LanguagePreferences::accepted("zh-Hant,zh,sr,sr-Latn,uz,pa,az,kk,en,ar");
        let bytes: usize = preferences.serving().iter().map(|tag| tag.form.len() + tag.except.len()).sum();
        assert!(bytes < 4_000, "{bytes}");
        assert!(LanguagePreferences::accepted("en,fr,es").serving().len() < 20);
    }
}
