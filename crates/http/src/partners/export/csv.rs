//! Rows as CSV: RFC 4180, in UTF-8, with cells that no spreadsheet takes for formulas.

use std::borrow::Cow;

use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};

use super::table::Cell;

/// Writes rows.
pub fn rows(rows: &[Vec<Cell>]) -> Vec<u8> {
    let mut writer: Writer<Vec<u8>> = WriterBuilder::new()
        .quote_style(QuoteStyle::Necessary)
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        let cells = row.iter().map(|cell| match cell {
            Cell::Text(text) => harmless(text),
            Cell::Number(number) => Cow::Owned(number.to_string()),
        });
        // Memory takes all that is written to it, and every row has as many cells as the first.
        let _ = writer.write_record(cells.map(|cell| cell.into_owned().into_bytes()));
    }
    writer.into_inner().unwrap_or_default()
}

/// What a spreadsheet would compute is marked as a text by an apostrophe.
fn harmless(text: &str) -> Cow<'_, str> {
    let computes =
        |first: char| matches!(first, '=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠');
    if text.trim_start_matches([' ', '\n', '\u{a0}', '\u{feff}']).starts_with(computes) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_where_it_must_and_never_a_formula() {
        for (text, written) in [
            ("figs", "figs"),
            ("a,b", "\"a,b\""),
            ("say \"figs\"", "\"say \"\"figs\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""),
            (" =1", "' =1"),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            ("＝1", "'＝1"),
            ("a=1", "a=1"),
        ] {
            let line = rows(&[vec![Cell::Text(text.to_owned()), Cell::Number(7)]]);
            assert_eq!(String::from_utf8(line).unwrap(), format!("{written},7\r\n"), "{text:?}");
        }
    }
}
