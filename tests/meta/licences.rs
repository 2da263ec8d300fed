//! Every package that the lock file brings in may be used under MIT OR Apache-2.0.
//!
//! `cargo metadata` names the licences; an SPDX expression is evaluated (`OR` one side, `AND` both),
//! and the old spelling `MIT/Apache-2.0` means `OR`.

use cargo_metadata::{Metadata, MetadataCommand};

use crate::tree;

/// Permissive licences only.
const ALLOWED: [&str; 15] = [
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "0BSD",
    "BSL-1.0",
    "CC0-1.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "NCSA",
];

/// Fewer packages than the direct dependencies alone bring in: the lock file was not read.
const FEWEST_PACKAGES: usize = 100;

/// Whether the SPDX expression permits use under the allow-list; an unreadable one does not.
pub fn permits(expression: &str) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut parser = Parser { words: &words };
    parser.either() == Some(true) && parser.words.is_empty()
}

/// Recursive descent over `either := both (OR both)*`, `both := one (AND one)*`,
/// `one := id [WITH id] | ( either )`.
struct Parser<'a> {
    words: &'a [&'a str],
}

impl Parser<'_> {
    fn either(&mut self) -> Option<bool> {
        let mut permitted = self.both()?;
        while self.takes("OR") {
            permitted |= self.both()?;
        }
        Some(permitted)
    }

    fn both(&mut self) -> Option<bool> {
        let mut permitted = self.one()?;
        while self.takes("AND") {
            permitted &= self.one()?;
        }
        Some(permitted)
    }

    fn one(&mut self) -> Option<bool> {
        if self.takes("(") {
            let permitted = self.either()?;
            return self.takes(")").then_some(permitted);
        }
        let mut name = self.word()?.to_owned();
        if self.takes("WITH") {
            name = format!("{name} WITH {}", self.word()?);
        }
        Some(ALLOWED.contains(&name.as_str()))
    }

    fn word(&mut self) -> Option<String> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some((*first).to_owned())
    }

    fn takes(&mut self, word: &str) -> bool {
        let found = self.words.first() == Some(&word);
        if found {
            self.words = &self.words[1..];
        }
        found
    }
}

/// The packages (name, licence) that the allow-list does not permit.
pub fn forbidden<'a>(
    packages: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
) -> Vec<String> {
    let packages = packages.into_iter();
    packages
        .filter(|(_, licence)| !licence.is_some_and(permits))
        .map(|(name, licence)| format!("{name}: {}", licence.unwrap_or("no licence stated")))
        .collect()
}

/// All packages of the lock file, without the network where that works.
fn metadata() -> Metadata {
    let ask = |options: &[&str]| {
        MetadataCommand::new()
            .current_dir(tree::root())
            .other_options(
                options
                    .iter()
                    .map(|option| (*option).to_owned())
                    .collect::<Vec<_>>(),
            )
            .exec()
    };
    // Packages of other platforms may not be on this disk yet.
    ask(&["--locked", "--offline"])
        .or_else(|_| ask(&["--locked"]))
        .expect("cargo metadata reads the lock file")
}

#[test]
fn every_dependency_is_under_a_permitted_licence() {
    let metadata = metadata();
    let packages = metadata.packages.iter();
    let rows: Vec<_> = packages
        .map(|package| (package.name.as_str(), package.license.as_deref()))
        .collect();
    assert!(rows.len() >= FEWEST_PACKAGES, "{} packages", rows.len());
    assert_eq!(forbidden(rows), [""; 0]);
}

#[test]
fn our_own_licences_are_in_the_tree() {
    for (file, words) in [
        ("LICENSE-MIT", "Permission is hereby granted"),
        ("LICENSE-APACHE", "Version 2.0, January 2004"),
    ] {
        assert!(tree::read(file).contains(words), "{file}");
    }
}

#[test]
fn a_planted_copyleft_licence_is_caught() {
    for planted in [
        "GPL-3.0-only",
        "MIT AND GPL-2.0-or-later",
        "(MIT OR Apache-2.0) AND LGPL-3.0",
        "AGPL-3.0/SSPL-1.0",
        "Apache-2.0 WITH Classpath-exception-2.0",
        "MIT OR",
        "(MIT",
        "MIT Apache-2.0",
        "",
    ] {
        assert_eq!(
            forbidden([("planted", Some(planted))]).len(),
            1,
            "{planted}"
        );
    }
    assert_eq!(
        forbidden([("planted", None)]),
        ["planted: no licence stated"]
    );
}

#[test]
fn permitted_expressions_are_understood() {
    for right in [
        "MIT",
        "MIT/Apache-2.0",
        "MIT OR GPL-3.0-only",
        "(MIT OR Apache-2.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception OR GPL-2.0",
        "Zlib OR (GPL-2.0 AND MIT)",
    ] {
        assert!(permits(right), "{right}");
    }
}
