//! The people of the walk and their records: first what everyone may know of, then what is hidden.

use std::collections::BTreeMap;

use maip_tests::{File, Request, Town, until};
use serde_json::{Value, json};

use super::schema::Schema;
use crate::files::recording;

/// Where the records of each type are, and the prefix of their ids.
const TABLES: &[(&str, &str, &str)] = &[
    ("Account", "accounts", "account"),
    ("ApiToken", "api_tokens", "token"),
    ("Appointment", "appointments", "appointment"),
    ("AuditEntry", "audit_entries", "audit"),
    ("Concept", "concepts", "concept"),
    ("Consent", "consents", "consent"),
    ("ContactCard", "contact_cards", "contact"),
    ("Country", "countries", "country"),
    ("Disclosure", "disclosures", "disclosure"),
    ("Endorsement", "endorsements", "endorsement"),
    ("Introduction", "introductions", "introduction"),
    ("Lesson", "lessons", "lesson"),
    ("LessonAttachment", "lesson_attachments", "attachment"),
    ("LessonTranslation", "lesson_translations", "translation"),
    ("LessonVersion", "lesson_versions", "lessonversion"),
    ("Membership", "memberships", "membership"),
    ("Organisation", "organisations", "organisation"),
    ("Platform", "platforms", "platform"),
    ("Product", "products", "product"),
    ("Project", "projects", "project"),
    ("Replication", "replications", "replication"),
    ("ReviewEntry", "review_entries", "review"),
    ("Session", "sessions", "session"),
    ("TranslationRequest", "translation_requests", "translationrequest"),
];

/// The prefix of the ids of a type.
pub fn prefix(of: &str) -> &'static str {
    TABLES.iter().find(|(name, ..)| *name == of).map_or("", |(_, _, prefix)| prefix)
}

/// Every scope: a token that sees nothing sees it for want of consent or membership, not of a scope.
const SCOPES: &[&str] = &[
    "LESSONS_READ",
    "LESSONS_WRITE",
    "TRANSLATIONS_WRITE",
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
    /// By the prefix of their ids.
    pub(super) hidden: Vec<(&'static str, String)>,
    /// Of each type a record that was there before the hidden ones.
    known: BTreeMap<String, Option<String>>,
    /// The author of a lesson that names nobody.
    pub anonymous_author: String,
}

impl Scene {
    /// People with cards, lessons and what others say of these, an organisation with a token. Of what is hidden from
    /// the outsiders there is only what visible records lead to: details, logins, a platform, someone suspended.
    pub async fn set(town: &mut Town) -> Self {
        for (name, country, role) in [
            ("mona", "EGY", "MEMBER"),
            ("omar", "EGY", "MEMBER"),
            ("farida", "EGY", "FACILITATOR"),
            ("grace", "MWI", "MEMBER"),
            ("lwazi", "MWI", "OBSERVER"),
            ("zqsuspended", "EGY", "MEMBER"),
        ] {
            town.member(name, country, role).await;
        }
        let suspended = town.id("zqsuspended").to_owned();
        town.execute(&format!("UPDATE accounts SET status = 'SUSPENDED' WHERE id = '{suspended}'")).await;
        town.person("newcomer").await;
        town.administrator("admin").await;
        town.officer("focal", "EGY", "NATIONAL_FOCAL_POINT").await;
        town.officer("secretariat", "ITA", "EXECUTIVE_SECRETARY").await;
        town.officer("regional", "EGY", "REGIONAL_FOCAL_POINT").await;
        let anonymous_author = town.id("omar").to_owned();
        let (product, project) = (town.fresh("product"), town.fresh("project"));
        town.execute(&format!(
            "INSERT INTO products (id, country_id, concept_id, name, sort_key) SELECT '{product}', c.id, \
             (SELECT MIN(id) FROM concepts), 'Dates', 'dates' FROM countries c WHERE c.code = 'EGY'"
        ))
        .await;
        town.execute(&format!(
            "INSERT INTO projects (id, symbol, title, fund) VALUES ('{project}', 'P', 'Dates', 'F')"
        ))
        .await;
        let hidden = vec![("account", suspended)];
        let mut scene = Self { tokens: BTreeMap::new(), hidden, known: BTreeMap::new(), anonymous_author };
        let platform = platform(town, "zqsecret").await;
        enrol(town, "omar", &platform, "MEMBER").await;
        card(
            town,
            "mona",
            json!({ "headline": "Dates", "visibility": "PUBLIC", "details": details("public") }),
        )
        .await;
        let olives = json!({ "headline": "Olives", "platformId": platform, "details": details("member") });
        card(town, "omar", olives).await;
        card(town, "grace", json!({ "headline": "Bananas" })).await;
        scene.token(town, "omar", "partner token", "EGY").await;
        scene.token(town, "grace", "stranger token", "").await;
        let lesson = self::lesson(town, "mona", json!({ "title": PUBLISHED })).await;
        attach(town, "mona", &lesson, json!({ "caption": "A voice", "transcript": "What it says" })).await;
        publish(town, "mona", &lesson, Some("zqpraise by the reviewer")).await;
        let tried = json!({ "lessonId": lesson, "platformId": platform, "note": "In a greenhouse" });
        town.done("omar", "planReplication", tried, "replication { id }").await;
        translate(town, "grace", &lesson, "Sécher les dattes à l'ombre").await;
        let wished = json!({ "lessonId": lesson, "language": "ar", "note": "For our members" });
        town.done("lwazi", "requestTranslation", wished, "translationRequest { id }").await;
        let endorsed = json!({ "lessonId": lesson, "note": "Worth reading" });
        town.done("focal", "endorseLesson", endorsed, "lesson { id }").await;
        let of_the_platform = json!({ "title": "Olives on terraces", "platformId": platform });
        let of_the_platform = self::lesson(town, "omar", of_the_platform).await;
        publish(town, "omar", &of_the_platform, None).await;
        let nameless = json!({ "title": "zqnameless lesson", "attribution": "ANONYMOUS" });
        let nameless = self::lesson(town, "omar", nameless).await;
        publish(town, "omar", &nameless, None).await;
        // By its author, whom that doesn't name.
        translate(town, "omar", &nameless, "zqnameless en français").await;
        scene.hidden.push(("platform", platform));
        scene
    }

    /// Whose credentials a role sends.
    pub fn who<'a>(&'a self, role: &'a str) -> &'a str {
        self.tokens.get(role).map_or(role, String::as_str)
    }

    /// The hidden records with ids of this prefix, all of them where it is empty.
    pub fn hidden<'s>(&'s self, prefix: &'s str) -> impl Iterator<Item = &'s (&'static str, String)> {
        self.hidden.iter().filter(move |(of, _)| prefix.is_empty() || *of == prefix)
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
    pub async fn ids(&mut self, schema: &Schema, town: &Town) -> BTreeMap<String, Vec<String>> {
        let mut all = BTreeMap::new();
        for of in schema.with_ids() {
            let table = TABLES.iter().find(|(name, ..)| name == of);
            let (_, table, prefix) = table.unwrap_or_else(|| panic!("the walk starts from no {of}"));
            if !self.known.contains_key(of) {
                let first = town.text(&format!("SELECT MIN(id) FROM {table}")).await;
                self.known.insert(of.clone(), first);
            }
            let hidden = self.hidden(prefix).map(|(_, id)| id.clone());
            let mut ids: Vec<String> = self.known[of].iter().cloned().chain(hidden).collect();
            ids.dedup();
            all.insert(of.clone(), ids);
        }
        all
    }

    pub(super) async fn partner(&self, town: &Town) -> String {
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

/// The lesson that everyone sees, and that has been endorsed and tried.
pub const PUBLISHED: &str = "Drying dates in the shade";

/// Details by which their card is known. Phones differ in their first digits.
pub fn details(of: &str) -> Value {
    let digit = match of {
        "public" => "1",
        "member" => "2",
        _ => "3",
    };
    json!({ "email": format!("{of}.zq@example.org"), "phone": format!("+20{}0000000", digit.repeat(3)),
        "messenger": format!("@zq{of}"), "address": format!("zqstreet of {of}") })
}

pub async fn card(town: &Town, who: &str, content: Value) -> String {
    let mut input = json!({ "canHelpWith": "Much", "language": "en" });
    merge(&mut input, &content);
    text(&town.done(who, "publishContactCard", input, "card { id }").await["card"]["id"])
}

pub async fn lesson(town: &mut Town, who: &str, content: Value) -> String {
    let concept = town.text("SELECT MIN(id) FROM concepts").await;
    let mut input = json!({ "platformId": town.platform("EGY").await, "language": "en", "abstract": "In short",
        "context": "Siwa", "problem": "Rain", "whatWasDone": "Shade", "result": "Better dates", "outcome": "WORKED",
        "enablingConditions": ["wind"], "conceptIds": [concept] });
    merge(&mut input, &content);
    text(&town.done(who, "draftLesson", input, "lesson { id }").await["lesson"]["id"])
}

pub async fn publish(town: &Town, author: &str, lesson: &str, comment: Option<&str>) {
    for (who, mutation) in [(author, "submitLesson"), ("focal", "startReview")] {
        town.done(who, mutation, json!({ "lessonId": lesson }), "lesson { id }").await;
    }
    let publish = json!({ "lessonId": lesson, "comment": comment });
    town.done("focal", "publishLesson", publish, "lesson { id }").await;
}

/// Translates what is published of a lesson into French; gives the translation's id.
pub async fn translate(town: &Town, who: &str, lesson: &str, title: &str) -> String {
    let version = town.text(&format!("SELECT published_version_id FROM lessons WHERE id = '{lesson}'")).await;
    let input = json!({ "versionId": version, "language": "fr", "origin": "HUMAN", "title": title });
    text(&town.done(who, "addTranslation", input, "translation { id }").await["translation"]["id"])
}

/// A recording in the lesson's edition that is being worked on; gives its id.
pub async fn attach(town: &Town, who: &str, lesson: &str, texts: Value) -> String {
    let mut input =
        json!({ "lessonId": lesson, "file": null, "transcriptLanguage": "en", "peopleShown": "NOBODY" });
    merge(&mut input, &texts);
    let query = "mutation ($input: AttachLessonFileInput!) { attachLessonFile(input: $input) { attachment { id } \
                 userErrors { field code message } } }";
    let voice = File { name: "voice.wav", media_type: "audio/wav", bytes: recording() };
    let request = Request::with_file(query, &input, &voice).bearer(town.bearer(who).unwrap_or_default());
    let answer = town.server().send(request).await;
    text(&answer.data()["attachLessonFile"]["attachment"]["id"])
}

/// A platform in Egypt that only its members and who is responsible for it see; gives its id.
pub async fn platform(town: &Town, mark: &str) -> String {
    let product = town.text("SELECT id FROM products").await;
    let input = json!({ "country": "EGY", "name": format!("{mark} platform"), "language": "en", "visibility": "PRIVATE",
        "description": format!("{mark} description"), "productIds": [product],
        "otherNames": [{ "language": "fr", "name": format!("{mark} en d'autres mots") }] });
    text(&town.done("focal", "createPlatform", input, "platform { id }").await["platform"]["id"])
}

/// Makes someone a member of a platform of Egypt by an invitation, whose id it gives.
pub async fn enrol(town: &Town, who: &str, platform: &str, role: &str) -> String {
    let input = json!({ "platformId": platform, "invitee": { "accountId": town.id(who) }, "role": role,
        "actorType": "FARMER", "message": format!("zqinvitation of {who}") });
    let invited = town.done("focal", "inviteMember", input, "membership { id }").await;
    let membership = text(&invited["membership"]["id"]);
    let accept = json!({ "membershipId": membership });
    town.done(who, "acceptInvitation", accept, "membership { id }").await;
    membership
}

fn merge(into: &mut Value, from: &Value) {
    for (key, value) in from.as_object().into_iter().flatten() {
        into[key] = value.clone();
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text, not {value}")).to_owned()
}
