//! Langevin dynamics in discrete time.

use std::fmt;

use super::integrator::Path;
use crate::density::{Action, Aux, Info, Kernel};
use crate::error::{Error, Result};
use crate::lattice::{Continuous, Field};
use crate::rng::Chains;

/// The Euler–Maruyama step `φ' = φ − ε ∂S + √(2ε) η` without a decision: stochastic quantisation, "unadjusted Langevin".
///
/// **Not exact**: asymptotic in `ε`. It samples `S + ε/4 (2 ∂²S − (∂S)²) + O(ε²)`; a Gaussian variable with
/// `S = k φ²/2` gets the variance `1/k(1 − kε/2)`. With the decision it is [`Hmc::langevin`](super::Hmc::langevin).
///
/// # Source  G. Parisi, Y. S. Wu, Sci. Sin. 24 (1981) 483.
pub struct Langevin<'a, M: Continuous> {
    action: &'a dyn Action<M>,
    epsilon: f64,
    /// In molecular-dynamics time.
    step: f64,
    path: Option<Path<M>>,
}

impl<M: Continuous> fmt::Debug for Langevin<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "langevin({}, ε = {})", self.action.spec(), self.epsilon)
    }
}

/// The step of molecular dynamics that a Langevin step of `epsilon` is: a kick of half of it, and a drift.
///
/// # Errors  `Error::Argument` unless `epsilon` is positive and finite.
pub(super) fn molecular_step(epsilon: f64) -> Result<f64> {
    if !(epsilon > 0.0 && epsilon.is_finite()) {
        return Err(Error::argument(
            "epsilon",
            epsilon.to_string(),
            "positive and finite",
        ));
    }
    Ok((2.0 * epsilon).sqrt())
}

impl<'a, M: Continuous> Langevin<'a, M> {
    /// Steps of Langevin time `epsilon`.
    ///
    /// # Errors  `Error::Argument` unless `epsilon` is positive and finite.
    pub fn new(action: &'a dyn Action<M>, epsilon: f64) -> Result<Self> {
        Ok(Self {
            action,
            epsilon,
            step: molecular_step(epsilon)?,
            path: None,
        })
    }
}

impl<M: Continuous> Kernel<M> for Langevin<'_, M> {
    /// Every step is accepted; a field that is not finite any more is divergent.
    fn step(&mut self, q: &mut Field<M>, aux: &mut Aux, r: &mut Chains, info: &mut Info) {
        let chains = q.chains();
        info.reset(chains);
        let path = Path::for_field(&mut self.path, q);
        self.action.refresh(q, aux, r);
        r.normal(path.p.numbers_mut());
        let step = self.step;
        path.kick_and_drift(self.action, aux, q, 0.5 * step, step);
        std::mem::swap(q, &mut path.q);
        info.forces += chains as u64;
        info.accepted.fill(true);
        for numbers in q.numbers().chunks_exact(chains) {
            for (divergent, number) in info.divergent.iter_mut().zip(numbers) {
                *divergent |= !number.is_finite();
            }
        }
    }
}
