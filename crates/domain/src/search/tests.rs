//! The analyser in the scripts of the product.

use proptest::prelude::*;

use super::*;

fn finds_in(search: &str, text: &str, language: &str) -> bool {
    let indexed: BTreeSet<Token> = analyse(text, language).into_iter().collect();
    let asked = query(search);
    !asked.is_empty()
        && asked.iter().all(|term| term.alternatives().iter().any(|token| indexed.contains(token)))
}

fn finds(search: &str, text: &str) -> bool {
    finds_in(search, text, "und")
}

#[test]
fn a_word_is_found_in_its_other_forms() {
    for (search, text, language) in [
        ("banana drying", "Dried bananas from Thyolo", "en"),
        ("farmers", "What a farmer says", "en"),
        ("séchage banane", "Le séchage des bananes", "fr"),
        ("secado plátanos", "El secado del plátano", "es"),
        ("сушка инжира", "Как сушки инжиров спасли урожай", "ru"),
        ("المزارعين", "مزارع في مصر", "ar"),
        ("sécheurs", "Un secheur solaire", "fr"),
    ] {
        assert!(finds_in(search, text, language), "{search} in {text}");
    }
    for (search, text, language) in [
        ("fig", "figure", "en"),
        ("organ", "organisation", "en"),
        // The language of the text decides what the forms of its words are.
        ("drying", "dried", "fr"),
    ] {
        assert!(!finds_in(search, text, language), "{search} in {text}");
    }
}

#[test]
fn words_are_found_whatever_their_case_form_and_accents() {
    for (search, text) in [
        ("DRYING", "Drying figs on raised racks"),
        ("fig drying", "Drying a fig on racks"),
        ("platano", "El plátano, en Malawi"),
        ("plátano", "PLATANO"),
        ("irrigation", "Un essai d’irrigation goutte à goutte"),
        ("irrigation", "l'irrigation"),
        ("елка", "Ёлка"),
        ("инжир", "Сушка ИНЖИРА и инжир"),
        ("тростник", "Тростник, стойки"),
        ("تجفيف", "تجفيف التين على رفوف"),
        ("التين", "تَجْفِيفُ التِّينِ"),
        ("ｆｉｇ", "fig"),
        ("incir", "İNCİR"),
        ("STRASSE", "Straße"),
        ("184", "FVC/GLO/184/MUL"),
        ("women", "women’s group"),
        ("dry\u{200B}ing", "Drying figs"),
        ("drying", "Dry\u{AD}ing \u{FEFF}figs"),
        ("میخواهم", "می\u{200C}خواهم"),
        ("ស្វាយ", "ការសម្ងួត\u{200B}ស្វាយ\u{200B}នៅ"),
        ("কাঁঠাল", "ভ্যাকুয়াম ফ্রায়ারে কাঁঠাল চিপস"),
    ] {
        assert!(finds(search, text), "{search} in {text}");
    }
}

#[test]
fn scripts_without_spaces_are_found_by_any_part() {
    for (search, text) in [
        ("波罗蜜", "用真空油炸波罗蜜片"),
        ("油炸", "用真空油炸波罗蜜片"),
        ("茶", "绿茶叶"),
        ("芒果干", "怎样做芒果干"),
        ("ทุเรียน", "การทำทุเรียนอบแห้งในฤดูฝน"),
        ("อบแห้ง", "การทำทุเรียนอบแห้งในฤดูฝน"),
        ("ស្វាយ", "ការសម្ងួតស្វាយនៅកំពត"),
        ("សម្ងួត", "ការសម្ងួតស្វាយនៅកំពត"),
        ("ໝາກ", "ໝາກມ່ວງ"),
        ("သရက်", "သရက်သီးခြောက်"),
        ("マンゴー", "乾燥マンゴーの作り方"),
        ("芒果 drying", "Drying 芒果"),
    ] {
        assert!(finds(search, text), "{search} in {text}");
    }
}

#[test]
fn other_texts_are_not_found() {
    for (search, text) in [
        ("fig", "figure"),
        ("蜜波", "用真空油炸波罗蜜片"),
        ("芒果", "果芒"),
        ("มะม่วง", "การทำทุเรียนอบแห้ง"),
        ("ស្វាយ", "ការសម្ងួតចេក"),
        ("কঠল", "কাঁঠাল"),
        ("инжир", "тростник"),
        ("!!! … —", "anything !!! … —"),
        ("", "anything"),
    ] {
        assert!(!finds(search, text), "{search} in {text}");
    }
}

#[test]
fn words_without_spaces_are_cut_by_dictionary() {
    let words = |text: &str| words::words(&fold::without_marks(&fold::lower(text))).collect::<Vec<_>>();
    assert_eq!(words("ทุเรียนอบแห้ง"), ["ทุเรียน", "อบ", "แห้ง"]);
    assert!(words("ការសម្ងួតស្វាយ").contains(&"ស្វាយ".to_owned()));
    assert!(words("怎样做芒果干").contains(&"芒果".to_owned()));
    assert_eq!(words("Drying figs, l’été"), ["drying", "figs", "l", "ete"]);
}

#[test]
fn tokens_are_bounded() {
    let many = (0..30_000).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
    assert_eq!(analyse(&many, "en").len(), MAX_TOKENS);
    assert_eq!(query(&many).len(), MAX_QUERY_TERMS);
    assert!(analyse(&"х".repeat(5_000), "ru").iter().all(|token| token.as_str().len() <= 1 + 40 * 4));
}

proptest! {
    #[test]
    fn tokens_are_plain_and_a_text_finds_itself(text in "\\PC{0,80}") {
        for token in analyse(&text, "fr") {
            prop_assert!(token.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric()));
            prop_assert!(!token.as_str().bytes().any(|byte| byte.is_ascii_uppercase()));
        }
        if !query(&text).is_empty() {
            prop_assert!(finds(&text, &text));
        }
    }

    #[test]
    fn words_and_their_encodings_are_one_to_one(left in "[a-z0-9é]{1,8}", right in "[a-z0-9é]{1,8}") {
        prop_assert_eq!(Token::word(&left) == Token::word(&right), left == right);
    }
}
