//! The trapezoid rule, where it converges faster than any power of the step: over a period of an
//! analytic function, and over the whole line for one that falls like a Gaussian.
//!
//! Source: L. N. Trefethen, J. A. C. Weideman, SIAM Rev. 56 (2014) 385, theorems 3.2 and 5.1.

/// `∫_{−π}^{π} f(θ) dθ` with `points` points.
#[must_use]
pub fn circle(f: impl Fn(f64) -> f64, points: usize) -> f64 {
    let step = std::f64::consts::TAU / points as f64;
    let sum: f64 = (0..points)
        .map(|k| f((k as f64).mul_add(step, -std::f64::consts::PI)))
        .sum();
    sum * step
}

/// `∫_{−∞}^{∞} f(x) dx` for `f` negligible beyond `|x| = cut`, with steps of `step`.
#[must_use]
pub fn line(f: impl Fn(f64) -> f64, cut: f64, step: f64) -> f64 {
    let steps = (cut / step).ceil() as i64;
    let sum: f64 = (-steps..=steps).map(|k| f(k as f64 * step)).sum();
    sum * step
}
