//! Autocovariance functions, by direct sums for few lags and by FFT for many.
//!
//! Convention: `Γ(t) = 1/(N − R t) Σ_r Σ_i d_i^r d_{i+t}^r`, the fluctuations `d` about the mean over
//! all `R` replicas, `N` measurements in all.  Witness: `reference::gamma_method`.

use rustfft::FftPlanner;
use rustfft::num_complex::Complex64;

/// `½ [Γ_ab(t) + Γ_ba(t)]` for `t < lags`, pooled over replicas.
///
/// # Shapes    `a`, `b`: `[replica](steps,)` of fluctuations about their mean → `(lags,)`.
/// # Accuracy  `ε log₂ N · √(Γ_aa(0) Γ_bb(0))`.
/// # Panics    unless `a` and `b` have the same lengths and every replica is longer than `lags − 1`.
/// # Source    U. Wolff, Comput. Phys. Commun. 156 (2004) 143.
/// # Witness   `reference::gamma_method::covariance`.
#[must_use]
pub fn cross_covariance(a: &[Vec<f64>], b: &[Vec<f64>], lags: usize) -> Vec<f64> {
    let mut sums = vec![0.0; lags];
    for (a, b) in a.iter().zip(b) {
        assert!(
            a.len() == b.len() && a.len() >= lags,
            "a replica is too short for {lags} lags"
        );
        // Below this, N·lags multiplications are fewer than those of three transforms of length 2N.
        const FEW: usize = 48;
        if lags <= FEW {
            add_direct(a, b, &mut sums);
        } else {
            add_by_fft(a, b, &mut sums);
        }
    }
    let total: usize = a.iter().map(Vec::len).sum();
    for (t, sum) in sums.iter_mut().enumerate() {
        *sum /= (total - a.len() * t) as f64;
    }
    sums
}

/// The autocovariance function [`cross_covariance`] of a quantity with itself.
///
/// # Panics  as [`cross_covariance`].
#[must_use]
pub fn autocovariance(fluctuations: &[Vec<f64>], lags: usize) -> Vec<f64> {
    cross_covariance(fluctuations, fluctuations, lags)
}

fn add_direct(a: &[f64], b: &[f64], sums: &mut [f64]) {
    let same = std::ptr::eq(a, b);
    for (t, sum) in sums.iter_mut().enumerate() {
        let forward = dot(a, &b[t..]);
        *sum += if same {
            forward
        } else {
            0.5 * (forward + dot(b, &a[t..]))
        };
    }
}

/// `Σ_i x_i y_i` over the shorter length, in eight running sums.
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let count = x.len().min(y.len());
    let (x, y) = (&x[..count], &y[..count]);
    let mut sums = [0.0; 8];
    let (xs, x_rest) = x.as_chunks::<8>();
    let (ys, y_rest) = y.as_chunks::<8>();
    for (x, y) in xs.iter().zip(ys) {
        for lane in 0..8 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    let rest: f64 = x_rest.iter().zip(y_rest).map(|(x, y)| x * y).sum();
    sums.iter().sum::<f64>() + rest
}

fn add_by_fft(a: &[f64], b: &[f64], sums: &mut [f64]) {
    // Zeros behind the data keep the end from meeting the beginning within `lags`.
    let size = (a.len() + sums.len()).next_power_of_two();
    let mut planner = FftPlanner::new();
    let forward = planner.plan_fft_forward(size);
    let transform = |x: &[f64]| {
        let mut z: Vec<Complex64> = x.iter().map(|&x| x.into()).collect();
        z.resize(size, Complex64::default());
        forward.process(&mut z);
        z
    };
    let mut spectrum = transform(a);
    if std::ptr::eq(a, b) {
        for z in &mut spectrum {
            *z = z.norm_sqr().into();
        }
    } else {
        for (z, w) in spectrum.iter_mut().zip(transform(b)) {
            *z = (z.re * w.re + z.im * w.im).into();
        }
    }
    planner.plan_fft_inverse(size).process(&mut spectrum);
    for (sum, z) in sums.iter_mut().zip(&spectrum) {
        *sum += z.re / size as f64;
    }
}
