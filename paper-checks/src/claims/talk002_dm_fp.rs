//! `dm-fp`: the Fokker–Planck equation of a diffusion model, `∂p/∂τ = g²ᾱ ∫δ/δφ (δ/δφ + ∇S_DM/ᾱ) p`, `p_eq ∝ e^{−S_DM/ᾱ}`.
//!
//! For a score that stands still. Decider: quadrature for `q^{1/ᾱ}`, and the equation in steps of two sizes. The noise of the reverse process
//! has `⟨η̄²⟩ = 1`, so ᾱ = ½ and its frozen equilibrium is `q²`.

use fieldassay::Result;
use fieldassay::stats::Estimate;
use fieldassay::verdict::{Evidence, Verdict, check};
use fieldassay_reference::quadrature;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement, interrupted};
use crate::mixture::{reference, score};

/// The variance of the noise, and the power of `q` that the equilibrium is said to be.
#[derive(Clone, Copy, Debug)]
struct Equilibrium {
    variance: f64,
    power: f64,
}

/// The claim.
pub fn claim() -> Claim {
    let effect = (second_moment(1.0) - second_moment(2.0)).abs();
    let half = (second_moment(3.0) - second_moment(2.0)).abs();
    Claim::new(
        "dm-fp",
        "Lingxiao Wang, Machine Learning for Lattice Field Theory, third Chinese symposium on lattice QCD, Beijing, \
         2023-10-09: section \"Stochastic Quantization\", slide \"DMs as SQ\"",
        "introducing Noise scale: ⟨η̄²⟩ ≡ 2ᾱ; FP equation ∂p_τ(φ)/∂τ = ∫d^n x {g_τ² ᾱ δ/δφ (δ/δφ + (1/ᾱ) ∇_φ S_DM)} p_τ(φ), \
         ∇_φ S_DM ≡ −∇_φ log q_τ(φ); p_eq(φ) ∝ e^{−S_DM/ᾱ}",
        vec![
            Statement::says(
                "as printed",
                "With ⟨η̄²⟩ = 2ᾱ and a score that stands still the equilibrium is q^{1/ᾱ}: q itself at ᾱ = 1.",
                "another ⟨x²⟩ than quadrature gives, when the steps shrink",
            )
            .decided_by(
                Verdict::Qualified,
                has_the_equilibrium,
                Equilibrium { variance: 2.0, power: 1.0 },
                Alteration::of_size(
                    "⟨η̄²⟩ = 2ᾱ → ᾱ",
                    Equilibrium { variance: 1.0, power: 1.0 },
                    effect,
                ),
            ),
            Statement::says(
                "reverse process",
                "With the unit noise of the reverse process that equilibrium is the data's distribution q.",
                "another ⟨x²⟩ than quadrature gives, when the steps shrink",
            )
            .decided_by(
                Verdict::Refuted,
                has_the_equilibrium,
                Equilibrium { variance: 1.0, power: 1.0 },
                Alteration::of_size("q → q³", Equilibrium { variance: 1.0, power: 3.0 }, half),
            ),
            Statement::says(
                "corrected",
                "With unit noise, ᾱ = ½, it is q².",
                "another ⟨x²⟩ than quadrature gives, when the steps shrink",
            )
            .decided_by(
                Verdict::Qualified,
                has_the_equilibrium,
                Equilibrium { variance: 1.0, power: 2.0 },
                Alteration::of_size("q² → q", Equilibrium { variance: 1.0, power: 1.0 }, effect),
            ),
        ],
    )
}

/// `⟨x²⟩` of `q^power` by quadrature.
fn second_moment(power: f64) -> f64 {
    let q = reference();
    let weight = |x: f64| q.density(x).powf(power);
    quadrature::line(|x| x * x * weight(x), 20.0, 0.02) / quadrature::line(weight, 20.0, 0.02)
}

/// `⟨x²⟩` in steps of `epsilon`, one mean a walker.
fn walk(context: &Context<'_>, epsilon: f64, variance: f64) -> Result<Estimate> {
    const WALKERS: usize = 400;
    let label = format!("{epsilon} {variance}");
    let numbers = context.once(&label, || {
        let steps = (context.tier().pick(120.0, 1200.0, 12_000.0) / epsilon) as usize;
        let warm_up = (20.0 / epsilon) as usize;
        let amplitude = (variance * epsilon).sqrt();
        let mut rng = context.stream(&label);
        let mut means = Vec::with_capacity(WALKERS);
        for _ in 0..WALKERS {
            if context.interrupted() {
                return Err(interrupted());
            }
            let (mut x, mut sum) = (rng.normal(), 0.0);
            for step in 0..warm_up + steps {
                x += epsilon * score(x, 0.0) + amplitude * rng.normal();
                if step >= warm_up {
                    sum += x * x;
                }
            }
            means.push(sum / steps as f64);
        }
        let mean = Estimate::from_independent(&means)?;
        Ok(vec![mean.value(), mean.error()])
    })?;
    Estimate::new(numbers[0], numbers[1], Some(WALKERS as f64))
}

fn has_the_equilibrium(context: &Context<'_>, equilibrium: &Equilibrium) -> Result<Finding> {
    const EPSILON: f64 = 0.1;
    const RESOLVES: f64 = 0.4;
    let Equilibrium { variance, power } = *equilibrium;
    let whole = walk(context, EPSILON, variance)?;
    let limit = walk(context, 0.5 * EPSILON, variance)?.scaled(2.0).minus(&whole);
    let truth = second_moment(power);
    let evidence = Evidence::from_iter([check("⟨x²⟩ at Δτ → 0 against quadrature", limit)
        .false_fail(1e-7)
        .resolves(RESOLVES)
        .against(truth)]);
    let headline = Headline {
        quantity: format!("⟨x²⟩ with ⟨η̄²⟩ = {variance}, against that of q^{power}"),
        claimed: truth,
        value: limit.value(),
        error: limit.error(),
    };
    Ok(Finding::new(evidence, headline).qualified(
        "for a score that stands still; in the reverse process it changes with τ, and the law at its end is another question",
    ))
}
