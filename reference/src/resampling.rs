//! Jackknife and bootstrap covariances as double sums over pairs of samples: no mean is formed.
//!
//! `Σ_b (x_b − x̄)(y_b − ȳ) = Σ_{b<c} (x_b − x_c)(y_b − y_c)/N`.

/// `Σ_{b<c} (x_b − x_c)(y_b − y_c)/N`.
fn scatter(x: &[f64], y: &[f64]) -> f64 {
    let mut sum = 0.0;
    for b in 0..x.len() {
        for c in b + 1..x.len() {
            sum += (x[b] - x[c]) * (y[b] - y[c]);
        }
    }
    sum / x.len() as f64
}

/// The covariance of two quantities from delete-one samples.
#[must_use]
pub fn jackknife(x: &[f64], y: &[f64]) -> f64 {
    let n = x.len() as f64;
    scatter(x, y) * (n - 1.0) / n
}

/// The covariance of two quantities from bootstrap samples.
#[must_use]
pub fn bootstrap(x: &[f64], y: &[f64]) -> f64 {
    scatter(x, y) / (x.len() as f64 - 1.0)
}
