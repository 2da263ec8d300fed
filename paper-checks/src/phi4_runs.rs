//! What the claims on the phases of φ⁴ in two dimensions share: magnetisations of square lattices by hybrid Monte Carlo.

use fieldassay::Result;
use fieldassay::action::{Couplings, Phi4};
use fieldassay::density::{Observable, Target};
use fieldassay::observable::Magnetisation;
use fieldassay::sampler::{Hmc, Integrator, Trajectory};
use fieldassay::stats::Estimate;
use fieldassay::verdict::Check;

use crate::claim::Context;
use crate::lattice_runs::{Identity, Length, chain_means, jackknife, soundness, thermalise};

/// The talk's quartic coupling.
pub const LAMBDA: f64 = 0.022;
const CHAINS: usize = 64;

/// Chain means of `|m|`, `m²` and `m⁴` of an `L × L` lattice, `m = M/V`.
#[derive(Clone, Debug)]
pub struct Magnetisations {
    extent: usize,
    means: Vec<[f64; 3]>,
    /// Whether it is an ensemble of this action.
    pub sound: Check,
}

/// Runs `L × L` sites at `κ` and [`LAMBDA`], half of the chains from an ordered field of either sign, half from `φ = 0`.
///
/// # Errors  when the run is interrupted.
pub fn magnetisations(context: &Context<'_>, extent: usize, kappa: f64) -> Result<Magnetisations> {
    let label = format!("{extent} x {extent} at {kappa}");
    let numbers = context.once(&label, || {
        let action = Phi4::new(&[extent, extent], Couplings::from_kappa(kappa, LAMBDA))?;
        // Trajectories of length 2: long enough for the slow mode, short enough for the acceptance.
        let mut hmc = Hmc::new(&action, Trajectory::new(Integrator::Leapfrog, 0.25, 8)?)?;
        let mut q = action.neutral(CHAINS);
        for numbers in q.numbers_mut().chunks_exact_mut(CHAINS) {
            for (chain, phi) in numbers.iter_mut().enumerate() {
                *phi = [0.0, 1.5, 0.0, -1.5][chain % 4];
            }
        }
        let measurements = context.tier().pick(1000, 15_000, 100_000) * 8 / extent;
        let length = Length {
            warm_up: 25 * extent,
            measurements,
            every: 1,
        };
        let mut r = context.chains(&label, CHAINS);
        thermalise(context, &action, &mut r, &mut q, 40)?;
        let mut identity = Identity::new(&action)?;
        let (mut m, mut side) = (vec![0.0; CHAINS], vec![0.0; CHAINS]);
        let means = chain_means(
            context,
            &mut r,
            &mut q,
            &mut hmc,
            length,
            |q, now: &mut [[f64; 4]]| {
                Magnetisation.measure(q, &mut m);
                identity.measure(q, &mut side);
                for (chain, now) in now.iter_mut().enumerate() {
                    let m = m[chain];
                    *now = [m.abs(), m * m, m.powi(4), side[chain]];
                }
            },
        )?;
        Ok(means.into_iter().flatten().collect())
    })?;
    let rows = || numbers.chunks_exact(4);
    let sides: Vec<[f64; 1]> = rows().map(|row| [row[3]]).collect();
    Ok(Magnetisations {
        extent,
        means: rows().map(|row| [row[0], row[1], row[2]]).collect(),
        sound: soundness(&label, &sides)?,
    })
}

impl Magnetisations {
    /// `⟨|m|⟩`.
    ///
    /// # Errors  none for finite data.
    pub fn absolute(&self) -> Result<Estimate> {
        jackknife(&self.means, |x| x[0])
    }

    /// `χ₂ = V⟨m²⟩`.
    ///
    /// # Errors  none for finite data.
    pub fn chi2(&self) -> Result<Estimate> {
        let sites = (self.extent * self.extent) as f64;
        jackknife(&self.means, |x| sites * x[1])
    }

    /// `U_L = 1 − ⟨m⁴⟩/3⟨m²⟩²`.
    ///
    /// # Errors  none for finite data.
    pub fn binder(&self) -> Result<Estimate> {
        jackknife(&self.means, |x| 1.0 - x[2] / (3.0 * x[1] * x[1]))
    }
}

/// The exponent of a quantity in `L`, from this lattice to the larger one.
///
/// # Errors  where the quantity is not positive.
pub fn exponent(
    [small, large]: [&Magnetisations; 2],
    of: fn(&Magnetisations) -> Result<Estimate>,
) -> Result<Estimate> {
    let [low, high] = [of(small)?, of(large)?];
    let scale = (large.extent as f64 / small.extent as f64).ln();
    // The logarithm of an estimate whose relative error is a few per cent at most.
    let logarithm =
        |one: Estimate| Estimate::new(one.value().ln(), one.error() / one.value(), one.n_eff());
    Ok(logarithm(high)?.minus(&logarithm(low)?).scaled(1.0 / scale))
}
