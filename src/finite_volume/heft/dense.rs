//! The Hamiltonian as a matrix.

use super::HeftBox;
use super::terms::{Pole, Terms, add_shells};
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
        let rank = self.heft.rank();
        let poles = add_shells(self, n2_max as f64, |_| 1.0, &mut Terms::new(rank))?;
        let masses: Vec<f64> = self.heft.bare_masses().map(|mass| mass.0).collect();
        let bare = masses.len();
        let potential = |x: &Pole, y: &Pole| -> f64 {
            let strengths = self.heft.strengths().iter().enumerate();
            strengths
                .map(|(s, strength)| strength * x.residue[bare + s] * y.residue[bare + s])
                .sum()
        };
        let dimension = bare + poles.len();
        Ok(Matrix::from_fn(dimension, dimension, |i, j| {
            match (i < bare, j < bare) {
                (true, true) if i == j => masses[i],
                (true, true) => 0.0,
                (true, false) => poles[j - bare].residue[i],
                (false, true) => poles[i - bare].residue[j],
                (false, false) => {
                    let free = if i == j { poles[i - bare].energy } else { 0.0 };
                    free + potential(&poles[i - bare], &poles[j - bare])
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
