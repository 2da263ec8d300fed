//! Kinematics of two free particles at rest.

use crate::error::{Error, Result};
use crate::units::{Mev, ParticleMass};

/// Two particles of given masses, total momentum zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Channel {
    first: f64,
    second: f64,
}

impl Channel {
    /// Particles of these masses.
    ///
    /// # Errors  `Error::Domain` unless both are finite and positive.
    pub fn new(first: ParticleMass, second: ParticleMass) -> Result<Self> {
        for ParticleMass(Mev(mass)) in [first, second] {
            if !(mass > 0.0 && mass.is_finite()) {
                let expected = "a finite, positive mass in MeV".to_owned();
                return Err(Error::Domain {
                    what: "particle mass",
                    value: mass,
                    expected,
                });
            }
        }
        Ok(Self {
            first: first.0.0,
            second: second.0.0,
        })
    }

    /// Two particles of one mass, `ω = 2√(m² + k²)`.
    ///
    /// # Errors  as [`Channel::new`].
    pub fn pair(mass: ParticleMass) -> Result<Self> {
        Self::new(mass, mass)
    }

    /// `m₁ + m₂`.
    #[must_use]
    pub fn threshold(&self) -> Mev {
        Mev(self.first + self.second)
    }

    /// `ω = √(m₁² + k²) + √(m₂² + k²)`.
    ///
    /// # Units  `k2` in MeV²; negative down to the smaller mass squared.
    #[must_use]
    pub fn energy(&self, k2: f64) -> Mev {
        if self.first == self.second {
            return Mev(2.0 * self.first.mul_add(self.first, k2).sqrt());
        }
        let one = |mass: f64| mass.mul_add(mass, k2).sqrt();
        Mev(one(self.first) + one(self.second))
    }

    /// `k²` in MeV² at total energy `energy`; negative between threshold and the pseudothreshold `|m₁ − m₂|`.
    ///
    /// # Accuracy  relative next to threshold too: `(E − m₁ − m₂)` is a factor.
    #[must_use]
    pub fn momentum2(&self, energy: Mev) -> f64 {
        let (e, sum, difference) = (energy.0, self.first + self.second, self.first - self.second);
        let above = (e - sum) * (e + sum);
        if difference == 0.0 {
            return 0.25 * above;
        }
        0.25 * above * (e - difference) * (e + difference) / (e * e)
    }

    /// `m₁² − m₂²`.
    pub(super) fn mass_gap2(&self) -> f64 {
        (self.first - self.second) * (self.first + self.second)
    }

    /// `4ω₁ω₂/E²`, which is one for equal masses: `ρ = k²dk/dE = kE/4` times it.
    pub(super) fn recoil(&self, energy: f64) -> f64 {
        let ratio = self.mass_gap2() / (energy * energy);
        1.0 - ratio * ratio
    }
}
