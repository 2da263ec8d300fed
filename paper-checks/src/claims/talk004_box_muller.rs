//! `box-muller`: `∫∫ e^{−x²/2−y²/2} = ½ ∫_0^{2π}dθ ∫_0^1 dz` has a ½ too many; the recipe for sampling is right.
//!
//! Decider: the trapezoid rule for the left side, the Jacobian by `reference::dual`, and a million pairs drawn by the
//! recipe.

use std::f64::consts::TAU;

use fieldassay::Result;
use fieldassay::num::{Tol, Worst};
use fieldassay::special::erfc;
use fieldassay::stats::{Estimate, KolmogorovSmirnov, normal_quantile};
use fieldassay::verdict::{Evidence, Verdict, check, exact, fact};
use fieldassay_reference::dual::{Dual, jacobian};
use fieldassay_reference::quadrature;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

const FALSE_FAIL: f64 = 1e-7;

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "box-muller",
        "Akio Tomiya, 格子QCDとその周辺における機械学習の活用, undated (announces a school of \
         2024-09): section \"Flow based sampling algorithm\", slide \"Viewpoint: Change of variables makes problem easy\"",
        "∫_{−∞}^{∞} dx ∫_{−∞}^{∞} dy e^{−x²/2−y²/2} (Target integral: hard); z = e^{−(x²+y²)/2}, tan θ = y/x; \
         = ½ ∫_0^{2π} dθ ∫_0^1 dz (Easy). ξ1 ~ (0, 2π), ξ2 ~ (0, 1): x = r cos θ, y = r sin θ, θ = ξ1, r = √(−2 log ξ2)",
        vec![
            Statement::says(
                "as printed",
                "The Gaussian integral is ½ ∫_0^{2π} dθ ∫_0^1 dz = π.",
                "another value by quadrature",
            )
            .decided_by(
                Verdict::Refuted,
                has_the_value,
                0.5,
                Alteration::new("½ → 1/√(2π), the norm of one Gaussian", 1.0 / TAU.sqrt()),
            ),
            Statement::says(
                "corrected",
                "It is ∫_0^{2π} dθ ∫_0^1 dz = 2π.",
                "another value by quadrature",
            )
            .decided_by(
                Verdict::Supported,
                has_the_value,
                1.0,
                Alteration::new("1 → ½", 0.5),
            ),
            Statement::says(
                "flat measure",
                "In θ and z = e^{−(x²+y²)/2} the measure is flat: e^{−(x²+y²)/2} dx dy = dθ dz.",
                "a point at which the density times the Jacobian is not 1",
            )
            .decided_by(
                Verdict::Supported,
                is_flat,
                0.5,
                Alteration::new("z = e^{−r²/2} → e^{−r²}", 1.0),
            ),
            Statement::says(
                "recipe",
                "x = √(−2 log ξ₂) cos ξ₁ and y = √(−2 log ξ₂) sin ξ₁ are independent standard normal numbers.",
                "moments or distributions of 10⁶ pairs that are not theirs",
            )
            .decided_by(
                Verdict::Supported,
                samples_the_gaussian,
                2.0,
                // ⟨x²⟩ is half of the factor.
                Alteration::of_size("−2 log ξ₂ → −1.96 log ξ₂", 1.96, 0.02),
            ),
        ],
    )
}

fn has_the_value(_: &Context<'_>, factor: &f64) -> Result<Finding> {
    const TRAPEZOID: Tol = Tol::rel(1e-13).because("241² points, geometric convergence");
    let gaussian = |x: f64| (-0.5 * x * x).exp();
    let integral =
        quadrature::line(|x| gaussian(x) * quadrature::line(gaussian, 12.0, 0.1), 12.0, 0.1);
    let flat = factor * TAU;
    let evidence =
        Evidence::from_iter([exact("∫∫ e^{−(x²+y²)/2} against the flat integral", flat, integral, TRAPEZOID)]);
    let headline = Headline {
        quantity: "the right-hand side, against the Gaussian integral 2π".into(),
        claimed: flat,
        value: integral,
        error: 1e-12,
    };
    Ok(Finding::new(evidence, headline))
}

/// The point that `(θ, z)` stands for, with `z = e^{−exponent·r²}`.
fn point(exponent: f64, theta: Dual, z: Dual) -> [Dual; 2] {
    // √u = e^{(ln u)/2}.
    let square = Dual::constant(-1.0 / exponent) * z.ln();
    let r = (Dual::constant(0.5) * square.ln()).exp();
    [r * theta.cos(), r * theta.sin()]
}

fn is_flat(context: &Context<'_>, exponent: &f64) -> Result<Finding> {
    const DUAL: Tol = Tol::rel(1e-12).because("logarithms of z down to 1e-9");
    let mut rng = context.stream("points");
    let mut flat = Worst::new(DUAL);
    let mut last = f64::NAN;
    for sample in 0..500 {
        let (theta, z) = (TAU * rng.uniform(), 1.0 - rng.uniform());
        let at = point(*exponent, Dual::constant(theta), Dual::constant(z));
        let [x, y] = at.map(|one| one.value);
        let j = jacobian(|v| point(*exponent, v[0], v[1]).to_vec(), &[theta, z]);
        let det = (j[0][0] * j[1][1] - j[0][1] * j[1][0]).abs();
        last = (-0.5 * (x * x + y * y)).exp() * det;
        flat.see(last, 1.0, || format!("point {sample}, θ = {theta:.3}, z = {z:.3e}"));
    }
    let headline = Headline {
        quantity: "density times |∂(x,y)/∂(θ,z)|".into(),
        claimed: 1.0,
        value: last,
        error: 1e-12,
    };
    let check = flat.into_check("e^{−(x²+y²)/2} |∂(x,y)/∂(θ,z)| at 500 points", 500);
    Ok(Finding::new(Evidence::from_iter([check]), headline))
}

/// A Kolmogorov–Smirnov test as a normal quantile: far above 0 if the distribution is another one.
fn kolmogorov(values: &[f64], cdf: impl Fn(f64) -> f64) -> Result<Estimate> {
    let p = KolmogorovSmirnov::one_sample(values, cdf)?.p_value.clamp(1e-300, 1.0 - 1e-16);
    Estimate::new(-normal_quantile(p), 1.0, None)
}

fn samples_the_gaussian(context: &Context<'_>, factor: &f64) -> Result<Finding> {
    const PAIRS: usize = 1_000_000;
    let mut rng = context.stream("pairs");
    let (mut x, mut y) = (Vec::with_capacity(PAIRS), Vec::with_capacity(PAIRS));
    for _ in 0..PAIRS {
        // 1 − u lies in (0, 1]: the open interval of the slide as far as a logarithm can tell.
        let (theta, xi2) = (TAU * rng.uniform(), 1.0 - rng.uniform());
        let r = (-factor * xi2.ln()).sqrt();
        x.push(r * theta.cos());
        y.push(r * theta.sin());
    }
    let mean = |f: &dyn Fn(f64, f64) -> f64| {
        let values: Vec<f64> = x.iter().zip(&y).map(|(x, y)| f(*x, *y)).collect();
        Estimate::from_independent(&values)
    };
    let square = mean(&|x, _| x * x)?;
    let close = |name: &str, estimate: Estimate, truth: f64, resolves: f64| {
        check(name, estimate).false_fail(FALSE_FAIL).resolves(resolves).against(truth)
    };
    let normal = |x: f64| 0.5 * erfc(-x / 2f64.sqrt());
    let few = &x[..20_000];
    let radii: Vec<f64> =
        x[..20_000].iter().zip(&y).map(|(x, y)| (-0.5 * (x * x + y * y)).exp()).collect();
    let at_zero = [0.0_f64, 1.0].map(|xi2| (-factor * xi2.ln()).sqrt());
    let evidence = Evidence::from_iter([
        close("⟨x²⟩ of 10⁶ pairs", square, 1.0, 0.0125),
        close("⟨y²⟩", mean(&|_, y| y * y)?, 1.0, 0.0125),
        close("⟨x⟩", mean(&|x, _| x)?, 0.0, 0.009),
        close("⟨xy⟩", mean(&|x, y| x * y)?, 0.0, 0.009),
        close("⟨x²y²⟩ − ⟨x²⟩⟨y²⟩, as ⟨(x²−1)(y²−1)⟩", mean(&|x, y| (x * x - 1.0) * (y * y - 1.0))?, 0.0, 0.018),
        check("Kolmogorov's test of 20 000 x, as a normal quantile", kolmogorov(few, normal)?)
            .false_fail(FALSE_FAIL)
            .resolves(8.5)
            .at_most()
            .against(0.0),
        check("and of 20 000 e^{−r²/2}, which are uniform", kolmogorov(&radii, |z| z)?)
            .false_fail(FALSE_FAIL)
            .resolves(8.5)
            .at_most()
            .against(0.0),
        fact(
            "ξ₂ = 0 would give an infinite number, ξ₂ = 1 does no harm",
            at_zero[0].is_infinite() && at_zero[1] == 0.0,
            format!("r = {at_zero:?}"),
        ),
    ]);
    let headline = Headline {
        quantity: "⟨x²⟩ of 10⁶ pairs drawn by the recipe".into(),
        claimed: 1.0,
        value: square.value(),
        error: square.error(),
    };
    Ok(Finding::new(evidence, headline))
}
