//! Rows as a workbook with one sheet, written as they come.
//!
//! A workbook is an archive of XML files. What the known writers make is complete before its first byte goes out, in memory or
//! on a disk; here the sheet is the last file of the archive and is written row by row, so that an export of any length
//! takes no more room than a page, and begins at once. All texts are cells of texts: nothing is ever a formula.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use super::super::xml::Xml;
use super::table::{COLUMNS, Cell};

/// The most rows of a sheet.
const MOST_ROWS: u32 = 1_048_576;
/// The longest text of a cell, in the units of UTF-16.
const LONGEST: usize = 32_767;
/// What stands where a longer one was cut.
const CUT: &str = " […]";

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// What was written and isn't taken yet.
#[derive(Clone, Debug, Default)]
struct Taken(Arc<Mutex<Vec<u8>>>);

impl Taken {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Taken {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A workbook that is being written.
pub struct Workbook {
    archive: ZipWriter<StreamWriter<Taken>>,
    taken: Taken,
    rows: u32,
}

impl Workbook {
    /// One without rows.
    pub fn new() -> io::Result<Self> {
        let taken = Taken::default();
        let mut workbook = Self { archive: ZipWriter::new_stream(taken.clone()), taken, rows: 0 };
        for (name, part) in [
            ("[Content_Types].xml", content_types()),
            ("_rels/.rels", relationship("officeDocument", "xl/workbook.xml")),
            ("xl/workbook.xml", book()),
            ("xl/_rels/workbook.xml.rels", relationship("worksheet", "worksheets/sheet1.xml")),
        ] {
            workbook.file(name)?;
            workbook.archive.write_all(&part.into_bytes())?;
        }
        workbook.file("xl/worksheets/sheet1.xml")?;
        workbook.archive.write_all(&sheet().into_bytes())?;
        Ok(workbook)
    }

    fn file(&mut self, name: &str) -> io::Result<()> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        self.archive.start_file(name, options).map_err(io::Error::other)
    }

    /// Writes rows, and gives the bytes that are to go out.
    pub fn rows(&mut self, rows: &[Vec<Cell>]) -> io::Result<Vec<u8>> {
        let mut xml = Xml::inner();
        for cells in rows {
            if self.rows == MOST_ROWS {
                return Err(io::Error::other("a sheet has no more rows"));
            }
            self.rows += 1;
            let row = self.rows.to_string();
            xml.open("row", &[("r", &row)]);
            for (place, cell) in cells.iter().enumerate() {
                let place = format!("{}{row}", column(place));
                match cell {
                    Cell::Text(text) if text.is_empty() => {}
                    Cell::Text(text) => {
                        xml.open("c", &[("r", &place), ("t", "inlineStr")]);
                        xml.open("is", &[]);
                        xml.text("t", &[("xml:space", "preserve")], &plain(text));
                        xml.close("is");
                        xml.close("c");
                    }
                    Cell::Number(number) => {
                        xml.open("c", &[("r", &place)]);
                        xml.text("v", &[], &number.to_string());
                        xml.close("c");
                    }
                }
            }
            xml.close("row");
        }
        self.archive.write_all(&xml.into_bytes())?;
        Ok(self.taken.take())
    }

    /// The rest of it.
    pub fn finish(mut self) -> io::Result<Vec<u8>> {
        self.archive.write_all(b"</sheetData></worksheet>")?;
        self.archive.finish().map_err(io::Error::other)?;
        Ok(self.taken.take())
    }
}

/// The name of a column: A to Z, then AA.
fn column(place: usize) -> String {
    let letter = |place: usize| u8::try_from(place % 26).map_or('?', |place| char::from(b'A' + place));
    match place / 26 {
        0 => letter(place).to_string(),
        first => format!("{}{}", letter(first - 1), letter(place)),
    }
}

/// A text as the format has it: no longer than may be, and nothing in it that stands for a character by its number.
fn plain(text: &str) -> Cow<'_, str> {
    let stands_for_another = |rest: &str| {
        let bytes = rest.as_bytes();
        bytes.len() >= 7 && bytes[6] == b'_' && bytes[2..6].iter().all(u8::is_ascii_hexdigit)
    };
    let mut plain = Cow::Borrowed(text);
    if text.match_indices("_x").any(|(at, _)| stands_for_another(&text[at..])) {
        let mut escaped = String::with_capacity(text.len() + 8);
        let mut rest = text;
        while let Some(at) = rest.find("_x") {
            escaped.push_str(&rest[..at]);
            escaped.push_str(if stands_for_another(&rest[at..]) { "_x005F_x" } else { "_x" });
            rest = &rest[at + 2..];
        }
        escaped.push_str(rest);
        plain = Cow::Owned(escaped);
    }
    // A byte is no less than a unit.
    if plain.len() <= LONGEST || plain.encode_utf16().count() <= LONGEST {
        return plain;
    }
    let mut units = 0;
    let end = plain.char_indices().find(|(_, character)| {
        units += character.len_utf16();
        units > LONGEST - CUT.encode_utf16().count()
    });
    Cow::Owned(format!("{}{CUT}", &plain[..end.map_or(0, |(at, _)| at)]))
}

fn content_types() -> Xml {
    const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.";
    let mut xml = Xml::new();
    xml.open("Types", &[("xmlns", "http://schemas.openxmlformats.org/package/2006/content-types")]);
    let relationships = "application/vnd.openxmlformats-package.relationships+xml";
    xml.text("Default", &[("Extension", "rels"), ("ContentType", relationships)], "");
    xml.text("Default", &[("Extension", "xml"), ("ContentType", "application/xml")], "");
    for (part, kind) in
        [("/xl/workbook.xml", "sheet.main+xml"), ("/xl/worksheets/sheet1.xml", "worksheet+xml")]
    {
        xml.text("Override", &[("PartName", part), ("ContentType", &format!("{KIND}{kind}"))], "");
    }
    xml.close("Types");
    xml
}

fn relationship(kind: &str, target: &str) -> Xml {
    let mut xml = Xml::new();
    xml.open("Relationships", &[("xmlns", PACKAGE)]);
    let kind = format!("{OFFICE}/{kind}");
    xml.text("Relationship", &[("Id", "rId1"), ("Type", &kind), ("Target", target)], "");
    xml.close("Relationships");
    xml
}

fn book() -> Xml {
    let mut xml = Xml::new();
    xml.open("workbook", &[("xmlns", MAIN), ("xmlns:r", OFFICE)]);
    xml.open("sheets", &[]);
    xml.text("sheet", &[("name", "Lessons"), ("sheetId", "1"), ("r:id", "rId1")], "");
    xml.close("sheets");
    xml.close("workbook");
    xml
}

/// A sheet up to its rows. The first stays in sight.
fn sheet() -> Xml {
    let mut xml = Xml::new();
    xml.open("worksheet", &[("xmlns", MAIN)]);
    xml.open("sheetViews", &[]);
    xml.open("sheetView", &[("workbookViewId", "0")]);
    let below = [("ySplit", "1"), ("topLeftCell", "A2"), ("activePane", "bottomLeft"), ("state", "frozen")];
    xml.text("pane", &below, "");
    xml.close("sheetView");
    xml.close("sheetViews");
    xml.open("cols", &[]);
    xml.text(
        "col",
        &[("min", "1"), ("max", &COLUMNS.len().to_string()), ("width", "24"), ("customWidth", "1")],
        "",
    );
    xml.close("cols");
    xml.open("sheetData", &[]);
    xml
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_by_letters() {
        assert_eq!([0, 25, 26, 51, 52].map(column), ["A", "Z", "AA", "AZ", "BA"]);
    }

    #[test]
    fn a_text_is_no_longer_than_a_cell_and_stands_for_itself() {
        assert_eq!(plain("figs _x _xyz_ _x00_"), "figs _x _xyz_ _x00_");
        assert_eq!(plain("_x000D_ ü_x0041_"), "_x005F_x000D_ ü_x005F_x0041_");
        assert_eq!(plain(&"ü".repeat(LONGEST)), "ü".repeat(LONGEST));
        let cut = plain(&"𝒳".repeat(LONGEST)).into_owned();
        assert!(cut.ends_with(CUT) && cut.encode_utf16().count() <= LONGEST, "{}", cut.len());
    }
}
