//! What every installation knows before anyone writes to it: countries, languages and a starter
//! vocabulary, as in `data/*.tsv`.

use std::collections::HashSet;
use std::str::FromStr as _;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::id::CountryId;
use maip_domain::sort_key::sort_key;
use maip_domain::time::{Clock, Entropy, Timestamp};
use maip_domain::vocabulary::{CountryCode, LanguageTag, Region, WritingDirection};
use sea_orm::{ConnectionTrait as _, DbBackend, DbErr, Statement, Value};
use sha2::{Digest as _, Sha256};

use crate::bulk::Rows;
use crate::database::Begun;
use crate::database::Database;
use crate::vocabulary_import::{
    Fact, FactSink, Format, ImportError, Limits, Staging, StoreError, import, read,
};

const COUNTRIES: &str = include_str!("../../data/countries.tsv");
const LANGUAGES: &str = include_str!("../../data/languages.tsv");
const CONCEPTS: &str = include_str!("../../data/agrovoc-starter.tsv");

/// The languages of the countries' names, in the order of the file's columns.
const NAME_LANGUAGES: [&str; 6] = ["ar", "en", "es", "fr", "ru", "zh"];

/// What was loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Countries and territories, new or not.
    pub countries: usize,
    /// Languages, new or not.
    pub languages: usize,
    /// Concepts that are new. Those that were there stay as they are: they may have come from a
    /// fuller vocabulary than the starter one.
    pub concepts_added: usize,
}

/// Why the reference data was not loaded. Nothing of it is then.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file of this program is broken, or doesn't fit what is held.
    #[error("{file}: {reason}")]
    File {
        /// The file.
        file: &'static str,
        /// The line, if there is one, and what is wrong.
        reason: String,
    },
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[from] DbErr),
}

/// Loads the reference data, all of it or nothing. May be run at any time, also by several nodes.
///
/// # Errors
/// [`LoadError`]
pub async fn load(
    database: &Database,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Loaded, LoadError> {
    let transaction = database.begin().await?;
    if transaction.get_database_backend() == DbBackend::Postgres {
        // Two nodes that migrate at a time would each add what the other adds. Readers go on.
        transaction
            .execute_unprepared("LOCK TABLE concepts, countries, languages IN SHARE ROW EXCLUSIVE MODE")
            .await?;
    }
    let loaded = Loaded {
        countries: load_countries(&transaction).await?,
        languages: load_languages(&transaction).await?,
        concepts_added: load_concepts(&transaction, clock, entropy).await?,
    };
    transaction.commit().await?;
    Ok(loaded)
}

/// A country's id, the same in every installation, so that ids in exports and links fit anywhere.
#[must_use]
pub fn country_id(code: CountryCode) -> CountryId {
    /// Makes the id from the code instead of from time and chance.
    struct OfCode(CountryCode);
    impl Clock for OfCode {
        fn now(&self) -> Timestamp {
            Timestamp::from_micros(0)
        }
    }
    impl Entropy for OfCode {
        fn fill(&self, buffer: &mut [u8]) {
            let digest = Sha256::digest(format!("maip country {}", self.0));
            for (byte, made) in buffer.iter_mut().zip(digest) {
                *byte = made;
            }
        }
    }
    CountryId::generate(&OfCode(code), &OfCode(code))
}

async fn load_countries(transaction: &Begun) -> Result<usize, LoadError> {
    let mut countries = Rows::new("countries", &["id", "code", "alpha2", "region", "name", "sort_key"])
        .on_conflict(
            "ON CONFLICT (code) DO UPDATE SET alpha2 = excluded.alpha2, region = excluded.region, \
             name = excluded.name, sort_key = excluded.sort_key",
        );
    let mut names = Rows::new("country_names", &["country_id", "language", "name"])
        .on_conflict("ON CONFLICT (country_id, language) DO UPDATE SET name = excluded.name");
    let mut count = 0;
    for (line, [code, alpha2, region, in_languages @ ..]) in lines::<9>("countries.tsv", COUNTRIES)? {
        let country = CountryCode::from_str(code).map_err(|error| broken("countries.tsv", line, &error))?;
        if !region.is_empty() && Region::from_code(region).is_none() {
            return Err(broken("countries.tsv", line, &"an unknown region"));
        }
        let id = country_id(country).into_string();
        let region = (!region.is_empty()).then_some(region);
        let english = in_languages[1];
        let row: [Value; 6] = [
            id.as_str().into(),
            code.into(),
            alpha2.into(),
            region.into(),
            english.into(),
            sort_key(english).into(),
        ];
        countries.push(transaction, row).await?;
        for (language, name) in NAME_LANGUAGES.into_iter().zip(in_languages) {
            names.push(transaction, [id.as_str().into(), language.into(), name.into()]).await?;
        }
        count += 1;
    }
    countries.finish(transaction).await?;
    names.finish(transaction).await?;
    Ok(count)
}

async fn load_languages(transaction: &Begun) -> Result<usize, LoadError> {
    let mut languages = Rows::new("languages", &["code", "name", "native_name", "direction", "script"])
        .on_conflict(
            "ON CONFLICT (code) DO UPDATE SET name = excluded.name, native_name = excluded.native_name, \
             direction = excluded.direction, script = excluded.script",
        );
    let mut count = 0;
    for (line, [code, english, native, direction, script]) in lines::<5>("languages.tsv", LANGUAGES)? {
        let tag = LanguageTag::from_str(code).map_err(|error| broken("languages.tsv", line, &error))?;
        let direction = WritingDirection::from_code(&direction.to_ascii_uppercase())
            .ok_or_else(|| broken("languages.tsv", line, &"an unknown direction"))?;
        let row: [Value; 5] =
            [tag.as_str().into(), english.into(), native.into(), direction.code().into(), script.into()];
        languages.push(transaction, row).await?;
        count += 1;
    }
    languages.finish(transaction).await?;
    Ok(count)
}

async fn load_concepts(
    transaction: &Begun,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<usize, LoadError> {
    let refused =
        |error: ImportError| LoadError::File { file: "agrovoc-starter.tsv", reason: error.to_string() };
    let statement =
        Statement::from_string(transaction.get_database_backend(), "SELECT uri FROM concepts ORDER BY uri");
    let mut held = HashSet::new();
    for row in transaction.query_all_raw(statement).await? {
        held.insert(row.try_get_by_index::<String>(0)?);
    }
    let mut new = NewOnly { held: &held, staging: Staging::new(Limits::default()), any: false };
    read(Format::Tsv, CONCEPTS.as_bytes(), &mut new).map_err(refused)?;
    if !new.any {
        return Ok(0);
    }
    let vocabulary = new.staging.finish().map_err(refused)?;
    match import(transaction, &vocabulary, clock, entropy).await {
        Ok(report) => Ok(report.added),
        Err(StoreError::Refused(error)) => Err(refused(error)),
        Err(StoreError::Database(error)) => Err(error.into()),
    }
}

/// Stages what is said of concepts that aren't held.
struct NewOnly<'a> {
    held: &'a HashSet<String>,
    staging: Staging,
    any: bool,
}

impl FactSink for NewOnly<'_> {
    fn take(&mut self, line: u64, fact: Fact<'_>) -> Result<(), ImportError> {
        let about = match fact {
            Fact::Concept { uri }
            | Fact::Label { uri, .. }
            | Fact::LabelNode { uri, .. }
            | Fact::Deprecated { uri } => Some(uri),
            Fact::Broader { child, .. } => Some(child),
            Fact::LiteralForm { .. } => None,
        };
        if about.is_some_and(|uri| self.held.contains(uri)) {
            return Ok(());
        }
        self.any |= matches!(fact, Fact::Concept { .. });
        self.staging.take(line, fact)
    }
}

/// The lines of a table with so many columns, after its comments and its header.
fn lines<const N: usize>(
    file: &'static str,
    table: &'static str,
) -> Result<Vec<(usize, [&'static str; N])>, LoadError> {
    let mut rows = Vec::new();
    for (number, line) in table.lines().enumerate().skip_while(|(_, line)| line.starts_with('#')).skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let fields = <[&str; N]>::try_from(fields)
            .map_err(|fields| broken(file, number + 1, &format!("{} fields, not {N}", fields.len())))?;
        rows.push((number + 1, fields));
    }
    Ok(rows)
}

fn broken(file: &'static str, line: usize, reason: &dyn std::fmt::Display) -> LoadError {
    LoadError::File { file, reason: format!("line {line}: {reason}") }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use maip_domain::id::CountryId;

    use super::*;
    use crate::tests::database::rows;
    use crate::tests::{Counting, Hand, on_both};

    const EVERYTHING: &[&str] = &[
        "SELECT id || ' ' || code || ' ' || alpha2 || ' ' || COALESCE(region, '-') || ' ' || name || ' ' || sort_key \
         FROM countries",
        "SELECT country_id || ' ' || language || ' ' || name FROM country_names",
        "SELECT code || ' ' || name || ' ' || native_name || ' ' || direction || ' ' || script FROM languages",
        "SELECT id || ' ' || uri || ' ' || label || ' ' || sort_key FROM concepts",
        "SELECT concept_id || ' ' || language || ' ' || kind || ' ' || text FROM concept_labels",
        "SELECT concept_id || ' ' || broader_id FROM concept_broader",
        "SELECT concept_id || ' ' || ancestor_id FROM concept_ancestors",
    ];

    async fn everything(database: &Database) -> Vec<Vec<String>> {
        let mut all = Vec::new();
        for sql in EVERYTHING {
            all.push(rows(database, sql).await);
        }
        all
    }

    on_both! {
        async fn a_second_load_changes_nothing(database: &Database) {
            let (clock, entropy) = (Hand::new(), Counting::new(1));
            let first = load(database, &clock, &entropy).await.unwrap();
            assert_eq!((first.countries, first.languages), (249, 68));
            assert!(first.concepts_added >= 150, "{first:?}");
            let before = everything(database).await;
            assert_eq!(before[0].len(), 249);
            assert_eq!(before[1].len(), 6 * 249);
            assert!(before[0].iter().any(|row| row.contains(" MWI MW AFRICA Malawi malawi")), "{:?}", before[0]);
            assert!(before[2].contains(&"ar Arabic العربية RTL Arab".to_owned()));

            clock.advance(3600);
            let again = load(database, &clock, &entropy).await.unwrap();
            assert_eq!(again, Loaded { concepts_added: 0, ..first });
            assert_eq!(everything(database).await, before);
        }

        async fn a_fuller_vocabulary_stays_and_a_stale_name_is_mended(database: &Database) {
            let (clock, entropy) = (Hand::new(), Counting::new(1));
            load(database, &clock, &entropy).await.unwrap();
            let writer = database.writer();
            let figs = "http://aims.fao.org/aos/agrovoc/c_10840";
            writer
                .execute_unprepared(&format!("UPDATE concepts SET label = 'common figs' WHERE uri = '{figs}'"))
                .await
                .unwrap();
            writer
                .execute_unprepared("UPDATE countries SET name = 'Nyasaland' WHERE code = 'MWI'")
                .await
                .unwrap();
            load(database, &clock, &entropy).await.unwrap();
            let label = rows(database, &format!("SELECT label FROM concepts WHERE uri = '{figs}'")).await;
            assert_eq!(label, ["common figs"]);
            assert_eq!(rows(database, "SELECT name FROM countries WHERE code = 'MWI'").await, ["Malawi"]);
        }
    }

    #[test]
    fn a_country_has_the_same_id_everywhere() {
        let malawi = country_id(CountryCode::from_str("MWI").unwrap());
        assert_eq!(malawi.as_str(), "country_0000000000fkqt5anh8dzxc722");
        assert!(CountryId::from_str(malawi.as_str()).is_ok());
        assert_ne!(malawi, country_id(CountryCode::from_str("MLI").unwrap()));
    }
}
