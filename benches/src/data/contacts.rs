//! The contact directory: a card for two people in ten, introductions and consents.

use maip_domain::id::{ConsentId, ContactCardId, IntroductionId};
use maip_domain::sort_key::sort_key;

use super::lessons::Around;
use super::made::START;
use super::people::Country;
use super::sink::{Sink, put};
use super::tables::{
    CONSENT_FIELDS, CONSENTS, CONTACT_CARD_CONCEPTS, CONTACT_CARD_COUNTRIES, CONTACT_CARD_LANGUAGES,
    CONTACT_CARDS, INTRODUCTIONS,
};
use crate::Failure;

/// Far in the future.
const LATER: i64 = 4_000_000_000_000_000;

pub async fn contacts(sink: &mut Sink, around: &Around<'_>, lessons: usize) -> Result<(), Failure> {
    let Around { made, people, countries, concepts } = *around;
    for number in 0..(lessons / 50).max(100) {
        let at = START + i64::try_from(number).unwrap_or(0);
        made.set_now(at);
        let id = ContactCardId::generate(made, made).into_string();
        let account = &people.accounts[(number * 5) % people.accounts.len()];
        let platform = &people.platforms[made.below(people.platforms.len())];
        let Country { id: country, code, region } = &countries[platform.country];
        let visibility = if made.below(3) == 0 { "PUBLIC" } else { "MEMBERS" };
        let headline = made.text(5);
        put!(
            sink,
            CONTACT_CARDS,
            &id,
            1,
            at,
            at,
            account,
            account,
            &platform.id,
            country,
            code,
            region,
            visibility,
            "PUBLISHED",
            &headline,
            &made.text(15),
            "en",
            &sort_key(&headline)
        );
        let first = made.below(concepts.len());
        for step in 0..2 {
            put!(sink, CONTACT_CARD_CONCEPTS, &id, &concepts[(first + step) % concepts.len()]);
        }
        put!(sink, CONTACT_CARD_LANGUAGES, &id, made.one_of(&["en", "fr", "es", "ar"]));
        put!(sink, CONTACT_CARD_COUNTRIES, &id, &countries[made.below(countries.len())].id);
        let consent = ConsentId::generate(made, made).into_string();
        put!(
            sink,
            CONSENTS,
            &consent,
            at,
            account,
            &id,
            made.one_of(&["EVERYONE", "MEMBERS"]),
            "to be reached",
            LATER
        );
        put!(sink, CONSENT_FIELDS, &consent, "EMAIL");
        let introduction = IntroductionId::generate(made, made).into_string();
        let requester = &people.accounts[made.below(people.accounts.len())];
        let (status, answered) = [("REQUESTED", None), ("DECLINED", Some(at))][made.below(2)];
        put!(
            sink,
            INTRODUCTIONS,
            &introduction,
            1,
            at,
            at,
            requester,
            &id,
            account,
            status,
            &made.text(8),
            answered,
            LATER
        );
        if number % 50 == 0 {
            sink.drain().await?;
        }
    }
    Ok(())
}
