//! Chains side by side until their errors are small enough.

use fieldassay::density::{Aux, Info, Kernel};
use fieldassay::lattice::{Field, Manifold};
use fieldassay::stats::{BlockCovariance, Blocks, Estimate, Histories};
use fieldassay::{Error, Result, Seed};

/// Chains of every run.
pub const CHAINS: usize = 128;
const WARM_UP: usize = 400;
/// Steps between two looks at the errors.
const PART: usize = 200;
/// No run is longer.
const LONGEST: usize = 400 * PART;

/// A run: what is simulated, measured and derived.
pub struct Run<'a, M: Manifold> {
    /// The stream's name.
    pub name: &'a str,
    /// Where every chain begins.
    pub start: Field<M>,
    /// The sampler.
    pub kernel: &'a mut dyn Kernel<M>,
    /// Writes the primary quantities of a field, `(quantity, chain)`.
    pub measure: &'a dyn Fn(&Field<M>, &mut [f64]),
    /// How many there are.
    pub primaries: usize,
    /// What follows from their means, and what it is called.
    pub derive: &'a dyn Fn(&[f64]) -> Vec<f64>,
    /// Names of the derived quantities.
    pub names: Vec<String>,
}

/// What a run has found.
pub struct Found {
    names: Vec<String>,
    /// Every derived quantity.
    pub estimates: Vec<Estimate>,
    /// `(quantities, quantities)`.
    pub covariance: Vec<f64>,
    /// Measurements of all chains.
    pub measurements: usize,
}

impl Found {
    /// One quantity alone.
    pub fn single(name: &str, estimate: Estimate, measurements: usize) -> Self {
        Self {
            names: vec![name.to_owned()],
            covariance: vec![estimate.error().powi(2)],
            estimates: vec![estimate],
            measurements,
        }
    }

    /// Which quantity is called so.
    ///
    /// # Errors  `Error::UnknownName`.
    pub fn place(&self, name: &str) -> Result<usize> {
        let place = self.names.iter().position(|one| one == name);
        place.ok_or_else(|| {
            Error::unknown("observable", name, self.names.iter().map(String::as_str))
        })
    }
}

impl<M: Manifold> Run<'_, M> {
    /// Runs until `errors(name)` is at least the error of every quantity that it is asked for.
    ///
    /// # Errors  of the statistics.
    pub fn until(self, errors: impl Fn(&str) -> f64) -> Result<Found> {
        let mut r = Seed(20_261_128).chains(&format!("ensembles/{}", self.name), CHAINS);
        let mut q = self.start.clone();
        let (mut aux, mut info) = (Aux::default(), Info::default());
        let mut now = vec![0.0; self.primaries * CHAINS];
        let mut sums = vec![0.0; self.primaries * CHAINS];
        for _ in 0..WARM_UP {
            self.kernel.step(&mut q, &mut aux, &mut r, &mut info);
        }
        let mut steps = 0;
        loop {
            for _ in 0..PART {
                self.kernel.step(&mut q, &mut aux, &mut r, &mut info);
                (self.measure)(&q, &mut now);
                for (sum, now) in sums.iter_mut().zip(&now) {
                    *sum += now;
                }
            }
            steps += PART;
            let means: Vec<f64> = sums.iter().map(|sum| sum / steps as f64).collect();
            let BlockCovariance {
                estimates,
                covariance,
                ..
            } = self.estimates(&means)?;
            let small = (estimates.iter().zip(&self.names))
                .all(|(estimate, name)| estimate.error() <= errors(name));
            if small || steps >= LONGEST {
                return Ok(Found {
                    names: self.names,
                    estimates,
                    covariance,
                    measurements: steps * CHAINS,
                });
            }
        }
    }

    /// Every chain is a block.
    fn estimates(&self, means: &[f64]) -> Result<BlockCovariance> {
        let series: Vec<Vec<&[f64]>> = means.chunks_exact(CHAINS).map(|one| vec![one]).collect();
        Blocks::new(&Histories::new(&series)?, 1)?.covariance(self.derive)
    }
}
