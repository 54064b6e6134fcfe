//! The page of errors says what the code has, in its words.

use maip_domain::closed_set::ClosedSet;
use maip_domain::error_code::ErrorCode;

use crate::errors::Code;

const PAGE: &str = include_str!("../../../../docs/errors.md");

/// The table of a closed set, as the page has it.
fn table<T: ClosedSet>() -> String {
    let rows = T::MEMBERS.iter().map(|member| format!("| `{}` | {} |\n", member.code, member.description));
    format!("| code | meaning |\n| --- | --- |\n{}", rows.collect::<String>())
}

#[test]
fn every_code_of_an_error_is_documented() {
    for (set, table) in [("top-level errors", table::<Code>()), ("user errors", table::<ErrorCode>())] {
        assert!(PAGE.contains(&table), "docs/errors.md lacks this table of {set}:\n{table}");
    }
}
