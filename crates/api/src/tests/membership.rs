//! Platforms, members and offices.

use serde_json::{Value, json};

use super::lessons::{full, read, with};
use super::world::{World, in_the_world};

const MEMBERSHIP: &str = "membership { id status role revision }";
const PLATFORM: &str = "platform { id stage revision name names { language text } }";
const PRODUCT: &str = "product_01h455vb4pex5vsknk084sn02q";
const ABROAD: &str = "product_01h455vb4pex5vsknk084sn03q";

/// A product of Egypt and one of Malawi.
async fn products(world: &World) {
    for (id, country) in [(PRODUCT, "EGY"), (ABROAD, "MWI")] {
        let sql = format!(
            "INSERT INTO products (id, country_id, concept_id, name, sort_key) SELECT '{id}', c.id, \
             (SELECT MIN(id) FROM concepts), 'Date', 'date' FROM countries c WHERE c.code = '{country}'"
        );
        world.run(&sql).await;
    }
}

/// The membership of someone in the platform of a country.
async fn membership(world: &World, who: &str, country: &str) -> Value {
    let query = "query ($p: ID!) { platform(id: $p) { members(first: 100) { nodes { id status role account { id } } } } }";
    let found = world.data("secretary", query, json!({ "p": world.platform(country) })).await;
    let nodes = found["platform"]["members"]["nodes"].as_array().unwrap().clone();
    nodes.into_iter().find(|node| node["account"]["id"] == world.id(who)).unwrap_or_default()
}

async fn membership_id(world: &World, who: &str, country: &str) -> String {
    membership(world, who, country).await["id"].as_str().unwrap().to_owned()
}

fn text(payload: &Value, record: &str, field: &str) -> String {
    payload[record][field].as_str().unwrap().to_owned()
}

in_the_world! {
    async fn a_platform_is_proposed_described_and_taken_through_its_cycle(world) {
        products(world).await;
        let id = "platform_01h455vb4pex5vsknk084sn02q";
        let input = json!({
            "id": id, "country": "EGY", "name": "Dates of Siwa", "language": "en", "productIds": [PRODUCT],
            "otherNames": [{ "language": "ar", "name": "تمور سيوة" }],
        });
        for (who, code) in [("", "SIGN_IN_NEEDED"), ("mona", "FORBIDDEN"), ("farida", "FORBIDDEN"), ("admin", "FORBIDDEN")] {
            assert_eq!(world.refused(who, "createPlatform", input.clone()).await.0, code, "{who}");
        }
        for (change, code, field) in [
            (json!({ "productIds": [] }), "REQUIRED", "productIds"),
            (json!({ "productIds": [PRODUCT, ABROAD] }), "NOT_FOUND", "productIds.1"),
            (json!({ "name": " " }), "REQUIRED", "name"),
            (json!({ "country": "XXX" }), "NOT_FOUND", "country"),
            (json!({ "id": "platform_x" }), "INVALID_ID", "id"),
        ] {
            let mut wrong = input.clone();
            wrong.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let expected = (code.to_owned(), field.to_owned());
            assert_eq!(world.refused("focal", "createPlatform", wrong).await, expected, "{change}");
        }
        let made = world.done("focal", "createPlatform", input.clone(), PLATFORM).await;
        assert_eq!(made["platform"]["stage"], "PROPOSED");
        assert_eq!(made["platform"]["names"][1]["text"], "Dates of Siwa");
        // The same again is the same; other words under the same id are not.
        world.done("focal", "createPlatform", input.clone(), PLATFORM).await;
        let other = json!({ "id": id, "country": "EGY", "name": "Other", "language": "en", "productIds": [PRODUCT] });
        assert_eq!(world.refused("focal", "createPlatform", other).await, ("CONFLICT".into(), "id".into()));

        let rename = json!({ "platformId": id, "expectedRevision": 1, "name": "Dates of the oases" });
        assert_eq!(world.refused("mona", "updatePlatform", rename.clone()).await.0, "FORBIDDEN");
        let renamed = world.done("focal", "updatePlatform", rename.clone(), PLATFORM).await;
        assert_eq!(renamed["platform"]["names"], json!([
            { "language": "ar", "text": "تمور سيوة" }, { "language": "en", "text": "Dates of the oases" },
        ]));
        let query = "mutation ($input: UpdatePlatformInput!) { updatePlatform(input: $input) { userErrors { code } \
                     conflict { base mine current { name } } } }";
        let late = world.data("focal", query, json!({ "input": rename })).await;
        let conflict = &late["updatePlatform"]["conflict"];
        assert_eq!(conflict["base"]["name"], "Dates of Siwa");
        assert_eq!(conflict["current"]["name"], "Dates of the oases");
        assert_eq!(conflict["mine"]["name"], "Dates of the oases");

        let to = |stage: &str| json!({ "platformId": id, "to": stage });
        assert_eq!(world.refused("focal", "advancePlatform", to("SCALING")).await.0, "WRONG_STATE");
        assert_eq!(world.refused("mona", "advancePlatform", to("COMMITMENT")).await.0, "FORBIDDEN");
        for stage in ["COMMITMENT", "DORMANT", "COMMITMENT", "DORMANT", "CLOSED"] {
            let payload = world.done("focal", "advancePlatform", to(stage), PLATFORM).await;
            assert_eq!(payload["platform"]["stage"], stage);
        }
        let late = json!({ "platformId": id, "actorType": "FARMER" });
        assert_eq!(world.refused("grace", "requestMembership", late).await.0, "WRONG_STATE");
    }

    async fn who_asks_is_approved_and_who_is_suspended_is_out_at_once(world) {
        let ask = json!({ "platformId": world.platform("EGY"), "actorType": "TRADER", "message": "I buy dates" });
        assert_eq!(world.refused("", "requestMembership", ask.clone()).await.0, "SIGN_IN_NEEDED");
        assert_eq!(world.refused("mona", "requestMembership", ask.clone()).await.0, "WRONG_STATE");
        let asked = world.done("nobody", "requestMembership", ask.clone(), MEMBERSHIP).await;
        assert_eq!(asked["membership"]["status"], "REQUESTED");
        let id = text(&asked, "membership", "id");
        assert_eq!(world.refused("nobody", "requestMembership", ask.clone()).await.0, "WRONG_STATE");

        let queue = "{ membershipRequests { nodes { id message account { id } } } }";
        let waiting = world.data("farida", queue, Value::Null).await;
        assert_eq!(waiting["membershipRequests"]["nodes"][0]["id"], id.as_str());
        assert_eq!(waiting["membershipRequests"]["nodes"][0]["message"], "I buy dates");
        let named = json!({ "membershipId": id });
        assert_eq!(world.refused("nobody", "approveMembership", named.clone()).await.0, "FORBIDDEN");
        // Someone else's request isn't there for those who don't decide about it.
        assert_eq!(world.refused("mona", "approveMembership", named.clone()).await.0, "NOT_FOUND");
        assert_eq!(world.refused("farida", "declineInvitation", named.clone()).await.0, "WRONG_STATE");
        world.done("farida", "declineMembership", named.clone(), MEMBERSHIP).await;
        world.done("nobody", "requestMembership", ask, MEMBERSHIP).await;
        let approved = world.done("farida", "approveMembership", named.clone(), MEMBERSHIP).await;
        assert_eq!(approved["membership"]["status"], "ACTIVE");
        assert_eq!(approved["membership"]["role"], "MEMBER");

        let members = "{ memberships(first: 100) { totalCount } }";
        let seen = async || world.data("nobody", members, Value::Null).await["memberships"]["totalCount"].clone();
        assert_eq!(seen().await, 6, "fellow members, and with them those of every public platform");
        assert_eq!(world.refused("mona", "suspendMembership", named.clone()).await.0, "FORBIDDEN");
        world.done("focal", "suspendMembership", named.clone(), MEMBERSHIP).await;
        assert_eq!(seen().await, 1, "their own membership is left");
        for (mutation, input) in [
            ("leavePlatform", json!({ "platformId": world.platform("EGY") })),
            ("requestMembership", json!({ "platformId": world.platform("EGY"), "actorType": "TRADER" })),
        ] {
            assert_eq!(world.refused("nobody", mutation, input).await.0, "WRONG_STATE", "{mutation}");
        }
        world.done("farida", "reinstateMembership", named, MEMBERSHIP).await;
        assert_eq!(seen().await, 6);
        let leave = json!({ "platformId": world.platform("EGY") });
        let left = world.done("nobody", "leavePlatform", leave, MEMBERSHIP).await;
        assert_eq!(left["membership"]["status"], "LEFT");
    }

    async fn an_invitation_is_answered_by_the_one_invited_alone(world) {
        let platform = world.platform("EGY");
        let invite = |who: &str, role: &str| json!({
            "platformId": platform, "invitee": { "accountId": world.id(who) }, "role": role, "actorType": "RESEARCH",
        });
        assert_eq!(world.refused("mona", "inviteMember", invite("grace", "MEMBER")).await.0, "FORBIDDEN");
        // Whoever isn't anybody's fellow member yet can't be found.
        let unknown = json!({
            "platformId": platform, "actorType": "FARMER",
            "invitee": { "accountId": world.id("grace").replace('0', "1") },
        });
        assert_eq!(
            world.refused("farida", "inviteMember", unknown).await,
            ("NOT_FOUND".into(), "invitee.accountId".into())
        );
        let invited = world.done("farida", "inviteMember", invite("grace", "BROKER"), MEMBERSHIP).await;
        let named = json!({ "membershipId": text(&invited, "membership", "id") });
        for who in ["farida", "focal"] {
            assert_eq!(world.refused(who, "acceptInvitation", named.clone()).await.0, "NOT_YOURS", "{who}");
        }
        assert_eq!(world.refused("mona", "acceptInvitation", named.clone()).await.0, "NOT_FOUND");
        world.done("grace", "declineInvitation", named.clone(), MEMBERSHIP).await;
        assert_eq!(world.refused("grace", "acceptInvitation", named.clone()).await.0, "WRONG_STATE");
        let again = world.done("farida", "inviteMember", invite("grace", "BROKER"), MEMBERSHIP).await;
        assert_eq!(again["membership"]["id"], invited["membership"]["id"]);
        let stale = json!({ "membershipId": again["membership"]["id"], "expectedRevision": 1 });
        assert_eq!(world.refused("grace", "acceptInvitation", stale).await.0, "STALE_REVISION");
        let member = world.done("grace", "acceptInvitation", named, MEMBERSHIP).await;
        assert_eq!(member["membership"]["role"], "BROKER");
    }

    async fn a_platform_keeps_a_facilitator_unless_suspension_says_otherwise(world) {
        let farida = json!({ "membershipId": membership_id(world, "farida", "EGY").await });
        let mona = json!({ "membershipId": membership_id(world, "mona", "EGY").await });
        let role = |named: &Value, role: &str| json!({ "membershipId": named["membershipId"], "role": role });
        let leave = json!({ "platformId": world.platform("EGY") });
        assert_eq!(world.refused("farida", "leavePlatform", leave.clone()).await.0, "LAST_FACILITATOR");
        for who in ["farida", "focal"] {
            let refused = world.refused(who, "changeMemberRole", role(&farida, "MEMBER")).await;
            assert_eq!(refused.0, "LAST_FACILITATOR", "{who}");
        }
        world.done("farida", "changeMemberRole", role(&mona, "FACILITATOR"), MEMBERSHIP).await;
        // Among facilitators nobody is above another.
        for (mutation, input) in
            [("changeMemberRole", role(&mona, "MEMBER")), ("suspendMembership", mona.clone())]
        {
            assert_eq!(world.refused("farida", mutation, input).await.0, "PEER_FACILITATOR", "{mutation}");
        }
        // Who can't sign in facilitates nothing, and so doesn't count.
        world.run(&format!("UPDATE accounts SET status = 'SUSPENDED' WHERE id = '{}'", world.id("mona"))).await;
        assert_eq!(world.refused("farida", "leavePlatform", leave.clone()).await.0, "LAST_FACILITATOR");
        world.run(&format!("UPDATE accounts SET status = 'ACTIVE' WHERE id = '{}'", world.id("mona"))).await;
        world.done("farida", "changeMemberRole", role(&farida, "MEMBER"), MEMBERSHIP).await;
        world.done("focal", "suspendMembership", mona, MEMBERSHIP).await;
        let ask = json!({ "platformId": world.platform("EGY"), "actorType": "TRADER" });
        let asked = world.done("nobody", "requestMembership", ask, MEMBERSHIP).await;
        let named = json!({ "membershipId": asked["membership"]["id"], "role": "FACILITATOR" });
        assert_eq!(world.refused("farida", "approveMembership", named.clone()).await.0, "NOT_FOUND");
        world.done("focal", "approveMembership", named, MEMBERSHIP).await;
    }

    async fn a_farmer_is_registered_and_nobody_learns_whose_login_it_is(world) {
        let farmer = |login: &str| json!({
            "platformId": world.platform("EGY"), "displayName": "Amina", "loginKind": "PHONE", "login": login,
            "language": "ar", "actorType": "FARMER", "sex": "FEMALE", "consent": "said so at the field day",
        });
        let selection = "membership { id status role account { id displayName status } }";
        assert_eq!(world.refused("mona", "registerMember", farmer("+201001234567")).await.0, "FORBIDDEN");
        let mut wrong = farmer("12");
        wrong["consent"] = json!("");
        let payload = world.payload("farida", "registerMember", wrong, selection).await;
        let fields: Vec<&Value> = payload["userErrors"].as_array().unwrap().iter().map(|e| &e["field"]).collect();
        assert_eq!(fields, ["login", "consent"], "a form shows all errors at once");
        let mut above = farmer("+201001234567");
        above["role"] = json!("FACILITATOR");
        assert_eq!(world.refused("farida", "registerMember", above).await, ("INVALID".into(), "role".into()));

        let mut answers = Vec::new();
        for _ in 0..2 {
            let payload = world.done("farida", "registerMember", farmer("+201001234567"), selection).await;
            let mut membership = payload["membership"].clone();
            assert_eq!(membership["account"]["status"], "UNCLAIMED");
            membership["id"] = Value::Null;
            membership["account"]["id"] = Value::Null;
            answers.push(membership);
        }
        assert_eq!(answers[0], answers[1], "the second can't be told from the first");
        assert_eq!(world.count("accounts WHERE status = 'UNCLAIMED'").await, 2);
        assert_eq!(world.count("accounts WHERE status = 'UNCLAIMED' AND login_index IS NOT NULL").await, 1);
        assert_eq!(
            world.count("accounts WHERE recorded_consent = 'said so at the field day' AND recorded_consent_at > 0").await,
            2
        );
        // Made on a device without a network: sent twice, there once.
        let mut offline = farmer("+201007654321");
        offline["id"] = json!("membership_01h455vb4pex5vsknk084sn02q");
        offline["accountId"] = json!("account_01h455vb4pex5vsknk084sn02q");
        for _ in 0..2 {
            let payload = world.done("farida", "registerMember", offline.clone(), selection).await;
            assert_eq!(payload["membership"]["account"]["id"], offline["accountId"]);
        }
        assert_eq!(world.count("accounts WHERE status = 'UNCLAIMED'").await, 3);
    }

    async fn an_organisation_is_a_member_like_a_person(world) {
        let organisation = world.organisation("Banana Union", &["omar"], &[]).await;
        let ask = |platform: &str| json!({
            "platformId": world.platform(platform), "organisationId": organisation, "actorType": "NGO",
        });
        assert_eq!(world.refused("mona", "requestMembership", ask("MWI")).await.0, "FORBIDDEN");
        world.organisation("Other", &["mona"], &[]).await;
        assert_eq!(
            world.refused("mona", "requestMembership", ask("MWI")).await,
            ("NOT_FOUND".into(), "organisationId".into())
        );
        let asked = world.done("omar", "requestMembership", ask("MWI"), MEMBERSHIP).await;
        let id = text(&asked, "membership", "id");
        let role = |role: &str| json!({ "membershipId": id, "role": role });
        assert_eq!(world.refused("secretary", "approveMembership", role("FACILITATOR")).await.0, "INVALID");
        world.done("secretary", "approveMembership", role("OBSERVER"), MEMBERSHIP).await;
        let leave = json!({ "platformId": world.platform("MWI"), "organisationId": organisation });
        assert_eq!(world.refused("grace", "leavePlatform", leave.clone()).await.0, "NOT_YOURS");
        world.done("omar", "leavePlatform", leave, MEMBERSHIP).await;
        let invite = json!({
            "platformId": world.platform("MWI"), "invitee": { "organisationId": organisation }, "actorType": "NGO",
        });
        world.run("UPDATE platforms SET visibility = 'PLATFORM' WHERE country_code = 'MWI'").await;
        world.done("secretary", "inviteMember", invite, MEMBERSHIP).await;
        // Who answers for the organisation sees whereto it is invited.
        let platform = "query ($id: ID!) { platform(id: $id) { name } }";
        let seen = world.data("omar", platform, json!({ "id": world.platform("MWI") })).await;
        assert_eq!(seen["platform"]["name"], "P");
        let unseen = world.data("mona", platform, json!({ "id": world.platform("MWI") })).await;
        assert_eq!(unseen["platform"], Value::Null);
        world.done("omar", "acceptInvitation", json!({ "membershipId": id }), MEMBERSHIP).await;
    }

    async fn offices_are_given_by_those_above_and_end(world) {
        let selection = "appointment { id status revision }";
        let appoint = |who: &str, kind: &str, place: Value| {
            let mut input = json!({ "accountId": world.id(who), "kind": kind });
            input.as_object_mut().unwrap().extend(place.as_object().unwrap().clone());
            input
        };
        let egypt = json!({ "country": "EGY" });
        for (who, input, code, field) in [
            ("", appoint("mona", "TECHNICAL_OFFICER", egypt.clone()), "SIGN_IN_NEEDED", ""),
            ("farida", appoint("mona", "TECHNICAL_OFFICER", egypt.clone()), "FORBIDDEN", "kind"),
            ("focal", appoint("mona", "TECHNICAL_OFFICER", json!({ "country": "MWI" })), "FORBIDDEN", "kind"),
            ("focal", appoint("mona", "NATIONAL_FOCAL_POINT", egypt.clone()), "FORBIDDEN", "kind"),
            ("focal", appoint("mona", "TECHNICAL_OFFICER", json!({})), "REQUIRED", "country"),
            ("secretary", appoint("mona", "PROJECT_OFFICER", egypt.clone()), "INVALID", "country"),
            ("secretary", appoint("mona", "REGIONAL_FOCAL_POINT", json!({})), "REQUIRED", "region"),
            ("admin", appoint("mona", "PROJECT_OFFICER", json!({})), "FORBIDDEN", "kind"),
            ("admin", appoint("admin", "EXECUTIVE_SECRETARY", json!({})), "FORBIDDEN", "kind"),
            ("secretary", appoint("secretary", "EXECUTIVE_SECRETARY", json!({})), "FORBIDDEN", "kind"),
            ("focal", appoint("focal", "TECHNICAL_OFFICER", egypt.clone()), "FORBIDDEN", "kind"),
        ] {
            let refused = world.refused(who, "appoint", input.clone()).await;
            assert_eq!(refused, (code.to_owned(), field.to_owned()), "{who} {input}");
        }
        world.done("admin", "appoint", appoint("grace", "EXECUTIVE_SECRETARY", json!({})), selection).await;
        let made = world.done("focal", "appoint", appoint("mona", "TECHNICAL_OFFICER", egypt.clone()), selection).await;
        assert_eq!(made["appointment"]["status"], "CURRENT");
        let twice = appoint("mona", "TECHNICAL_OFFICER", egypt);
        assert_eq!(world.refused("focal", "appoint", twice).await.0, "CONFLICT");
        let ends = json!({ "appointmentId": text(&made, "appointment", "id") });
        assert_eq!(world.refused("farida", "endAppointment", ends.clone()).await.0, "FORBIDDEN");
        let past = json!({ "appointmentId": ends["appointmentId"], "endsAt": world.in_days(-1) });
        assert_eq!(world.refused("focal", "endAppointment", past).await.0, "INVALID");
        let ended = world.done("focal", "endAppointment", ends.clone(), selection).await;
        assert_eq!(ended["appointment"]["status"], "ENDED");
        assert_eq!(world.refused("focal", "endAppointment", ends).await.0, "WRONG_STATE");
        let region = json!({ "region": "NEAR_EAST_NORTH_AFRICA", "startsAt": world.in_days(1) });
        let later = world.done("secretary", "appoint", appoint("omar", "REGIONAL_FOCAL_POINT", region), selection).await;
        assert_eq!(later["appointment"]["status"], "SCHEDULED");
        // Cancelled before it begins, whether at once or at an instant before its start.
        for ends in [Value::Null, json!(world.in_days(2))] {
            let office = json!({ "country": "EGY", "startsAt": world.in_days(3), "endsAt": world.in_days(9) });
            let dates = "appointment { id status startsAt endsAt revision }";
            let planned = world.done("focal", "appoint", appoint("grace", "TECHNICAL_OFFICER", office), dates).await;
            let end = json!({ "appointmentId": planned["appointment"]["id"], "endsAt": ends });
            let cancelled = world.done("focal", "endAppointment", end.clone(), dates).await["appointment"].clone();
            assert_eq!(cancelled["endsAt"], planned["appointment"]["startsAt"]);
            assert_eq!(cancelled["status"], "ENDED");
            assert_eq!(world.refused("focal", "endAppointment", end).await.0, "WRONG_STATE");
        }
        let cancelled = "{ appointments(filter: { kind: [TECHNICAL_OFFICER], status: [SCHEDULED] }) { totalCount } }";
        assert_eq!(world.data("focal", cancelled, Value::Null).await["appointments"]["totalCount"], 0);
        let focal = appoint("mona", "NATIONAL_FOCAL_POINT", json!({ "country": "EGY" }));
        assert_eq!(world.refused("omar", "appoint", focal.clone()).await.0, "FORBIDDEN");
        world.pass(86_400 + 1);
        world.done("omar", "appoint", focal, selection).await;
    }

    async fn the_task_force_sees_what_goes_on_in_its_country_and_decides_nothing(world) {
        let lesson = async |visibility: &str, steps: &[(&str, &str)]| {
            let input = with(&full(world, visibility).await, json!({ "visibility": visibility }));
            let named = json!({ "lessonId": world.done("mona", "draftLesson", input, "lesson { id }").await["lesson"]["id"] });
            for (who, step) in steps {
                world.done(who, step, named.clone(), "lesson { id }").await;
            }
            named
        };
        let published = [("mona", "submitLesson"), ("focal", "startReview"), ("focal", "publishLesson")];
        let mut shown = Vec::new();
        for visibility in ["MEMBERS", "PLATFORM"] {
            shown.push(lesson(visibility, &published).await);
        }
        let mut hidden = vec![lesson("PRIVATE", &published).await];
        let waiting = lesson("PUBLIC", &published[..1]).await;
        hidden.push(waiting.clone());
        world.run(&format!("UPDATE platforms SET visibility = 'PLATFORM' WHERE id = '{}'", world.platform("EGY"))).await;
        world.run(&format!("UPDATE platforms SET visibility = 'MEMBERS' WHERE id = '{}'", world.platform("MWI"))).await;
        let seen = async |named: &Value| read(world, "nobody", named, "title").await["title"].is_string();
        let platforms = async || world.data("nobody", "{ platforms { totalCount } }", Value::Null).await["platforms"]["totalCount"].clone();
        let nothing = async || {
            for named in shown.iter().chain(&hidden) {
                assert!(!seen(named).await, "{named}");
            }
            assert_eq!(platforms().await, 0);
        };
        nothing().await;
        let office = json!({ "accountId": world.id("nobody"), "kind": "NATIONAL_TASK_FORCE", "country": "EGY" });
        let made = world.done("focal", "appoint", office, "appointment { id status }").await;
        for named in &shown {
            assert!(seen(named).await, "{named}");
        }
        for named in &hidden {
            assert!(!seen(named).await, "{named}");
        }
        assert_eq!(platforms().await, 1, "that of the own country alone");
        let people = world.data("nobody", "{ memberships(filter: { country: [EGY] }) { totalCount } }", Value::Null).await;
        assert_eq!(people["memberships"]["totalCount"], 3);
        // No review, no members, nothing written.
        assert_eq!(world.refused("nobody", "startReview", waiting).await.0, "NOT_FOUND");
        let queue = world.data("nobody", "{ membershipRequests { totalCount } }", Value::Null).await;
        assert_eq!(queue["membershipRequests"]["totalCount"], 0);
        for (step, input, code) in [
            ("draftLesson", json!({ "platformId": world.platform("EGY"), "title": "Drying dates", "language": "en" }), "MEMBERSHIP_NEEDED"),
            ("endorseLesson", shown[0].clone(), "FORBIDDEN"),
            ("withdrawLesson", shown[0].clone(), "FORBIDDEN"),
            ("inviteMember", json!({
                "platformId": world.platform("EGY"), "invitee": { "accountId": world.id("grace") }, "actorType": "FARMER",
            }), "FORBIDDEN"),
        ] {
            assert_eq!(world.refused("nobody", step, input).await.0, code, "{step}");
        }
        world.done("focal", "endAppointment", json!({ "appointmentId": made["appointment"]["id"] }), "appointment { id }").await;
        nothing().await;
    }
}
