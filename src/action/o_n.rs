//! The O(N) model on a periodic lattice of any dimension: `S = −β Σ_x Σ_μ s_x·s_{x+μ}`, `|s| = 1`, uniform measure on
//! the spheres.

use std::sync::Arc;

use serde_json::json;

use super::Example;
use crate::density::{Action, Aux, Local, Reflective, Spec, Target};
use crate::error::{Error, Result};
use crate::lattice::{ChainSum, Field, Lattice, Sphere, Tangent};

/// The O(N) model of unit vectors: `N = 3` is Heisenberg's. (`N = 1` is [`Ising`](super::Ising), `N = 2` is
/// [`Xy`](super::Xy), of which this is another form.)
///
/// # Witness  `reference::spin_ring`; [`Xy`](super::Xy) at `N = 2`.
#[derive(Clone, Debug)]
pub struct ON<const N: usize> {
    lattice: Arc<Lattice>,
    beta: f64,
    spec: Spec,
}

impl<const N: usize> ON<N> {
    /// The model at inverse temperature `beta`, negative for an antiferromagnet.
    ///
    /// # Errors  `Error::Argument` for extents that are none or empty, fewer than two components, or a `beta` that is
    /// not finite.
    pub fn new(extents: &[usize], beta: f64) -> Result<Self> {
        let lattice = Arc::new(Lattice::new(extents)?);
        if N < 2 {
            return Err(Error::argument("components", N.to_string(), "two or more"));
        }
        if !beta.is_finite() {
            return Err(Error::argument("beta", beta.to_string(), "a finite number"));
        }
        let parameters = [
            ("extents", json!(extents)),
            ("components", json!(N)),
            ("beta", json!(beta)),
        ];
        let spec = Spec::new("o-n", &parameters);
        Ok(Self {
            lattice,
            beta,
            spec,
        })
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

    fn check(&self, q: &Field<Sphere<N>>) {
        assert!(
            q.lattice() == &self.lattice && q.variables() == 1,
            "{}: a field of {:?} with {} vectors a site",
            self.spec,
            q.lattice().extents(),
            q.variables()
        );
    }

    /// The sum of the neighbours of all sites of a row, component by component; in the last direction both of them, in
    /// the others those ahead, and those behind too if `both`.
    fn sums(&self, q: &Field<Sphere<N>>, row: usize, both: bool, sums: &mut [f64]) {
        let chains = q.chains();
        let size = self.lattice.row_length() * chains;
        for (component, sums) in sums.chunks_exact_mut(size).enumerate() {
            let own = q.row(row, component);
            for (i, sum) in sums.iter_mut().enumerate() {
                *sum = own[(i + chains) % size];
                if both {
                    *sum += own[(i + size - chains) % size];
                }
            }
            for &[behind, ahead] in self.lattice.rows_beside(row) {
                for (sum, ahead) in sums.iter_mut().zip(q.row(ahead, component)) {
                    *sum += ahead;
                }
                if both {
                    for (sum, behind) in sums.iter_mut().zip(q.row(behind, component)) {
                        *sum += behind;
                    }
                }
            }
        }
    }
}

impl<const N: usize> Target<Sphere<N>> for ON<N> {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn neutral(&self, chains: usize) -> Field<Sphere<N>> {
        Field::neutral(&self.lattice, 1, chains)
    }

    fn value(&self, q: &Field<Sphere<N>>, _aux: &Aux, s: &mut [f64]) {
        self.check(q);
        let size = self.lattice.row_length() * q.chains();
        let (mut ahead, mut terms) = (vec![0.0; N * size], vec![0.0; size]);
        let mut sum = ChainSum::new(q.chains());
        for row in 0..self.lattice.rows() {
            self.sums(q, row, false, &mut ahead);
            terms.fill(0.0);
            for (component, ahead) in ahead.chunks_exact(size).enumerate() {
                let products = q.row(row, component).iter().zip(ahead);
                for (term, (own, ahead)) in terms.iter_mut().zip(products) {
                    *term += own * ahead;
                }
            }
            sum.add(&terms);
        }
        sum.finish(s);
        s.iter_mut().for_each(|s| *s *= -self.beta);
    }
}

impl<const N: usize> Local<Sphere<N>> for ON<N> {
    fn delta(&self, q: &Field<Sphere<N>>, variable: usize, new: &[f64], ds: &mut [f64]) {
        self.check(q);
        ds.fill(0.0);
        for other in self.lattice.neighbours(variable).filter(|&x| x != variable) {
            for (component, new) in new.chunks_exact(q.chains()).enumerate() {
                let change = new.iter().zip(q.chains_of(variable, component));
                let near = q.chains_of(other, component);
                for ((ds, near), (new, old)) in ds.iter_mut().zip(near).zip(change) {
                    *ds -= self.beta * near * (new - old);
                }
            }
        }
    }
}

impl<const N: usize> Reflective<Sphere<N>> for ON<N> {
    fn bond(&self) -> f64 {
        self.beta
    }
}

impl<const N: usize> Action<Sphere<N>> for ON<N> {
    /// In the plane `(i, j)`: `β (s_i h_j − s_j h_i)`, with `h` the sum of the neighbours.
    fn force(&self, q: &Field<Sphere<N>>, _aux: &Aux, f: &mut Tangent<Sphere<N>>) {
        self.check(q);
        let size = self.lattice.row_length() * q.chains();
        let mut h = vec![0.0; N * size];
        for row in 0..self.lattice.rows() {
            self.sums(q, row, true, &mut h);
            for (plane, (i, j)) in Sphere::<N>::planes().enumerate() {
                let (s_i, s_j) = (q.row(row, i), q.row(row, j));
                let (h_i, h_j) = (&h[i * size..][..size], &h[j * size..][..size]);
                for (at, force) in f.row_mut(row, plane).iter_mut().enumerate() {
                    *force = self.beta * (s_i[at] * h_j[at] - s_j[at] * h_i[at]);
                }
            }
        }
    }
}

impl<const N: usize> Example for ON<N> {
    type Values = Sphere<N>;

    fn examples() -> Result<Vec<Self>> {
        let extents: [&[usize]; 7] = [
            &[1, 1],
            &[7],
            &[2, 2],
            &[1, 5],
            &[3, 2, 3],
            &[3, 20],
            &[4, 4],
        ];
        let betas = [1.1, 0.3, -0.8, 3.5];
        let pairs = extents.iter().zip(betas.iter().cycle());
        pairs
            .map(|(extents, beta)| Self::new(extents, *beta))
            .collect()
    }
}
