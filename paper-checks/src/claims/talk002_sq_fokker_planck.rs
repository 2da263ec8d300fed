//! `sq-fokker-planck`: `∂P/∂τ = α ∫ δ/δφ (δ/δφ + δS/δφ) P` does not have the equilibrium `e^{−S/α}` that the slide gives it.
//!
//! Decider: the operator of one degree of freedom as a matrix (sinc collocation), and the null vector of that matrix by
//! its singular values, against the printed equilibrium.

use fieldassay::Result;
use fieldassay::linalg::{Matrix, matmul, svd};
use fieldassay::num::{Tol, Worst};
use fieldassay::report::{Figure, Plot};
use fieldassay::verdict::{Evidence, Verdict};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

/// `d/dx (diffusion·d/dx + drift·S')`, as functions of α.
#[derive(Clone, Copy, Debug)]
enum Operator {
    /// `α d(d + S')`, as printed.
    Printed,
    /// `d(α d + S')`: what the Langevin equation of the same slide has.
    Right,
    /// `α d(d + S'/α)`: the form of the later slide on diffusion models.
    DiffusionSlide,
    /// `α d(d + α S')`.
    DriftTimesAlpha,
    /// `d(α² d + S')`.
    AlphaSquared,
}

/// An operator, and the values of α for which it is looked at.
#[derive(Clone, Copy, Debug)]
struct Case {
    operator: Operator,
    alphas: &'static [f64],
}

const ANY: &[f64] = &[0.5, 1.0, 2.0];
const ONE: &[f64] = &[1.0];

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "sq-fokker-planck",
        "Lingxiao Wang, Machine Learning for Lattice Field Theory, third Chinese symposium on lattice QCD, Beijing, \
         2023-10-09: section \"Stochastic Quantization\"",
        "Fokker-Planck equation ∂P[φ,τ]/∂τ = α ∫d^n x {δ/δφ (δ/δφ + δS_E/δφ)} P[φ,τ]; \
         Equilibrium solution (long-time limit), P_eq[φ] ∝ e^{−S_E[φ]/α}",
        vec![
            Statement::says(
                "as printed",
                "The stationary state of α d/dφ (d/dφ + S') is e^{−S/α} for every α.",
                "a null vector that is another function, at α = ½ or 2",
            )
            .decided_by(
                Verdict::Refuted,
                has_the_equilibrium,
                Case { operator: Operator::Printed, alphas: ANY },
                Alteration::new(
                    "α d(d + S') → α d(d + αS')",
                    Case { operator: Operator::DriftTimesAlpha, alphas: ANY },
                ),
            ),
            Statement::says(
                "as printed, α = 1",
                "At α = 1 the equation as printed keeps e^{−S}.",
                "a null vector that is another function",
            )
            .decided_by(
                Verdict::Supported,
                has_the_equilibrium,
                Case { operator: Operator::Printed, alphas: ONE },
                Alteration::new(
                    "α = 1 → α = 1.01",
                    Case { operator: Operator::Printed, alphas: &[1.01] },
                ),
            ),
            Statement::says(
                "corrected",
                "The stationary state of d/dφ (α d/dφ + S') is e^{−S/α} for every α.",
                "a null vector that is another function",
            )
            .decided_by(
                Verdict::Supported,
                has_the_equilibrium,
                Case { operator: Operator::Right, alphas: ANY },
                Alteration::new(
                    "α d/dφ → α² d/dφ",
                    Case { operator: Operator::AlphaSquared, alphas: ANY },
                ),
            ),
            Statement::says(
                "the later slide",
                "So is that of ᾱ d/dφ (d/dφ + S'/ᾱ), the form on the slide \"DMs as SQ\".",
                "a null vector that is another function",
            )
            .decided_by(
                Verdict::Supported,
                has_the_equilibrium,
                Case { operator: Operator::DiffusionSlide, alphas: ANY },
                Alteration::new(
                    "S'/ᾱ → S'",
                    Case { operator: Operator::Printed, alphas: ANY },
                ),
            ),
        ],
    )
    .with_figures(figures)
}

/// Points of the grid, `x = (i − middle)·STEP`.
const POINTS: usize = 141;
const STEP: f64 = 0.075;

fn position(i: usize) -> f64 {
    (i as f64 - 0.5 * (POINTS - 1) as f64) * STEP
}

/// `S = x⁴/4 − x²/2 + x/5`, and its slope.
fn action(x: f64) -> f64 {
    0.25 * x.powi(4) - 0.5 * x * x + 0.2 * x
}

fn slope(x: f64) -> f64 {
    x.powi(3) - x + 0.2
}

/// `d/dx` of functions that vanish at the ends, by the sinc expansion.
fn derivative() -> Matrix<f64> {
    Matrix::from_fn(POINTS, POINTS, |i, j| {
        let lag = i as f64 - j as f64;
        let sign = if i.abs_diff(j).is_multiple_of(2) { 1.0 } else { -1.0 };
        if i == j { 0.0 } else { sign / (lag * STEP) }
    })
}

impl Operator {
    /// The factors of `d/dx` and of `S'` under the outer derivative.
    fn factors(self, alpha: f64) -> [f64; 2] {
        match self {
            Self::Printed => [alpha, alpha],
            Self::Right | Self::DiffusionSlide => [alpha, 1.0],
            Self::DriftTimesAlpha => [alpha, alpha * alpha],
            Self::AlphaSquared => [alpha * alpha, 1.0],
        }
    }

    /// The null vector of its matrix, normalised, positive in the middle; and the smallest two singular values.
    fn null_vector(self, alpha: f64) -> Result<(Vec<f64>, [f64; 2])> {
        let [diffusion, drift] = self.factors(alpha);
        let d = derivative();
        let flux = Matrix::from_fn(POINTS, POINTS, |i, j| {
            let local = if i == j { drift * slope(position(i)) } else { 0.0 };
            diffusion * d[(i, j)] + local
        });
        // The outer derivative has the constant flux as its own null vector; a flux through a wall is none, so that
        // the equilibrium is where the flux itself vanishes.
        let parts = svd(&flux)?;
        let last = POINTS - 1;
        let mut vector = parts.v.column(last);
        let sum: f64 = vector.iter().sum();
        let norm = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
        vector.iter_mut().for_each(|x| *x /= norm * sum.signum());
        let acted = matmul(d.view(), flux.view())?;
        let image: f64 = (0..POINTS)
            .map(|i| acted.row(i).iter().zip(&vector).map(|(a, v)| a * v).sum::<f64>().powi(2))
            .sum::<f64>()
            .sqrt();
        Ok((vector, [image, parts.s[last - 1]]))
    }
}

/// `e^{−S/α}`, normalised.
fn equilibrium(alpha: f64) -> Vec<f64> {
    let mut weights: Vec<f64> = (0..POINTS).map(|i| (-action(position(i)) / alpha).exp()).collect();
    let norm = weights.iter().map(|x| x * x).sum::<f64>().sqrt();
    weights.iter_mut().for_each(|x| *x /= norm);
    weights
}

fn has_the_equilibrium(_: &Context<'_>, case: &Case) -> Result<Finding> {
    const OVERLAP: Tol = Tol::abs(1e-10).because("the accuracy of the sinc expansion at 0.075");
    const STATIONARY: Tol = Tol::abs(1e-8).because("a second derivative of rounding errors, (π/0.075)² ε");
    let mut overlaps = Worst::new(OVERLAP);
    let mut stationary = Worst::new(STATIONARY);
    let mut simple = Worst::new(Tol::abs(0.9).because("between 0.1 and 1.9: not a second zero"));
    let mut least = 1.0_f64;
    for &alpha in case.alphas {
        let (vector, [image, next]) = case.operator.null_vector(alpha)?;
        let overlap: f64 = vector.iter().zip(equilibrium(alpha)).map(|(a, b)| a * b).sum();
        overlaps.see(overlap, 1.0, || format!("α = {alpha}"));
        stationary.see(image, 0.0, || format!("α = {alpha}"));
        simple.see(next.min(1.0), 1.0, || format!("α = {alpha}"));
        least = least.min(overlap);
    }
    let evidence = Evidence::from_iter([
        overlaps.into_check("overlap of the null vector with e^{−S/α}", case.alphas.len()),
        stationary.into_check("the operator on the null vector", case.alphas.len()),
        simple.into_check("the next singular value: the null vector is one", case.alphas.len()),
    ]);
    let headline = Headline {
        quantity: "least overlap of the stationary state with e^{−S/α}".into(),
        claimed: 1.0,
        value: least,
        error: 1e-10,
    };
    Ok(Finding::new(evidence, headline))
}

fn figures(_: &Context<'_>) -> Result<Vec<Figure>> {
    const ALPHA: f64 = 0.5;
    let curve = |values: Vec<f64>| {
        vec![(0..POINTS)
            .map(|i| (position(i), values[i]))
            .filter(|(x, _)| x.abs() <= 3.0)
            .collect::<Vec<_>>()]
    };
    let figure = Plot::new("Stationary states at α = ½")
        .x_label("φ")
        .y_label("P (normalised)")
        .line("e^{−S/α}", curve(equilibrium(ALPHA)))
        .line("α d(d + S'), as printed", curve(Operator::Printed.null_vector(ALPHA)?.0))
        .points(
            "d(α d + S')",
            curve(Operator::Right.null_vector(ALPHA)?.0)[0].iter().copied().step_by(3),
        )
        .render("sq-stationary", "One degree of freedom, S = φ⁴/4 − φ²/2 + φ/5: the printed operator keeps e^{−S}.")?;
    Ok(vec![figure])
}
