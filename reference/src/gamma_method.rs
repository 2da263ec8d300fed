//! The Γ-method as its sums stand: pairs of measurements one by one, no transform, the window given.

/// `Γ_ab(t)` over replicas, fluctuations about the mean of all measurements, divided by `N − R t`.
///
/// # Panics  unless every replica of `a` is as long as that of `b` and longer than `t`.
#[must_use]
pub fn covariance(a: &[&[f64]], b: &[&[f64]], t: usize) -> f64 {
    let count: usize = a.iter().map(|r| r.len()).sum();
    let mean = |x: &[&[f64]]| x.iter().flat_map(|r| r.iter()).sum::<f64>() / count as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let mut sum = 0.0;
    for (a, b) in a.iter().zip(b) {
        assert!(a.len() == b.len() && a.len() > t, "a replica is too short");
        for i in 0..a.len() - t {
            sum += (a[i] - mean_a) * (b[i + t] - mean_b);
        }
    }
    sum / (count - a.len() * t) as f64
}

/// `C_ab(W)/N`, each `Γ(t)` raised by `C/N` for the mean that was taken from the same data.
#[must_use]
pub fn covariance_of_means(a: &[&[f64]], b: &[&[f64]], window: usize) -> f64 {
    let n = a.iter().map(|r| r.len()).sum::<usize>() as f64;
    let both_sides = |t| covariance(a, b, t) + covariance(b, a, t);
    let plain = covariance(a, b, 0) + (1..=window).map(both_sides).sum::<f64>();
    plain * (1.0 + (2.0 * window as f64 + 1.0) / n) / n
}

/// `τ_int = C/2Γ(0)`, both corrected as above.
#[must_use]
pub fn tau_int(a: &[&[f64]], window: usize) -> f64 {
    let n = a.iter().map(|r| r.len()).sum::<usize>() as f64;
    let plain = covariance(a, a, 0) + 2.0 * (1..=window).map(|t| covariance(a, a, t)).sum::<f64>();
    0.5 * n * covariance_of_means(a, a, window) / (covariance(a, a, 0) + plain / n)
}
