//! Access tokens: whose, until when, for whom, and signed with which key.

use super::*;
use crate::tests::{Counting, on_both};
use maip_domain::time::Clock;

const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

struct At(Timestamp);

impl Clock for At {
    fn now(&self) -> Timestamp {
        self.0
    }
}

on_both! {
    async fn a_token_is_accepted_until_its_end_and_by_another_node(database: &Database) {
        let entropy = Counting::new(5);
        let keyring = Keyring::parse(&Keyring::generate(&entropy)).unwrap();
        let claims = AccessClaims {
            account: AccountId::generate(&At(NOW), &entropy),
            session: SessionId::generate(&At(NOW), &entropy),
        };
        let keys = AccessKeys::default();
        let (token, expires) = keys.issue(database, &keyring, (NOW, &entropy), &claims).await.unwrap();
        assert_eq!(expires, NOW.plus_seconds(i64::from(LIFETIME_SECONDS)));
        let other_node = AccessKeys::default();
        let seen = other_node.verify(database, &keyring, NOW.plus_seconds(599), &token).await.unwrap();
        assert_eq!(seen, (claims.clone(), expires));
        let over = other_node.verify(database, &keyring, expires, &token).await;
        assert!(matches!(over, Err(AccessError::Expired)), "{over:?}");

        let brief = AccessKeys::lasting(2);
        let (_, expires) = brief.issue(database, &keyring, (NOW, &entropy), &claims).await.unwrap();
        assert_eq!(expires, NOW.plus_seconds(2));

        let set = keys.key_set(database, &keyring, NOW).await.unwrap();
        assert!(set.contains("\"crv\":\"Ed25519\"") && !set.contains("\"d\""), "{set}");
    }

    async fn a_tampered_or_foreign_token_is_refused(database: &Database) {
        let entropy = Counting::new(6);
        let keyring = Keyring::parse(&Keyring::generate(&entropy)).unwrap();
        let claims = AccessClaims {
            account: AccountId::generate(&At(NOW), &entropy),
            session: SessionId::generate(&At(NOW), &entropy),
        };
        let keys = AccessKeys::default();
        let (token, _) = keys.issue(database, &keyring, (NOW, &entropy), &claims).await.unwrap();
        let mut parts: Vec<&str> = token.split('.').collect();
        let changed = URL_SAFE_NO_PAD.encode(
            String::from_utf8(URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap().replace("maip", "mail"),
        );
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        parts[1] = &changed;
        let tampered = parts.join(".");
        let unsigned = format!("{none}.{}.", token.split('.').nth(1).unwrap());
        for bad in ["", "x", "a.b.c", &tampered, &unsigned, &token[..token.len() - 4]] {
            let result = keys.verify(database, &keyring, NOW, bad).await;
            assert!(matches!(result, Err(AccessError::Invalid)), "{bad}: {result:?}");
        }
    }

    async fn a_token_for_another_service_or_of_another_kind_is_refused(database: &Database) {
        let entropy = Counting::new(8);
        let keyring = Keyring::parse(&Keyring::generate(&entropy)).unwrap();
        let claims = AccessClaims {
            account: AccountId::generate(&At(NOW), &entropy),
            session: SessionId::generate(&At(NOW), &entropy),
        };
        let keys = AccessKeys::default();
        keys.prepare(database, &keyring, (NOW, &entropy)).await.unwrap();
        let signed = |typ: Option<&str>, body: serde_json::Value| {
            let held = keys.held.read().unwrap();
            let key = &held.keys[0];
            let header = Header {
                typ: typ.map(str::to_owned),
                kid: Some(key.id.clone()),
                ..Header::new(Algorithm::EdDSA)
            };
            jsonwebtoken::encode(&header, &body, &key.encoding).unwrap()
        };
        let body = |change: &dyn Fn(&mut serde_json::Map<String, serde_json::Value>)| {
            let mut body = serde_json::json!({
                "iss": ISSUER, "aud": AUDIENCE, "sub": claims.account.as_str(), "sid": claims.session.as_str(),
                "iat": NOW.micros() / Timestamp::SECOND, "exp": NOW.micros() / Timestamp::SECOND + 60,
            });
            change(body.as_object_mut().unwrap());
            body
        };
        let right = signed(Some(TYPE), body(&|_| {}));
        assert_eq!(keys.verify(database, &keyring, NOW, &right).await.unwrap().0, claims);
        let refused = [
            ("no type", signed(None, body(&|_| {}))),
            ("another type", signed(Some("JWT"), body(&|_| {}))),
            ("no audience", signed(Some(TYPE), body(&|body| drop(body.remove("aud"))))),
            ("another audience", signed(Some(TYPE), body(&|body| drop(body.insert("aud".into(), "forum".into()))))),
            ("another issuer", signed(Some(TYPE), body(&|body| drop(body.insert("iss".into(), "forum".into()))))),
        ];
        for (what, token) in refused {
            let result = keys.verify(database, &keyring, NOW, &token).await;
            assert!(matches!(result, Err(AccessError::Invalid)), "{what}: {result:?}");
        }
    }

    async fn keys_rotate_and_the_retired_one_still_verifies(database: &Database) {
        let entropy = Counting::new(7);
        let keyring = Keyring::parse(&Keyring::generate(&entropy)).unwrap();
        let claims = AccessClaims {
            account: AccountId::generate(&At(NOW), &entropy),
            session: SessionId::generate(&At(NOW), &entropy),
        };
        let keys = AccessKeys::default();
        let later = NOW.plus_days(ROTATION_DAYS);
        let before = later.plus_seconds(-1);
        let (old, _) = keys.issue(database, &keyring, (NOW, &entropy), &claims).await.unwrap();
        let (last, _) = keys.issue(database, &keyring, (before, &entropy), &claims).await.unwrap();
        let (new, _) = keys.issue(database, &keyring, (later, &entropy), &claims).await.unwrap();
        let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
        assert_eq!(kid(&old), kid(&last));
        assert_ne!(kid(&last), kid(&new));
        for token in [&last, &new] {
            assert!(keys.verify(database, &keyring, later, token).await.is_ok());
        }
    }
}
