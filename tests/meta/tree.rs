//! The files of this checkout, as (path, text) pairs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

/// One text file: its path relative to the workspace root, with `/`, and its content.
#[derive(Clone, Debug)]
pub struct Source {
    /// Relative path, such as `src/num/tol.rs`.
    pub path: String,
    /// The whole text.
    pub text: String,
}

impl Source {
    /// A source that exists only in a test.
    pub fn planted(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }
}

/// The workspace root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether `relative` names a file of the checkout.
pub fn exists(relative: &str) -> bool {
    root().join(relative).is_file()
}

/// The text of one file that must exist.
pub fn read(relative: &str) -> String {
    fs::read_to_string(root().join(relative)).unwrap_or_else(|why| panic!("{relative}: {why}"))
}

/// Every file below `folder` whose name ends in `suffix`, sorted by path; none if there is no folder.
pub fn files(folder: &str, suffix: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.expect("a folder that was opened can be read").path();
            if path.is_dir() {
                open.push(path);
            } else if path.to_string_lossy().ends_with(suffix) {
                found.push(relative(path));
            }
        }
    }
    found.sort();
    found
}

/// Every Rust file below `folder`, read.
pub fn rust(folder: &str) -> Vec<Source> {
    let read_one = |path: String| Source {
        text: read(&path),
        path,
    };
    files(folder, ".rs").into_iter().map(read_one).collect()
}

fn relative(path: PathBuf) -> String {
    let inside = path
        .strip_prefix(root())
        .expect("the walk started at the root");
    inside.to_string_lossy().replace('\\', "/")
}

/// The tests of the binary `tests/<binary>`, by their path in it, those inside `proptest!` included.
pub fn test_names(binary: &str) -> BTreeSet<String> {
    let folder = format!("tests/{binary}");
    let mut names = BTreeSet::new();
    for source in rust(&folder) {
        let inside = source.path[folder.len() + 1..].trim_end_matches(".rs");
        let parts = inside
            .split('/')
            .filter(|part| !["main", "mod"].contains(part));
        let module: Vec<String> = parts.map(str::to_owned).collect();
        let tokens = source
            .text
            .parse()
            .unwrap_or_else(|why| panic!("{}: {why}", source.path));
        collect_tests(tokens, &module, &mut names);
    }
    names
}

fn collect_tests(tokens: TokenStream, module: &[String], names: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut is_test = false;
    let mut word = None;
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let inner = group.stream();
                let first = inner
                    .clone()
                    .into_iter()
                    .next()
                    .map(|token| token.to_string());
                is_test |= first.as_deref() == Some("test") && word.is_none();
                let mut below = module.to_vec();
                below.extend(
                    word.take()
                        .filter(|(key, _)| key == "mod")
                        .map(|(_, name)| name),
                );
                collect_tests(inner, &below, names);
            }
            TokenTree::Ident(ident) => {
                let ident = ident.to_string();
                word = match word.take() {
                    Some((key, _)) if key == "fn" && std::mem::take(&mut is_test) => {
                        names.insert([module, std::slice::from_ref(&ident)].concat().join("::"));
                        None
                    }
                    Some((key, name)) if key == "mod" && name.is_empty() => Some((key, ident)),
                    _ if ident == "fn" || ident == "mod" => Some((ident, String::new())),
                    _ => None,
                };
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

#[test]
fn test_names_are_found_in_modules_and_macros() {
    let text = "
        #[test] fn plain() {}
        #[test] #[ignore = \"slow\"] fn slow() -> R {}
        fn helper() { f() }
        mod inner { #[test] fn deep() {} mod more; }
        proptest! { #[test] fn random(x in 0..9) {} }";
    let mut names = BTreeSet::new();
    collect_tests(
        text.parse().expect("tokens"),
        &["file".to_owned()],
        &mut names,
    );
    let expected = [
        "file::inner::deep",
        "file::plain",
        "file::random",
        "file::slow",
    ];
    assert_eq!(names.into_iter().collect::<Vec<_>>(), expected);
}
