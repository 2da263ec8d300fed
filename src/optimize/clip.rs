//! Bounds on a gradient, by its norm or entry by entry; neither hides what is not finite.

use super::first_order::check_positive;
use crate::error::Result;
use crate::num::simd::{Float, Isa, REDUCTION_LANES};
use crate::simd_kernel;

/// The Euclidean norm, with squares in `f64`, rescaled where they would leave its range; NaN if an entry is.
///
/// # Accuracy  relative `(n/16 + 20)ε`; the same to an ulp or so at every instruction level.
#[must_use]
pub fn norm<T: Float>(x: &[T]) -> f64 {
    const SAFE: std::ops::RangeInclusive<f64> = 1e-280..=1e300;
    let sum = squares(1.0, x);
    if SAFE.contains(&sum) || sum.is_nan() {
        return sum.sqrt();
    }
    let largest = x.iter().fold(0.0, |max: f64, x| max.max(x.abs().to_f64()));
    if largest == 0.0 || largest == f64::INFINITY {
        return largest;
    }
    // A power of two scales without rounding; two factors, since one may leave the range itself.
    let scale = 2f64.powi(-(libm::frexp(largest).1.clamp(-1000, 1000)));
    squares(scale, x).sqrt() / scale
}

/// Scales `gradient` down to norm `limit` if it is longer; the norm that it had.
///
/// A norm that is not finite comes back as it is, and the gradient is left alone: divergence is data.
///
/// ```
/// use fieldassay::optimize::clip_by_norm;
/// let mut gradient = [3.0_f64, 4.0];
/// assert_eq!(clip_by_norm(&mut gradient, 1.0)?, 5.0);
/// assert!((gradient[0] - 0.6).abs() < 1e-15 && (gradient[1] - 0.8).abs() < 1e-15);
/// assert!(clip_by_norm(&mut [f64::NAN, 1.0], 1.0)?.is_nan());
/// # Ok::<(), fieldassay::Error>(())
/// ```
///
/// # Errors  `Error::Domain` for a limit that is not positive and finite.
pub fn clip_by_norm<T: Float>(gradient: &mut [T], limit: f64) -> Result<f64> {
    check_positive("limit of the norm", limit)?;
    let norm = norm(gradient);
    if norm > limit && norm.is_finite() {
        let factor = limit / norm;
        for x in gradient {
            *x = T::of(x.to_f64() * factor);
        }
    }
    Ok(norm)
}

/// Moves every entry into `[−limit, limit]`; how many were outside. NaN stays NaN.
///
/// # Errors  `Error::Domain` for a limit that is not positive and finite.
pub fn clip_by_value<T: Float>(gradient: &mut [T], limit: f64) -> Result<usize> {
    check_positive("limit of an entry", limit)?;
    let bound = T::of(limit);
    let mut outside = 0;
    for x in gradient {
        // Not `min` and `max`, which would turn NaN into a bound.
        if x.abs() > bound {
            *x = if *x > T::ZERO { bound } else { -bound };
            outside += 1;
        }
    }
    Ok(outside)
}

#[inline(always)]
fn squares_body<I: Isa, T: Float>(scale: f64, x: &[T]) -> f64 {
    let mut lanes = [0.0; REDUCTION_LANES];
    let chunks = x.chunks_exact(REDUCTION_LANES);
    let tail = chunks.remainder();
    for chunk in chunks {
        for (sum, x) in lanes.iter_mut().zip(chunk) {
            let x = scale * x.to_f64();
            *sum = I::mul_add(x, x, *sum);
        }
    }
    for (sum, x) in lanes.iter_mut().zip(tail) {
        let x = scale * x.to_f64();
        *sum = I::mul_add(x, x, *sum);
    }
    let mut width = REDUCTION_LANES;
    while width > 1 {
        width /= 2;
        for k in 0..width {
            lanes[k] += lanes[k + width];
        }
    }
    lanes[0]
}

simd_kernel! {
    /// `Σ (scale·x)²`.
    fn squares, squares_at<T: Float>(scale: f64, x: &[T]) -> f64 = squares_body;
}
