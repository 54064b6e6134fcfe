//! Lessons with their versions, reviews, endorsements and replications.

use maip_domain::lessons::{
    AttachmentKind, AttachmentState, Attribution, LessonStatus, Outcome, PeopleShown, ReplicationConclusion,
    ReplicationStatus, ReviewEntryKind, VersionState,
};
use maip_domain::membership::member::ActorType;
use maip_domain::sort_key::sort_key;
use maip_domain::visibility::Visibility;

use super::{Data, Lesson};

/// What the versions of a lesson may look like, oldest first.
const LIVES: &[&[VersionState]] = &[
    &[VersionState::Draft],
    &[VersionState::Submitted],
    &[VersionState::InReview],
    &[VersionState::ChangesRequested],
    &[VersionState::Published],
    &[VersionState::Published],
    &[VersionState::Published, VersionState::Draft],
    &[VersionState::Published, VersionState::Submitted],
    &[VersionState::Superseded, VersionState::Published],
    &[VersionState::Superseded, VersionState::Published, VersionState::InReview],
    &[VersionState::Withdrawn],
    &[VersionState::Superseded, VersionState::Withdrawn],
];

impl Data {
    pub(super) fn lessons(&mut self) {
        for number in 0..60_usize {
            self.lesson(number);
        }
        for number in 0..self.lessons.len() {
            let (id, versions) = (self.lessons[number].id.clone(), self.lessons[number].versions.clone());
            for _ in 0..self.random.below(4) {
                let version = versions[self.random.below(versions.len())].clone();
                self.replication(&id, &version);
            }
        }
    }

    fn lesson(&mut self, number: usize) {
        use maip_domain::closed_set::ClosedSet as _;
        let id = self.id("lesson");
        let states = LIVES[number % LIVES.len()];
        let versions: Vec<String> = states.iter().map(|_| self.id("lessonversion")).collect();
        let published = states.iter().position(|state| *state == VersionState::Published);
        let handed_in: Vec<bool> = states
            .iter()
            .map(|state| match state {
                VersionState::Draft => false,
                VersionState::Withdrawn => self.random.chance(50),
                _ => true,
            })
            .collect();
        let withdrawn = LessonStatus::derive(states) == LessonStatus::Withdrawn;
        let newest = handed_in.iter().rposition(|handed_in| withdrawn && *handed_in);
        let current = published.or(newest).unwrap_or(states.len() - 1);
        let platform = self.platforms[self.random.below(self.platforms.len())].clone();
        let author = self.account();
        let recorder = self.random.chance(30).then(|| self.account());
        let organisation = self.random.chance(50).then(|| self.organisations[self.random.below(4)].clone());
        let tokens: Vec<String> = self.ids("token").into_iter().map(str::to_owned).collect();
        let token = (number % 4 == 1).then(|| tokens[number % tokens.len()].clone());
        let outcome = self.random.chance(80).then(|| self.code::<Outcome>());
        let shown = (self.code::<Visibility>(), self.code::<Attribution>());
        let title = format!("Lesson {} {}", number / 3, self.text());
        let row = vec![
            ("id", id.as_str().into()),
            ("revision", 1_i64.into()),
            ("created_at", self.day(-5, 0).into()),
            ("updated_at", self.day(-5, 0).into()),
            ("created_by", author.as_str().into()),
            ("author_id", author.as_str().into()),
            ("recorded_by", recorder.clone().into()),
            ("organisation_id", organisation.into()),
            ("recorded_by_token", token.into()),
            ("platform_id", platform.id.as_str().into()),
            ("country_id", platform.country.id.as_str().into()),
            ("country_code", platform.country.code.into()),
            ("region", platform.country.region.into()),
            ("visibility", shown.0.into()),
            ("status", LessonStatus::derive(states).code().into()),
            ("attribution", shown.1.into()),
            ("current_version_id", versions[current].as_str().into()),
            ("published_version_id", published.map(|place| versions[place].clone()).into()),
            ("latest_version_id", versions[states.len() - 1].as_str().into()),
            ("language", self.random.pick(&["en", "ny", "ar"]).into()),
            ("title_sort_key", sort_key(&title).into()),
            ("outcome", outcome.into()),
            ("sort_at", self.day(-5, 0).into()),
            ("published_at", published.map(|_| self.now.micros()).into()),
        ];
        self.add("lessons", row);
        let mut contributors = vec![(author, "AUTHOR")];
        contributors.extend(recorder.map(|account| (account, "RECORDER")));
        if self.random.chance(50) {
            contributors.push((self.account(), "CO_AUTHOR"));
        }
        if self.random.chance(30) {
            contributors.push((self.account(), "ASKED"));
        }
        for (account, part) in contributors {
            let row = vec![
                ("lesson_id", id.as_str().into()),
                ("account_id", account.into()),
                ("part", part.into()),
            ];
            self.add("lesson_contributors", row);
        }
        for (place, state) in states.iter().enumerate() {
            self.version(&id, &versions[place], place, (*state, handed_in[place]), &title, (outcome, shown));
        }
        for _ in 0..self.random.below(3) {
            self.review_entry(&id, &versions[0]);
        }
        for country in self.countries.clone() {
            if published.is_some() && self.random.chance(30) {
                let endorsement = self.id("endorsement");
                let row = vec![
                    ("id", endorsement.into()),
                    ("lesson_id", id.as_str().into()),
                    ("version_id", versions[current].as_str().into()),
                    ("account_id", self.account().into()),
                    ("country_id", country.id.as_str().into()),
                    ("country_code", country.code.into()),
                    ("note", self.text().into()),
                    ("created_at", self.day(-3, 0).into()),
                ];
                self.add("endorsements", row);
            }
        }
        self.lessons.push(Lesson { id, versions });
    }

    fn version(
        &mut self,
        lesson: &str,
        id: &str,
        place: usize,
        (state, handed_in): (VersionState, bool),
        title: &str,
        (outcome, shown): (Option<&'static str>, (&'static str, &'static str)),
    ) {
        use maip_domain::closed_set::ClosedSet as _;
        // Now and then nothing but white space, of some kind or other.
        let conditions = |data: &mut Self| {
            data.random.pick(&["[]", r#"["Dry wind","A \"market\" nearby"]"#, r#"["干燥的风"]"#])
        };
        let row = vec![
            ("id", id.into()),
            ("lesson_id", lesson.into()),
            ("number", i64::try_from(place + 1).unwrap().into()),
            ("revision", 1_i64.into()),
            ("created_at", self.day(-5, 0).into()),
            ("updated_at", 0_i64.into()),
            ("created_by", self.account().into()),
            ("state", state.code().into()),
            ("language", "en".into()),
            ("origin", "ORIGINAL".into()),
            ("title", if self.random.chance(90) { title } else { " \u{3000}\n" }.into()),
            ("abstract", self.text_or_blank().into()),
            ("context", self.text_or_blank().into()),
            ("problem", self.text_or_blank().into()),
            ("what_was_done", self.text_or_blank().into()),
            ("result", self.text_or_blank().into()),
            ("outcome", outcome.into()),
            ("enabling_conditions", conditions(self).into()),
            ("hindering_conditions", conditions(self).into()),
            ("who_gained", self.text().into()),
            ("who_lost", self.text().into()),
            ("visibility", shown.0.into()),
            ("attribution", shown.1.into()),
            ("submitted_at", handed_in.then(|| self.day(-4, 0)).into()),
            ("reviewer_id", self.random.chance(50).then(|| self.account()).into()),
        ];
        self.add("lesson_versions", row);
        for position in 0..self.random.below(3) {
            let row = vec![
                ("version_id", id.into()),
                ("position", i64::try_from(position).unwrap().into()),
                ("item", self.text().into()),
                ("amount_minor", 1250_i64.into()),
                ("amount", "12.50".into()),
                ("currency", "MWK".into()),
            ];
            self.add("lesson_costs", row);
        }
        // Few, so that some versions lack nothing by them.
        for position in 0..self.random.below(3) {
            self.attachment(lesson, id, position);
        }
        for concept in self.concepts.clone() {
            if self.random.chance(15) {
                self.add(
                    "lesson_version_concepts",
                    vec![("version_id", id.into()), ("concept_id", concept.into())],
                );
            }
        }
        for actor in ActorType::MEMBERS {
            if self.random.chance(20) {
                self.add(
                    "lesson_version_actor_types",
                    vec![("version_id", id.into()), ("actor_type", actor.code.into())],
                );
            }
        }
    }

    fn attachment(&mut self, lesson: &str, version: &str, position: usize) {
        let id = self.id("attachment");
        let ready = self.random.chance(80);
        let row = vec![
            ("id", id.as_str().into()),
            ("revision", 1_i64.into()),
            ("created_at", self.day(-3, 0).into()),
            ("updated_at", 0_i64.into()),
            ("created_by", self.account().into()),
            ("lesson_id", lesson.into()),
            ("version_id", version.into()),
            ("position", i64::try_from(position).unwrap().into()),
            ("state", if ready { "READY" } else { self.code::<AttachmentState>() }.into()),
            ("refusal", self.random.chance(10).then_some("TYPE").into()),
            ("kind", self.code::<AttachmentKind>().into()),
            ("media_type", self.random.pick(&["image/jpeg", "audio/ogg"]).into()),
            ("size_bytes", 1_250_i64.into()),
            ("width", self.random.chance(50).then_some(400_i64).into()),
            ("file_key", id.as_str().into()),
            ("caption", self.text().into()),
            ("alternative_text", self.text().into()),
            ("people_shown", if ready { "NOBODY" } else { self.code::<PeopleShown>() }.into()),
            ("transcript", self.text_or_blank().into()),
            ("transcript_language", self.random.chance(90).then_some("ny").into()),
        ];
        self.add("lesson_attachments", row);
    }

    fn text_or_blank(&mut self) -> &'static str {
        if self.random.chance(20) {
            self.random.pick(&["\u{a0}\u{2003}", "\u{b}\u{85}", " "])
        } else {
            self.text()
        }
    }

    fn review_entry(&mut self, lesson: &str, version: &str) {
        let id = self.id("review");
        let row = vec![
            ("id", id.into()),
            ("lesson_id", lesson.into()),
            ("version_id", version.into()),
            ("kind", self.code::<ReviewEntryKind>().into()),
            ("text", self.text().into()),
            ("author_id", self.account().into()),
            ("created_at", self.day(-3, 0).into()),
        ];
        self.add("review_entries", row);
    }

    fn replication(&mut self, lesson: &str, version: &str) {
        use maip_domain::closed_set::ClosedSet as _;
        let id = self.id("replication");
        // Not by chance, which decides about what comes after it too.
        let (turn, conclusions) = (self.rows.len(), ReplicationConclusion::MEMBERS);
        let platform = self.platforms[self.random.below(self.platforms.len())].clone();
        let row = vec![
            ("id", id.as_str().into()),
            ("revision", 1_i64.into()),
            ("created_at", self.day(-3, 0).into()),
            ("updated_at", 0_i64.into()),
            ("created_by", self.account().into()),
            ("lesson_id", lesson.into()),
            ("version_id", version.into()),
            ("platform_id", platform.id.as_str().into()),
            ("country_id", platform.country.id.as_str().into()),
            ("country_code", platform.country.code.into()),
            ("region", platform.country.region.into()),
            ("status", self.code::<ReplicationStatus>().into()),
            ("outcome", self.random.chance(70).then(|| self.code::<Outcome>()).into()),
            ("note", self.text().into()),
            ("conclusion", (turn % 4 > 0).then(|| conclusions[turn % conclusions.len()].code).into()),
            (
                "verified_by",
                (turn % 3 == 0).then(|| self.accounts[turn % self.accounts.len()].clone()).into(),
            ),
            ("verification_note", "Seen there.".into()),
        ];
        self.add("replications", row);
        if turn % 2 == 0 {
            let trier = self.accounts[(turn / 2) % self.accounts.len()].clone();
            let row = vec![("replication_id", id.as_str().into()), ("account_id", trier.into())];
            self.add("replication_people", row);
        }
        for position in 0..self.random.below(4) {
            let row = vec![
                ("replication_id", id.as_str().into()),
                ("position", i64::try_from(position).unwrap().into()),
                ("held", self.random.chance(50).into()),
                ("text", self.text().into()),
            ];
            self.add("replication_conditions", row);
        }
    }
}
