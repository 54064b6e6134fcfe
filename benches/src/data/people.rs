//! People, organisations, products and platforms.

use maip_domain::id::{
    AccountId, AppointmentId, MembershipId, OrganisationId, PlatformId, ProductId, SessionId,
};
use maip_domain::sort_key::sort_key;

use super::made::{Made, START};
use super::sink::{Sink, put};
use super::tables::{
    ACCOUNTS, APPOINTMENTS, MEMBERSHIPS, ORGANISATION_PEOPLE, ORGANISATIONS, PLATFORM_PRODUCTS, PLATFORMS,
    PRODUCTS, SESSIONS,
};
use crate::Failure;

const YEAR: i64 = 31_557_600_000_000;

/// A country of the reference data.
pub struct Country {
    pub id: String,
    pub code: String,
    pub region: String,
}

pub struct Platform {
    pub id: String,
    /// Its place in the list of countries.
    pub country: usize,
}

pub struct People {
    pub accounts: Vec<String>,
    pub organisations: Vec<String>,
    pub platforms: Vec<Platform>,
    pub products: Vec<String>,
}

/// A person for ten lessons, a platform for 500, an organisation for 200; more in small databases.
pub async fn people(
    sink: &mut Sink,
    made: &Made,
    lessons: usize,
    countries: &[Country],
    concepts: &[String],
) -> Result<People, Failure> {
    made.set_now(START);
    let organisations = organisations(sink, made, (lessons / 200).max(50), countries);
    let accounts = accounts(sink, made, (lessons / 10).max(200), countries, &organisations);
    sink.drain().await?;
    let products = products(sink, made, countries, concepts);
    let platforms = platforms(sink, made, (lessons / 500).max(40), countries, &products);
    members(sink, made, &accounts, &platforms, countries);
    appointments(sink, made, &accounts, countries);
    sink.drain().await?;
    Ok(People { accounts, organisations, platforms, products: products.into_iter().flatten().collect() })
}

fn organisations(sink: &mut Sink, made: &Made, count: usize, countries: &[Country]) -> Vec<String> {
    let ids = (0..count).map(|number| {
        let id = OrganisationId::generate(made, made).into_string();
        let name = format!("{} association {number}", made.text(2));
        let kind = made.one_of(&["FARMERS_ORGANISATION", "COMPANY", "RESEARCH", "NGO"]);
        let country = &countries[made.skewed(countries.len())];
        let verified = (made.below(2) == 0).then_some(START);
        put!(sink, ORGANISATIONS, &id, 1, START, START, &name, &sort_key(&name), kind, &country.id, verified);
        id
    });
    ids.collect()
}

fn accounts(
    sink: &mut Sink,
    made: &Made,
    count: usize,
    countries: &[Country],
    organisations: &[String],
) -> Vec<String> {
    let ids = (0..count).map(|number| {
        let id = AccountId::generate(made, made).into_string();
        let name = format!("{} {number}", made.text(2));
        let country = &countries[made.skewed(countries.len())];
        put!(
            sink,
            ACCOUNTS,
            &id,
            1,
            START,
            START,
            "ACTIVE",
            &name,
            &sort_key(&name),
            "en",
            &country.id,
            false
        );
        if made.below(3) == 0 {
            let organisation = &organisations[made.below(organisations.len())];
            put!(sink, ORGANISATION_PEOPLE, organisation, &id, made.below(5) == 0, START);
        }
        let session = SessionId::generate(made, made).into_string();
        put!(sink, SESSIONS, &session, &id, START, START, START + YEAR, START + YEAR / 12);
        id
    });
    ids.collect()
}

/// One or two for each country; those of a country together.
fn products(sink: &mut Sink, made: &Made, countries: &[Country], concepts: &[String]) -> Vec<Vec<String>> {
    let each = countries.iter().map(|country| {
        let first = made.below(concepts.len());
        let ids = (0..=made.below(2)).map(|step| {
            let id = ProductId::generate(made, made).into_string();
            let name = format!("{} of {}", made.text(1), country.code);
            let concept = &concepts[(first + step) % concepts.len()];
            put!(sink, PRODUCTS, &id, &country.id, concept, &name, &sort_key(&name));
            id
        });
        ids.collect()
    });
    each.collect()
}

fn platforms(
    sink: &mut Sink,
    made: &Made,
    count: usize,
    countries: &[Country],
    products: &[Vec<String>],
) -> Vec<Platform> {
    let platforms = (0..count).map(|number| {
        let id = PlatformId::generate(made, made).into_string();
        let country = made.skewed(countries.len());
        let Country { id: of, code, region } = &countries[country];
        let name = format!("{} platform {number}", made.text(2));
        let visibility = if made.below(10) == 0 { "MEMBERS" } else { "PUBLIC" };
        put!(
            sink,
            PLATFORMS,
            &id,
            1,
            START,
            START,
            &name,
            &sort_key(&name),
            "en",
            &made.text(30),
            of,
            code,
            region,
            "IMPLEMENTING",
            visibility
        );
        for product in &products[country] {
            put!(sink, PLATFORM_PRODUCTS, &id, product);
        }
        Platform { id, country }
    });
    platforms.collect()
}

/// Everyone is in one platform, one in three in a second one.
fn members(sink: &mut Sink, made: &Made, accounts: &[String], platforms: &[Platform], countries: &[Country]) {
    for account in accounts {
        let first = made.below(platforms.len());
        let both = [first, (first + 1) % platforms.len()];
        for place in &both[..if made.below(3) == 0 { 2 } else { 1 }] {
            let Platform { id: platform, country } = &platforms[*place];
            let Country { code, region, .. } = &countries[*country];
            let id = MembershipId::generate(made, made).into_string();
            let role = made.one_of(&["MEMBER", "MEMBER", "MEMBER", "MEMBER", "OBSERVER", "FACILITATOR"]);
            let kind = made.one_of(&["FARMER", "PROCESSOR", "TRADER", "RESEARCHER"]);
            let status =
                made.one_of(&["ACTIVE", "ACTIVE", "ACTIVE", "ACTIVE", "ACTIVE", "REQUESTED", "LEFT"]);
            let key = sort_key(&made.text(2));
            put!(
                sink,
                MEMBERSHIPS,
                &id,
                1,
                START,
                START,
                platform,
                code,
                region,
                account,
                &key,
                role,
                kind,
                status,
                START
            );
        }
    }
}

/// A focal point and a technical officer for each country.
fn appointments(sink: &mut Sink, made: &Made, accounts: &[String], countries: &[Country]) {
    for (number, Country { id: country, code, region }) in countries.iter().enumerate() {
        for (step, kind) in ["NATIONAL_FOCAL_POINT", "TECHNICAL_OFFICER"].into_iter().enumerate() {
            let id = AppointmentId::generate(made, made).into_string();
            let account = &accounts[(2 * number + step) % accounts.len()];
            put!(
                sink,
                APPOINTMENTS,
                &id,
                1,
                START,
                START,
                account,
                kind,
                country,
                code,
                region,
                START,
                START
            );
        }
    }
}
