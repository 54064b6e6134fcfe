//! Translations of lessons, and the wish for some.

use maip_domain::lessons::{TranslationOrigin, TranslationRequestStatus, TranslationStatus};

use super::Data;

const LANGUAGES: &[&str] = &["ru", "ar", "zh-Hant", "pt-BR", "sr-Latn"];

impl Data {
    /// After all else, so that chance decides of that as it did before.
    pub(super) fn translations(&mut self) {
        let tokens: Vec<String> = self.ids("token").into_iter().map(str::to_owned).collect();
        for place in 0..self.lessons.len() {
            let lesson = self.lessons[place].id.clone();
            for (number, version) in self.lessons[place].versions.clone().into_iter().enumerate() {
                for language in LANGUAGES.iter().skip(place % 3).step_by(2) {
                    let number = i64::try_from(number + 1).unwrap();
                    let token = self.random.chance(30).then(|| tokens[0].clone());
                    self.translation(&lesson, (&version, number), language, token);
                }
            }
        }
        // Those of published lessons first.
        for place in (4..self.lessons.len()).chain(0..4) {
            let lesson = self.lessons[place].id.clone();
            self.translation_request(&lesson, LANGUAGES[place % LANGUAGES.len()]);
        }
    }

    fn translation(
        &mut self,
        lesson: &str,
        (version, number): (&str, i64),
        language: &str,
        token: Option<String>,
    ) {
        let id = self.id("translation");
        let organisation = token.is_some().then(|| self.organisations[0].clone());
        let translator = token.is_none().then(|| self.account());
        let list = if self.random.chance(50) { "[]" } else { "[\"مظلة\"]" };
        let reviewed = self.random.chance(40);
        let row = vec![
            ("id", id.into()),
            ("revision", 1_i64.into()),
            ("created_at", self.day(-3, 0).into()),
            ("updated_at", 0_i64.into()),
            ("lesson_id", lesson.into()),
            ("version_id", version.into()),
            ("version_number", number.into()),
            ("language", language.into()),
            ("origin", self.code::<TranslationOrigin>().into()),
            ("status", self.code::<TranslationStatus>().into()),
            ("translator_id", translator.into()),
            ("organisation_id", organisation.into()),
            ("token_id", token.into()),
            ("reviewed_at", reviewed.then_some(1_i64).into()),
            ("reviewed_by", reviewed.then(|| self.account()).into()),
            ("title", format!("{language} {}", self.text()).into()),
            ("abstract", self.text().into()),
            ("context", self.text().into()),
            ("problem", self.text().into()),
            ("what_was_done", self.text().into()),
            ("result", "".into()),
            ("enabling_conditions", list.into()),
            ("hindering_conditions", "[]".into()),
            ("who_gained", self.text().into()),
            ("who_lost", "".into()),
            ("tokens", " ".into()),
        ];
        self.add("lesson_translations", row);
    }

    fn translation_request(&mut self, lesson: &str, language: &str) {
        let id = self.id("translationrequest");
        let row = vec![
            ("id", id.into()),
            ("revision", 1_i64.into()),
            ("created_at", self.day(-3, 0).into()),
            ("updated_at", 0_i64.into()),
            ("lesson_id", lesson.into()),
            ("language", language.into()),
            ("requested_by", self.account().into()),
            ("note", self.text().into()),
            ("status", self.code::<TranslationRequestStatus>().into()),
            ("lapses_at", self.day(-2, 4).into()),
            ("taken_until", self.day(-2, 4).into()),
            ("taken_by", self.random.chance(50).then(|| self.account()).into()),
            ("organisation_id", self.random.chance(30).then(|| self.organisations[1].clone()).into()),
        ];
        self.add("translation_requests", row);
    }
}
