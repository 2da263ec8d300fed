//! `mc-estimator`: `⟨O⟩ ≈ (1/N) Σ O[U_k]` with `P[U] ∝ e^{−S_eff}`, `S_eff = S_g − log det(D+m)`.
//!
//! The system is one plaquette of the Schwinger model with one flavour of Wilson fermions and open
//! edges, where the path integral is one integral (`reference::schwinger`, dense determinants) and a
//! Metropolis chain is one matrix (`reference::markov`, exact τ_int). The sampler uses
//! `det(D+m) ∝ |1 + 4κ⁴ e^{iθ}|²` from the hopping expansion, `κ = 1/(2m+4)`. Errors come from 2000
//! independent chains that start in equilibrium, so no error analysis of a single chain is trusted.

use fieldassay::Result;
use fieldassay::num::{Tol, Worst, compensated_sum};
use fieldassay::rng::Rng;
use fieldassay::stats::Estimate;
use fieldassay::verdict::{Check, Evidence, Verdict, check, exact};
use fieldassay_reference::markov::Chain;
use fieldassay_reference::schwinger::{Edge, Plaquette, determinant};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement, interrupted};

const BETA: f64 = 1.0;
const MASS: f64 = 0.0;
/// `ln det` enters `S_eff` with this factor.
const CLAIMED_FACTOR: f64 = -1.0;
const CHAINS: usize = 2000;
const STEPS: usize = 2048;
const FALSE_FAIL: f64 = 1e-7;

const TALK: &str = "Akio Tomiya, 格子QCDとその周辺における機械学習の活用, undated (announces a school of \
                    2024-09): section \"Use of symmetry is crucial\", slide \"Monte-Carlo integration \
                    is available, but still expensive!\"";

/// The claim.
pub fn claim() -> Claim {
    let flipped = average(-CLAIMED_FACTOR) - average(CLAIMED_FACTOR);
    Claim::new(
        "mc-estimator",
        TALK,
        "S_eff[U] = S_gauge[U] − log det(D[U] + m). Monte-Carlo: Generate field configurations with \
         \"P[U] ∝ e^{−S_eff[U]}\". It gives expectation value ⟨O⟩ ≈ (1/N_sample) Σ_k O[U_k]",
        vec![
            Statement::says(
                "estimator",
                "The mean of O over configurations drawn from e^{−S_g} det(D+m) is ⟨O⟩.",
                "a plaquette that differs from the integral over its angle",
            )
            .decided_by(
                Verdict::Supported,
                gives_the_expectation_value,
                CLAIMED_FACTOR,
                Alteration::of_size("− log det → + log det", -CLAIMED_FACTOR, flipped.abs()),
            ),
            Statement::says(
                "error, exponent",
                "Its statistical error falls as N^{−1/2}.",
                "another exponent between N = 256 and N = 8192",
            )
            .decided_by(
                Verdict::Supported,
                falls_with_the_exponent,
                -0.5,
                Alteration::of_size("N^{−1/2} → N^{−2/3}", -2.0 / 3.0, 1.0 / 6.0),
            ),
            Statement::says(
                "error, size",
                "Its statistical error is σ √(2 τ_int / N).",
                "a spread of independent chains in another ratio to it",
            )
            .decided_by(
                Verdict::Supported,
                has_the_size,
                2.0,
                Alteration::of_size("√(2τ/N) → √(τ/N)", 1.0, 2f64.sqrt() - 1.0),
            ),
            Statement::says(
                "probability",
                "det(D+m) of one flavour is real and positive, so e^{−S_eff} is a probability.",
                "a configuration with a negative or complex determinant",
            )
            .decided_by(
                Verdict::Qualified,
                is_a_probability,
                0.1,
                Alteration::new("m = 0.1 → m = −0.3", -0.3),
            ),
        ],
    )
}

const fn plaquette(factor: f64) -> Plaquette {
    Plaquette {
        beta: BETA,
        mass: MASS,
        factor,
    }
}

/// The exact `⟨cos θ⟩`.
fn average(factor: f64) -> f64 {
    plaquette(factor).average(f64::cos)
}

/// The Metropolis sampler of the plaquette angle.
#[derive(Clone, Copy, Debug)]
struct Sampler {
    factor: f64,
}

impl Sampler {
    /// Proposals are uniform within this distance.
    const REACH: f64 = std::f64::consts::FRAC_PI_2;

    /// `−S_eff` up to a constant.
    fn ln_weight(self, cos: f64) -> f64 {
        let kappa = 1.0 / (2.0 * MASS + 4.0);
        let loop_weight = 4.0 * kappa.powi(4);
        let det = loop_weight.mul_add(2.0 * cos + loop_weight, 1.0);
        BETA * cos - self.factor * det.ln()
    }

    /// An angle from the stationary distribution, by rejection: the weight is largest at θ = 0
    /// because β outweighs the determinant's slope `2·4κ⁴`.
    fn equilibrium(self, rng: &mut Rng) -> f64 {
        let top = self.ln_weight(1.0);
        loop {
            let theta = std::f64::consts::PI * rng.uniform_in(-1.0, 1.0);
            if rng.uniform() < (self.ln_weight(theta.cos()) - top).exp() {
                return theta;
            }
        }
    }

    /// The mean of `cos θ` over `steps` states of one chain.
    fn mean(self, steps: usize, rng: &mut Rng) -> f64 {
        let mut theta = self.equilibrium(rng);
        let mut cos = theta.cos();
        let mut ln_w = self.ln_weight(cos);
        let mut sum = 0.0;
        for _ in 0..steps {
            let proposed = theta + rng.uniform_in(-Self::REACH, Self::REACH);
            let new_cos = proposed.cos();
            let new = self.ln_weight(new_cos);
            if new >= ln_w || rng.uniform() < (new - ln_w).exp() {
                (theta, cos, ln_w) = (proposed, new_cos, new);
            }
            sum += cos;
        }
        sum / steps as f64
    }

    /// One mean per independent chain.
    fn means(self, context: &Context<'_>, label: &str, steps: usize) -> Result<Vec<f64>> {
        let mut rng = context.stream(label);
        let mut means = Vec::with_capacity(CHAINS);
        for _ in 0..CHAINS {
            if context.interrupted() {
                return Err(interrupted());
            }
            means.push(self.mean(steps, &mut rng));
        }
        Ok(means)
    }
}

/// The closed form of the determinant against the dense one.
fn closed_form_is_the_determinant() -> Check {
    const LU: Tol = Tol::abs(1e-13).because("an 8 × 8 elimination");
    let mut worst = Worst::new(LU);
    let system = plaquette(CLAIMED_FACTOR);
    let sampler = Sampler {
        factor: CLAIMED_FACTOR,
    };
    let at_zero = system.ln_weight(0.0) - sampler.ln_weight(1.0);
    for k in 0..64 {
        let theta = f64::from(k) * 0.1 - 3.2;
        worst.see(
            sampler.ln_weight(theta.cos()) + at_zero,
            system.ln_weight(theta),
            || format!("θ = {theta}"),
        );
    }
    worst.into_check("hopping expansion of ln det(D+m) against the dense determinant", 64)
}

fn gives_the_expectation_value(context: &Context<'_>, factor: &f64) -> Result<Finding> {
    const RESOLVES: f64 = 0.0075;
    let truth = average(CLAIMED_FACTOR);
    let sampler = Sampler { factor: *factor };
    let estimate = Estimate::from_independent(&sampler.means(context, "estimator", STEPS)?)?;
    let evidence = Evidence::from_iter([
        closed_form_is_the_determinant(),
        check("⟨cos θ_P⟩ of 2000 chains against quadrature", estimate)
            .false_fail(FALSE_FAIL)
            .resolves(RESOLVES)
            .against(truth),
    ]);
    let headline = Headline {
        quantity: "⟨cos θ_P⟩ at β = 1, m = 0".into(),
        claimed: truth,
        value: estimate.value(),
        error: estimate.error(),
    };
    Ok(Finding::new(evidence, headline))
}

/// The root mean square distance of chain means from the exact average.
///
/// Its relative error is `1/√(2·CHAINS)`: the means are averages of hundreds of steps, so the sum of
/// squares follows χ² and its root is Gaussian to a skewness of 0.01.
fn spread(means: &[f64]) -> f64 {
    let truth = average(CLAIMED_FACTOR);
    let squares = means.iter().map(|mean| (mean - truth).powi(2));
    (compensated_sum(squares) / means.len() as f64).sqrt()
}

fn falls_with_the_exponent(context: &Context<'_>, exponent: &f64) -> Result<Finding> {
    const RESOLVES: f64 = 0.06;
    let sampler = Sampler {
        factor: CLAIMED_FACTOR,
    };
    let [few, many] = [256_usize, 8192];
    let decades = (many as f64 / few as f64).ln();
    let at_few = spread(&sampler.means(context, "few", few)?);
    let at_many = spread(&sampler.means(context, "many", many)?);
    let measured = (at_many / at_few).ln() / decades;
    let error = (1.0 / CHAINS as f64).sqrt() / decades;
    let estimate = Estimate::new(measured, error, None)?;
    let evidence = Evidence::from_iter([check("exponent of the error in N", estimate)
        .false_fail(FALSE_FAIL)
        .resolves(RESOLVES)
        .against(*exponent)]);
    let headline = Headline {
        quantity: "exponent of the statistical error in N".into(),
        claimed: *exponent,
        value: measured,
        error,
    };
    Ok(Finding::new(evidence, headline))
}

fn has_the_size(context: &Context<'_>, tau_factor: &f64) -> Result<Finding> {
    const RESOLVES: f64 = 0.14;
    const GRID: Tol = Tol::rel(1e-3).because("the grid's error falls as 1/points²: 3e-4 at 128");
    const LIMIT: Tol = Tol::rel(2e-3).because("the next term of 1/N is τ_int/N");
    // The transition matrix with the sampler's reach of π/2, a quarter of the circle.
    let chain = |points| {
        let weight = |theta| plaquette(CLAIMED_FACTOR).ln_weight(theta);
        Chain::metropolis(weight, points, points / 4)
    };
    let (coarse, fine) = (chain(128), chain(256));
    let tau = fine.tau_int(f64::cos);
    let sigma = fine.autocovariance(f64::cos)[0].sqrt();
    let limit = sigma * (2.0 * tau / STEPS as f64).sqrt();
    let sampler = Sampler {
        factor: CLAIMED_FACTOR,
    };
    let measured = spread(&sampler.means(context, "size", STEPS)?);
    let unit = sigma * (tau_factor * tau / STEPS as f64).sqrt();
    let ratio = measured / unit;
    // The error that the ratio has if it is 1, so that the power does not fluctuate.
    let error = 1.0 / (2.0 * CHAINS as f64).sqrt();
    let estimate = Estimate::new(ratio, error, None)?;
    let evidence = Evidence::from_iter([
        exact(
            "τ_int of the transition matrix, 128 against 256 angles",
            coarse.tau_int(f64::cos),
            tau,
            GRID,
        ),
        exact(
            "exact error of 2048 steps against σ √(2τ_int/N)",
            fine.variance_of_mean(f64::cos, STEPS).sqrt(),
            limit,
            LIMIT,
        ),
        check("spread of 2000 chains over σ √(2τ_int/N)", estimate)
            .false_fail(FALSE_FAIL)
            .resolves(RESOLVES)
            .against(1.0),
    ]);
    let headline = Headline {
        quantity: format!("spread of the chain means over σ √({tau_factor} τ_int/N), τ_int = {tau:.3}"),
        claimed: 1.0,
        value: ratio,
        error,
    };
    Ok(Finding::new(evidence, headline))
}

/// The links of the uniform field of one unit of flux on `extent²` sites.
fn unit_flux(extent: usize) -> impl Fn(usize, usize, usize) -> f64 {
    let flux = std::f64::consts::TAU / (extent * extent) as f64;
    move |x0, x1, mu| match mu {
        1 => flux * x0 as f64,
        _ if x0 + 1 == extent => -flux * (extent * x1) as f64,
        _ => 0.0,
    }
}

fn is_a_probability(context: &Context<'_>, mass: &f64) -> Result<Finding> {
    const EXTENT: usize = 4;
    const FIELDS: usize = 40;
    const REAL: Tol = Tol::abs(1e-12).because("elimination of a 32 × 32 matrix");
    let mut rng = context.stream("fields");
    let mut phases = Worst::new(REAL);
    let mut least = f64::INFINITY;
    let mut look = |name: String, link: &dyn Fn(usize, usize, usize) -> f64| {
        let (re, im) = determinant([EXTENT, EXTENT], Edge::Periodic, *mass, link);
        let size = re.hypot(im);
        phases.see(re / size, 1.0, || name.clone());
        phases.see(im / size, 0.0, || name);
        least = least.min(re / (mass + 2.0).powi(2 * (EXTENT * EXTENT) as i32));
    };
    look("one unit of flux".into(), &unit_flux(EXTENT));
    for field in 0..FIELDS {
        let width = [0.3, 1.0, 3.0, 100.0][field % 4];
        let angles: Vec<f64> = (0..2 * EXTENT * EXTENT)
            .map(|_| width * rng.normal())
            .collect();
        look(format!("random field {field}, width {width}"), &|x0, x1, mu| {
            angles[2 * (EXTENT * x0 + x1) + mu]
        });
    }
    let evidence = Evidence::from_iter([
        phases.into_check("det(D+m) / |det(D+m)| = 1 on 4 × 4 periodic sites", 2 * (FIELDS + 1)),
    ]);
    let headline = Headline {
        quantity: format!("least det(D+m)/(m+2)^32 of 41 fields at m = {mass} (above 0)"),
        claimed: 0.0,
        value: least,
        error: 1e-12,
    };
    Ok(Finding::new(evidence, headline).qualified(
        "for m > 0, or an even number of flavours: γ5-hermiticity makes det(D+m) real, but that of \
         one flavour is negative at m = −0.3 in a field with one unit of flux",
    ))
}
