//! One Gaussian variable: the target of several families.

use fieldassay::action::{Couplings, Phi4};
use fieldassay::density::Target;
use fieldassay::lattice::{Field, RealLine};

use super::Draws;

/// `k` of `S = kφ²/2`.
pub const K: f64 = 1.6;

/// Chains of a run.
pub const CHAINS: usize = 128;

/// `S = kφ²/2`: φ⁴ in form (b) on one site.
pub fn target() -> Phi4 {
    Phi4::new(&[1], Couplings::from_mass_squared(0.5 * K, 0.0, 1)).expect("a Gaussian")
}

/// Independent states of this variance.
pub fn of_variance(target: &Phi4, variance: f64, draws: &Draws, purpose: &str) -> Field<RealLine> {
    let mut q = target.neutral(CHAINS);
    draws.chains(purpose, CHAINS).normal(q.numbers_mut());
    let width = variance.sqrt();
    q.numbers_mut().iter_mut().for_each(|q| *q *= width);
    q
}

/// Independent states in equilibrium.
pub fn equilibrium(target: &Phi4, draws: &Draws, purpose: &str) -> Field<RealLine> {
    of_variance(target, 1.0 / K, draws, purpose)
}
