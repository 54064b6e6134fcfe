//! When a token was last used.

use std::collections::BTreeSet;

use maip_domain::identity::Scope;

use super::super::api_tokens::{self, NewToken};
use super::*;
use crate::background::Background;
use crate::read::plan::ReadPlan;
use crate::read::run::{Opening, run};
use crate::tests::database::rows;
use crate::tests::on_both;

const ORGANISATION: &str = "organisation_01h455vb4pex5vsknk084sn02q";

impl House {
    async fn read_as(&self, viewer: &Viewer) {
        let services = &self.services;
        let (clock, entropy) = (self.clock.as_ref(), services.entropy.as_ref());
        let plan = ReadPlan::new(viewer.clone(), services.now(), Vec::new());
        let opening = Opening {
            unsealer: services.keyring.as_ref(),
            addresses: services.files.addresses.as_ref(),
            clock,
            entropy,
        };
        run(&services.database, &plan, &opening).await.unwrap();
    }

    /// What the background work writes when it stops.
    async fn last_use(&self) -> Vec<String> {
        Background::new(&self.services, Vec::new(), 30).run(async {}).await;
        rows(&self.services.database, "SELECT COALESCE(CAST(last_used_at AS text), '-') FROM api_tokens")
            .await
    }
}

on_both! {
    async fn the_last_use_of_a_token_is_known_to_the_minute(database: &Database) {
        use sea_orm::ConnectionTrait as _;
        let house = House::new(database);
        let sql = format!(
            "INSERT INTO organisations (id, revision, created_at, updated_at, name, sort_key, kind) \
             VALUES ('{ORGANISATION}', 1, 1, 1, 'Growers', 'growers', 'PRODUCER'); \
             INSERT INTO organisation_clearances (organisation_id, scope, granted_at) VALUES ('{ORGANISATION}', 'LESSONS_READ', 1)"
        );
        database.writer().execute_unprepared(&sql).await.unwrap();
        let new = NewToken {
            organisation: ORGANISATION.parse().unwrap(),
            name: "t".to_owned(),
            scopes: BTreeSet::from([Scope::LessonsRead]),
            countries: None,
            expires: None,
        };
        let (_, secret) = api_tokens::create(&house.services, new).await.unwrap();
        let digest = |secret: &str| Viewer::Token { secret_hash: house.services.keyring.token_digest(secret) };
        house.read_as(&digest("maip_pat_wrong")).await;
        assert_eq!(house.last_use().await, ["-"]);

        let (token, first) = (digest(secret.expose()), house.services.now());
        house.read_as(&token).await;
        assert_eq!(house.last_use().await, [first.micros().to_string()]);
        house.clock.advance(59);
        house.read_as(&token).await;
        assert_eq!(house.last_use().await, [first.micros().to_string()]);
        house.clock.advance(1);
        house.read_as(&token).await;
        assert_eq!(house.last_use().await, [first.plus_seconds(60).micros().to_string()]);
    }
}
