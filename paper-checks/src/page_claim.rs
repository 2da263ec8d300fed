//! One claim as the page shows it: checks as rows of text, with as many digits as mean something.

use fieldassay::num::Tol;
use fieldassay::report::{Figure, number};
use fieldassay::verdict::{Check, Outcome, Sense, Verdict};
use serde::Serialize;

use crate::claim::{Finding, Headline};
use crate::ledger::{Entry, Notes};
use crate::page::TalkView;
use crate::record::{ClaimReport, ControlReport, StatementReport};
use crate::terminal::claim_problems;

/// A claim with a decider.
#[derive(Serialize)]
pub struct ClaimView<'a> {
    id: &'a str,
    area: &'a str,
    talk: TalkView<'a>,
    verdict: Verdict,
    expected: Verdict,
    as_expected: bool,
    estimate: String,
    claimed: String,
    control: Option<Verdict>,
    seconds: f64,
    source: &'a str,
    quote: &'a str,
    problems: Vec<String>,
    statements: Vec<StatementView<'a>>,
    figures: Vec<&'a Figure>,
    notes: &'a Notes,
    text: String,
}

#[derive(Serialize)]
struct StatementView<'a> {
    form: &'a str,
    words: &'a str,
    refuted_by: &'a str,
    verdict: Verdict,
    expected: Verdict,
    reason: Option<&'a str>,
    qualification: Option<&'a str>,
    headline: Option<String>,
    checks: Vec<CheckView<'a>>,
    control: Option<ControlView<'a>>,
}

#[derive(Serialize)]
struct ControlView<'a> {
    alteration: &'a str,
    verdict: Verdict,
    remark: String,
    reason: Option<&'a str>,
    checks: Vec<CheckView<'a>>,
}

#[derive(Serialize)]
struct CheckView<'a> {
    outcome: String,
    name: &'a str,
    note: &'a str,
    value: String,
    expected: String,
    difference: String,
    allowed: String,
    power: String,
}

impl<'a> ClaimView<'a> {
    /// The view of `report`; its figures are found in `figures` by id.
    pub fn of(
        report: &'a ClaimReport,
        entry: &'a Entry,
        talk: TalkView<'a>,
        figures: &'a [Figure],
    ) -> Self {
        let headline = report
            .statements
            .first()
            .and_then(|s| s.finding.as_ref())
            .map(|f| &f.headline);
        let words = report
            .statements
            .iter()
            .map(|s| s.words.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        Self {
            id: &report.id,
            area: &entry.area,
            talk,
            verdict: report.verdict,
            expected: report.expected,
            as_expected: report.as_expected,
            estimate: headline.map(with_error).unwrap_or_default(),
            claimed: headline
                .map(|h| number(h.claimed, digits(h.claimed, h.error)))
                .unwrap_or_default(),
            control: report.control_verdict,
            seconds: report.seconds,
            source: &report.source,
            quote: &report.quote,
            problems: claim_problems(report),
            statements: report.statements.iter().map(StatementView::of).collect(),
            figures: report
                .figures
                .iter()
                .filter_map(|id| figures.iter().find(|f| f.id == *id))
                .collect(),
            notes: &entry.notes,
            text: format!("{} {} {} {words}", report.id, entry.area, report.quote),
        }
    }
}

impl<'a> StatementView<'a> {
    fn of(statement: &'a StatementReport) -> Self {
        let finding = statement.finding.as_ref();
        Self {
            form: &statement.form,
            words: &statement.words,
            refuted_by: &statement.refuted_by,
            verdict: statement.verdict,
            expected: statement.expected,
            reason: statement.reason.as_deref(),
            qualification: finding.and_then(|f| f.qualification.as_deref()),
            headline: finding.map(|f| headline(&f.headline)),
            checks: checks(finding),
            control: statement.control.as_ref().map(ControlView::of),
        }
    }
}

impl<'a> ControlView<'a> {
    fn of(control: &'a ControlReport) -> Self {
        let effect = control
            .effect
            .map(|effect| format!("; an effect of {}", number(effect, 3)));
        let all = control
            .finding
            .as_ref()
            .map_or(&[][..], |f| f.evidence.checks());
        let failed = all
            .iter()
            .filter(|check| check.outcome == Outcome::Fail)
            .count();
        let required = match control.verdict {
            Verdict::Refuted => format!("as required, by {failed} of {} checks", all.len()),
            _ => "but it must be Refuted".to_owned(),
        };
        Self {
            alteration: &control.alteration,
            verdict: control.verdict,
            remark: format!("{required}{}", effect.unwrap_or_default()),
            reason: control.reason.as_deref(),
            checks: refuting(control.finding.as_ref()),
        }
    }
}

/// The checks that refute a control; the others only repeat what stands above (they are in the JSON).
fn refuting(finding: Option<&Finding>) -> Vec<CheckView<'_>> {
    let all = finding.map_or(&[][..], |f| f.evidence.checks());
    let failed: Vec<_> = all.iter().filter(|c| c.outcome == Outcome::Fail).collect();
    if failed.is_empty() {
        all.iter().map(CheckView::of).collect()
    } else {
        failed.into_iter().map(CheckView::of).collect()
    }
}

fn checks(finding: Option<&Finding>) -> Vec<CheckView<'_>> {
    finding
        .map(|f| f.evidence.checks().iter().map(CheckView::of).collect())
        .unwrap_or_default()
}

impl<'a> CheckView<'a> {
    fn of(check: &'a Check) -> Self {
        if is_fact(check) {
            return Self::fact(check);
        }
        let relation = match check.sense {
            Sense::Equal => "",
            Sense::AtMost => "≤ ",
            Sense::AtLeast => "≥ ",
        };
        let digits = digits(check.expected.abs().max(check.value.abs()), check.allowed);
        let error = match check.error {
            0.0 => String::new(),
            error => format!(" ± {}", number(error, 2)),
        };
        Self {
            outcome: format!("{:?}", check.outcome),
            name: &check.name,
            note: &check.note,
            value: format!("{}{error}", number(check.value, digits)),
            expected: format!("{relation}{}", number(check.expected, digits)),
            difference: number(check.value - check.expected, 2),
            allowed: number(check.allowed, 2),
            power: power(check),
        }
    }

    fn fact(check: &'a Check) -> Self {
        let holds = if check.value == 1.0 {
            "holds"
        } else {
            "does not hold"
        };
        Self {
            outcome: format!("{:?}", check.outcome),
            name: &check.name,
            note: &check.note,
            value: holds.to_owned(),
            expected: "holds".to_owned(),
            difference: String::new(),
            allowed: String::new(),
            power: String::new(),
        }
    }
}

/// A yes-or-no statement is stored as 1 against 1 with a note of its own.
fn is_fact(check: &Check) -> bool {
    let yes_or_no = check.value == 0.0 || check.value == 1.0;
    yes_or_no && check.expected == 1.0 && check.allowed == 0.0 && check.note != Tol::EXACT.reason()
}

fn power(check: &Check) -> String {
    let (Some(resolves), Some(seen)) = (check.resolves, check.seen) else {
        return "deterministic".to_owned();
    };
    format!(
        "undertakes to see {}, could have seen {}; false alarm {}",
        number(resolves, 2),
        number(seen, 2),
        number(check.false_fail, 1)
    )
}

fn headline(headline: &Headline) -> String {
    let claimed = number(headline.claimed, digits(headline.claimed, headline.error));
    format!(
        "{}: {}, claimed {claimed}",
        headline.quantity,
        with_error(headline)
    )
}

fn with_error(headline: &Headline) -> String {
    let value = number(headline.value, digits(headline.value, headline.error));
    match headline.error {
        0.0 => value,
        error => format!("{value} ± {}", number(error, 2)),
    }
}

/// Significant digits of `value` worth showing beside a scale of `resolution`: two beyond it.
fn digits(value: f64, resolution: f64) -> usize {
    let ratio = (value.abs() / resolution).log10();
    if ratio.is_finite() {
        (ratio.ceil() as i32 + 2).clamp(3, 13) as usize
    } else {
        10
    }
}
