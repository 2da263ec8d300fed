//! Judges the golden records of Langevin dynamics, `langevin.json`, by [`crate::langevin_laws`].

use serde_json::Value;

use crate::judged::{Worst, list, number};
use crate::langevin_laws::{
    Euler, Linear, Quartic, complex_moments, exploding_variance, free_field_phi2,
    leapfrog_variance, mixture,
};
use crate::linalg::Complex;

/// Relative. Closed forms, up to a hundred multiplications, and trapezoid sums.
const BAR: f64 = 1e-13;

/// Relative. At large steps the density reaches so far out that where it is cut is seen.
const CUT: f64 = 1e-6;

/// Absolute, of `ln p` and of the score of a mixture: each is a sum in which terms of size one may cancel.
const CANCELLED: f64 = 1e-13;

const MODELS: [&str; 9] = [
    "langevin-linear",
    "euler-linear",
    "leapfrog-linear",
    "euler-free-field",
    "quartic",
    "euler-quartic",
    "complex-quartic",
    "exploding-variance",
    "mixture",
];

/// Whether the record is one of Langevin dynamics.
#[must_use]
pub fn is_one(record: &Value) -> bool {
    record["parameters"]["model"]
        .as_str()
        .is_some_and(|model| MODELS.contains(&model))
}

/// The worst difference in units of its bar, and what was compared.
///
/// # Errors  a sentence that names the field that is missing.
pub fn judge(record: &Value) -> Result<(f64, String), String> {
    let mut worst = Worst::default();
    let get = |name| number(record, name);
    let mut see = |name: &str, found: &[f64], bar| worst.against(record, name, found, bar);
    let fewest = match record["parameters"]["model"].as_str() {
        Some("langevin-linear") => {
            let (linear, times) = (Linear { k: get("k")? }, list(record, "t")?);
            let (x0, v0) = (get("x0")?, get("v0")?);
            let each = |f: &dyn Fn(f64) -> f64| times.iter().map(|&t| f(t)).collect::<Vec<_>>();
            see("mean", &each(&|t| linear.mean(x0, t)), BAR)?;
            see("variance", &each(&|t| linear.variance(v0, t)), BAR)?;
            see("covariance", &each(&|t| linear.covariance(t)), BAR)?;
            3 * times.len()
        }
        Some("euler-linear") => {
            let euler = Euler {
                k: get("k")?,
                step: get("eps")?,
            };
            let (x0, v0) = (get("x0")?, get("v0")?);
            let steps: Vec<u32> = list(record, "n")?.iter().map(|&n| n as u32).collect();
            see("stationary_variance", &[euler.stationary_variance()], BAR)?;
            for route in [Euler::after, Euler::after_closed] {
                let (means, variances): (Vec<f64>, Vec<f64>) =
                    steps.iter().map(|&n| route(&euler, n, x0, v0)).unzip();
                see("mean", &means, BAR)?;
                see("variance", &variances, BAR)?;
            }
            1 + 4 * steps.len()
        }
        Some("leapfrog-linear") => {
            let (k, step) = (get("k")?, get("eps")?);
            see("variance", &[leapfrog_variance(k, step)], BAR)?;
            let one = Euler {
                k,
                step: 0.5 * step * step,
            };
            see("variance", &[one.stationary_variance()], BAR)?;
            2
        }
        Some("euler-free-field") => {
            let extents: Vec<usize> = list(record, "extents")?
                .iter()
                .map(|&l| l as usize)
                .collect();
            let found = free_field_phi2(&extents, get("mass2")?, get("eps")?);
            see("phi2", &[found], BAR)?;
            1
        }
        Some("quartic") => {
            let (k, g, alpha) = (get("k")?, get("g")?, get("alpha")?);
            let (x2, x4) = Quartic { k, g }.moments(alpha);
            see("x2", &[x2], BAR)?;
            see("x4", &[x4], BAR)?;
            // The same weight as a complex one.
            let (x2, x4) = complex_moments(Complex::new(k / alpha, 0.0), g / alpha);
            see("x2", &[x2.re], BAR)?;
            see("x4", &[x4.re], BAR)?;
            4
        }
        Some("euler-quartic") => {
            let (quartic, step) = (
                Quartic {
                    k: get("k")?,
                    g: get("g")?,
                },
                get("eps")?,
            );
            let (x2, x4) = quartic.euler_moments(step);
            let bar = if step < 0.07 { BAR } else { CUT };
            see("x2", &[x2], bar)?;
            see("x4", &[x4], bar)?;
            2
        }
        Some("complex-quartic") => {
            let sigma = list(record, "sigma")?;
            let (x2, x4) = complex_moments(Complex::new(sigma[0], sigma[1]), get("g")?);
            // Zero is one of the golden values: relative to the modulus.
            for (name, found) in [("x2", x2), ("x4", x4)] {
                let golden = crate::judged::values(record, name)?;
                let [re, im] = golden[..] else {
                    return Err(format!("{name}: expected two numbers"));
                };
                let difference = (found - Complex::new(re, im)).abs() / found.abs();
                worst.absolute(name, difference, BAR);
            }
            2
        }
        Some("exploding-variance") => {
            see(
                "variance",
                &[exploding_variance(get("sigma")?, get("t")?)],
                BAR,
            )?;
            1
        }
        _ => mixed(&mut worst, record)?,
    };
    worst.told(fewest)
}

/// How many were compared.
fn mixed(worst: &mut Worst, record: &Value) -> Result<usize, String> {
    let (weights, means) = (list(record, "weights")?, list(record, "means")?);
    let variances = list(record, "variances")?;
    let parts: Vec<(f64, f64, f64)> = weights
        .into_iter()
        .zip(means.into_iter().zip(variances))
        .map(|(weight, (mean, variance))| (weight, mean, variance))
        .collect();
    let added = exploding_variance(number(record, "sigma")?, number(record, "t")?);
    let points = list(record, "x")?;
    let (ln_p, score) = (
        crate::judged::values(record, "ln_p")?,
        crate::judged::values(record, "score")?,
    );
    for ((x, ln_p), score) in points.iter().zip(&ln_p).zip(&score) {
        let found = mixture(&parts, added, *x);
        worst.absolute("ln_p", found.0 - ln_p, CANCELLED);
        worst.absolute("score", found.1 - score, CANCELLED);
    }
    Ok(2 * points.len())
}
