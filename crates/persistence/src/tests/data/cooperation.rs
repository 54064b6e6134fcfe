//! Contact cards with details and consents, introductions, disclosures.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::cooperation::ContactField;
use maip_domain::visibility::Visibility;

use super::Data;

const FIELDS: &[&str] = &["EMAIL", "PHONE", "MESSENGER", "ADDRESS"];

impl Data {
    pub(super) fn contacts(&mut self) {
        let mut cards = Vec::new();
        for number in 0..24_usize {
            let account = (number % 4 > 0).then(|| self.account());
            let organisation = account.is_none().then(|| self.organisations[self.random.below(4)].clone());
            let card = self.card(number, account.as_deref(), organisation.as_deref());
            cards.push((card, account, organisation));
        }
        for number in 0..24_usize {
            let (card, account, organisation) = cards[self.random.below(cards.len())].clone();
            let introduction = self.introduction(number, &card, account.as_deref(), organisation.as_deref());
            self.consent(&card, Some(&introduction));
        }
        for (card, account, organisation) in cards {
            for _ in 0..self.random.below(4) {
                self.consent(&card, None);
            }
            for _ in 0..self.random.below(3) {
                self.disclosure(&card, account.as_deref(), organisation.as_deref());
            }
        }
    }

    fn card(&mut self, number: usize, account: Option<&str>, organisation: Option<&str>) -> String {
        let id = self.id("contact");
        let platform =
            self.random.chance(70).then(|| self.platforms[self.random.below(self.platforms.len())].clone());
        let country = self.countries[number % 3].clone();
        let row = vec![
            ("id", id.as_str().into()),
            ("revision", 1_i64.into()),
            ("created_at", self.day(-3, 0).into()),
            ("updated_at", 0_i64.into()),
            ("created_by", self.account().into()),
            ("account_id", account.into()),
            ("organisation_id", organisation.into()),
            ("platform_id", platform.map(|platform| platform.id).into()),
            ("country_id", country.id.as_str().into()),
            ("country_code", country.code.into()),
            ("region", country.region.into()),
            ("visibility", self.code::<Visibility>().into()),
            ("status", if self.random.chance(85) { "PUBLISHED" } else { "RETIRED" }.into()),
            ("headline", self.text().into()),
            ("can_help_with", self.text().into()),
            ("language", "en".into()),
            ("sort_key", format!("person {}", number / 2).into()),
        ];
        self.add("contact_cards", row);
        // Half of the cards have one detail, so that tests can name it by its card.
        let several = number.is_multiple_of(2);
        for (place, field) in FIELDS.iter().enumerate() {
            if if several { self.random.chance(60) } else { place == number / 2 % 4 } {
                let row = vec![
                    ("card_id", id.as_str().into()),
                    ("field", (*field).into()),
                    ("value_sealed", format!("sealed {field} {number}").into()),
                ];
                self.add("contact_details", row);
            }
        }
        for concept in self.concepts.clone() {
            if self.random.chance(15) {
                self.add(
                    "contact_card_concepts",
                    vec![("card_id", id.as_str().into()), ("concept_id", concept.into())],
                );
            }
        }
        for language in ["ar", "en", "ny"] {
            if self.random.chance(50) {
                self.add(
                    "contact_card_languages",
                    vec![("card_id", id.as_str().into()), ("language", language.into())],
                );
            }
        }
        for country in self.countries.clone() {
            if self.random.chance(30) {
                self.add(
                    "contact_card_countries",
                    vec![("card_id", id.as_str().into()), ("country_id", country.id.into())],
                );
            }
        }
        id
    }

    fn introduction(
        &mut self,
        number: usize,
        card: &str,
        account: Option<&str>,
        organisation: Option<&str>,
    ) -> String {
        let id = self.id("introduction");
        // Nobody asks twice at a time: each place in the row asks once.
        let requester = self.accounts[number].clone();
        let lesson = self.random.chance(50).then(|| self.lessons[number].id.clone());
        // Every second one waits for an answer, whatever the dice say.
        let waits = number.is_multiple_of(2);
        let status =
            if waits { "REQUESTED" } else { self.random.pick(&["REQUESTED", "CONNECTED", "DECLINED"]) };
        let expires_at = self.day(if waits { 1 } else { -2 }, 3);
        let row = vec![
            ("id", id.as_str().into()),
            ("revision", 1_i64.into()),
            ("created_at", self.day(-3, 0).into()),
            ("updated_at", 0_i64.into()),
            ("requester_id", requester.into()),
            ("card_id", card.into()),
            ("account_id", account.into()),
            ("organisation_id", organisation.into()),
            ("lesson_id", lesson.into()),
            ("status", status.into()),
            ("message", self.text().into()),
            ("expires_at", expires_at.into()),
        ];
        self.add("introductions", row);
        for side in ["REQUESTER", "CONTACT"] {
            let row = vec![
                ("introduction_id", id.as_str().into()),
                ("side", side.into()),
                ("field", self.code::<ContactField>().into()),
            ];
            self.add("introduction_fields", row);
        }
        id
    }

    fn consent(&mut self, card: &str, introduction: Option<&str>) {
        let id = self.id("consent");
        let audience = if introduction.is_some() {
            "PERSON"
        } else {
            self.random.pick(&["PERSON", "ORGANISATION", "MEMBERS", "EVERYONE"])
        };
        let account = (audience == "PERSON").then(|| self.account());
        let organisation =
            (audience == "ORGANISATION").then(|| self.organisations[self.random.below(4)].clone());
        let row = vec![
            ("id", id.as_str().into()),
            ("created_at", self.day(-3, 0).into()),
            ("created_by", self.account().into()),
            ("card_id", card.into()),
            ("introduction_id", introduction.into()),
            ("audience", audience.into()),
            ("to_account_id", account.into()),
            ("to_organisation_id", organisation.into()),
            ("purpose", self.text().into()),
            ("expires_at", self.day(-1, 5).into()),
            ("withdrawn_at", self.random.chance(20).then(|| self.now.micros()).into()),
        ];
        self.add("consents", row);
        for field in ContactField::MEMBERS {
            if self.random.chance(60) {
                self.add(
                    "consent_fields",
                    vec![("consent_id", id.as_str().into()), ("field", field.code.into())],
                );
            }
        }
    }

    fn disclosure(&mut self, card: &str, account: Option<&str>, organisation: Option<&str>) {
        let id = self.id("disclosure");
        let by_token = self.random.chance(30);
        let reader = self.organisations[self.random.below(4)].clone();
        let row = vec![
            ("id", id.into()),
            ("created_at", self.day(-3, 0).into()),
            ("card_id", card.into()),
            ("account_id", account.into()),
            ("organisation_id", organisation.into()),
            ("field", self.code::<ContactField>().into()),
            ("reader_account_id", (!by_token).then(|| self.account()).into()),
            ("reader_organisation_id", by_token.then_some(reader).into()),
            ("reader_token_id", by_token.then_some("token").into()),
        ];
        self.add("disclosures", row);
    }
}
