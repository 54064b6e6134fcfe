//! The records of the demonstration, as in `crates/server/demo/*.json`; docs/demo-data.md says what
//! they are. Records name one another by key.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// All files.
#[derive(Debug)]
pub struct Records {
    pub products: Vec<Product>,
    pub projects: Vec<Project>,
    pub country_pairs: Vec<CountryPair>,
    pub platforms: Vec<Platform>,
    pub members: Vec<Member>,
    pub organisations: Vec<Organisation>,
    pub lessons: Vec<Lesson>,
    pub replications: Vec<Replication>,
    pub contact_cards: Vec<ContactCard>,
    pub introductions: Vec<Introduction>,
}

impl Records {
    /// Reads the files that were compiled in.
    pub fn read() -> Result<Self, String> {
        Ok(Self {
            products: file("products", include_str!("../../demo/products.json"))?,
            projects: file("projects", include_str!("../../demo/projects.json"))?,
            country_pairs: file("countryPairs", include_str!("../../demo/countryPairs.json"))?,
            platforms: file("platforms", include_str!("../../demo/platforms.json"))?,
            members: file("members", include_str!("../../demo/members.json"))?,
            organisations: file("organisations", include_str!("../../demo/organisations.json"))?,
            lessons: file("lessons", include_str!("../../demo/lessons.json"))?,
            replications: file("replications", include_str!("../../demo/replications.json"))?,
            contact_cards: file("contactCards", include_str!("../../demo/contactCards.json"))?,
            introductions: file("introductions", include_str!("../../demo/introductions.json"))?,
        })
    }
}

fn file<T: DeserializeOwned>(name: &str, text: &str) -> Result<Vec<T>, String> {
    serde_json::from_str(text).map_err(|error| format!("{name}.json: {error}"))
}

/// Names by language.
pub type Names = BTreeMap<String, String>;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Product {
    pub key: String,
    pub country: String,
    pub concept: String,
    pub names: Names,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Project {
    pub key: String,
    pub symbol: String,
    pub titles: Names,
    pub funding: String,
    pub countries: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CountryPair {
    pub key: String,
    pub project: String,
    pub beneficiary: String,
    pub providers: Vec<String>,
    pub topic: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Platform {
    pub key: String,
    pub country: String,
    pub products: Vec<String>,
    pub stage: String,
    pub names: Names,
    pub description: Described,
    pub visibility: String,
}

#[derive(Debug, Deserialize)]
pub struct Described {
    pub language: String,
    pub text: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Member {
    pub key: String,
    pub display_name: String,
    pub login: Login,
    pub languages: Vec<String>,
    pub country: Option<String>,
    pub actor_type: String,
    pub sex: Option<String>,
    pub age_group: Option<String>,
    pub memberships: Vec<Membership>,
    pub appointments: Vec<Appointment>,
    pub system_administrator: bool,
    pub claimed: bool,
    pub registered_by: Option<String>,
    pub consent_recorded: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Login {
    pub kind: String,
    pub value: String,
}

#[derive(Debug, Deserialize)]
pub struct Membership {
    pub platform: String,
    pub role: String,
    pub status: String,
}

#[derive(Debug, Deserialize)]
pub struct Appointment {
    pub kind: String,
    pub country: Option<String>,
    pub region: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Organisation {
    pub key: String,
    pub kind: String,
    pub country: String,
    pub names: Names,
    pub managers: Vec<String>,
    pub verified: bool,
    pub api_clearance: Option<Clearance>,
    pub token: Option<Token>,
}

#[derive(Debug, Deserialize)]
pub struct Clearance {
    pub scopes: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    pub name: String,
    pub scopes: Vec<String>,
    pub countries: Vec<String>,
    pub expires_in_days: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Lesson {
    pub key: String,
    pub platform: String,
    pub author: String,
    #[serde(default)]
    pub co_authors: Vec<String>,
    pub recorded_by: Option<String>,
    pub on_behalf_of: Option<String>,
    pub attribution: String,
    pub visibility: String,
    pub versions: Vec<Version>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Version {
    pub number: i64,
    pub state: String,
    pub language: String,
    pub title: String,
    #[serde(rename = "abstract")]
    pub gist: Option<String>,
    pub context: Option<String>,
    pub problem: Option<String>,
    pub what_was_done: Option<String>,
    pub result_text: Option<String>,
    pub result: Option<String>,
    #[serde(default)]
    pub enabling_conditions: Vec<String>,
    #[serde(default)]
    pub hindering_conditions: Vec<String>,
    #[serde(default)]
    pub costs: Vec<Cost>,
    pub who_gained: Option<String>,
    pub who_lost: Option<String>,
    #[serde(default)]
    pub concepts: Vec<String>,
    #[serde(default)]
    pub actor_types: Vec<String>,
    pub reviewer: Option<String>,
    pub endorsed_by: Option<String>,
    pub drafted_days_ago: i64,
    pub published_days_ago: Option<i64>,
    #[serde(default)]
    pub review_thread: Vec<ReviewEntry>,
}

#[derive(Debug, Deserialize)]
pub struct Cost {
    pub item: String,
    pub amount: String,
    pub currency: String,
}

#[derive(Debug, Deserialize)]
pub struct ReviewEntry {
    pub by: String,
    pub kind: String,
    pub text: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Replication {
    pub key: String,
    pub lesson: String,
    pub version: i64,
    pub platform: String,
    pub by: String,
    pub status: String,
    pub outcome: Option<String>,
    #[serde(default)]
    pub conditions_held: Vec<String>,
    #[serde(default)]
    pub conditions_missing: Vec<String>,
    pub note: Option<String>,
    pub concluded_as: Option<String>,
    pub verified_by: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactCard {
    pub key: String,
    pub owner: Named,
    pub language: String,
    pub headline: String,
    pub help_with: String,
    pub concepts: Vec<String>,
    pub countries: Vec<String>,
    pub languages: Vec<String>,
    pub visibility: String,
    pub details: BTreeMap<String, Option<String>>,
    #[serde(default)]
    pub consents: Vec<Consent>,
}

/// A record of one of several kinds.
#[derive(Debug, Deserialize)]
pub struct Named {
    pub kind: String,
    pub key: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Consent {
    pub to: Named,
    pub fields: Vec<String>,
    pub purpose: String,
    pub until_days: i64,
    pub withdrawn: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Introduction {
    pub key: String,
    pub requester: String,
    pub contact_card: String,
    #[serde(rename = "language")]
    pub _language: String,
    pub message: String,
    #[serde(default)]
    pub fields_offered: Vec<String>,
    pub status: String,
    #[serde(default)]
    pub fields_shown: Vec<String>,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use maip_domain::closed_set::ClosedSet;
    use maip_domain::lessons::content::Outcome;
    use maip_domain::lessons::replication::ReplicationStatus;
    use maip_domain::lessons::version::VersionState;
    use maip_domain::membership::appointment::AppointmentKind;
    use maip_domain::membership::member::{ActorType, MembershipRole};
    use maip_domain::visibility::Visibility;

    use super::*;

    /// Every code of the set is among these.
    #[track_caller]
    fn all<'a, T: ClosedSet>(codes: impl Iterator<Item = &'a str>) {
        let codes: BTreeSet<&str> = codes.collect();
        for member in T::MEMBERS {
            assert!(codes.contains(member.code), "nothing is {}", member.code);
        }
    }

    #[test]
    fn there_is_someone_or_something_of_each_kind_to_look_at() {
        let records = Records::read().unwrap();
        let members = &records.members;
        assert!(members.len() >= 60);
        all::<ActorType>(members.iter().map(|member| member.actor_type.as_str()));
        all::<MembershipRole>(
            members.iter().flat_map(|member| &member.memberships).map(|one| one.role.as_str()),
        );
        all::<AppointmentKind>(
            members.iter().flat_map(|member| &member.appointments).map(|one| one.kind.as_str()),
        );

        let versions = || records.lessons.iter().flat_map(|lesson| &lesson.versions);
        assert!(records.lessons.len() >= 40);
        all::<VersionState>(versions().map(|version| version.state.as_str()));
        let languages: BTreeSet<&str> = versions().map(|version| version.language.as_str()).collect();
        for language in ["ar", "en", "es", "fr", "ru", "zh"] {
            assert!(languages.contains(language), "no lesson is in {language}");
        }
        let sobering = records.lessons.iter().filter(|lesson| {
            lesson
                .versions
                .iter()
                .any(|version| matches!(version.result.as_deref(), Some("PARTLY" | "FAILED")))
        });
        assert!(sobering.count() >= 8);
        // Who sees a lesson has nothing to do with how it ended.
        for result in ["WORKED", "PARTLY", "FAILED"] {
            let ended_so = records.lessons.iter().filter(|lesson| {
                lesson
                    .versions
                    .iter()
                    .any(|one| one.state == "PUBLISHED" && one.result.as_deref() == Some(result))
            });
            let (public, others): (Vec<_>, Vec<_>) =
                ended_so.partition(|lesson| lesson.visibility == Visibility::Public.code());
            assert!(!others.is_empty() && public.len() > 2 * others.len(), "{result}");
        }

        assert!(records.replications.len() >= 20);
        all::<ReplicationStatus>(records.replications.iter().map(|replication| replication.status.as_str()));
        all::<Outcome>(records.replications.iter().filter_map(|replication| replication.outcome.as_deref()));

        assert!(records.contact_cards.len() >= 25);
        let consented = records.contact_cards.iter().filter(|card| !card.consents.is_empty()).count();
        assert!(consented > 0 && consented < records.contact_cards.len());
        assert!(
            records.organisations.iter().filter(|organisation| organisation.token.is_some()).count() >= 2
        );
        // Who writes lessons has to find the platforms, and to see what came of it.
        for organisation in &records.organisations {
            let scopes = organisation.api_clearance.iter().map(|clearance| &clearance.scopes);
            let scopes = scopes.chain(organisation.token.iter().map(|token| &token.scopes));
            for scopes in scopes.filter(|scopes| scopes.iter().any(|scope| scope == "LESSONS_WRITE")) {
                for needed in ["LESSONS_READ", "PLATFORMS_READ"] {
                    assert!(scopes.iter().any(|scope| scope == needed), "{}: {needed}", organisation.key);
                }
            }
        }
    }

    #[test]
    fn every_key_is_there_once() {
        let records = Records::read().unwrap();
        let mut known = BTreeSet::new();
        let keys = (records.products.iter().map(|record| &record.key))
            .chain(records.projects.iter().map(|record| &record.key))
            .chain(records.platforms.iter().map(|record| &record.key))
            .chain(records.members.iter().map(|record| &record.key))
            .chain(records.organisations.iter().map(|record| &record.key))
            .chain(records.lessons.iter().map(|record| &record.key))
            .chain(records.replications.iter().map(|record| &record.key))
            .chain(records.contact_cards.iter().map(|record| &record.key))
            .chain(records.introductions.iter().map(|record| &record.key));
        for key in keys {
            assert!(known.insert(key), "{key} is there twice");
        }
    }
}
