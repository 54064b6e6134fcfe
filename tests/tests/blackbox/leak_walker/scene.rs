//! The people of the walk and their records: first what everyone may know of, then what is hidden.

use std::collections::BTreeMap;

use maip_tests::{PASSWORD, Town, until};
use serde_json::{Value, json};

use super::canaries::Canary;

/// Every scope: a token that sees nothing sees it for want of consent or membership, not of a scope.
const SCOPES: &[&str] = &[
    "LESSONS_READ",
    "LESSONS_WRITE",
    "PLATFORMS_READ",
    "MEMBERS_READ",
    "CONTACTS_READ",
    "CONTACTS_DETAILS",
    "VOCABULARY_READ",
    "INTRODUCTIONS_READ",
    "AUDIT_READ",
];

/// Who is logged in as whom, and which records are hidden.
#[derive(Debug)]
pub struct Scene {
    tokens: BTreeMap<&'static str, String>,
    hidden: BTreeMap<&'static str, String>,
    /// The author of a lesson that names nobody.
    pub anonymous_author: String,
}

impl Scene {
    /// People with cards, a lesson, an organisation with a token. Nothing is hidden yet but details and logins.
    pub async fn set(town: &mut Town) -> Self {
        for (name, country, role) in [
            ("mona", "EGY", "MEMBER"),
            ("omar", "EGY", "MEMBER"),
            ("farida", "EGY", "FACILITATOR"),
            ("grace", "MWI", "MEMBER"),
            ("lwazi", "MWI", "OBSERVER"),
        ] {
            town.member(name, country, role).await;
        }
        town.person("newcomer").await;
        town.administrator("admin").await;
        town.officer("focal", "EGY", "NATIONAL_FOCAL_POINT").await;
        town.officer("secretariat", "ITA", "EXECUTIVE_SECRETARY").await;
        town.officer("regional", "EGY", "REGIONAL_FOCAL_POINT").await;
        let anonymous_author = town.id("omar").to_owned();
        let mut scene = Self { tokens: BTreeMap::new(), hidden: BTreeMap::new(), anonymous_author };
        card(
            town,
            "mona",
            json!({ "headline": "Dates", "visibility": "PUBLIC", "details": details("public") }),
        )
        .await;
        card(town, "omar", json!({ "headline": "Olives", "details": details("member") })).await;
        card(town, "grace", json!({ "headline": "Bananas" })).await;
        scene.token(town, "omar", "partner token", "EGY").await;
        scene.token(town, "grace", "stranger token", "").await;
        let lesson = lesson(town, "mona", json!({ "title": "Drying dates in the shade" })).await;
        publish(town, "mona", &lesson).await;
        let nameless = json!({ "title": "zqnameless lesson", "attribution": "ANONYMOUS" });
        let nameless = self::lesson(town, "omar", nameless).await;
        publish(town, "omar", &nameless).await;
        scene
    }

    /// Hides records, and says which values are in them and who may see these.
    pub async fn hide(&mut self, town: &mut Town) -> Vec<Canary> {
        let draft =
            lesson(town, "mona", json!({ "title": "zqdraft title", "context": "zqdraft context" })).await;
        let version = town.text(&format!("SELECT id FROM lesson_versions WHERE lesson_id = '{draft}'")).await;
        let closed = json!({ "title": "zqplatform lesson", "visibility": "PLATFORM" });
        let platform_lesson = lesson(town, "mona", closed).await;
        publish(town, "mona", &platform_lesson).await;
        let private = json!({ "headline": "zqprivate card", "canHelpWith": "zqprivate help", "visibility": "PRIVATE",
            "details": details("private") });
        let private = card(town, "mona", private).await;
        let asked = town.text("SELECT id FROM contact_cards WHERE headline = 'Olives'").await;
        let input = json!({ "cardId": asked, "message": "zqmessage to omar", "fields": ["EMAIL"], "ownCardId": private });
        let made = town.done("mona", "requestIntroduction", input, "introduction { id }").await;
        let introduction = text(&made["introduction"]["id"]);
        let input =
            json!({ "introductionId": introduction, "fields": ["PHONE"], "reply": "zqreply to mona" });
        town.done("omar", "acceptIntroduction", input, "introduction { id }").await;
        let input = json!({ "cardId": private, "fields": ["ADDRESS"], "purpose": "zqpurpose",
            "to": { "organisationId": self.partner(town).await }, "until": "2031-01-01T00:00:00Z" });
        let refused = town.payload("mona", "grantContactConsent", input.clone(), "consent { id }").await;
        let consent = text(&refused["consent"]["id"]);
        let input = json!({ "organisationId": self.partner(town).await, "name": "zqtoken name", "scopes": ["LESSONS_READ"] });
        let made = town.done("omar", "createApiToken", input, "apiToken { id }").await;
        let token = text(&made["apiToken"]["id"]);
        let input =
            json!({ "login": "mona.login@example.org", "password": PASSWORD, "label": "zqlabel of a phone" });
        let made = town.done("", "signIn", input, "session { sessionId }").await;
        let session = text(&made["session"]["sessionId"]);
        let membership = town.fresh("membership");
        let (platform, newcomer) = (town.platform("EGY").await, town.id("newcomer").to_owned());
        town.execute(&format!(
            "INSERT INTO memberships (id, revision, created_at, updated_at, platform_id, platform_country_code, account_id, \
             member_sort_key, role, actor_type, status, message) VALUES ('{membership}', 1, 1, 1, '{platform}', 'EGY', \
             '{newcomer}', 'newcomer', 'MEMBER', 'FARMER', 'REQUESTED', 'zqrequest to join')"
        ))
        .await;
        self.hidden = BTreeMap::from([
            ("lesson", draft),
            ("lessonversion", version.unwrap_or_default()),
            ("contact", private),
            ("introduction", introduction),
            ("consent", consent),
            ("token", token),
            ("session", session),
            ("membership", membership),
        ]);
        let canary = |mark: &str, seen_by| Canary { mark: mark.to_owned(), seen_by };
        let mut canaries = vec![
            canary("zqdraft", &["mona", "farida"][..]),
            canary(
                "zqplatform",
                &["mona", "omar", "farida", "focal", "regional", "secretariat", "partner token"],
            ),
            // By the consents: of mona to omar, and to the partner.
            canary("zqprivate card", &["mona", "omar", "partner token"]),
            canary("zqprivate help", &["mona", "omar", "partner token"]),
            canary("zqmessage", &["mona", "omar"]),
            canary("zqreply", &["mona", "omar"]),
            canary("zqpurpose", &["mona", "omar", "partner token"]),
            canary("zqtoken", &["omar", "admin"]),
            canary("zqlabel", &["mona"]),
            canary("zqrequest", &["newcomer", "farida", "focal", "secretariat"]),
            canary("public.zq@example.org", &["mona"]),
            canary("member.zq@example.org", &["omar"]),
            canary("private.zq@example.org", &["mona", "omar"]),
            canary("+20111", &["mona"]),
            canary("+20222", &["mona", "omar"]),
            canary("+20333", &["mona"]),
            canary("@zqpublic", &["mona"]),
            canary("@zqmember", &["omar"]),
            canary("@zqprivate", &["mona"]),
            canary("zqstreet of public", &["mona"]),
            canary("zqstreet of member", &["omar"]),
            canary("zqstreet of private", &["mona", "omar", "partner token"]),
        ];
        for (login, seen_by) in [
            ("mona.login@example.org", &["mona"][..]),
            ("omar.login@example.org", &["omar"]),
            ("farida.login@example.org", &["farida"]),
            ("grace.login@example.org", &["grace"]),
            ("admin.login@example.org", &["admin"]),
        ] {
            canaries.push(canary(login, seen_by));
        }
        canaries
    }

    /// Whose credentials a role sends.
    pub fn who<'a>(&'a self, role: &'a str) -> &'a str {
        self.tokens.get(role).map_or(role, String::as_str)
    }

    /// The hidden records, by the prefix of their ids.
    pub fn hidden(&self) -> &BTreeMap<&'static str, String> {
        &self.hidden
    }

    /// The credentials of all, which no log may hold.
    pub fn secrets(&self, town: &Town, roles: &[&str]) -> Vec<String> {
        let all = roles.iter().filter_map(|role| town.bearer(self.who(role)));
        // Of a signed token the signature.
        all.map(|secret| secret.rsplit('.').next().unwrap_or_default().to_lowercase()).collect()
    }

    /// Waits until everything written so far has its number, which comes in the background.
    pub async fn settled(&self, town: &Town) {
        let open = "SELECT 'open' FROM audit_entries WHERE position IS NULL \
                    UNION ALL SELECT 'open' FROM outbox WHERE position IS NULL";
        until("the record is numbered", async || town.text(open).await.is_none()).await;
    }

    /// For each type with ids, some of its records, the hidden ones among them.
    pub async fn ids(&self, town: &Town) -> BTreeMap<&'static str, Vec<String>> {
        let mut all = BTreeMap::new();
        for (of, table, prefix) in [
            ("Account", "accounts", "account"),
            ("Organisation", "organisations", "organisation"),
            ("Platform", "platforms", "platform"),
            ("Lesson", "lessons", "lesson"),
            ("LessonVersion", "lesson_versions", "lessonversion"),
            ("ContactCard", "contact_cards", "contact"),
            ("Introduction", "introductions", "introduction"),
            ("Membership", "memberships", "membership"),
            ("Concept", "concepts", "concept"),
        ] {
            let first = town.text(&format!("SELECT MIN(id) FROM {table}")).await;
            let mut ids: Vec<String> = first.into_iter().chain(self.hidden.get(prefix).cloned()).collect();
            ids.dedup();
            all.insert(of, ids);
        }
        all
    }

    async fn partner(&self, town: &Town) -> String {
        town.text("SELECT id FROM organisations WHERE name = 'partner token'").await.unwrap_or_default()
    }

    /// An organisation with a token that may do everything, itself a member of a country's platform or of none.
    async fn token(&mut self, town: &mut Town, manager: &str, role: &'static str, country: &str) {
        let input = json!({ "name": role, "kind": "NGO" });
        let organisation = text(
            &town.done(manager, "createOrganisation", input, "organisation { id }").await["organisation"]["id"],
        );
        if !country.is_empty() {
            town.join(&organisation, country).await;
        }
        let input = json!({ "organisationId": organisation, "scopes": SCOPES });
        town.done("secretariat", "clearOrganisation", input, "organisation { id }").await;
        let input = json!({ "organisationId": organisation, "name": "main", "scopes": SCOPES });
        let made = town.done(manager, "createApiToken", input, "secret").await;
        self.tokens.insert(role, text(&made["secret"]));
    }
}

/// Details by which their card is known. Phones differ in their first digits.
fn details(of: &str) -> Value {
    let digit = match of {
        "public" => "1",
        "member" => "2",
        _ => "3",
    };
    json!({ "email": format!("{of}.zq@example.org"), "phone": format!("+20{}0000000", digit.repeat(3)),
        "messenger": format!("@zq{of}"), "address": format!("zqstreet of {of}") })
}

async fn card(town: &Town, who: &str, content: Value) -> String {
    let mut input = json!({ "canHelpWith": "Much", "language": "en" });
    merge(&mut input, &content);
    text(&town.done(who, "publishContactCard", input, "card { id }").await["card"]["id"])
}

async fn lesson(town: &mut Town, who: &str, content: Value) -> String {
    let concept = town.text("SELECT MIN(id) FROM concepts").await;
    let mut input = json!({ "platformId": town.platform("EGY").await, "language": "en", "abstract": "In short",
        "context": "Siwa", "problem": "Rain", "whatWasDone": "Shade", "result": "Better dates", "outcome": "WORKED",
        "enablingConditions": ["wind"], "conceptIds": [concept] });
    merge(&mut input, &content);
    text(&town.done(who, "draftLesson", input, "lesson { id }").await["lesson"]["id"])
}

async fn publish(town: &Town, author: &str, lesson: &str) {
    for (who, mutation) in [(author, "submitLesson"), ("focal", "startReview"), ("focal", "publishLesson")] {
        town.done(who, mutation, json!({ "lessonId": lesson }), "lesson { id }").await;
    }
}

fn merge(into: &mut Value, from: &Value) {
    for (key, value) in from.as_object().into_iter().flatten() {
        into[key] = value.clone();
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text, not {value}")).to_owned()
}
