//! `luscher-zeta-sum`: what the sum on the slide stands for.
//!
//! As printed, `Σ_n 1/(n² − q²)` over all integer vectors grows like `4πΛ` with the cut-off; what is
//! meant is its analytic continuation in the exponent, or the limit with `4πΛ` taken off. Decider: the
//! plain sum of the reference with a cut-off that is pushed out, against `Z00` from a heat-kernel split
//! (library) and from Riesz means in long arithmetic (reference).

use std::f64::consts::PI;

use fieldassay::Result;
use fieldassay::finite_volume::z00;
use fieldassay::num::{Tol, Worst};
use fieldassay::report::{Figure, Plot};
use fieldassay::verdict::{Evidence, Verdict};
use fieldassay_reference::dd::Dd;
use fieldassay_reference::zeta;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

/// What is taken off the sum over `|n| < Λ`, per `Λ`.
struct Subtraction(f64);

const SQRT_4PI: f64 = 3.544_907_701_811_032;

/// The claim.
pub fn claim() -> Claim {
    let source = "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, \
                  2024-11-08: section \"Motivation of Our Work\"";
    let refuted_by = "partial sums that do not settle at the analytically continued value";
    Claim::new(
        "luscher-zeta-sum",
        source,
        "Z00(1;q²) = (1/√4π) Σ_n (n²-q²)^{-1} (\"~\" on one slide, \"=\" on the backup)",
        vec![
            Statement::says(
                "as printed",
                "The sum over all integer vectors n of 1/(n² − q²) is √4π Z00(1;q²).",
                refuted_by,
            )
            .decided_by(
                Verdict::Refuted,
                partial_sums_settle,
                Subtraction(0.0),
                Alteration::new("take off 2πΛ, half of what diverges", Subtraction(2.0 * PI)),
            ),
            Statement::says(
                "corrected",
                "The sum over |n| < Λ minus 4πΛ tends to √4π Z00(1;q²) as Λ → ∞.",
                refuted_by,
            )
            .decided_by(
                Verdict::Supported,
                partial_sums_settle,
                Subtraction(4.0 * PI),
                Alteration::new("4πΛ → 2π²Λ", Subtraction(2.0 * PI * PI)),
            ),
        ],
    )
    .with_figures(figures)
}

/// Order of the smooth cut-off `(1 − n²/Λ²)^p`, whose sums have a power series in `1/Λ`.
const ORDER: u32 = 2;

/// `∫_0^1 (1 − x²)^p dx`: how much of `4πΛ` the smooth cut-off leaves.
fn weight_share(order: u32) -> f64 {
    (1..=order).fold(1.0, |share, j| share * f64::from(2 * j) / f64::from(2 * j + 1))
}

/// The subtracted sum at the cut-off `Λ`.
fn partial_sum(q2: f64, cut_off: i32, order: u32, subtraction: &Subtraction) -> f64 {
    zeta::cut_off_sum(q2, cut_off, order) - subtraction.0 * weight_share(order) * f64::from(cut_off)
}

/// The limit `Λ → ∞` of a sequence with corrections `1/Λ`, `1/Λ²`, `1/Λ³` from four doublings.
fn extrapolated(q2: f64, subtraction: &Subtraction) -> f64 {
    let mut row: Vec<f64> =
        [10, 20, 40, 80].iter().map(|n| partial_sum(q2, *n, ORDER, subtraction)).collect();
    for power in 1..4 {
        let factor = 2.0_f64.powi(power);
        row = row.windows(2).map(|pair| (factor * pair[1] - pair[0]) / (factor - 1.0)).collect();
    }
    row[0]
}

const QUADRATIC: [f64; 6] = [-2.3, -0.5, 0.37, 1.5, 3.3, 5.5];

fn partial_sums_settle(_: &Context<'_>, subtraction: &Subtraction) -> Result<Finding> {
    const LIMIT: Tol = Tol::abs(1e-3).because("the ledger's bar; the extrapolation leaves 7e-4");
    const HALVED: Tol = Tol::abs(0.1).because("corrections of order Λ^{-2} to a leading 1/Λ");
    let (mut limit, mut settled) = (Worst::new(LIMIT), Worst::new(HALVED));
    for q2 in QUADRATIC {
        let exact = SQRT_4PI * z00(q2)?;
        limit.see(extrapolated(q2, subtraction), exact, || format!("q² = {q2}"));
        let [first, second, third] =
            [20, 40, 80].map(|n| partial_sum(q2, n, ORDER, subtraction));
        let ratio = (third - second) / (second - first);
        settled.see(ratio, 0.5, || format!("q² = {q2}"));
    }
    let both = Worst::new(Tol::rel_abs(1e-12, 1e-12).because("the declared accuracy of Z00"));
    let evidence = Evidence::from_iter([
        limit.into_check("limit Λ → ∞ of the subtracted sum, against √4π Z00", 6),
        settled.into_check("change from Λ = 40 to 80 over change from 20 to 40, against ½", 6),
        two_evaluations(both)?,
    ]);
    let headline = Headline {
        quantity: "limit of the sum at q² = 0.37, against √4π Z00".into(),
        claimed: SQRT_4PI * z00(0.37)?,
        value: extrapolated(0.37, subtraction),
        error: 1e-3,
    };
    Ok(Finding::new(evidence, headline))
}

fn two_evaluations(mut worst: Worst) -> Result<fieldassay::verdict::Check> {
    for q2 in QUADRATIC {
        worst.see(z00(q2)?, zeta::z00(Dd::from(q2)).to_f64(), || format!("q² = {q2}"));
    }
    Ok(worst.into_check("Z00 from the heat-kernel split and from Riesz means", 6))
}

fn figures(_: &Context<'_>) -> Result<Vec<Figure>> {
    let q2 = 0.37;
    let exact = SQRT_4PI * z00(q2)?;
    let corrected = Subtraction(4.0 * PI);
    let cut_offs: Vec<i32> = (0..28).map(|i| (4.0 * 1.12_f64.powi(i)).round() as i32).collect();
    let error = |order: u32, subtraction: &Subtraction| -> Vec<(f64, f64)> {
        let at = |n: &i32| (f64::from(*n), (partial_sum(q2, *n, order, subtraction) - exact).abs());
        cut_offs.iter().map(at).collect()
    };
    let figure = Plot::new("How the sum approaches √4π Z00, q² = 0.37")
        .x_label("cut-off Λ")
        .y_label("|partial sum − √4π Z00|")
        .x_log()
        .y_log()
        .line("as printed", vec![error(0, &Subtraction(0.0))])
        .line("sharp cut-off − 4πΛ", vec![error(0, &corrected)])
        .line("smooth cut-off − 4πΛ·8/15", vec![error(ORDER, &corrected)])
        .render(
            "zeta-convergence",
            "The printed sum runs away linearly. With 4πΛ taken off it settles: noisily with a sharp \
             cut-off (lattice points enter shell by shell), cleanly like 1/Λ with a smooth one.",
        )?;
    let heat = heat_kernel_convergence(q2, exact)?;
    Ok(vec![figure, heat])
}

/// Error of the heat-kernel split and of the Riesz means against the radius that they sum to.
fn heat_kernel_convergence(q2: f64, exact: f64) -> Result<Figure> {
    let radii: Vec<f64> = (2..=16).map(|i| f64::from(i) * 0.5).collect();
    let split = |radius: f64| -> f64 {
        // Terms beyond the radius are what the heat-kernel sum leaves out.
        let reach = radius as i32 + 8;
        let range = || -reach..=reach;
        let vectors = range().flat_map(|x| range().flat_map(move |y| range().map(move |z| (x, y, z))));
        let rest = vectors.map(|(x, y, z)| f64::from(x * x + y * y + z * z));
        let beyond = rest.filter(|n2| *n2 > radius * radius);
        beyond.map(|n2| (q2 - n2).exp() / (n2 - q2)).sum::<f64>() / exact.abs()
    };
    let riesz = |radius: i32| {
        let reference = zeta::z00_with_cut_off(Dd::from(q2), radius, 20);
        ((SQRT_4PI * reference.to_f64() - exact) / exact).abs()
    };
    let shown = |(x, y): &(f64, f64)| *y > 1e-17 && *x > 0.0;
    let split: Vec<_> = radii.iter().map(|r| (*r, split(*r))).filter(shown).collect();
    let riesz: Vec<_> =
        (2..=24).map(|n| (f64::from(2 * n), riesz(2 * n))).filter(shown).collect();
    Plot::new("Convergence of both evaluations of Z00, q² = 0.37")
        .x_label("radius summed to")
        .y_label("relative error")
        .x_log()
        .y_log()
        .line("heat-kernel split (library)", vec![split])
        .line("Riesz means, p = 20 (reference)", vec![riesz])
        .render(
            "zeta-evaluations",
            "The heat-kernel split of the library is exact once |n| reaches 7; the smoothed direct \
             sum of the reference needs twice that, and no theta function.",
        )
}
