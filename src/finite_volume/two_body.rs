//! Kinematics of two particles, equal or not: centre-of-mass energy and relative momentum.
//!
//! `E = √(m₁² + k²) + √(m₂² + k²)`, and back `k² = λ(E², m₁², m₂²)/4E²` with the Källén function
//! `λ = (E² − (m₁+m₂)²)(E² − (m₁−m₂)²)`. `k` is the momentum of each particle in the centre-of-mass
//! frame, half of their relative momentum.
//!
//! Witness: `reference::two_body` (bisection of the sum of roots).  Laws: `tests/laws/luscher/kinematics.rs`.

use crate::error::{Error, Result};

/// The masses of two particles, in one unit of energy.
///
/// ```
/// use fieldassay::finite_volume::TwoBody;
/// let pion_kaon = TwoBody::new(139.57, 495.65)?;
/// assert!((pion_kaon.momentum2(pion_kaon.energy(100.0_f64.powi(2))?) / 1e4 - 1.0).abs() < 1e-12);
/// assert!(pion_kaon.momentum2(600.0) < 0.0, "below the threshold at 635.22");
/// # Ok::<(), fieldassay::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwoBody {
    m1: f64,
    m2: f64,
}

impl TwoBody {
    /// Particles of masses `m1` and `m2`.
    ///
    /// # Errors  `Error::Domain` unless both are positive and finite.
    pub fn new(m1: f64, m2: f64) -> Result<Self> {
        for (what, value) in [("m1", m1), ("m2", m2)] {
            if !(value > 0.0 && value.is_finite()) {
                let expected = "a positive mass".to_owned();
                return Err(Error::Domain {
                    what,
                    value,
                    expected,
                });
            }
        }
        Ok(Self { m1, m2 })
    }

    /// The two masses.
    #[must_use]
    pub const fn masses(&self) -> [f64; 2] {
        [self.m1, self.m2]
    }

    /// `m₁ + m₂`.
    #[must_use]
    pub const fn threshold(&self) -> f64 {
        self.m1 + self.m2
    }

    /// Whether the masses are the same, so that odd waves do not mix with the S wave.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.m1 == self.m2
    }

    /// `k²` at centre-of-mass energy `e_cm > 0`, negative below threshold.
    ///
    /// # Accuracy  `4ε(E² + m₁² + m₂²)` absolute.
    #[must_use]
    pub fn momentum2(&self, e_cm: f64) -> f64 {
        let (sum, difference) = (self.m1 + self.m2, self.m1 - self.m2);
        let above = (e_cm - sum) * (e_cm + sum);
        above * (e_cm - difference) * (e_cm + difference) / (4.0 * e_cm * e_cm)
    }

    /// `dk²/dE = (E⁴ − (m₁² − m₂²)²)/2E³`.
    #[must_use]
    pub fn momentum2_slope(&self, e_cm: f64) -> f64 {
        let square = e_cm * e_cm;
        let split = self.split();
        (square - split) * (square + split) / (2.0 * square * e_cm)
    }

    /// The centre-of-mass energy at `k²`.
    ///
    /// # Errors  `Error::Domain` for `k² < −min(m₁, m₂)²`, where it would be complex.
    pub fn energy(&self, k2: f64) -> Result<f64> {
        let (first, second) = (self.m1.mul_add(self.m1, k2), self.m2.mul_add(self.m2, k2));
        if first >= 0.0 && second >= 0.0 {
            Ok(first.sqrt() + second.sqrt())
        } else {
            Err(Error::Domain {
                what: "k²",
                value: k2,
                expected: "a square not below that of the smaller mass, negative".to_owned(),
            })
        }
    }

    /// `α = 1 + (m₁² − m₂²)/E²`: where the first particle sits in a moving frame.
    #[must_use]
    pub fn shift(&self, e_cm: f64) -> f64 {
        1.0 + self.split() / (e_cm * e_cm)
    }

    /// `dα/dE`.
    #[must_use]
    pub fn shift_slope(&self, e_cm: f64) -> f64 {
        -2.0 * self.split() / (e_cm * e_cm * e_cm)
    }

    fn split(&self) -> f64 {
        (self.m1 - self.m2) * (self.m1 + self.m2)
    }
}
