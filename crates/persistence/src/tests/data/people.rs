//! Accounts, sessions, organisations, tokens, platforms, memberships, appointments, the audit.

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::identity::scope::Scope;
use maip_domain::identity::{AgeGroup, OrganisationKind, Sex};
use maip_domain::membership::appointment::{AppointmentKind, AppointmentScope};
use maip_domain::membership::member::{ActorType, MembershipRole};
use maip_domain::membership::stage::PlatformStage;
use maip_domain::sort_key::sort_key;
use maip_domain::vocabulary::Region;

use super::{Data, Platform};
use crate::read::viewer::Viewer;

const PEOPLE: usize = 24;

impl Data {
    pub(super) fn people(&mut self) {
        for number in 0..PEOPLE {
            let id = self.id("account");
            let name = format!("Person {}", number / 2);
            let status = if number < 14 {
                "ACTIVE"
            } else {
                self.random.pick(&["ACTIVE", "UNCLAIMED", "PENDING", "SUSPENDED", "ERASED"])
            };
            let country = (number % 3 > 0).then(|| self.countries[number % self.countries.len()].id.clone());
            let registrar = (number % 5 == 4).then(|| self.account());
            let row = vec![
                ("id", id.as_str().into()),
                ("revision", 1_i64.into()),
                ("created_at", self.day(-9, -5).into()),
                ("updated_at", self.day(-5, 0).into()),
                ("status", status.into()),
                ("display_name", name.as_str().into()),
                ("sort_key", sort_key(&name).into()),
                ("language", "en".into()),
                ("country_id", country.into()),
                ("login_kind", "EMAIL".into()),
                ("login_sealed", format!("sealed login {number}").into()),
                ("login_index", format!("index {number}").into()),
                ("system_administrator", (number == 0).into()),
                ("sex", (number.is_multiple_of(2)).then(|| self.code::<Sex>()).into()),
                ("age_group", (number.is_multiple_of(2)).then(|| self.code::<AgeGroup>()).into()),
                ("registered_by", registrar.into()),
            ];
            self.add("accounts", row);
            self.accounts.push(id.clone());
            self.session(&id, number);
        }
        for number in 0..4_usize {
            self.organisation(number);
        }
    }

    fn session(&mut self, account: &str, number: usize) {
        let id = self.id("session");
        let row = vec![
            ("id", id.as_str().into()),
            ("account_id", account.into()),
            ("created_at", self.day(-5, 0).into()),
            ("last_used_at", self.day(-5, 0).into()),
            ("expires_at", self.now.plus_days(if number == 5 { 0 } else { 9 }).micros().into()),
            ("revoked_at", (number == 6).then(|| self.now.micros()).into()),
            ("label", (number.is_multiple_of(2)).then_some("phone").into()),
        ];
        self.add("sessions", row);
        self.viewers
            .push(Viewer::Session { account: account.parse().unwrap(), session: id.parse().unwrap() });
    }

    fn organisation(&mut self, number: usize) {
        let id = self.id("organisation");
        let name = format!("Organisation {number}");
        let country = (number > 0).then(|| self.countries[number % 3].id.clone());
        let row = vec![
            ("id", id.as_str().into()),
            ("revision", 1_i64.into()),
            ("created_at", self.day(-9, 0).into()),
            ("updated_at", 0_i64.into()),
            ("name", name.as_str().into()),
            ("sort_key", sort_key(&name).into()),
            ("kind", self.code::<OrganisationKind>().into()),
            ("country_id", country.into()),
            ("website", (number == 1).then_some("https://example.org/?a=1&b=2").into()),
            ("verified_at", (number < 2).then(|| self.now.micros()).into()),
        ];
        self.add("organisations", row);
        for (place, account) in self.accounts.clone().into_iter().enumerate() {
            if self.random.chance(20) {
                let row = vec![
                    ("organisation_id", id.as_str().into()),
                    ("account_id", account.into()),
                    ("manager", self.random.chance(50).into()),
                    ("since", 0_i64.into()),
                ];
                self.add("organisation_people", row);
            } else if place % 3 == number % 3 {
                let row = vec![
                    ("organisation_id", id.as_str().into()),
                    ("account_id", account.into()),
                    ("asked_at", 0_i64.into()),
                ];
                self.add("organisation_manager_requests", row);
            }
        }
        for scope in Scope::MEMBERS {
            // Not by chance, which decides about what comes after it too.
            let translates = (scope.value == Scope::TranslationsWrite).then_some(number != 2);
            if translates.unwrap_or_else(|| self.random.chance(80)) {
                let row = vec![
                    ("organisation_id", id.as_str().into()),
                    ("scope", scope.code.into()),
                    ("granted_at", 0_i64.into()),
                ];
                self.add("organisation_clearances", row);
            }
        }
        for token in 0..3_usize {
            self.token(&id, number, token);
        }
        self.organisations.push(id);
    }

    /// The first token of each is good for all countries, the second for some; others end early.
    fn token(&mut self, organisation: &str, number: usize, place: usize) {
        let id = self.id("token");
        let good = place < 2 || number == 3;
        let row = vec![
            ("id", id.as_str().into()),
            ("revision", 1_i64.into()),
            ("created_at", self.day(-9, 0).into()),
            ("updated_at", 0_i64.into()),
            ("organisation_id", organisation.into()),
            ("name", "reads".into()),
            ("hint", "maip_ab".into()),
            ("all_countries", (place == 0).into()),
            ("expires_at", self.now.plus_days(if good || number == 1 { 30 } else { -1 }).micros().into()),
            ("revoked_at", (!good && number == 1).then(|| self.now.micros()).into()),
        ];
        self.add("api_tokens", row);
        let hash = format!("hash {number} {place}");
        let row = vec![
            ("secret_hash", hash.as_str().into()),
            ("token_id", id.as_str().into()),
            ("created_at", 0_i64.into()),
            ("expires_at", self.now.plus_days(20).micros().into()),
        ];
        self.add("api_token_secrets", row);
        for scope in Scope::MEMBERS {
            let translates =
                (scope.value == Scope::TranslationsWrite).then_some(place == 0 || number % 2 == 1);
            if translates.unwrap_or_else(|| self.random.chance(75)) {
                let row = vec![("token_id", id.as_str().into()), ("scope", scope.code.into())];
                self.add("api_token_scopes", row);
            }
        }
        if place > 0 {
            let row = vec![("token_id", id.into()), ("country_code", self.countries[place - 1].code.into())];
            self.add("api_token_countries", row);
        }
        self.viewers.push(Viewer::Token { secret_hash: hash });
    }

    pub(super) fn memberships(&mut self) {
        for number in 0..8_usize {
            self.platform(number);
        }
        for platform in self.platforms.clone() {
            for account in self.accounts.clone() {
                if self.random.chance(25) {
                    self.membership(&platform, Some(&account), None);
                }
            }
            for organisation in self.organisations.clone() {
                if self.random.chance(40) {
                    self.membership(&platform, None, Some(&organisation));
                }
            }
        }
        for kind in AppointmentKind::MEMBERS {
            for _ in 0..3 {
                self.appointment(kind.value, kind.code);
            }
        }
    }

    fn platform(&mut self, number: usize) {
        let id = self.id("platform");
        let country = self.countries[number % 3].clone();
        let name = format!("Platform {}", number / 2);
        let row = vec![
            ("id", id.as_str().into()),
            ("revision", 1_i64.into()),
            ("created_at", self.day(-3, 0).into()),
            ("updated_at", 0_i64.into()),
            ("name", name.as_str().into()),
            ("sort_key", sort_key(&name).into()),
            ("language", "en".into()),
            ("description", self.text().into()),
            ("country_id", country.id.as_str().into()),
            ("country_code", country.code.into()),
            ("region", country.region.into()),
            ("stage", self.code::<PlatformStage>().into()),
            ("visibility", ["PUBLIC", "MEMBERS", "PLATFORM", "PRIVATE"][number % 4].into()),
        ];
        self.add("platforms", row);
        let row = vec![
            ("platform_id", id.as_str().into()),
            ("language", "fr".into()),
            ("name", "Plate-forme".into()),
        ];
        self.add("platform_names", row);
        for product in country.products.clone() {
            let row = vec![("platform_id", id.as_str().into()), ("product_id", product.into())];
            self.add("platform_products", row);
        }
        self.platforms.push(Platform { id, country });
    }

    fn membership(&mut self, platform: &Platform, account: Option<&str>, organisation: Option<&str>) {
        let id = self.id("membership");
        let status =
            self.random.pick(&["ACTIVE", "ACTIVE", "ACTIVE", "INVITED", "REQUESTED", "SUSPENDED", "LEFT"]);
        let row = vec![
            ("id", id.into()),
            ("revision", 1_i64.into()),
            ("created_at", self.day(-3, 0).into()),
            ("updated_at", 0_i64.into()),
            ("platform_id", platform.id.as_str().into()),
            ("platform_country_code", platform.country.code.into()),
            ("platform_region", platform.country.region.into()),
            ("account_id", account.into()),
            ("organisation_id", organisation.into()),
            ("member_sort_key", "somebody".into()),
            ("role", self.code::<MembershipRole>().into()),
            ("actor_type", self.code::<ActorType>().into()),
            ("status", status.into()),
            ("message", self.text().into()),
            ("since", (status == "ACTIVE").then(|| self.now.micros()).into()),
        ];
        self.add("memberships", row);
    }

    fn appointment(&mut self, kind: AppointmentKind, code: &'static str) {
        let id = self.id("appointment");
        let country = self.countries[self.random.below(3)].clone();
        let national = kind.scope() == AppointmentScope::Country;
        let regional = kind.scope() == AppointmentScope::Region;
        let starts = self.day(-9, 2);
        let ends = self.random.chance(40).then(|| self.day(-2, 9));
        let row = vec![
            ("id", id.into()),
            ("revision", 1_i64.into()),
            ("created_at", starts.into()),
            ("updated_at", 0_i64.into()),
            ("account_id", self.account().into()),
            ("kind", code.into()),
            ("country_id", national.then(|| country.id.clone()).into()),
            ("country_code", national.then_some(country.code).into()),
            ("country_region", country.region.filter(|_| national).into()),
            ("region", regional.then(|| self.code::<Region>()).into()),
            ("starts_at", starts.into()),
            ("ends_at", ends.into()),
            ("sort_at", starts.into()),
        ];
        self.add("appointments", row);
    }

    pub(super) fn audit(&mut self) {
        for number in 0..40_i64 {
            let id = self.id("audit");
            let organisation = self.organisations[self.random.below(4)].clone();
            let about = self.random.chance(30);
            let subject = if about { organisation.clone() } else { self.account() };
            let country = self.countries[self.random.below(3)].code;
            let by_token = self.random.chance(30);
            let row = vec![
                ("id", id.into()),
                ("written", number.into()),
                ("position", (number < 30).then_some(number + 1).into()),
                ("digest", (number < 30).then_some("digest").into()),
                ("created_at", self.day(-3, 0).into()),
                ("action", "updateAccount".into()),
                ("actor_account_id", (!by_token).then(|| self.account()).into()),
                ("actor_organisation_id", by_token.then_some(organisation).into()),
                ("subject_type", if about { "Organisation" } else { "Account" }.into()),
                ("subject_id", subject.into()),
                ("country_code", self.random.chance(70).then_some(country).into()),
                ("fields", r#"["name","displayName"]"#.into()),
                ("request_id", "req".into()),
            ];
            self.add("audit_entries", row);
        }
    }
}
