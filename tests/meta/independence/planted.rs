//! Edges, mentions, streams and copies that must be caught.

use super::{copies, dependency_problems, package, shared_streams, source_problems};
use crate::tree::{self, Source};

/// What is found when the witness's manifest carries `tables` and the workspace `shared`.
fn planted_manifest(tables: &str, shared: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let write = |path: &str, text: String| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("below the folder")).expect("a new folder");
        std::fs::write(path, text).expect("a scratch file");
    };
    let head = |name: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n")
    };
    write(
        "Cargo.toml",
        format!("[workspace]\nmembers = [\"ours\", \"reference\"]\nresolver = \"3\"\n{shared}"),
    );
    write("ours/Cargo.toml", head("fieldassay"));
    write("ours/src/lib.rs", String::new());
    write(
        "reference/Cargo.toml",
        head("fieldassay-reference") + tables,
    );
    write("reference/src/lib.rs", String::new());
    dependency_problems(&package(folder.path(), "fieldassay-reference").dependencies)
}

#[test]
fn a_planted_edge_to_ours_is_caught_in_every_disguise() {
    let inherited =
        "[workspace.dependencies]\nserde = { package = \"fieldassay\", path = \"ours\" }\n";
    for (tables, shared) in [
        ("[dependencies]\nfieldassay = { path = \"../ours\" }\n", ""),
        (
            "[dependencies.serde]\npackage = \"fieldassay\"\npath = \"../ours\"\n",
            "",
        ),
        (
            "[dev-dependencies]\nfieldassay = { path = \"../ours\" }\n",
            "",
        ),
        (
            "[build-dependencies]\nfieldassay = { path = \"../ours\" }\n",
            "",
        ),
        (
            "[target.'cfg(unix)'.dependencies]\nfieldassay = { path = \"../ours\" }\n",
            "",
        ),
        ("[dependencies]\nserde.workspace = true\n", inherited),
        (
            "[dependencies]\nserde = { git = \"https://example.org/ours\" }\n",
            "",
        ),
        ("[dependencies]\nfaer = \"0.24\"\n", ""),
        (
            "[dependencies]\nrand_chacha = { version = \"0.10\", optional = true }\n",
            "",
        ),
        (
            "[dependencies]\nserde_json = { package = \"statrs\", version = \"0.19\" }\n",
            "",
        ),
    ] {
        let problems = planted_manifest(tables, shared);
        assert_eq!(problems.len(), 1, "{tables}{shared}: {problems:?}");
    }
    assert_eq!(
        planted_manifest("[dependencies]\nserde_json = \"1\"\n", ""),
        [""; 0]
    );
}

#[test]
fn a_planted_mention_of_ours_is_caught() {
    for text in [
        "use fieldassay::num::Tol;",
        "fn f() { println!(\"{}\", ::fieldassay::x()); }",
        "include!(\"../../src/num/sum.rs\");",
        "#[path = \"../../src/num/sum.rs\"] mod sum;",
        "use r#faer as f;",
    ] {
        let problems = source_problems(&[Source::planted("reference/src/x.rs", text)]);
        assert_eq!(problems.len(), 1, "{text}: {problems:?}");
    }
    let innocent = "//! The witness of `fieldassay`.\nuse crate::dd::Dd;";
    assert_eq!(
        source_problems(&[Source::planted("reference/src/x.rs", innocent)]),
        [""; 0]
    );
}

#[test]
fn a_planted_shared_stream_is_caught() {
    let text = "use fieldassay_reference::{zeta, rng::Stream};";
    assert_eq!(
        shared_streams(&[Source::planted("src/suite/x.rs", text)]).len(),
        1
    );
}

#[test]
fn a_planted_copy_is_caught_even_with_new_names_and_layout() {
    let original = tree::read("src/rng.rs");
    let start = original
        .find("fn step_body<")
        .expect("the step of xoshiro256++ in src/rng.rs");
    let length = original[start..].find("\n}\n").expect("its end");
    let copied = original[start..start + length + 2]
        .replace("step", "advance")
        .replace("start", "lane")
        .replace("s0", "first")
        .replace("s3", "last")
        .replace('\n', " ");
    let theirs = [Source::planted("reference/src/stolen.rs", &copied)];
    let (problems, compared) = copies(&[Source::planted("src/rng.rs", &original)], &theirs);
    assert!(compared >= 100, "{compared} stretches");
    assert_eq!(
        problems,
        ["reference/src/stolen.rs repeats a function of src/rng.rs"]
    );
    let own = copied
        .replace("rotate_left(23)", "rotate_left(22)")
        .replace("<< 17", "<< 18");
    let theirs = [Source::planted("reference/src/own.rs", &own)];
    let (problems, _) = copies(&[Source::planted("src/rng.rs", &original)], &theirs);
    assert_eq!(problems, [""; 0], "another generator is no copy");
}
