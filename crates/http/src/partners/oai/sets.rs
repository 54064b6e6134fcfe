//! Sets: by region of FAO and by country.

use maip_api::partners::{Country, Page, Prepared, regions};
use serde_json::{Map, Value, json};

use super::super::ask::Asking;
use super::super::xml::Xml;
use super::problem::Failed;
use super::token::Token;
use crate::installation::Installation;

const REGION: &str = "region.";
const COUNTRY: &str = "country.";

/// Whether a text can be a set of ours.
pub fn is_of_the_form(set: &str) -> bool {
    let code = |prefix| set.strip_prefix(prefix).filter(|code: &&str| !code.is_empty());
    code(REGION).is_some_and(|code| code.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'))
        || code(COUNTRY).is_some_and(|code| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()))
}

/// The filter that keeps what is in a set; none where there is no such set.
pub fn filter(set: &str) -> Option<(&'static str, Value)> {
    if let Some(code) = set.strip_prefix(REGION) {
        return regions().any(|(known, _)| known == code).then(|| ("region", json!([code])));
    }
    set.strip_prefix(COUNTRY).map(|code| ("country", json!([code])))
}

/// The sets that what a country owns is in.
pub fn of(country: &Country) -> impl Iterator<Item = String> {
    let region = country.region.as_deref().map(|region| format!("{REGION}{region}"));
    region.into_iter().chain([format!("{COUNTRY}{}", country.code)])
}

pub async fn list_sets<I: Installation>(
    xml: &mut Xml,
    asking: &Asking<I>,
    token: Option<&str>,
) -> Result<(), Failed> {
    let installation = &*asking.app().installation;
    let token = token.map(|token| Token::open(installation, token, 'S')).transpose()?;
    let (after, told) = token.map_or((None, 0), |token| (Some(token.after), token.told));
    let mut variables = Map::new();
    variables.insert("first".to_owned(), Prepared::COUNTRIES.into());
    variables.insert("after".to_owned(), after.clone().into());
    let Page { nodes, page_info } = asking.page::<Country>(Prepared::Countries, variables).await?;
    xml.open("ListSets", &[]);
    let mut count = told;
    let mut set = |spec: String, name: &str| {
        xml.open("set", &[]);
        xml.text("setSpec", &[], &spec);
        xml.text("setName", &[], name);
        xml.close("set");
        count += 1;
    };
    if after.is_none() {
        for (code, name) in regions() {
            set(format!("{REGION}{code}"), name);
        }
    }
    for country in nodes {
        set(format!("{COUNTRY}{}", country.code), &country.name);
    }
    let next = page_info.next().map(|after| {
        Token { list: 'S', from: None, before: None, set: None, after, told: count }.seal(installation)
    });
    resumption(xml, next.as_deref(), told);
    xml.close("ListSets");
    Ok(())
}

/// Where the list goes on; at the end of one that was resumed, that it is the end.
pub fn resumption(xml: &mut Xml, next: Option<&str>, told: u64) {
    if next.is_some() || told > 0 {
        xml.text("resumptionToken", &[("cursor", &told.to_string())], next.unwrap_or_default());
    }
}
