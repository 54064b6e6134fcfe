//! What is hidden on the way: records, the values by which they are found, and who may see these.

use maip_tests::{PASSWORD, Request, Town};
use serde_json::json;

use super::canaries::Canary;
use super::scene::{
    PUBLISHED, Scene, attach, card, details, enrol, lesson, platform, publish, text, translate,
};

/// Who sees a published lesson of Egypt's platform that is for the platform alone.
const OF_THE_PLATFORM: &[&str] = &["mona", "omar", "farida", "focal", "secretariat", "partner token"];

/// Who sees an edition of Mona's that is in review, and what is said about it.
const REVIEW: &[&str] = &["mona", "farida", "focal", "regional", "secretariat"];

impl Scene {
    /// Hides records, and says which values are in them and who may see these.
    pub async fn hide(&mut self, town: &mut Town) -> Vec<Canary> {
        let draft = self.draft(town).await;
        let platform_lesson = self.try_of_a_lesson(town).await;
        self.revise(town).await;
        self.introduce(town).await;
        self.ask(town).await;
        self.hidden.push(("lesson", draft));
        self.hidden.push(("lesson", platform_lesson));
        canaries()
    }

    /// A draft, whose request has a name that is known.
    async fn draft(&mut self, town: &mut Town) -> String {
        let draft =
            lesson(town, "mona", json!({ "title": "zqdraft title", "context": "zqdraft context" })).await;
        let query = "mutation ($input: UpdateLessonInput!) { updateLesson(input: $input) { userErrors { code message } } }";
        let input =
            json!({ "input": { "lessonId": draft, "expectedRevision": 1, "result": "zqdraft result" } });
        let request = Request::graphql(query, &input).header("x-request-id", "zqtraced");
        let answer = town.server().send(request.bearer(town.bearer("mona").unwrap_or_default())).await;
        assert_eq!(answer.data()["updateLesson"]["userErrors"], json!([]));
        self.find(town, "audit", "SELECT id FROM audit_entries WHERE request_id = 'zqtraced'").await;
        self.find(
            town,
            "lessonversion",
            &format!("SELECT id FROM lesson_versions WHERE lesson_id = '{draft}'"),
        )
        .await;
        draft
    }

    /// A lesson for its platform alone, endorsed, and tried by a platform that is hidden.
    async fn try_of_a_lesson(&mut self, town: &mut Town) -> String {
        let closed = json!({ "title": "zqplatform lesson", "visibility": "PLATFORM" });
        let closed = lesson(town, "mona", closed).await;
        publish(town, "mona", &closed, None).await;
        let hidden = platform(town, "zqunseen").await;
        let membership = enrol(town, "mona", &hidden, "FACILITATOR").await;
        let tried = json!({ "lessonId": closed, "platformId": hidden, "note": "zqtrial of the lesson" });
        let tried = town.done("mona", "planReplication", tried, "replication { id }").await;
        let translation = translate(town, "omar", &closed, "zqtranslation de la plateforme").await;
        let wished = json!({ "lessonId": closed, "language": "ar", "note": "zqwish of a member" });
        let wished = town.done("mona", "requestTranslation", wished, "translationRequest { id }").await;
        self.hidden.push(("translation", translation));
        self.hidden.push(("translationrequest", text(&wished["translationRequest"]["id"])));
        let endorsed = json!({ "lessonId": closed, "note": "zqendorsed by the focal point" });
        town.done("focal", "endorseLesson", endorsed, "lesson { id }").await;
        self.find(town, "endorsement", &format!("SELECT id FROM endorsements WHERE lesson_id = '{closed}'"))
            .await;
        self.hidden.push(("platform", hidden));
        self.hidden.push(("membership", membership));
        self.hidden.push(("replication", text(&tried["replication"]["id"])));
        closed
    }

    /// A revision of the lesson that everyone sees, with a file, in review.
    async fn revise(&mut self, town: &Town) {
        let title = format!("SELECT lesson_id FROM lesson_versions WHERE title = '{PUBLISHED}'");
        let published = town.text(&title).await.unwrap_or_default();
        let named = json!({ "lessonId": published });
        let revised =
            town.done("mona", "reviseLesson", named.clone(), "lesson { revision openVersion { id } }").await;
        let edit = json!({ "lessonId": published, "expectedRevision": revised["lesson"]["revision"],
            "title": "zqrevision title", "problem": "zqrevision problem" });
        town.done("mona", "updateLesson", edit, "lesson { id }").await;
        let texts = json!({ "caption": "zqcaption of a voice", "transcript": "zqtranscript of a voice" });
        let attachment = attach(town, "mona", &published, texts).await;
        town.done("mona", "submitLesson", named.clone(), "lesson { id }").await;
        town.done("focal", "startReview", named.clone(), "lesson { id }").await;
        let said = json!({ "lessonId": published, "text": "zqcomment of the reviewer" });
        let said = town.done("focal", "commentOnReview", said, "reviewEntry { id }").await;
        self.hidden.push(("lessonversion", text(&revised["lesson"]["openVersion"]["id"])));
        self.hidden.push(("attachment", attachment));
        self.hidden.push(("review", text(&said["reviewEntry"]["id"])));
    }

    /// A card that two may see by consent, an introduction, details that were read.
    async fn introduce(&mut self, town: &Town) {
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
        let granted = town.done("mona", "grantContactConsent", input, "consent { id }").await;
        let read = "query ($id: ID!) { contact(id: $id) { details { email } } }";
        let read = town.data("omar", read, json!({ "id": private })).await;
        assert_eq!(read["contact"]["details"]["email"], "private.zq@example.org");
        self.find(town, "disclosure", "SELECT id FROM disclosures").await;
        self.hidden.push(("contact", private));
        self.hidden.push(("introduction", introduction));
        self.hidden.push(("consent", text(&granted["consent"]["id"])));
    }

    /// A token, a session, and someone who asks to become a member.
    async fn ask(&mut self, town: &mut Town) {
        let input = json!({ "organisationId": self.partner(town).await, "name": "zqtoken name", "scopes": ["LESSONS_READ"] });
        let made = town.done("omar", "createApiToken", input, "apiToken { id }").await;
        self.hidden.push(("token", text(&made["apiToken"]["id"])));
        let input =
            json!({ "login": "mona.login@example.org", "password": PASSWORD, "label": "zqlabel of a phone" });
        let made = town.done("", "signIn", input, "session { sessionId }").await;
        self.hidden.push(("session", text(&made["session"]["sessionId"])));
        let input = json!({ "platformId": town.platform("EGY").await, "actorType": "FARMER", "message": "zqrequest to join" });
        let made = town.done("newcomer", "requestMembership", input, "membership { id }").await;
        self.hidden.push(("membership", text(&made["membership"]["id"])));
    }

    async fn find(&mut self, town: &Town, prefix: &'static str, select: &str) {
        let id = town.text(select).await.unwrap_or_else(|| panic!("{select} finds nothing"));
        self.hidden.push((prefix, id));
    }
}

/// Every value that someone may not see, with all who may: each of them must come upon it.
fn canaries() -> Vec<Canary> {
    let mut canaries = Vec::new();
    for (mark, seen_by) in [
        ("zqdraft", &["mona", "farida"][..]),
        ("zqtraced", &["mona", "focal", "admin"]),
        ("zqplatform", OF_THE_PLATFORM),
        ("zqtrial", OF_THE_PLATFORM),
        ("zqtranslation", OF_THE_PLATFORM),
        ("zqwish", OF_THE_PLATFORM),
        ("zqendorsed", OF_THE_PLATFORM),
        ("zqrevision", REVIEW),
        ("zqcaption", REVIEW),
        ("zqtranscript", REVIEW),
        ("zqcomment", REVIEW),
        ("zqpraise", REVIEW),
        ("zqsecret platform", &["omar", "focal", "secretariat"]),
        ("zqsecret description", &["omar", "focal", "secretariat"]),
        ("zqsecret en d'autres mots", &["omar", "focal", "secretariat"]),
        ("zqinvitation of omar", &["omar", "focal", "secretariat"]),
        ("zqunseen platform", &["mona", "focal", "secretariat"]),
        ("zqunseen description", &["mona", "focal", "secretariat"]),
        ("zqinvitation of mona", &["mona", "focal", "secretariat"]),
        ("zqsuspended", &["farida", "focal", "secretariat", "admin"]),
        // By the consents: of mona to omar, and to the partner.
        ("zqprivate card", &["mona", "omar", "partner token"]),
        ("zqprivate help", &["mona", "omar", "partner token"]),
        ("zqmessage", &["mona", "omar"]),
        ("zqreply", &["mona", "omar"]),
        ("zqpurpose", &["mona", "omar", "partner token"]),
        ("zqtoken", &["omar", "admin"]),
        ("zqlabel", &["mona"]),
        ("zqrequest", &["newcomer", "farida", "focal", "secretariat"]),
        ("public.zq@example.org", &["mona"]),
        ("member.zq@example.org", &["omar"]),
        ("private.zq@example.org", &["mona", "omar"]),
        ("+20111", &["mona"]),
        ("+20222", &["mona", "omar"]),
        ("+20333", &["mona"]),
        ("@zqpublic", &["mona"]),
        ("@zqmember", &["omar"]),
        ("@zqprivate", &["mona"]),
        ("zqstreet of public", &["mona"]),
        ("zqstreet of member", &["omar"]),
        ("zqstreet of private", &["mona", "omar", "partner token"]),
        ("mona.login@example.org", &["mona"]),
        ("omar.login@example.org", &["omar"]),
        ("farida.login@example.org", &["farida"]),
        ("grace.login@example.org", &["grace"]),
        ("admin.login@example.org", &["admin"]),
    ] {
        canaries.push(Canary { mark: mark.to_owned(), seen_by, logged: mark == "zqtraced" });
    }
    canaries
}
