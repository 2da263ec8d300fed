//! A whole run: the results in ledger order, what was run, and what it adds up to.

use std::collections::BTreeMap;

use fieldassay::verdict::Verdict;
use serde::Serialize;

use crate::claim::Tier;
use crate::ledger::Ledger;
use crate::record::{ClaimReport, StatementReport};
use crate::store::RunKey;

/// What was run, when and where.
#[derive(Clone, Debug, Serialize)]
pub struct RunInfo {
    /// Seed, tier, version and build.
    #[serde(flatten)]
    pub key: RunKey,
    /// The command line that repeats it.
    pub command: String,
    /// How many claims at a time.
    pub threads: usize,
    /// When it began, UTC.
    pub started: String,
    /// Wall time in seconds, reused results not counted.
    pub seconds: f64,
    /// Operating system and processor.
    pub platform: String,
    /// How many results of an earlier run were reused.
    pub reused: usize,
    /// Whether Ctrl-C ended it.
    pub interrupted: bool,
    /// The claims that the interrupt left undecided.
    pub unfinished: Vec<String>,
}

/// A finished (or interrupted) audit.
#[derive(Clone, Debug, Serialize)]
pub struct Audit {
    /// One record per selected ledger entry, in the order of the talks.
    pub claims: Vec<ClaimReport>,
    /// What was run.
    pub run: RunInfo,
    /// What it adds up to.
    pub summary: Summary,
}

/// What the claims of an audit add up to.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Selected ledger entries.
    pub entries: usize,
    /// Those with a decider.
    pub implemented: usize,
    /// How many implemented claims got each verdict.
    pub verdicts: BTreeMap<String, usize>,
    /// Implemented claims whose verdicts and controls all came out as expected.
    pub as_expected: usize,
    /// Statements decided or found not checkable.
    pub statements: usize,
    /// Controls run.
    pub controls: usize,
    /// Those that came out Refuted.
    pub controls_refuted: usize,
    /// Probability, at most, that a right program fails a check of this run.
    pub false_fail: f64,
    /// Exit code of the run.
    pub exit_code: u8,
}

/// Exit code of a run that Ctrl-C ended (128 + SIGINT).
pub const INTERRUPTED: u8 = 130;

impl Audit {
    /// Puts results into ledger order and fills in the entries without a decider.
    ///
    /// `selected` are the ids to account for; those among `run.unfinished` get no record.
    #[must_use]
    pub fn assemble(
        ledger: &Ledger,
        selected: &dyn Fn(&str) -> bool,
        reports: Vec<ClaimReport>,
        tier: Tier,
        run: RunInfo,
    ) -> Self {
        let mut by_id: BTreeMap<String, ClaimReport> = reports
            .into_iter()
            .map(|report| (report.id.clone(), report))
            .collect();
        let entries = ledger.entries.iter().map(|entry| entry.id.as_str());
        let claims: Vec<ClaimReport> = entries
            .filter(|id| selected(id) && !run.unfinished.iter().any(|unfinished| unfinished == id))
            .map(|id| {
                by_id
                    .remove(id)
                    .unwrap_or_else(|| ClaimReport::not_implemented(id, tier))
            })
            .collect();
        let whole = ledger.entries.iter().all(|entry| selected(&entry.id));
        let summary = Summary::of(&claims, &run, whole);
        Self {
            claims,
            run,
            summary,
        }
    }

    /// The claims with a decider.
    pub fn implemented(&self) -> impl Iterator<Item = &ClaimReport> {
        self.claims.iter().filter(|claim| claim.is_implemented())
    }
}

impl Summary {
    /// `whole` says that no entry of the ledger was left out.
    fn of(claims: &[ClaimReport], run: &RunInfo, whole: bool) -> Self {
        let implemented = || claims.iter().filter(|claim| claim.is_implemented());
        let statements = || implemented().flat_map(|claim| &claim.statements);
        let controls = || statements().filter_map(|s: &StatementReport| s.control.as_ref());
        let mut verdicts = BTreeMap::new();
        for claim in implemented() {
            *verdicts.entry(claim.verdict.to_string()).or_default() += 1;
        }
        let exit_code = if run.interrupted {
            INTERRUPTED
        } else {
            // Who names claims wants them decided: a selection without any is no success.
            let idle = !whole && implemented().count() == 0;
            u8::from(idle || !claims.iter().all(|claim| claim.as_expected))
        };
        Self {
            entries: claims.len() + run.unfinished.len(),
            implemented: implemented().count() + run.unfinished.len(),
            verdicts,
            as_expected: implemented().filter(|claim| claim.as_expected).count(),
            statements: statements().count(),
            controls: controls().count(),
            controls_refuted: controls().filter(|c| c.verdict == Verdict::Refuted).count(),
            false_fail: implemented().map(ClaimReport::false_fail).sum(),
            exit_code,
        }
    }
}
