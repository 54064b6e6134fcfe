//! Lessons with all that hangs on them.

use maip_domain::id::{
    AuditEntryId, EndorsementId, EventId, LessonId, LessonVersionId, ReplicationId, ReviewEntryId,
};
use maip_domain::search::{Origin, beginnings, word_keys};
use maip_domain::sort_key::sort_key;

use super::made::{BETWEEN, Made, START};
use super::people::{Country, People};
use super::sink::{Sink, put};
use super::tables::{
    AUDIT_ENTRIES, ENDORSEMENTS, LESSON_CONTRIBUTORS, LESSON_VERSION_ACTOR_TYPES, LESSON_VERSION_CONCEPTS,
    LESSON_VERSIONS, LESSONS, OUTBOX, REPLICATION_CONDITIONS, REPLICATIONS, REVIEW_ENTRIES, SEARCH,
    SEARCH_BEGINNINGS, SEARCH_ROWS, SEARCH_TOKENS, SEARCH_WORDS, SEQUENCE_HEADS,
};
use crate::Failure;

/// Lessons between two looks at whether a batch is together.
const STRIDE: usize = 100;
/// A digest of the audit's chain; nothing here verifies it.
const DIGEST: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const OUTCOMES: &[&str] = &["WORKED", "WORKED", "PARTLY", "FAILED"];

/// What all lessons choose from.
pub struct Around<'a> {
    pub made: &'a Made,
    pub people: &'a People,
    pub countries: &'a [Country],
    pub concepts: &'a [String],
}

/// Makes them, and gives the ids of those that everyone sees.
pub async fn lessons(sink: &mut Sink, around: &Around<'_>, count: usize) -> Result<Vec<String>, Failure> {
    let mut public = Vec::with_capacity(count);
    for number in 0..count {
        let at = START + i64::try_from(number).unwrap_or(0) * BETWEEN;
        around.made.set_now(at);
        let made = lesson(sink, around, number, at);
        public.extend(made);
        if number % STRIDE == 0 {
            sink.drain().await?;
        }
    }
    for word in around.made.vocabulary() {
        for key in word_keys(word) {
            put!(sink, SEARCH_WORDS, &key, word, Origin::Text.code());
        }
    }
    let last = i64::try_from(count).unwrap_or(0);
    put!(sink, SEQUENCE_HEADS, "outbox", last, None::<&str>);
    put!(sink, SEQUENCE_HEADS, "audit", last, DIGEST);
    Ok(public)
}

/// One lesson; its id where everyone sees it.
fn lesson(sink: &mut Sink, around: &Around<'_>, number: usize, at: i64) -> Option<String> {
    let Around { made, people, countries, .. } = *around;
    let id = LessonId::generate(made, made).into_string();
    let author = &people.accounts[made.below(people.accounts.len())];
    let platform = &people.platforms[made.skewed(people.platforms.len())];
    let Country { id: country, code, region } = &countries[platform.country];
    let organisation =
        (made.below(2) == 0).then(|| people.organisations[made.below(people.organisations.len())].as_str());
    let state = match made.below(100) {
        0..90 => "PUBLISHED",
        90..94 => "DRAFT",
        94..97 => "SUBMITTED",
        97 => "IN_REVIEW",
        _ => "WITHDRAWN",
    };
    let published = matches!(state, "PUBLISHED" | "WITHDRAWN").then_some(at);
    let outcome = made.one_of(OUTCOMES);
    let visibility = match made.below(20) {
        0..17 => "PUBLIC",
        17..19 => "MEMBERS",
        _ => "PLATFORM",
    };
    let attribution = match made.below(20) {
        0..16 => "NAME",
        16..19 => "ORGANISATION",
        _ => "ANONYMOUS",
    };
    // One in ten was revised once.
    let editions = if state == "PUBLISHED" && made.below(10) == 0 { 2 } else { 1 };
    let mut current = (String::new(), String::new());
    for number in 1..=editions {
        let state = if number < editions { "SUPERSEDED" } else { state };
        drop(made.take_tokens());
        let lesson = id.as_str();
        let edition =
            Edition { lesson, author, number, state, outcome, visibility, attribution, at, published };
        current = version(sink, around, &edition);
    }
    let (version, title) = current;
    let tokens = made.take_tokens();
    put!(
        sink,
        LESSONS,
        &id,
        1,
        at,
        at,
        author,
        author,
        organisation,
        &platform.id,
        country,
        code,
        region,
        visibility,
        state,
        attribution,
        &version,
        (state == "PUBLISHED").then_some(version.as_str()),
        &version,
        "en",
        &sort_key(&title),
        outcome,
        at,
        published
    );
    put!(sink, LESSON_CONTRIBUTORS, &id, author, "AUTHOR");
    let keys = beginnings(&title);
    let places = i64::try_from(keys.len()).unwrap_or(0);
    for (place, key) in (0..places).zip(&keys) {
        let whole = if place == 0 { (title.as_str(), "en") } else { ("", "") };
        put!(sink, SEARCH_BEGINNINGS, &id, place, "LESSON", key, whole.0, whole.1);
    }
    if sink.copies() {
        put!(sink, SEARCH, "LESSON", &id, &tokens, places);
    } else {
        let row = i64::try_from(number).unwrap_or(0) + 1;
        put!(sink, SEARCH_ROWS, row, "LESSON", &id, places);
        put!(sink, SEARCH_TOKENS, row, &tokens);
    }
    if state != "DRAFT" {
        let entry = ReviewEntryId::generate(made, made).into_string();
        put!(sink, REVIEW_ENTRIES, &entry, &id, &version, "COMMENT", &made.text(8), author, at);
    }
    if published.is_some() {
        answers(sink, around, &id, &version, author, at);
    }
    record(sink, made, &id, author, code, number, at);
    let shown = state == "PUBLISHED" && visibility == "PUBLIC";
    // So that the texts above don't count as the next lesson's.
    drop(made.take_tokens());
    shown.then_some(id)
}

/// One edition to be made.
struct Edition<'a> {
    lesson: &'a str,
    author: &'a str,
    number: i64,
    state: &'a str,
    outcome: &'a str,
    visibility: &'a str,
    attribution: &'a str,
    at: i64,
    published: Option<i64>,
}

/// Makes it, with its concepts and actor types; gives its id and title.
fn version(sink: &mut Sink, around: &Around<'_>, edition: &Edition<'_>) -> (String, String) {
    let Edition { lesson, author, number, state, outcome, visibility, attribution, at, published } = *edition;
    let Around { made, concepts, .. } = *around;
    let id = LessonVersionId::generate(made, made).into_string();
    let title = made.text(6);
    let submitted = (state != "DRAFT").then_some(at);
    put!(
        sink,
        LESSON_VERSIONS,
        &id,
        lesson,
        number,
        1,
        at,
        at,
        author,
        state,
        "en",
        "ORIGINAL",
        &title,
        &made.text(35),
        &made.text(50),
        &made.text(40),
        &made.text(60),
        &made.text(40),
        outcome,
        "[\"dry wind\", \"a buyer\"]",
        "[\"rain\"]",
        "growers",
        "",
        submitted,
        published,
        visibility,
        attribution
    );
    let first = made.below(concepts.len());
    for step in 0..3 {
        put!(sink, LESSON_VERSION_CONCEPTS, &id, &concepts[(first + step * 7) % concepts.len()]);
    }
    put!(
        sink,
        LESSON_VERSION_ACTOR_TYPES,
        &id,
        made.one_of(&["FARMER", "PROCESSOR", "TRADER", "RESEARCHER"])
    );
    (id, title)
}

/// What others did with it: one in four is endorsed, and it was tried 1.2 times elsewhere on average.
fn answers(sink: &mut Sink, around: &Around<'_>, lesson: &str, version: &str, author: &str, at: i64) {
    let Around { made, people, countries, .. } = *around;
    if made.below(4) == 0 {
        let id = EndorsementId::generate(made, made).into_string();
        let Country { id: country, code, .. } = &countries[made.skewed(countries.len())];
        let by = &people.accounts[made.below(people.accounts.len())];
        put!(sink, ENDORSEMENTS, &id, lesson, version, by, country, code, "", at);
    }
    let tries = [0, 0, 0, 0, 0, 1, 1, 2, 3, 6][made.below(10)];
    for step in 0..tries {
        let id = ReplicationId::generate(made, made).into_string();
        let platform = &people.platforms[made.skewed(people.platforms.len())];
        let Country { id: country, code, region } = &countries[platform.country];
        let at = at + step * BETWEEN + 1;
        let (status, outcome) = match made.below(6) {
            0 => ("PLANNED", None),
            1 => ("TRIAL", None),
            2 => ("ABANDONED", Some("FAILED")),
            3 => ("ADAPTED", Some("PARTLY")),
            _ => ("ADOPTED", Some("WORKED")),
        };
        put!(
            sink,
            REPLICATIONS,
            &id,
            1,
            at,
            at,
            author,
            lesson,
            version,
            &platform.id,
            country,
            code,
            region,
            status,
            outcome,
            "",
            outcome.map(|_| at)
        );
        put!(sink, REPLICATION_CONDITIONS, &id, 0, made.below(2) == 0, "dry wind");
    }
}

/// The audit row and the event that its writing left.
fn record(sink: &mut Sink, made: &Made, lesson: &str, author: &str, code: &str, number: usize, at: i64) {
    let position = i64::try_from(number).unwrap_or(0) + 1;
    let audit = AuditEntryId::generate(made, made).into_string();
    put!(
        sink,
        AUDIT_ENTRIES,
        &audit,
        0,
        position,
        DIGEST,
        at,
        "lesson.drafted",
        author,
        "Lesson",
        lesson,
        code,
        "[\"title\"]",
        "bench"
    );
    let event = EventId::generate(made, made).into_string();
    put!(sink, OUTBOX, &event, 0, position, at, "lesson.drafted", "Lesson", lesson);
}
