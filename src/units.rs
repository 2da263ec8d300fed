//! Units and signs as types: MeV, fm, fm⁻¹ and lattice units; the two signs of a scattering length;
//! reduced against particle mass.
//!
//! `ħc` is part of the problem, not a global: published work uses 197.3269804, 197.3269602 and 197.3
//! MeV fm, so every conversion takes an [`HbarC`].

/// Energy, momentum or mass in MeV (`c = 1`).
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Mev(pub f64);

/// Length in fm.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Fm(pub f64);

/// Wave number in fm⁻¹.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct InvFm(pub f64);

/// A dimensionless number in units of the lattice spacing `a`: `aE` for energies, `x/a` for lengths.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Lattice(pub f64);

/// The conversion constant `ħc` in MeV fm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HbarC(pub f64);

impl HbarC {
    /// 197.3269804 MeV fm: exact in the SI of 2019, rounded at the tenth digit (CODATA 2018).
    pub const CODATA_2018: Self = Self(197.326_980_4);

    /// `k = p/ħc`.
    #[must_use]
    pub fn wave_number(self, p: Mev) -> InvFm {
        InvFm(p.0 / self.0)
    }

    /// `p = ħc k`.
    #[must_use]
    pub fn momentum(self, k: InvFm) -> Mev {
        Mev(k.0 * self.0)
    }

    /// `aE` for an energy in MeV at lattice spacing `a`.
    #[must_use]
    pub fn to_lattice(self, energy: Mev, spacing: Fm) -> Lattice {
        Lattice(energy.0 * spacing.0 / self.0)
    }

    /// The energy in MeV whose lattice value at spacing `a` is `aE`.
    #[must_use]
    pub fn from_lattice(self, energy: Lattice, spacing: Fm) -> Mev {
        Mev(energy.0 * self.0 / spacing.0)
    }
}

/// Mass of one particle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParticleMass(pub Mev);

/// Reduced mass of a pair, `m₁m₂/(m₁+m₂)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReducedMass(pub Mev);

impl ReducedMass {
    /// The reduced mass of two particles.
    #[must_use]
    pub fn of(first: ParticleMass, second: ParticleMass) -> Self {
        let (m1, m2) = (first.0.0, second.0.0);
        Self(Mev(m1 * m2 / (m1 + m2)))
    }
}

/// Scattering length in the nuclear sign: `k cot δ = −1/a₀ + ½ r k²` (a₀ > 0: bound state or repulsion).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NuclearA0(pub Fm);

/// Scattering length in the femtoscopy sign: `k cot δ = +1/f₀ + ½ d₀ k²` (f₀ > 0: attraction, unbound).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FemtoF0(pub Fm);

impl From<NuclearA0> for FemtoF0 {
    fn from(a0: NuclearA0) -> Self {
        Self(Fm(-a0.0.0))
    }
}

impl From<FemtoF0> for NuclearA0 {
    fn from(f0: FemtoF0) -> Self {
        Self(Fm(-f0.0.0))
    }
}
