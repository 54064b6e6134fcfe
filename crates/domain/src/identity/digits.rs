//! Digits as people type them, on whatever keyboard.

/// The zeros of the decimal digits in use on phones in our countries; nine digits follow each.
const ZEROS: [char; 17] = [
    '0', '\u{0660}', // Arabic
    '\u{06F0}', // Persian, Urdu
    '\u{07C0}', // N'Ko
    '\u{0966}', // Devanagari
    '\u{09E6}', // Bengali
    '\u{0A66}', // Gurmukhi
    '\u{0AE6}', // Gujarati
    '\u{0BE6}', // Tamil
    '\u{0C66}', // Telugu
    '\u{0E50}', // Thai
    '\u{0ED0}', // Lao
    '\u{0F20}', // Tibetan, Dzongkha
    '\u{1040}', // Myanmar
    '\u{17E0}', // Khmer
    '\u{1810}', // Mongolian
    '\u{FF10}', // full width
];

/// The same digit in ASCII.
pub(super) fn ascii(character: char) -> Option<char> {
    ZEROS.iter().find_map(|zero| {
        let value = u32::from(character).checked_sub(u32::from(*zero))?;
        char::from_digit(value, 10)
    })
}

/// Whether it only separates groups of digits: white space, hyphens and dashes, brackets, dots,
/// slashes, and the invisible marks that come along when a number is copied.
pub(super) fn is_separator(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '-' | '(' | ')' | '[' | ']' | '.' | '/' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}'
            | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_every_listed_script_are_read() {
        for zero in ZEROS {
            for value in 0..10 {
                let typed = char::from_u32(u32::from(zero) + value).unwrap();
                assert!(typed.is_numeric(), "{typed}");
                assert_eq!(ascii(typed), char::from_digit(value, 10));
            }
            let after = char::from_u32(u32::from(zero) + 10).unwrap();
            assert_eq!(ascii(after), None, "{after}");
        }
        for other in ['a', '²', '①', '十', '½', '/', ':'] {
            assert_eq!(ascii(other), None, "{other}");
        }
    }
}
