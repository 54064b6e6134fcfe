//! A country with a platform and people in it, for tests of what happens when several write at a
//! time.

use std::sync::Arc;

use maip_domain::id::{AccountId, AppointmentId, MembershipId, PlatformId, SessionId};
use sea_orm::ConnectionTrait as _;

use super::database::rows;
use super::{Counting, Hand};
use crate::crypto::{AccessKeys, Keyring, Passwords};
use crate::database::Database;
use crate::read::Dialect;
use crate::read::viewer::Viewer;
use crate::services::{Delivery, Services};
use crate::write::{MutationKey, Unit};

pub(crate) struct Town {
    pub services: Services,
    pub platform: PlatformId,
}

impl Town {
    pub(crate) async fn new(database: &Database) -> Self {
        let clock = Arc::new(Hand::new());
        let entropy = Arc::new(Counting::new(7));
        let keyring = Arc::new(Keyring::parse(&Keyring::generate(entropy.as_ref())).unwrap());
        let platform = PlatformId::generate(clock.as_ref(), entropy.as_ref());
        let services = Services {
            database: database.clone(),
            keyring: keyring.clone(),
            files: crate::files::Files::in_memory(keyring),
            access: Arc::new(AccessKeys::default()),
            passwords: Passwords::new(1),
            feed: crate::record::Feed::default(),
            delivery: Delivery::default(),
            clock,
            entropy,
        };
        let town = Self { services, platform };
        town.run(
            "INSERT INTO countries (id, code, alpha2, region, name, sort_key) \
             VALUES ('country_m', 'MWI', 'MW', 'AFRICA', 'Malawi', 'malawi'); \
             INSERT INTO concepts (id, uri, deprecated, label, sort_key, created_at, updated_at) \
             VALUES ('concept_01h455vb4pex5vsknk084sn02q', 'uri', FALSE, 'bananas', 'bananas', 1, 1)",
        )
        .await;
        town.run(&format!(
            "INSERT INTO platforms (id, revision, created_at, updated_at, name, sort_key, language, description, country_id, \
             country_code, region, stage, visibility) VALUES ('{}', 1, 1, 1, 'P', 'p', 'en', '', 'country_m', 'MWI', \
             'AFRICA', 'IMPLEMENTING', 'PUBLIC')",
            town.platform
        ))
        .await;
        town
    }

    pub(crate) async fn run(&self, sql: &str) {
        self.services.database.writer().execute_unprepared(sql).await.unwrap();
    }

    /// Someone who is signed in.
    pub(crate) async fn person(&self, name: &str) -> Viewer {
        let (clock, entropy) = (self.services.clock.as_ref(), self.services.entropy.as_ref());
        let account = AccountId::generate(clock, entropy);
        let session = SessionId::generate(clock, entropy);
        self.run(&format!(
            "INSERT INTO accounts (id, revision, created_at, updated_at, status, display_name, sort_key, language, \
             system_administrator) VALUES ('{account}', 1, 1, 1, 'ACTIVE', '{name}', '{name}', 'en', FALSE); \
             INSERT INTO sessions (id, account_id, created_at, last_used_at, expires_at) \
             VALUES ('{session}', '{account}', 1, 1, {})",
            i64::MAX
        ))
        .await;
        Viewer::Session { account, session }
    }

    /// A member of the platform, in this role.
    pub(crate) async fn member(&self, name: &str, role: &str) -> Viewer {
        let person = self.person(name).await;
        let id = MembershipId::generate(self.services.clock.as_ref(), self.services.entropy.as_ref());
        self.run(&format!(
            "INSERT INTO memberships (id, revision, created_at, updated_at, platform_id, platform_country_code, account_id, \
             member_sort_key, role, actor_type, status, since) VALUES ('{id}', 1, 1, 1, '{}', 'MWI', '{}', '{name}', \
             '{role}', 'FARMER', 'ACTIVE', 1)",
            self.platform,
            account(&person)
        ))
        .await;
        person
    }

    /// Someone in an office of the country.
    pub(crate) async fn officer(&self, name: &str, kind: &str) -> Viewer {
        let person = self.person(name).await;
        let id = AppointmentId::generate(self.services.clock.as_ref(), self.services.entropy.as_ref());
        let now = self.services.clock.now().micros();
        self.run(&format!(
            "INSERT INTO appointments (id, revision, created_at, updated_at, account_id, kind, country_id, country_code, \
             country_region, starts_at, sort_at) VALUES ('{id}', 1, 1, 1, '{}', '{kind}', 'country_m', 'MWI', 'AFRICA', \
             {now}, {now})",
            account(&person)
        ))
        .await;
        person
    }

    pub(crate) async fn begin(&self, viewer: &Viewer) -> Unit<'_> {
        let key = MutationKey::unrepeated("test");
        Unit::begin(&self.services, viewer, "request", key).await.unwrap()
    }
}

/// The account of someone who is signed in.
pub(crate) fn account(viewer: &Viewer) -> AccountId {
    match viewer {
        Viewer::Session { account, .. } => account.clone(),
        other => panic!("no person: {other:?}"),
    }
}

/// Runs the first write up to its commit, begins the second, and lets the first commit only once the
/// second waits for it.
pub(crate) async fn overlapping<A, B>(
    database: &Database,
    first: impl Future<Output = A>,
    commit: impl AsyncFnOnce(A),
    second: impl Future<Output = B>,
) -> B {
    let ready = first.await;
    let mut second = std::pin::pin!(second);
    loop {
        tokio::select! {
            biased;
            _ = &mut second => panic!("the second write didn't wait for the first"),
            waits = someone_waits(database) => if waits { break },
        }
    }
    commit(ready).await;
    second.await
}

/// On SQLite whoever wants to write waits for the one connection that may.
async fn someone_waits(database: &Database) -> bool {
    database.dialect() == Dialect::Sqlite
        || !rows(
            database,
            "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        )
        .await
        .is_empty()
}
