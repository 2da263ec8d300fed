//! Bound states, counted before they are looked for.
//!
//! By Sylvester's law the number of levels below `E` is that of the positive eigenvalues of `A(E)` minus
//! that of the repulsive terms, for `E` up to the lowest threshold.

use super::heft::Heft;
use crate::error::{Error, Result};
use crate::units::Mev;

impl Heft {
    /// How many bound states have an energy below `energy`.
    ///
    /// # Errors  `Error::Domain` above the lowest threshold, where levels are a continuum.
    pub fn bound_states_below(&self, energy: Mev) -> Result<usize> {
        let threshold = self.threshold();
        if !(energy <= threshold) {
            return Err(Error::Domain {
                what: "energy",
                value: energy.0,
                expected: format!("at most the lowest threshold, {} MeV", threshold.0),
            });
        }
        let eigenvalues = self.a_matrix(energy)?.eigenvalues()?;
        let positive = eigenvalues.iter().filter(|x| **x > 0.0).count();
        Ok(positive - self.repulsive().min(positive))
    }

    /// Energies of all bound states, ascending.
    ///
    /// # Shapes    `(n,)`; deep ones may be negative.
    /// # Accuracy  1e-10 MeV, except within 1e-9 MeV of threshold.
    /// # Errors    as [`Heft::jost`].
    pub fn bound_states(&self) -> Result<Vec<Mev>> {
        let threshold = self.threshold();
        let count = self.bound_states_below(threshold)?;
        let mut depth = 1.0;
        while count > 0 && self.bound_states_below(Mev(threshold.0 - depth))? > 0 {
            depth *= 2.0;
        }
        let one = |level: usize| {
            let (mut low, mut high) = (threshold.0 - depth, threshold.0);
            loop {
                let middle = 0.5 * (low + high);
                if middle <= low || middle >= high {
                    return Ok(Mev(middle));
                }
                if self.bound_states_below(Mev(middle))? > level {
                    high = middle;
                } else {
                    low = middle;
                }
            }
        };
        (0..count).map(one).collect()
    }
}
