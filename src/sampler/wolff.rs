//! Wolff's cluster algorithm.

use std::fmt;

use crate::density::{Aux, Info, Kernel, Reflective};
use crate::error::{Error, Result};
use crate::lattice::{Field, Reflect};
use crate::rng::Chains;

/// Grows one cluster a chain from a random site and reflects it. Exact, without rejections, and all but free of
/// critical slowing down. Beside φ⁴'s clusters of signs, something must change `|φ|`.
///
/// A bond of two sites whose projections `p` the density aligns joins them with probability `1 − e^{−2|κ p p'|}`; every
/// bond is tried, both of those between a pair on an extent of two.
///
/// # Source  U. Wolff, Phys. Rev. Lett. 62 (1989) 361; R. C. Brower, P. Tamayo, Phys. Rev. Lett. 62 (1989) 1087 (φ⁴).
/// # Witness  `reference::ising`.
pub struct Wolff<'a, M: Reflect> {
    density: &'a dyn Reflective<M>,
    clusters: usize,
    sizes: Vec<usize>,
    inside: Vec<bool>,
    rim: Vec<usize>,
}

impl<M: Reflect> fmt::Debug for Wolff<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "wolff({}, clusters {})",
            self.density.spec(),
            self.clusters
        )
    }
}

impl<'a, M: Reflect> Wolff<'a, M> {
    /// So many clusters a step.
    ///
    /// # Errors  `Error::Argument` for none.
    pub fn new(density: &'a dyn Reflective<M>, clusters: usize) -> Result<Self> {
        if clusters == 0 {
            return Err(Error::argument("clusters", "0", "one or more a step"));
        }
        Ok(Self {
            density,
            clusters,
            sizes: Vec::new(),
            inside: Vec::new(),
            rim: Vec::new(),
        })
    }

    /// Sites that the last step has reflected, all clusters of a chain together.
    ///
    /// # Shapes  `(chains,)`.
    #[must_use]
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// The probability that a bond joins two sites, of `κ p p'`.
    #[must_use]
    pub fn probability(aligned: f64) -> f64 {
        if aligned > 0.0 {
            -(-2.0 * aligned).exp_m1()
        } else {
            0.0
        }
    }

    /// Reflects one cluster of a chain, and says how many sites it has.
    fn cluster(&mut self, q: &mut Field<M>, chain: usize, r: &mut Chains) -> usize {
        let lattice = q.lattice().clone();
        let kappa = self.density.bond();
        let first = (r.uniform_of(chain) * lattice.sites() as f64) as usize;
        let mirror = M::mirror(|| r.uniform_of(chain));
        let projection =
            |q: &Field<M>, site: usize| M::projection(mirror, |i| q.get(site, i, chain));
        self.inside.clear();
        self.inside.resize(lattice.sites(), false);
        self.inside[first] = true;
        self.rim.push(first);
        let mut size = 0;
        while let Some(site) = self.rim.pop() {
            let own = projection(q, site);
            for other in lattice.neighbours(site) {
                // A neighbour that is inside may have been reflected already; it needs no bond.
                if self.inside[other] {
                    continue;
                }
                let p = Self::probability(kappa * own * projection(q, other));
                if p > 0.0 && r.uniform_of(chain) < p {
                    self.inside[other] = true;
                    self.rim.push(other);
                }
            }
            let old: smallvec::SmallVec<[M::Number; 4]> =
                (0..M::NUMBERS).map(|i| q.get(site, i, chain)).collect();
            for i in 0..M::NUMBERS {
                q.set(site, i, chain, M::reflected(mirror, |i| old[i], i));
            }
            size += 1;
        }
        size
    }
}

impl<M: Reflect> Kernel<M> for Wolff<'_, M> {
    /// A step counts as one action.
    fn step(&mut self, q: &mut Field<M>, _aux: &mut Aux, r: &mut Chains, info: &mut Info) {
        assert_eq!(q.variables(), 1, "one variable a site");
        let chains = q.chains();
        info.reset(chains);
        self.sizes.clear();
        for chain in 0..chains {
            let clusters = 0..self.clusters;
            let size = clusters.map(|_| self.cluster(q, chain, r)).sum();
            self.sizes.push(size);
        }
        info.actions += chains as u64;
        info.accepted.fill(true);
    }
}
