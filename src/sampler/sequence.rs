//! Kernels one after the other.

use crate::density::{Aux, Info, Kernel};
use crate::lattice::{Field, Manifold};
use crate::rng::Chains;

/// One step of each kernel in turn. Exact if each one is, reversible or not.
///
/// [`Info`] is that of the last one, with the costs of all.
pub struct Sequence<'a, M>(pub Vec<Box<dyn Kernel<M> + 'a>>);

impl<M: Manifold> Kernel<M> for Sequence<'_, M> {
    fn step(&mut self, q: &mut Field<M>, aux: &mut Aux, r: &mut Chains, info: &mut Info) {
        let (mut forces, mut actions) = (0, 0);
        info.reset(q.chains());
        for kernel in &mut self.0 {
            kernel.step(q, aux, r, info);
            forces += info.forces;
            actions += info.actions;
        }
        (info.forces, info.actions) = (forces, actions);
    }
}
