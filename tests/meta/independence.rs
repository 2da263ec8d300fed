//! The witness is independent: `reference/` depends on nothing of ours and shares no code with `src/`.
//!
//! Cargo would permit the edge `reference → fieldassay` as soon as `fieldassay` stopped using the
//! witness, and a copied function permits nothing but agreement. So cargo itself is asked what the
//! manifest means (renamed packages, target tables and workspace inheritance are its business), and
//! function bodies are compared up to names and layout.

use std::collections::HashMap;
use std::path::Path;

use cargo_metadata::{Dependency, MetadataCommand, Package};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::tokens;
use crate::tree::{self, Source};

mod planted;

/// All that the witness crate may depend on: reading and writing JSON.
const ALLOWED: [&str; 3] = ["num-bigint", "serde", "serde_json"];

/// Consecutive tokens of a function body that do not agree by chance: about ten lines. Three nested
/// loops over a cube of integers, which any author writes alike, are 60.
const SHINGLE: usize = 80;

/// What each dependency of the witness crate breaks.
pub fn dependency_problems(dependencies: &[Dependency]) -> Vec<String> {
    let problem = |dependency: &Dependency| {
        let registry = dependency.source.as_ref().map(ToString::to_string);
        let from_crates_io = registry.is_some_and(|source| source.contains("crates.io"));
        let allowed = ALLOWED.contains(&dependency.name.as_str());
        let renamed = dependency.rename.is_some();
        let right = allowed && from_crates_io && !renamed && dependency.path.is_none();
        (!right).then(|| {
            format!(
                "reference depends on {} ({:?})",
                dependency.name, dependency.kind
            )
        })
    };
    dependencies.iter().filter_map(problem).collect()
}

/// What the witness's sources name that they must not.
pub fn source_problems(sources: &[Source]) -> Vec<String> {
    let mut problems = Vec::new();
    for source in sources {
        let names = ["fieldassay", "faer", "include"];
        match tokens::mentions(&source.text, &names) {
            Ok(hits) => {
                let told = hits.into_iter();
                problems.extend(told.map(|(name, line)| format!("{}:{line}: {name}", source.path)));
            }
            Err(why) => problems.push(format!("{}: {why}", source.path)),
        }
        let packed: String = source.text.split_whitespace().collect();
        if packed.contains("[path=") || packed.contains(",path=\"") {
            problems.push(format!("{}: #[path]", source.path));
        }
    }
    problems
}

/// Where `src/` takes random numbers from the witness: agreement has to be physical, not bitwise.
pub fn shared_streams(sources: &[Source]) -> Vec<String> {
    let random = |segment: &String| {
        let segment = segment.to_lowercase();
        [
            "rng", "rand", "stream", "seed", "chacha", "splitmix", "xoshiro",
        ]
        .iter()
        .any(|word| segment.contains(word))
    };
    let mut problems = Vec::new();
    for source in sources {
        for path in tokens::paths(&source.text).unwrap_or_default() {
            if path.segments[0] == "fieldassay_reference" && path.segments.iter().any(random) {
                problems.push(format!(
                    "{}:{}: {}",
                    source.path,
                    path.line,
                    path.segments.join("::")
                ));
            }
        }
    }
    problems
}

/// Function bodies that occur, up to names and layout, in both `ours` and `theirs`; and how many
/// stretches were compared.
pub fn copies(ours: &[Source], theirs: &[Source]) -> (Vec<String>, usize) {
    let mut known: HashMap<String, &str> = HashMap::new();
    let mut compared = 0;
    for source in ours {
        for stretch in stretches(&source.text) {
            known.insert(stretch, &source.path);
            compared += 1;
        }
    }
    let mut problems = Vec::new();
    for source in theirs {
        let shared = stretches(&source.text).find_map(|stretch| known.get(&stretch).copied());
        if let Some(original) = shared {
            problems.push(format!("{} repeats a function of {original}", source.path));
        }
    }
    (problems, compared)
}

/// Every stretch of `SHINGLE` tokens inside a function body, names replaced by order of appearance.
fn stretches(text: &str) -> impl Iterator<Item = String> + use<> {
    let mut bodies = Vec::new();
    if let Ok(tokens) = text.parse::<TokenStream>() {
        collect_bodies(tokens, &mut bodies);
    }
    bodies.into_iter().flat_map(|body| {
        let windows = body.windows(SHINGLE).map(without_names);
        windows.collect::<Vec<_>>()
    })
}

fn collect_bodies(tokens: TokenStream, bodies: &mut Vec<Vec<String>>) {
    let mut in_signature = false;
    for token in tokens {
        match token {
            TokenTree::Ident(word) if word == "fn" => in_signature = true,
            TokenTree::Punct(p) if p.as_char() == ';' => in_signature = false,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                if std::mem::take(&mut in_signature) {
                    let mut body = Vec::new();
                    flatten(group.stream(), &mut body);
                    bodies.push(body);
                } else {
                    collect_bodies(group.stream(), bodies);
                }
            }
            _ => {}
        }
    }
}

fn flatten(tokens: TokenStream, flat: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                flat.push(format!("{:?}", group.delimiter()));
                flatten(group.stream(), flat);
                flat.push("end".to_owned());
            }
            TokenTree::Ident(name) => flat.push(format!("name {name}")),
            other => flat.push(other.to_string()),
        }
    }
}

fn without_names(window: &[String]) -> String {
    let mut order: HashMap<&str, usize> = HashMap::new();
    let mut text = String::new();
    for token in window {
        if token.starts_with("name ") {
            let next = order.len();
            text.push_str(&format!("#{} ", order.entry(token).or_insert(next)));
        } else {
            text.push_str(token);
            text.push(' ');
        }
    }
    text
}

/// The package `name` of the workspace at `folder`, as cargo understands its manifest.
fn package(folder: &Path, name: &str) -> Package {
    let metadata = MetadataCommand::new()
        .manifest_path(folder.join("Cargo.toml"))
        .no_deps()
        .other_options(vec!["--offline".to_owned()])
        .exec()
        .expect("cargo reads the manifest");
    let mut packages = metadata.packages.into_iter();
    packages
        .find(|package| package.name == name)
        .expect("a member of the workspace")
}

#[test]
fn the_witness_depends_on_nothing_of_ours() {
    let reference = package(tree::root(), "fieldassay-reference");
    assert!(
        !reference.dependencies.is_empty(),
        "the witness writes JSON: something was not read"
    );
    assert_eq!(dependency_problems(&reference.dependencies), [""; 0]);
}

#[test]
fn the_witness_names_nothing_of_ours() {
    let sources = tree::rust("reference");
    assert!(sources.len() >= 3, "{} files", sources.len());
    assert_eq!(source_problems(&sources), [""; 0]);
}

#[test]
fn no_stream_is_shared_with_the_witness() {
    let mut sources = tree::rust("src");
    sources.extend(tree::rust("paper-checks/src"));
    assert!(sources.len() >= 24, "{} files", sources.len());
    assert_eq!(shared_streams(&sources), [""; 0]);
}

#[test]
fn no_function_is_shared_with_the_witness() {
    let (problems, compared) = copies(&tree::rust("src"), &tree::rust("reference"));
    assert!(compared >= 2000, "{compared} stretches");
    assert_eq!(problems, [""; 0]);
}

#[test]
fn faer_and_the_witness_keep_their_names_in_every_manifest() {
    let mut seen = 0;
    for name in ["fieldassay", "paper-checks"] {
        for dependency in package(tree::root(), name).dependencies {
            let watched = ["faer", "fieldassay-reference"].contains(&dependency.name.as_str());
            // Under another name the source scan would not know them.
            assert!(
                !watched || dependency.rename.is_none(),
                "{name}: {dependency:?}"
            );
            seen += usize::from(watched);
        }
    }
    assert!(seen >= 3, "{seen} dependencies watched");
}
