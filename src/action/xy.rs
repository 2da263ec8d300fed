//! The XY model on a periodic lattice of any dimension: `S = −β Σ_x Σ_μ cos(θ_x − θ_{x+μ})`, measure `Π dθ`.

use std::sync::Arc;

use serde_json::json;

use super::Example;
use crate::density::{Action, Aux, Local, Reflective, Rotors, Spec, Target};
use crate::error::{Error, Result};
use crate::lattice::{ChainSum, Circle, Field, Lattice, Tangent, bond_angles};
use crate::special::elementary::Elementary;

/// The XY model. Its energy is `H = S/β`.
///
/// # Witness  `reference::xy_flux`.
#[derive(Clone, Debug)]
pub struct Xy {
    lattice: Arc<Lattice>,
    beta: f64,
    spec: Spec,
}

impl Xy {
    /// The model at inverse temperature `beta`, negative for an antiferromagnet.
    ///
    /// # Errors  `Error::Argument` for extents that are none or empty, or a `beta` that is not finite.
    pub fn new(extents: &[usize], beta: f64) -> Result<Self> {
        let lattice = Arc::new(Lattice::new(extents)?);
        if !beta.is_finite() {
            return Err(Error::argument("beta", beta.to_string(), "a finite number"));
        }
        let parameters = [("extents", json!(extents)), ("beta", json!(beta))];
        let spec = Spec::new("xy", &parameters);
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

    fn check(&self, q: &Field<Circle>) {
        assert!(
            q.lattice() == &self.lattice && q.variables() == 1,
            "{}: a field of {:?} with {} angles a site",
            self.spec,
            q.lattice().extents(),
            q.variables()
        );
    }
}

impl Target<Circle> for Xy {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn neutral(&self, chains: usize) -> Field<Circle> {
        Field::neutral(&self.lattice, 1, chains)
    }

    fn value(&self, q: &Field<Circle>, _aux: &Aux, s: &mut [f64]) {
        self.check(q);
        let mut sum = ChainSum::new(q.chains());
        let size = self.lattice.row_length() * q.chains();
        let (mut angles, mut cosines) = (vec![0.0; size], vec![0.0; size]);
        for row in 0..self.lattice.rows() {
            for mu in 0..self.lattice.dimension() {
                bond_angles(q, row, mu, &mut angles);
                <f64 as Elementary>::cos(&angles, &mut cosines);
                sum.add(&cosines);
            }
        }
        sum.finish(s);
        s.iter_mut().for_each(|s| *s *= -self.beta);
    }
}

impl Local<Circle> for Xy {
    fn delta(&self, q: &Field<Circle>, variable: usize, new: &[f64], ds: &mut [f64]) {
        self.check(q);
        ds.fill(0.0);
        let old = q.chains_of(variable, 0);
        for other in self.lattice.neighbours(variable).filter(|&x| x != variable) {
            let near = q.chains_of(other, 0).iter();
            for ((ds, near), (new, old)) in ds.iter_mut().zip(near).zip(new.iter().zip(old)) {
                *ds -= self.beta * ((new - near).cos() - (old - near).cos());
            }
        }
    }
}

impl Rotors for Xy {
    fn check_conditional(&self) -> Result<()> {
        Ok(())
    }

    /// `Σ cos(θ − θ_j) = |h| cos(θ − arg h)` with `h = Σ e^{iθ_j}`.
    fn conditional(
        &self,
        q: &Field<Circle>,
        variable: usize,
        kappa: &mut [f64],
        alpha: &mut [f64],
    ) {
        self.check(q);
        kappa.fill(0.0);
        alpha.fill(0.0);
        for other in self.lattice.neighbours(variable).filter(|&x| x != variable) {
            let angles = q.chains_of(other, 0).iter();
            for ((re, im), theta) in kappa.iter_mut().zip(&mut *alpha).zip(angles) {
                let (sin, cos) = theta.sin_cos();
                *re += self.beta * cos;
                *im += self.beta * sin;
            }
        }
        for (kappa, alpha) in kappa.iter_mut().zip(alpha) {
            (*kappa, *alpha) = (kappa.hypot(*alpha), -alpha.atan2(*kappa));
        }
    }
}

impl Reflective<Circle> for Xy {
    fn bond(&self) -> f64 {
        self.beta
    }
}

impl Action<Circle> for Xy {
    /// Each bond's sine is taken once, for both of its ends.
    fn force(&self, q: &Field<Circle>, _aux: &Aux, f: &mut Tangent<Circle>) {
        self.check(q);
        f.numbers_mut().fill(0.0);
        let (lattice, chains) = (&self.lattice, q.chains());
        let size = lattice.row_length() * chains;
        let (mut angles, mut sines) = (vec![0.0; size], vec![0.0; size]);
        let last = lattice.dimension() - 1;
        for row in 0..lattice.rows() {
            for mu in 0..=last {
                bond_angles(q, row, mu, &mut angles);
                <f64 as Elementary>::sin(&angles, &mut sines);
                sines.iter_mut().for_each(|sine| *sine *= self.beta);
                let own = f.row_mut(row, 0);
                for (own, sine) in own.iter_mut().zip(&sines) {
                    *own -= sine;
                }
                let (ahead, shift) = if mu == last {
                    (row, chains)
                } else {
                    (lattice.rows_beside(row)[mu][1], 0)
                };
                let (first, rest) = sines.split_at(size - shift);
                let ahead = f.row_mut(ahead, 0);
                for (ahead, sine) in ahead[shift..].iter_mut().zip(first) {
                    *ahead += sine;
                }
                for (ahead, sine) in ahead[..shift].iter_mut().zip(rest) {
                    *ahead += sine;
                }
            }
        }
    }
}

impl Example for Xy {
    type Values = Circle;

    fn examples() -> Result<Vec<Self>> {
        let extents: [&[usize]; 8] = [
            &[1, 1],
            &[7],
            &[2, 2],
            &[1, 5],
            &[3, 4],
            &[3, 2, 3],
            &[2, 3, 2, 4],
            &[3, 40],
        ];
        let betas = [1.1, 0.3, -0.8, 5.5];
        let pairs = extents.iter().zip(betas.iter().cycle());
        pairs
            .map(|(extents, beta)| Self::new(extents, *beta))
            .collect()
    }
}
