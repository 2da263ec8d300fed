//! `sq-hbar`: with `α = ħ` stochastic quantisation has the quantum distribution `e^{−S_E/ħ}`.
//!
//! The system is the harmonic oscillator, `⟨x²⟩ = ħ/(2mω) coth(ωT/2)` at the Euclidean extent `T`. Decider: the equation of
//! the slide on a time lattice, whose stationary state is known at every step size; and the lattice against the formula.

use fieldassay::Result;
use fieldassay::action::{Couplings, Phi4};
use fieldassay::density::{Observable, Target};
use fieldassay::num::Tol;
use fieldassay::observable::FieldPower;
use fieldassay::verdict::{Evidence, Verdict, check, exact};
use fieldassay_reference::free_field::{Form, FreeField};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::lattice_runs::{Length, NoisyDescent, chain_means, jackknife};

const MASS: f64 = 1.0;
const OMEGA: f64 = 1.0;
/// Euclidean extent.
const TIME: f64 = 4.0;
const HBARS: [f64; 3] = [0.5, 1.0, 2.0];

/// The claim.
pub fn claim() -> Claim {
    let largest =
        HBARS.iter().map(|hbar: &f64| (hbar.powf(ALTERED - 1.0) - 1.0).abs() * in_steps());
    Claim::new(
        "sq-hbar",
        "Lingxiao Wang, Machine Learning for Lattice Field Theory, third Chinese symposium on lattice QCD, Beijing, \
         2023-10-09: section \"Stochastic Quantization\"",
        "Set the diffusion constant as α = ħ: P_eq[φ] ~ e^{−S_E[φ]/ħ} = P_quantum[φ]; \
         Thermal equilibrium limit → Quantum distribution",
        vec![
            Statement::says(
                "as printed",
                "With α = ħ the equation's ⟨x²⟩ is that of e^{−S/ħ}, for ħ = ½, 1 and 2.",
                "another ⟨x²⟩ than the lattice has at this size of steps",
            )
            .decided_by(
                Verdict::Supported,
                has_the_fluctuations,
                1.0,
                Alteration::of_size("α = ħ → α = ħ^0.9", ALTERED, largest.fold(0.0, f64::max)),
            ),
            Statement::says(
                "quantum distribution",
                "e^{−S/ħ} on a time lattice tends to the oscillator's ⟨x²⟩ = ħ/(2mω) coth(ωT/2), with an error of order a².",
                "another limit or another order",
            )
            .decided_by(
                Verdict::Supported,
                is_the_quantum_distribution,
                0.5,
                Alteration::new("coth(ωT/2) → coth(ωT)", 1.0),
            ),
        ],
    )
}

const ALTERED: f64 = 0.9;
const SITES: usize = 16;
const EPSILON: f64 = 0.03;

/// The oscillator on `sites` times: `S = Σ [m(x₊ − x)²/2a + a m ω² x²/2]`, and its modes' force constants.
fn oscillator(sites: usize) -> (Couplings, Vec<f64>) {
    let a = TIME / sites as f64;
    let couplings = Couplings {
        hopping: 0.5 * MASS / a,
        quadratic: MASS / a + 0.5 * a * MASS * OMEGA * OMEGA,
        quartic: 0.0,
    };
    let waves = FreeField { extents: vec![sites], mass2: (a * OMEGA).powi(2), form: Form::Half };
    let constants = waves.mode_variances().iter().map(|v| MASS / a / v).collect();
    (couplings, constants)
}

/// `⟨x²⟩` of the lattice at `ħ = 1`.
fn of_lattice(sites: usize) -> f64 {
    let (_, constants) = oscillator(sites);
    constants.iter().map(|k| 1.0 / k).sum::<f64>() / sites as f64
}

/// `⟨x²⟩/α` in steps of [`EPSILON`]: a mode with force constant `k` has `1/(k(1 − kε/2))`.
fn in_steps() -> f64 {
    let (_, constants) = oscillator(SITES);
    let variances = constants.iter().map(|k| 1.0 / (k * (1.0 - 0.5 * k * EPSILON)));
    variances.sum::<f64>() / SITES as f64
}

fn has_the_fluctuations(context: &Context<'_>, power: &f64) -> Result<Finding> {
    const CHAINS: usize = 64;
    const RESOLVES: f64 = 0.045;
    let (couplings, _) = oscillator(SITES);
    let action = Phi4::new(&[SITES], couplings)?;
    let square = FieldPower::new(2)?;
    let mut evidence = Evidence::new();
    let mut headline = None;
    for hbar in HBARS {
        let mut q = action.neutral(CHAINS);
        let mut kernel = NoisyDescent::new(&action, EPSILON, 2.0 * hbar.powf(*power));
        let mut r = context.chains(&format!("hbar {hbar}"), CHAINS);
        let measurements = context.tier().pick(2000, 20_000, 200_000);
        let length = Length { warm_up: 1500, measurements, every: 8 };
        let mut out = vec![0.0; CHAINS];
        let means = chain_means(context, &mut r, &mut q, &mut kernel, length, |q, now| {
            square.measure(q, &mut out);
            now.iter_mut().zip(&out).for_each(|(now, x)| *now = [*x]);
        })?;
        let estimate = jackknife(&means, |x| x[0] / hbar)?;
        let truth = in_steps();
        evidence.push(
            check(format!("⟨x²⟩/ħ at ħ = {hbar} against the lattice in these steps"), estimate)
                .false_fail(1e-7)
                .resolves(RESOLVES)
                .against(truth),
        );
        headline.get_or_insert(Headline {
            quantity: "⟨x²⟩/ħ at ħ = ½, in steps of 0.03".into(),
            claimed: truth,
            value: estimate.value(),
            error: estimate.error(),
        });
    }
    Ok(Finding::new(evidence, headline.expect("three values of ħ")))
}

fn is_the_quantum_distribution(_: &Context<'_>, argument: &f64) -> Result<Finding> {
    const ORDER: Tol = Tol::abs(0.01).because("the next order shifts it by (aω)²");
    const LIMIT: Tol = Tol::rel(1e-7).because("an error of fourth order at a = 1/64, extrapolated");
    let formula = 0.5 / (MASS * OMEGA) / (argument * OMEGA * TIME).tanh();
    let [coarse, middle, fine] = [64, 128, 256].map(of_lattice);
    let order = ((middle - coarse) / (fine - middle)).log2();
    let limit = (4.0 * fine - middle) / 3.0;
    let evidence = Evidence::from_iter([
        exact("order of the error in a", order, 2.0, ORDER),
        exact("⟨x²⟩/ħ at a → 0 against coth", limit, formula, LIMIT),
    ]);
    let headline = Headline {
        quantity: "⟨x²⟩/ħ of the oscillator at ωT = 4".into(),
        claimed: formula,
        value: limit,
        error: 1e-7,
    };
    Ok(Finding::new(evidence, headline))
}
