//! `luscher-formula`: the phase shift from the level of two particles in a box.
//!
//! Decider: a separable model that is solved exactly twice, in infinite volume (phase shift from a
//! principal-value integral) and in the periodic box (levels from its secular equation), without any
//! zeta function: `reference::separable_box`. Its form factor is so smooth that Lüscher's formula holds
//! to `e^{−L²/8c²} ≤ 1e-21`, so the comparison is limited by rounding alone. The model scatters in the
//! S-wave only, elastically and at rest: that is the scope of the statement, and of what is shown.

use std::f64::consts::PI;

use fieldassay::Result;
use fieldassay::finite_volume::{phase_shift, poles, quantization_phase, z00};
use fieldassay::num::{Tol, Worst};
use fieldassay::report::{Figure, Plot};
use fieldassay::verdict::{Evidence, Verdict};
use fieldassay_reference::dd::Dd;
use fieldassay_reference::separable_box::Separable;
use fieldassay_reference::zeta;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

/// `δ(E) = sign · arctan(q π^p/Z00) (+ nπ)`.
#[derive(Clone, Copy)]
struct Formula {
    power_of_pi: f64,
    branch: Branch,
    sign: f64,
}

impl Formula {
    /// The phase shift of a level at `q²`, as an arctangent.
    fn at(self, q2: f64) -> Result<f64> {
        Ok(self.sign * (q2.sqrt() * PI.powf(self.power_of_pi) / z00(q2)?).atan())
    }
}

/// Which values of the arctangent the formula admits.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Branch {
    /// Any multiple of π may be added.
    Any,
    /// The principal value only, as `arctan` alone says.
    Principal,
}

const WITH_BRANCH: Formula = Formula { power_of_pi: 1.5, branch: Branch::Any, sign: 1.0 };
const PRINCIPAL: Formula = Formula { power_of_pi: 1.5, branch: Branch::Principal, sign: 1.0 };

/// Box length of the solvable models; `q²` does not depend on the unit.
const LENGTH: f64 = 1.0;
const LEVELS: usize = 24;

/// Weak and strong, repulsive and attractive; `λ = −2` binds.
const MODELS: [Separable; 4] = [
    Separable { strength: 0.5, range: 0.04 },
    Separable { strength: 4.0, range: 0.03 },
    Separable { strength: -0.3, range: 0.04 },
    BINDING,
];
const BINDING: Separable = Separable { strength: -2.0, range: 0.04 };

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "luscher-formula",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Motivation of Our Work\"",
        "δ(E)=arctan(q π^{3/2}/Z00(1;q²)) (+nπ), q=kL/2π",
        vec![
            Statement::says(
                "with the branch, + nπ",
                "For elastic S-wave scattering of two particles at rest, partial waves l ≥ 4 neglected, \
                 a level in the box at k = 2πq/L has tan δ = q π^{3/2}/Z00(1;q²), up to exponentially \
                 small corrections; the multiple of π is fixed by continuity.",
                "a level of an exactly solvable S-wave model whose exact phase shift is another one, modulo π",
            )
            .decided_by(
                Verdict::Supported,
                solvable_model_obeys,
                WITH_BRANCH,
                Alteration::new("π^{3/2} → π", Formula { power_of_pi: 1.0, ..WITH_BRANCH }),
            ),
            Statement::says(
                "main slide, arctan alone",
                "The principal value of the arctangent is the continuous phase shift δ(E).",
                "an exact phase shift, followed from δ = 0 at threshold, outside (−π/2, π/2)",
            )
            .decided_by(
                Verdict::Refuted,
                solvable_model_obeys,
                PRINCIPAL,
                Alteration::new("δ → −δ", Formula { sign: -1.0, ..PRINCIPAL }),
            ),
        ],
    )
    .with_figures(figures)
}

/// The exact phase shift, continuous and zero at threshold, at every `k²` of `squares` (ascending).
fn continuous_phase(model: &Separable, squares: &[f64]) -> Vec<f64> {
    const STEPS: usize = 96;
    let (mut last, mut from) = (0.0, 0.0);
    let mut follow = |k2: f64| {
        let principal = k2.sqrt().atan2(model.k_cot_delta(k2));
        last = principal + ((last - principal) / PI).round() * PI;
        last
    };
    let mut phases = Vec::new();
    for &k2 in squares {
        for step in 1..=STEPS / squares.len() {
            let fraction = step as f64 / (STEPS / squares.len()) as f64;
            follow(from + (k2 - from) * fraction * fraction.max(0.05));
        }
        phases.push(follow(k2));
        from = k2;
    }
    phases
}

fn solvable_model_obeys(_: &Context<'_>, formula: &Formula) -> Result<Finding> {
    const MODEL: Tol = Tol::abs(1e-10).because("quadrature and bisection of the solvable model, 1e-13 measured");
    let mut worst = Worst::new(MODEL);
    for model in MODELS {
        let levels = model.levels(LENGTH, LEVELS);
        let exact = continuous_phase(&model, &levels);
        for (k2, exact) in levels.iter().zip(exact) {
            let q2 = k2 * (LENGTH / (2.0 * PI)).powi(2);
            let claimed = formula.at(q2)?;
            let difference = match formula.branch {
                Branch::Any => (claimed - exact) - ((claimed - exact) / PI).round() * PI,
                Branch::Principal => claimed - exact,
            };
            worst.see(difference, 0.0, || format!("λ = {}, q² = {q2:.6}", model.strength));
        }
    }
    let largest = worst.worst().map_or(f64::NAN, |(_, worst)| worst.diff);
    let mut evidence = Evidence::new();
    evidence.push(worst.into_check("δ from the formula − exact δ, 4 models × 24 levels", 96));
    evidence.extend([free_levels(formula)?, zeta_is_right()?]);
    let headline = Headline {
        quantity: "largest |δ(formula) − δ(exact)| of 96 levels, rad".into(),
        claimed: 0.0,
        value: largest,
        error: 1e-10,
    };
    Ok(Finding::new(evidence, headline))
}

/// Two free particles: levels at the poles, `δ = 0` modulo π.
fn free_levels(formula: &Formula) -> Result<fieldassay::verdict::Check> {
    const FREE: Tol = Tol::abs(1e-7).because("at a distance 1e-9 from the pole the phase is below 1e-7");
    let mut worst = Worst::new(FREE);
    for pole in poles(40).into_iter().skip(1) {
        let q2 = pole + 1e-9;
        worst.see(formula.at(q2)?, 0.0, || format!("q² = {pole}"));
    }
    Ok(worst.into_check("non-interacting levels have δ = 0 mod π", 39))
}

/// The zeta function itself, against the reference's smoothed sums.
fn zeta_is_right() -> Result<fieldassay::verdict::Check> {
    const ZETA: Tol = Tol::rel_abs(1e-12, 1e-12).because("the declared accuracy of Z00");
    let mut worst = Worst::new(ZETA);
    for i in 0..300 {
        let q2 = 0.2_f64.mul_add(f64::from(i), -0.987);
        worst.see(z00(q2)?, zeta::z00(Dd::from(q2)).to_f64(), || format!("q² = {q2:.3}"));
    }
    Ok(worst.into_check("Z00(1;q²), −1 < q² < 60, against smoothed direct sums", 300))
}

fn figures(_: &Context<'_>) -> Result<Vec<Figure>> {
    let top = 6.6;
    let edges = poles(7);
    let mut branches = Vec::new();
    for (i, &low) in edges.iter().enumerate() {
        let high = edges.get(i + 1).copied().unwrap_or(top).min(top);
        let at = |step: i32| low + (high - low) * (1e-4 + f64::from(step) / 200.0 * (1.0 - 2e-4));
        let branch: Result<Vec<_>> =
            (0..=200).map(|step| Ok((at(step), phase_shift(at(step))?.to_degrees()))).collect();
        branches.push(branch?);
    }
    let mut plot = Plot::new("Every level in the box fixes δ modulo 180°")
        .x_label("q² = (kL/2π)²")
        .y_label("δ mod 180° (degrees)")
        .line("arctan(π√π q/Z00)", branches)
        .vertical_rules("poles of Z00", edges);
    for (model, name) in [(MODELS[0], "solvable model, repulsive"), (BINDING, "solvable model, binding")] {
        let levels = model.levels(LENGTH, 7);
        let exact = continuous_phase(&model, &levels);
        let points = levels.iter().zip(exact).map(|(k2, delta)| {
            (k2 * (LENGTH / (2.0 * PI)).powi(2), delta.rem_euclid(PI).to_degrees())
        });
        plot = plot.points(name, points.filter(|(q2, _)| *q2 < top));
    }
    let branches = plot.render(
        "luscher-branches",
        "The phase shift that puts a level at q² falls from 180° to 0 between successive poles (free \
         levels); exact levels of two solvable models lie on the branches.",
    )?;
    let phase: Result<Vec<_>> = (0..=1300)
        .map(|i| f64::from(i) * 0.01)
        .map(|q2| Ok((q2, quantization_phase(q2)? / PI)))
        .collect();
    let unwrapped = Plot::new("The phase of the box, unwrapped")
        .x_label("q²")
        .y_label("φ(q²)/π")
        .line("φ = atan2(π√π q, −Z00) + jπ", vec![phase?])
        .vertical_rules("poles of Z00", poles(12))
        .render(
            "luscher-phase",
            "φ rises continuously and passes jπ exactly on pole number j, so that φ + δ = nπ has no poles.",
        )?;
    Ok(vec![branches, unwrapped])
}
