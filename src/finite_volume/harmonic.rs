//! Solid harmonics `𝒴_lm(r) = |r|^l Y_lm(r̂)` of even `l`, summed over shells of lattice vectors.

use std::f64::consts::PI;

use crate::error::{Error, Result};

/// A solid harmonic (Condon–Shortley), real part: the components that a cubic box leaves at rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Harmonic {
    Y00,
    Y20,
    Y40,
    Y44,
    Y60,
    Y64,
}

impl Harmonic {
    pub(super) fn new(l: u32, m: u32) -> Result<Self> {
        match (l, m) {
            (0, 0) => Ok(Self::Y00),
            (2, 0) => Ok(Self::Y20),
            (4, 0) => Ok(Self::Y40),
            (4, 4) => Ok(Self::Y44),
            (6, 0) => Ok(Self::Y60),
            (6, 4) => Ok(Self::Y64),
            _ => Err(Error::Unsupported {
                what: format!("Z_lm with l = {l}, m = {m}"),
                expected: "(l, m) is one of (0,0), (2,0), (4,0), (4,4), (6,0), (6,4)".to_owned(),
            }),
        }
    }

    pub(super) const fn l(self) -> i32 {
        match self {
            Self::Y00 => 0,
            Self::Y20 => 2,
            Self::Y40 | Self::Y44 => 4,
            Self::Y60 | Self::Y64 => 6,
        }
    }

    /// `i^l`, real for even `l`.
    pub(super) const fn i_to_l(self) -> f64 {
        if self.l() % 4 == 0 { 1.0 } else { -1.0 }
    }

    /// The factor in front of the polynomial of [`Harmonic::polynomial`].
    pub(super) fn normalisation(self) -> f64 {
        match self {
            Self::Y00 => (0.25 / PI).sqrt(),
            Self::Y20 => (5.0 / PI).sqrt() / 4.0,
            Self::Y40 => 3.0 / 16.0 / PI.sqrt(),
            Self::Y44 => 3.0 / 16.0 * (17.5 / PI).sqrt(),
            Self::Y60 => (13.0 / PI).sqrt() / 32.0,
            Self::Y64 => 3.0 / 32.0 * (45.5 / PI).sqrt(),
        }
    }

    /// The harmonic of an integer vector without its normalisation: an exact integer.
    pub(super) const fn polynomial(self, [x, y, z]: [i64; 3]) -> i64 {
        let (r2, z2) = (x * x + y * y + z * z, z * z);
        let real_fourth = x * x * x * x - 6 * x * x * y * y + y * y * y * y; // Re (x + iy)⁴
        match self {
            Self::Y00 => 1,
            Self::Y20 => 3 * z2 - r2,
            Self::Y40 => 35 * z2 * z2 - 30 * z2 * r2 + 3 * r2 * r2,
            Self::Y44 => real_fourth,
            Self::Y60 => {
                231 * z2 * z2 * z2 - 315 * z2 * z2 * r2 + 105 * z2 * r2 * r2 - 5 * r2 * r2 * r2
            }
            Self::Y64 => real_fourth * (11 * z2 - r2),
        }
    }

    /// The same for `m = 0` from the moments `Σ1, Σz², Σz⁴` of vectors of one length.
    pub(super) fn of_moments(self, r2: f64, [m0, m2, m4]: [f64; 3]) -> f64 {
        self.normalisation()
            * match self {
                Self::Y00 => m0,
                Self::Y20 => 3.0 * m2 - r2 * m0,
                Self::Y40 => 35.0 * m4 - 30.0 * r2 * m2 + 3.0 * r2 * r2 * m0,
                Self::Y44 | Self::Y60 | Self::Y64 => {
                    unreachable!("moving frames offer m = 0, l ≤ 4 only")
                }
            }
    }
}
