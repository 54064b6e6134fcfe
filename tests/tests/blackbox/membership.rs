//! Registering people, and managing a platform, from outside.

use maip_tests::{Backend, Town, on_both};
use serde_json::{Value, json};

on_both! {
    async fn a_farmer_with_a_phone_is_registered_writes_and_claims(backend: Backend) {
        let mut town = Town::start(backend).await;
        town.member("lameck", "MWI", "FACILITATOR").await;
        town.member("chisomo", "MWI", "MEMBER").await;
        let platform = town.platform("MWI").await;
        let farmer = json!({
            "platformId": platform, "displayName": "Amayi Phiri", "loginKind": "PHONE", "login": "+265 991 234 567",
            "language": "ny", "actorType": "FARMER", "sex": "FEMALE", "ageGroup": "FROM_60",
            "consent": "Said so at the field day in Thyolo, in Chichewa.",
        });
        assert_eq!(town.refused("chisomo", "registerMember", farmer.clone()).await, "FORBIDDEN");
        let selection = "membership { id status role account { id displayName status } }";
        let first = town.done("lameck", "registerMember", farmer.clone(), selection).await["membership"].clone();
        // The phone is shared in the house: who registers the next person isn't told whose it is.
        let next = json!({ "displayName": "Agogo Phiri" });
        let mut second_farmer = farmer.clone();
        second_farmer.as_object_mut().expect("an object").extend(next.as_object().expect("an object").clone());
        let second = town.done("lameck", "registerMember", second_farmer, selection).await["membership"].clone();
        for membership in [&first, &second] {
            assert_eq!((&membership["status"], &membership["account"]["status"]), (&json!("ACTIVE"), &json!("UNCLAIMED")));
        }
        // Written down for her before she ever signed in, and shown as such.
        let account = first["account"]["id"].clone();
        let draft = json!({ "platformId": platform, "authorId": account, "title": "Nthochi zouma", "language": "ny" });
        let selection = "lesson { id authorName recordedOnBehalf recordedBy { displayName } }";
        let lesson = town.done("lameck", "draftLesson", draft, selection).await["lesson"].clone();
        assert_eq!(lesson["authorName"], "Amayi Phiri");
        assert_eq!((&lesson["recordedOnBehalf"], &lesson["recordedBy"]["displayName"]), (&json!(true), &json!("lameck")));

        let code = json!({ "accountId": account });
        let issued = town.done("lameck", "issueSignInCode", code, "code").await["code"].clone();
        let claim = json!({ "login": "+265991234567", "code": issued, "password": "mangoes ripen in march", "consentConfirmed": true });
        let claimed = town.done("", "claimAccount", claim, "account { id status } session { accessToken }").await;
        assert_eq!(claimed["account"], json!({ "id": account, "status": "ACTIVE" }));
        let token = claimed["session"]["accessToken"].as_str().expect("a token");
        let query = "query ($id: ID!) { lesson(id: $id) { title } }";
        let own = town.data(token, query, json!({ "id": lesson["id"] })).await;
        assert_eq!(own["lesson"]["title"], "Nthochi zouma", "she sees the draft that was written for her");
        let logs = town.server().logs();
        assert!(!logs.contains("991234567") && !logs.contains("Phiri"), "{logs}");
    }

    async fn of_facilitators_who_all_leave_at_once_one_stays(backend: Backend) {
        let mut town = Town::start(backend).await;
        let names = ["ada", "ben", "cleo", "dan"];
        for name in names {
            town.member(name, "MWI", "FACILITATOR").await;
        }
        let leave = json!({ "platformId": town.platform("MWI").await });
        let go = async |who: &'static str| town.payload(who, "leavePlatform", leave.clone(), "membership { status }").await;
        let (a, b, c, d) = tokio::join!(go("ada"), go("ben"), go("cleo"), go("dan"));
        let answers = [a, b, c, d];
        let left = answers.iter().filter(|answer| answer["membership"]["status"] == "LEFT").count();
        let told: Vec<&Value> = answers.iter().map(|a| &a["userErrors"][0]["code"]).filter(|code| !code.is_null()).collect();
        assert_eq!((left, told), (3, vec![&json!("LAST_FACILITATOR")]));
    }

    async fn a_request_repeated_under_its_mutation_id_is_answered_again(backend: Backend) {
        let mut town = Town::start(backend).await;
        town.member("lameck", "MWI", "FACILITATOR").await;
        town.person("anil").await;
        let platform = town.platform("MWI").await;
        let ask = |actor: &str| json!({ "mutationId": "m-1", "platformId": platform, "actorType": actor });
        let first = town.done("anil", "requestMembership", ask("FARMER"), "membership { id revision }").await;
        let again = town.done("anil", "requestMembership", ask("FARMER"), "membership { id revision }").await;
        assert_eq!(first, again);
        assert_eq!(town.refused("anil", "requestMembership", ask("TRADER")).await, "MUTATION_ID_REUSED");
    }
}
