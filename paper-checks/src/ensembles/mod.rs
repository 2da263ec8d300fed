//! Our samplers against ensembles that another program made: `cargo gate ensembles`.
//!
//! # Design
//!
//! Many chains run side by side, each from the ordered field through its own thermalisation, so that their means are
//! independent whatever their autocorrelation, and their scatter is the error. A run goes on in equal parts until every
//! error is at most twice the record's; when it ends depends on errors, never on values. Each record is compared alone, and
//! those of one ensemble together: χ² with the covariance of our chains plus that of the other program, whose correlations are
//! taken to be ours.
//!
//! Quantities that are functions of others in the family (a half of the link, masses from the correlator) are compared alone
//! only: with them the covariance would be singular.

mod phi4;
mod run;
mod xy;

use std::path::Path;

use fieldassay::Result;
use fieldassay::io::{Golden, Record};
use fieldassay::stats::{Chi2, family_chi2};
use rayon::prelude::*;

pub use run::Run;

/// A family fails a right program with this probability.
pub const FALSE_FAIL: f64 = 1e-3;
/// No single record may be further off, in standard deviations of both errors.
pub const FURTHEST: f64 = 4.0;

/// One quantity of an ensemble.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Its name in the golden file.
    pub observable: String,
    /// Ours and its error.
    pub ours: (f64, f64),
    /// Theirs and its error.
    pub theirs: (f64, f64),
}

impl Comparison {
    /// The difference in units of both errors.
    #[must_use]
    pub fn z(&self) -> f64 {
        (self.ours.0 - self.theirs.0) / self.ours.1.hypot(self.theirs.1)
    }
}

/// All quantities of an ensemble.
#[derive(Clone, Debug)]
pub struct Family {
    /// The ensemble's name in the golden file.
    pub ensemble: String,
    /// Every record.
    pub comparisons: Vec<Comparison>,
    /// All independent records together.
    pub chi2: Chi2,
    /// Measurements of all chains.
    pub measurements: usize,
}

impl Family {
    /// Whether ensemble and records agree, at errors of at most twice theirs.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.chi2.p_value > FALSE_FAIL
            && (self.comparisons.iter()).all(|one| one.z().abs() < FURTHEST)
            && self.precision() <= 2.0
    }

    /// The largest of our errors in units of theirs.
    #[must_use]
    pub fn precision(&self) -> f64 {
        let ratios = self.comparisons.iter().map(|one| one.ours.1 / one.theirs.1);
        ratios.fold(0.0, f64::max)
    }
}

/// The records of one ensemble.
struct Ensemble<'a> {
    name: String,
    records: Vec<&'a Record>,
}

impl Ensemble<'_> {
    fn number(&self, parameter: &str) -> Result<f64> {
        self.records[0].parameter_f64(parameter)
    }

    /// Twice the error of a record, by its observable; without end for what has no record.
    fn twice_the_errors(&self) -> impl Fn(&str) -> f64 {
        move |name| {
            let is_it =
                |record: &&&Record| record.parameter_str("observable").is_ok_and(|o| o == name);
            let record = self.records.iter().find(is_it);
            record.map_or(f64::INFINITY, |record| 2.0 * record.error())
        }
    }
}

fn ensembles(golden: &Golden) -> Result<Vec<Ensemble<'_>>> {
    let mut all: Vec<Ensemble<'_>> = Vec::new();
    for record in golden.records() {
        let name = record.parameter_str("ensemble")?;
        match all.last_mut() {
            Some(last) if last.name == name => last.records.push(record),
            _ => all.push(Ensemble {
                name: name.to_owned(),
                records: vec![record],
            }),
        }
    }
    Ok(all)
}

/// Compares ours with the records: `names` says what our estimates are, `together` which of them are independent.
fn judge(
    ensemble: &Ensemble<'_>,
    found: &run::Found,
    together: impl Fn(&str) -> bool,
) -> Result<Family> {
    let mut comparisons = Vec::new();
    let mut family = Vec::new();
    for record in &ensemble.records {
        let observable = record.parameter_str("observable")?;
        let place = found.place(observable)?;
        let estimate = &found.estimates[place];
        let theirs = (record.number()?.to_f64(), record.error());
        if together(observable) {
            family.push((place, theirs));
        }
        comparisons.push(Comparison {
            observable: observable.to_owned(),
            ours: (estimate.value(), estimate.error()),
            theirs,
        });
    }
    let size = found.estimates.len();
    let mut covariance = Vec::with_capacity(family.len() * family.len());
    for (a, (_, error_a)) in &family {
        for (b, (_, error_b)) in &family {
            let ours = found.covariance[a * size + b];
            let variance = |i: usize| found.covariance[i * size + i];
            let correlation = ours / (variance(*a) * variance(*b)).sqrt();
            covariance.push(ours + correlation * error_a * error_b);
        }
    }
    let ours: Vec<f64> = family
        .iter()
        .map(|(i, _)| found.estimates[*i].value())
        .collect();
    let theirs: Vec<f64> = family.iter().map(|(_, (value, _))| *value).collect();
    let mut chi2 = family_chi2(&ours, &theirs, &covariance)?;
    // The covariance is itself an estimate from so many chains (Hotelling): the mean of χ² is larger by this factor.
    let (chains, k) = (run::CHAINS as f64, family.len() as f64);
    chi2.chi2 *= (chains - k - 2.0) / (chains - 1.0);
    chi2.p_value = fieldassay::stats::chi2_tail(chi2.chi2, chi2.degrees_of_freedom);
    Ok(Family {
        ensemble: ensemble.name.clone(),
        comparisons,
        chi2,
        measurements: found.measurements,
    })
}

/// Runs and compares every ensemble of both golden files under `root` whose name contains `only`.
///
/// # Errors  those of the files and of the runs.
pub fn compare(root: &Path, only: &str, report: impl Fn(&Family) + Sync) -> Result<Vec<Family>> {
    let load = |name: &str| Golden::load(&root.join(format!("golden/imported/{name}.json")));
    let (xy, phi4) = (load("xy_ensembles")?, load("phi4_ensembles")?);
    let (xy, phi4) = (ensembles(&xy)?, ensembles(&phi4)?);
    type Way = fn(&Ensemble<'_>) -> Result<Family>;
    let ways = (xy.iter().map(|one| (one, xy::family as Way)))
        .chain(phi4.iter().map(|one| (one, phi4::family as Way)));
    let wanted: Vec<_> = ways.filter(|(one, _)| one.name.contains(only)).collect();
    wanted
        .into_par_iter()
        .map(|(ensemble, family)| {
            let family = family(ensemble)?;
            report(&family);
            Ok(family)
        })
        .collect()
}

/// Compares the ensembles whose name contains `only`, prints a line each and what is furthest off; whether all agree.
///
/// # Errors  what went wrong, in words; a name that no ensemble has.
pub fn run(root: &Path, only: &str) -> std::result::Result<bool, String> {
    println!("ensemble              χ²/n        p   furthest           errors  measurements");
    let line = |family: &Family| {
        let far = |one: &&Comparison| one.z().abs();
        let by_distance = |a: &&Comparison, b: &&Comparison| far(a).total_cmp(&far(b));
        let furthest = family.comparisons.iter().max_by(by_distance);
        let (name, z) = furthest.map_or(("", 0.0), |one| (one.observable.as_str(), one.z()));
        println!(
            "{:<18} {:>6.1}/{:<3} {:>8.2e}   {name:<14} {z:>+5.2} {:>8.2} {:>13}  {}",
            family.ensemble,
            family.chi2.chi2,
            family.chi2.degrees_of_freedom,
            family.chi2.p_value,
            family.precision(),
            family.measurements,
            if family.agrees() {
                "agree"
            } else {
                "DO NOT AGREE"
            },
        );
    };
    let families = compare(root, only, line).map_err(|why| why.to_string())?;
    if families.is_empty() {
        return Err(format!("no ensemble's name contains {only:?}"));
    }
    let records: usize = families.iter().map(|family| family.comparisons.len()).sum();
    let agree = families.iter().filter(|family| family.agrees()).count();
    println!(
        "{agree} of {} ensembles agree, {records} records",
        families.len()
    );
    Ok(agree == families.len())
}
