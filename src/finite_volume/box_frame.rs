//! A periodic cube and the total momentum of a pair in it: boosts between the frames.

use std::f64::consts::PI;

use super::moving_frame::MovingFrame;
use crate::error::{Error, Result};
use crate::units::{Fm, HbarC, Lattice};

/// A cube of side `L` and a total momentum `P = 2πd/L`; energies in the inverse unit of `L`.
///
/// In the S wave the sign and the order of the components of `d` do not matter.
///
/// ```
/// use fieldassay::finite_volume::BoxFrame;
/// use fieldassay::units::Lattice;
/// let frame = BoxFrame::lattice(Lattice(24.0), [0, 1, 0])?;
/// let lab = frame.lab_energy(0.5);
/// assert!((lab - 0.5_f64.hypot(2.0 * std::f64::consts::PI / 24.0)).abs() < 1e-15);
/// assert!((frame.cm_energy(lab)? - 0.5).abs() < 1e-15);
/// # Ok::<(), fieldassay::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct BoxFrame {
    length: f64,
    d: [i32; 3],
    moving: Option<MovingFrame>,
}

impl BoxFrame {
    /// A box of side `length` in fm; energies are then in MeV.
    ///
    /// # Errors  as [`BoxFrame::natural`].
    pub fn fm(length: Fm, hbarc: HbarC, d: [i32; 3]) -> Result<Self> {
        Self::natural(length.0 / hbarc.0, d)
    }

    /// A box of `L/a` lattice spacings; energies are then `aE`.
    ///
    /// # Errors  as [`BoxFrame::natural`].
    pub fn lattice(length: Lattice, d: [i32; 3]) -> Result<Self> {
        Self::natural(length.0, d)
    }

    /// A box of side `length`, in the inverse of the unit of energy.
    ///
    /// # Errors  `Error::Domain` unless `length` is positive and finite; `Error::Unsupported` for a `d`
    /// that is not 000, 001, 011, 111 or 002 up to signs and order.
    pub fn natural(length: f64, d: [i32; 3]) -> Result<Self> {
        if !(length > 0.0 && length.is_finite()) {
            let expected = "a positive length".to_owned();
            return Err(Error::Domain {
                what: "L",
                value: length,
                expected,
            });
        }
        let mut sorted = d.map(i32::saturating_abs);
        sorted.sort_unstable();
        let moving = match sorted {
            [0, 0, 0] => None,
            [0, 1, 1] => Some(MovingFrame::new([1, 1, 0])?),
            other => Some(MovingFrame::new(other)?),
        };
        Ok(Self { length, d, moving })
    }

    /// The side `L`.
    #[must_use]
    pub const fn length(&self) -> f64 {
        self.length
    }

    /// The total momentum `d`, in units of `2π/L`, as it was given.
    #[must_use]
    pub const fn d(&self) -> [i32; 3] {
        self.d
    }

    pub(super) const fn moving(&self) -> Option<&MovingFrame> {
        self.moving.as_ref()
    }

    /// `P² = (2π/L)² d²`.
    #[must_use]
    pub fn momentum2(&self) -> f64 {
        let d2: i32 = self.d.iter().map(|c| c * c).sum();
        self.unit().powi(2) * f64::from(d2)
    }

    /// `2π/L`, the smallest momentum in the box.
    #[must_use]
    pub fn unit(&self) -> f64 {
        2.0 * PI / self.length
    }

    /// `E = √(E_cm² + P²)`, the energy in the frame of the box.
    #[must_use]
    pub fn lab_energy(&self, e_cm: f64) -> f64 {
        e_cm.mul_add(e_cm, self.momentum2()).sqrt()
    }

    /// `E_cm = √(E² − P²)`.
    ///
    /// # Errors  `Error::Domain` for `E ≤ |P|`: no mass can move so fast.
    pub fn cm_energy(&self, e_lab: f64) -> Result<f64> {
        let p = self.momentum2().sqrt();
        let square = (e_lab - p) * (e_lab + p);
        if e_lab > 0.0 && square > 0.0 && e_lab.is_finite() {
            Ok(square.sqrt())
        } else {
            Err(Error::Domain {
                what: "energy in the moving frame",
                value: e_lab,
                expected: format!("more than the total momentum |P| = {p:?}"),
            })
        }
    }

    /// `γ = E/E_cm`.
    #[must_use]
    pub fn gamma(&self, e_cm: f64) -> f64 {
        self.lab_energy(e_cm) / e_cm
    }
}
