//! The layer table: a module uses strictly lower layers only.
//!
//! What counts is every path in the code, inside macros too (`tokens`), not only `use` lines;
//! doc-comments may point upwards. `faer` is named in `linalg` only, the witness crate in `suite` and
//! `bin` only.

use std::collections::{BTreeMap, BTreeSet};

use crate::tokens::{self, PathUse};
use crate::tree::{self, Source};

mod planted;

/// Layer by layer, every module of the design, whether it exists already or not.
const LAYERS: [&[&str]; 10] = [
    &["error", "num", "units"],
    &["special"],
    &["rng"],
    &["linalg", "stats", "lattice", "io"],
    &["tensor", "optimize", "density", "verdict"],
    &["autodiff", "action", "observable", "sampler", "scattering"],
    &["nn", "ensemble", "finite_volume", "femto"],
    &["generative", "spectral", "nnft", "inverse", "report"],
    &["suite"],
    &["bin"],
];

/// Fewer than this were seen: the walk is broken, not the tree clean. Both grow with the code.
const FEWEST_FILES: usize = 28;
const FEWEST_EDGES: usize = 8;

/// The rule that a source breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A module names one of its own layer or of a higher one.
    Layer,
    /// A module without a row in the table.
    UnknownModule,
    /// `crate::x` where `x` is neither a module nor a re-export at the crate root.
    UnknownName,
    /// The crate root under another name or as a glob, behind which any module could hide.
    HiddenRoot,
    /// `faer` named outside `linalg`.
    Faer,
    /// The witness crate named outside `suite` and `bin`.
    Reference,
    /// No Rust, or `#[path]` or `include!`, through which other code enters unseen.
    Unreadable,
}

/// One broken rule, where, and what stands there.
#[derive(Debug)]
pub struct Problem {
    /// The rule.
    pub rule: Rule,
    /// `path:line: what`.
    pub what: String,
}

/// What a reading of `src/` found.
#[derive(Debug, Default)]
pub struct Reading {
    /// Broken rules.
    pub problems: Vec<Problem>,
    /// Pairs of different modules, the first of which names the second.
    pub edges: BTreeSet<(String, String)>,
}

/// Reads all `sources` of the main crate against the layer table.
pub fn read(sources: &[Source]) -> Reading {
    let exported = exported_names(sources);
    let mut reading = Reading::default();
    for source in sources {
        reading.read_source(source, &exported);
    }
    reading
}

impl Reading {
    fn read_source(&mut self, source: &Source, exported: &BTreeMap<String, String>) {
        let module = module_path(&source.path);
        let home = module.first().map_or("", String::as_str);
        if !home.is_empty() && layer(home).is_none() {
            self.report(Rule::UnknownModule, source, 0, home);
        }
        let paths = match tokens::paths(&source.text) {
            Ok(paths) => paths,
            Err(why) => return self.report(Rule::Unreadable, source, 0, &why),
        };
        for path in &paths {
            self.read_names(source, home, path);
            if let Some(inside) = within_crate(path, &module) {
                self.read_edge(source, home, path, &inside, exported);
            }
        }
    }

    fn read_names(&mut self, source: &Source, home: &str, path: &PathUse) {
        for name in &path.segments {
            let rule = match name.as_str() {
                "faer" if home != "linalg" => Rule::Faer,
                "fieldassay_reference" if !["suite", "bin"].contains(&home) => Rule::Reference,
                "include" if path.segments.len() == 1 => Rule::Unreadable,
                _ => continue,
            };
            self.report(rule, source, path.line, name);
        }
        if path.segments == ["path"] && names_a_file(&source.text, path.line) {
            self.report(Rule::Unreadable, source, path.line, "#[path]");
        }
    }

    fn read_edge(
        &mut self,
        source: &Source,
        home: &str,
        path: &PathUse,
        inside: &[String],
        exported: &BTreeMap<String, String>,
    ) {
        // The crate root is the front page: it re-exports from every layer.
        if home.is_empty() {
            return;
        }
        let written = path.segments.join("::");
        let Some(first) = inside.first().filter(|name| *name != "self") else {
            return self.report(Rule::HiddenRoot, source, path.line, &written);
        };
        let Some(used) = layer(first).map(|_| first).or_else(|| exported.get(first)) else {
            return self.report(Rule::UnknownName, source, path.line, &written);
        };
        if used == home {
            return;
        }
        self.edges.insert((home.to_owned(), used.clone()));
        if layer(used) >= layer(home) {
            let what = format!(
                "{home} (layer {:?}) uses {written}",
                layer(home).unwrap_or(0)
            );
            self.report(Rule::Layer, source, path.line, &what);
        }
    }

    fn report(&mut self, rule: Rule, source: &Source, line: usize, what: &str) {
        let what = format!("{}:{line}: {what}", source.path);
        self.problems.push(Problem { rule, what });
    }
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&module))
}

/// `src/num/tol.rs` → `num::tol`, `src/lib.rs` → nothing, `src/bin/x.rs` → `bin::x`.
fn module_path(path: &str) -> Vec<String> {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    let stem = inside.strip_suffix(".rs").unwrap_or(inside);
    let parts = stem
        .split('/')
        .filter(|part| !["mod", "lib"].contains(part));
    parts.map(str::to_owned).collect()
}

/// What `path`, written in `module`, names from the crate root on; nothing for other crates.
fn within_crate(path: &PathUse, module: &[String]) -> Option<Vec<String>> {
    let is_bin = module.first().is_some_and(|home| home == "bin");
    let mut base: Vec<String> = module.iter().chain(&path.scope).cloned().collect();
    let first = path.segments.first()?.as_str();
    if is_bin {
        return (first == "fieldassay").then(|| path.segments[1..].to_vec());
    }
    let mut rest = path.segments.as_slice();
    match first {
        "crate" => base.clear(),
        "super" => {}
        // A `self` that is no path is the receiver of a method.
        "self" if rest.len() > 1 => {}
        _ => return None,
    }
    if first != "super" {
        rest = &rest[1..];
    }
    while rest.first().is_some_and(|segment| segment == "super") {
        base.pop()?;
        rest = &rest[1..];
    }
    base.extend_from_slice(rest);
    Some(base)
}

/// Names at the crate root and the module behind each: `pub use` in `lib.rs`, exported macros.
fn exported_names(sources: &[Source]) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for source in sources {
        let home = module_path(&source.path).first().cloned();
        let paths = tokens::paths(&source.text).unwrap_or_default();
        match home {
            None => names.extend(paths.iter().filter_map(re_export)),
            Some(home) if source.text.contains("#[macro_export]") => {
                let macros = source.text.lines().filter_map(|line| {
                    let name = line.trim().strip_prefix("macro_rules! ")?;
                    Some(name.trim_end_matches([' ', '{']).to_owned())
                });
                names.extend(macros.map(|name| (name, home.clone())));
            }
            Some(_) => {}
        }
    }
    names
}

fn re_export(path: &PathUse) -> Option<(String, String)> {
    let segments = path.segments.as_slice();
    let segments = segments
        .strip_prefix(&["crate".to_owned()])
        .unwrap_or(segments);
    match segments {
        [module, .., name] if layer(module).is_some() => Some((name.clone(), module.clone())),
        _ => None,
    }
}

/// Whether the identifier `path` on this line is the attribute `#[path = …]`.
fn names_a_file(text: &str, line: usize) -> bool {
    let written = text.lines().nth(line.saturating_sub(1)).unwrap_or("");
    let packed: String = written.split_whitespace().collect();
    packed.contains("[path=") || packed.contains(",path=\"")
}

#[test]
fn modules_use_strictly_lower_layers() {
    let sources = tree::rust("src");
    let reading = read(&sources);
    assert!(sources.len() >= FEWEST_FILES, "{} files", sources.len());
    let edges = reading.edges.len();
    assert!(edges >= FEWEST_EDGES, "{edges} edges: {:?}", reading.edges);
    assert!(reading.problems.is_empty(), "{:#?}", reading.problems);
}

#[test]
fn the_front_page_lists_every_module_in_its_layer() {
    let front = tree::read("src/lib.rs");
    let declared = front
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod "));
    let mut seen = 0;
    for module in declared.map(|rest| rest.trim_end_matches(';')) {
        let row = layer(module).unwrap_or_else(|| panic!("{module} stands in no layer"));
        let listed = front.lines().any(|line| {
            line.starts_with(&format!("//! | {row} |")) && line.contains(&format!("[`{module}`]"))
        });
        assert!(
            listed,
            "src/lib.rs: the table lacks {module} in layer {row}"
        );
        seen += 1;
    }
    assert!(seen >= 12, "{seen} modules");
}
