//! Accounts from the outside: how people without mail get in, stay in, and get out.

use maip_tests::{Backend, PostOffice, Town, on_both};
use serde_json::{Value, json};

const PHONE: &str = "+265 991 234 567";
const PASSWORD: &str = "mangoes ripen in march";
const SESSION: &str = "account { id displayName } session { accessToken refreshToken }";

async fn malawi(backend: Backend) -> (Town, String) {
    let mut town = Town::start(backend).await;
    town.member("chikondi", "MWI", "FACILITATOR").await;
    town.member("kondwani", "MWI", "MEMBER").await;
    let platform = town.platform("MWI").await;
    (town, platform)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

async fn stands(town: &Town, access: &str) -> bool {
    let answer = town.send(access, "{ viewer { account { id } } }", Value::Null).await;
    assert!(answer.status == 200 || answer.code() == Some("UNAUTHENTICATED"), "{answer}");
    answer.status == 200
}

on_both! {
    async fn a_farmer_with_a_phone_only_is_registered_and_claims_the_account(backend: Backend) {
        let (town, platform) = malawi(backend).await;
        let farmer = json!({
            "platformId": platform, "displayName": "Mphatso Phiri", "loginKind": "PHONE", "login": PHONE, "language": "ny",
            "actorType": "FARMER", "consent": "Said so at the field day, in Chichewa.",
        });
        let made = town.done("chikondi", "registerMember", farmer, "membership { status account { id status } }").await;
        let account = &made["membership"]["account"];
        assert_eq!((&made["membership"]["status"], &account["status"]), (&json!("ACTIVE"), &json!("UNCLAIMED")));

        let whom = json!({ "accountId": account["id"] });
        assert_eq!(town.refused("kondwani", "issueSignInCode", whom.clone()).await, "FORBIDDEN");
        let issued = town.done("chikondi", "issueSignInCode", whom, "code expiresAt purpose account { id }").await;
        assert_eq!((&issued["purpose"], &issued["account"]["id"]), (&json!("CLAIM_ACCOUNT"), &account["id"]));

        // Read out on the phone, and typed with other digits and spaces.
        let code = text(&issued["code"]).replace('-', " ");
        let claim = |code: &str, consent: bool| json!({
            "login": "00265-991-234-567", "code": code, "password": PASSWORD, "consentConfirmed": consent, "label": "Phone",
        });
        assert_eq!(town.refused("", "claimAccount", claim("0000 0000", true)).await, "INVALID_CODE");
        assert_eq!(town.refused("", "claimAccount", claim(&code, false)).await, "CONSENT_REQUIRED");
        let claimed = town.done("", "claimAccount", claim(&code, true), SESSION).await;
        assert_eq!(claimed["account"], json!({ "id": account["id"], "displayName": "Mphatso Phiri" }));
        assert_eq!(town.refused("", "claimAccount", claim(&code, true)).await, "INVALID_CODE");

        let access = text(&claimed["session"]["accessToken"]);
        let viewer = "{ viewer { account { login loginKind status } memberships { role status platform { id } } sessions { label current } } }";
        let seen = town.data(&access, viewer, Value::Null).await["viewer"].clone();
        assert_eq!(seen["account"], json!({ "login": "+265991234567", "loginKind": "PHONE", "status": "ACTIVE" }));
        assert_eq!(seen["memberships"][0]["platform"]["id"], platform.as_str());
        assert_eq!(seen["sessions"], json!([{ "label": "Phone", "current": true }]));
        // Nobody else sees the login, not even who registered it.
        let query = format!("{{ account(id: {}) {{ login displayName }} }}", account["id"]);
        assert_eq!(town.data("chikondi", &query, Value::Null).await["account"]["login"], Value::Null);

        let sign_in = json!({ "login": PHONE, "password": PASSWORD });
        town.done("", "signIn", sign_in, SESSION).await;
        let logs = town.server().logs();
        for secret in ["991234567", PASSWORD, code.as_str(), access.as_str()] {
            assert!(!logs.contains(secret), "{secret} in {logs}");
        }
        let sealed = town.text("SELECT login_sealed FROM accounts WHERE login_kind = 'PHONE'").await.expect("a login");
        assert!(!sealed.contains("991234567"));
    }

    async fn a_farmer_signs_up_and_the_facilitator_reads_out_the_code(backend: Backend) {
        let (town, platform) = malawi(backend).await;
        let sign_up = |login: &str| json!({
            "login": login, "password": PASSWORD, "displayName": "Mphatso Phiri", "language": "ny", "country": "MWI",
            "platformId": platform, "actorType": "FARMER", "message": "I grow bananas in Thyolo.",
        });
        let answer = town.payload("", "signUp", sign_up(PHONE), "codeDelivery").await;
        assert_eq!(answer, json!({ "codeDelivery": "FACILITATOR", "userErrors": [] }));
        // A login in use gets the same answer, and nothing of its account changes.
        let taken = town.payload("", "signUp", sign_up("chikondi.login@example.org"), "codeDelivery").await;
        assert_eq!(taken, answer);
        let sign_in = json!({ "login": PHONE, "password": PASSWORD });
        assert_eq!(town.refused("", "signIn", sign_in.clone()).await, "INVALID_CREDENTIALS");

        let queue = "{ membershipRequests { nodes { id message account { id displayName status } } } }";
        let requests = town.data("chikondi", queue, Value::Null).await["membershipRequests"]["nodes"].clone();
        assert_eq!(requests.as_array().map(Vec::len), Some(1), "{requests}");
        let request = &requests[0];
        assert_eq!(request["account"]["displayName"], "Mphatso Phiri");
        let whom = json!({ "accountId": request["account"]["id"] });
        assert_eq!(town.refused("kondwani", "issueSignInCode", whom.clone()).await, "NOT_FOUND");
        let issued = town.done("chikondi", "issueSignInCode", whom, "code purpose").await;
        assert_eq!(issued["purpose"], "VERIFY_LOGIN");

        let verify = |password: &str| json!({ "login": PHONE, "password": password, "code": issued["code"] });
        assert_eq!(town.refused("", "verifyLogin", verify("another password")).await, "INVALID_CODE");
        let verified = town.done("", "verifyLogin", verify(PASSWORD), SESSION).await;
        let access = text(&verified["session"]["accessToken"]);
        let approve = json!({ "membershipId": request["id"] });
        town.done("chikondi", "approveMembership", approve, "membership { status }").await;
        let member = "{ viewer { memberships { status } } }";
        assert_eq!(town.data(&access, member, Value::Null).await["viewer"]["memberships"], json!([{ "status": "ACTIVE" }]));
        town.done("", "signIn", sign_in, SESSION).await;
    }

    async fn someone_with_mail_gets_a_code_by_mail_and_is_in(backend: Backend) {
        let office = PostOffice::open();
        let url = office.url();
        let town = Town::start_with(backend, &[("MAIP_SMTP_URL", &url), ("MAIP_SMTP_FROM", "MAIP <maip@example.net>")]).await;
        let login = "gulnora@example.org";
        let sign_up = json!({ "login": login, "password": PASSWORD, "displayName": "Gulnora", "language": "en", "country": "UZB" });
        assert_eq!(town.done("", "signUp", sign_up, "codeDelivery").await["codeDelivery"], "EMAIL");
        let mail = office.mail_to(login).await;
        let code = mail.lines().find_map(|line| line.split_whitespace().find(|word| word.len() == 9 && word.chars().nth(4) == Some('-')));
        let code = code.unwrap_or_else(|| panic!("no code in {mail}")).trim_end_matches('.');
        let verify = |code: &str| json!({ "login": login, "password": PASSWORD, "code": code });
        assert_eq!(town.refused("", "verifyLogin", verify("0000-0000")).await, "INVALID_CODE");
        let verified = town.done("", "verifyLogin", verify(code), SESSION).await;
        assert!(stands(&town, &text(&verified["session"]["accessToken"])).await);
        assert!(!town.server().logs().contains(login), "the address is in the log");
    }

    async fn a_stolen_refresh_token_ends_the_session_and_a_lost_reply_does_not(backend: Backend) {
        let (town, _) = malawi(backend).await;
        let password = town.password();
        let signed_in = town.done("", "signIn", json!({ "login": "chikondi.login@example.org", "password": password }), SESSION).await;
        let refresh = async |token: &Value| town.payload("", "refreshSession", json!({ "refreshToken": token }), SESSION).await;
        let first = &signed_in["session"]["refreshToken"];
        let second = refresh(first).await;
        assert_eq!(refresh(first).await["session"]["refreshToken"], second["session"]["refreshToken"], "a lost reply");
        let third = refresh(&second["session"]["refreshToken"]).await;
        let access = text(&third["session"]["accessToken"]);
        assert!(stands(&town, &access).await);
        let stolen = refresh(first).await;
        assert_eq!(stolen["userErrors"][0]["code"], "INVALID_REFRESH_TOKEN");
        assert!(!stands(&town, &access).await);
        assert_eq!(refresh(&third["session"]["refreshToken"]).await["userErrors"][0]["code"], "INVALID_REFRESH_TOKEN");
        assert!(stands(&town, town.bearer("chikondi").expect("signed in")).await, "another device stays signed in");
    }

    async fn a_tampered_token_is_nobodys(backend: Backend) {
        let (town, _) = malawi(backend).await;
        let access = town.bearer("chikondi").expect("signed in").to_owned();
        let parts: Vec<&str> = access.split('.').collect();
        let none = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{}.", parts[1]);
        let cut = &access[..access.len() - 2];
        let foreign = format!("{}.{}.{}", parts[0], town.bearer("kondwani").expect("signed in").split('.').nth(1).expect("a body"), parts[2]);
        for bad in [none.as_str(), cut, foreign.as_str(), "nonsense"] {
            let answer = town.send(bad, "{ __typename viewer { account { id } } }", Value::Null).await;
            assert_eq!((answer.status, answer.code()), (401, Some("UNAUTHENTICATED")), "{answer}");
            assert_eq!(answer.body["data"], Value::Null);
        }
    }

    async fn a_suspended_account_is_out_with_its_next_request(backend: Backend) {
        let (mut town, _) = malawi(backend).await;
        town.administrator("root").await;
        let (whom, access) = (town.id("kondwani").to_owned(), town.bearer("kondwani").expect("signed in").to_owned());
        let revision = town.data("root", &format!("{{ account(id: \"{whom}\") {{ revision }} }}"), Value::Null).await["account"]["revision"].clone();
        let input = json!({ "accountId": whom, "expectedRevision": revision });
        assert_eq!(town.refused("chikondi", "suspendAccount", input.clone()).await, "FORBIDDEN");
        town.done("root", "suspendAccount", input, "account { status }").await;
        assert!(!stands(&town, &access).await);
        let sign_in = json!({ "login": "kondwani.login@example.org", "password": town.password() });
        assert_eq!(town.refused("", "signIn", sign_in.clone()).await, "INVALID_CREDENTIALS");
        let input = json!({ "accountId": whom, "expectedRevision": revision.as_i64().expect("a number") + 1 });
        town.done("root", "reinstateAccount", input, "account { status }").await;
        assert!(!stands(&town, &access).await);
        town.done("", "signIn", sign_in, SESSION).await;
    }

    async fn a_person_takes_their_data_along_and_is_erased(backend: Backend) {
        let (town, platform) = malawi(backend).await;
        let me = town.id("chikondi").to_owned();
        let card = json!({
            "headline": "Banana drying", "canHelpWith": "Solar dryers", "language": "en", "country": "MWI",
            "details": { "phone": "+265999000111" },
        });
        let made = town.done("chikondi", "publishContactCard", card, "card { id }").await;
        let card = text(&made["card"]["id"]);
        let lesson = json!({ "platformId": platform, "title": "Dry bananas in the shade", "language": "en" });
        let lesson = text(&town.done("chikondi", "draftLesson", lesson, "lesson { id }").await["lesson"]["id"]);

        let export = town.done("chikondi", "exportMyData", json!({}), "data").await;
        let held: Value = serde_json::from_str(&text(&export["data"])).expect("a JSON document");
        assert_eq!((&held["login"], &held["memberships"][0]["role"]), (&json!("chikondi.login@example.org"), &json!("FACILITATOR")));
        assert_eq!(held["contactDetails"], json!([{ "contactCard": card, "detail": "PHONE", "value": "+265999000111" }]));
        assert_eq!((&held["lessons"][0]["id"], &held["lessonVersions"][0]["title"]), (&json!(lesson), &json!("Dry bananas in the shade")));

        // The last facilitator of the platform, all the same.
        assert_eq!(town.refused("chikondi", "eraseMyAccount", json!({ "password": "a guess" })).await, "INVALID_CREDENTIALS");
        town.done("chikondi", "eraseMyAccount", json!({ "password": town.password() }), "erased").await;
        assert!(!stands(&town, town.bearer("chikondi").expect("signed in")).await);
        assert_eq!(town.text(&format!("SELECT title FROM lesson_versions WHERE lesson_id = '{lesson}'")).await.as_deref(), Some("Dry bananas in the shade"));
        assert_eq!(town.text(&format!("SELECT status FROM memberships WHERE account_id = '{me}'")).await.as_deref(), Some("LEFT"));
        let name = town.text(&format!("SELECT display_name FROM accounts WHERE id = '{me}'")).await.expect("a row");
        assert!(name.starts_with("Former member "), "{name}");
        for (table, column) in [("contact_details", "card_id"), ("consents", "card_id"), ("sessions", "account_id"), ("one_time_codes", "account_id")] {
            let of = if column == "card_id" { &card } else { &me };
            assert_eq!(town.text(&format!("SELECT 'left' FROM {table} WHERE {column} = '{of}'")).await, None, "{table}");
        }
        assert_eq!(town.text(&format!("SELECT headline FROM contact_cards WHERE id = '{card}'")).await.unwrap_or_default(), "");
        let verified = town.server().database().run(&["audit", "verify"]);
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
        let logs = town.server().logs();
        assert!(!logs.contains("999000111") && !logs.contains("chikondi.login"), "{logs}");
    }

    async fn a_password_is_changed_and_the_other_devices_are_out(backend: Backend) {
        let (town, _) = malawi(backend).await;
        let login = "kondwani.login@example.org";
        let other = town.done("", "signIn", json!({ "login": login, "password": town.password() }), SESSION).await;
        let change = |current: &str, new: &str| json!({ "currentPassword": current, "newPassword": new });
        assert_eq!(town.refused("kondwani", "changePassword", change("a guess", PASSWORD)).await, "INVALID_CREDENTIALS");
        assert_eq!(town.refused("", "signIn", json!({ "login": login, "password": "a guess" })).await, "INVALID_CREDENTIALS");
        assert_eq!(town.refused("kondwani", "changePassword", change(town.password(), "password123")).await, "WEAK_PASSWORD");
        let changed = town.done("kondwani", "changePassword", change(town.password(), PASSWORD), "endedSessions").await;
        assert_eq!(changed["endedSessions"], 1);
        assert!(!stands(&town, &text(&other["session"]["accessToken"])).await);
        assert!(stands(&town, town.bearer("kondwani").expect("signed in")).await);
        assert_eq!(town.refused("", "signIn", json!({ "login": login, "password": town.password() })).await, "INVALID_CREDENTIALS");
        town.done("", "signIn", json!({ "login": login, "password": PASSWORD }), SESSION).await;

        // A lost one comes back by a code that the facilitator reads out.
        let issued = town.done("chikondi", "issueSignInCode", json!({ "accountId": town.id("kondwani") }), "code purpose").await;
        assert_eq!(issued["purpose"], "RESET_PASSWORD");
        let reset = json!({ "login": login, "code": issued["code"], "newPassword": "dates dry in the sun" });
        town.done("", "resetPassword", reset.clone(), "passwordSet").await;
        assert_eq!(town.refused("", "resetPassword", reset).await, "INVALID_CODE");
        assert!(!stands(&town, town.bearer("kondwani").expect("signed in")).await);
        for login in [login, "nobody@example.org"] {
            let asked = town.done("", "requestPasswordReset", json!({ "login": login }), "codeDelivery").await;
            assert_eq!(asked["codeDelivery"], "FACILITATOR");
        }
        let logs = town.server().logs();
        let told: Vec<&str> = logs.lines().filter(|line| line.contains("maip::security")).collect();
        assert!(told.iter().any(|line| line.contains("a sign-in was refused") && line.contains(town.id("kondwani"))), "{logs}");
        assert!(!logs.contains("kondwani.login"), "{logs}");
    }
}
