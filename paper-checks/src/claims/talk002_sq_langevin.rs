//! `sq-langevin`: `∂φ/∂τ = −δS/δφ + η` with `⟨ηη⟩ = 2α δδ` samples `e^{−S/α}`.
//!
//! Decider: quadrature for one degree of freedom, hybrid Monte Carlo of `S/α` for a field; the equation in steps of two
//! sizes, extrapolated to none. Errors are those of independent chains.

use fieldassay::Result;
use fieldassay::action::{Couplings, Phi4};
use fieldassay::density::{Kernel, Observable, Target};
use fieldassay::lattice::{Field, RealLine};
use fieldassay::observable::FieldPower;
use fieldassay::report::{Figure, Plot};
use fieldassay::rng::Chains;
use fieldassay::sampler::{Hmc, Integrator, Sequence, Trajectory};
use fieldassay::stats::Estimate;
use fieldassay::verdict::{Evidence, Verdict, check};
use fieldassay_reference::quadrature;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::lattice_runs::{Length, NoisyDescent, chain_means, jackknife};

/// `⟨ηη⟩ = NOISE·α`.
const NOISE: f64 = 2.0;
/// What a public code of the diffusion paper takes: it samples `e^{−2S/α}`.
const HALF: f64 = 1.0;
const ALPHAS: [f64; 2] = [1.0, 0.5];
const FALSE_FAIL: f64 = 1e-7;
const CHAINS: usize = 64;
/// Independent copies on the sites of a lattice without hopping.
const COPIES: usize = 32;

/// One degree of freedom: `S = φ⁴/4 − φ²/2`.
const WELL: Couplings = Couplings { hopping: 0.0, quadratic: -0.5, quartic: 0.25 };

/// The claim.
pub fn claim() -> Claim {
    let effects = ALPHAS.map(|alpha| (well_average(0.5 * HALF * alpha) - well_average(alpha)).abs());
    Claim::new(
        "sq-langevin",
        "Lingxiao Wang, Machine Learning for Lattice Field Theory, third Chinese symposium on lattice QCD, Beijing, \
         2023-10-09: section \"Stochastic Quantization\"",
        "∂φ(x,τ)/∂τ = −δS_E[φ]/δφ(x,τ) + η(x,τ), ⟨η(x,τ)⟩ = 0, ⟨η(x,τ)η(x',τ')⟩ = 2α δ(x−x') δ(τ−τ'); \
         Equilibrium solution (long-time limit), P_eq[φ] ∝ e^{−S_E[φ]/α}",
        vec![
            Statement::says(
                "one degree of freedom",
                "In a double well ⟨φ²⟩ tends to that of e^{−S/α}, for α = 1 and ½.",
                "another ⟨φ²⟩ than quadrature gives, when the steps shrink",
            )
            .decided_by(
                Verdict::Supported,
                samples_the_well,
                NOISE,
                Alteration::of_size("⟨ηη⟩ = 2α → α", HALF, effects[0].max(effects[1])),
            ),
            Statement::says(
                "a field",
                "So does ⟨φ²⟩ of φ⁴ on 8 × 8 sites.",
                "other values than hybrid Monte Carlo of S/α gives, when the steps shrink",
            )
            .decided_by(
                Verdict::Supported,
                samples_the_field,
                NOISE,
                // Measured: 0.06 at α = 1.
                Alteration::of_size("⟨ηη⟩ = 2α → 1.8α", 1.8, 0.07),
            ),
        ],
    )
    .with_figures(figures)
}

/// `⟨φ²⟩` of `e^{−S/α}` by quadrature.
fn well_average(alpha: f64) -> f64 {
    let weight = |x: f64| (-(WELL.quadratic * x * x + WELL.quartic * x.powi(4)) / alpha).exp();
    let norm = quadrature::line(weight, 8.0, 0.01);
    quadrature::line(|x| x * x * weight(x), 8.0, 0.01) / norm
}

/// The mean of `φ²` over each chain.
fn squares(
    context: &Context<'_>,
    r: &mut Chains,
    q: &mut Field<RealLine>,
    kernel: &mut dyn Kernel<RealLine>,
    length: Length,
) -> Result<Vec<[f64; 1]>> {
    let square = FieldPower::new(2)?;
    let mut out = vec![0.0; q.chains()];
    chain_means(context, r, q, kernel, length, |q, now| {
        square.measure(q, &mut out);
        now.iter_mut().zip(&out).for_each(|(now, x)| *now = [*x]);
    })
}

/// `⟨φ²⟩` of the well in steps of `epsilon`.
fn well(context: &Context<'_>, epsilon: f64, alpha: f64, noise: f64) -> Result<Estimate> {
    let label = format!("well {epsilon} {alpha} {noise}");
    let time = context.tier().pick(80.0, 800.0, 8000.0);
    let numbers = context.once(&label, || {
        let action = Phi4::new(&[COPIES], WELL)?;
        let mut q = action.neutral(CHAINS);
        let mut kernel = NoisyDescent::new(&action, epsilon, noise * alpha);
        let length = Length {
            warm_up: (20.0 / epsilon) as usize,
            measurements: (time / epsilon) as usize / 4,
            every: 4,
        };
        let mut r = context.chains(&label, CHAINS);
        let estimate = jackknife(&squares(context, &mut r, &mut q, &mut kernel, length)?, |x| x[0])?;
        Ok(vec![estimate.value(), estimate.error()])
    })?;
    Estimate::new(numbers[0], numbers[1], Some(CHAINS as f64))
}

/// `2 x(ε/2) − x(ε)`: without the error of first order.
fn extrapolated(half: &Estimate, whole: &Estimate) -> Estimate {
    half.scaled(2.0).minus(whole)
}

fn samples_the_well(context: &Context<'_>, noise: &f64) -> Result<Finding> {
    const EPSILON: f64 = 0.04;
    const RESOLVES: f64 = 0.05;
    let mut evidence = Evidence::new();
    let mut headline = None;
    for alpha in ALPHAS {
        let truth = well_average(alpha);
        let whole = well(context, EPSILON, alpha, *noise)?;
        let half = well(context, 0.5 * EPSILON, alpha, *noise)?;
        let limit = extrapolated(&half, &whole);
        evidence.push(
            check(format!("⟨φ²⟩ at Δτ → 0, α = {alpha}, against quadrature"), limit)
                .false_fail(FALSE_FAIL)
                .resolves(RESOLVES)
                .against(truth),
        );
        headline.get_or_insert(Headline {
            quantity: "⟨φ²⟩ of a double well at α = 1".into(),
            claimed: truth,
            value: limit.value(),
            error: limit.error(),
        });
    }
    Ok(Finding::new(evidence, headline.expect("two values of α")))
}

const EXTENTS: [usize; 2] = [8, 8];
const FIELD: (f64, f64) = (0.21, 0.022);


/// `⟨φ²⟩` of the stochastic field in steps of `epsilon`.
fn field(context: &Context<'_>, epsilon: f64, alpha: f64, noise: f64) -> Result<Estimate> {
    let action = Phi4::new(&EXTENTS, Couplings::from_kappa(FIELD.0, FIELD.1))?;
    let mut kernel = NoisyDescent::new(&action, epsilon, noise * alpha);
    let time = context.tier().pick(350.0, 3500.0, 35_000.0);
    let length = Length {
        warm_up: (40.0 / epsilon) as usize,
        measurements: (time / epsilon) as usize / 8,
        every: 8,
    };
    let mut q = action.neutral(CHAINS);
    let mut r = context.chains(&format!("field {epsilon} {alpha} {noise}"), CHAINS);
    jackknife(&squares(context, &mut r, &mut q, &mut kernel, length)?, |x| x[0])
}

/// That of `e^{−S/α}` by hybrid Monte Carlo: the same field with all couplings divided by α.
fn field_truth(context: &Context<'_>, alpha: f64) -> Result<Estimate> {
    let Couplings { hopping, quadratic, quartic } = Couplings::from_kappa(FIELD.0, FIELD.1);
    let couplings = Couplings {
        hopping: hopping / alpha,
        quadratic: quadratic / alpha,
        quartic: quartic / alpha,
    };
    let label = format!("truth {alpha}");
    let numbers = context.once(&label, || {
        let action = Phi4::new(&EXTENTS, couplings)?;
        let step = 0.25 * alpha.sqrt();
        // Two lengths: a mode that one of them turns by half, so that φ² stays, the other does not.
        let kernel = |steps| Hmc::new(&action, Trajectory::new(Integrator::Leapfrog, step, steps)?);
        let mut hmc = Sequence(vec![Box::new(kernel(6)?), Box::new(kernel(9)?)]);
        let measurements = context.tier().pick(300, 3000, 30_000);
        let length = Length { warm_up: 100, measurements, every: 1 };
        let mut q = action.neutral(CHAINS);
        let mut r = context.chains(&label, CHAINS);
        let one = jackknife(&squares(context, &mut r, &mut q, &mut hmc, length)?, |x| x[0])?;
        Ok(vec![one.value(), one.error()])
    })?;
    Estimate::new(numbers[0], numbers[1], Some(CHAINS as f64))
}

fn samples_the_field(context: &Context<'_>, noise: &f64) -> Result<Finding> {
    const EPSILON: f64 = 0.1;
    const RESOLVES: f64 = 0.035;
    let mut evidence = Evidence::new();
    let mut headline = None;
    for alpha in ALPHAS {
        let truth = field_truth(context, alpha)?;
        let whole = field(context, EPSILON, alpha, *noise)?;
        let limit = extrapolated(&field(context, 0.5 * EPSILON, alpha, *noise)?, &whole);
        evidence.push(
            check(format!("⟨φ²⟩ at Δτ → 0, α = {alpha}, against hybrid Monte Carlo"), limit)
                .false_fail(FALSE_FAIL)
                .resolves(RESOLVES)
                .against_estimate(&truth),
        );
        headline.get_or_insert(Headline {
            quantity: "⟨φ²⟩ of φ⁴ on 8² sites at α = 1".into(),
            claimed: truth.value(),
            value: limit.value(),
            error: limit.error().hypot(truth.error()),
        });
    }
    Ok(Finding::new(evidence, headline.expect("two values of α")))
}

fn figures(context: &Context<'_>) -> Result<Vec<Figure>> {
    let points: Result<Vec<_>> = [0.04, 0.02]
        .into_iter()
        .map(|epsilon| {
            let one = well(context, epsilon, 1.0, NOISE)?;
            Ok((epsilon, one.value(), one.error()))
        })
        .collect();
    let figure = Plot::new("A double well at α = 1")
        .x_label("step Δτ")
        .y_label("⟨φ²⟩")
        .error_bars("in steps", points?)
        .horizontal_rules("e^{−S}", [well_average(1.0)])
        .render("sq-langevin-steps", "The error of a step is of first order and is extrapolated away.")?;
    Ok(vec![figure])
}
