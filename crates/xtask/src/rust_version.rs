//! The Rust that is asked for is the Rust that the locked dependencies need, wherever it is written.

use std::fmt;

use crate::{Failure, Result, exec};

/// A version of Rust, such as `1.94` or `1.94.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Version([u32; 3]);

impl Version {
    fn parse(text: &str) -> Option<Self> {
        let mut numbers = [0; 3];
        let mut parts = text.split('.');
        for (number, part) in numbers.iter_mut().zip(parts.by_ref()) {
            *number = part.parse().ok()?;
        }
        parts.next().is_none().then_some(Self(numbers))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0[0], self.0[1])
    }
}

/// Fails where a locked package needs a newer Rust than the workspace says, or where the README or the image have
/// another one.
pub fn check() -> Result {
    let metadata = exec::output(&mut exec::cargo("metadata", &["--format-version", "1"]))?;
    let found = wrong(&metadata, &read("Cargo.toml")?, &read("README.md")?, &read("Dockerfile")?);
    if found.is_empty() { Ok(()) } else { Err(Failure::new(found.join("\n"))) }
}

fn read(file: &str) -> Result<String> {
    std::fs::read_to_string(exec::root().join(file))
        .map_err(|error| Failure::new(format!("cannot read {file}: {error}")))
}

fn wrong(metadata: &str, manifest: &str, readme: &str, dockerfile: &str) -> Vec<String> {
    let Some(said) = after(manifest, "\nrust-version = \"") else {
        return vec!["Cargo.toml says no rust-version".to_owned()];
    };
    let mut found = Vec::new();
    match most_demanding(metadata) {
        Some((needed, by)) if needed > said => {
            found.push(format!("Cargo.toml says rust-version {said}, and {by} needs {needed}"));
        }
        Some(_) => {}
        None => found.push("cargo metadata names no Rust version at all".to_owned()),
    }
    match after(readme, "needs Rust ") {
        Some(version) if version == said => {}
        _ => found.push(format!("README.md should say that the build \"needs Rust {said}\"")),
    }
    match after(dockerfile, "FROM rust:") {
        Some(version) if version >= said => {}
        _ => found.push(format!("Dockerfile should build from rust:{said} or later")),
    }
    found
}

/// The version that stands after these words.
fn after(text: &str, words: &str) -> Option<Version> {
    let rest = text.split_once(words)?.1;
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    Version::parse(rest[..end].trim_end_matches('.'))
}

/// The newest Rust that a package needs, and that package.
///
/// Read without a parser of JSON, as the chores have no dependencies: a package begins with its name and its version,
/// other objects with a name don't, and a quotation mark within a text is escaped.
fn most_demanding(metadata: &str) -> Option<(Version, String)> {
    let mut newest: Option<(Version, String)> = None;
    let mut package = String::new();
    for object in metadata.split("{\"name\":\"") {
        if let Some((name, rest)) = object.split_once("\",\"version\":\"")
            && !name.contains('"')
        {
            package = format!("{name} {}", rest.split('"').next().unwrap_or_default());
        }
        let version = object
            .split_once("\"rust_version\":\"")
            .and_then(|(_, rest)| Version::parse(rest.split('"').next().unwrap_or_default()));
        if let Some(version) = version
            && newest.as_ref().is_none_or(|(most, _)| version > *most)
        {
            newest = Some((version, package.clone()));
        }
    }
    newest
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: &str = r#"{"packages":[{"name":"early","version":"1.2.3","description":"asks \"rust_version\":\"9.9\"","dependencies":[{"name":"other","source":null}],"targets":[{"kind":["lib"],"name":"early"}],"rust_version":"1.94.0"},{"name":"late","version":"0.1.0","rust_version":"1.90"},{"name":"any","version":"0.1.0","rust_version":null}]}"#;
    const MANIFEST: &str = "[workspace.package]\nedition = \"2024\"\nrust-version = \"1.94\"\n";
    const README: &str = "The build needs Rust 1.94 or later.";
    const DOCKERFILE: &str = "# An image.\nFROM rust:1.95-slim-bookworm AS build\n";

    #[test]
    fn what_fits_is_not_named() {
        assert_eq!(wrong(METADATA, MANIFEST, README, DOCKERFILE), Vec::<String>::new());
        assert_eq!(wrong(METADATA, MANIFEST, "It needs Rust 1.94.", "FROM rust:1.94"), Vec::<String>::new());
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let old = MANIFEST.replace("1.94", "1.90");
        let found = wrong(METADATA, &old, README, "FROM rust:1.89-slim");
        assert_eq!(
            found,
            [
                "Cargo.toml says rust-version 1.90, and early 1.2.3 needs 1.94",
                "README.md should say that the build \"needs Rust 1.90\"",
                "Dockerfile should build from rust:1.90 or later",
            ]
        );
        assert_eq!(wrong("{}", MANIFEST, README, DOCKERFILE).len(), 1);
        assert_eq!(wrong(METADATA, "", README, DOCKERFILE), ["Cargo.toml says no rust-version"]);
    }
}
