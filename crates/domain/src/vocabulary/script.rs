//! The scripts in which languages are written.

use icu_locale::{LanguageIdentifier, LocaleExpander, subtags};
use icu_properties::props::Script;
use icu_properties::{CodePointMapData, PropertyNamesShort};

use super::LanguageTag;

/// A script by its code of ISO 15924, such as `Cyrl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScriptCode(subtags::Script);

impl ScriptCode {
    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The script of a language: the one that its tag says, else the one in which the language is usually written, in
    /// its region where it has one. None where that isn't known.
    #[must_use]
    pub fn of(language: &LanguageTag) -> Option<Self> {
        let read = language.as_str().parse::<LanguageIdentifier>().ok()?;
        read.script.map(Self).or_else(|| Self::usual(read.language, read.region))
    }

    /// The script in which a language is usually written, in a region.
    pub(super) fn usual(language: subtags::Language, region: Option<subtags::Region>) -> Option<Self> {
        let mut identifier =
            LanguageIdentifier { language, script: None, region, variants: subtags::Variants::default() };
        LocaleExpander::new_extended().maximize(&mut identifier);
        identifier.script.map(Self)
    }

    /// Whether letters of this script, as Unicode knows it, belong to a text in it. Some languages are written in
    /// several together.
    fn takes(self, letters: &str) -> bool {
        match self.as_str() {
            "Hans" | "Hant" => letters == "Hani" || letters == "Bopo",
            "Jpan" => matches!(letters, "Hani" | "Hira" | "Kana"),
            "Kore" => matches!(letters, "Hang" | "Hani"),
            own => own == letters,
        }
    }
}

/// Letters in fewer than this are too few to tell: a name or an abbreviation may be all there is.
const FEWEST_LETTERS: usize = 12;

/// Where most letters of some texts are of another script than their language is written in, that script. Names, units
/// and abbreviations in another script are in many texts, so it goes by what most letters are.
#[must_use]
pub fn mistaken<'a>(
    language: &LanguageTag,
    texts: impl IntoIterator<Item = &'a str>,
) -> Option<(ScriptCode, String)> {
    let script = ScriptCode::of(language)?;
    let scripts = CodePointMapData::<Script>::new();
    let names = PropertyNamesShort::<Script>::new();
    let mut own = 0;
    let mut others: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for letter in texts.into_iter().flat_map(str::chars).filter(|character| character.is_alphabetic()) {
        match names.get(scripts.get(letter)) {
            None | Some("Zyyy" | "Zinh") => {}
            Some(name) if script.takes(name) => own += 1,
            Some(name) => *others.entry(name).or_default() += 1,
        }
    }
    let other: usize = others.values().sum();
    let (most, _) = others.into_iter().max_by_key(|(_, count)| *count)?;
    (own + other >= FEWEST_LETTERS && other > own).then(|| (script, most.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tag: &str) -> Option<String> {
        ScriptCode::of(&tag.parse().unwrap()).map(|script| script.as_str().to_owned())
    }

    #[test]
    fn a_language_has_the_script_it_says_or_is_usually_written_in() {
        for (tag, script) in [
            ("ru", "Cyrl"),
            ("ar", "Arab"),
            ("zh", "Hans"),
            ("zh-TW", "Hant"),
            ("zh-Hant-CN", "Hant"),
            ("sr", "Cyrl"),
            ("sr-Latn", "Latn"),
            ("sr-ME", "Latn"),
            ("uz", "Latn"),
            ("uz-AF", "Arab"),
            ("pa-PK", "Arab"),
            ("ny", "Latn"),
            ("bn", "Beng"),
        ] {
            assert_eq!(of(tag).as_deref(), Some(script), "{tag}");
        }
    }

    #[test]
    fn a_text_in_another_script_than_its_language_is_noticed() {
        let found = |tag: &str, text: &str| mistaken(&tag.parse().unwrap(), [text]).map(|(_, script)| script);
        for (tag, text) in [
            ("ru", "Сушка бананов на полках (HACCP, 45 °C)"),
            ("ja", "バナナを棚で乾かすと長持ちします"),
            ("zh-Hant", "在竹架上曬乾香蕉可以保存更久時間"),
            ("ko", "선반에서 바나나를 말리면 오래 간다"),
            ("ar", "تجفيف الموز على الرفوف في ظل الأشجار"),
            ("ny", "Kuumitsa nthochi pa mashelufu"),
            ("ru", "HACCP"),
            ("ar", "123 456 789 000 — 45 °C"),
        ] {
            assert_eq!(found(tag, text), None, "{tag}");
        }
        for (tag, text, script) in [
            ("ru", "Drying bananas on shelves", "Latn"),
            ("ar", "Сушка бананов на полках", "Cyrl"),
            ("sr-Latn", "Сушење банана на полицама", "Cyrl"),
            ("en", "在竹架上曬乾香蕉可以保存更久時間", "Hani"),
        ] {
            assert_eq!(found(tag, text).as_deref(), Some(script), "{tag}");
        }
    }
}
