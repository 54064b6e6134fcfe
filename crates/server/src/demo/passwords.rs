//! Passwords of demonstration accounts: easy to copy by hand, different in every demonstration.

use maip_domain::identity::login::{Login, LoginKind};
use maip_domain::identity::password;
use maip_domain::time::Entropy;

/// Words that are hard to mistake for one another.
const WORDS: [&str; 64] = [
    "acacia",
    "almond",
    "amber",
    "anise",
    "apple",
    "apricot",
    "banana",
    "barley",
    "basil",
    "beech",
    "birch",
    "cacao",
    "cashew",
    "cedar",
    "cherry",
    "chive",
    "clove",
    "clover",
    "coconut",
    "cumin",
    "dill",
    "elder",
    "fennel",
    "fig",
    "ginger",
    "grape",
    "guava",
    "hazel",
    "jackfruit",
    "juniper",
    "kale",
    "lemon",
    "lentil",
    "lime",
    "lotus",
    "maize",
    "mango",
    "maple",
    "millet",
    "mint",
    "nutmeg",
    "oat",
    "okra",
    "olive",
    "onion",
    "orchid",
    "papaya",
    "peach",
    "pear",
    "pepper",
    "plum",
    "quinoa",
    "radish",
    "rice",
    "rye",
    "saffron",
    "sesame",
    "sorghum",
    "squash",
    "taro",
    "teff",
    "thyme",
    "wheat",
    "yam",
];

/// A new one that the login may have: three words and a number, or for a short name a PIN.
pub fn make(login: &Login, entropy: &dyn Entropy) -> Option<String> {
    // A PIN may happen to be a pattern, which is refused; another isn't.
    (0..100)
        .map(|_| if login.kind() == LoginKind::ShortName { pin(entropy) } else { words(entropy) })
        .find(|password| password::check(login, password).is_ok())
}

fn words(entropy: &dyn Entropy) -> String {
    let mut random = [0_u8; 4];
    entropy.fill(&mut random);
    let [a, b, c, number] = random;
    let word = |byte: u8| WORDS[usize::from(byte) % WORDS.len()];
    format!("{}-{}-{}-{}", word(a), word(b), word(c), 10 + number % 90)
}

fn pin(entropy: &dyn Entropy) -> String {
    let mut random = [0_u8; 6];
    entropy.fill(&mut random);
    random.iter().map(|byte| char::from(b'0' + byte % 10)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemEntropy;

    #[test]
    fn a_made_password_is_one_that_the_login_may_have() {
        let email = Login::parse(LoginKind::Email, "a@example.org").unwrap();
        let short = Login::parse(LoginKind::ShortName, "tamanda").unwrap();
        for _ in 0..200 {
            assert_eq!(make(&email, &SystemEntropy).unwrap().split('-').count(), 4);
            assert_eq!(make(&short, &SystemEntropy).unwrap().len(), 6);
        }
    }
}
