//! `dm-table-hmc`: the rows of the diffusion talk's table that hybrid Monte Carlo gave, at κ = 0.21, λ = 0.022 on 32 × 32 sites.
//!
//! Decider: thousands of replicas of as many configurations from a hybrid Monte Carlo of our own. The training row's `U_L` is one that
//! 5120 thermalised configurations do not give.

use fieldassay::Result;
use fieldassay::num::Tol;
use fieldassay::verdict::{Evidence, Verdict, exact, fact};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::hmc_table::{GENERATED, Moments, Row, SITES, TESTING, TRAINING, ensemble, replicas, two_sided};

/// A row, and whether its `U_L` is judged too.
#[derive(Clone, Copy, Debug)]
struct Case {
    row: Row,
    with_binder: bool,
}

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "dm-table-hmc",
        "Lingxiao Wang, Machine Learning for Lattice Field Theory, third Chinese symposium on lattice QCD, Beijing, \
         2023-10-09: section \"Lattice Field Theory\", slide \"DM in Different Phases\"",
        "2-d 32×32 lattice; Hamiltonian Monte Carlo (HMC); 5120 configurations for training; symmetric phase: κ = .21, λ = .022. \
         Training(HMC): ⟨M⟩ = .0012 ± .0007, χ2 = 2.5160 ± .0457, U_L = .1042 ± .0367; \
         Testing(HMC): .0018 ± .0015, 2.4463 ± .1099, −.0198 ± .1035",
        vec![
            Statement::says(
                "training row",
                "The training row is what 5120 thermalised configurations give.",
                "a number of the row that fewer than one in a thousand replicas reach",
            )
            .decided_by(
                Verdict::Refuted,
                is_thermalised,
                Case { row: TRAINING, with_binder: true },
                Alteration::new(
                    "5120 → 10 240 configurations",
                    Case { row: Row { count: 10_240, ..TRAINING }, with_binder: true },
                ),
            ),
            Statement::says(
                "training row without U_L",
                "Its ⟨M⟩ and χ₂ are.",
                "a number of the row that fewer than one in a thousand replicas reach",
            )
            .decided_by(
                Verdict::Supported,
                is_thermalised,
                Case { row: TRAINING, with_binder: false },
                Alteration::new(
                    "⟨M⟩ = 0.0012 → 0.0032",
                    Case { row: Row { mean: [0.0032, 0.0007], ..TRAINING }, with_binder: false },
                ),
            ),
            Statement::says(
                "testing row",
                "The testing row is what 1024 thermalised configurations give.",
                "a number of the row that fewer than one in a thousand replicas reach",
            )
            .decided_by(
                Verdict::Supported,
                is_thermalised,
                Case { row: TESTING, with_binder: true },
                Alteration::new(
                    "χ₂ = 2.4463 → 1.9463",
                    Case { row: Row { chi2: [1.9463, 0.1099], ..TESTING }, with_binder: true },
                ),
            ),
            Statement::says(
                "errors",
                "The errors of ⟨M⟩ and χ₂ are those of 5120 and 1024 independent configurations.",
                "an error other than √(χ₂/VN), or than χ₂ √((2 − 3U_L)/N), in its last printed digit",
            )
            .decided_by(
                Verdict::Supported,
                has_the_errors,
                [5120.0, 1024.0],
                Alteration::new("5120 → 4096 for training", [4096.0, 1024.0]),
            ),
        ],
    )
}

/// A name, how it is computed from a replica, and what the table has.
type Quantity = (&'static str, fn(&Moments) -> f64, f64);

fn is_thermalised(context: &Context<'_>, case: &Case) -> Result<Finding> {
    const RARE: f64 = 1e-3;
    let Case { row, with_binder } = case;
    let count = context.tier().pick(4000, 40_000, 200_000);
    let ensemble = ensemble(context)?;
    let own = replicas(context, &ensemble, row.count, count)?;
    let mut evidence = Evidence::from_iter([ensemble.sound]);
    let mut quantities: Vec<Quantity> =
        vec![("⟨M⟩", |one| one.mean, row.mean[0]), ("χ₂", Moments::chi2, row.chi2[0])];
    if *with_binder {
        quantities.push(("U_L", Moments::binder, row.binder[0]));
    }
    let mut least = f64::INFINITY;
    for (name, of, value) in quantities {
        let chance = two_sided(&own, of, value);
        let mean = own.iter().map(of).sum::<f64>() / count as f64;
        let spread = own.iter().map(|one| (of(one) - mean).powi(2)).sum::<f64>() / count as f64;
        least = least.min(chance);
        evidence.push(fact(
            format!("{name} = {value} of the {} row is not rarer than 1 in 1000", row.name),
            chance > RARE,
            format!(
                "{chance:.1e} of {count} replicas of {} configurations; theirs are {mean:.4} ± {:.4}",
                row.count,
                spread.sqrt()
            ),
        ));
    }
    let headline = Headline {
        quantity: format!("least chance of a number of the {} row", row.name),
        claimed: RARE,
        value: least,
        error: (least.max(1.0 / count as f64) / count as f64).sqrt(),
    };
    Ok(Finding::new(evidence, headline))
}

fn has_the_errors(_: &Context<'_>, counts: &[f64; 2]) -> Result<Finding> {
    const DIGIT: Tol = Tol::abs(5e-5).because("half of the last printed digit");
    const CHI2_DIGIT: Tol = Tol::rel(6e-3).because("U_L of a sample is printed to four digits, its χ₂ less ⟨M⟩² too");
    let [training, testing] = *counts;
    let mut evidence = Evidence::new();
    let mut value = f64::NAN;
    for (row, count) in [(TRAINING, training), (TESTING, testing), (GENERATED, testing)] {
        let mean = (row.chi2[0] / SITES / count).sqrt();
        // ⟨M⁴⟩ = 3(1 − U)⟨M²⟩² of the sample itself.
        let chi2 = row.chi2[0] * ((2.0 - 3.0 * row.binder[0]) / count).sqrt();
        evidence.push(exact(format!("error of ⟨M⟩, {}", row.name), mean, row.mean[1], DIGIT));
        evidence.push(exact(format!("error of χ₂, {}", row.name), chi2, row.chi2[1], CHI2_DIGIT));
        if row.count == TRAINING.count {
            value = chi2;
        }
    }
    let headline = Headline {
        quantity: "error of the training row's χ₂ for independent configurations".into(),
        claimed: TRAINING.chi2[1],
        value,
        error: 1e-4,
    };
    Ok(Finding::new(evidence, headline))
}
