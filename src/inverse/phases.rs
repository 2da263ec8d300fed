//! What a prediction of levels may look at: phase shifts at fixed energies, and the boxes.

use sha2::{Digest, Sha256};

use super::{HeftData, HeftSpec};
use crate::error::{Error, Result};
use crate::finite_volume::Curve;
use crate::scattering::Channel;
use crate::units::{HbarC, Mev, ParticleMass};

/// A phase shift that moves further between two samples is not determined by them.
pub const STEEP: f64 = 1.0;

/// Phase shifts, sampled, and the boxes whose levels are asked for.
#[derive(Clone, Debug)]
pub struct Phases {
    channel: Channel,
    hbarc: HbarC,
    energies: Vec<f64>,
    momenta: Vec<f64>,
    delta: Vec<f64>,
    lengths: Vec<f64>,
    levels: usize,
}

impl Phases {
    /// Phase shifts at the energies, for the boxes, and with the kinematics of `spec`.
    ///
    /// # Shapes  `delta`: `(curves, energies)`, in rad, continuous.
    /// # Errors  `Error::Argument` if it is no whole number of curves, or not finite; those of the specification.
    pub fn new(spec: &HeftSpec, delta: Vec<f64>) -> Result<Self> {
        spec.check()?;
        let energies = spec.grid();
        if !delta.len().is_multiple_of(energies.len()) || delta.iter().any(|x| !x.is_finite()) {
            let found = format!("{} numbers", delta.len());
            let expected = format!("{} finite ones for each curve", energies.len());
            return Err(Error::argument("delta", found, expected));
        }
        let channel = Channel::pair(ParticleMass(Mev(spec.law.m_pi)))?;
        let momentum = |energy: &f64| channel.momentum2(Mev(*energy)).max(0.0).sqrt();
        Ok(Self {
            momenta: energies.iter().map(momentum).collect(),
            channel,
            hbarc: HbarC(spec.law.hbarc),
            energies,
            delta,
            lengths: spec.lengths.clone(),
            levels: spec.levels,
        })
    }

    /// Those of a data set.
    ///
    /// # Errors  as [`Phases::new`].
    pub fn of(data: &HeftData) -> Result<Self> {
        Self::new(&data.spec, data.delta.clone())
    }

    /// Phase shifts that do not depend on the energy, which no Hamiltonian of the data sets has.
    ///
    /// # Errors  as [`Phases::new`].
    pub fn constant(spec: &HeftSpec, degrees: &[f64]) -> Result<Self> {
        let curve = |d: &f64| std::iter::repeat_n(d.to_radians(), spec.energies);
        Self::new(spec, degrees.iter().flat_map(curve).collect())
    }

    /// How many phase shifts.
    #[must_use]
    pub fn curves(&self) -> usize {
        self.delta.len() / self.energies.len()
    }

    /// The samples of phase shift `curve`, in rad.
    ///
    /// # Panics  if there is no such curve.
    #[must_use]
    pub fn samples(&self, curve: usize) -> &[f64] {
        &self.delta[curve * self.energies.len()..][..self.energies.len()]
    }

    /// A smooth phase shift through the samples: monotone pieces in the momentum, near which `δ ∝ k` at threshold.
    ///
    /// # Errors  none for a checked set.
    /// # Panics  if there is no such curve.
    pub fn interpolated(&self, curve: usize) -> Result<Curve> {
        Curve::new(self.momenta.clone(), self.samples(curve).to_vec())
    }

    /// How far the phase shift moves between two samples at most: above [`STEEP`] they do not determine it.
    ///
    /// # Panics  if there is no such curve.
    #[must_use]
    pub fn largest_step(&self, curve: usize) -> f64 {
        let steps = self.samples(curve).windows(2);
        steps
            .map(|pair| (pair[1] - pair[0]).abs())
            .fold(0.0, f64::max)
    }

    /// The first 8 bytes of SHA-256 of a phase shift's samples in µrad: whether a network has seen it, on whatever machine it was
    /// drawn.
    ///
    /// # Panics  if there is no such curve.
    #[must_use]
    pub fn digest(&self, curve: usize) -> i64 {
        let mut hash = Sha256::new();
        for x in self.samples(curve) {
            hash.update(((x * 1e6).round() as i64).to_le_bytes());
        }
        let mut first = [0; 8];
        first.copy_from_slice(&hash.finalize()[..8]);
        i64::from_le_bytes(first)
    }

    /// The energies in MeV, the first on threshold.
    #[must_use]
    pub fn energies(&self) -> &[f64] {
        &self.energies
    }

    /// The sides of the boxes in fm.
    #[must_use]
    pub fn lengths(&self) -> &[f64] {
        &self.lengths
    }

    /// How many levels of each box.
    #[must_use]
    pub const fn levels(&self) -> usize {
        self.levels
    }

    /// The shape of a prediction: `curves`, `lengths`, `levels`.
    #[must_use]
    pub fn shape(&self) -> [usize; 3] {
        [self.curves(), self.lengths.len(), self.levels]
    }

    /// `2m_π` in MeV.
    #[must_use]
    pub fn threshold(&self) -> f64 {
        self.channel.threshold().0
    }

    /// The last energy in MeV.
    #[must_use]
    pub fn e_max(&self) -> f64 {
        self.energies[self.energies.len() - 1]
    }

    /// The relative momentum in MeV; zero below threshold.
    #[must_use]
    pub fn momentum(&self, energy: f64) -> f64 {
        self.channel.momentum2(Mev(energy)).max(0.0).sqrt()
    }

    /// `q² = (kL/2πħc)²`; zero below threshold.
    #[must_use]
    pub fn q2(&self, energy: f64, length: f64) -> f64 {
        (self.momentum(energy) / self.unit(length)).powi(2)
    }

    /// `(kL/2πħc)²`, negative below threshold.
    pub(super) fn signed_q2(&self, energy: f64, length: f64) -> f64 {
        self.channel.momentum2(Mev(energy)) / self.unit(length).powi(2)
    }

    /// The energy at `q²`, in MeV.
    #[must_use]
    pub fn energy(&self, q2: f64, length: f64) -> f64 {
        self.channel.energy(q2 * self.unit(length).powi(2)).0
    }

    /// `2πħc/L` in MeV.
    fn unit(&self, length: f64) -> f64 {
        2.0 * std::f64::consts::PI * self.hbarc.0 / length
    }
}
