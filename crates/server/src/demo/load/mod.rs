//! Writes the demonstration's records into a database that has the reference data, in one
//! transaction.

mod attachments;
mod contacts;
mod lessons;
mod people;
mod record;
mod replications;
mod vocabulary;

use std::collections::{BTreeMap, HashMap};

use maip_domain::closed_set::ClosedSet;
use maip_domain::time::Timestamp;
use maip_persistence::bulk::{Begun, Value};
use maip_persistence::search;
use maip_persistence::services::Services;
use maip_persistence::vocabulary::lookup::{self, CountryKeys};

use super::accounts::Accounts;
use super::files::Kept;
use super::records::{Names, Records};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::say;

/// What all parts need.
struct Loading<'a> {
    services: &'a Services,
    transaction: &'a Begun,
    records: &'a Records,
    /// Countries by their code.
    countries: HashMap<String, CountryKeys>,
    /// Concepts by their URI.
    concepts: HashMap<String, String>,
    now: Timestamp,
}

/// Loads everything, and gives who can sign in.
pub async fn load(services: &Services, transaction: &Begun, kept: &[Kept]) -> Outcome<Accounts> {
    let records = Records::read().map_err(broken)?;
    let loading = Loading {
        services,
        transaction,
        records: &records,
        countries: lookup::countries(transaction).await?,
        concepts: lookup::concepts(transaction).await?,
        now: services.now(),
    };
    vocabulary::load(&loading).await?;
    say(format_args!("  {} products, {} projects", records.products.len(), records.projects.len()));
    let passwords = people::make_passwords(&loading).await?;
    people::load(&loading, &passwords).await?;
    say(format_args!("  {} people with {} passwords", records.members.len(), passwords.len()));
    people::load_platforms(&loading).await?;
    let tokens = people::load_organisations(&loading).await?;
    say(format_args!(
        "  {} platforms, {} organisations, {} API tokens",
        records.platforms.len(),
        records.organisations.len(),
        tokens.len()
    ));
    lessons::load(&loading).await?;
    attachments::load(&loading, kept).await?;
    replications::load(&loading).await?;
    say(format_args!(
        "  {} lessons with {} files, {} replications",
        records.lessons.len(),
        kept.len(),
        records.replications.len()
    ));
    contacts::load(&loading).await?;
    contacts::load_introductions(&loading).await?;
    say(format_args!(
        "  {} contact cards, {} introductions",
        records.contact_cards.len(),
        records.introductions.len()
    ));
    search::index_every(transaction).await?;
    say(format_args!("  {} entries in the record of what was done", record::load(&loading).await?));
    let partner_token = tokens.first().map(|(_, token)| token.clone()).unwrap_or_default();
    Ok(Accounts {
        sign_ins: people::sign_ins(&records.members, &passwords),
        partner_token,
        partner_tokens: tokens.into_iter().collect::<BTreeMap<_, _>>(),
    })
}

impl Loading<'_> {
    fn country(&self, code: &str) -> Outcome<&CountryKeys> {
        self.countries.get(code).ok_or_else(|| broken(format!("no country {code}")))
    }

    fn concept(&self, uri: &str) -> Outcome<&str> {
        self.concepts.get(uri).map(String::as_str).ok_or_else(|| broken(format!("no concept {uri}")))
    }

    fn days_ago(&self, days: i64) -> i64 {
        self.now.plus_days(-days).micros()
    }
}

/// A code that its closed set has.
fn code<T: ClosedSet>(code: &str) -> Outcome<&'static str> {
    T::from_code(code).map(ClosedSet::code).ok_or_else(|| broken(format!("{code} is no code of its set")))
}

/// The code, where there is one.
fn optional_code<T: ClosedSet>(text: Option<&str>) -> Outcome<Option<&'static str>> {
    text.map(code::<T>).transpose()
}

/// The name that is shown where nobody asks for a language.
fn main_name(names: &Names) -> &str {
    names.get("en").or_else(|| names.values().next()).map_or("", String::as_str)
}

fn text(value: Option<&str>) -> Value {
    value.unwrap_or_default().into()
}

fn broken(problem: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Internal, format!("the demonstration's records are broken: {problem}"))
}
