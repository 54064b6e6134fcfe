//! Signing in and out as a client sees it, with a clock to turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use maip_domain::time::{Clock, Timestamp};
use maip_persistence::identity::admin;
use serde_json::{Value, json};

use super::library::request;
use super::private::Private;
use crate::request::{Credentials, Execute as _, Request, Response};
use crate::{Api, ApiSettings, ResponseStatus};

const PASSWORD: &str = "mangoes ripen in march";
const VIEWER: &str = "{ viewer { account { displayName } } }";
const SESSION: &str = "account { id revision } session { sessionId accessToken accessTokenExpiresAt refreshToken expiresAt } \
                       userErrors { field code }";

struct Turned(AtomicI64);

impl Clock for Turned {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed))
    }
}

struct Gate {
    api: Api,
    clock: Arc<Turned>,
    _private: Private,
}

impl Gate {
    /// With two system administrators, `root` and `second`.
    async fn new(private: Private) -> Self {
        let clock = Arc::new(Turned(AtomicI64::new(1_800_000_000_000_000)));
        let mut services = private.services.clone();
        services.clock = clock.clone();
        for name in ["root", "second"] {
            let login = format!("{name}@example.org");
            admin::create_administrator(&services, &login, PASSWORD, name).await.unwrap();
        }
        let api = Api::new(services, ApiSettings::default()).unwrap();
        Self { api, clock, _private: private }
    }

    fn advance(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * Timestamp::SECOND, Ordering::Relaxed);
    }

    async fn send(&self, bearer: Option<&str>, query: &str, variables: Value) -> Response {
        let credentials =
            bearer.map_or(Credentials::Anonymous, |token| Credentials::Bearer(token.to_owned()));
        let variables = variables.as_object().cloned();
        self.api.execute(Request { variables, credentials, ..request(query) }).await
    }

    /// The payload of a mutation.
    async fn write(&self, bearer: Option<&str>, name: &str, input: Value, selection: &str) -> Value {
        let input_type = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        let query =
            format!("mutation ($input: {input_type}!) {{ done: {name}(input: $input) {{ {selection} }} }}");
        let response = self.send(bearer, &query, json!({ "input": input })).await;
        assert!(response.no_store);
        let answer: Value = serde_json::from_str(&response.body).unwrap();
        assert!(answer.get("errors").is_none(), "{name}: {answer}");
        answer["data"]["done"].clone()
    }

    async fn sign_in(&self, name: &str) -> Value {
        let input =
            json!({ "login": format!("{name}@example.org"), "password": PASSWORD, "label": "tablet" });
        let payload = self.write(None, "signIn", input, SESSION).await;
        assert_eq!(payload["userErrors"], json!([]));
        payload
    }

    async fn status(&self, bearer: &str) -> ResponseStatus {
        self.send(Some(bearer), VIEWER, Value::Null).await.status
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

async fn a_session_lives_as_its_tokens_say(private: Private) {
    let gate = Gate::new(private).await;
    let signed_in = gate.sign_in("root").await;
    assert_eq!(signed_in["session"]["accessTokenExpiresAt"], "2027-01-15T08:10:00.000000Z");
    let access = text(&signed_in["session"]["accessToken"]);
    let answer = gate.send(Some(access), VIEWER, Value::Null).await;
    assert_eq!(answer.body, r#"{"data":{"viewer":{"account":{"displayName":"root"}}}}"#);

    let (head, signature) = access.rsplit_once('.').unwrap();
    let other = if signature.starts_with('A') { "B" } else { "A" };
    let tampered = format!("{head}.{other}{}", &signature[1..]);
    let refresh = text(&signed_in["session"]["refreshToken"]);
    for bad in [tampered.as_str(), &access[..access.len() - 1], "maip_pat_x", refresh, "x", ""] {
        let answer = gate.send(Some(bad), VIEWER, Value::Null).await;
        assert_eq!(answer.status, ResponseStatus::Unauthenticated, "{bad}: {}", answer.body);
        assert!(!answer.body.contains("expired") && !answer.body.contains("data"), "{}", answer.body);
    }

    gate.advance(599);
    assert_eq!(gate.status(access).await, ResponseStatus::Executed);
    gate.advance(1);
    let over = gate.send(Some(access), VIEWER, Value::Null).await;
    assert_eq!(over.status, ResponseStatus::Unauthenticated);
    assert!(over.body.contains("expired") && over.body.contains("UNAUTHENTICATED"), "{}", over.body);

    let renewed = gate.write(None, "refreshSession", json!({ "refreshToken": refresh }), SESSION).await;
    assert_eq!(renewed["session"]["sessionId"], signed_in["session"]["sessionId"]);
    assert_eq!(renewed["account"], signed_in["account"]);
    let access = text(&renewed["session"]["accessToken"]);
    assert_eq!(gate.status(access).await, ResponseStatus::Executed);

    let ended = gate.write(Some(access), "signOut", json!({}), "signedOut userErrors { code }").await;
    assert_eq!(ended, json!({ "signedOut": true, "userErrors": [] }));
    assert_eq!(gate.status(access).await, ResponseStatus::Unauthenticated);
}

async fn a_suspended_account_is_out_at_once_and_comes_back_by_signing_in(private: Private) {
    let gate = Gate::new(private).await;
    let (root, second) = (gate.sign_in("root").await, gate.sign_in("second").await);
    let (root, access) = (text(&root["session"]["accessToken"]), text(&second["session"]["accessToken"]));
    assert_eq!(gate.status(access).await, ResponseStatus::Executed);
    let input = json!({ "accountId": second["account"]["id"], "expectedRevision": 1 });
    let selection = "account { status revision } userErrors { code } conflict { currentRevision }";
    let done = gate.write(Some(root), "suspendAccount", input.clone(), selection).await;
    assert_eq!(done["account"], json!({ "status": "SUSPENDED", "revision": 2 }));
    assert_eq!(gate.status(access).await, ResponseStatus::Unauthenticated);
    let refresh = json!({ "refreshToken": second["session"]["refreshToken"] });
    let refused = gate.write(None, "refreshSession", refresh, "userErrors { code }").await;
    assert_eq!(refused["userErrors"][0]["code"], "INVALID_REFRESH_TOKEN");

    let stale = gate.write(Some(root), "reinstateAccount", input, selection).await;
    assert_eq!(stale["userErrors"][0]["code"], "STALE_REVISION");
    assert_eq!(stale["conflict"]["currentRevision"], 2);
    let input = json!({ "accountId": second["account"]["id"], "expectedRevision": 2 });
    let done = gate.write(Some(root), "reinstateAccount", input, selection).await;
    assert_eq!(done["account"]["status"], "ACTIVE");
    assert_eq!(gate.status(access).await, ResponseStatus::Unauthenticated, "its sessions don't come back");
    gate.sign_in("second").await;
}

async fn what_a_client_can_mend_is_said_at_its_field(private: Private) {
    let gate = Gate::new(private).await;
    let errors = "userErrors { field code }";
    let sign_up =
        json!({ "login": "not a login", "password": "short", "displayName": "\u{7}", "language": "en" });
    let refused = gate.write(None, "signUp", sign_up, errors).await;
    assert_eq!(
        refused["userErrors"],
        json!([{ "field": "login", "code": "INVALID" }, { "field": "displayName", "code": "CONTROL_CHARACTER" }])
    );
    let weak = json!({ "login": "amina", "password": "123456", "displayName": "Amina", "language": "en" });
    let refused = gate.write(None, "signUp", weak, errors).await;
    // Nothing can be sent here, so only a facilitator could read a code out.
    assert_eq!(
        refused["userErrors"],
        json!([{ "field": "password", "code": "WEAK_PASSWORD" }, { "field": "platformId", "code": "REQUIRED" }])
    );
    let code = json!({ "login": "amina", "password": "480213", "code": "1234" });
    let refused = gate.write(None, "verifyLogin", code, errors).await;
    assert_eq!(refused["userErrors"], json!([{ "field": "code", "code": "INVALID_CODE" }]));
    for (mutation, input) in [
        ("changePassword", json!({ "currentPassword": "x", "newPassword": "y" })),
        ("updateMyAccount", json!({ "expectedRevision": 1 })),
        ("exportMyData", json!({})),
        ("eraseMyAccount", json!({ "password": "x" })),
        ("signOut", json!({})),
        ("signOutEverywhere", json!({})),
    ] {
        let refused = gate.write(None, mutation, input, errors).await;
        assert_eq!(refused["userErrors"], json!([{ "field": null, "code": "SIGN_IN_NEEDED" }]), "{mutation}");
    }
    let nobody = json!({ "accountId": "account_01h455vb4pex5vsknk084sn02q" });
    let refused = gate.write(None, "issueSignInCode", nobody, errors).await;
    assert_eq!(refused["userErrors"], json!([{ "field": "accountId", "code": "NOT_FOUND" }]));
}

async fn a_repeated_change_of_password_is_answered_as_before(private: Private) {
    let gate = Gate::new(private).await;
    let me = gate.sign_in("root").await;
    gate.sign_in("root").await;
    let access = text(&me["session"]["accessToken"]);
    let change =
        json!({ "currentPassword": PASSWORD, "newPassword": "dates dry in the sun", "mutationId": "m1" });
    let selection = "endedSessions account { id } userErrors { code }";
    let done = gate.write(Some(access), "changePassword", change.clone(), selection).await;
    assert_eq!((&done["endedSessions"], &done["userErrors"]), (&json!(1), &json!([])));
    // More often than wrong passwords may be tried.
    for _ in 0..8 {
        assert_eq!(gate.write(Some(access), "changePassword", change.clone(), selection).await, done);
    }
    let other = json!({ "currentPassword": "x", "newPassword": "y", "mutationId": "m1" });
    let refused = gate.write(Some(access), "changePassword", other, selection).await;
    assert_eq!(refused["userErrors"][0]["code"], "MUTATION_ID_REUSED");
}

async fn people_change_take_and_erase_what_is_theirs(private: Private) {
    let gate = Gate::new(private).await;
    let me = gate.sign_in("second").await;
    let access = text(&me["session"]["accessToken"]);
    let edit = json!({ "expectedRevision": 1, "displayName": "Amina", "sex": "FEMALE", "ageGroup": "FROM_25_TO_34" });
    let selection = "account { displayName sex ageGroup country { code } revision } userErrors { code }";
    let changed = gate.write(Some(access), "updateMyAccount", edit, selection).await;
    assert_eq!(
        changed["account"],
        json!({ "displayName": "Amina", "sex": "FEMALE", "ageGroup": "FROM_25_TO_34", "country": null, "revision": 2 })
    );
    let edit = json!({ "expectedRevision": 2, "sex": null });
    let changed = gate.write(Some(access), "updateMyAccount", edit, selection).await;
    assert_eq!(
        (&changed["account"]["sex"], &changed["account"]["ageGroup"]),
        (&Value::Null, &json!("FROM_25_TO_34"))
    );

    let export = gate.write(Some(access), "exportMyData", json!({ "pretty": true }), "data").await;
    let document: Value = serde_json::from_str(text(&export["data"])).unwrap();
    assert_eq!(
        (&document["login"], &document["account"][0]["displayName"]),
        (&json!("second@example.org"), &json!("Amina"))
    );

    let erase = |password: &str| json!({ "password": password });
    let errors = "erased userErrors { field code }";
    let refused = gate.write(Some(access), "eraseMyAccount", erase("guess"), errors).await;
    assert_eq!(refused["userErrors"], json!([{ "field": "password", "code": "INVALID_CREDENTIALS" }]));
    let erased = gate.write(Some(access), "eraseMyAccount", erase(PASSWORD), errors).await;
    assert_eq!(erased, json!({ "erased": true, "userErrors": [] }));
    assert_eq!(gate.status(access).await, ResponseStatus::Unauthenticated);
    let root = gate.sign_in("root").await;
    let query = format!("{{ account(id: {}) {{ displayName status }} }}", me["account"]["id"]);
    let seen = gate.send(Some(text(&root["session"]["accessToken"])), &query, Value::Null).await.body;
    assert!(seen.contains("Former member") && seen.contains("ERASED") && !seen.contains("Amina"), "{seen}");
}

macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(super::Private::sqlite().await).await;
            })+
        }

        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name(super::Private::postgres().await).await;
            })+
        }
    };
}

on_both!(
    a_session_lives_as_its_tokens_say,
    a_suspended_account_is_out_at_once_and_comes_back_by_signing_in,
    what_a_client_can_mend_is_said_at_its_field,
    a_repeated_change_of_password_is_answered_as_before,
    people_change_take_and_erase_what_is_theirs,
);
