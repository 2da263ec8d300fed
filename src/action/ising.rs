//! The Ising model on a periodic lattice of any dimension: `S = −β Σ_x Σ_μ s_x s_{x+μ}`, `s = ±1`.

use std::sync::Arc;

use serde_json::json;

use super::Example;
use crate::density::{Aux, Local, Reflective, Spec, Target};
use crate::error::{Error, Result};
use crate::lattice::{ChainSum, Field, Lattice, Spin};

/// The Ising model. Its energy is `H = S/β`.
///
/// # Witness  `reference::ising`.
#[derive(Clone, Debug)]
pub struct Ising {
    lattice: Arc<Lattice>,
    beta: f64,
    spec: Spec,
}

impl Ising {
    /// The model at inverse temperature `beta`, negative for an antiferromagnet.
    ///
    /// # Errors  `Error::Argument` for extents that are none or empty, or a `beta` that is not finite.
    pub fn new(extents: &[usize], beta: f64) -> Result<Self> {
        let lattice = Arc::new(Lattice::new(extents)?);
        if !beta.is_finite() {
            return Err(Error::argument("beta", beta.to_string(), "a finite number"));
        }
        let parameters = [("extents", json!(extents)), ("beta", json!(beta))];
        let spec = Spec::new("ising", &parameters);
        Ok(Self {
            lattice,
            beta,
            spec,
        })
    }

    /// `β_c = ½ ln(1 + √2)` of the square lattice.
    ///
    /// # Source  L. Onsager, Phys. Rev. 65 (1944) 117.
    #[must_use]
    pub fn critical_beta() -> f64 {
        0.5 * 2.0_f64.sqrt().ln_1p()
    }

    /// The inverse temperature.
    #[must_use]
    pub const fn beta(&self) -> f64 {
        self.beta
    }

    /// The lattice.
    #[must_use]
    pub const fn lattice(&self) -> &Arc<Lattice> {
        &self.lattice
    }

    fn check(&self, q: &Field<Spin>) {
        assert!(
            q.lattice() == &self.lattice && q.variables() == 1,
            "{}: a field of {:?} with {} spins a site",
            self.spec,
            q.lattice().extents(),
            q.variables()
        );
    }
}

impl Target<Spin> for Ising {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn neutral(&self, chains: usize) -> Field<Spin> {
        Field::neutral(&self.lattice, 1, chains)
    }

    /// Exact up to the product with `β`: sums of integers.
    fn value(&self, q: &Field<Spin>, _aux: &Aux, s: &mut [f64]) {
        self.check(q);
        let (lattice, chains) = (&self.lattice, q.chains());
        let size = lattice.row_length() * chains;
        let mut sum = ChainSum::new(chains);
        let mut terms = vec![0.0; size];
        for row in 0..lattice.rows() {
            let own = q.row(row, 0);
            for (i, term) in terms.iter_mut().enumerate() {
                let ahead = own[(i + chains) % size];
                let across = lattice.rows_beside(row).iter();
                let others = across.map(|&[_, ahead]| q.row(ahead, 0)[i]);
                *term = f64::from(own[i] * (ahead + others.sum::<i8>()));
            }
            sum.add(&terms);
        }
        sum.finish(s);
        s.iter_mut().for_each(|s| *s *= -self.beta);
    }
}

impl Local<Spin> for Ising {
    fn delta(&self, q: &Field<Spin>, variable: usize, new: &[i8], ds: &mut [f64]) {
        self.check(q);
        ds.fill(0.0);
        for other in self.lattice.neighbours(variable).filter(|&x| x != variable) {
            for (ds, spin) in ds.iter_mut().zip(q.chains_of(other, 0)) {
                *ds += f64::from(*spin);
            }
        }
        let change = new.iter().zip(q.chains_of(variable, 0));
        for (ds, (new, old)) in ds.iter_mut().zip(change) {
            *ds *= -self.beta * f64::from(new - old);
        }
    }
}

impl Reflective<Spin> for Ising {
    fn bond(&self) -> f64 {
        self.beta
    }
}

impl Example for Ising {
    type Values = Spin;

    fn examples() -> Result<Vec<Self>> {
        let extents: [&[usize]; 8] = [
            &[7],
            &[1, 4],
            &[2, 2],
            &[3, 4],
            &[3, 2, 3],
            &[2, 3, 2, 4],
            &[4, 4],
            &[2, 70],
        ];
        let betas = [0.44, 0.1, -0.3, 1.2];
        let pairs = extents.iter().zip(betas.iter().cycle());
        pairs
            .map(|(extents, beta)| Self::new(extents, *beta))
            .collect()
    }
}
