//! What a terminal shows: the ledger's coverage, a line per finished claim, the table at the end.

use std::fmt::Write;

use fieldassay::report::{Table, duration, number};
use fieldassay::verdict::Verdict;

use crate::audit::Audit;
use crate::claim::{Claim, Tier};
use crate::ledger::{Entry, Ledger};
use crate::record::ClaimReport;

/// The ledger with what is implemented, and coverage by area.
pub fn list(
    ledger: &Ledger,
    claims: &[Claim],
    tier: Tier,
    selected: &dyn Fn(&str) -> bool,
) -> String {
    let claim_of = |entry: &Entry| claims.iter().find(|claim| claim.id == entry.id);
    let entries = || ledger.entries.iter().filter(|entry| selected(&entry.id));
    let (cost, which) = tier.pick(
        ("cost, quick", true),
        ("cost, standard", true),
        ("cost, full", false),
    );
    let mut table = Table::new(["claim", "area", cost, "decider", "expected"]).wrap(2, 18);
    for entry in entries() {
        let claim = claim_of(entry);
        let expected = claim
            .and_then(|claim| claim.statements.first())
            .map(|s| s.expected);
        table.row([
            entry.id.clone(),
            entry.area.clone(),
            if which {
                entry.quick.clone()
            } else {
                entry.full.clone()
            },
            if claim.is_some() { "yes" } else { "no" }.to_owned(),
            expected.unwrap_or(Verdict::NotImplemented).to_string(),
        ]);
    }
    let mut areas: Vec<(&str, usize, usize)> = Vec::new();
    for entry in entries() {
        let done = usize::from(claim_of(entry).is_some());
        match areas.iter_mut().find(|(area, ..)| *area == entry.area) {
            Some((_, decided, all)) => (*decided, *all) = (*decided + done, *all + 1),
            None => areas.push((&entry.area, done, 1)),
        }
    }
    let mut coverage = Table::new(["area", "with a decider", "of"])
        .right(1)
        .right(2);
    for (area, decided, all) in &areas {
        coverage.row([(*area).to_owned(), decided.to_string(), all.to_string()]);
    }
    let (decided, all) = areas
        .iter()
        .fold((0, 0), |(d, a), area| (d + area.1, a + area.2));
    format!("{table}\n\n{coverage}\n\n{decided} of {all} claims have a decider.\n")
}

/// One finished claim, for the log.
pub fn line(report: &ClaimReport) -> String {
    let mut line = format!("{}: {}", report.id, report.verdict);
    if report.verdict != report.expected {
        let _ = write!(line, " (expected {})", report.expected);
    }
    if let Some(control) = report
        .control_verdict
        .filter(|&control| control != Verdict::Refuted)
    {
        let _ = write!(line, ", control {control}");
    }
    let _ = write!(line, ", {}", duration(report.seconds));
    line
}

/// The table of the implemented claims and the sums below it.
pub fn summary(audit: &Audit) -> String {
    let header = [
        "claim", "verdict", "expected", "estimate", "claimed", "control", "time",
    ];
    let mut table = Table::new(header).right(3).right(4).right(6).wrap(3, 28);
    for claim in audit.implemented() {
        table.row([
            claim.id.clone(),
            claim.verdict.to_string(),
            claim.expected.to_string(),
            with_error(claim),
            claim.claimed.map(|x| number(x, 6)).unwrap_or_default(),
            claim
                .control_verdict
                .map(|v| v.to_string())
                .unwrap_or_default(),
            duration(claim.seconds),
        ]);
    }
    let sums = &audit.summary;
    let undecided = audit
        .claims
        .iter()
        .filter(|claim| !claim.is_implemented())
        .count();
    let mut text = format!(
        "{table}\n\n{} of {} claims as expected; {} of {} controls refuted; chance of a false failure at most {}.\n",
        sums.as_expected,
        sums.implemented,
        sums.controls_refuted,
        sums.controls,
        number(sums.false_fail, 2),
    );
    if sums.implemented == 0 {
        let _ = writeln!(text, "0 claims were decided.");
    }
    if undecided > 0 {
        let _ = writeln!(
            text,
            "{undecided} of {} selected claims have no decider yet (--list).",
            sums.entries
        );
    }
    for problem in audit.implemented().flat_map(problems) {
        let _ = writeln!(text, "{problem}");
    }
    if audit.run.interrupted {
        let unfinished = audit.run.unfinished.len();
        let _ = writeln!(
            text,
            "Interrupted: {unfinished} claims left; --resume goes on from here."
        );
    }
    text
}

fn with_error(claim: &ClaimReport) -> String {
    match (claim.estimate, claim.error) {
        (Some(value), Some(error)) if error > 0.0 => {
            format!("{} ± {}", number(value, 8), number(error, 2))
        }
        (Some(value), _) => number(value, 8),
        (None, _) => String::new(),
    }
}

/// Why a claim is not as expected, a line per reason.
fn problems(claim: &ClaimReport) -> Vec<String> {
    let mut lines = claim_problems(claim);
    for statement in &claim.statements {
        let place = format!("{} ({})", claim.id, statement.form);
        if statement.verdict != statement.expected || statement.verdict == Verdict::Broken {
            let (verdict, expected) = (statement.verdict, statement.expected);
            let why = because(statement.reason.as_deref());
            lines.push(format!("{place}: {verdict}, expected {expected}{why}"));
        }
        let Some(control) = &statement.control else {
            continue;
        };
        if control.verdict != Verdict::Refuted {
            let (alteration, verdict) = (&control.alteration, control.verdict);
            let why = because(control.reason.as_deref());
            lines.push(format!(
                "{place}, control `{alteration}`: {verdict}, expected Refuted{why}"
            ));
        }
    }
    lines
}

/// What is wrong with a claim besides its statements.
pub fn claim_problems(claim: &ClaimReport) -> Vec<String> {
    let mut lines = Vec::new();
    if claim.statements.is_empty() && claim.is_implemented() {
        lines.push(format!("{}: the claim has no statement", claim.id));
    }
    if let Some(reason) = &claim.figures_broken {
        lines.push(format!(
            "{}: its figures could not be drawn: {reason}",
            claim.id
        ));
    }
    lines
}

fn because(reason: Option<&str>) -> String {
    reason
        .map(|reason| format!(": {reason}"))
        .unwrap_or_default()
}
