//! What an audit leaves behind for a claim: data only, written to JSON and read back by `--resume`.

use fieldassay::report::Figure;
use fieldassay::verdict::Verdict;
use serde::{Deserialize, Serialize};

use crate::claim::{Finding, Tier};

/// The result of one claim. The first eight fields are the published interface of `--json`; they
/// repeat the principal (first) statement.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClaimReport {
    /// Its name in the ledger.
    pub id: String,
    /// The verdict of the first statement.
    pub verdict: Verdict,
    /// The verdict that its record commits to.
    pub expected: Verdict,
    /// The headline number; `None` if there is none or it is not finite.
    pub estimate: Option<f64>,
    /// Its error, or declared accuracy.
    pub error: Option<f64>,
    /// Refuted if every control is, else the first one that is not; `None` without controls.
    pub control_verdict: Option<Verdict>,
    /// Wall time of all its statements, controls and figures.
    pub seconds: f64,
    /// The tier at which it ran.
    pub tier: Tier,
    /// What the estimate is.
    pub quantity: Option<String>,
    /// What the claim says it is.
    pub claimed: Option<f64>,
    /// Every verdict is the expected one, every control is Refuted, and the figures were drawn.
    pub as_expected: bool,
    /// Who said it where; empty without a decider.
    pub source: String,
    /// The words on the slide; empty without a decider.
    pub quote: String,
    /// The statements, the principal one first; none without a decider.
    pub statements: Vec<StatementReport>,
    /// The ids of its figures.
    pub figures: Vec<String>,
    /// Why its figures could not be drawn.
    pub figures_broken: Option<String>,
}

/// The result of one statement.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StatementReport {
    /// `as printed`, `corrected`, or a part.
    pub form: String,
    /// The statement in our words.
    pub words: String,
    /// What would refute it.
    pub refuted_by: String,
    /// The verdict that the record commits to.
    pub expected: Verdict,
    /// The verdict reached.
    pub verdict: Verdict,
    /// Why it is Broken or NotCheckable.
    pub reason: Option<String>,
    /// The checks and the headline number.
    pub finding: Option<Finding>,
    /// The negative control; `None` for NotCheckable.
    pub control: Option<ControlReport>,
    /// Wall time of the decision, without the control.
    pub seconds: f64,
}

/// The result of a negative control.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ControlReport {
    /// What was altered.
    pub alteration: String,
    /// The size of the alteration, where the check is statistical.
    pub effect: Option<f64>,
    /// The verdict reached; it must be Refuted.
    pub verdict: Verdict,
    /// Why it is Broken.
    pub reason: Option<String>,
    /// The checks.
    pub finding: Option<Finding>,
    /// Wall time.
    pub seconds: f64,
}

/// A claim's result with its figures, as they are stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Judged {
    /// The result.
    pub report: ClaimReport,
    /// The figures, in the order of `report.figures`.
    pub figures: Vec<Figure>,
}

impl ClaimReport {
    /// The record of a ledger entry without a decider.
    #[must_use]
    pub fn not_implemented(id: &str, tier: Tier) -> Self {
        Self::of_statements(id, tier, Vec::new(), Verdict::NotImplemented)
    }

    /// The record of `statements`; `empty` is the verdict when there are none.
    #[must_use]
    pub fn of_statements(
        id: &str,
        tier: Tier,
        statements: Vec<StatementReport>,
        empty: Verdict,
    ) -> Self {
        let first = statements.first();
        let headline = first.and_then(|s| s.finding.as_ref()).map(|f| &f.headline);
        let finite = |x: f64| x.is_finite().then_some(x);
        Self {
            id: id.to_owned(),
            verdict: first.map_or(empty, |s| s.verdict),
            expected: first.map_or(Verdict::NotImplemented, |s| s.expected),
            estimate: headline.and_then(|h| finite(h.value)),
            error: headline.and_then(|h| finite(h.error)),
            control_verdict: control_verdict(&statements),
            seconds: 0.0,
            tier,
            quantity: headline.map(|h| h.quantity.clone()),
            claimed: headline.and_then(|h| finite(h.claimed)),
            as_expected: if statements.is_empty() {
                empty == Verdict::NotImplemented
            } else {
                statements.iter().all(StatementReport::as_expected)
            },
            source: String::new(),
            quote: String::new(),
            statements,
            figures: Vec::new(),
            figures_broken: None,
        }
    }

    /// Whether a decider exists.
    #[must_use]
    pub fn is_implemented(&self) -> bool {
        self.verdict != Verdict::NotImplemented
    }

    /// Probability, at most, that right programs fail a check of this claim, controls not counted.
    #[must_use]
    pub fn false_fail(&self) -> f64 {
        let findings = self.statements.iter().filter_map(|s| s.finding.as_ref());
        findings.map(|finding| finding.evidence.false_fail()).sum()
    }
}

impl StatementReport {
    /// Whether the statement or its control could not be decided.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        let control = self.control.as_ref().map(|control| control.verdict);
        self.verdict == Verdict::Broken || control == Some(Verdict::Broken)
    }

    /// Whether the verdict is the expected one and the control is Refuted.
    #[must_use]
    pub fn as_expected(&self) -> bool {
        let controlled = self.control.as_ref().map(|control| control.verdict);
        let sound = match controlled {
            Some(verdict) => verdict == Verdict::Refuted,
            None => self.verdict == Verdict::NotCheckable,
        };
        sound && self.verdict == self.expected
    }
}

fn control_verdict(statements: &[StatementReport]) -> Option<Verdict> {
    let verdicts = || {
        statements
            .iter()
            .filter_map(|s| s.control.as_ref())
            .map(|c| c.verdict)
    };
    verdicts()
        .find(|&verdict| verdict != Verdict::Refuted)
        .or_else(|| verdicts().next())
}
