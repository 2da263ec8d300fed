//! Broken layers that must be reported, and what must not.

use super::{Problem, Rule, read};
use crate::tree::Source;

/// Reads the one planted source beside a front page with one re-export.
fn rules_broken_by(path: &str, text: &str) -> Vec<Rule> {
    let front = Source::planted("src/lib.rs", "pub mod error; pub use error::Error;");
    let reading = read(&[front, Source::planted(path, text)]);
    let told = |problem: &Problem| problem.what.starts_with(&format!("{path}:"));
    assert!(reading.problems.iter().all(told), "{:?}", reading.problems);
    let rules = reading.problems.iter().map(|problem| problem.rule);
    rules.collect()
}

#[test]
fn a_planted_layer_violation_is_reported_in_every_disguise() {
    for (path, text) in [
        ("src/num/tol.rs", "use crate::verdict::Check;"),
        (
            "src/num/tol.rs",
            "fn f() -> f64 { crate::linalg::norm(&[1.0]) }",
        ),
        (
            "src/num/tol.rs",
            "fn f() { assert!(crate::stats::Estimate::new(0.0)); }",
        ),
        (
            "src/num/tol.rs",
            "macro_rules! m { () => { $crate::suite::run() } }",
        ),
        ("src/num/tol.rs", "use super::super::linalg::lu;"),
        (
            "src/num/tol.rs",
            "use {std::fmt, crate::{error::Error, io::{self, npy}}};",
        ),
        ("src/rng.rs", "use super::stats;"),
        (
            "src/rng.rs",
            "mod inner { use super::super::report::Figure; }",
        ),
        (
            "src/stats/tail.rs",
            "struct S(<crate::linalg::Lu as Clone>::Owned);",
        ),
        (
            "src/stats/tail.rs",
            "#[serde(with = \"crate::io::json\")] struct S;",
        ),
        ("src/io/mod.rs", "use crate::stats::Estimate;"),
        (
            "src/num/mod.rs",
            "use crate::Error; pub use crate::verdict::*;",
        ),
    ] {
        let broken = rules_broken_by(path, text);
        assert!(broken.contains(&Rule::Layer), "{text}: {broken:?}");
    }
}

#[test]
fn what_the_table_allows_is_not_reported() {
    for (path, text) in [
        (
            "src/verdict/check.rs",
            "use crate::num::Tol; use super::Outcome; use crate::Error;",
        ),
        (
            "src/stats/mod.rs",
            "mod t { use super::tail; use super::super::num; }",
        ),
        (
            "src/linalg/lu.rs",
            "use faer::Mat; /// [`crate::suite`]\nfn f() { self.x(); }",
        ),
        (
            "src/suite/mod.rs",
            "use fieldassay_reference::zeta; use crate::report;",
        ),
        (
            "src/bin/x.rs",
            "use fieldassay::suite; use crate::args; use fieldassay_reference as r;",
        ),
        (
            "src/report/mod.rs",
            "fn f(path: &str, x: X) { g(path); x.path = path; } ",
        ),
    ] {
        assert_eq!(rules_broken_by(path, text), [], "{text}");
    }
}

#[test]
fn a_hidden_crate_root_is_reported() {
    for text in [
        "use crate as me;",
        "use crate::*;",
        "use crate::{self as me};",
        "use super::super::*;",
    ] {
        assert_eq!(
            rules_broken_by("src/num/tol.rs", text),
            [Rule::HiddenRoot],
            "{text}"
        );
    }
    let unknown = rules_broken_by("src/num/tol.rs", "use crate::elsewhere::x;");
    assert_eq!(unknown, [Rule::UnknownName]);
}

#[test]
fn an_unknown_module_is_reported() {
    assert_eq!(
        rules_broken_by("src/helpers/mod.rs", "fn f() {}"),
        [Rule::UnknownModule]
    );
    assert_eq!(
        rules_broken_by("src/utils.rs", "fn f() {}"),
        [Rule::UnknownModule]
    );
}

#[test]
fn faer_outside_linalg_is_reported() {
    for text in [
        "use faer::Mat;",
        "type M = r#faer::Mat<f64>;",
        "fn f() { dbg!(::faer::zeros(2)); }",
    ] {
        assert_eq!(
            rules_broken_by("src/stats/pca.rs", text),
            [Rule::Faer],
            "{text}"
        );
    }
}

#[test]
fn the_witness_outside_suite_and_bin_is_reported() {
    for path in [
        "src/finite_volume/zeta.rs",
        "src/lib.rs",
        "src/linalg/mod.rs",
    ] {
        let broken = rules_broken_by(path, "pub use fieldassay_reference::zeta;");
        assert_eq!(broken, [Rule::Reference], "{path}");
    }
}

#[test]
fn code_that_enters_unseen_is_reported() {
    for text in [
        "include!(\"../../reference/src/zeta.rs\");",
        "#[path = \"../x.rs\"] mod x;",
        "fn f( {",
    ] {
        assert_eq!(
            rules_broken_by("src/num/tol.rs", text),
            [Rule::Unreadable],
            "{text}"
        );
    }
}
