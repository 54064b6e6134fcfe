//! A lesson as a practice abstract: one printed page, for a wall, a meeting or a field, with what one has to know to try it.
//!
//! Long texts are cut so that the page stays one. It runs no script and loads nothing: its style is in it, and is the only one
//! that the policy beside it allows.

mod words;

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maip_api::partners::{Shown, Texts, WholeLesson, is_right_to_left};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use self::words::{ALL, Words};

const STYLE: &str = include_str!("page.css");

/// What the page may do, which is to have its own style.
pub static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

/// Conditions, costs and subjects on the page.
const MOST_ITEMS: usize = 4;
/// How much of an item is on the page, in characters.
const LONGEST_ITEM: usize = 110;
/// How much of a text is on the page.
const LONGEST: usize = 380;
/// How much of what was done is on the page.
const LONGEST_DEED: usize = 560;

/// The languages that the words of the page are in, the usual one first.
pub fn languages() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|words| words.language)
}

/// The page, with its words in one of the languages.
pub fn write(lesson: &WholeLesson, base: &str, licence: &str, language: &str) -> String {
    let words = ALL.iter().find(|words| words.language == language).unwrap_or(&ALL[0]);
    let address = format!("{base}/lessons/{}", lesson.record.id);
    let page = html! {
        (DOCTYPE)
        html lang=(words.language) dir=(direction(words.language)) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (lesson.shown.as_ref().map_or(&lesson.record.title, |shown| &shown.title)) }
                link rel="canonical" href=(address);
                link rel="alternate" type="application/ld+json" href={ (address) ".jsonld" };
                link rel="alternate" type="text/turtle" href={ (address) ".ttl" };
                style { (PreEscaped(STYLE)) }
            }
            body { (body(lesson, words, &address, licence)) }
        }
    };
    page.into_string()
}

/// The languages of the page: that of its words, and that of the lesson's texts where it is another.
pub fn spoken(lesson: &WholeLesson, language: &str) -> String {
    let words = ALL.iter().find(|words| words.language == language).unwrap_or(&ALL[0]).language;
    let texts = lesson.shown.as_ref().map_or(&lesson.record.language, |shown| &shown.language);
    if texts == words { words.to_owned() } else { format!("{words}, {texts}") }
}

fn direction(language: &str) -> &'static str {
    if is_right_to_left(language) { "rtl" } else { "ltr" }
}

fn body(lesson: &WholeLesson, words: &Words, address: &str, licence: &str) -> Markup {
    let record = &lesson.record;
    let none = Texts::default();
    let texts = lesson.texts.as_ref().unwrap_or(&none);
    let original = Own { language: &record.language, direction: direction(&record.language) };
    let shown = shown(lesson);
    // Texts are in the language of the reader as far as they are translated, wherever they stand.
    let own = Own { language: &shown.language, direction: direction(&shown.language) };
    let of = |part: &str| {
        if shown.untranslated.iter().any(|left_out| left_out == part) { &original } else { &own }
    };
    let costs: Vec<String> = texts.costs.iter().map(ToString::to_string).collect();
    html! {
        header {
            p { (words.practice_abstract) @if record.status != "PUBLISHED" { " · " (words.not_published) } }
            h1 lang=(own.language) dir=(own.direction) { (shown.title) }
        }
        main {
            section {
                @let gist = of("ABSTRACT");
                p.gist lang=(gist.language) dir=(gist.direction) { (shown.gist) }
            }
            section { (facts(lesson, words)) }
            (of("CONTEXT").text(words.context, &shown.context, LONGEST))
            (of("PROBLEM").text(words.problem, &shown.problem, LONGEST))
            (of("WHAT_WAS_DONE").text(words.what_was_done, &shown.what_was_done, LONGEST_DEED))
            (of("RESULT").text(words.result, &shown.result, LONGEST))
            div.pair {
                (of("ENABLING_CONDITIONS").list(words.helped, &shown.enabling_conditions))
                (of("HINDERING_CONDITIONS").list(words.hindered, &shown.hindering_conditions))
                (of("WHO_GAINED").text(words.gained, &shown.who_gained, LONGEST / 2))
                (of("WHO_LOST").text(words.lost, &shown.who_lost, LONGEST / 2))
                (original.list(words.costs, &costs))
                (original.list(words.missing, &lesson.missing_conditions))
            }
        }
        footer {
            p {
                a href=(address) { bdi { (address) } }
                @for note in provenance(&shown, words) { " · " (note) }
                @if !licence.is_empty() { " · " bdi { (licence) } }
            }
        }
    }
}

/// Where the texts come from, where they aren't the original's as it is now.
fn provenance(shown: &Shown, words: &Words) -> Vec<&'static str> {
    let mut notes = Vec::new();
    match shown.origin.as_str() {
        "MACHINE" => notes.push(words.translated_by_machine),
        "HUMAN" => notes.push(words.translated),
        _ => {}
    }
    if !shown.reviewed {
        notes.push(words.not_reviewed);
    }
    if shown.stale {
        notes.push(words.of_an_earlier_version);
    }
    notes
}

/// What is shown of a lesson: the original where nothing is said of other languages.
fn shown(lesson: &WholeLesson) -> Shown {
    if let Some(shown) = &lesson.shown {
        return shown.clone();
    }
    let record = &lesson.record;
    let texts = lesson.texts.clone().unwrap_or_default();
    Shown {
        language: record.language.clone(),
        direction: direction(&record.language).to_ascii_uppercase(),
        original_language: record.language.clone(),
        origin: texts.origin,
        stale: false,
        reviewed: true,
        untranslated: Vec::new(),
        title: record.title.clone(),
        gist: record.gist.clone(),
        context: texts.context,
        problem: texts.problem,
        what_was_done: texts.what_was_done,
        result: texts.result,
        enabling_conditions: texts.enabling_conditions,
        hindering_conditions: texts.hindering_conditions,
        who_gained: texts.who_gained,
        who_lost: texts.who_lost,
    }
}

/// What is said in a few words each.
fn facts(lesson: &WholeLesson, words: &Words) -> Markup {
    let record = &lesson.record;
    let outcome = record.outcome.as_deref().and_then(|code| words.outcome(code));
    let names =
        [record.author_name.as_deref(), record.organisation.as_ref().map(|named| named.name.as_str())];
    let author = names.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let tries = &lesson.replication_outcomes;
    let outcomes = [(words.worked, tries.worked), (words.partly, tries.partly), (words.failed, tries.failed)];
    let ended: Vec<String> = outcomes
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(what, count)| format!("{what}: {count}"))
        .collect();
    let about: Vec<&str> =
        record.concepts.iter().take(MOST_ITEMS).map(|concept| concept.label.as_str()).collect();
    let facts = [
        (words.country, Some(record.country.name.clone())),
        (words.platform, record.platform.as_ref().map(|named| named.name.clone())),
        (words.author, Some(author)),
        (words.outcome, outcome.map(str::to_owned)),
        (words.published, record.published_at.as_deref().and_then(|at| at.get(..10)).map(str::to_owned)),
        (words.tried_elsewhere, Some(ended.join(" · "))),
        (words.about, Some(about.join(", "))),
    ];
    html! {
        dl.facts {
            @for (name, what) in &facts {
                @if let Some(what) = what.as_deref().filter(|what| !what.is_empty()) {
                    div { dt { (name) } dd { bdi { (cut(what, LONGEST_ITEM)) } } }
                }
            }
        }
    }
}

/// The language of some texts.
struct Own<'a> {
    language: &'a str,
    direction: &'static str,
}

impl Own<'_> {
    fn text(&self, heading: &str, text: &str, most: usize) -> Markup {
        html! {
            @if !text.trim().is_empty() {
                section {
                    h2 { (heading) }
                    p lang=(self.language) dir=(self.direction) { (cut(text, most)) }
                }
            }
        }
    }

    fn list(&self, heading: &str, items: &[String]) -> Markup {
        html! {
            @if !items.is_empty() {
                section {
                    h2 { (heading) }
                    ul lang=(self.language) dir=(self.direction) {
                        @for item in items.iter().take(MOST_ITEMS) { li { (cut(item, LONGEST_ITEM)) } }
                        @if items.len() > MOST_ITEMS { li { "…" } }
                    }
                }
            }
        }
    }
}

/// The beginning of a text, up to the end of a word. Lines count like a third of one that is full, so that many short ones
/// don't fill the page.
fn cut(text: &str, most: usize) -> String {
    let text = text.trim();
    let mut room = most;
    let mut word_ends = 0;
    for (at, character) in text.char_indices() {
        let takes = match character {
            '\n' => 30,
            // Characters of East Asia are as wide as two.
            '\u{1100}'..='\u{115f}'
            | '\u{2e80}'..='\u{a4cf}'
            | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}' => 2,
            _ => 1,
        };
        if takes > room {
            // Scripts without spaces are cut between characters.
            let end = if at - word_ends > 60 || word_ends == 0 { at } else { word_ends };
            return format!("{} …", text[..end].trim_end());
        }
        room -= takes;
        if character.is_whitespace() {
            word_ends = at;
        }
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_ends_with_a_word() {
        assert_eq!(cut(" Dried figs ", 20), "Dried figs");
        assert_eq!(cut("Dried figs keep for long", 12), "Dried figs …");
        assert_eq!(cut(&"無".repeat(50), 20), format!("{} …", "無".repeat(10)));
        assert_eq!(cut(&"line\n".repeat(100), 100), "line\nline\n …".replace("\n …", " …"));
    }

    #[test]
    fn the_policy_allows_the_style_of_the_page_alone() {
        assert!(POLICY.starts_with("default-src 'none'; style-src 'sha256-") && !POLICY.contains("unsafe"));
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import") && !STYLE.contains('<'));
    }

    #[test]
    fn every_language_has_words_of_its_own() {
        let headings: std::collections::BTreeSet<&str> =
            ALL.iter().map(|words| words.what_was_done).collect();
        assert_eq!(headings.len(), ALL.len());
        assert_eq!(languages().filter(|language| is_right_to_left(language)).collect::<Vec<_>>(), ["ar"]);
    }
}
