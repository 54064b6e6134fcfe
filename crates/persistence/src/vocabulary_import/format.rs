//! Telling the form of a file by its name, else by how it begins.

use std::io::BufRead;
use std::path::Path;

use super::error::ImportError;

/// The forms of vocabulary files that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// SKOS in Turtle (`.ttl`).
    Turtle,
    /// SKOS in N-Triples (`.nt`).
    NTriples,
    /// A table with a header line (`.tsv`).
    Tsv,
}

impl Format {
    /// The form of a file, by the extension of its name, else by its first bytes, which stay
    /// unread.
    ///
    /// # Errors
    /// [`ImportError::UnknownFormat`] with what to do, or the file can't be read.
    pub fn detect(name: &Path, input: &mut impl BufRead) -> Result<Self, ImportError> {
        let extension =
            name.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_lowercase();
        match extension.as_str() {
            "ttl" | "turtle" => Ok(Self::Turtle),
            "nt" | "ntriples" => Ok(Self::NTriples),
            "tsv" => Ok(Self::Tsv),
            "gz" | "zip" | "bz2" | "xz" | "zst" => Err(ImportError::UnknownFormat(format!(
                "the file is compressed (.{extension}); unpack it first"
            ))),
            "rdf" | "owl" | "xml" | "jsonld" | "json" | "trig" | "nq" | "csv" | "xlsx" => Err(unreadable()),
            _ => Self::of_content(input.fill_buf()?),
        }
    }

    fn of_content(start: &[u8]) -> Result<Self, ImportError> {
        let start = String::from_utf8_lossy(&start[..start.len().min(4096)]);
        let start = start.trim_start_matches('\u{feff}');
        let header = start.lines().next().unwrap_or_default();
        if header.split('\t').any(|column| column.trim() == "uri") {
            return Ok(Self::Tsv);
        }
        let first =
            start.lines().map(str::trim_start).find(|line| !line.is_empty() && !line.starts_with('#'));
        match first {
            None => Err(ImportError::NoConcepts),
            Some(line) if line.starts_with("<?xml") || line.starts_with("<rdf:") || line.starts_with('{') => {
                Err(unreadable())
            }
            // N-Triples is also Turtle, so the wider reader serves for both.
            Some(line) if line.starts_with(['<', '@', '_', ':']) || is_turtle_keyword(line) => {
                Ok(Self::Turtle)
            }
            Some(_) => Err(unreadable()),
        }
    }
}

fn is_turtle_keyword(line: &str) -> bool {
    let word = line.split_whitespace().next().unwrap_or_default();
    word.eq_ignore_ascii_case("prefix") || word.eq_ignore_ascii_case("base")
}

fn unreadable() -> ImportError {
    ImportError::UnknownFormat(
        "the file isn't Turtle (.ttl), N-Triples (.nt) or a table with a column \"uri\" (.tsv); convert it to one of these"
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(name: &str, content: &str) -> Result<Format, String> {
        Format::detect(Path::new(name), &mut content.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_extension_decides() {
        assert_eq!(detect("a.TTL", "uri\tlabel_en"), Ok(Format::Turtle));
        assert_eq!(detect("a.nt", ""), Ok(Format::NTriples));
        assert_eq!(detect("a.tsv", ""), Ok(Format::Tsv));
    }

    #[test]
    fn without_a_known_extension_the_content_decides() {
        assert_eq!(detect("a", "uri\tlabel_en\n"), Ok(Format::Tsv));
        assert_eq!(detect("a.txt", "\u{feff}label_en\turi\r\n"), Ok(Format::Tsv));
        assert_eq!(detect("a", "# comment\n\n@prefix skos: <x:y> ."), Ok(Format::Turtle));
        assert_eq!(detect("a", "PREFIX skos: <x:y>"), Ok(Format::Turtle));
        assert_eq!(detect("a", "<http://a/b> <http://a/c> \"d\" ."), Ok(Format::Turtle));
    }

    #[test]
    fn other_forms_are_refused_with_what_to_do() {
        assert!(detect("agrovoc.nt.gz", "").unwrap_err().contains("unpack it first"));
        for (name, content) in [("a.rdf", ""), ("a", "<?xml version=\"1.0\"?>"), ("a", "{}"), ("a", "hello")]
        {
            assert!(detect(name, content).unwrap_err().contains("convert it"), "{name} {content}");
        }
        assert!(detect("a", " \n").unwrap_err().contains("no concept"));
    }
}
