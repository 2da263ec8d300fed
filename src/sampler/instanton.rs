//! Instanton hits.

use std::sync::Arc;

use crate::density::{Aux, Info, Kernel, Target};
use crate::error::Result;
use crate::lattice::{Circle, Field, Lattice, one_instanton};
use crate::rng::Chains;

/// Adds a configuration of charge `±1` with the same flux through every plaquette, with equal chances, and accepts it
/// with `min(1, e^{−ΔS})`. Exact, and to be used beside a kernel that moves everything else.
///
/// # Witness  `reference::u1_torus`.
#[derive(Debug)]
pub struct InstantonHit<'a> {
    density: &'a dyn Target<Circle>,
    instanton: Field<Circle>,
}

impl<'a> InstantonHit<'a> {
    /// Hits for a density of the links of `lattice`.
    ///
    /// # Errors  `Error::Argument` unless the lattice has two directions.
    pub fn new(density: &'a dyn Target<Circle>, lattice: &Arc<Lattice>) -> Result<Self> {
        Ok(Self {
            density,
            instanton: one_instanton(lattice)?,
        })
    }
}

impl Kernel<Circle> for InstantonHit<'_> {
    fn step(&mut self, q: &mut Field<Circle>, aux: &mut Aux, r: &mut Chains, info: &mut Info) {
        let chains = q.chains();
        info.reset(chains);
        let mut uniforms = vec![0.0; 2 * chains];
        r.uniform(&mut uniforms);
        let (signs, decisions) = uniforms.split_at(chains);
        let mut proposed = q.clone();
        let added = self.instanton.numbers();
        for (links, added) in proposed.numbers_mut().chunks_exact_mut(chains).zip(added) {
            for (link, sign) in links.iter_mut().zip(signs) {
                *link += if *sign < 0.5 { -added } else { *added };
            }
        }
        let (mut old, mut new) = (vec![0.0; chains], vec![0.0; chains]);
        self.density.value(q, aux, &mut old);
        self.density.value(&proposed, aux, &mut new);
        for chain in 0..chains {
            let delta = new[chain] - old[chain];
            info.delta_h[chain] = delta;
            info.accepted[chain] = (1.0 - decisions[chain]).ln() <= -delta;
        }
        info.actions += 2 * chains as u64;
        q.take(&mut proposed, &info.accepted);
    }
}
