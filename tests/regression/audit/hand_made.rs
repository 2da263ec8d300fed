//! Claims made by hand, and the command line on them in a folder of their own.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use fieldassay::rng::Seed;
use fieldassay::stats::Estimate;
use fieldassay::verdict::{Evidence, Verdict, check, exact};
use fieldassay::{Result, num::Tol};
use paper_checks::claim::{Alteration, Claim, Context, Finding, Headline, Statement, Tier};
use paper_checks::cli::Session;
use paper_checks::record::{ClaimReport, Judged};
use paper_checks::runner::{Plan, run};
use serde_json::Value;

pub(super) const TOL: Tol = Tol::abs(1e-12).because("a sum of two numbers");
/// The bias that the statistical decider undertakes to see.
pub(super) const RESOLVES: f64 = 0.2;

pub(super) fn finding(check: fieldassay::verdict::Check, value: f64) -> Finding {
    let quantity = "x".to_owned();
    let headline = Headline {
        quantity,
        claimed: 2.0,
        value,
        error: 1e-12,
    };
    Finding::new(Evidence::from_iter([check]), headline)
}

pub(super) fn sum(_: &Context<'_>, x: &f64) -> Result<Finding> {
    Ok(finding(exact("1 + x", 1.0 + x, 2.0, TOL), 1.0 + x))
}

pub(super) fn panics(_: &Context<'_>, x: &f64) -> Result<Finding> {
    panic!("no such thing as {x}")
}

pub(super) fn mean(context: &Context<'_>, bias: &f64) -> Result<Finding> {
    let mut rng = context.stream("mean");
    let samples: Vec<f64> = (0..4000).map(|_| rng.normal() + bias).collect();
    let estimate = Estimate::from_independent(&samples)?;
    let check = check("mean", estimate)
        .false_fail(1e-9)
        .resolves(RESOLVES)
        .against(0.0);
    let mut found = finding(check, estimate.value());
    found.headline.error = estimate.error();
    Ok(found)
}

pub(super) fn statement<P: Send + Sync + 'static>(
    check: fn(&Context<'_>, &P) -> Result<Finding>,
    value: P,
    alteration: Alteration<P>,
) -> Statement {
    Statement::says("as printed", "it is so", "a difference").decided_by(
        Verdict::Supported,
        check,
        value,
        alteration,
    )
}

pub(super) fn claim(id: &'static str, statement: Statement) -> Claim {
    Claim::new(
        id,
        "a slide",
        "a \"quote\" <script>alert('x')</script>",
        vec![statement],
    )
}

pub(super) fn sound(id: &'static str) -> Claim {
    claim(id, statement(sum, 1.0, Alteration::new("1 → 1.1", 1.1)))
}

pub(super) fn broken(id: &'static str) -> Claim {
    claim(id, statement(panics, 1.0, Alteration::new("1 → 1.1", 1.1)))
}

pub(super) fn statistical(id: &'static str, alteration: Alteration<f64>) -> Claim {
    claim(id, statement(mean, 0.0, alteration))
}

pub(super) fn judged(claims: &[Claim], threads: usize) -> Vec<Judged> {
    let never = AtomicBool::new(false);
    let plan = Plan {
        seed: Seed(1),
        tier: Tier::Quick,
        threads,
        interrupted: &never,
    };
    run(claims, &plan, |_| Ok(())).expect("the callback never fails")
}

pub(super) fn report_of(claim: Claim) -> ClaimReport {
    let mut all = judged(&[claim], 1);
    assert_eq!(all.len(), 1);
    all.remove(0).report
}

/// A run of the command line in a folder of its own.
pub(super) struct Cli {
    pub(super) code: u8,
    pub(super) out: String,
    pub(super) err: String,
    pub(super) dir: PathBuf,
}

impl Cli {
    pub(super) fn json(&self, name: &str) -> Value {
        let path = self.dir.join(name);
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    pub(super) fn html(&self) -> String {
        std::fs::read_to_string(self.dir.join("index.html")).expect("every audit writes its page")
    }
}

pub(super) fn assay(claims: &[Claim], dir: &Path, args: &[&str]) -> Cli {
    assay_with(claims, dir, args, &AtomicBool::new(false))
}

pub(super) fn assay_with(
    claims: &[Claim],
    dir: &Path,
    args: &[&str],
    interrupted: &AtomicBool,
) -> Cli {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let folder = ["--out".to_owned(), dir.display().to_string()];
    let args = args.iter().map(|&arg| arg.to_owned()).chain(folder);
    let session = Session {
        claims,
        interrupted,
        terminal: false,
    };
    let code = session.run(args, &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).expect("the audit writes UTF-8");
    Cli {
        code,
        out: text(out),
        err: text(err),
        dir: dir.to_owned(),
    }
}

pub(super) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("the system has a temporary folder")
}
