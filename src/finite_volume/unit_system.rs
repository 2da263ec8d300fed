//! The two systems of units of a lattice calculation, and the units that a file may name in each.

use crate::units::HbarC;

/// Physical units, converted by `ħc`, or lattice units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum UnitSystem {
    /// Energies in MeV, lengths in fm.
    Physical(HbarC),
    /// Everything in powers of the lattice spacing: `aE`, `L/a`.
    Lattice,
}

impl UnitSystem {
    /// What `length`, in fm or in lattice spacings, is in the inverse unit of energy.
    #[must_use]
    pub fn length(self, length: f64) -> f64 {
        match self {
            Self::Physical(hbarc) => length / hbarc.0,
            Self::Lattice => length,
        }
    }

    /// The factor that takes a momentum in units of energy to `fm⁻¹` (lattice units stay).
    #[must_use]
    pub fn to_wave_number(self) -> f64 {
        match self {
            Self::Physical(hbarc) => 1.0 / hbarc.0,
            Self::Lattice => 1.0,
        }
    }

    /// The unit of energies and of `k` in tables.
    #[must_use]
    pub const fn energy(self) -> &'static str {
        match self {
            Self::Physical(_) => "MeV",
            Self::Lattice => "1/a",
        }
    }

    /// The unit of lengths.
    #[must_use]
    pub const fn length_unit(self) -> &'static str {
        match self {
            Self::Physical(_) => "fm",
            Self::Lattice => "a",
        }
    }

    /// The unit of `k cot δ`.
    #[must_use]
    pub const fn wave_number(self) -> &'static str {
        match self {
            Self::Physical(_) => "1/fm",
            Self::Lattice => "1/a",
        }
    }

    /// How much of the unit of energy the unit called `name` is.
    #[must_use]
    pub fn energy_factor(self, name: &str) -> Option<f64> {
        match (self, name) {
            (Self::Physical(_), "MeV") | (Self::Lattice, "1/a" | "a^-1") => Some(1.0),
            (Self::Physical(_), "GeV") => Some(1000.0),
            (Self::Physical(hbarc), "1/fm" | "fm^-1") => Some(hbarc.0),
            _ => None,
        }
    }

    /// The same for squares of energies: `MeV^2`, `GeV^2`, `1/fm^2`, `1/a^2`.
    #[must_use]
    pub fn square_factor(self, name: &str) -> Option<f64> {
        let root = match name {
            "fm^-2" => "fm^-1",
            "a^-2" => "a^-1",
            other => other.strip_suffix("^2")?,
        };
        self.energy_factor(root).map(|factor| factor * factor)
    }

    /// The same for lengths, in fm or in lattice spacings.
    #[must_use]
    pub fn length_factor(self, name: &str) -> Option<f64> {
        (name == self.length_unit()).then_some(1.0)
    }

    /// The units of energy that a header may name.
    #[must_use]
    pub const fn energies(self) -> &'static str {
        match self {
            Self::Physical(_) => "MeV, GeV or 1/fm",
            Self::Lattice => "1/a",
        }
    }
}
