//! Bugs as patches to `src/`: each still applies, alters code, and names a test that exists.
//!
//! That the test turns red is the slow half: `cargo gate patches`.

use paper_checks::gate::Patch;

use crate::tree;

/// Fewer patches than this cannot have been all of them.
const FEWEST: usize = 5;

/// Why `patch` is no bug in `source`, which is the file that it names.
fn problems(patch: &Patch, source: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if !patch.target.starts_with("src/") || patch.target.starts_with("src/bin/") {
        problems.push(format!(
            "{}: {} is not the library",
            patch.name, patch.target
        ));
    }
    match patch.apply(source) {
        Err(why) => problems.push(why),
        Ok(sick) if code(&sick) == code(source) => {
            problems.push(format!("{}: alters no code", patch.name));
        }
        Ok(sick) => problems.extend(syn::parse_file(&sick).err().map(|why| why.to_string())),
    }
    problems
}

/// The tokens, without comments and doc-comments, as one text.
fn code(source: &str) -> String {
    let undocumented = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let text: Vec<&str> = undocumented.collect();
    let tokens: proc_macro2::TokenStream = text.join("\n").parse().unwrap_or_default();
    tokens.to_string()
}

#[test]
fn every_patch_applies_and_alters_code() {
    let patches = Patch::all(tree::root()).expect("readable patches");
    assert!(patches.len() >= FEWEST, "{} patches", patches.len());
    for patch in &patches {
        let found = problems(patch, &tree::read(&patch.target));
        assert_eq!(found, [""; 0]);
    }
}

#[test]
fn every_patch_names_a_test_that_exists() {
    for patch in Patch::all(tree::root()).expect("readable patches") {
        let tests = tree::test_names(&patch.caught_by.binary);
        assert!(
            tests.contains(&patch.caught_by.path),
            "{}: no test `{}`",
            patch.name,
            patch.caught_by
        );
    }
}

const SOURCE: &str = "/// One.\nfn one() -> f64 {\n    1.0\n}\n";
const PATCH: &str = "Bug: two.\nCaught-by: laws num::one\n\n--- a/src/num/one.rs\n+++ b/src/num/one.rs\n@@ -1,4 +1,4 @@\n /// One.\n fn one() -> f64 {\n-    1.0\n+    2.0\n }\n";

#[test]
fn a_patch_is_read_and_applied() {
    let patch = Patch::parse("two", PATCH).expect("a patch");
    assert_eq!(
        (patch.bug.as_str(), patch.target.as_str()),
        ("two.", "src/num/one.rs")
    );
    assert_eq!(patch.caught_by.to_string(), "laws num::one");
    assert_eq!(problems(&patch, SOURCE), [""; 0]);
    assert_eq!(patch.apply(SOURCE), Ok(SOURCE.replace("1.0", "2.0")));
}

#[test]
fn a_patch_that_no_longer_applies_is_caught() {
    let patch = Patch::parse("two", PATCH).expect("a patch");
    assert_eq!(problems(&patch, &SOURCE.replace("1.0", "1.5")).len(), 1);
}

#[test]
fn a_patch_that_alters_no_code_is_caught() {
    let comment = PATCH
        .replace("-    1.0\n+    2.0", "+    // Two.\n     1.0")
        .replace("+1,4", "+1,5");
    let patch = Patch::parse("comment", &comment).expect("a patch");
    assert_eq!(problems(&patch, SOURCE), ["comment: alters no code"]);
    let elsewhere = PATCH.replace("src/num/one.rs", "tests/laws/num.rs");
    let patch = Patch::parse("elsewhere", &elsewhere).expect("a patch");
    assert_eq!(
        problems(&patch, SOURCE),
        ["elsewhere: tests/laws/num.rs is not the library"]
    );
}

#[test]
fn an_incomplete_patch_is_an_error_that_says_what_is_missing() {
    for (old, new, told) in [
        ("Bug: two.\n", "", "Bug:"),
        ("Caught-by: laws num::one\n", "", "Caught-by:"),
        ("laws num::one", "laws", "binary path"),
        ("--- a/src/num/one.rs\n", "", "--- a/"),
        (
            "--- a/src/num/one.rs",
            "--- a/src/num/two.rs",
            "another file",
        ),
        ("@@ -1,4 +1,4 @@", "@@ nonsense @@", "two"),
    ] {
        let why = Patch::parse("two", &PATCH.replace(old, new)).expect_err(old);
        assert!(why.contains(told), "{why}");
    }
    let both = format!("{PATCH}--- a/src/lib.rs\n+++ b/src/lib.rs\n@@ -1,1 +1,1 @@\n-a\n+b\n");
    assert!(Patch::parse("both", &both).is_err());
}
