//! What an export is written as.

use std::io;

use maip_api::partners::WholeLesson;

use super::super::linked::{graph, json_ld, turtle};
use super::xlsx::Workbook;
use super::{csv, table};

/// The file that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Csv,
    Xlsx,
    JsonLd,
    Turtle,
}

/// What there is, for who asks for something else.
pub const FILES: &str = "There are lessons.csv, lessons.xlsx, lessons.jsonld and lessons.ttl, and for an import lessons-template.csv and \
                         lessons-template.xlsx.\n";

impl Form {
    pub fn by_file(name: &str) -> Option<Self> {
        match name {
            "lessons.csv" => Some(Self::Csv),
            "lessons.xlsx" => Some(Self::Xlsx),
            "lessons.jsonld" => Some(Self::JsonLd),
            "lessons.ttl" => Some(Self::Turtle),
            _ => None,
        }
    }

    /// What an empty table for an import is written as.
    pub fn by_template(name: &str) -> Option<Self> {
        match name {
            "lessons-template.csv" => Some(Self::Csv),
            "lessons-template.xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }

    /// A table of the columns that an import takes, without rows.
    pub fn template(self) -> io::Result<Vec<u8>> {
        let head = [table::template()];
        match self {
            Self::Xlsx => {
                let mut workbook = Workbook::new()?;
                let mut bytes = workbook.rows(&head)?;
                bytes.extend(workbook.finish()?);
                Ok(bytes)
            }
            _ => Ok(csv::rows(&head)),
        }
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => XLSX,
            Self::JsonLd => json_ld::MEDIA_TYPE,
            Self::Turtle => turtle::MEDIA_TYPE,
        }
    }

    pub fn begin(self) -> io::Result<Writing> {
        Ok(match self {
            Self::Csv => Writing::Csv,
            Self::Xlsx => Writing::Xlsx(Box::new(Workbook::new()?)),
            Self::JsonLd => Writing::JsonLd,
            Self::Turtle => Writing::Turtle,
        })
    }
}

/// The media type of a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// An export that is being written.
pub enum Writing {
    Csv,
    Xlsx(Box<Workbook>),
    JsonLd,
    Turtle,
}

impl Writing {
    /// What goes out for a page; with the first one also what comes before it.
    pub fn page(
        &mut self,
        lessons: &[WholeLesson],
        base: &str,
        licence: &str,
        is_first: bool,
    ) -> io::Result<Vec<u8>> {
        let rows = || {
            let head = is_first.then(table::head).into_iter();
            head.chain(lessons.iter().map(|lesson| table::row(lesson, base))).collect::<Vec<_>>()
        };
        let graph =
            || lessons.iter().flat_map(|lesson| graph::of(&lesson.record, base, licence)).collect::<Vec<_>>();
        Ok(match self {
            Self::Csv => csv::rows(&rows()),
            Self::Xlsx(workbook) => workbook.rows(&rows())?,
            Self::JsonLd => {
                let mut text = if is_first { json_ld::begin() } else { String::new() };
                // A page after the first is there only where something comes before it.
                if !is_first && !lessons.is_empty() {
                    text.push(',');
                }
                text.push_str(&json_ld::nodes(&graph()));
                text.into_bytes()
            }
            // A page says its prefixes again, as Turtle allows.
            Self::Turtle => turtle::write(&graph()).into_bytes(),
        })
    }

    /// What comes after the last page.
    pub fn end(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Csv | Self::Turtle => Ok(Vec::new()),
            Self::Xlsx(workbook) => workbook.finish(),
            Self::JsonLd => Ok(json_ld::END.as_bytes().to_vec()),
        }
    }
}
