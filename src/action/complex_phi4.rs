//! φ⁴ with a complex mass: `S = Σ_x [−2K Σ_μ z_x z_{x+μ} + A z_x² + G z_x⁴]`, `A` complex, `K` and `G` real. No density, but
//! [`Holomorphic`]: expectations are `∫ Π dx O(x) e^{−S(x)}/∫ Π dx e^{−S(x)}` over real fields.

use std::sync::Arc;

use serde_json::json;

use crate::density::{Holomorphic, Spec};
use crate::error::{Error, Result};
use crate::lattice::{Field, Lattice, RealLine, Tangent};

/// The action of a scalar field with a complex mass and a quartic self-interaction, on a periodic lattice of any dimension.
#[derive(Clone, Debug)]
pub struct ComplexPhi4 {
    lattice: Arc<Lattice>,
    hopping: f64,
    quadratic: [f64; 2],
    quartic: f64,
    spec: Spec,
}

/// `(a + ib)(c + id)`.
fn product([a, b]: [f64; 2], [c, d]: [f64; 2]) -> [f64; 2] {
    [a * c - b * d, a * d + b * c]
}

impl ComplexPhi4 {
    /// The action on a lattice of these extents; `quadratic` is the real and the imaginary part of `A`.
    ///
    /// # Errors  `Error::Argument` for extents that are none, or coefficients that are not finite or for which the integrals
    /// over real fields do not exist (`G > 0`, or `G = 0` and `Re A > 2d·|K|`).
    pub fn new(extents: &[usize], hopping: f64, quadratic: [f64; 2], quartic: f64) -> Result<Self> {
        let lattice = Arc::new(Lattice::new(extents)?);
        let [real, imaginary] = quadratic;
        for (name, value) in [
            ("hopping", hopping),
            ("quadratic", real),
            ("quadratic", imaginary),
            ("quartic", quartic),
        ] {
            if !value.is_finite() {
                return Err(Error::argument(name, value.to_string(), "a finite number"));
            }
        }
        let bound = 2.0 * lattice.dimension() as f64 * hopping.abs();
        if !(quartic > 0.0 || quartic == 0.0 && real > bound) {
            let found = format!("quartic {quartic}, quadratic {real} + {imaginary}i");
            let expected = format!("quartic > 0, or quartic = 0 and Re quadratic > {bound}");
            return Err(Error::argument("couplings", found, expected));
        }
        let spec = Spec::new(
            "complex-phi4",
            &[
                ("extents", json!(extents)),
                ("hopping", json!(hopping)),
                ("quadratic", json!(quadratic)),
                ("quartic", json!(quartic)),
            ],
        );
        Ok(Self {
            lattice,
            hopping,
            quadratic,
            quartic,
            spec,
        })
    }

    /// One variable, `S = σ z²/2 + λ z⁴/4`.
    ///
    /// # Errors  as [`ComplexPhi4::new`].
    pub fn one_variable(sigma: [f64; 2], lambda: f64) -> Result<Self> {
        Self::new(&[1], 0.0, sigma.map(|part| 0.5 * part), 0.25 * lambda)
    }

    fn check(&self, z: &Field<RealLine>) {
        assert!(
            z.lattice() == &self.lattice && z.variables() == 2,
            "{}: a field of {:?} with {} numbers a site",
            self.spec,
            z.lattice().extents(),
            z.variables()
        );
    }

    /// `Σ_μ z_{x+μ}` over the sites ahead, and behind too if so asked.
    fn near(&self, z: &Field<RealLine>, site: usize, chain: usize, behind: bool) -> [f64; 2] {
        let steps: &[isize] = if behind { &[1, -1] } else { &[1] };
        let mut sum = [0.0; 2];
        for mu in 0..self.lattice.dimension() {
            for step in steps {
                let other = self.lattice.neighbour(site, mu, *step);
                for (part, sum) in sum.iter_mut().enumerate() {
                    *sum += z.get(other, part, chain);
                }
            }
        }
        sum
    }
}

impl Holomorphic for ComplexPhi4 {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn neutral(&self, chains: usize) -> Field<RealLine> {
        Field::neutral(&self.lattice, 2, chains)
    }

    fn value(&self, z: &Field<RealLine>, real: &mut [f64], imaginary: &mut [f64]) {
        self.check(z);
        for (chain, (real, imaginary)) in real.iter_mut().zip(imaginary).enumerate() {
            let mut sum = [0.0; 2];
            for site in 0..self.lattice.sites() {
                let here = [0, 1].map(|part| z.get(site, part, chain));
                let square = product(here, here);
                let bonds = product(here, self.near(z, site, chain, false));
                let mass = product(self.quadratic, square);
                let quartic = product(square, square);
                for part in 0..2 {
                    sum[part] += (-2.0 * self.hopping).mul_add(bonds[part], mass[part])
                        + self.quartic * quartic[part];
                }
            }
            [*real, *imaginary] = sum;
        }
    }

    fn drift(&self, z: &Field<RealLine>, k: &mut Tangent<RealLine>) {
        self.check(z);
        let (chains, length) = (z.chains(), self.lattice.row_length());
        for row in 0..self.lattice.rows() {
            for x in 0..length {
                for chain in 0..chains {
                    let site = row * length + x;
                    let here = [0, 1].map(|part| z.get(site, part, chain));
                    let near = self.near(z, site, chain, true);
                    let square = product(here, here);
                    let pull = [0, 1].map(|part| {
                        2.0_f64.mul_add(self.quadratic[part], 4.0 * self.quartic * square[part])
                    });
                    let pull = product(here, pull);
                    for part in 0..2 {
                        k.row_mut(row, part)[x * chains + chain] =
                            (2.0 * self.hopping).mul_add(near[part], -pull[part]);
                    }
                }
            }
        }
    }
}
