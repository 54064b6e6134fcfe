//! What the audit keeps of what a person sent, before and after their erasure.

use maip_domain::identity::AccountStatus;

use super::{House, PASSWORD};
use crate::database::Database;
use crate::identity::erasure;
use crate::record::sequencer::{Sequencer, Step};
use crate::record::verify::verify;
use crate::tests::database::rows;
use crate::tests::on_both;
use crate::write::Digest;

const LOGIN: &str = "+265991234567";
const DIGESTS: &str = "SELECT values_digest FROM audit_entries WHERE values_digest IS NOT NULL";

async fn seal_all(house: &House) {
    // Past the lease of the one before.
    house.clock.advance(60);
    let services = &house.services;
    let sequencer =
        Sequencer::new(services.database.clone(), services.clock.clone(), services.entropy.as_ref());
    while !rows(&services.database, "SELECT id FROM audit_entries WHERE position IS NULL").await.is_empty() {
        assert_ne!(sequencer.step().await.unwrap(), Step::Aside);
    }
}

on_both! {
    async fn what_was_sent_is_kept_as_a_digest_that_needs_key_and_salt(database: &Database) {
        let house = House::new(database);
        house.account(LOGIN, AccountStatus::Active).await;
        let other = house.account("other@example.org", AccountStatus::Active).await;
        let me = house.sign_in(LOGIN, PASSWORD).await.unwrap();
        house.sign_in("other@example.org", PASSWORD).await.unwrap();
        let kept = rows(database, DIGESTS).await;
        assert_eq!(kept.len(), 2, "{kept:?}");
        // The same was sent by both, under two salts; and neither is what anybody can compute.
        assert_ne!(kept[0], kept[1]);
        let plain = Digest::of(&serde_json::Value::Null);
        assert!(!kept.iter().any(|digest| digest == plain.as_str()));
        let salt = rows(database, &format!("SELECT audit_salt FROM accounts WHERE id = '{other}'")).await;
        assert!(!kept.contains(&Digest::of(&serde_json::json!([salt[0], plain.as_str()])).as_str().to_owned()));

        seal_all(&house).await;
        let viewer = me.read_as.unwrap();
        let confirmed = erasure::confirm(&house.services, &viewer, PASSWORD).await.unwrap();
        erasure::erase(house.begin_alone(&viewer).await, &confirmed).await.unwrap();
        assert!(verify(database).await.unwrap().is_intact());
        seal_all(&house).await;
        let outcome = verify(database).await.unwrap();
        assert!(outcome.is_intact() && outcome.sealed >= 3, "{outcome}");
        // The erasure itself has none any more: its salt was gone.
        assert_eq!(rows(database, DIGESTS).await, kept);
    }
}
