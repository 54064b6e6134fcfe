//! Tables as workbooks (XLSX): the cells of the first sheet.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read as _};

use calamine::{DataRef, Reader as _, Xlsx};
use maip_domain::error_code::ErrorCode;
use maip_persistence::write::UserError;
use zip::ZipArchive;

use super::table::{Cell, FORMULA, MOST_COLUMNS, MOST_ROWS, Row, refused, too_many};

/// The most bytes of all that is packed in it, and the most files: whoever reads a part of it has that in memory.
const MOST_UNPACKED: u64 = 64 << 20;
const MOST_FILES: usize = 200;

/// The rows, the names of the columns first.
pub fn rows(bytes: &[u8]) -> Result<Vec<Row>, UserError> {
    let unreadable = || refused(ErrorCode::FileUnreadable, "the file can't be read as a workbook (XLSX)");
    if !is_bounded(bytes).map_err(|_| unreadable())? {
        return Err(refused(ErrorCode::FileTooLarge, "there is more in the workbook than is taken"));
    }
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    let sheet = book.sheet_names().into_iter().next().ok_or_else(unreadable)?;
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(|_| unreadable())?;
    let mut rows: BTreeMap<usize, Vec<Cell>> = BTreeMap::new();
    while let Some(found) = cells.next_cell_with_formula().map_err(|_| unreadable())? {
        let place = (usize::try_from(found.pos.0), usize::try_from(found.pos.1));
        let (Ok(row), Ok(column)) = place else { return Err(unreadable()) };
        let cell = if found.formula.is_some() { FORMULA } else { cell(&found.value) };
        if column >= MOST_COLUMNS || cell == Cell::Text(String::new()) {
            continue;
        }
        if !rows.contains_key(&row) && rows.len() > MOST_ROWS {
            return Err(too_many());
        }
        let cells = rows.entry(row).or_default();
        if cells.len() <= column {
            cells.resize(column + 1, Cell::Text(String::new()));
        }
        if let Some(there) = cells.get_mut(column) {
            *there = cell;
        }
    }
    Ok(rows.into_iter().map(|(row, cells)| Row { number: row + 1, cells }).collect())
}

/// Whether what is packed in it is as little as it is taken: what an archive says of its sizes may be wrong, so it is
/// unpacked once, to nowhere.
fn is_bounded(bytes: &[u8]) -> io::Result<bool> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(io::Error::other)?;
    if archive.len() > MOST_FILES {
        return Ok(false);
    }
    let mut room = MOST_UNPACKED;
    for place in 0..archive.len() {
        let file = archive.by_index(place).map_err(io::Error::other)?;
        let unpacked = io::copy(&mut file.take(room + 1), &mut io::sink())?;
        if unpacked > room {
            return Ok(false);
        }
        room -= unpacked;
    }
    Ok(true)
}

fn cell(value: &DataRef<'_>) -> Cell {
    let text = match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.trim().to_owned()
        }
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Bool(is) => is.to_string(),
        DataRef::DateTime(_) => return Cell::Wrong("there is a date in it; put a text there"),
        DataRef::Error(_) => return Cell::Wrong("there is an error of the spreadsheet in it"),
    };
    Cell::Text(text.replace("\r\n", "\n"))
}
