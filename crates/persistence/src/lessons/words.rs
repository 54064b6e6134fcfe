//! What a lesson says in words: the same texts in a version of it and in a translation of that.

use serde_json::{Map, Value};

/// Changes to the words of a version or a translation; what is `None` stays as it is. They are checked already.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// The title.
    pub title: Option<String>,
    /// The abstract.
    pub abstract_text: Option<String>,
    /// Where and under which circumstances.
    pub context: Option<String>,
    /// The problem.
    pub problem: Option<String>,
    /// What was done.
    pub what_was_done: Option<String>,
    /// The result in words.
    pub result: Option<String>,
    /// What helped.
    pub enabling_conditions: Option<Vec<String>>,
    /// What hindered.
    pub hindering_conditions: Option<Vec<String>>,
    /// Who gained.
    pub who_gained: Option<String>,
    /// Who lost.
    pub who_lost: Option<String>,
}

/// The columns of a row that hold its words, each with its name in the input: `words_of!(version, &)`, or `&mut` to
/// change them. The title comes first.
macro_rules! words_of {
    ($row:expr, $($by:tt)+) => {
        [
            ("title", $($by)+ $row.title),
            ("abstract", $($by)+ $row.abstract_text),
            ("context", $($by)+ $row.context),
            ("problem", $($by)+ $row.problem),
            ("whatWasDone", $($by)+ $row.what_was_done),
            ("result", $($by)+ $row.result),
            ("enablingConditions", $($by)+ $row.enabling_conditions),
            ("hinderingConditions", $($by)+ $row.hindering_conditions),
            ("whoGained", $($by)+ $row.who_gained),
            ("whoLost", $($by)+ $row.who_lost),
        ]
    };
}
pub(super) use words_of;

/// How many texts there are.
const COUNT: usize = 10;
/// Those that are stored as lists.
const LISTS: [&str; 2] = ["enablingConditions", "hinderingConditions"];

/// The words of a row, in the order of [`words_of`].
pub(super) type Held<'a> = [(&'static str, &'a String); COUNT];

impl Words {
    /// Puts them in their places, and gives the names of what they touch.
    pub(super) fn put(self, places: [(&'static str, &mut String); COUNT]) -> Vec<&'static str> {
        // Each field is named: a new one breaks the build until it has a place here.
        let Self {
            title,
            abstract_text,
            context,
            problem,
            what_was_done,
            result,
            enabling_conditions,
            hindering_conditions,
            who_gained,
            who_lost,
        } = self;
        let list = |items: Vec<String>| Value::from(items).to_string();
        let new = [
            title,
            abstract_text,
            context,
            problem,
            what_was_done,
            result,
            enabling_conditions.map(list),
            hindering_conditions.map(list),
            who_gained,
            who_lost,
        ];
        let mut touched = Vec::new();
        for ((name, held), new) in places.into_iter().zip(new) {
            if let Some(new) = new {
                *held = new;
                touched.push(name);
            }
        }
        touched
    }
}

/// They as they are kept for an edit that comes late, by the names of the input.
pub(super) fn kept(held: Held<'_>) -> Map<String, Value> {
    let value = |name: &str, text: &String| {
        if LISTS.contains(&name) {
            serde_json::from_str(text).unwrap_or(Value::Null)
        } else {
            Value::from(text.as_str())
        }
    };
    held.into_iter().map(|(name, text)| (name.to_owned(), value(name, text))).collect()
}

/// The title, and the other texts, each with its language, as a search reads them.
pub(super) fn found_by<'a>(held: Held<'a>, language: &'a str) -> (&'a str, Vec<(&'a str, &'a str)>) {
    let [(_, title), texts @ ..] = held;
    (title, texts.into_iter().map(|(_, text)| (text.as_str(), language)).collect())
}
