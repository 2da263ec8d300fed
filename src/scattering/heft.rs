//! The effective Hamiltonian: channels, bare states, separable terms, and the matrix `A(E)`.

use super::channel::Channel;
use super::loop_integral::LoopIntegral;
use super::symmetric::{Symmetric, determinant};
use super::vertex::Vertex;
use crate::error::{Error, Result};
use crate::linalg::Complex64;
use crate::units::{HbarC, Mev};

/// A bare state and its couplings, one a channel.
#[derive(Clone, Debug)]
pub struct Bare {
    /// Its mass.
    pub mass: Mev,
    /// `g_α(k)` in MeV^{−1/2}.
    pub couplings: Vec<Vertex>,
}

/// A separable potential `λ u_α(k) u_β(k')`.
#[derive(Clone, Debug)]
pub struct Separable {
    /// `λ`; positive repels. `λu²` has MeV^{−2}.
    pub strength: f64,
    /// `u_α(k)`, one a channel.
    pub vertices: Vec<Vertex>,
}

/// A Hamiltonian of bare states and two-body channels with separable interactions.
#[derive(Clone, Debug)]
pub struct Heft {
    hbarc: HbarC,
    masses: Vec<f64>,
    strengths: Vec<f64>,
    loops: Vec<LoopIntegral>,
}

impl Heft {
    /// The Hamiltonian with these parts; rows of `A(E)` are the bare states, then the separable terms.
    ///
    /// # Errors  `Error::Argument` without a channel, or if a bare state or a term has not one vertex per channel;
    /// `Error::Domain` for a mass that is not finite, a strength that is zero or not finite (leave the term
    /// out), or an `hbarc` that is not positive.
    pub fn new(
        hbarc: HbarC,
        channels: &[Channel],
        bare: &[Bare],
        separable: &[Separable],
    ) -> Result<Self> {
        let rows = bare
            .iter()
            .map(|state| &state.couplings)
            .chain(separable.iter().map(|term| &term.vertices));
        let rows: Vec<&Vec<Vertex>> = rows.collect();
        if channels.is_empty() || rows.iter().any(|row| row.len() != channels.len()) {
            return Err(Error::argument(
                "channels",
                channels.len().to_string(),
                "at least one, with one vertex of every bare state and separable term each",
            ));
        }
        for state in bare {
            finite(
                "mass of a bare state",
                state.mass.0,
                state.mass.0.is_finite(),
            )?;
        }
        for term in separable {
            let usable = term.strength.is_finite() && term.strength != 0.0;
            finite("strength of a separable term", term.strength, usable)?;
        }
        finite("hbarc", hbarc.0, hbarc.0 > 0.0 && hbarc.0.is_finite())?;
        let column = |channel: usize| rows.iter().map(|row| row[channel].clone()).collect();
        let loops = (channels.iter().enumerate())
            .map(|(i, channel)| LoopIntegral::new(*channel, column(i)))
            .collect();
        Ok(Self {
            hbarc,
            masses: bare.iter().map(|state| state.mass.0).collect(),
            strengths: separable.iter().map(|term| term.strength).collect(),
            loops,
        })
    }

    /// `ħc`, which converts the lengths of its vertices and boxes.
    #[must_use]
    pub const fn hbarc(&self) -> HbarC {
        self.hbarc
    }

    /// The channels, in the order of the constructor.
    pub fn channels(&self) -> impl ExactSizeIterator<Item = &Channel> {
        self.loops.iter().map(LoopIntegral::channel)
    }

    /// Masses of the bare states.
    pub fn bare_masses(&self) -> impl ExactSizeIterator<Item = Mev> {
        self.masses.iter().map(|mass| Mev(*mass))
    }

    /// Strengths `λ` of the separable terms.
    #[must_use]
    pub fn strengths(&self) -> &[f64] {
        &self.strengths
    }

    /// The vertices `χ_a` of channel `channel` at `k²` (MeV²): bare states, then separable terms.
    ///
    /// # Panics  if there is no such channel.
    #[must_use]
    pub fn vertices(&self, channel: usize, k2: f64) -> Vec<f64> {
        self.loops[channel].vertices_at(k2)
    }

    /// [`Heft::vertices`] at every `k²`, one after the other: `(rank, k²)`.
    pub(crate) fn vertices_at_all(&self, channel: usize, k2: &[f64]) -> Vec<f64> {
        self.loops[channel].vertices_at_all(k2)
    }

    /// The lowest threshold.
    #[must_use]
    pub fn threshold(&self) -> Mev {
        let thresholds = self.channels().map(|channel| channel.threshold().0);
        Mev(thresholds.fold(f64::INFINITY, f64::min))
    }

    /// Rows of `A(E)`.
    pub(crate) fn rank(&self) -> usize {
        self.masses.len() + self.strengths.len()
    }

    /// How many separable terms repel: the constant in every count of levels.
    pub(crate) fn repulsive(&self) -> usize {
        self.strengths.iter().filter(|x| **x > 0.0).count()
    }

    /// `diag(E − m_i, 1/λ_s)`: `A` without the loops.
    #[inline]
    pub(crate) fn free_inverse_propagator(&self, energy: Mev) -> impl Iterator<Item = f64> {
        let bare = self.masses.iter().map(move |mass| energy.0 - mass);
        bare.chain(self.strengths.iter().map(|strength| 1.0 / strength))
    }

    /// `A = diag(E − m_i, 1/λ_s) − J`.
    fn inverse_propagator(&self, energy: Mev, integrals: Symmetric) -> Symmetric {
        integrals.subtracted_from(self.free_inverse_propagator(energy))
    }

    /// `J` with principal values in the open channels, the integrals themselves in the closed ones.
    fn integrals(&self, energy: Mev) -> Result<Symmetric> {
        finite("energy", energy.0, energy.0.is_finite())?;
        let mut sum = Symmetric::zeros(self.rank());
        for one in &self.loops {
            // Not by k²: with unequal masses it is positive below the pseudothreshold again.
            if energy >= one.channel().threshold() {
                one.add_principal(energy, sum.upper_mut())?;
            } else {
                one.add_closed(energy, sum.upper_mut())?;
            }
        }
        Ok(sum)
    }

    /// `A(E)` with [`Heft::integrals`].
    pub(super) fn a_matrix(&self, energy: Mev) -> Result<Symmetric> {
        Ok(self.inverse_propagator(energy, self.integrals(energy)?))
    }

    /// `A(E)` of the first channel with the continuation of the principal value.
    pub(super) fn continued(&self, energy: Mev) -> Result<Symmetric> {
        let mut sum = Symmetric::zeros(self.rank());
        self.only_channel("k cot δ")?
            .add_principal(energy, sum.upper_mut())?;
        Ok(self.inverse_propagator(energy, sum))
    }

    pub(super) fn only_channel(&self, what: &str) -> Result<&LoopIntegral> {
        match &self.loops[..] {
            [one] => Ok(one),
            _ => Err(Error::Unsupported {
                what: format!("{what} with {} channels", self.loops.len()),
                expected: "one channel; the S matrix has any number".to_owned(),
            }),
        }
    }

    /// Of every open channel: `ρ_α = k²dk/dE`, and its vertices on the mass shell.
    pub(super) fn open(&self, energy: Mev) -> Vec<(f64, Vec<f64>)> {
        let on_shell = |one: &LoopIntegral| {
            let k2 = one.channel().momentum2(energy);
            let density = 0.25 * k2.max(0.0).sqrt() * energy.0 * one.channel().recoil(energy.0);
            (energy > one.channel().threshold()).then(|| (density, one.vertices_at(k2)))
        };
        self.loops.iter().filter_map(on_shell).collect()
    }

    /// The Jost-type function `D(E) = Π λ_s · det A(E; J − iπ Σ_α ρ_α χ_αχ_αᵀ)`, real below all thresholds.
    ///
    /// Its phase is minus the sum of the eigenphases; with one channel, `−δ`.
    ///
    /// # Units     MeV to the number of bare states.
    /// # Errors    `Error::Domain` for an energy that is not finite or whose momentum exceeds 10⁶ MeV.
    /// # Accuracy  relative 1e-12 of the largest term of the determinant.
    pub fn jost(&self, energy: Mev) -> Result<Complex64> {
        let real = self.a_matrix(energy)?;
        let mut imaginary = Symmetric::zeros(self.rank());
        for (density, chi) in self.open(energy) {
            imaginary.add_outer(std::f64::consts::PI * density, &chi);
        }
        let strengths: f64 = self.strengths.iter().product();
        let at = |i: usize, j: usize| Complex64::new(real.get(i, j), imaginary.get(i, j));
        Ok(determinant(self.rank(), at) * strengths)
    }
}

fn finite(what: &'static str, value: f64, holds: bool) -> Result<()> {
    if holds {
        return Ok(());
    }
    Err(Error::Domain {
        what,
        value,
        expected: "a finite number, positive or at least not zero where it divides".to_owned(),
    })
}
