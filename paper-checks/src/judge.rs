//! One claim judged: its statements decided, their controls run, and the rules applied.
//!
//! The rules: a control must come out Refuted; where a check is statistical, the control must state
//! its size, and be no larger than [`CONTROL_LIMIT`] times the bias that the check undertakes to see
//! (a control ten times larger would show nothing about the declared power). The size is not taken
//! on trust: a statistical check must have caught the control, and may not have moved by more.

use std::time::Instant;

use fieldassay::Result;
use fieldassay::report::number;
use fieldassay::verdict::{Check, Outcome, Sense, Verdict};

use crate::claim::{Claim, Context, Control, Decision, Finding, Statement};
use crate::panics;
use crate::record::{ClaimReport, ControlReport, Judged, StatementReport};

/// The largest control, in units of the resolvable bias.
pub const CONTROL_LIMIT: f64 = 3.0;

/// Judges a claim; `None` if it was interrupted before it was finished.
#[must_use]
pub fn judge(claim: &Claim, context: &Context<'_>) -> Option<Judged> {
    let start = Instant::now();
    let mut statements = Vec::with_capacity(claim.statements.len());
    for statement in &claim.statements {
        let judged = judge_statement(statement, context);
        // A failure while the user stops the run is no finding: a resumed run decides.
        if context.interrupted() && judged.is_broken() {
            return None;
        }
        statements.push(judged);
    }
    let drawn = flatten(panics::catch(|| (claim.figures)(context)));
    if context.interrupted() && drawn.is_err() {
        return None;
    }
    let mut report =
        ClaimReport::of_statements(claim.id, context.tier(), statements, Verdict::Broken);
    claim.source.clone_into(&mut report.source);
    claim.quote.clone_into(&mut report.quote);
    let figures = drawn.unwrap_or_else(|reason| {
        report.figures_broken = Some(reason);
        report.as_expected = false;
        Vec::new()
    });
    report.figures = figures.iter().map(|figure| figure.id.clone()).collect();
    report.seconds = start.elapsed().as_secs_f64();
    Some(Judged { report, figures })
}

fn judge_statement(statement: &Statement, context: &Context<'_>) -> StatementReport {
    let mut report = StatementReport {
        form: statement.form.to_owned(),
        words: statement.words.to_owned(),
        refuted_by: statement.refuted_by.to_owned(),
        expected: statement.expected,
        verdict: Verdict::NotCheckable,
        reason: None,
        finding: None,
        control: None,
        seconds: 0.0,
    };
    match &statement.decision {
        Decision::NotCheckable(reason) => report.reason = Some((*reason).to_owned()),
        Decision::Checked { claimed, control } => {
            let decided = attempt(claimed, context);
            let controlled = judge_control(control, context);
            let weak = decided
                .outcome
                .as_ref()
                .ok()
                .and_then(|finding| too_large(finding, &controlled));
            report.seconds = decided.seconds;
            (report.verdict, report.reason, report.finding) = decided.verdict();
            if let Some(reason) = weak {
                report.verdict = Verdict::Broken;
                report.reason = Some(reason);
            }
            report.control = Some(controlled);
        }
    }
    report
}

fn judge_control(control: &Control, context: &Context<'_>) -> ControlReport {
    let run = attempt(&control.run, context);
    let seconds = run.seconds;
    let (verdict, reason, finding) = run.verdict();
    ControlReport {
        alteration: control.alteration.to_owned(),
        effect: control.effect,
        verdict,
        reason,
        finding,
        seconds,
    }
}

/// Why a control says nothing about the power of a statistical check, if so.
///
/// The checks that count are the statistical ones that caught the control: a finding may also hold
/// deterministic checks, and statistical ones of quantities that the alteration does not touch. A
/// control that was not refuted is reported as such; of its size only the declaration can be judged.
fn too_large(finding: &Finding, control: &ControlReport) -> Option<String> {
    let effect = match (finding.resolves(), control.effect) {
        (None, None) => return None,
        (Some(resolves), None) => {
            return Some(format!(
                "the check is statistical (it undertakes to see {}), but its control states no effect",
                number(resolves, 3)
            ));
        }
        (_, Some(effect)) => effect,
    };
    let checks = control.finding.iter().flat_map(|f| f.evidence.checks());
    let caught: Vec<&Check> = checks
        .filter(|check| check.outcome == Outcome::Fail && check.resolves.is_some())
        .collect();
    if control.verdict == Verdict::Refuted && caught.is_empty() {
        return Some(format!(
            "the control states an effect of {}, but no statistical check caught it",
            number(effect, 3)
        ));
    }
    let smallest = caught.iter().filter_map(|c| c.resolves).reduce(f64::min);
    let resolves = smallest.or_else(|| finding.resolves())?;
    if !(effect > 0.0 && effect <= CONTROL_LIMIT * resolves) {
        return Some(format!(
            "the control alters by {}, expected more than 0 and at most {CONTROL_LIMIT} × {}",
            number(effect, 3),
            number(resolves, 3)
        ));
    }
    caught.iter().find_map(|check| overshoots(check, effect))
}

/// Why the declared effect is not what the alteration did to `check`, if it did more.
///
/// No factor of grace: `allowed` already covers the noise at the check's own false-fail rate.
fn overshoots(check: &Check, effect: f64) -> Option<String> {
    let difference = check.value - check.expected;
    let moved = match check.sense {
        Sense::Equal => difference.abs(),
        Sense::AtMost => difference,
        Sense::AtLeast => -difference,
    };
    // NaN is no effect of the declared size either.
    let within = moved <= effect + check.allowed;
    (!within).then(|| {
        format!(
            "the alteration moved `{}` by {}, declared effect {}",
            check.name,
            number(moved, 3),
            number(effect, 3)
        )
    })
}

/// One run of a decider.
struct Attempt {
    outcome: std::result::Result<Finding, String>,
    seconds: f64,
}

fn attempt(run: impl Fn(&Context<'_>) -> Result<Finding>, context: &Context<'_>) -> Attempt {
    let start = Instant::now();
    let outcome = flatten(panics::catch(|| run(context)));
    Attempt {
        outcome,
        seconds: start.elapsed().as_secs_f64(),
    }
}

impl Attempt {
    fn verdict(self) -> (Verdict, Option<String>, Option<Finding>) {
        match self.outcome {
            Ok(finding) => (finding.verdict(), None, Some(finding)),
            Err(reason) => (Verdict::Broken, Some(reason), None),
        }
    }
}

fn flatten<T>(outcome: std::result::Result<Result<T>, String>) -> std::result::Result<T, String> {
    outcome.and_then(|returned| returned.map_err(|why| format!("stopped with an error: {why}")))
}
