//! A table as it was sent: its columns, and the cells of its rows.

use maip_domain::error_code::ErrorCode;
use maip_persistence::write::UserError;

use super::{separated, workbook};

/// The largest file, in bytes.
pub const MOST_BYTES: u64 = 8 << 20;
/// The most rows below the names of the columns: all of them are written in one transaction.
pub const MOST_ROWS: usize = 200;
/// The most columns; what stands further to the right is no column of ours.
pub const MOST_COLUMNS: usize = 64;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A text, without the spaces around it; empty where there is nothing.
    Text(String),
    /// What isn't taken for a text, and why.
    Wrong(&'static str),
}

impl Cell {
    fn is_empty(&self) -> bool {
        matches!(self, Self::Text(text) if text.is_empty())
    }
}

pub const FORMULA: Cell = Cell::Wrong("there is a formula in it; put its value there as a text");

/// A row, by the number that a spreadsheet shows beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub number: usize,
    pub cells: Vec<Cell>,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
}

/// Reads a table: a workbook by its first sheet, and anything else as a text with separators.
pub fn read(bytes: &[u8]) -> Result<Table, UserError> {
    let rows =
        if bytes.starts_with(b"PK\x03\x04") { workbook::rows(bytes)? } else { separated::rows(bytes)? };
    let mut rows = rows.into_iter().filter(|row| !row.cells.iter().all(Cell::is_empty));
    let columns = rows.next().map_or_else(Vec::new, |head| head.cells);
    let columns = columns.into_iter().map(|cell| match cell {
        Cell::Text(name) => name.to_lowercase(),
        Cell::Wrong(_) => String::new(),
    });
    let table = Table { columns: columns.collect(), rows: rows.collect() };
    if table.rows.is_empty() {
        return Err(refused(ErrorCode::Required, "there is no row below the names of the columns"));
    }
    Ok(table)
}

/// Something about the file as a whole.
pub fn refused(code: ErrorCode, message: impl Into<String>) -> UserError {
    UserError::at("file", code, message)
}

/// That there are more rows than are taken at once.
pub fn too_many() -> UserError {
    refused(ErrorCode::TooMany, format!("{MOST_ROWS} rows are the most; send the others in another file"))
}
