//! `schema.graphql`, the published contract: written from the code, and compared with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{Failure, Result, exec};

/// Writes `schema.graphql` as the code has it.
pub fn write() -> Result {
    let sdl = said(&mut exec::cargo("run", &["--quiet", "--package", "maip", "--", "schema"]))?;
    let path = path();
    fs::write(&path, sdl)
        .map_err(|error| Failure::new(format!("cannot write {}: {error}", path.display())))?;
    println!("wrote schema.graphql");
    Ok(())
}

/// Fails where `schema.graphql` is not what this binary says; the message shows the first difference.
pub fn check(maip: &Path) -> Result {
    let from_code =
        exec::output(Command::new(maip).arg("schema").current_dir(exec::root()).stdin(Stdio::null()))?;
    let checked_in = fs::read_to_string(path()).unwrap_or_default();
    match first_difference(&checked_in, &from_code) {
        None => Ok(()),
        Some(difference) => Err(Failure::new(format!(
            "schema.graphql is not what the code has. {difference}\nIf the change is meant: cargo xtask schema, then `git diff schema.graphql`."
        ))),
    }
}

fn said(maip_schema: &mut Command) -> Result<String> {
    let sdl = exec::output(maip_schema)?;
    if sdl.trim().is_empty() { Err(Failure::new("`maip schema` printed nothing")) } else { Ok(sdl) }
}

fn path() -> PathBuf {
    exec::root().join("schema.graphql")
}

fn first_difference(checked_in: &str, from_code: &str) -> Option<String> {
    if checked_in == from_code {
        return None;
    }
    let (mut old, mut new) = (checked_in.lines(), from_code.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (old.next(), new.next()) {
            (None, None) => return Some("They differ in line ends only.".to_owned()),
            (a, b) if a == b => {}
            (a, b) => {
                let show = |line: Option<&str>| line.map_or_else(|| "(the end)".to_owned(), str::to_owned);
                return Some(format!("Line {number}:\n  file: {}\n  code: {}", show(a), show(b)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_schemas_have_no_difference() {
        assert_eq!(first_difference("type A\n", "type A\n"), None);
    }

    #[test]
    fn the_first_differing_line_is_shown_with_its_number() {
        let said = first_difference("type A\ntype B\n", "type A\ntype C\n").expect("differs");
        assert_eq!(said, "Line 2:\n  file: type B\n  code: type C");
        let said = first_difference("", "type A\n").expect("differs");
        assert_eq!(said, "Line 1:\n  file: (the end)\n  code: type A");
        let said = first_difference("type A", "type A\n").expect("differs");
        assert_eq!(said, "They differ in line ends only.");
    }
}
