//! `dw-gaps`: excitation energies from correlators, `E₁ − E₀ = −lim d ln G₂/dτ` and `E₂ − E₀ = −lim d ln G₄/dτ`.
//!
//! With `G₂ = ⟨x(0)x(τ)⟩` and `G₄ = ⟨x²(0)x²(τ)⟩`, of which the second must be connected. Decider: the spectrum of the transfer
//! matrix and of the Hamiltonian (`reference::quantum`); a slope by hybrid Monte Carlo.

use fieldassay::Result;
use fieldassay::action::Phi4;
use fieldassay::density::Target;
use fieldassay::num::{Tol, Worst};
use fieldassay::sampler::{Hmc, Integrator, Trajectory};
use fieldassay::verdict::{Evidence, Verdict, check};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::double_well::{couplings, particle};
use crate::lattice_runs::{Length, chain_means, jackknife};

/// A correlator, and the level whose distance from the ground state its slope is said to be.
#[derive(Clone, Copy, Debug)]
struct Slope {
    correlator: Correlator,
    level: usize,
}

#[derive(Clone, Copy, Debug)]
enum Correlator {
    /// `⟨x(0)x(τ)⟩`.
    G2,
    /// `⟨x²(0)x²(τ)⟩`.
    G4,
    /// `⟨x²(0)x²(τ)⟩ − ⟨x²⟩²`.
    ConnectedG4,
}

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "dw-gaps",
        "Lingxiao Wang, Machine Learning for Lattice Field Theory, third Chinese symposium on lattice QCD, Beijing, \
         2023-10-09: section \"F-Flow Model for anharmonic oscillator\"",
        "Excited states E1 − E0 = −lim_{τ→∞} d log G2(τ)/dτ, E2 − E0 = −lim_{τ→∞} d log G4(τ)/dτ",
        vec![
            Statement::says(
                "first gap",
                "The slope of ln⟨x(0)x(τ)⟩ tends to E₁ − E₀.",
                "another slope far out on a long ring",
            )
            .decided_by(
                Verdict::Supported,
                has_the_slope,
                Slope { correlator: Correlator::G2, level: 1 },
                Alteration::new("E₁ − E₀ → E₂ − E₀", Slope { correlator: Correlator::G2, level: 2 }),
            ),
            Statement::says(
                "second gap, as printed",
                "The slope of ln⟨x²(0)x²(τ)⟩ tends to E₂ − E₀.",
                "another slope far out on a long ring",
            )
            .decided_by(
                Verdict::Refuted,
                has_the_slope,
                Slope { correlator: Correlator::G4, level: 2 },
                Alteration::new("E₂ − E₀ → E₁ − E₀", Slope { correlator: Correlator::G4, level: 1 }),
            ),
            Statement::says(
                "second gap, corrected",
                "The slope of ln(⟨x²(0)x²(τ)⟩ − ⟨x²⟩²) does.",
                "another slope far out on a long ring",
            )
            .decided_by(
                Verdict::Supported,
                has_the_slope,
                Slope { correlator: Correlator::ConnectedG4, level: 2 },
                Alteration::new("⟨x²⟩² not taken off", Slope { correlator: Correlator::G4, level: 2 }),
            ),
            Statement::says(
                "measured",
                "On 32 times with a = 1/4 the slope of G₂ between two and three steps is that of the exact correlator (f² = 1).",
                "another slope by Monte Carlo",
            )
            .decided_by(
                Verdict::Supported,
                is_measured,
                1.0,
                // A slope of 1.6 becomes one of 1.45.
                Alteration::of_size("τ in units of a → of 1.1 a", 1.1, 0.15),
            ),
        ],
    )
}

const WELLS: [f64; 3] = [0.0, 1.0, 2.0];
const SPACINGS: [f64; 2] = [0.1, 0.05];
const ALL: [Correlator; 3] = [Correlator::G2, Correlator::G4, Correlator::ConnectedG4];

/// For every well, twelve numbers: at both spacings the slopes of the three correlators and the first two gaps of the lattice, then those
/// of the Hamiltonian.
fn spectra(context: &Context<'_>) -> Result<Vec<f64>> {
    context.once("spectra", || {
        let mut numbers = Vec::new();
        for f2 in WELLS {
            for a in SPACINGS {
                let lattice = particle(f2).lattice(a);
                // So long that no excited state goes round.
                let times = (80.0 / a).round() as usize;
                // Far from the origin for the higher states, near it for the precision of what is left.
                let place = (3.5 / a).round() as usize;
                let pair = [place, place + 1];
                for correlator in ALL {
                    let g = match correlator {
                        Correlator::G2 => lattice.g2(times, &pair),
                        Correlator::G4 => lattice.g4(times, &pair),
                        Correlator::ConnectedG4 => lattice.g4_connected(times, &pair),
                    };
                    numbers.push((g[0] / g[1]).ln() / a);
                }
                numbers.extend([1, 2].map(|n| lattice.level(n) - lattice.level(0)));
            }
            let state = particle(f2).continuum();
            numbers.extend([1, 2].map(|n| state.energies[n] - state.energies[0]));
        }
        Ok(numbers)
    })
}

fn has_the_slope(context: &Context<'_>, slope: &Slope) -> Result<Finding> {
    const PLATEAU: Tol = Tol::rel(1e-5).because("the next level of that parity is 10⁶ times smaller there");
    const CONTINUUM: Tol = Tol::rel(1e-3).because("an error of fourth order at a = 0.1, extrapolated");
    let mut plateau = Worst::new(PLATEAU);
    let mut continuum = Worst::new(CONTINUUM);
    let (mut shown, mut claimed) = (f64::NAN, f64::NAN);
    let numbers = spectra(context)?;
    for (f2, row) in WELLS.into_iter().zip(numbers.chunks_exact(12)) {
        let measured = [0, 5].map(|at| row[at + slope.correlator as usize]);
        for (k, a) in SPACINGS.into_iter().enumerate() {
            plateau.see(measured[k], row[5 * k + 2 + slope.level], || format!("f² = {f2}, a = {a}"));
        }
        let exact = row[9 + slope.level];
        let limit = (4.0 * measured[1] - measured[0]) / 3.0;
        continuum.see(limit, exact, || format!("f² = {f2}"));
        if f2 == 1.0 {
            (shown, claimed) = (limit, exact);
        }
    }
    let evidence = Evidence::from_iter([
        plateau.into_check("slope against the levels of the lattice", 6),
        continuum.into_check("and at a → 0 against those of the Hamiltonian", 3),
    ]);
    let headline = Headline {
        quantity: format!("slope of ln {:?} at f² = 1, a → 0", slope.correlator),
        claimed,
        value: shown,
        error: 1e-3,
    };
    Ok(Finding::new(evidence, headline))
}

const F2: f64 = 1.0;
const SPACING: f64 = 0.25;
const TIMES: usize = 32;
const PAIR: [usize; 2] = [2, 3];

/// `ln(G₂(2a)/G₂(3a))/a` of the ring, exactly.
fn exact_slope() -> f64 {
    let g = particle(F2).lattice(SPACING).g2(TIMES, &PAIR);
    (g[0] / g[1]).ln() / SPACING
}

fn is_measured(context: &Context<'_>, unit: &f64) -> Result<Finding> {
    const CHAINS: usize = 64;
    const RESOLVES: f64 = 0.07;
    let numbers = context.once("correlator", || {
        let action = Phi4::new(&[TIMES], couplings(F2, SPACING))?;
        let mut hmc = Hmc::new(&action, Trajectory::new(Integrator::Leapfrog, 0.2, 10)?)?;
        let mut q = action.neutral(CHAINS);
        for x in q.numbers_mut().chunks_exact_mut(CHAINS) {
            x.iter_mut().enumerate().for_each(|(chain, x)| *x = if chain % 2 == 0 { 1.0 } else { -1.0 });
        }
        let mut r = context.chains("correlator", CHAINS);
        let measurements = context.tier().pick(3000, 30_000, 300_000);
        let length = Length { warm_up: 200, measurements, every: 1 };
        let means = chain_means(context, &mut r, &mut q, &mut hmc, length, |q, now| {
            let x = q.numbers();
            now.fill([0.0; 2]);
            for time in 0..TIMES {
                for (k, separation) in PAIR.into_iter().enumerate() {
                    let other = (time + separation) % TIMES * CHAINS;
                    for (chain, now) in now.iter_mut().enumerate() {
                        now[k] += x[time * CHAINS + chain] * x[other + chain];
                    }
                }
            }
        })?;
        let slope = jackknife(&means, |g| (g[0] / g[1]).ln())?;
        Ok(vec![slope.value(), slope.error()])
    })?;
    let spacing = unit * SPACING;
    let own = fieldassay::stats::Estimate::new(numbers[0] / spacing, numbers[1] / spacing, Some(CHAINS as f64))?;
    let truth = exact_slope();
    let evidence = Evidence::from_iter([check("slope of ln G₂ between 2a and 3a", own)
        .false_fail(1e-7)
        .resolves(RESOLVES)
        .against(truth)]);
    let headline = Headline {
        quantity: "slope of ln G₂ by Monte Carlo, a = 1/4, N = 32".into(),
        claimed: truth,
        value: own.value(),
        error: own.error(),
    };
    Ok(Finding::new(evidence, headline))
}
