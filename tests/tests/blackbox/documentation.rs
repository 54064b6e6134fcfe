//! What the pages of `docs/` name has to be there: links, paths, tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use xtask::exec;

/// Pages with their text.
fn pages() -> Vec<(PathBuf, String)> {
    let root = exec::root();
    let mut pages = vec![root.join("README.md"), root.join("CHANGELOG.md")];
    for folder in ["docs", "docs/adr"] {
        let entries = fs::read_dir(root.join(folder)).expect("the documentation is there");
        pages.extend(entries.flatten().map(|entry| entry.path()).filter(|path| has_extension(path, "md")));
    }
    let with_text = |path: PathBuf| fs::read_to_string(&path).ok().map(|text| (path, text));
    pages.into_iter().filter_map(with_text).collect()
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

/// What stands between backticks, outside of blocks of code.
fn code_spans(text: &str) -> Vec<&str> {
    let mut spans = Vec::new();
    let mut in_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if !in_block {
            spans.extend(line.split('`').skip(1).step_by(2));
        }
    }
    spans
}

#[test]
fn links_lead_to_files_that_are_there() {
    for (page, text) in pages() {
        let folder = page.parent().expect("a page is in a folder");
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = target.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            assert!(folder.join(target).exists(), "{}: there is no {target}", page.display());
        }
    }
}

#[test]
fn paths_that_are_named_are_there() {
    let roots = ["crates/", "migrations/", "tests/", "benches/", "docs/"];
    for (page, text) in pages() {
        for span in code_spans(&text) {
            if roots.iter().any(|root| span.starts_with(root)) && !span.contains(['<', '*', ' ', '…', '{'])
            {
                assert!(exec::root().join(span).exists(), "{}: there is no {span}", page.display());
            }
        }
    }
}

#[test]
fn tests_that_are_named_are_there() {
    let mut functions = BTreeSet::new();
    for folder in ["crates", "migrations", "tests", "benches"] {
        collect_functions(&exec::root().join(folder), &mut functions);
    }
    let page = fs::read_to_string(exec::root().join("docs/security.md")).expect("docs/security.md is there");
    let mut named = 0;
    for row in page.lines().filter(|line| line.starts_with('|')) {
        let Some(shown_by) = row.trim_end_matches(['|', ' ']).rsplit(" | ").next() else { continue };
        for name in code_spans(shown_by).into_iter().filter(|name| is_name_of_a_test(name)) {
            assert!(functions.contains(name), "docs/security.md: there is no test {name}");
            named += 1;
        }
    }
    assert!(named > 50, "only {named} tests were found in docs/security.md");
}

/// Names of tests are sentences; those of settings and fields have fewer words.
fn is_name_of_a_test(name: &str) -> bool {
    name.matches('_').count() >= 2
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn collect_functions(folder: &Path, functions: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("the sources are there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect_functions(&path, functions);
        } else if has_extension(&path, "rs") {
            let text = fs::read_to_string(&path).expect("a source is text");
            let names = text.split("fn ").skip(1);
            functions.extend(names.map(|rest| {
                rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>()
            }));
        }
    }
}
