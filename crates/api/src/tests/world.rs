//! A small world of members, offices and organisations on a migrated database, whose clock is moved
//! by hand.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use maip_domain::id::{AccountId, AppointmentId, MembershipId, OrganisationId, PlatformId, SessionId};
use maip_domain::sort_key::sort_key;
use maip_domain::time::{Clock, Timestamp};
use maip_persistence::crypto::AccessClaims;
use maip_persistence::services::Services;
use maip_persistence::vocabulary::reference;
use maip_sqlite_trace::Trace;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

use super::library::request;
use super::private::Private;
use crate::request::{Credentials, Execute as _, Request, Response};
use crate::{Api, ApiSettings};

/// A clock that is moved by hand.
struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed))
    }
}

pub struct World {
    api: Api,
    services: Services,
    clock: Arc<Hand>,
    people: BTreeMap<&'static str, AccessClaims>,
    platforms: BTreeMap<&'static str, String>,
    seen: Mutex<String>,
    _private: Private,
}

/// Name, country, role in the country's platform (if any), office (if any).
type Someone = (&'static str, &'static str, Option<&'static str>, Option<&'static str>);

const PEOPLE: &[Someone] = &[
    ("mona", "EGY", Some("MEMBER"), None),
    ("omar", "EGY", Some("MEMBER"), None),
    ("farida", "EGY", Some("FACILITATOR"), None),
    ("grace", "MWI", Some("MEMBER"), None),
    ("lwazi", "MWI", Some("OBSERVER"), None),
    ("nobody", "MWI", None, None),
    ("focal", "EGY", None, Some("NATIONAL_FOCAL_POINT")),
    ("secretary", "ITA", None, Some("EXECUTIVE_SECRETARY")),
    ("admin", "ITA", None, None),
];

impl World {
    pub async fn sqlite() -> Self {
        Self::on(Private::sqlite().await).await
    }

    /// On SQLite, with what that runs.
    pub async fn traced() -> (Self, Trace) {
        let (private, trace) = Private::traced().await;
        (Self::on(private).await, trace)
    }

    pub async fn postgres() -> Self {
        Self::on(Private::postgres().await).await
    }

    async fn on(private: Private) -> Self {
        let clock = Arc::new(Hand(AtomicI64::new(1_800_000_000_000_000)));
        let services = Services { clock: clock.clone(), ..private.services.clone() };
        let (time, entropy) = (services.clock.as_ref(), services.entropy.as_ref());
        reference::load(&services.database, time, entropy).await.unwrap();
        let mut rows = Vec::new();
        let mut platforms = BTreeMap::new();
        for code in ["EGY", "MWI"] {
            let id = PlatformId::generate(time, entropy).into_string();
            let country = reference::country_id(code.parse().unwrap());
            rows.push(format!(
                "INSERT INTO platforms (id, revision, created_at, updated_at, name, sort_key, language, description,
                   country_id, country_code, stage, visibility) VALUES ('{id}', 1, 1, 1, 'P', 'p', 'en', 'd', '{country}',
                   '{code}', 'IMPLEMENTING', 'PUBLIC');"
            ));
            platforms.insert(code, id);
        }
        let mut people = BTreeMap::new();
        for (name, code, role, office) in PEOPLE {
            let id = AccountId::generate(time, entropy);
            let session = SessionId::generate(time, entropy);
            let country = reference::country_id(code.parse().unwrap());
            let (admin, key, end) = (*name == "admin", sort_key(name), i64::MAX / 2);
            rows.push(format!(
                "INSERT INTO accounts (id, revision, created_at, updated_at, status, display_name, sort_key, language,
                   country_id, system_administrator) VALUES ('{id}', 1, 1, 1, 'ACTIVE', '{name}', '{key}', 'en',
                   '{country}', {admin});
                 INSERT INTO sessions (id, account_id, created_at, last_used_at, expires_at)
                   VALUES ('{session}', '{id}', 1, 1, {end});"
            ));
            if let Some(role) = role {
                let membership = MembershipId::generate(time, entropy);
                let platform = &platforms[code];
                rows.push(format!(
                    "INSERT INTO memberships (id, revision, created_at, updated_at, platform_id, platform_country_code,
                       account_id, member_sort_key, role, actor_type, status, since) VALUES ('{membership}', 1, 1, 1,
                       '{platform}', '{code}', '{id}', '{key}', '{role}', 'FARMER', 'ACTIVE', 1);"
                ));
            }
            if let Some(office) = office {
                let appointment = AppointmentId::generate(time, entropy);
                rows.push(format!(
                    "INSERT INTO appointments (id, revision, created_at, updated_at, account_id, kind, country_id,
                       country_code, starts_at, sort_at) VALUES ('{appointment}', 1, 1, 1, '{id}', '{office}', '{country}',
                       '{code}', 1, 1);"
                ));
            }
            people.insert(*name, AccessClaims { account: id, session });
        }
        services.database.writer().execute_unprepared(&rows.concat()).await.unwrap();
        let api = Api::new(services.clone(), ApiSettings::default()).unwrap();
        Self { api, services, clock, people, platforms, seen: Mutex::default(), _private: private }
    }

    /// The account of someone.
    pub fn id(&self, name: &str) -> &str {
        self.people[name].account.as_str()
    }

    /// The platform of a country.
    pub fn platform(&self, country: &str) -> &str {
        &self.platforms[country]
    }

    /// A new organisation, by name, with its managers, cleared for these scopes. It is a member of the
    /// platform of Egypt.
    pub async fn organisation(&self, name: &str, managers: &[&str], scopes: &[&str]) -> String {
        let id = OrganisationId::generate(self.services.clock.as_ref(), self.services.entropy.as_ref());
        let mut rows = vec![format!(
            "INSERT INTO organisations (id, revision, created_at, updated_at, name, sort_key, kind)
               VALUES ('{id}', 1, 1, 1, '{name}', '{}', 'NGO');",
            sort_key(name)
        )];
        for manager in managers {
            rows.push(format!(
                "INSERT INTO organisation_people VALUES ('{id}', '{}', TRUE, 1);",
                self.id(manager)
            ));
        }
        for scope in scopes {
            rows.push(format!(
                "INSERT INTO organisation_clearances (organisation_id, scope, granted_at) VALUES ('{id}', '{scope}', 1);"
            ));
        }
        let membership = MembershipId::generate(self.services.clock.as_ref(), self.services.entropy.as_ref());
        let platform = self.platform("EGY");
        rows.push(format!(
            "INSERT INTO memberships (id, revision, created_at, updated_at, platform_id, platform_country_code,
               organisation_id, member_sort_key, role, actor_type, status, since) VALUES ('{membership}', 1, 1, 1,
               '{platform}', 'EGY', '{id}', 'o', 'MEMBER', 'NGO', 'ACTIVE', 1);"
        ));
        self.run(&rows.concat()).await;
        id.into_string()
    }

    /// Moves the clock.
    pub fn pass(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * Timestamp::SECOND, Ordering::Relaxed);
    }

    /// The present instant, as an API writes it, so many days on.
    pub fn in_days(&self, days: i64) -> String {
        self.clock.now().plus_days(days).to_rfc3339()
    }

    pub async fn run(&self, sql: &str) {
        self.services.database.writer().execute_unprepared(sql).await.unwrap();
    }

    pub async fn count(&self, from: &str) -> i64 {
        let writer = self.services.database.writer();
        let statement =
            Statement::from_string(writer.get_database_backend(), format!("SELECT COUNT(*) FROM {from}"));
        writer.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
    }

    /// Sends as someone of these people, as the holder of a token's secret, or as nobody (`""`).
    pub async fn send(&self, who: &str, query: &str, variables: Value) -> Response {
        let credentials = match self.people.get(who) {
            Some(claims) => self.signed_in(claims).await,
            None if who.is_empty() => Credentials::Anonymous,
            None => Credentials::Bearer(who.to_owned()),
        };
        let variables = match variables {
            Value::Object(map) => Some(map),
            _ => None,
        };
        let response = self.api.execute(Request { variables, credentials, ..request(query) }).await;
        self.seen.lock().unwrap().push_str(&response.body);
        response
    }

    /// The same world behind an API with other settings.
    pub fn api(&self, settings: ApiSettings) -> Api {
        Api::new(self.services.clone(), settings).unwrap()
    }

    /// What the world works with.
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// An access token holds for minutes, and the clock goes by days.
    async fn signed_in(&self, claims: &AccessClaims) -> Credentials {
        let Services { access, database, keyring, entropy, .. } = &self.services;
        let now = (self.clock.now(), entropy.as_ref());
        Credentials::Bearer(access.issue(database, keyring, now, claims).await.unwrap().0)
    }

    /// The answer's `data`, where nothing failed at the top.
    pub async fn data(&self, who: &str, query: &str, variables: Value) -> Value {
        let response = self.send(who, query, variables).await;
        let answer: Value = serde_json::from_str(&response.body).unwrap();
        assert!(answer.get("errors").is_none(), "{query}: {answer}");
        answer["data"].clone()
    }

    /// What a mutation answers: its payload, with `selection` besides `userErrors`.
    pub async fn payload(&self, who: &str, mutation: &str, input: Value, selection: &str) -> Value {
        let capital = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let query = format!(
            "mutation ($input: {capital}!) {{ {mutation}(input: $input) {{ {selection} userErrors {{ field code message }} \
             conflict {{ __typename }} }} }}"
        );
        self.data(who, &query, json!({ "input": input })).await[mutation].clone()
    }

    /// A mutation that must be done; gives the record's `selection`.
    pub async fn done(&self, who: &str, mutation: &str, input: Value, selection: &str) -> Value {
        let payload = self.payload(who, mutation, input, selection).await;
        assert_eq!(payload["userErrors"], json!([]), "{mutation} by {who}");
        payload
    }

    /// A mutation that must be refused; gives the code of the first error and its field.
    pub async fn refused(&self, who: &str, mutation: &str, input: Value) -> (String, String) {
        let payload = self.payload(who, mutation, input, "__typename").await;
        let error = &payload["userErrors"][0];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        assert!(error.is_object(), "{mutation} by {who} is refused: {payload}");
        (text(&error["code"]), text(&error["field"]))
    }

    /// A contact card with an e-mail address and a phone number that contain the owner's name.
    pub async fn card(&self, who: &str) -> String {
        let input = json!({
            "headline": format!("{who} on drying"), "canHelpWith": "Drying dates", "language": "en",
            "details": { "email": format!("{who}@example.org"), "phone": phone(who) },
        });
        let payload = self.done(who, "publishContactCard", input, "card { id }").await;
        payload["card"]["id"].as_str().unwrap().to_owned()
    }

    /// What someone sees of the details of a card: e-mail, phone, status; null where not even the card.
    pub async fn details(&self, who: &str, card: &str) -> Value {
        let query = "query ($id: ID!) { contact(id: $id) { detailsStatus details { email phone } } }";
        let card = self.data(who, query, json!({ "id": card })).await["contact"].clone();
        if card.is_null() {
            return Value::Null;
        }
        json!([card["details"]["email"], card["details"]["phone"], card["detailsStatus"]])
    }

    /// How many readings someone finds in their log of disclosures.
    pub async fn disclosures(&self, who: &str) -> i64 {
        let query = "{ viewer { disclosures { totalCount } } }";
        self.data(who, query, Value::Null).await["viewer"]["disclosures"]["totalCount"].as_i64().unwrap()
    }
}

/// A phone number that is a person's own.
pub fn phone(who: &str) -> String {
    let digits: u64 = who.bytes().fold(0, |sum, byte| (sum * 31 + u64::from(byte)) % 100_000_000);
    format!("+2019{digits:08}")
}

/// Makes two tests of one body over a [`World`], on both databases.
macro_rules! in_the_world {
    ($(async fn $name:ident($world:ident) $body:block)+) => {
        $(
            async fn $name($world: &$crate::tests::world::World) $body

            mod $name {
                use crate::tests::world::World;

                #[tokio::test]
                async fn sqlite() {
                    Box::pin(super::$name(&World::sqlite().await)).await;
                }

                #[tokio::test]
                async fn postgres() {
                    Box::pin(super::$name(&World::postgres().await)).await;
                }
            }
        )+
    };
}
pub(super) use in_the_world;
