//! The form factors of the talk's models A, B and C.

use crate::error::{Error, Result};

/// How a vertex falls with momentum, as a function of `x = (ak)²`.
///
/// # Source  the talk's backup slide: `f_A = (1+(ak)²)^{-1}`, `f_B = f_A²`, `f_C = e^{−(ak)²}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FormFactor {
    /// Model A: `1/(1 + x)`.
    Monopole,
    /// Model B: `1/(1 + x)²`.
    Dipole,
    /// Model C: `e^{−x}`.
    Gaussian,
}

impl FormFactor {
    /// All of them, in the order of their letters.
    pub const ALL: [Self; 3] = [Self::Monopole, Self::Dipole, Self::Gaussian];

    /// The talk's letter.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Monopole => "A",
            Self::Dipole => "B",
            Self::Gaussian => "C",
        }
    }

    /// The form factor with this letter.
    ///
    /// # Errors  `Error::UnknownName` with the letters that there are.
    pub fn from_id(id: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|factor| factor.id() == id);
        found.ok_or_else(|| Error::unknown("form factor", id, Self::ALL.map(Self::id)))
    }

    /// `f` at `x = (ak)²`; below threshold `x` is negative, and the first two have a pole at −1.
    #[must_use]
    pub fn at(self, x: f64) -> f64 {
        match self {
            Self::Monopole => 1.0 / (1.0 + x),
            Self::Dipole => 1.0 / ((1.0 + x) * (1.0 + x)),
            Self::Gaussian => (-x).exp(),
        }
    }
}
