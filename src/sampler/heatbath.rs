//! Heat bath and over-relaxation for angles.

use super::von_mises::von_mises;
use crate::density::{Aux, Info, Kernel, Rotors};
use crate::error::Result;
use crate::lattice::{Circle, Field};
use crate::rng::Chains;

/// One sweep in which every angle is drawn anew from its conditional density, then sweeps of reflections
/// `θ → −2α − θ`, which keep the action. Exact.
///
/// At large `β` the topological charge of U(1) all but stops to change: see [`InstantonHit`](super::InstantonHit).
///
/// # Witness  `reference::u1_torus`.
#[derive(Debug)]
pub struct HeatBath<'a> {
    density: &'a dyn Rotors,
    reflections: usize,
}

impl<'a> HeatBath<'a> {
    /// The sampler of `density` with so many sweeps of reflections after each sweep of the heat bath.
    ///
    /// # Errors  `Error::Unsupported` where an angle's conditional density is another.
    pub fn new(density: &'a dyn Rotors, reflections: usize) -> Result<Self> {
        density.check_conditional()?;
        Ok(Self {
            density,
            reflections,
        })
    }

    /// Gives every angle of every chain the value that `new(chain, κ, α, θ)` says, one after the other.
    fn sweep(&self, q: &mut Field<Circle>, mut new: impl FnMut(usize, f64, f64, f64) -> f64) {
        let (chains, variables) = (q.chains(), q.variables());
        let (mut kappa, mut alpha) = (vec![0.0; chains], vec![0.0; chains]);
        for site in 0..q.lattice().sites() {
            for component in 0..variables {
                let variable = site * variables + component;
                self.density
                    .conditional(q, variable, &mut kappa, &mut alpha);
                let thetas = q.chains_mut(site, component);
                for (chain, theta) in thetas.iter_mut().enumerate() {
                    *theta = new(chain, kappa[chain], alpha[chain], *theta);
                }
            }
        }
    }
}

impl Kernel<Circle> for HeatBath<'_> {
    /// A sweep counts as one force.
    fn step(&mut self, q: &mut Field<Circle>, _aux: &mut Aux, r: &mut Chains, info: &mut Info) {
        info.reset(q.chains());
        self.sweep(q, |chain, kappa, alpha, _| {
            von_mises(kappa, || r.uniform_of(chain)) - alpha
        });
        for _ in 0..self.reflections {
            self.sweep(q, |_, _, alpha, theta| -2.0_f64.mul_add(alpha, theta));
        }
        info.forces += ((1 + self.reflections) * q.chains()) as u64;
        info.accepted.fill(true);
    }
}
