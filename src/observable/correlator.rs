//! Observables of a scalar field that know a direction of time, or a potential.

use crate::density::Observable;
use crate::error::{Error, Result};
use crate::lattice::{ChainSum, Field, RealLine};

/// The two-point function at zero momentum, `C(t) = Σ_{x'} φ(x', t) φ(0, 0)`, averaged over the site `(0, 0)`: the mean of
/// `Φ(s) Φ(s+t)` over all `s`, times `L/V`, where `Φ(s)` is the sum of `φ` over the slice `s` of `L`.
///
/// In one dimension `⟨x_0 x_t⟩`. `Σ_t C(t)` is the susceptibility `M²/V`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Correlator {
    /// The direction of time.
    pub direction: usize,
    /// `t`, taken modulo the extent.
    pub distance: usize,
}

impl Observable<RealLine> for Correlator {
    /// # Panics  if there is no such direction.
    fn measure(&self, q: &Field<RealLine>, out: &mut [f64]) {
        let (lattice, chains) = (q.lattice(), q.chains());
        let extents = lattice.extents();
        assert!(
            self.direction < extents.len(),
            "direction {} of {extents:?}",
            self.direction
        );
        let extent = extents[self.direction];
        let stride: usize = extents[self.direction + 1..].iter().product();
        let mut slices = vec![0.0; extent * chains];
        for (site, numbers) in (0..lattice.sites()).zip(q.numbers().chunks_exact(chains)) {
            let time = site / stride % extent;
            for (sum, phi) in slices[time * chains..].iter_mut().zip(numbers) {
                *sum += phi;
            }
        }
        out.fill(0.0);
        for time in 0..extent {
            let later = (time + self.distance) % extent;
            let pair = slices[time * chains..]
                .iter()
                .zip(&slices[later * chains..]);
            for (out, (now, then)) in out.iter_mut().zip(pair) {
                *out += now * then;
            }
        }
        let sites = lattice.sites() as f64;
        out.iter_mut().for_each(|c| *c /= sites);
    }
}

/// The mean over the sites of `V(x) + x V'(x)/2` with `V = c₀ + c₂x² + c₄x⁴`: by the virial theorem the energy of a particle,
/// in its ground state at low temperature, as the spacing of time goes to zero. At finite spacing it has an expectation of its
/// own, off by its square.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VirialEnergy {
    /// `[c₀, 2c₂, 3c₄]`.
    terms: [f64; 3],
}

impl VirialEnergy {
    /// For the potential with coefficients `[c₀, c₂, c₄]`.
    ///
    /// # Errors  `Error::Argument` for a coefficient that is not finite.
    pub fn new([c0, c2, c4]: [f64; 3]) -> Result<Self> {
        for (name, c) in [("c0", c0), ("c2", c2), ("c4", c4)] {
            if !c.is_finite() {
                return Err(Error::argument(name, c.to_string(), "a finite number"));
            }
        }
        Ok(Self {
            terms: [c0, 2.0 * c2, 3.0 * c4],
        })
    }
}

impl Observable<RealLine> for VirialEnergy {
    fn measure(&self, q: &Field<RealLine>, out: &mut [f64]) {
        let [constant, square, quartic] = self.terms;
        let size = q.lattice().row_length() * q.chains();
        let mut terms = vec![0.0; size];
        let mut sum = ChainSum::new(q.chains());
        for row in q.numbers().chunks_exact(size) {
            for (term, x) in terms.iter_mut().zip(row) {
                let x2 = x * x;
                *term = quartic.mul_add(x2, square).mul_add(x2, constant);
            }
            sum.add(&terms);
        }
        sum.finish(out);
        let sites = q.lattice().sites() as f64;
        out.iter_mut().for_each(|energy| *energy /= sites);
    }
}
