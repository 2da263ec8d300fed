//! `phi4-continuum-action`: `S_E = ∫ (½(∂²φ₀² + m²φ₀²) − λ₀/4! φ₀⁴)` has a wrong sign and a misplaced square.
//!
//! Decider: the integrand on trigonometric polynomials in a box, whose derivatives are exact and whose integrals the
//! trapezoid rule gives exactly.

use fieldassay::Result;
use fieldassay::num::{Tol, Worst};
use fieldassay::rng::Rng;
use fieldassay::verdict::{Evidence, Verdict, fact};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

/// What stands for the kinetic term, apart from its ½.
#[derive(Clone, Copy, Debug)]
enum Kinetic {
    /// `∂²(φ²)`, as printed.
    LaplacianOfSquare,
    /// `(∂²φ)²`, another reading of the print.
    SquareOfLaplacian,
    /// `(∂φ)²`.
    SquareOfGradient,
    /// `φ ∂²φ`.
    FieldTimesLaplacian,
}

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "phi4-continuum-action",
        "Lingxiao Wang, Machine Learning for Lattice Field Theory, third Chinese symposium on lattice QCD, Beijing, \
         2023-10-09: section \"Lattice Field Theory\", slide \"Scalar φ⁴ field\"",
        "Euclidean action of bare fields: S_E = ∫ d^d x dτ (½(∂²φ0² + m²φ0²) − (λ0/4!) φ0⁴)",
        vec![
            Statement::says(
                "as printed",
                "With −λ₀/4! φ₀⁴ in a Euclidean action e^{−S} can be normalised for λ₀ > 0.",
                "fields along which S falls below all bounds",
            )
            .decided_by(
                Verdict::Refuted,
                is_bounded_below,
                -1.0,
                Alteration::new("−λ₀/4! → −λ₀/4", -6.0),
            ),
            Statement::says(
                "corrected",
                "With +λ₀/4! φ₀⁴ it can.",
                "fields along which S falls below all bounds",
            )
            .decided_by(
                Verdict::Supported,
                is_bounded_below,
                1.0,
                Alteration::new("+λ₀/4! → −λ₀/4!", -1.0),
            ),
            Statement::says(
                "kinetic, as printed",
                "½ ∂²φ₀² is the kinetic term: a plane wave of momentum p has ½ p² ∫φ₀².",
                "another value for a sum of plane waves",
            )
            .decided_by(
                Verdict::Refuted,
                is_the_kinetic_term,
                Kinetic::LaplacianOfSquare,
                Alteration::new("∂²(φ²) read as (∂²φ)²", Kinetic::SquareOfLaplacian),
            ),
            Statement::says(
                "kinetic, corrected",
                "½ (∂φ₀)² is the kinetic term: a plane wave of momentum p has ½ p² ∫φ₀².",
                "another value for a sum of plane waves",
            )
            .decided_by(
                Verdict::Supported,
                is_the_kinetic_term,
                Kinetic::SquareOfGradient,
                Alteration::new("(∂φ)² → φ∂²φ", Kinetic::FieldTimesLaplacian),
            ),
        ],
    )
}

/// Highest wave number of the fields.
const HIGHEST: usize = 4;
/// Points of the trapezoid rule: exact for fourth powers up to wave number `4·HIGHEST`.
const POINTS: usize = 32;
/// Edge of the box.
const EDGE: f64 = 3.0;

/// A real periodic field in two dimensions, `Σ_k [a_k cos(k·x) + b_k sin(k·x)]`.
struct Waves(Vec<([f64; 2], [f64; 2])>);

/// `φ`, its gradient and `∂²φ` at a point.
struct Local {
    phi: f64,
    gradient: [f64; 2],
    laplacian: f64,
}

impl Waves {
    fn random(rng: &mut Rng) -> Self {
        let unit = std::f64::consts::TAU / EDGE;
        let highest = HIGHEST as i32;
        let mut waves = Vec::new();
        for k0 in 0..=highest {
            for k1 in -highest..=highest {
                // One of every pair ±k, without the constant.
                if k0 > 0 || k1 > 0 {
                    let k = [unit * f64::from(k0), unit * f64::from(k1)];
                    waves.push((k, [rng.normal(), rng.normal()]));
                }
            }
        }
        Self(waves)
    }

    fn at(&self, x: [f64; 2]) -> Local {
        let mut local = Local { phi: 0.0, gradient: [0.0; 2], laplacian: 0.0 };
        for (k, [a, b]) in &self.0 {
            let (sin, cos) = (k[0] * x[0] + k[1] * x[1]).sin_cos();
            let (value, slope) = (a * cos + b * sin, b * cos - a * sin);
            local.phi += value;
            local.gradient[0] += k[0] * slope;
            local.gradient[1] += k[1] * slope;
            local.laplacian -= (k[0] * k[0] + k[1] * k[1]) * value;
        }
        local
    }

    /// `½ Σ_k k² (a_k² + b_k²)/2` times the area: the energy of the waves one by one.
    fn energy(&self) -> f64 {
        let of = |(k, [a, b]): &([f64; 2], [f64; 2])| {
            0.25 * (k[0] * k[0] + k[1] * k[1]) * (a * a + b * b)
        };
        EDGE * EDGE * self.0.iter().map(of).sum::<f64>()
    }

    /// `∫ f` over the box.
    fn integral(&self, f: impl Fn(&Local) -> f64) -> f64 {
        let step = EDGE / POINTS as f64;
        let at = |i: usize| f(&self.at([(i / POINTS) as f64 * step, (i % POINTS) as f64 * step]));
        (0..POINTS * POINTS).map(at).sum::<f64>() * step * step
    }
}

fn is_the_kinetic_term(context: &Context<'_>, kinetic: &Kinetic) -> Result<Finding> {
    const SUMS: Tol = Tol::rel(1e-12).because("1024 terms of 40 waves each");
    let mut rng = context.stream("waves");
    let mut energies = Worst::new(SUMS);
    let mut ratio = f64::NAN;
    for field in 0..8 {
        let waves = Waves::random(&mut rng);
        let energy = waves.integral(|at| {
            let squares = at.gradient[0].powi(2) + at.gradient[1].powi(2);
            0.5 * match kinetic {
                // ∂²(φ²) = 2φ∂²φ + 2(∂φ)².
                Kinetic::LaplacianOfSquare => 2.0 * at.phi * at.laplacian + 2.0 * squares,
                Kinetic::SquareOfLaplacian => at.laplacian.powi(2),
                Kinetic::SquareOfGradient => squares,
                Kinetic::FieldTimesLaplacian => at.phi * at.laplacian,
            }
        });
        energies.see(energy, waves.energy(), || format!("field {field}"));
        ratio = energy / waves.energy();
    }
    let headline = Headline {
        quantity: "∫ of the kinetic term over ½ Σ p² |φ(p)|²".into(),
        claimed: 1.0,
        value: ratio,
        error: 1e-12,
    };
    let check = energies.into_check("kinetic term of 8 sums of 40 plane waves", 8);
    Ok(Finding::new(Evidence::from_iter([check]), headline))
}

fn is_bounded_below(context: &Context<'_>, sign: &f64) -> Result<Finding> {
    const M2: f64 = 0.7;
    const LAMBDA0: f64 = 2.0;
    let mut rng = context.stream("directions");
    let mut least = f64::INFINITY;
    for _ in 0..8 {
        let waves = Waves::random(&mut rng);
        let squares = waves.integral(|at| at.phi.powi(2));
        let quartic = waves.integral(|at| at.phi.powi(4));
        let s = |scale: f64| {
            scale.powi(2) * (waves.energy() + 0.5 * M2 * squares)
                + sign * scale.powi(4) * LAMBDA0 / 24.0 * quartic
        };
        for scale in [1e2, 1e3, 1e4] {
            least = least.min(s(scale));
        }
    }
    // The constant field: everything but the potential vanishes.
    let potential = |phi: f64| 0.5 * M2 * phi * phi + sign * LAMBDA0 / 24.0 * phi.powi(4);
    let far = [10.0, 1e2, 1e3].map(potential);
    let evidence = Evidence::from_iter([
        fact(
            "S rises along 8 random fields as they grow",
            least > 0.0,
            format!("least of S at 100, 1000 and 10⁴ times a field: {least:.2e}"),
        ),
        fact(
            "the potential rises for constant fields from 10 to 1000",
            far[0] < far[1] && far[1] < far[2],
            format!("V = {far:.3?}"),
        ),
    ]);
    let headline = Headline {
        quantity: "V(1000)/1000⁴, the coefficient that decides far out (above 0)".into(),
        claimed: LAMBDA0 / 24.0,
        value: far[2] / 1e12,
        error: 1e-6,
    };
    Ok(Finding::new(evidence, headline))
}
