//! What was found: mutant × check, and the checks of healthy rows.

use fieldassay::stats::PullTest;
use serde::Serialize;

use super::{Check, FALSE_FAIL, Family, Kind, POWER, Row, Said, Sort};

/// A shape that pulls of a healthy row have more seldom than this is not the normal one.
const LEAST_P: f64 = 1e-3;

/// Fewer pulls than those of one row under 200 seeds are not asked for their shape.
const FEWEST_PULLS: usize = 200;

/// What a check said of a row under all seeds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Cell {
    /// The check.
    pub check: &'static str,
    /// Seeds under which it was made.
    pub made: usize,
    /// Those under which it said no.
    pub failed: usize,
    /// Those under which it had not the power that it declares.
    pub blind: usize,
    /// The smallest bias that it could have seen under every seed.
    pub seen: f64,
    /// How many errors it was off, seed by seed; none for statements.
    pub pulls: Vec<f64>,
}

impl Cell {
    /// The share of seeds under which it said no.
    #[must_use]
    pub fn power(&self) -> f64 {
        self.failed as f64 / self.made as f64
    }
}

/// A row and what every check of its family said.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// The family.
    pub family: &'static str,
    /// The row.
    pub row: &'static str,
    /// What is wrong with it; nothing for a healthy one.
    pub bug: Option<&'static str>,
    /// The check that must see it.
    pub killer: Option<&'static str>,
    /// The columns.
    pub cells: Vec<Cell>,
}

impl Line {
    /// Gathers what was `said` under every seed.
    #[must_use]
    pub fn new(family: &Family, row: &Row, said: &[Vec<Said>]) -> Self {
        let cell = |(i, check): (usize, &Check)| {
            let mut cell = Cell {
                check: check.name,
                ..Cell::default()
            };
            for said in said.iter().map(|run| run[i]) {
                cell.made += usize::from(said != Said::Nothing);
                cell.failed += usize::from(said.fails());
                cell.blind += usize::from(said.is_blind());
                if let Said::Pull { pull, seen, .. } = said {
                    cell.pulls.push(pull);
                    cell.seen = f64::max(cell.seen, seen);
                }
            }
            cell
        };
        let (bug, killer) = match row.sort {
            Sort::Healthy => (None, None),
            Sort::Mutant { bug, killer } => (Some(bug), Some(killer)),
        };
        Self {
            family: family.name,
            row: row.name,
            bug,
            killer,
            cells: family.checks.iter().enumerate().map(cell).collect(),
        }
    }

    /// What is wrong, if the row is not as it should be.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        let Some(killer) = self.killer else {
            let alarm = self
                .cells
                .iter()
                .find(|cell| cell.failed + cell.blind > 0)?;
            let Cell {
                check,
                failed,
                blind,
                made,
                ..
            } = alarm;
            return Some(format!(
                "{check}: {failed} false alarms and {blind} times too little power, of {made}"
            ));
        };
        let Some(cell) = self.cells.iter().find(|cell| cell.check == killer) else {
            return Some(format!("its family has no check `{killer}`"));
        };
        let killed = cell.power() >= POWER;
        (!killed).then(|| {
            let Cell { failed, made, .. } = cell;
            format!("{killer} sees it under {failed} of {made} seeds, and should under {POWER}")
        })
    }
}

/// The pulls of a statistical check where nothing is wrong: those of all healthy rows of its family.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Null {
    /// The family.
    pub family: &'static str,
    /// The check.
    pub check: &'static str,
    /// How many pulls.
    pub pulls: usize,
    /// Their mean.
    pub mean: f64,
    /// Their variance about zero.
    pub variance: f64,
    /// The chance of a distance from the normal distribution as large: Kolmogorov–Smirnov.
    pub p: f64,
    /// The bias that it declares to see; nothing for distributions.
    pub resolves: Option<f64>,
    /// The smallest bias that it could have seen under every seed.
    pub seen: f64,
    /// How often the check said no.
    pub alarms: usize,
}

impl Null {
    /// Whether the pulls are those of a check whose errors are honest.
    #[must_use]
    pub fn is_normal(&self) -> bool {
        self.p > LEAST_P || self.pulls < FEWEST_PULLS
    }
}

/// Everything.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Table {
    /// Seeds a row.
    pub seeds: u64,
    /// The rows.
    pub lines: Vec<Line>,
    /// The statistical checks of healthy rows.
    pub nulls: Vec<Null>,
    /// The chance that any of the statistical checks of healthy rows fails although all is right.
    pub budget: f64,
    /// The one check that is shown.
    #[serde(skip)]
    pub(super) only: Option<String>,
}

/// The most that a run's budget may be.
const LARGEST_BUDGET: f64 = 1e-4;

impl Table {
    /// Puts the lines together.
    #[must_use]
    pub fn new(families: &[Family], lines: Vec<Line>, seeds: u64, only: Option<String>) -> Self {
        let mut nulls = Vec::new();
        for family in families {
            let healthy = lines
                .iter()
                .filter(|line| line.family == family.name && line.killer.is_none());
            let checks = family.checks.iter().enumerate();
            for (i, check) in checks.filter(|(_, check)| check.kind != Kind::Fact) {
                let cells = healthy.clone().map(|line| &line.cells[i]);
                nulls.extend(null(family.name, check, cells));
            }
        }
        let made: usize = nulls.iter().map(|null| null.pulls).sum();
        Self {
            seeds,
            lines,
            nulls,
            budget: made as f64 * FALSE_FAIL,
            only,
        }
    }

    /// Everything that is not as it should be; nothing if all is well.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems: Vec<String> = self
            .lines
            .iter()
            .filter_map(|line| Some(format!("{}/{}: {}", line.family, line.row, line.problem()?)))
            .collect();
        for null in self.nulls.iter().filter(|null| !null.is_normal()) {
            problems.push(format!(
                "{}, {}: healthy pulls are not normal, p = {:.1e}",
                null.family, null.check, null.p
            ));
        }
        if !(self.budget < LARGEST_BUDGET) {
            problems.push(format!("a budget of {:.1e}", self.budget));
        }
        problems
    }

    /// The mutants.
    pub fn mutants(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.killer.is_some())
    }
}

fn null<'a>(
    family: &'static str,
    check: &Check,
    cells: impl Iterator<Item = &'a Cell>,
) -> Option<Null> {
    let (mut pulls, mut alarms, mut seen) = (Vec::new(), 0, 0.0);
    for cell in cells {
        pulls.extend_from_slice(&cell.pulls);
        alarms += cell.failed;
        seen = f64::max(seen, cell.seen);
    }
    if pulls.is_empty() {
        return None;
    }
    // One that is no number has no distribution.
    let (mean, variance, p) = PullTest::new(&pulls).map_or((f64::NAN, f64::NAN, 0.0), |test| {
        (test.mean, test.variance, test.p_shape)
    });
    Some(Null {
        family,
        check: check.name,
        pulls: pulls.len(),
        mean,
        variance,
        p,
        resolves: match check.kind {
            Kind::Mean { resolves } => Some(resolves),
            _ => None,
        },
        seen,
        alarms,
    })
}
