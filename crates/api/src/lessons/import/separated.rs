//! Tables as texts with separators: CSV as the export writes it, and as spreadsheets of other countries do.

use csv::{ByteRecord, ReaderBuilder};
use maip_domain::error_code::ErrorCode;
use maip_persistence::write::UserError;

use super::table::{Cell, FORMULA, MOST_COLUMNS, MOST_ROWS, Row, refused, too_many};

/// The rows, the names of the columns first.
pub fn rows(bytes: &[u8]) -> Result<Vec<Row>, UserError> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let message = "the file is in UTF-16; save it as CSV in UTF-8";
        return Err(refused(ErrorCode::FileUnreadable, message));
    }
    if bytes.contains(&0) {
        return Err(refused(ErrorCode::FileType, "the file is neither CSV nor a workbook (XLSX)"));
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    // One end of lines, so that lines can be counted.
    let ends_line = |place: usize| bytes[place] == b'\r' && bytes.get(place + 1) == Some(&b'\n');
    let mut bytes: Vec<u8> =
        (0..bytes.len()).filter(|place| !ends_line(*place)).map(|place| bytes[place]).collect();
    let separator = separator(&bytes);
    // So that each row ends with its line.
    bytes.push(b'\n');
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(bytes.as_slice());
    let mut rows = Vec::new();
    let mut record = ByteRecord::new();
    // Lines that don't end a row: spreadsheets count rows, and empty ones too, which the reader passes over.
    let mut within = 0;
    loop {
        let more = reader.read_byte_record(&mut record);
        if !more.map_err(|_| refused(ErrorCode::FileUnreadable, "the file can't be read as CSV"))? {
            break;
        }
        within += record.as_slice().split(|byte| *byte == b'\n').count() - 1;
        let ended = usize::try_from(reader.position().line()).unwrap_or(usize::MAX);
        let cells = record.iter().take(MOST_COLUMNS).map(cell).collect();
        rows.push(Row { number: ended.saturating_sub(within + 1), cells });
        if rows.len() > MOST_ROWS + 1 {
            return Err(too_many());
        }
    }
    Ok(rows)
}

/// What stands between the names of the columns most often: spreadsheets take a semicolon where a comma is for decimals.
fn separator(bytes: &[u8]) -> u8 {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |separator: &u8| line.split(|byte| byte == separator).count();
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

fn cell(bytes: &[u8]) -> Cell {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Cell::Wrong("it isn't in UTF-8; save the file as CSV in UTF-8");
    };
    let text = text.trim();
    match text.strip_prefix('\'') {
        // So an export marks a text that a spreadsheet would take for a formula.
        Some(marked) if marked.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) => {
            Cell::Text(marked.trim().to_owned())
        }
        None if text.starts_with('=') => FORMULA,
        _ => Cell::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<Vec<Cell>> {
        rows(text.as_bytes()).unwrap().into_iter().map(|row| row.cells).collect()
    }

    #[test]
    fn each_separator_of_spreadsheets_is_taken() {
        let wanted = [["title", "abstract"], ["a", "b, c; d\te"]]
            .map(|row| row.map(|text| Cell::Text(text.to_owned())));
        for separator in [",", ";", "\t"] {
            let text = format!("\u{feff}title{separator}abstract\r\na{separator}\"b, c; d\te\"\r\n");
            assert_eq!(texts(&text), wanted, "{separator:?}");
        }
    }

    #[test]
    fn rows_have_the_numbers_that_a_spreadsheet_shows() {
        for end in ["\n", "\r\n"] {
            let text = ["title", "\"one\ntwo\"", "", "b", "", "\"c\nd\ne\"", "f"].join(end);
            for last in ["", end] {
                let rows = rows(format!("{text}{last}").as_bytes()).unwrap();
                let numbers: Vec<usize> = rows.iter().map(|row| row.number).collect();
                assert_eq!(numbers, [1, 2, 4, 6, 7], "{end:?} {last:?}");
            }
        }
    }

    #[test]
    fn a_formula_is_none_of_ours_unless_it_is_marked_as_a_text() {
        assert_eq!(cell(b"=1+1"), FORMULA);
        assert_eq!(cell(b" =1+1"), FORMULA);
        assert_eq!(cell(b"'=1+1"), Cell::Text("=1+1".to_owned()));
        assert_eq!(cell(b"'quoted'"), Cell::Text("'quoted'".to_owned()));
        assert_eq!(cell(b"- dried"), Cell::Text("- dried".to_owned()));
        assert!(matches!(cell(&[b'f', 0xfc]), Cell::Wrong(_)));
    }

    #[test]
    fn what_is_no_text_in_utf_8_is_told_as_a_whole() {
        for (bytes, code) in
            [(&b"\xff\xfet\0i\0"[..], ErrorCode::FileUnreadable), (b"\x89PNG\0\0", ErrorCode::FileType)]
        {
            assert_eq!(rows(bytes).unwrap_err().code, code);
        }
    }
}
