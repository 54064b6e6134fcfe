//! This API's own declarations: who is let in, what is shown to whom, and that every field can be
//! asked for.

use apollo_compiler::Schema;
use apollo_compiler::schema::{ExtendedType, FieldDefinition};
use maip_domain::identity::token::{TokenKind, TokenSecret};
use maip_persistence::crypto::AccessClaims;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

use super::library::request;
use super::private::Private;
use crate::request::{Credentials, Execute as _, Method, Request, Response};
use crate::{Api, ApiSettings, ResponseStatus};

const ID: &str = "01h455vb4pex5vsknk084sn02q";
const PHONE: &str = "+265991234567";

struct Real {
    api: Api,
    session: Credentials,
    /// May read lessons and contact details.
    token: Credentials,
    private: Private,
}

impl Real {
    /// A person with a contact card, an organisation with a token and a consent that names it.
    async fn new(private: Private) -> Self {
        let services = private.services.clone();
        let entropy = services.entropy.as_ref();
        maip_persistence::vocabulary::reference::load(&services.database, services.clock.as_ref(), entropy)
            .await
            .unwrap();
        let country = maip_persistence::vocabulary::reference::country_id("MWI".parse().unwrap());
        let secret = TokenSecret::generate(TokenKind::Api, entropy);
        let hash = services.keyring.token_digest(secret.expose());
        let sealed = services.keyring.seal("PHONE", &format!("contact_{ID}"), PHONE, entropy);
        let later = i64::MAX / 2;
        let rows = format!(
            "INSERT INTO accounts (id, revision, created_at, updated_at, status, display_name, sort_key, language,
               system_administrator) VALUES ('account_{ID}', 1, 1, 1, 'ACTIVE', 'Grace', 'grace', 'en', FALSE);
             INSERT INTO sessions (id, account_id, created_at, last_used_at, expires_at)
               VALUES ('session_{ID}', 'account_{ID}', 1, 1, {later});
             INSERT INTO organisations (id, revision, created_at, updated_at, name, sort_key, kind)
               VALUES ('organisation_{ID}', 1, 1, 1, 'Seeds', 'seeds', 'NGO');
             INSERT INTO api_tokens (id, revision, created_at, updated_at, organisation_id, name, hint, all_countries,
               expires_at) VALUES ('token_{ID}', 1, 1, 1, 'organisation_{ID}', 'main', 'maip_pat_', TRUE, {later});
             INSERT INTO api_token_secrets VALUES ('{hash}', 'token_{ID}', 1, {later});
             INSERT INTO api_token_scopes VALUES ('token_{ID}', 'CONTACTS_READ'), ('token_{ID}', 'CONTACTS_DETAILS');
             INSERT INTO organisation_clearances (organisation_id, scope, granted_at)
               VALUES ('organisation_{ID}', 'CONTACTS_READ', 1), ('organisation_{ID}', 'CONTACTS_DETAILS', 1);
             INSERT INTO contact_cards (id, revision, created_at, updated_at, created_by, account_id, country_id,
               country_code, visibility, status, headline, can_help_with, language, sort_key)
               VALUES ('contact_{ID}', 1, 1, 1, 'account_{ID}', 'account_{ID}', '{country}', 'MWI', 'PUBLIC',
               'PUBLISHED', 'Banana', 'Drying', 'en', 'grace');
             INSERT INTO contact_details VALUES ('contact_{ID}', 'PHONE', '{sealed}');
             INSERT INTO consents (id, created_at, created_by, card_id, audience, to_organisation_id, purpose, expires_at)
               VALUES ('consent_{ID}', 1, 'account_{ID}', 'contact_{ID}', 'ORGANISATION', 'organisation_{ID}', 'x', {later});
             INSERT INTO consent_fields VALUES ('consent_{ID}', 'PHONE');"
        );
        services.database.writer().execute_unprepared(&rows).await.unwrap();
        let claims = AccessClaims {
            account: format!("account_{ID}").parse().unwrap(),
            session: format!("session_{ID}").parse().unwrap(),
        };
        let now = (services.now(), entropy);
        let (access, _) =
            services.access.issue(&services.database, &services.keyring, now, &claims).await.unwrap();
        Self {
            api: Api::new(services, ApiSettings::default()).unwrap(),
            session: Credentials::Bearer(access),
            token: Credentials::Bearer(secret.expose().to_owned()),
            private,
        }
    }

    async fn send(&self, credentials: &Credentials, query: &str) -> Response {
        self.api.execute(Request { credentials: credentials.clone(), ..request(query) }).await
    }

    async fn ask(&self, credentials: &Credentials, query: &str) -> Value {
        serde_json::from_str(&self.send(credentials, query).await.body).unwrap()
    }

    async fn run(&self, sql: &str) {
        self.private.services.database.writer().execute_unprepared(sql).await.unwrap();
    }

    async fn count(&self, table: &'static str) -> i64 {
        let writer = self.private.services.database.writer();
        let statement =
            Statement::from_string(writer.get_database_backend(), format!("SELECT COUNT(*) FROM {table}"));
        writer.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
    }
}

#[tokio::test]
async fn who_asks_is_known_by_session_or_token_and_no_longer_than_it_holds() {
    let real = Real::new(Private::sqlite().await).await;
    let query = "{ viewer { account { displayName } organisation { name } scopes limits { maxPageSize } } }";
    assert_eq!(real.ask(&Credentials::Anonymous, query).await, json!({ "data": { "viewer": null } }));
    assert_eq!(
        real.ask(&real.session, query).await["data"]["viewer"],
        json!({ "account": { "displayName": "Grace" }, "organisation": null, "scopes": [],
            "limits": { "maxPageSize": 100 } })
    );
    assert_eq!(
        real.ask(&real.token, query).await["data"]["viewer"],
        json!({ "account": null, "organisation": { "name": "Seeds" },
            "scopes": ["CONTACTS_DETAILS", "CONTACTS_READ"], "limits": { "maxPageSize": 100 } })
    );
    let Credentials::Bearer(access) = &real.session else { unreachable!() };
    let mut tampered = access.clone();
    tampered.replace_range(access.len() - 5..access.len() - 4, if access.ends_with('A') { "B" } else { "A" });
    let tampered = real.send(&Credentials::Bearer(format!("{tampered}x")), query).await;
    assert_eq!(tampered.status, ResponseStatus::Unauthenticated, "{}", tampered.body);

    real.run("UPDATE accounts SET status = 'SUSPENDED'").await;
    real.run("UPDATE api_tokens SET revoked_at = 1").await;
    for credentials in [&real.session, &real.token] {
        for query in ["{ viewer { scopes } }", "{ __typename }", "{ __schema { queryType { name } } }"] {
            let refused = real.send(credentials, query).await;
            assert_eq!(refused.status, ResponseStatus::Unauthenticated, "{query}: {}", refused.body);
            assert!(refused.no_store && !refused.body.contains("data"));
        }
    }
}

#[tokio::test]
async fn a_token_without_the_scope_gets_null_and_is_told_why() {
    let real = Real::new(Private::sqlite().await).await;
    let answer = real.ask(&real.token, "{ l: lessons { totalCount } contacts { totalCount } }").await;
    assert_eq!(answer["data"], json!({ "l": null, "contacts": { "totalCount": 1 } }));
    assert_eq!(answer["errors"][0]["path"], json!(["l"]));
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("LESSONS_READ"));
}

#[tokio::test]
async fn contact_details_are_read_by_post_and_logged() {
    for private in [Private::sqlite().await, Private::postgres().await] {
        let real = Real::new(private).await;
        let query = "{ contacts { nodes { headline detailsStatus details { phone email } } } }";
        let get = Request { method: Method::Get, credentials: real.token.clone(), ..request(query) };
        let refused = real.api.execute(get).await;
        assert_eq!(refused.status, ResponseStatus::MutationOverGet);
        assert!(refused.body.contains("\"OPERATION_NOT_ALLOWED\"") && !refused.body.contains("data\""));
        let stranger = real.send(&Credentials::Anonymous, query).await;
        assert!(stranger.body.contains("NO_CONSENT") && !stranger.body.contains("+265"), "{}", stranger.body);
        assert!(stranger.no_store);
        assert_eq!(real.count("disclosures").await, 0);

        let answer = real.send(&real.token, query).await;
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(
            body["data"]["contacts"]["nodes"],
            json!([{ "headline": "Banana", "detailsStatus": "VISIBLE", "details": { "phone": PHONE, "email": null } }])
        );
        assert!(answer.no_store);
        assert_eq!(real.count("disclosures").await, 1);

        real.run("UPDATE consents SET withdrawn_at = 2").await;
        let answer = real.ask(&real.token, query).await;
        assert_eq!(
            answer["data"]["contacts"]["nodes"][0],
            json!({ "headline": "Banana", "detailsStatus": "NO_CONSENT", "details": { "phone": null, "email": null } })
        );
        assert_eq!(real.count("disclosures").await, 1);
    }
}

/// The selection of a type: its scalars, and of each other field the type's name.
fn everything(schema: &Schema, ty: &str, deeper: bool) -> String {
    let mut fields = vec!["__typename".to_owned()];
    let Some(ExtendedType::Object(object)) = schema.types.get(ty) else { return "{ __typename }".to_owned() };
    for (name, field) in &object.fields {
        let inner = field.ty.inner_named_type();
        match schema.types.get(inner) {
            Some(ExtendedType::Object(_) | ExtendedType::Interface(_) | ExtendedType::Union(_)) if deeper => {
                let arguments = few(field);
                fields.push(format!(
                    "{name}{arguments} {}",
                    everything(schema, inner, inner.ends_with("Connection"))
                ));
            }
            Some(ExtendedType::Object(_) | ExtendedType::Interface(_) | ExtendedType::Union(_)) => {
                fields.push(format!("{name} {{ __typename }}"));
            }
            _ => fields.push(name.to_string()),
        }
    }
    // A connection below would need arguments of its own.
    fields.retain(|field| deeper || !field.contains("__typename }") || !needs_arguments(object, field));
    format!("{{ {} }}", fields.join(" "))
}

fn needs_arguments(object: &apollo_compiler::schema::ObjectType, field: &str) -> bool {
    let name = field.split_whitespace().next().unwrap_or_default();
    object.fields.get(name).is_some_and(|field| field.is_required_argument())
}

trait Required {
    fn is_required_argument(&self) -> bool;
}

impl Required for FieldDefinition {
    fn is_required_argument(&self) -> bool {
        self.arguments.iter().any(|argument| argument.is_required())
    }
}

fn few(field: &FieldDefinition) -> &'static str {
    if field.arguments.iter().any(|argument| argument.name == "first") { "(first: 1)" } else { "" }
}

#[tokio::test]
async fn every_field_of_every_root_can_be_asked_for_by_everyone() {
    let schema = Schema::parse_and_validate(Api::sdl(), "schema.graphql").unwrap();
    let query = schema.get_object("Query").unwrap();
    let (sqlite, postgres) =
        (Real::new(Private::sqlite().await).await, Real::new(Private::postgres().await).await);
    let mut asked = 0;
    for (name, field) in &query.fields {
        let ty = field.ty.inner_named_type();
        let of = ty.strip_suffix("Connection").unwrap_or(ty);
        let arguments = match name.as_str() {
            "node" => format!("(id: \"account_{ID}\")"),
            "nodes" => format!("(ids: [\"contact_{ID}\", \"account_{ID}\"])"),
            "_entities" => format!(
                "(representations: [{{ __typename: \"Lesson\", id: \"lesson_{ID}\" }}, {{ __typename: \"Country\", code: \"MWI\" }}])"
            ),
            "search" => "(query: \"banana\", first: 1)".to_owned(),
            "suggest" => "(text: \"ban\", first: 1)".to_owned(),
            _ if !few(field).is_empty() => "(first: 1)".to_owned(),
            _ => match field.arguments.first() {
                Some(argument) if argument.name == "id" => {
                    let prefix =
                        maip_persistence::schema::entity(of).and_then(|entity| entity.prefix).unwrap();
                    format!("(id: \"{prefix}_{ID}\")")
                }
                Some(argument) => format!("({}: \"MWI\")", argument.name),
                None => String::new(),
            },
        };
        let operation = format!("{{ {name}{arguments} {} }}", everything(&schema, ty, true));
        for who in [
            |_: &Real| Credentials::Anonymous,
            |real: &Real| real.session.clone(),
            |real: &Real| real.token.clone(),
        ] {
            let one = sqlite.send(&who(&sqlite), &operation).await;
            let other = postgres.send(&who(&postgres), &operation).await;
            assert_eq!(one.status, ResponseStatus::Executed, "{operation}: {}", one.body);
            assert!(
                !one.body.contains("INTERNAL") && !one.body.contains("BAD_USER_INPUT"),
                "{operation}: {}",
                one.body
            );
            assert_eq!(one.body, other.body, "{operation}");
            asked += 1;
        }
    }
    assert!(asked > 60, "{asked}");
}
