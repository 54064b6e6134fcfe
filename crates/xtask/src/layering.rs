//! Dependencies point one way: server, http, api, persistence, domain. `cargo tree` proves it.

use std::collections::BTreeSet;

use crate::{Failure, Result, exec};

/// What one crate must not depend on.
struct Layer {
    krate: &'static str,
    /// Neither itself nor through others.
    never: &'static [&'static str],
    /// Not itself; through others it may.
    not_directly: &'static [&'static str],
}

const LAYERS: &[Layer] = &[
    // Rules are pure: no database, network, GraphQL, runtime or ambient randomness.
    Layer {
        krate: "maip-domain",
        never: &[
            "maip-persistence",
            "maip-api",
            "maip-http",
            "maip-migrations",
            "maip",
            "sea-orm",
            "sea-orm-migration",
            "sqlx",
            "sqlx-core",
            "async-graphql",
            "apollo-compiler",
            "axum",
            "hyper",
            "tokio",
            "reqwest",
            "lettre",
            "rand",
        ],
        not_directly: &[],
    },
    Layer {
        krate: "maip-migrations",
        never: &[
            "maip-domain",
            "maip-persistence",
            "maip-api",
            "maip-http",
            "maip",
            "async-graphql",
            "axum",
            "hyper",
        ],
        not_directly: &[],
    },
    Layer {
        krate: "maip-persistence",
        never: &[
            "maip-api",
            "maip-http",
            "maip",
            "async-graphql",
            "apollo-compiler",
            "axum",
            "hyper",
            "lettre",
        ],
        not_directly: &[],
    },
    Layer {
        krate: "maip-api",
        never: &["maip-http", "maip", "axum", "hyper", "tower-http", "lettre"],
        not_directly: &["sea-orm", "sqlx", "maip-migrations"],
    },
    // HTTP knows the schema only as "execute this operation".
    Layer {
        krate: "maip-http",
        never: &["maip", "lettre"],
        not_directly: &["sea-orm", "sqlx", "async-graphql", "apollo-compiler", "maip-migrations"],
    },
];

/// Fails where a crate depends on what it must not; names every such dependency.
pub fn check() -> Result {
    let mut found = Vec::new();
    for layer in LAYERS {
        found.extend(violations(layer, &dependencies(layer.krate, "all")?, layer.never));
        if !layer.not_directly.is_empty() {
            found.extend(violations(layer, &dependencies(layer.krate, "1")?, layer.not_directly));
        }
    }
    if found.is_empty() { Ok(()) } else { Err(Failure::new(found.join("\n"))) }
}

fn violations(layer: &Layer, dependencies: &BTreeSet<String>, forbidden: &[&str]) -> Vec<String> {
    let present = forbidden.iter().filter(|name| dependencies.contains(**name));
    present
        .map(|name| {
            format!("{krate} must not depend on {name}; see how it does: cargo tree -p {krate} -i {name} -e normal", krate = layer.krate)
        })
        .collect()
}

/// The names of what a crate's own code depends on, tests and build scripts left out.
fn dependencies(krate: &str, depth: &str) -> Result<BTreeSet<String>> {
    let mut args = vec!["--package", krate, "--edges", "normal", "--prefix", "none", "--format", "{p}"];
    if depth != "all" {
        args.extend(["--depth", depth]);
    }
    exec::output(&mut exec::cargo("tree", &args)).map(|tree| names(&tree, krate))
}

fn names(tree: &str, krate: &str) -> BTreeSet<String> {
    let names = tree.lines().filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != krate).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "maip-domain v0.1.0 (/somewhere/crates/domain)\nserde v1.0.229\nserde_core v1.0.229\ntime v0.3.44 (*)\n";

    #[test]
    fn names_are_the_first_words_without_the_crate_itself() {
        assert_eq!(
            names(TREE, "maip-domain").into_iter().collect::<Vec<_>>(),
            ["serde", "serde_core", "time"]
        );
    }

    #[test]
    fn a_forbidden_dependency_is_named_and_a_longer_name_is_not_it() {
        let layer = Layer { krate: "maip-domain", never: &["serde", "tim"], not_directly: &[] };
        let found = violations(&layer, &names(TREE, "maip-domain"), layer.never);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("maip-domain must not depend on serde;"));
    }
}
