//! Story 10. Trinidad and Tobago, cocoa: the platform's facilitator approves members; the focal point suspends one, who
//! loses access at once. (The figures and the report come with other parts.)

use maip_tests::{Backend, Server, Town, on_both};
use serde_json::{Value, json};

const MEMBERSHIP: &str = "membership { id status }";
const MEMBERS: &str = "query ($id: ID!) { platform(id: $id) { members { nodes { account { displayName } } } \
                       lessons { nodes { title } } } }";

/// How many members someone sees in the platform, and how many lessons.
async fn sees(town: &Town, who: &str, platform: &str) -> (usize, usize) {
    let seen = town.data(who, MEMBERS, json!({ "id": platform })).await;
    let count = |list: &str| seen["platform"][list]["nodes"].as_array().map_or(0, Vec::len);
    (count("members"), count("lessons"))
}

on_both! {
    async fn a_member_is_approved_and_a_suspended_one_is_shut_out_at_once(backend: Backend) {
        let mut town = Town::start(backend).await;
        town.member("keisha", "TTO", "FACILITATOR").await;
        town.officer("focal", "TTO", "NATIONAL_FOCAL_POINT").await;
        town.officer("abroad", "BGD", "NATIONAL_FOCAL_POINT").await;
        for newcomer in ["anil", "marcus"] {
            town.person(newcomer).await;
        }
        let platform = town.platform("TTO").await;
        let draft = json!({ "platformId": platform, "title": "Solar drying of cocoa", "language": "en" });
        town.done("keisha", "draftLesson", draft.clone(), "lesson { id }").await;
        let mut ids = Vec::new();
        for newcomer in ["anil", "marcus"] {
            assert_eq!(sees(&town, newcomer, &platform).await, (0, 0), "no member yet");
            let ask = json!({ "platformId": platform, "actorType": "FARMER", "message": "I grow cocoa." });
            let asked = town.done(newcomer, "requestMembership", ask, MEMBERSHIP).await;
            ids.push(json!({ "membershipId": asked["membership"]["id"] }));
            assert_eq!(town.refused(newcomer, "draftLesson", draft.clone()).await, "MEMBERSHIP_NEEDED");
        }
        let queue = "{ membershipRequests { nodes { message account { displayName } } totalCount } }";
        let queue_of = async |who: &str| town.data(who, queue, Value::Null).await["membershipRequests"]["totalCount"].clone();
        assert_eq!((queue_of("keisha").await, queue_of("focal").await), (json!(2), json!(2)));
        assert_eq!((queue_of("anil").await, queue_of("abroad").await), (json!(0), json!(0)));
        assert_eq!(town.refused("abroad", "approveMembership", ids[0].clone()).await, "NOT_FOUND");
        for named in &ids {
            let approved = town.done("keisha", "approveMembership", named.clone(), MEMBERSHIP).await;
            assert_eq!(approved["membership"]["status"], "ACTIVE");
        }
        let mine = town.done("anil", "draftLesson", draft.clone(), "lesson { id revision }").await;
        assert_eq!(sees(&town, "anil", &platform).await, (3, 1));

        // A second node of the same installation knows it as soon as the first.
        let other = Server::on(town.server().database().clone(), &[]).await;
        assert_eq!(town.refused("marcus", "suspendMembership", ids[0].clone()).await, "FORBIDDEN");
        town.done("focal", "suspendMembership", ids[0].clone(), MEMBERSHIP).await;
        let answer = other.post(MEMBERS, json!({ "id": platform }), town.bearer("anil")).await;
        let members = answer.data()["platform"]["members"]["nodes"].as_array().map_or(0, Vec::len);
        assert_eq!(members, 1, "on the other node the own membership is left: {answer}");
        assert_eq!(town.refused("anil", "draftLesson", draft).await, "MEMBERSHIP_NEEDED");
        let edit = json!({ "lessonId": mine["lesson"]["id"], "expectedRevision": 1, "title": "Mine all the same" });
        assert_eq!(town.refused("anil", "updateLesson", edit).await, "MEMBERSHIP_NEEDED");
        // No way of their own leads back in.
        let ask = json!({ "platformId": platform, "actorType": "FARMER" });
        for mutation in ["requestMembership", "leavePlatform"] {
            let input = if mutation == "leavePlatform" { json!({ "platformId": platform }) } else { ask.clone() };
            assert_eq!(town.refused("anil", mutation, input).await, "WRONG_STATE", "{mutation}");
        }
        assert_eq!(town.refused("anil", "reinstateMembership", ids[0].clone()).await, "FORBIDDEN");
        assert_eq!(sees(&town, "marcus", &platform).await.0, 2, "nor is he listed any more");
        town.done("focal", "reinstateMembership", ids[0].clone(), MEMBERSHIP).await;
        assert_eq!(sees(&town, "anil", &platform).await, (3, 1));
        // Suspension wins over the rule that a platform keeps a facilitator; the focal point goes on.
        let query = "query ($id: ID!) { platform(id: $id) { members(filter: { role: [FACILITATOR] }) { nodes { id } } } }";
        let facilitator = town.data("focal", query, json!({ "id": platform })).await;
        let facilitator = json!({ "membershipId": facilitator["platform"]["members"]["nodes"][0]["id"] });
        let leave = json!({ "platformId": platform });
        assert_eq!(town.refused("keisha", "leavePlatform", leave).await, "LAST_FACILITATOR");
        town.done("focal", "suspendMembership", facilitator, MEMBERSHIP).await;
        let promote = json!({ "membershipId": ids[1]["membershipId"], "role": "FACILITATOR" });
        town.done("focal", "changeMemberRole", promote, "membership { role }").await;
    }
}
