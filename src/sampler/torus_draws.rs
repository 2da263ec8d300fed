//! Independent draws of compact U(1) on a two-dimensional torus.

use std::f64::consts::{PI, TAU};
use std::sync::Arc;

use super::von_mises::von_mises;
use crate::density::{Aux, Info, Kernel};
use crate::error::{Error, Result};
use crate::lattice::{Circle, Field, Lattice, wrap};
use crate::rng::Chains;

/// Draws from `e^{β Σ cos θ_P} Π dθ`, each one independent of all others. Exact, in every sector and in every gauge.
///
/// All plaquettes but one are drawn from `e^{β cos θ}`; the last is minus their sum, and the whole is accepted with
/// `e^{β(cos − 1)}`, one in `√(2πβ)`. Then come two uniform Polyakov angles, the links in the gauge where most of them vanish,
/// and a uniform gauge transformation.
///
/// # Witness  `reference::u1_torus`.
#[derive(Debug)]
pub struct TorusDraws {
    lattice: Arc<Lattice>,
    beta: f64,
}

impl TorusDraws {
    /// The links of `lattice` at this coupling.
    ///
    /// # Errors  `Error::Argument` unless the lattice has two directions and `beta` is finite.
    pub fn new(lattice: &Arc<Lattice>, beta: f64) -> Result<Self> {
        if lattice.dimension() != 2 {
            let found = format!("{:?}", lattice.extents());
            return Err(Error::argument("extents", found, "two of them"));
        }
        if !beta.is_finite() {
            return Err(Error::argument("beta", beta.to_string(), "a finite number"));
        }
        Ok(Self {
            lattice: Arc::clone(lattice),
            beta,
        })
    }

    /// Plaquette angles, in the order of the sites, whose sum is zero up to rounding.
    fn plaquettes(&self, mut uniform: impl FnMut() -> f64) -> Vec<f64> {
        let (kappa, turned) = (self.beta.abs(), if self.beta < 0.0 { PI } else { 0.0 });
        let count = self.lattice.sites();
        loop {
            let mut angles: Vec<f64> = (1..count)
                .map(|_| von_mises(kappa, &mut uniform) + turned)
                .collect();
            let last = -angles.iter().sum::<f64>();
            if uniform() < self.beta.mul_add(last.cos(), -kappa).exp() {
                angles.push(last);
                return angles;
            }
        }
    }

    /// Links of every chain.
    ///
    /// # Panics  if the field is not two links a site of the lattice.
    pub fn draw(&self, q: &mut Field<Circle>, r: &mut Chains) {
        assert!(
            q.lattice() == &self.lattice && q.variables() == 2,
            "{self:?}: a field of {:?} with {} links a site",
            q.lattice().extents(),
            q.variables()
        );
        for chain in 0..q.chains() {
            let mut uniform = || r.uniform_of(chain);
            let plaquettes = self.plaquettes(&mut uniform);
            let links = self.links(&plaquettes, [TAU * uniform(), TAU * uniform()]);
            let turns: Vec<f64> = plaquettes.iter().map(|_| TAU * uniform()).collect();
            for (site, links) in links.iter().enumerate() {
                for (mu, link) in links.iter().enumerate() {
                    let ahead = turns[self.lattice.neighbour(site, mu, 1)];
                    q.set(site, mu, chain, wrap(*link + turns[site] - ahead));
                }
            }
        }
    }

    /// Links with these plaquettes and Polyakov angles: `θ_0(x, y) = −Σ_{y'<y} θ_P(x, y')`, plus its Polyakov angle at the last
    /// `x`, and `θ_1(x, y) = 0` but at the last `y`, where it collects the columns before `x`.
    fn links(&self, plaquettes: &[f64], [along_0, along_1]: [f64; 2]) -> Vec<[f64; 2]> {
        let &[across, along] = self.lattice.extents() else {
            unreachable!("two extents, as the constructor has seen")
        };
        let mut links = vec![[0.0; 2]; across * along];
        let mut columns = along_1;
        for x in 0..across {
            links[x * along + along - 1][1] = columns;
            let mut below = if x + 1 == across { along_0 } else { 0.0 };
            for y in 0..along {
                links[x * along + y][0] = below;
                below -= plaquettes[x * along + y];
                columns += plaquettes[x * along + y];
            }
        }
        links
    }
}

impl Kernel<Circle> for TorusDraws {
    /// A draw counts as one action.
    fn step(&mut self, q: &mut Field<Circle>, _aux: &mut Aux, r: &mut Chains, info: &mut Info) {
        info.reset(q.chains());
        self.draw(q, r);
        info.actions += q.chains() as u64;
        info.accepted.fill(true);
    }
}
