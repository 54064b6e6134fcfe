//! Organisations.

use crate::text::{self, TextError, TextRule};

/// The address of a website.
pub const WEBSITE: TextRule = TextRule { min: 1, max: 300, multiline: false, name: false };

/// How many people may be asked to manage one organisation at a time.
pub const MANAGERS_ASKED: i64 = 20;

/// Why the address of a website is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebsiteError {
    /// Not a text that is kept.
    #[error(transparent)]
    Text(#[from] TextError),
    /// Something else than an address of the web: other schemes run programs in a frontend that
    /// makes a link of it.
    #[error("not an address that begins with https:// or http:// and a host")]
    Form,
}

/// The address of a website as it is kept.
pub fn website(address: &str) -> Result<String, WebsiteError> {
    let address = text::check(address, &WEBSITE)?;
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let plain = !address.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '\\' | '`'));
    // A name before the host makes an address look like another's.
    if plain && host.contains('.') && !host.contains('@') { Ok(address) } else { Err(WebsiteError::Form) }
}

crate::closed_set! {
    /// What kind of body an organisation is. May grow; show OTHER for one that you don't know.
    pub enum OrganisationKind {
        /// A ministry, an agency, a local authority.
        Government = "GOVERNMENT",
        /// A research institute or a university.
        Research = "RESEARCH",
        /// An organisation of producers: a cooperative, a union, a farmers' or women's group.
        Producer = "PRODUCER",
        /// A company: processor, trader, supplier, service.
        Company = "COMPANY",
        /// A bank, a fund, an insurer, a microfinance institution.
        Finance = "FINANCE",
        /// A non-governmental organisation.
        Ngo = "NGO",
        /// An international or regional organisation, such as a United Nations agency.
        International = "INTERNATIONAL",
        /// None of these.
        Other = "OTHER",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_website_is_an_address_of_the_web() {
        for good in ["https://example.org", "http://example.org/a?b=c#d", " https://مثال.مصر/ "] {
            assert!(website(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "example.org",
            "javascript:alert(1)",
            "https://",
            "https://fao.org@evil.example/",
            "https://a b.org",
            "https://example",
        ] {
            assert!(website(bad).is_err(), "{bad}");
        }
    }
}
