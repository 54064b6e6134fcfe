//! How often a document tries to get in, or to stay in.

/// Mutations by which a stranger guesses passwords or codes, or makes us send mail.
const GUARDED: &[&str] =
    &["signIn", "signUp", "verifyLogin", "requestPasswordReset", "resetPassword", "claimAccount"];

/// What a telephone sends again and again, by itself: many of them behind one address are no attack.
const REFRESH: &str = "refreshSession";

/// What a document does at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// Attempts to get in.
    pub sign_in: u32,
    /// Sessions that are refreshed.
    pub refresh: u32,
}

/// How often the guarded names stand in a document. A field has to be named in full where it is
/// selected, so aliases hide none; a name in a string or a comment is counted too, which harms nobody.
pub fn attempts(document: &str) -> Attempts {
    let mut found = Attempts::default();
    for name in document.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_')) {
        if GUARDED.contains(&name) {
            found.sign_in = found.sign_in.saturating_add(1);
        } else if name == REFRESH {
            found.refresh = found.refresh.saturating_add(1);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_attempt_is_counted_whatever_it_is_called() {
        for (document, sign_in, refresh) in [
            ("mutation { signIn(input: {}) { session { accessToken } } }", 1, 0),
            ("mutation { a: signIn(input: $a) { x } b:signIn(input: $b) { x } }", 2, 0),
            ("mutation($i:I!){resetPassword(input:$i){x}}", 1, 0),
            ("mutation { a: refreshSession(input: $a) { x } b:refreshSession(input: $b) { x } }", 0, 2),
            ("{ lessons { nodes { signInHint, _signIn } } }", 0, 0),
        ] {
            assert_eq!(attempts(document), Attempts { sign_in, refresh }, "{document}");
        }
    }
}
