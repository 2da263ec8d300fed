//! Losses: means over the batch, as one shared number that can be differentiated.
//!
//! Every loss is a mean over the samples, so that a gradient does not grow with the batch; what is summed and
//! what is averaged within a sample stands with each.
//!
//! Laws: `tests/laws/nn/loss.rs` (closed forms and obvious loops).

use crate::error::{Error, Result};
use crate::linalg::{Cholesky, Matrix};
use crate::tensor::{Graph, Shape, Var};

/// `mean (y − target)²`, over entries and samples.
///
/// # Shapes  both `[..; batch]`, equal.
/// # Errors  `Error::Operands`.
pub fn mean_squared_error(g: &mut Graph, y: Var, target: Var) -> Result<Var> {
    let difference = difference(g, "mean_squared_error", y, target)?;
    let square = g.square(difference)?;
    mean_of_entries(g, square)
}

/// `mean |y − target|`, over entries and samples.
///
/// # Shapes  both `[..; batch]`, equal.
/// # Errors  `Error::Operands`.
pub fn mean_absolute_error(g: &mut Graph, y: Var, target: Var) -> Result<Var> {
    let difference = difference(g, "mean_absolute_error", y, target)?;
    let size = g.abs(difference)?;
    mean_of_entries(g, size)
}

/// `mean (√(1 + ((y − target)/s)²) − 1)`, over entries and samples: quadratic well below the scale `s`, linear well above it, so
/// that few large deviations do not rule.
///
/// # Shapes  `y`, `target`: `[..; batch]`, equal.
/// # Errors  `Error::Operands`; `Error::Domain` unless the scale is positive.
pub fn pseudo_huber(g: &mut Graph, y: Var, target: Var, scale: f64) -> Result<Var> {
    if !(scale > 0.0 && scale.is_finite()) {
        return Err(Error::Domain {
            what: "scale",
            value: scale,
            expected: "a positive number".to_owned(),
        });
    }
    let difference = difference(g, "pseudo_huber", y, target)?;
    let scaled = g.scale(difference, 1.0 / scale)?;
    let square = g.square(scaled)?;
    let one = g.scalar(1.0)?;
    let sum = g.add(square, one)?;
    let root = g.sqrt(sum)?;
    let mean = mean_of_entries(g, root)?;
    g.sub(mean, one)
}

/// `−Σ_c t_c ln softmax(z)_c`, summed over the first axis (classes), averaged over all others and the samples.
///
/// The targets are probabilities: one-hot, or soft. Through `ln Σ exp(z − max z)`: no logit is too large.
///
/// # Shapes  both `[classes, ..; batch]`, equal.
/// # Errors  `Error::Operands`.
pub fn cross_entropy(g: &mut Graph, logits: Var, target: Var) -> Result<Var> {
    let shape = same_shape(g, "cross_entropy", &[logits, target])?;
    let ln_p = g.log_softmax(logits, &[0])?;
    let terms = g.mul(target, ln_p)?;
    negative_mean_over_all_but_first(g, terms, &shape)
}

/// `KL(p‖q) = Σ_c p_c (ln p_c − ln q_c)` of probabilities, summed over the first axis, averaged over all others and
/// the samples.
///
/// `p_c = 0` gives no term; `q_c = 0 < p_c` gives +∞; a negative entry gives NaN.
///
/// # Shapes  both `[classes, ..; batch]`, equal.
/// # Errors  `Error::Operands`.
pub fn kl_divergence(g: &mut Graph, p: Var, q: Var) -> Result<Var> {
    let shape = same_shape(g, "kl_divergence", &[p, q])?;
    let one = g.scalar(1.0)?;
    let present = g.abs(p)?;
    let logarithm = |g: &mut Graph, x| {
        let x = g.select(present, x, one)?;
        g.ln(x)
    };
    let (ln_p, ln_q) = (logarithm(g, p)?, logarithm(g, q)?);
    let ratio = g.sub(ln_q, ln_p)?;
    let terms = g.mul(p, ratio)?;
    negative_mean_over_all_but_first(g, terms, &shape)
}

/// A normal distribution with independent entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gaussian {
    /// The means.
    pub mean: Var,
    /// `ln σ`, of the means' shape.
    pub ln_sigma: Var,
}

/// `KL(p‖q) = Σ [ln σ_q − ln σ_p + (σ_p² + (μ_p − μ_q)²)/(2σ_q²) − ½]`, summed over entries, averaged over samples.
///
/// # Shapes  all four `[..; batch]`, equal.
/// # Errors  `Error::Operands`.
pub fn kl_gaussian(g: &mut Graph, p: Gaussian, q: Gaussian) -> Result<Var> {
    same_shape(g, "kl_gaussian", &[p.mean, p.ln_sigma, q.mean, q.ln_sigma])?;
    let ln_ratio = g.sub(p.ln_sigma, q.ln_sigma)?;
    let doubled = g.scale(ln_ratio, 2.0)?;
    // ½(σ_p²/σ_q² − 1) − ln(σ_p/σ_q) without cancellation where the widths are close.
    let growth = g.expm1(doubled)?;
    let widths = g.sub(growth, doubled)?;
    let inverse = g.scale(q.ln_sigma, -1.0)?;
    let inverse = g.exp(inverse)?;
    let shift = g.sub(p.mean, q.mean)?;
    let shift = g.mul(shift, inverse)?;
    let square = g.square(shift)?;
    let sum = g.add(widths, square)?;
    let half = g.scale(sum, 0.5)?;
    let per_sample = g.sum(half)?;
    g.mean_batch(per_sample)
}

/// `χ² = rᵀ C⁻¹ r` with `r = y − target`, averaged over samples; not divided by degrees of freedom.
///
/// The covariance is a constant of the graph; residuals are whitened by the inverse of its Cholesky factor.
///
/// # Shapes  both `[n; batch]`, `covariance: (n, n)`.
/// # Errors  `Error::Operands`; `Error::Matrix` if the covariance is not positive definite.
pub fn chi_squared(g: &mut Graph, y: Var, target: Var, covariance: &Matrix<f64>) -> Result<Var> {
    let residual = difference(g, "chi_squared", y, target)?;
    if g.shape(residual).dims() != [covariance.rows()] {
        return Err(Error::Operands {
            op: "chi_squared",
            found: vec![g.shape(residual).to_string()],
            expected: format!("[{}; batch]", covariance.rows()),
        });
    }
    let whitening = whitening(covariance)?;
    let n = covariance.rows();
    let whitening = g.constant(&[n, n], whitening.as_slice())?;
    let white = g.linear(whitening, residual)?;
    let square = g.square(white)?;
    let per_sample = g.sum(square)?;
    g.mean_batch(per_sample)
}

/// `W = Lᵀ C⁻¹ = L⁻¹` with `C = L·Lᵀ`: then `WᵀW = C⁻¹`.
fn whitening(covariance: &Matrix<f64>) -> Result<Matrix<f64>> {
    let cholesky = Cholesky::new(covariance)?;
    let lower = cholesky.lower();
    let n = lower.rows();
    let mut inverse = Matrix::zeros(n, n);
    for j in 0..n {
        for i in j..n {
            let start = if i == j { 1.0 } else { 0.0 };
            let known: f64 = (j..i).map(|k| lower[(i, k)] * inverse[(k, j)]).sum();
            inverse[(i, j)] = (start - known) / lower[(i, i)];
        }
    }
    Ok(inverse)
}

fn difference(g: &mut Graph, op: &'static str, y: Var, target: Var) -> Result<Var> {
    same_shape(g, op, &[y, target])?;
    g.sub(y, target)
}

/// The shape of all `values`, which is batched.
fn same_shape(g: &Graph, op: &'static str, values: &[Var]) -> Result<Shape> {
    let shape = g.shape(values[0]);
    if shape.is_batched() && values.iter().all(|&v| g.shape(v) == shape) {
        return Ok(shape.clone());
    }
    // Broadcasting here would hide a transposed target.
    Err(Error::Operands {
        op,
        found: values.iter().map(|&v| g.shape(v).to_string()).collect(),
        expected: "batched operands of one shape".to_owned(),
    })
}

fn mean_of_entries(g: &mut Graph, x: Var) -> Result<Var> {
    let per_sample = g.mean(x)?;
    g.mean_batch(per_sample)
}

fn negative_mean_over_all_but_first(g: &mut Graph, terms: Var, shape: &Shape) -> Result<Var> {
    let others: usize = shape.dims().iter().skip(1).product();
    let per_sample = g.sum(terms)?;
    let mean = g.mean_batch(per_sample)?;
    g.scale(mean, -1.0 / others as f64)
}
