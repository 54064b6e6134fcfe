//! What a translation says.

use maip_domain::error_code::ErrorCode;
use maip_domain::search::{Document, SearchKind};
use maip_domain::vocabulary::LanguageTag;
use maip_domain::vocabulary::script::mistaken;
use serde_json::{Value, json};

use crate::lessons::entity::lesson_translations::Model;
use crate::write::{UserError, WriteResult};

/// Texts of a translation; what is `None` stays as it is, what is empty is left out. They are checked already.
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

impl Words {
    /// Those of a translation.
    pub(super) fn of(model: &Model) -> Self {
        let list = |stored: &str| serde_json::from_str(stored).ok();
        Self {
            title: Some(model.title.clone()),
            abstract_text: Some(model.abstract_text.clone()),
            context: Some(model.context.clone()),
            problem: Some(model.problem.clone()),
            what_was_done: Some(model.what_was_done.clone()),
            result: Some(model.result.clone()),
            enabling_conditions: list(&model.enabling_conditions),
            hindering_conditions: list(&model.hindering_conditions),
            who_gained: Some(model.who_gained.clone()),
            who_lost: Some(model.who_lost.clone()),
        }
    }

    /// Refuses words that are written in another script than the language.
    pub(super) fn written_in(&self, language: &LanguageTag) -> WriteResult<()> {
        let texts = [
            &self.title,
            &self.abstract_text,
            &self.context,
            &self.problem,
            &self.what_was_done,
            &self.result,
            &self.who_gained,
            &self.who_lost,
        ];
        let lists = [&self.enabling_conditions, &self.hindering_conditions];
        let all = texts.into_iter().flatten().chain(lists.into_iter().flatten().flatten());
        let Some((wanted, found)) = mistaken(language, all.map(String::as_str)) else { return Ok(()) };
        let message = format!(
            "most letters are of the script {found}, and {language} is written in {}: name the script in the tag if \
             it isn't, as in sr-Latn",
            wanted.as_str()
        );
        Err(UserError::at("language", ErrorCode::Invalid, message).into())
    }

    /// Puts them in their places, and gives the names of what they touch.
    pub(super) fn apply(self, model: &mut Model) -> Vec<&'static str> {
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
        let texts = [
            ("title", title, &mut model.title),
            ("abstract", abstract_text, &mut model.abstract_text),
            ("context", context, &mut model.context),
            ("problem", problem, &mut model.problem),
            ("whatWasDone", what_was_done, &mut model.what_was_done),
            ("result", result, &mut model.result),
            ("enablingConditions", enabling_conditions.map(list), &mut model.enabling_conditions),
            ("hinderingConditions", hindering_conditions.map(list), &mut model.hindering_conditions),
            ("whoGained", who_gained, &mut model.who_gained),
            ("whoLost", who_lost, &mut model.who_lost),
        ];
        let mut touched = Vec::new();
        for (name, new, held) in texts {
            if let Some(new) = new {
                *held = new;
                touched.push(name);
            }
        }
        touched
    }
}

/// The tokens by which a search finds it, between spaces and with one at both ends.
pub(crate) fn tokens(model: &Model) -> String {
    let language = model.language.as_str();
    let texts = [
        &model.abstract_text,
        &model.context,
        &model.problem,
        &model.what_was_done,
        &model.result,
        &model.enabling_conditions,
        &model.hindering_conditions,
        &model.who_gained,
        &model.who_lost,
    ];
    let document = Document {
        kind: SearchKind::Lesson,
        id: &model.id,
        titles: vec![(&model.title, language)],
        texts: texts.into_iter().map(|text| (text.as_str(), language)).collect(),
        concepts: Vec::new(),
        // Its words are known as those of its lesson.
        public: false,
    };
    let mut tokens = String::from(" ");
    for token in document.tokens() {
        tokens.push_str(token.as_str());
        tokens.push(' ');
    }
    tokens
}

/// What is kept of a translation for an edit that comes late, by the names of the input.
pub(super) fn snapshot(model: &Model) -> Value {
    use maip_domain::closed_set::ClosedSet as _;
    let stored = |list: &str| serde_json::from_str(list).unwrap_or(Value::Null);
    json!({
        "language": model.language,
        "origin": model.origin.0.code(),
        "status": model.status.0.code(),
        "title": model.title,
        "abstract": model.abstract_text,
        "context": model.context,
        "problem": model.problem,
        "whatWasDone": model.what_was_done,
        "result": model.result,
        "enablingConditions": stored(&model.enabling_conditions),
        "hinderingConditions": stored(&model.hindering_conditions),
        "whoGained": model.who_gained,
        "whoLost": model.who_lost,
    })
}
