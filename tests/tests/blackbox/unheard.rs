//! What subscriptions must not tell: events of what a listener couldn't see when it happened, whether they listen as
//! it happens or come again with a cursor of before.

use maip_tests::{Backend, Socket, Town, on_both};
use serde_json::{Value, json};

use crate::subscriptions::{connect, malawi};

const MEMBERS: &str =
    "subscription ($after: String) { membershipChanged(after: $after) { cursor kind membership { id } } }";

async fn listen(town: &Town, who: &str, after: &Value) -> Socket {
    let mut socket = connect(town, who).await;
    socket.subscribe("1", MEMBERS, json!({ "after": after })).await;
    socket
}

/// What happened, event by event, up to a change of roles.
async fn kinds(socket: &mut Socket) -> Vec<String> {
    let mut kinds = Vec::new();
    loop {
        let told = socket.data("1").await["membershipChanged"].clone();
        kinds.push(told["kind"].as_str().unwrap_or_default().trim_start_matches("membership.").to_owned());
        if told["kind"] == "membership.role_changed" {
            return kinds;
        }
    }
}

on_both! {
    async fn fellow_members_are_not_told_that_someone_was_suspended_or_asked_to_join(backend: Backend) {
        let mut town = malawi(backend, &[]).await;
        town.member("fay", "MWI", "FACILITATOR").await;
        town.member("ben", "MWI", "MEMBER").await;
        town.person("newcomer").await;
        let ada = format!("SELECT id FROM memberships WHERE account_id = '{}'", town.id("ada"));
        let ada = json!({ "membershipId": town.text(&ada).await });
        let role = |role: &str| json!({ "membershipId": ada["membershipId"], "role": role });
        let mut live = listen(&town, "ben", &Value::Null).await;
        town.done("fay", "changeMemberRole", role("OBSERVER"), "membership { id }").await;
        let begin = live.data("1").await["membershipChanged"]["cursor"].clone();

        let wish = json!({ "platformId": town.platform("MWI").await, "actorType": "FARMER" });
        let wish = town.done("newcomer", "requestMembership", wish, "membership { id }").await;
        let wish = json!({ "membershipId": wish["membership"]["id"] });
        town.done("fay", "approveMembership", wish, "membership { id }").await;
        town.done("fay", "suspendMembership", ada.clone(), "membership { id }").await;
        town.done("fay", "reinstateMembership", ada.clone(), "membership { id }").await;
        town.done("fay", "changeMemberRole", role("MEMBER"), "membership { id }").await;

        assert_eq!(kinds(&mut live).await, ["approved", "role_changed"]);
        // By now both are members whom ben sees, but not what they were.
        assert_eq!(kinds(&mut listen(&town, "ben", &begin).await).await, ["approved", "role_changed"]);
        // Who manages the platform hears all of it, and everyone what happened to themselves.
        for who in ["fay", "focal"] {
            let all = ["requested", "approved", "suspended", "reinstated", "role_changed"];
            assert_eq!(kinds(&mut listen(&town, who, &begin).await).await, all, "{who}");
        }
        let own = ["approved", "suspended", "reinstated", "role_changed"];
        assert_eq!(kinds(&mut listen(&town, "ada", &begin).await).await, own);
    }
}
