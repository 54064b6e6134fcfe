//! What a prepared read answers, typed.

use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::request::Response;

/// A lesson, as far as other systems are told of it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct LessonRecord {
    /// Its id.
    pub id: String,
    /// Its title, in `language`.
    pub title: String,
    /// The gist, in `language`.
    #[serde(rename = "abstract")]
    pub gist: String,
    /// The language of its texts, by BCP 47.
    pub language: String,
    /// Its status, by its code.
    pub status: String,
    /// Whether it worked, by its code.
    pub outcome: Option<String>,
    /// The author's name; none where the author isn't named to who asks.
    pub author_name: Option<String>,
    /// When it was first published.
    pub published_at: Option<String>,
    /// When that last changed which everyone who sees it can see.
    pub updated_at: String,
    /// The organisation for which the author speaks, where it is told to who asks.
    pub organisation: Option<Named>,
    /// The country that owns it.
    pub country: Country,
    /// Its platform, where who asks may see it.
    pub platform: Option<Named>,
    /// What it is about.
    pub concepts: Vec<Concept>,
}

/// A lesson with all that it says.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct WholeLesson {
    /// What else there is of it.
    #[serde(flatten)]
    pub record: LessonRecord,
    /// For whom it is, by their codes.
    pub actor_types: Vec<String>,
    /// What was missing where it was tried elsewhere.
    pub missing_conditions: Vec<String>,
    /// What came of trying it elsewhere.
    pub replication_outcomes: Outcomes,
    /// What is written in the version to read.
    #[serde(rename = "currentVersion")]
    pub texts: Option<Texts>,
    /// What of that is shown to who asks, in the language that serves them best; where a single lesson is read.
    #[serde(default, rename = "text")]
    pub shown: Option<Shown>,
}

/// What a lesson says in the language that serves a reader best.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// The language of the texts, by BCP 47.
    pub language: String,
    /// The direction in which that is written, by its code.
    pub direction: String,
    /// The language in which the lesson was written.
    pub original_language: String,
    /// Where the texts come from, by its code.
    pub origin: String,
    /// Whether they are of an earlier edition.
    pub stale: bool,
    /// Whether someone besides the translator has read them against the original.
    pub reviewed: bool,
    /// The parts that are in the original's language, by their codes.
    pub untranslated: Vec<String>,
    /// The title.
    pub title: String,
    /// The gist.
    #[serde(rename = "abstract")]
    pub gist: String,
    /// Where and under which circumstances.
    pub context: String,
    /// What was to be solved.
    pub problem: String,
    /// What was done about it.
    pub what_was_done: String,
    /// What came of it.
    pub result: String,
    /// What helped.
    pub enabling_conditions: Vec<String>,
    /// What hindered.
    pub hindering_conditions: Vec<String>,
    /// Who gained.
    pub who_gained: String,
    /// Who lost.
    pub who_lost: String,
}

/// What came of trying a lesson elsewhere, in numbers.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Outcomes {
    /// All tries.
    pub total: u32,
    /// It worked.
    pub worked: u32,
    /// It worked in part, or for some.
    pub partly: u32,
    /// It didn't work.
    pub failed: u32,
}

/// What a version of a lesson says, besides its title and its gist.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Texts {
    /// The number of the version.
    pub number: u32,
    /// Where the texts come from, by its code.
    pub origin: String,
    /// Where and under which circumstances.
    pub context: String,
    /// What was to be solved.
    pub problem: String,
    /// What was done about it.
    pub what_was_done: String,
    /// What came of it.
    pub result: String,
    /// What helped.
    pub enabling_conditions: Vec<String>,
    /// What hindered.
    pub hindering_conditions: Vec<String>,
    /// Who gained.
    pub who_gained: String,
    /// Who lost.
    pub who_lost: String,
    /// What it cost.
    pub costs: Vec<Cost>,
}

/// What something cost.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Cost {
    /// What was paid for.
    pub item: String,
    /// How much, as a decimal number.
    pub amount: String,
    /// In which currency.
    pub currency: String,
}

/// The amount first, since that is what costs are compared by.
impl fmt::Display for Cost {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{} {} {}", self.amount, self.currency, self.item)
    }
}

/// Which lesson, of which country, changed when.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Stamped {
    /// Its id.
    pub id: String,
    /// When it changed.
    pub updated_at: String,
    /// The country that owns it.
    pub country: Country,
}

impl LessonRecord {
    /// Which it is, and when it changed.
    #[must_use]
    pub fn stamp(&self) -> Stamped {
        Stamped { id: self.id.clone(), updated_at: self.updated_at.clone(), country: self.country.clone() }
    }
}

/// What has a name.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
}

/// A country.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Country {
    /// ISO 3166-1 alpha-3.
    pub code: String,
    /// Its English name.
    pub name: String,
    /// The code of its FAO region; none where no regional office serves it.
    pub region: Option<String>,
}

/// A concept of the vocabulary.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Concept {
    /// Its URI.
    pub uri: String,
    /// Its name.
    pub label: String,
}

/// Some of many.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// What is on the page.
    pub nodes: Vec<T>,
    /// Whether there is more.
    pub page_info: PageInfo,
}

impl<T> Page<T> {
    /// One with nothing on it, and nothing after it.
    #[must_use]
    pub fn empty() -> Self {
        Self { nodes: Vec::new(), page_info: PageInfo { has_next_page: false, end_cursor: None } }
    }
}

/// Whether there is more.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct PageInfo {
    /// Whether something comes after the page.
    pub has_next_page: bool,
    /// The place of its last item.
    pub end_cursor: Option<String>,
}

impl PageInfo {
    /// After which place the next page begins; none where this one is the last.
    #[must_use]
    pub fn next(self) -> Option<String> {
        self.end_cursor.filter(|_| self.has_next_page)
    }
}

/// Why there is nothing to read in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// What was asked for is refused, with this code of the API.
    Refused(String),
    /// It hasn't the form that the prepared read gives it: a defect of ours.
    Malformed,
}

/// What is in an executed answer; none where there is no such record, or not for who asks.
pub type Answered<T> = Result<Option<T>, Unread>;

#[derive(Deserialize)]
struct Whole<T> {
    data: Option<Data<T>>,
    #[serde(default)]
    errors: Vec<Error>,
}

#[derive(Deserialize)]
struct Data<T> {
    root: Option<T>,
}

#[derive(Deserialize)]
struct Error {
    extensions: Extensions,
}

#[derive(Deserialize)]
struct Extensions {
    code: String,
}

/// Reads the answer to a prepared read.
///
/// # Errors
/// It was refused, or isn't what it should be.
pub fn read<T: DeserializeOwned>(response: &Response) -> Answered<T> {
    let whole: Whole<T> = serde_json::from_str(&response.body).map_err(|_| Unread::Malformed)?;
    match whole.errors.into_iter().next() {
        Some(error) => Err(Unread::Refused(error.extensions.code)),
        None => Ok(whole.data.ok_or(Unread::Malformed)?.root),
    }
}
