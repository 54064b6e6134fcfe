//! What an API token writes: lessons of its organisation, and nothing else.

use serde_json::{Value, json};

use super::lessons::{LESSON, full, read, with};
use super::world::{World, in_the_world};

const SCOPES: &[&str] = &["LESSONS_READ", "LESSONS_WRITE", "PLATFORMS_READ"];

/// The secret and the id of a new token of an organisation of mona's.
async fn token(world: &World, organisation: &str, scopes: &[&str], countries: Value) -> (String, String) {
    let mut input = json!({ "organisationId": organisation, "name": "writer", "scopes": scopes });
    if !countries.is_null() {
        input["countries"] = countries;
    }
    let made = world.done("mona", "createApiToken", input, "secret apiToken { id }").await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&made["secret"]), text(&made["apiToken"]["id"]))
}

in_the_world! {
    async fn a_token_writes_lessons_of_its_organisation(world) {
        let organisation = world.organisation("Partner", &["mona"], SCOPES).await;
        let (secret, id) = token(world, &organisation, SCOPES, json!(["EGY"])).await;
        let secret = secret.as_str();
        let about = "lesson { id revision status attribution recordedOnBehalf organisation { name } }";
        let input = with(&full(world, "Drying dates").await, json!({ "id": "lesson_01h455vb4pex5vsknk084sn02q" }));
        let made = world.done(secret, "draftLesson", input.clone(), about).await["lesson"].clone();
        assert_eq!(
            made,
            json!({ "id": input["id"], "revision": 1, "status": "DRAFT", "attribution": "ORGANISATION",
                "recordedOnBehalf": true, "organisation": { "name": "Partner" } })
        );
        assert_eq!(world.done(secret, "draftLesson", input, about).await["lesson"], made, "the same again");
        let named = json!({ "lessonId": made["id"] });
        let edit = with(&named, json!({ "expectedRevision": 1, "title": "Dates, dried" }));
        world.done(secret, "updateLesson", edit.clone(), LESSON).await;
        assert_eq!(world.refused(secret, "updateLesson", edit).await.0, "STALE_REVISION");
        // Who answers for it has all of it, and sees which token it was.
        let whose = "title author { displayName } recordedByToken { id name }";
        let expected = json!({ "title": "Dates, dried", "author": { "displayName": "mona" },
            "recordedByToken": { "id": id, "name": "writer" } });
        assert_eq!(read(world, "mona", &named, whose).await, expected);
        world.done(secret, "submitLesson", named.clone(), LESSON).await;
        let late = with(&named, json!({ "expectedRevision": 3, "title": "Late" }));
        assert_eq!(world.refused(secret, "updateLesson", late).await.0, "WRONG_STATE");
        world.done("focal", "startReview", named.clone(), LESSON).await;
        world.done("focal", "publishLesson", named.clone(), LESSON).await;
        let shown = read(world, "omar", &named, "authorName recordedByToken { id } organisation { name }").await;
        assert_eq!(shown, json!({ "authorName": null, "recordedByToken": null, "organisation": { "name": "Partner" } }));
        for action in ["lesson.drafted", "lesson.updated", "lesson.submitted"] {
            let rows = format!(
                "audit_entries WHERE action = '{action}' AND actor_token_id = '{id}' AND actor_account_id IS NULL \
                 AND actor_organisation_id = '{organisation}' AND on_behalf_of_id = '{}'",
                world.id("mona")
            );
            assert_eq!(world.count(&rows).await, 1, "{action}");
        }
        // All else is done by people.
        for step in ["reviseLesson", "withdrawLesson", "endorseLesson", "startReview"] {
            assert_eq!(world.refused(secret, step, named.clone()).await.0, "SIGN_IN_NEEDED", "{step}");
        }
    }

    async fn a_token_writes_no_further_than_its_scopes_and_countries_go(world) {
        let organisation = world.organisation("Partner", &["mona"], SCOPES).await;
        let other = world.organisation("Other", &["omar"], SCOPES).await;
        let (secret, _) = token(world, &organisation, SCOPES, Value::Null).await;
        let (reader, _) = token(world, &organisation, &["LESSONS_READ", "PLATFORMS_READ"], Value::Null).await;
        let (abroad, _) = token(world, &organisation, SCOPES, json!(["MWI"])).await;
        let input = full(world, "Drying dates").await;
        for (who, more, code, field) in [
            (&reader, json!({}), "MISSING_SCOPE", "platformId"),
            (&abroad, json!({}), "NOT_FOUND", "platformId"),
            (&secret, json!({ "platformId": world.platform("MWI") }), "MEMBERSHIP_NEEDED", "platformId"),
            (&secret, json!({ "organisationId": other }), "FORBIDDEN", "organisationId"),
            (&secret, json!({ "authorId": world.id("omar") }), "MEMBERSHIP_NEEDED", "authorId"),
            (&secret, json!({ "attribution": "NAME" }), "FORBIDDEN", "attribution"),
        ] {
            let refused = world.refused(who, "draftLesson", with(&input, more)).await;
            assert_eq!(refused, (code.to_owned(), field.to_owned()));
        }
        // What a person writes for the organisation is that person's.
        let own = with(&input, json!({ "organisationId": organisation }));
        let own = json!({ "lessonId": world.done("mona", "draftLesson", own, LESSON).await["lesson"]["id"] });
        let edit = |named: &Value| with(named, json!({ "expectedRevision": 1, "title": "Dates, dried" }));
        assert_eq!(world.refused(&secret, "updateLesson", edit(&own)).await.0, "NOT_FOUND");
        // What a token wrote is for the tokens of its organisation, as far as they may.
        let made = world.done(&secret, "draftLesson", input, LESSON).await;
        let named = json!({ "lessonId": made["lesson"]["id"] });
        let input = json!({ "organisationId": other, "name": "writer", "scopes": SCOPES });
        let stranger = world.done("omar", "createApiToken", input, "secret").await["secret"].clone();
        assert_eq!(world.refused(stranger.as_str().unwrap(), "updateLesson", edit(&named)).await.0, "NOT_FOUND");
        assert_eq!(world.refused(&abroad, "updateLesson", edit(&named)).await.0, "NOT_FOUND");
        assert_eq!(world.refused(&reader, "updateLesson", edit(&named)).await.0, "MISSING_SCOPE");
        let unnamed = with(&named, json!({ "expectedRevision": 1, "attribution": "NAME" }));
        assert_eq!(world.refused(&secret, "updateLesson", unnamed).await, ("FORBIDDEN".to_owned(), "attribution".to_owned()));
        let nobodys = with(&named, json!({ "expectedRevision": 1, "organisationId": null }));
        assert_eq!(world.refused(&secret, "updateLesson", nobodys).await.0, "FORBIDDEN");
        // The author may put their name on it.
        let signed = with(&named, json!({ "expectedRevision": 1, "attribution": "NAME" }));
        world.done("mona", "updateLesson", signed, LESSON).await;
        // Clearance that is taken back counts at once.
        let clear = json!({ "organisationId": organisation, "scopes": ["LESSONS_READ", "PLATFORMS_READ"] });
        world.done("secretary", "clearOrganisation", clear, "organisation { id }").await;
        assert_eq!(world.refused(&secret, "submitLesson", named).await.0, "MISSING_SCOPE");
    }
}
