//! The Metropolis algorithm, site by site.

use std::fmt;

use crate::density::{Aux, Info, Kernel, Local};
use crate::error::{Error, Result};
use crate::lattice::{Continuous, Field};
use crate::rng::Chains;

/// Sweeps of single-variable proposals `q' = q + width·(2u − 1)`, accepted with `min(1, e^{−ΔS})`, in the order of the
/// variables. Exact, for real fields and for angles.
///
/// # Source  N. Metropolis, A. W. Rosenbluth, M. N. Rosenbluth, A. H. Teller, E. Teller, J. Chem. Phys. 21 (1953) 1087.
pub struct Metropolis<'a, M: Continuous> {
    action: &'a dyn Local<M>,
    width: f64,
}

impl<M: Continuous> fmt::Debug for Metropolis<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "metropolis({}, width {})",
            self.action.spec(),
            self.width
        )
    }
}

impl<'a, M: Continuous> Metropolis<'a, M> {
    /// Proposals uniform within `width` of the old value.
    ///
    /// # Errors  `Error::Argument` unless the width is positive and finite; `Error::Unsupported` for a manifold whose
    /// elements are more than one number.
    pub fn new(action: &'a dyn Local<M>, width: f64) -> Result<Self> {
        if !(width > 0.0 && width.is_finite()) {
            let expected = "positive and finite";
            return Err(Error::argument("width", width.to_string(), expected));
        }
        if M::NUMBERS != 1 {
            return Err(Error::Unsupported {
                what: format!("Metropolis for {}", M::NAME),
                expected: "real fields and angles".to_owned(),
            });
        }
        Ok(Self { action, width })
    }
}

impl<M: Continuous> Kernel<M> for Metropolis<'_, M> {
    /// [`Info::accepted`] says whether any proposal of a chain was, [`Info::share`] how many of them, [`Info::delta_h`] how
    /// much the action has changed.
    fn step(&mut self, q: &mut Field<M>, _aux: &mut Aux, r: &mut Chains, info: &mut Info) {
        let chains = q.chains();
        info.reset(chains);
        info.share.resize(chains, 0.0);
        let mut uniforms = vec![0.0; 2 * chains];
        let (mut new, mut delta) = (vec![0.0; chains], vec![0.0; chains]);
        for site in 0..q.lattice().sites() {
            for component in 0..q.variables() {
                r.uniform(&mut uniforms);
                let (moves, decisions) = uniforms.split_at(chains);
                for (chain, new) in new.iter_mut().enumerate() {
                    let old = q.get(site, component, chain);
                    *new = self.width.mul_add(2.0 * moves[chain] - 1.0, old);
                }
                let variable = site * q.variables() + component;
                self.action.delta(q, variable, &new, &mut delta);
                for chain in 0..chains {
                    if (1.0 - decisions[chain]).ln() <= -delta[chain] {
                        q.set(site, component, chain, new[chain]);
                        info.accepted[chain] = true;
                        info.share[chain] += 1.0;
                        info.delta_h[chain] += delta[chain];
                    }
                }
            }
        }
        let proposals = (q.lattice().sites() * q.variables()) as f64;
        info.share.iter_mut().for_each(|share| *share /= proposals);
        info.actions += chains as u64;
    }
}
