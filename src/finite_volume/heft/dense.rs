//! The Hamiltonian as a matrix.

use super::HeftBox;
use super::shells::shells;
use crate::error::Result;
use crate::linalg::{Matrix, symmetric_eigenvalues};
use crate::units::Mev;

impl HeftBox<'_> {
    /// `H` in the basis of the bare states, then the shells `n² ≤ n2_max` of all channels by energy.
    ///
    /// # Units    MeV.
    /// # Shapes   `(d, d)`, `d` the number of bare states plus, for every channel, that of shells with `r₃ > 0`.
    /// # Errors   `Error::Domain` for more than 10⁶ shells.
    /// # Witness  `reference::heft_box::hamiltonian`.
    pub fn hamiltonian(&self, n2_max: usize) -> Result<Matrix<f64>> {
        let (_, poles) = shells(self, n2_max as f64, |_| 1.0)?;
        let masses: Vec<f64> = self.heft.bare_masses().map(|mass| mass.0).collect();
        let bare = masses.len();
        let potential = |x: usize, y: usize| -> f64 {
            let (x, y) = (&poles.residue(x)[bare..], &poles.residue(y)[bare..]);
            let strengths = self.heft.strengths().iter().zip(x.iter().zip(y));
            strengths.map(|(strength, (x, y))| strength * x * y).sum()
        };
        let dimension = bare + poles.energies().len();
        Ok(Matrix::from_fn(dimension, dimension, |i, j| {
            match (i < bare, j < bare) {
                (true, true) if i == j => masses[i],
                (true, true) => 0.0,
                (true, false) => poles.residue(j - bare)[i],
                (false, true) => poles.residue(i - bare)[j],
                (false, false) => {
                    let free = if i == j {
                        poles.energies()[i - bare]
                    } else {
                        0.0
                    };
                    free + potential(i - bare, j - bare)
                }
            }
        }))
    }

    /// The lowest `count` eigenvalues of [`HeftBox::hamiltonian`].
    ///
    /// # Shapes    `(count,)`, ascending; fewer if the basis is smaller.
    /// # Errors    as [`HeftBox::hamiltonian`], `Error::Matrix` for a coupling that is not finite.
    /// # Accuracy  1e-15 of the highest free energy, times the dimension.
    pub fn dense_levels(&self, n2_max: usize, count: usize) -> Result<Vec<Mev>> {
        let mut values = symmetric_eigenvalues(&self.hamiltonian(n2_max)?)?;
        values.truncate(count);
        Ok(values.into_iter().map(Mev).collect())
    }
}
