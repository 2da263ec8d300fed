//! Reweighting of one chain: expectation values at couplings where nothing was run.
//!
//! `⟨O⟩' = Σ w O/Σ w` with `ln w = S − S'`, numerator and denominator resampled together.  Several runs at once:
//! [`MultiHistogram`](super::MultiHistogram).  Laws: `tests/laws/stats/` (Gaussians in closed form, pulls).

use super::history::Histories;
use super::{Blocks, Estimate, ImportanceWeights};
use crate::error::{Error, Result};

/// An expectation value at another coupling.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reweighted {
    /// Value and jackknife error.
    pub estimate: Estimate,
    /// Effective sample size of the weights, in measurements.
    pub ess: f64,
    /// There is no overlap: value and error mean nothing.
    pub ess_is_floor: bool,
}

/// `⟨O⟩` under `p' ∝ w p` from one chain of `p`.
///
/// # Shapes  `observable`, `ln_w`: `(n,)`; `block` measurements a block, longer than a few `τ_int`.
/// # Errors  `Error::ShapeMismatch`; `Error::Domain` as for weights and blocks, and for blocks without weight.
pub fn reweighted(observable: &[f64], ln_w: &[f64], block: usize) -> Result<Reweighted> {
    if observable.len() != ln_w.len() {
        return Err(Error::ShapeMismatch {
            op: "reweighted",
            lhs: vec![observable.len()],
            rhs: vec![ln_w.len()],
        });
    }
    let weights = ImportanceWeights::from_logarithms(ln_w)?;
    let w = weights.relative();
    let product: Vec<f64> = observable.iter().zip(w).map(|(o, w)| o * w).collect();
    let blocks = Blocks::new(&Histories::new(&[vec![&product], vec![w]])?, block)?;
    Ok(Reweighted {
        estimate: blocks.jackknife(|mean| mean[0] / mean[1])?.estimate,
        ess: weights.ess(),
        ess_is_floor: weights.ess_is_floor(),
    })
}
