//! Covariance matrices from few samples, drawn towards a matrix that can be inverted.

use super::history::domain;
use crate::error::{Error, Result};

/// What a covariance is drawn towards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShrinkageTarget {
    /// `μ·1`, `μ` the mean of the variances: Ledoit and Wolf's own.
    ScaledIdentity,
    /// The variances without correlations: columns are scaled to unit variance before, since a
    /// correlator falls over many decades, and back afterwards.
    Diagonal,
}

/// A covariance and how far it was drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Shrunk {
    /// `(1 − δ) S + δ T`, `(p, p)`, row by row.
    pub covariance: Vec<f64>,
    /// `δ`, from 0 (samples alone) to 1 (the target).
    pub intensity: f64,
}

/// The covariance of independent samples of a vector, shrunk to least expected square error.
///
/// `S = Σ_i x_i x_iᵀ/n` about the mean, `d² = |S − T|²`, `b² = min(d², Σ_i |x_i x_iᵀ − S|²/n²)`, `δ = b²/d²`.
/// The covariance of the *mean* is this divided by `n`.
///
/// # Shapes  `samples: [sample](p,)`.
/// # Errors  `Error::ShapeMismatch`; `Error::Domain` for fewer than two samples, one that is not finite,
///   and a column without spread.
/// # Source  O. Ledoit, M. Wolf, J. Multivar. Anal. 88 (2004) 365, sec. 3.
pub fn ledoit_wolf(samples: &[&[f64]], target: ShrinkageTarget) -> Result<Shrunk> {
    let (n, p) = (samples.len(), samples.first().map_or(0, |x| x.len()));
    if n < 2 || p == 0 {
        return Err(domain(
            "number of samples",
            n as f64,
            "at least two, not empty",
        ));
    }
    if let Some(odd) = samples.iter().find(|x| x.len() != p) {
        return Err(Error::ShapeMismatch {
            op: "ledoit_wolf",
            lhs: vec![odd.len()],
            rhs: vec![p],
        });
    }
    let count = n as f64;
    let mut x: Vec<f64> = samples.concat();
    let mut scales = vec![1.0; p];
    for (k, scale) in scales.iter_mut().enumerate() {
        let mean = x.iter().skip(k).step_by(p).sum::<f64>() / count;
        x.iter_mut().skip(k).step_by(p).for_each(|x| *x -= mean);
        let squares: f64 = x.iter().skip(k).step_by(p).map(|x| x * x).sum();
        let deviation = (squares / count).sqrt();
        if !(deviation > 0.0 && deviation.is_finite()) {
            return Err(domain("spread of a column", deviation, "a positive number"));
        }
        if target == ShrinkageTarget::Diagonal {
            *scale = deviation;
            x.iter_mut()
                .skip(k)
                .step_by(p)
                .for_each(|x| *x /= deviation);
        }
    }
    let mut s = vec![0.0; p * p];
    for row in x.chunks_exact(p) {
        for (i, a) in row.iter().enumerate() {
            for (s, b) in s[i * p..].iter_mut().zip(row) {
                *s += a * b / count;
            }
        }
    }
    let mu = s.iter().step_by(p + 1).sum::<f64>() / p as f64;
    let norm: f64 = s.iter().map(|s| s * s).sum();
    let distance = norm - p as f64 * mu * mu;
    // |x xᵀ − S|² summed over samples: Σ|x|⁴ − n|S|².
    let fourth = |row: &[f64]| row.iter().map(|x| x * x).sum::<f64>().powi(2);
    let fourths: f64 = x.chunks_exact(p).map(fourth).sum();
    let noise = ((fourths / count - norm) / count).max(0.0);
    let intensity = if distance > 0.0 {
        (noise / distance).min(1.0)
    } else {
        1.0
    };
    for (index, s) in s.iter_mut().enumerate() {
        let (i, j) = (index / p, index % p);
        let wanted = if i == j { mu } else { 0.0 };
        *s = ((1.0 - intensity) * *s + intensity * wanted) * scales[i] * scales[j];
    }
    Ok(Shrunk {
        covariance: s,
        intensity,
    })
}
