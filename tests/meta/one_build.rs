//! `cargo test` and `cargo assay` share one build: no test-only dependency switches on a feature of a
//! shared crate that the audit's own build leaves off, else everything above that crate builds twice.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

type Features = BTreeMap<String, BTreeSet<String>>;

/// Crate and version, with its features, for every line of `cargo tree`.
fn features(arguments: &[&str]) -> Features {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "tree", "--locked", "--prefix", "none", "--format", "{p}|{f}",
        ])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs, since it runs this test");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    parse(&String::from_utf8_lossy(&output.stdout))
}

fn parse(tree: &str) -> Features {
    let mut all = Features::new();
    for (package, features) in tree.lines().filter_map(|line| line.split_once('|')) {
        let name: Vec<&str> = package.split_whitespace().take(2).collect();
        let features = features
            .trim_end_matches(" (*)")
            .split(',')
            .filter(|f| !f.is_empty());
        all.entry(name.join(" "))
            .or_default()
            .extend(features.map(str::to_owned));
    }
    all
}

/// What the tests' build has beyond the audit's, crate by crate.
fn extra(audit: &Features, tests: &Features) -> Vec<String> {
    let differs = |(package, own): (&String, &BTreeSet<String>)| {
        let with_tests = tests.get(package)?;
        let more: Vec<&str> = with_tests.difference(own).map(String::as_str).collect();
        (!more.is_empty()).then(|| format!("{package} gains {}", more.join(", ")))
    };
    audit.iter().filter_map(differs).collect()
}

#[test]
fn tests_and_audit_share_one_build() {
    let audit = features(&[
        "--package",
        "paper-checks",
        "--edges",
        "normal,no-proc-macro",
    ]);
    let tests = features(&["--workspace", "--edges", "normal,dev,no-proc-macro"]);
    assert!(audit.len() > 60, "only {} crates seen", audit.len());
    let hosts_only = ["proc-macro2 ", "syn ", "quote ", "unicode-ident "];
    let found = extra(&audit, &tests);
    let found: Vec<_> = found
        .iter()
        .filter(|line| !hosts_only.iter().any(|host| line.starts_with(host)))
        .collect();
    assert!(
        found.is_empty(),
        "name these features in [dependencies] too: {found:?}"
    );
}

#[test]
fn a_planted_test_only_feature_is_caught() {
    let audit = parse("either v1.0.0|std\nrand v0.1.0|\n");
    let tests = parse("either v1.0.0|std,use_std (*)\nrand v0.1.0|\nproptest v1.0.0|std\n");
    assert_eq!(extra(&audit, &tests), ["either v1.0.0 gains use_std"]);
}
