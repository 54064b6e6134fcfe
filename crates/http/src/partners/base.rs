//! What the installation calls itself to others.

use axum::http::header::HOST;
use axum::http::request::Parts;

/// Longer names of hosts are none (RFC 1035), a port beside them.
const LONGEST_HOST: usize = 263;

/// What an operator sets about it; each may be empty.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// The address under which clients reach the installation.
    pub url: String,
    /// The name of a domain in the identifiers that harvesters keep.
    pub oai_host: String,
    /// Where harvesters can ask.
    pub contact_email: String,
    /// Under which licence what is public may be used.
    pub licence: String,
}

impl Published {
    /// The address that everything of ours begins with, without a slash at its end. Where no operator has set it, it is
    /// the one that the client used.
    #[must_use]
    pub fn base(&self, head: &Parts) -> String {
        let set = self.url.trim_end_matches('/');
        if !set.is_empty() {
            return set.to_owned();
        }
        let asked = head.headers.get(HOST).and_then(|host| host.to_str().ok());
        let asked = asked.or_else(|| head.uri.authority().map(axum::http::uri::Authority::as_str));
        let plain = |host: &&str| {
            (1..=LONGEST_HOST).contains(&host.len())
                && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
        };
        format!("http://{}", asked.filter(plain).unwrap_or("localhost"))
    }

    /// The domain in identifiers of records.
    #[must_use]
    pub fn domain<'a>(&'a self, base: &'a str) -> &'a str {
        if !self.oai_host.is_empty() {
            return &self.oai_host;
        }
        let host = base.split_once("://").map_or(base, |(_, rest)| rest);
        let host = host.split(['/', ':']).next().unwrap_or_default();
        if host.starts_with(|first: char| first.is_ascii_alphabetic()) { host } else { "localhost" }
    }

    /// Where harvesters can ask.
    #[must_use]
    pub fn email(&self, base: &str) -> String {
        if self.contact_email.is_empty() {
            // Every domain that takes mail has one (RFC 5321, section 4.5.1).
            format!("postmaster@{}", self.domain(base))
        } else {
            self.contact_email.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(host: &str) -> Parts {
        axum::http::Request::get("/oai").header("host", host).body(()).unwrap().into_parts().0
    }

    #[test]
    fn the_address_is_the_operators_else_the_one_that_was_asked() {
        let unset = Published::default();
        assert_eq!(unset.base(&asked("maip.example.org:8080")), "http://maip.example.org:8080");
        for invented in ["a b", "<x>", "a/../b", "", &"x".repeat(300)] {
            assert_eq!(unset.base(&asked(invented)), "http://localhost", "{invented}");
        }
        let set = Published { url: "https://maip.example.org/".to_owned(), ..Published::default() };
        assert_eq!(set.base(&asked("evil.example")), "https://maip.example.org");
        assert_eq!(set.domain("https://maip.example.org"), "maip.example.org");
        assert_eq!(set.email("https://maip.example.org"), "postmaster@maip.example.org");
        assert_eq!(unset.domain("http://127.0.0.1:80"), "localhost");
    }
}
