//! What a translation says.

use maip_domain::error_code::ErrorCode;
use maip_domain::search::{Document, SearchKind};
use maip_domain::vocabulary::LanguageTag;
use maip_domain::vocabulary::script::mistaken;
use serde_json::Value;

use crate::lessons::entity::lesson_translations::Model;
use crate::lessons::words::{self, Words, words_of};
use crate::write::{UserError, WriteResult};

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
}

/// The tokens by which a search finds it, between spaces and with one at both ends.
pub(crate) fn tokens(model: &Model) -> String {
    let language = model.language.as_str();
    let (title, texts) = words::found_by(words_of!(model, &), language);
    let document = Document {
        kind: SearchKind::Lesson,
        id: &model.id,
        titles: vec![(title, language)],
        texts,
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
    let mut kept = words::kept(words_of!(model, &));
    for (name, value) in [
        ("language", model.language.as_str()),
        ("origin", model.origin.0.code()),
        ("status", model.status.0.code()),
    ] {
        kept.insert(name.to_owned(), value.into());
    }
    kept.into()
}
