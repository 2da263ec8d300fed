//! A file without a row cannot hide: claims, test modules and source modules are all reached.
//!
//! A claim counts through its row in `for_each_claim!`, a test or source file through a `mod` line.
//! Without the row the file would not even be compiled, and nothing would be red.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};

use crate::tree::{self, Source};

mod planted;

/// One line of the ledger, as far as a claim has to agree with it.
#[derive(Clone, Debug)]
pub struct LedgerEntry {
    /// The talk's key, such as `000`.
    pub talk: String,
    /// The words on the slide.
    pub quote: String,
}

/// A claim as its module returns it.
#[derive(Clone, Debug)]
pub struct ClaimHead {
    /// Its name in the ledger.
    pub id: String,
    /// The words that it quotes.
    pub quote: String,
}

/// The rows of `for_each_claim!` in the source of `claims/mod.rs`.
pub fn claim_rows(source: &str) -> Vec<String> {
    let tokens: TokenStream = source.parse().expect("claims/mod.rs is Rust");
    let mut rows = Vec::new();
    find_call(tokens, &mut rows);
    rows
}

/// In `$call! { a, b, }` the identifiers of the braces are the rows.
fn find_call(tokens: TokenStream, rows: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for window in tokens.windows(4) {
        if let [
            TokenTree::Punct(dollar),
            TokenTree::Ident(call),
            TokenTree::Punct(bang),
            TokenTree::Group(body),
        ] = window
            && dollar.as_char() == '$'
            && call == "call"
            && bang.as_char() == '!'
        {
            let idents = body.stream().into_iter().filter_map(|token| match token {
                TokenTree::Ident(ident) => Some(ident.to_string()),
                _ => None,
            });
            rows.extend(idents);
        }
    }
    for token in tokens {
        if let TokenTree::Group(group) = token {
            find_call(group.stream(), rows);
        }
    }
}

/// Where files, rows, claims and ledger disagree; `claims` in the order of `rows`.
pub fn claim_problems(
    files: &[String],
    rows: &[String],
    claims: &[ClaimHead],
    ledger: &BTreeMap<String, LedgerEntry>,
) -> Vec<String> {
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| !rows.contains(file)) {
        problems.push(format!("claims/{file}.rs has no row in for_each_claim!"));
    }
    for row in rows.iter().filter(|row| !files.contains(row)) {
        problems.push(format!("the row {row} has no file"));
    }
    if claims.len() != rows.len() {
        problems.push(format!("{} rows make {} claims", rows.len(), claims.len()));
    }
    let mut ids = BTreeSet::new();
    for (row, claim) in rows.iter().zip(claims) {
        if !ids.insert(&claim.id) {
            problems.push(format!("the claim {} occurs twice", claim.id));
        }
        match ledger.get(&claim.id) {
            None => problems.push(format!("{row}: the ledger has no {}", claim.id)),
            Some(entry) => problems.extend(disagreements(row, claim, entry)),
        }
    }
    problems
}

fn disagreements(row: &str, claim: &ClaimHead, entry: &LedgerEntry) -> Vec<String> {
    let mut problems = Vec::new();
    // `000_bd32…` is the stem of the file with the slides.
    let talk = entry.talk.split('_').next().unwrap_or("");
    let name = format!("talk{talk}_{}", claim.id.replace('-', "_"));
    if row != name {
        problems.push(format!(
            "{row}: the claim {} belongs into {name}.rs",
            claim.id
        ));
    }
    let quoted = numbers(&claim.quote);
    for number in numbers(&entry.quote).difference(&quoted) {
        problems.push(format!(
            "{row}: the quotation lacks the {number} of the ledger"
        ));
    }
    if claim.quote.trim().is_empty() {
        problems.push(format!("{row}: quotes nothing"));
    }
    problems
}

/// The numbers in a quotation. A claim quotes the slide in full where the ledger's entry is short, so
/// their words differ; what the slide says the number is, does not.
fn numbers(quote: &str) -> BTreeSet<&str> {
    let runs = quote.split(|c: char| !c.is_ascii_digit() && c != '.');
    let trimmed = runs.map(|run| run.trim_matches('.'));
    trimmed.filter(|run| !run.is_empty()).collect()
}

/// The ledger's entries by id.
fn ledger() -> BTreeMap<String, LedgerEntry> {
    let ledger = paper_checks::ledger::Ledger::load().expect("the committed ledger");
    let heads = ledger.entries.into_iter().map(|entry| {
        let (talk, quote) = (entry.talk, entry.quote);
        (entry.id, LedgerEntry { talk, quote })
    });
    heads.collect()
}

/// Files of `sources` that no chain of `mod` lines from one of `roots` reaches.
pub fn unreached(sources: &[Source], roots: &[&str]) -> Vec<String> {
    let by_path: BTreeMap<&str, &str> = sources
        .iter()
        .map(|source| (source.path.as_str(), source.text.as_str()))
        .collect();
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&str> = by_path
        .keys()
        .copied()
        .filter(|path| roots.contains(path))
        .collect();
    while let Some(path) = open.pop() {
        if !reached.insert(path) {
            continue;
        }
        for module in declared_modules(by_path[path]) {
            let home = home_of(path, roots.contains(&path));
            let candidates = [
                format!("{home}{module}.rs"),
                format!("{home}{module}/mod.rs"),
            ];
            let known = candidates
                .iter()
                .filter_map(|name| by_path.get_key_value(name.as_str()));
            open.extend(known.map(|(path, _)| *path));
        }
    }
    let missed = by_path.keys().filter(|path| !reached.contains(*path));
    missed.map(|path| (*path).to_owned()).collect()
}

/// The folder, with its slash, in which the modules that `path` declares lie.
fn home_of(path: &str, is_root: bool) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if is_root || name == "mod.rs" {
        format!("{folder}/")
    } else {
        format!("{folder}/{}/", name.trim_end_matches(".rs"))
    }
}

/// `mod x;` lines, whatever their visibility; the rows of `for_each_claim!` make such lines too.
fn declared_modules(text: &str) -> Vec<String> {
    let Ok(file) = syn::parse_file(text) else {
        return Vec::new();
    };
    let mut modules: Vec<String> = file
        .items
        .iter()
        .filter_map(|item| match item {
            syn::Item::Mod(module) if module.content.is_none() => Some(module.ident.to_string()),
            _ => None,
        })
        .collect();
    if text.contains("macro_rules! for_each_claim") {
        modules.extend(claim_rows(text));
    }
    modules
}

/// Names of the claim files in the tree, without `mod`.
fn claim_files() -> Vec<String> {
    let stem = |path: String| {
        let name = path.rsplit('/').next()?.strip_suffix(".rs")?.to_owned();
        (name != "mod").then_some(name)
    };
    tree::files("paper-checks/src/claims", ".rs")
        .into_iter()
        .filter_map(stem)
        .collect()
}

#[test]
fn every_claim_has_a_file_a_row_and_a_ledger_entry() {
    let rows = claim_rows(&tree::read("paper-checks/src/claims/mod.rs"));
    let claims: Vec<ClaimHead> = paper_checks::claims::all()
        .into_iter()
        .map(|claim| ClaimHead {
            id: claim.id.to_owned(),
            quote: claim.quote.to_owned(),
        })
        .collect();
    let ledger = ledger();
    assert_eq!(ledger.len(), 220, "entries of the ledger");
    assert!(claims.len() >= 11, "{} claims", claims.len());
    assert_eq!(
        claim_problems(&claim_files(), &rows, &claims, &ledger),
        [""; 0]
    );
}

#[test]
fn every_test_file_has_a_mod_row() {
    let mut seen = 0;
    for binary in [
        "laws",
        "witness",
        "statistical",
        "stability",
        "regression",
        "meta",
    ] {
        let sources = tree::rust(&format!("tests/{binary}"));
        seen += sources.len();
        assert_eq!(
            unreached(&sources, &[&format!("tests/{binary}/main.rs")]),
            [""; 0]
        );
    }
    let all = tree::rust("tests").len();
    assert!(
        seen >= 27 && seen == all,
        "{seen} of {all} test files looked at"
    );
}

#[test]
fn every_source_file_is_reached_from_a_crate_root() {
    let mut seen = 0;
    for folder in ["src", "reference/src", "paper-checks/src"] {
        let sources = tree::rust(folder);
        let roots: Vec<&str> = sources
            .iter()
            .map(|source| source.path.as_str())
            .filter(|path| is_root(path))
            .collect();
        seen += sources.len();
        assert_eq!(unreached(&sources, &roots), [""; 0]);
    }
    assert!(seen >= 27, "{seen} files");
}

fn is_root(path: &str) -> bool {
    path.ends_with("src/lib.rs") || path.contains("src/bin/")
}
