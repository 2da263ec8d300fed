//! Tails and quantiles behind the verdicts, good far into the tail.
//!
//! `statrs` gives the normal quantile to 5e-9 only, so it is inverted here from `erfc`.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// `P(|x| > z)` for a standard normal `x`.
///
/// # Accuracy  relative 1e-14 for `z ≤ 8`, growing as `z²ε` from the rounding of `z/√2`: 1.5e-13 at 37.
/// # Witness   `reference::probability::normal_two_sided_tail`.
#[must_use]
pub fn normal_two_sided_tail(z: f64) -> f64 {
    libm::erfc(z / std::f64::consts::SQRT_2)
}

/// The `z` with `P(|x| > z) = alpha` for a standard normal `x`.
///
/// # Panics  unless `0 < alpha < 1`: the caller's declared rate is no probability.
#[must_use]
pub fn normal_quantile_two_sided(alpha: f64) -> f64 {
    assert!(
        alpha > 0.0 && alpha < 1.0,
        "a rate of {alpha} is not a probability"
    );
    bisect_decreasing(normal_two_sided_tail, alpha, 40.0)
}

/// The `t` with `P(|x| > t) = alpha` for Student's `x` with `dof` degrees of freedom.
///
/// # Panics  unless `0 < alpha < 1` and `dof > 0`.
#[must_use]
pub fn student_t_quantile_two_sided(alpha: f64, dof: f64) -> f64 {
    assert!(
        alpha > 0.0 && alpha < 1.0,
        "a rate of {alpha} is not a probability"
    );
    assert!(dof > 0.0, "{dof} degrees of freedom");
    let normal = normal_quantile_two_sided(alpha);
    let Ok(student) = StudentsT::new(0.0, 1.0, dof) else {
        unreachable!("location, scale and dof were checked")
    };
    let tail = |t: f64| 2.0 * student.cdf(-t);
    let mut high = 2.0 * normal;
    while tail(high) > alpha {
        high *= 2.0;
    }
    bisect_decreasing(tail, alpha, high)
}

/// `P(χ² > chi2)` for `dof` degrees of freedom, the p value of a fit: `Q(dof/2, χ²/2)`.
///
/// With `x = χ²/2` the sum of positive terms `Σ_e x^e e^{−x}/Γ(e + 1)` over `e = dof/2 − 1, dof/2 − 2, … ≥ 0`, and
/// `erfc(√x)` for an odd number: nothing cancels, however small the tail.
///
/// # Accuracy  relative `ε·(4 + dof ln dof)`: 1e-12 for 501 (`golden/highprec/statistics.json`, tails to 1e-30).
/// # Panics    unless `dof > 0` and `chi2 ≥ 0`.
#[must_use]
pub fn chi2_tail(chi2: f64, dof: usize) -> f64 {
    assert!(
        dof > 0 && chi2 >= 0.0,
        "χ² = {chi2} with {dof} degrees of freedom"
    );
    if chi2 == 0.0 || chi2 == f64::INFINITY {
        return if chi2 == 0.0 { 1.0 } else { 0.0 };
    }
    let x = 0.5 * chi2;
    let (odd, steps) = (dof % 2 == 1, dof / 2);
    let (lowest, beyond) = if odd {
        (0.5, libm::erfc(x.sqrt()))
    } else {
        (0.0, 0.0)
    };
    if steps == 0 {
        return beyond;
    }
    // From the largest term to either side, so that none that counts underflows.
    let top = lowest + (steps - 1) as f64;
    let start = (lowest + (x - lowest).max(0.0).floor()).min(top);
    let largest = (start * x.ln() - x - libm::lgamma(start + 1.0)).exp();
    let (mut sum, mut term, mut e) = (largest, largest, start);
    while e > lowest && term > sum * 1e-18 {
        term *= e / x;
        sum += term;
        e -= 1.0;
    }
    (term, e) = (largest, start);
    while e < top && term > sum * 1e-18 {
        e += 1.0;
        term *= x / e;
        sum += term;
    }
    (sum + beyond).min(1.0)
}

/// The `z` with `P(x < z) = p` for a standard normal `x`.
///
/// # Accuracy  4ε of `1 + |z|`: `statrs`' 5e-9, and one step of Halley on `erfc`.
/// # Panics    unless `0 < p < 1`.
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    assert!(p > 0.0 && p < 1.0, "{p} is not a probability");
    // In the nearer tail `erfc` keeps its digits.
    let tail = p.min(1.0 - p);
    let z = std::f64::consts::SQRT_2 * statrs::function::erf::erfc_inv(2.0 * tail);
    let excess = 0.5 * libm::erfc(z / std::f64::consts::SQRT_2) - tail;
    let density = (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt();
    let step = excess / density;
    let z = z + step / (1.0 - 0.5 * z * step);
    if p < 0.5 { -z } else { z }
}

fn bisect_decreasing(f: impl Fn(f64) -> f64, target: f64, high: f64) -> f64 {
    let (mut low, mut high) = (0.0, high);
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return middle;
        }
        if f(middle) > target {
            low = middle
        } else {
            high = middle
        }
    }
}
