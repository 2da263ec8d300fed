//! Tails and quantiles behind the verdicts, good far into the tail.
//!
//! `statrs` gives the normal quantile to 5e-9 only, so it is inverted here from `erfc`.

use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::gamma::checked_gamma_ur;

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
/// # Accuracy  relative 1e-11, absolute 1e-14 (laws: closed forms of one and of even degrees of freedom).
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
    let Ok(tail) = checked_gamma_ur(0.5 * dof as f64, 0.5 * chi2) else {
        unreachable!("both arguments are positive")
    };
    tail
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
