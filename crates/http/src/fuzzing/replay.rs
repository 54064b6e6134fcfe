//! The fuzzers' functions on every seed, and on seeds that were changed at random, always in the same way:
//! so each run of the tests goes over them, without libFuzzer.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::LazyLock;

use maip_api::compile::Compiler;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use super::{body, files, headers, messages};

/// How many changed seeds each is run on.
const CHANGED: u32 = 300;

/// Each fuzzer: its name, and the call that its program consists of.
const TARGETS: &[(&str, &str)] = &[
    ("compiler", "COMPILER.drive(text)"),
    ("http_body", "maip_http::fuzzing::body(bytes)"),
    ("http_headers", "maip_http::fuzzing::headers(bytes)"),
    ("http_messages", "maip_http::fuzzing::messages(bytes)"),
    ("http_multipart", "maip_http::fuzzing::files(bytes)"),
];

/// A change: what kind of one, where from, where to, and with what.
type Change = (u8, Index, Index, u8);

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = folder().join("seeds").join(target);
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{target} has seeds");
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

fn changed(mut bytes: Vec<u8>, other: &[u8], changes: &[Change]) -> Vec<u8> {
    for (kind, from, to, byte) in changes {
        let (from, to) = (from.index(bytes.len() + 1), to.index(bytes.len() + 1));
        let (from, to) = (from.min(to), from.max(to));
        match kind {
            0 => drop(bytes.drain(from..to)),
            1 => bytes.splice(from..from, [*byte]).for_each(drop),
            2 => {
                let again = bytes[from..to].to_vec();
                bytes.splice(to..to, again).for_each(drop);
            }
            3 => bytes[from..to].iter_mut().take(3).for_each(|old| *old ^= byte),
            _ => {
                bytes.truncate(from);
                bytes.extend_from_slice(&other[to.min(other.len())..]);
            }
        }
        // As much as libFuzzer tries.
        bytes.truncate(16 * 1024);
    }
    bytes
}

fn replay(target: &str, run: impl Fn(&[u8])) {
    let seeds = seeds(target);
    for seed in &seeds {
        run(seed);
    }
    let config = ProptestConfig { cases: CHANGED, failure_persistence: None, ..ProptestConfig::default() };
    let same = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let change = (0..5_u8, any::<Index>(), any::<Index>(), any::<u8>());
    let input = (any::<Index>(), any::<Index>(), prop::collection::vec(change, 1..8));
    let tried = TestRunner::new_with_rng(config, same).run(&input, |(seed, other, changes)| {
        let (seed, other): (&Vec<u8>, &Vec<u8>) = (seed.get(&seeds), other.get(&seeds));
        run(&changed(seed.clone(), other, &changes));
        Ok(())
    });
    tried.unwrap_or_else(|error| panic!("{target}: {error}"));
}

#[test]
fn headers_are_read_or_refused_from_every_seed_on() {
    replay("http_headers", headers);
}

#[test]
fn bodies_are_read_or_refused_from_every_seed_on() {
    replay("http_body", body);
}

#[test]
fn messages_are_read_or_refused_from_every_seed_on() {
    replay("http_messages", messages);
}

#[test]
fn files_are_received_or_refused_from_every_seed_on() {
    replay("http_multipart", files);
}

#[test]
fn operations_are_compiled_or_refused_from_every_seed_on() {
    static COMPILER: LazyLock<Compiler> = LazyLock::new(|| Compiler::new().unwrap());
    replay("compiler", |bytes| {
        if let Ok(text) = std::str::from_utf8(bytes) {
            COMPILER.drive(text);
        }
    });
}

#[test]
fn every_fuzzer_consists_of_a_call_that_is_replayed() {
    let names = |folder: PathBuf| -> BTreeSet<String> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
    };
    let all: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names(folder().join("src")), all);
    assert_eq!(names(folder().join("seeds")), all);
    let manifest = std::fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    for (name, call) in TARGETS {
        let program = std::fs::read_to_string(folder().join("src").join(format!("{name}.rs"))).unwrap();
        assert!(program.contains(call), "{name} calls {call}");
        assert!(manifest.contains(&format!("path = \"src/{name}.rs\"")), "{name} is built");
    }
}
