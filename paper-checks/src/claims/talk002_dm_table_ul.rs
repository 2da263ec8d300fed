//! `dm-table-ul`: what `U_L` and `χ₂` of the diffusion talk's table are, and what their errors are.
//!
//! The slide defines neither. Decider: thousands of replicas of as many configurations from a hybrid Monte Carlo of our own. The printed errors
//! of `U_L` are twice too large: those of a jackknife that keeps the denominator `3⟨M²⟩²` fixed.

use fieldassay::Result;
use fieldassay::verdict::{Evidence, Verdict, fact};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::hmc_table::{GENERATED, Moments, Row, TESTING, TRAINING, ensemble, replicas, two_sided};

/// How the error of `U_L` is estimated.
#[derive(Clone, Copy, Debug)]
enum Estimator {
    /// Numerator and denominator together.
    Jackknife,
    /// The denominator kept fixed.
    Frozen,
    /// As the first, for four times as many configurations.
    OfFourTimes,
}

/// What is called the susceptibility.
#[derive(Clone, Copy, Debug)]
enum Susceptibility {
    /// `V(⟨M²⟩ − ⟨M⟩²)`.
    Signed,
    /// `V(⟨M²⟩ − ⟨|M|⟩²)`.
    Absolute,
    /// `V⟨|M|⟩²`.
    SquareOfMean,
}

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "dm-table-ul",
        "Lingxiao Wang, Machine Learning for Lattice Field Theory, third Chinese symposium on lattice QCD, Beijing, \
         2023-10-09: section \"Lattice Field Theory\", slide \"DM in Different Phases\"",
        "data-set | ⟨M⟩ | χ2 | U_L: .1042 ± .0367 (Training), −.0198 ± .1035 (Testing), .0484 ± .0959 (Generated)",
        vec![
            Statement::says(
                "errors, as printed",
                "The errors in the column U_L are those of U_L from 5120 and 1024 configurations.",
                "errors of the three rows, their logarithms summed, that fewer than one in a thousand replicas estimate",
            )
            .decided_by(
                Verdict::Refuted,
                has_the_printed_errors,
                Estimator::Jackknife,
                Alteration::new(
                    "four times as many configurations: errors half as large",
                    Estimator::OfFourTimes,
                ),
            ),
            Statement::says(
                "errors, explained",
                "They are those of ⟨M⁴⟩/3⟨M²⟩² with the denominator taken for a constant, about twice as large.",
                "errors of the three rows, their logarithms summed, that fewer than one in a thousand replicas estimate",
            )
            .decided_by(
                Verdict::Supported,
                has_the_printed_errors,
                Estimator::Frozen,
                Alteration::new("the denominator's fluctuations taken into account", Estimator::Jackknife),
            ),
            Statement::says(
                "χ₂",
                "χ₂ is V(⟨M²⟩ − ⟨M⟩²) of the signed magnetisation.",
                "a printed value that fewer than one in a thousand replicas reach",
            )
            .decided_by(
                Verdict::Supported,
                is_the_susceptibility,
                Susceptibility::Signed,
                Alteration::new("M → |M|", Susceptibility::Absolute),
            ),
            Statement::says(
                "χ₂ of |M|",
                "χ₂ is V(⟨M²⟩ − ⟨|M|⟩²), as elsewhere.",
                "a printed value that fewer than one in a thousand replicas reach",
            )
            .decided_by(
                Verdict::Refuted,
                is_the_susceptibility,
                Susceptibility::Absolute,
                Alteration::new("V(⟨M²⟩ − ⟨|M|⟩²) → V⟨|M|⟩²", Susceptibility::SquareOfMean),
            ),
        ],
    )
}

const RARE: f64 = 1e-3;
const ROWS: [Row; 3] = [TRAINING, TESTING, GENERATED];

fn error(estimator: Estimator, one: &Moments) -> f64 {
    match estimator {
        Estimator::Jackknife => one.binder_error(),
        Estimator::Frozen => one.binder_error_of_numerator(),
        Estimator::OfFourTimes => 0.5 * one.binder_error(),
    }
}

fn has_the_printed_errors(context: &Context<'_>, estimator: &Estimator) -> Result<Finding> {
    let count = context.tier().pick(4000, 40_000, 200_000);
    let ensemble = ensemble(context)?;
    let mut sums = vec![0.0; count];
    let mut printed = 0.0;
    let mut means = Vec::new();
    for (offset, row) in ROWS.iter().enumerate() {
        let own = replicas(context, &ensemble, row.count, count)?;
        let errors: Vec<f64> = own.iter().map(|one| error(*estimator, one)).collect();
        means.push(errors.iter().sum::<f64>() / count as f64);
        // Rows of as many configurations take other replicas.
        let shifted = (0..count).map(|i| errors[(i + offset) % count]);
        sums.iter_mut().zip(shifted).for_each(|(sum, error)| *sum += error.ln());
        printed += row.binder[1].ln();
    }
    let above = sums.iter().filter(|sum| **sum >= printed).count();
    let below = sums.iter().filter(|sum| **sum <= printed).count();
    let chance = 2.0 * above.min(below) as f64 / count as f64;
    let evidence = Evidence::from_iter([
        fact(
            "the printed errors of U_L are not rarer than 1 in 1000",
            chance > RARE,
            format!("{chance:.1e} of {count} replicas of the table; their mean errors are {means:.4?}"),
        ),
        ensemble.sound,
    ]);
    let headline = Headline {
        quantity: format!("error of U_L from 5120 configurations ({estimator:?})"),
        claimed: TRAINING.binder[1],
        value: means[0],
        error: 0.001,
    };
    Ok(Finding::new(evidence, headline))
}

fn is_the_susceptibility(context: &Context<'_>, which: &Susceptibility) -> Result<Finding> {
    let of = |one: &Moments| match which {
        Susceptibility::Signed => one.chi2(),
        Susceptibility::Absolute => one.connected_chi2(),
        Susceptibility::SquareOfMean => one.chi2_of_mean(),
    };
    let count = context.tier().pick(4000, 40_000, 200_000);
    let ensemble = ensemble(context)?;
    let mut evidence = Evidence::new();
    let mut shown = f64::NAN;
    for row in ROWS {
        let own = replicas(context, &ensemble, row.count, count)?;
        let mean = own.iter().map(of).sum::<f64>() / count as f64;
        let value = row.chi2[0];
        let chance = two_sided(&own, of, value);
        evidence.push(fact(
            format!("χ₂ = {value} of the {} row is not rarer than 1 in 1000", row.name),
            chance > RARE,
            format!("{chance:.1e} of {count} replicas of {} configurations; their mean is {mean:.4}", row.count),
        ));
        if row.count == TRAINING.count {
            shown = mean;
        }
    }
    evidence.push(ensemble.sound);
    let headline = Headline {
        quantity: format!("χ₂ of our own ensemble ({which:?})"),
        claimed: TRAINING.chi2[0],
        value: shown,
        error: 0.03,
    };
    Ok(Finding::new(evidence, headline))
}
