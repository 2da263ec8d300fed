//! `ln Z` from importance weights `w = e^{−S}/q`, from both sides.
//!
//! Draws from `q`: `E_q ln w ≤ ln Z = ln E_q w`.  Draws from `p = e^{−S}/Z`: `E_p ln w ≥ ln Z = −ln E_p w⁻¹`.  The bounds
//! are `KL(q‖p)` below and `KL(p‖q)` above.  Directions that disagree mean a mode that `q` misses: the
//! forward weights alone cannot see it.  Laws: `tests/laws/stats/` (Gaussians in closed form, pulls).

use super::history::{Histories, domain};
use super::{Blocks, Estimate, ImportanceWeights};
use crate::error::Result;

/// `ln Z` from draws of one side.
#[derive(Clone, Debug, PartialEq)]
pub struct LnZ {
    /// `ln Ê_q w` or `−ln Ê_p w⁻¹`, with jackknife error. The logarithm of a mean is low on average, by
    /// half its variance: the forward value tends to lie below `ln Z`, the reverse one above.
    pub estimate: Estimate,
    /// `Ê ln w`: below `ln Z` for draws from `q`, above for draws from `p`. `None` where some weight is zero.
    pub bound: Option<Estimate>,
    /// Effective sample size of the weights (`w` forward, `w⁻¹` reverse), in draws.
    pub ess: f64,
    /// The effective sample size is a floor: value and error mean nothing.
    pub ess_is_floor: bool,
}

/// `ln Z` from both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionFunction {
    /// From draws of `q`.
    pub forward: LnZ,
    /// From draws of `p`.
    pub reverse: LnZ,
    /// `KL(q‖p) + KL(p‖q)`, the distance of the bounds; `None` where one is missing.
    pub gap: Option<Estimate>,
    /// Forward minus reverse: zero within its error if `q` misses no mode.
    pub difference: Estimate,
}

impl LnZ {
    /// From draws of `q`, independent of each other.
    ///
    /// # Shapes  `ln_w: (n,)`, `−S − ln q`; `−∞` is a weight of zero.
    /// # Errors  `Error::Domain` for NaN, `+∞`, fewer than two draws and a single positive weight.
    pub fn forward(ln_w: &[f64]) -> Result<Self> {
        Self::from_draws(ln_w, 1.0, 1)
    }

    /// From a chain of `p`, cut into blocks longer than a few autocorrelation times.
    ///
    /// # Shapes  `ln_w: (n,)`, `−S − ln q`; `+∞` where `q` vanishes.
    /// # Errors  `Error::Domain` for NaN, `−∞` (`p` cannot draw there), fewer than two blocks, and blocks all but
    ///   one of which have `q = 0`.
    pub fn reverse(ln_w: &[f64], block: usize) -> Result<Self> {
        Self::from_draws(ln_w, -1.0, block)
    }

    /// The mean of `e^{sign·ln w}`: the forward formula with `sign = 1`, the reverse one with `−1`.
    fn from_draws(ln_w: &[f64], sign: f64, block: usize) -> Result<Self> {
        let signed: Vec<f64> = ln_w.iter().map(|l| sign * l).collect();
        let weights = ImportanceWeights::from_logarithms(&signed)?;
        let largest = signed.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let data = Histories::of_chain(weights.relative())?;
        let blocks = Blocks::new(&data, block)?;
        if blocks.rows().filter(|row| row[0] > 0.0).count() < 2 {
            let expected = "positive weights in at least two blocks";
            return Err(domain("blocks with weight", 1.0, expected));
        }
        let estimate = blocks.jackknife(|mean| largest + mean[0].ln())?.estimate;
        let bound = if ln_w.iter().all(|l| l.is_finite()) {
            Some(Blocks::new(&Histories::of_chain(ln_w)?, block)?.mean(0)?)
        } else {
            None
        };
        Ok(Self {
            estimate: estimate.scaled(sign),
            bound,
            ess: weights.ess(),
            ess_is_floor: weights.ess_is_floor(),
        })
    }
}

impl PartitionFunction {
    /// Both directions, from independent sets of draws.
    #[must_use]
    pub fn new(forward: LnZ, reverse: LnZ) -> Self {
        let gap = reverse.bound.zip(forward.bound);
        Self {
            gap: gap.map(|(above, below)| above.minus(&below)),
            difference: forward.estimate.minus(&reverse.estimate),
            forward,
            reverse,
        }
    }

    /// Whether both directions can be believed and agree within `sigmas` of their difference.
    #[must_use]
    pub fn agrees(&self, sigmas: f64) -> bool {
        let overlap = !self.forward.ess_is_floor && !self.reverse.ess_is_floor;
        overlap && self.difference.value().abs() <= sigmas * self.difference.error()
    }
}
