//! `ListRecords` and `ListIdentifiers`.

use maip_api::partners::{LessonRecord, Page, Prepared, Stamped};
use serde_json::{Map, Value};

use super::super::ask::Asking;
use super::super::xml::Xml;
use super::arguments::{From, Listed};
use super::problem::{Failed, Problem};
use super::sets::{self, resumption};
use super::token::Token;
use super::verbs::{header, record};
use crate::installation::Installation;

pub async fn list<I: Installation>(
    xml: &mut Xml,
    asking: &Asking<I>,
    base: &str,
    what: Listed,
    from: From,
) -> Result<(), Failed> {
    let installation = &*asking.app().installation;
    let (list, element) = match what {
        Listed::Records => ('R', "ListRecords"),
        Listed::Identifiers => ('I', "ListIdentifiers"),
    };
    let (wanted, after, told) = match from {
        From::Beginning(wanted) => (wanted, None, 0),
        From::Token(token) => {
            let mut token = Token::open(installation, &token, list)?;
            (token.wanted(), Some(token.after), token.told)
        }
    };
    let mut filter = Map::new();
    if let Some(set) = &wanted.set {
        let (name, value) = sets::filter(set).ok_or(Problem::NoRecordsMatch)?;
        filter.insert(name.to_owned(), value);
    }
    filter.insert("updatedFrom".to_owned(), wanted.from.clone().into());
    filter.insert("updatedBefore".to_owned(), wanted.before.clone().into());
    let mut variables = Map::new();
    variables.insert("first".to_owned(), Prepared::PAGE.into());
    variables.insert("after".to_owned(), after.into());
    variables.insert("filter".to_owned(), Value::Object(filter));

    xml.open(element, &[]);
    let (count, next) = match what {
        Listed::Records => {
            let page = asking.page(Prepared::Lessons, variables).await?;
            told_of(page, |lesson: &LessonRecord| record(xml, asking, base, lesson))
        }
        Listed::Identifiers => {
            let page = asking.page(Prepared::Stamps, variables).await?;
            told_of(page, |lesson: &Stamped| header(xml, asking, base, lesson))
        }
    };
    if count == 0 {
        return Err(Problem::NoRecordsMatch.into());
    }
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    let next = next.map(|after| {
        let (from, before, set) = (wanted.from, wanted.before, wanted.set);
        Token { list, from, before, set, after, told: told.saturating_add(count) }.seal(installation)
    });
    resumption(xml, next.as_deref(), told);
    xml.close(element);
    Ok(())
}

/// Writes each of a page; how many those were, and after which place the next page begins.
fn told_of<T>(page: Page<T>, write: impl FnMut(&T)) -> (usize, Option<String>) {
    page.nodes.iter().for_each(write);
    (page.nodes.len(), page.page_info.next())
}
