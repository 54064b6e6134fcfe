//! How often a document tries to get in, or to stay in.

/// Mutations by which a stranger guesses passwords or codes, or makes us send mail.
const GUARDED: &[&str] =
    &["signIn", "signUp", "verifyLogin", "requestPasswordReset", "resetPassword", "claimAccount"];

/// What a telephone sends again and again, by itself: many of them behind one address are no attack.
const REFRESH: &str = "refreshSession";

/// How many attempts a document could make at most: how often a guarded name stands in it. A field
/// has to be named in full where it is selected, so aliases hide none; a name in a string or a
/// comment is counted too, which harms nobody.
pub fn attempts(document: &str) -> u32 {
    count(document, |name| GUARDED.contains(&name))
}

/// How often a document refreshes a session at most, counted in the same way.
pub fn refreshes(document: &str) -> u32 {
    count(document, |name| name == REFRESH)
}

fn count(document: &str, counts: impl Fn(&str) -> bool) -> u32 {
    let names = document.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
    u32::try_from(names.filter(|name| counts(name)).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_attempt_is_counted_whatever_it_is_called() {
        assert_eq!(attempts("mutation { signIn(input: {}) { session { accessToken } } }"), 1);
        assert_eq!(attempts("mutation { a: signIn(input: $a) { x } b:signIn(input: $b) { x } }"), 2);
        assert_eq!(attempts("mutation($i:I!){resetPassword(input:$i){x}}"), 1);
        let refresh = "mutation { a: refreshSession(input: $a) { x } b:refreshSession(input: $b) { x } }";
        assert_eq!((attempts(refresh), refreshes(refresh)), (0, 2));
        assert_eq!(attempts("{ lessons { nodes { signInHint, _signIn } } }"), 0);
    }
}
