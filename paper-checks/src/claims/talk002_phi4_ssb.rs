//! `phi4-ssb`: the magnetisation is the order parameter, and Z₂ is broken above κ_c.
//!
//! Decider: hybrid Monte Carlo on 8² and 16² sites (16² and 32² in longer runs). In the broken phase `⟨|M|⟩/V` does not depend on the
//! lattice; in the symmetric one it falls like `1/L`; `⟨M⟩` itself vanishes on every finite lattice.

use fieldassay::Result;
use fieldassay::action::{Couplings, Phi4};
use fieldassay::density::{Observable, Target};
use fieldassay::observable::Magnetisation;
use fieldassay::sampler::{Hmc, Integrator, Trajectory};
use fieldassay::verdict::{Evidence, Verdict, check};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::lattice_runs::{Length, chain_means, jackknife};
use crate::phi4_runs::{LAMBDA, Magnetisations, exponent, magnetisations};

/// `κ`, and the exponent that `⟨|M|⟩/V` is said to have in `L`.
#[derive(Clone, Copy, Debug)]
struct Phase {
    kappa: f64,
    exponent: f64,
}

/// What is averaged.
#[derive(Clone, Copy, Debug)]
enum Average {
    Signed,
    Absolute,
}

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "phi4-ssb",
        "Lingxiao Wang, Machine Learning for Lattice Field Theory, third Chinese symposium on lattice QCD, Beijing, \
         2023-10-09: section \"Lattice Field Theory\", slide \"Phase Transition\"",
        "Z2 symmetry spontaneously broken above the critical point. Order parameter: magnetization",
        vec![
            Statement::says(
                "broken",
                "Above κ_c, at κ = 0.285, ⟨|M|⟩/V is the same on larger lattices.",
                "an exponent in L that is not 0",
            )
            .decided_by(
                Verdict::Supported,
                scales,
                Phase { kappa: 0.285, exponent: 0.0 },
                // Measured: the exponent is −0.42 there.
                Alteration::of_size(
                    "κ = 0.285 → 0.268, below κ_c",
                    Phase { kappa: 0.268, exponent: 0.0 },
                    0.4,
                ),
            ),
            Statement::says(
                "symmetric",
                "Below κ_c, at κ = 0.24, it falls like 1/L.",
                "an exponent in L that is not −1",
            )
            .decided_by(
                Verdict::Supported,
                scales,
                Phase { kappa: 0.24, exponent: -1.0 },
                Alteration::of_size(
                    "κ = 0.24 → 0.268, near κ_c",
                    Phase { kappa: 0.268, exponent: -1.0 },
                    0.6,
                ),
            ),
            Statement::says(
                "at finite L",
                "On a finite lattice ⟨M⟩ itself vanishes also above κ_c: on 4² sites at κ = 0.278, from an ordered start.",
                "a mean of M that is not 0",
            )
            .decided_by(
                Verdict::Supported,
                vanishes,
                Average::Signed,
                // ⟨|M|⟩/V is 1.28 there.
                Alteration::of_size("M → |M|", Average::Absolute, 1.4),
            ),
        ],
    )
}

fn scales(context: &Context<'_>, phase: &Phase) -> Result<Finding> {
    /// What corrections to scaling leave of the exponent at these sizes.
    const MARGIN: f64 = 0.06;
    const RESOLVES: f64 = 0.25;
    let extents = context.tier().pick([8, 16], [16, 32], [16, 32]);
    let [small, large] = [
        magnetisations(context, extents[0], phase.kappa)?,
        magnetisations(context, extents[1], phase.kappa)?,
    ];
    let slope = exponent([&small, &large], Magnetisations::absolute)?;
    let bound = |name: &str| {
        check(format!("exponent of ⟨|M|⟩/V from {}² to {}² sites, {name}", extents[0], extents[1]), slope)
            .false_fail(1e-7)
            .resolves(RESOLVES)
    };
    let evidence = Evidence::from_iter([
        small.sound.clone(),
        large.sound.clone(),
        bound("from below").at_least().against(phase.exponent - MARGIN),
        bound("from above").at_most().against(phase.exponent + MARGIN),
    ]);
    let headline = Headline {
        quantity: format!("exponent of ⟨|M|⟩/V in L at κ = {}", phase.kappa),
        claimed: phase.exponent,
        value: slope.value(),
        error: slope.error(),
    };
    Ok(Finding::new(evidence, headline))
}

fn vanishes(context: &Context<'_>, average: &Average) -> Result<Finding> {
    const CHAINS: usize = 64;
    let action = Phi4::new(&[4, 4], Couplings::from_kappa(0.278, LAMBDA))?;
    let mut hmc = Hmc::new(&action, Trajectory::new(Integrator::Leapfrog, 0.25, 8)?)?;
    let mut q = action.neutral(CHAINS);
    q.numbers_mut().fill(1.3);
    let measurements = context.tier().pick(4000, 40_000, 400_000);
    let length = Length { warm_up: 1000, measurements, every: 1 };
    let mut r = context.chains("4 x 4", CHAINS);
    let mut m = vec![0.0; CHAINS];
    let means = chain_means(context, &mut r, &mut q, &mut hmc, length, |q, now| {
        Magnetisation.measure(q, &mut m);
        for (now, m) in now.iter_mut().zip(&m) {
            *now = match average {
                Average::Signed => [*m],
                Average::Absolute => [m.abs()],
            };
        }
    })?;
    let mean = jackknife(&means, |x| x[0])?;
    let evidence = Evidence::from_iter([check("mean over 64 chains that began at +1.3", mean)
        .false_fail(1e-7)
        .resolves(0.5)
        .against(0.0)]);
    let headline = Headline {
        quantity: "⟨M⟩/V on 4² sites at κ = 0.278".into(),
        claimed: 0.0,
        value: mean.value(),
        error: mean.error(),
    };
    Ok(Finding::new(evidence, headline))
}
