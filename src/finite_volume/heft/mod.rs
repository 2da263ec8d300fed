//! An effective Hamiltonian in a periodic box: its levels by the secular equation and by diagonalisation.
//!
//! The A1⁺ states of the shells `n² = N` have momentum `k_N = 2π√N ħc/L` and, with `u = 2πħc/L`,
//! `⟨i|H|N,α⟩ = √(r₃(N)/4π) u^{3/2} g_iα(k_N)`, `⟨N,α|H|M,β⟩ = ω_α δ + √(r₃(N)r₃(M))/4π u³ Σ_s λ_s u_sα(k_N) u_sβ(k_M)`.
//! So the levels are where `A(E)` is singular, with `J → Σ_N (r₃/4π)u³ χχᵀ/(E − ω_N)`.
//!
//! Cutting the shells at a fixed `N` moves the levels, by up to MeV for form factors that fall slowly, and more in
//! larger boxes. [`HeftBox::levels`] cuts smoothly instead and adds the continuum beyond
//! (`Σ_N → ∫` is exact there up to `e^{−(πs)²}`), and says how far a doubled cut moves each level.
//!
//! Laws: `tests/laws/heft_box.rs`.  Witness: `reference::heft_box` (plane waves, QL, another window).
//! Goldens: `golden/highprec/heft.json`, `luscher_scaling.json`.

mod dense;
mod luscher;
mod poles;
mod secular;
mod shells;
mod terms;

use crate::error::{Error, Result};
use crate::scattering::Heft;
use crate::units::{Fm, Mev};

pub use luscher::luscher_levels;
pub use secular::Secular;

/// An effective Hamiltonian in a cubic, periodic box, at rest, in the A1⁺ sector.
///
/// ```
/// use fieldassay::finite_volume::HeftBox;
/// use fieldassay::scattering::{FormFactor, SigmaModel};
/// use fieldassay::units::{Fm, HbarC, Mev};
/// let model = SigmaModel {
///     form_factor: FormFactor::Monopole,
///     m_sigma: Mev(700.0), g: 1.638, c: Fm(1.02), contact: 0.556, d: Fm(0.514),
///     m_pi: Mev(139.57), hbarc: HbarC::CODATA_2018,
/// };
/// let heft = model.heft()?;
/// let levels = HeftBox::new(&heft, Fm(5.0))?.levels(10)?;
/// assert!((levels[0].energy.0 - 259.201_279_635).abs() < 1e-8);
/// assert!(levels.iter().all(|level| level.truncation_error.0 < 1e-8));
/// # Ok::<(), fieldassay::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HeftBox<'a> {
    heft: &'a Heft,
    length: f64,
}

/// A level, and how much a doubled cut moves it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// The energy.
    pub energy: Mev,
    /// `|E(n₀) − E(2n₀)|`.
    pub truncation_error: Mev,
}

/// The smooth cut `h = ½ erfc((|n| − n₀)/s)` on the shells; `1 − h` is left to the continuum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Smoothing {
    /// `n₀`, in units of the smallest momentum.
    pub n0: f64,
    /// `s`: sum and integral differ by `e^{−(πs)²}`.
    pub width: f64,
}

impl Default for Smoothing {
    /// `n₀ = 30`, `s = 4`.
    fn default() -> Self {
        Self {
            n0: 30.0,
            width: 4.0,
        }
    }
}

impl Smoothing {
    /// Beyond so many widths `h` is 0 or 1 to the last bit.
    const REACH: f64 = 6.0;

    /// Below this `|n|` shells have their whole weight: levels are sought there only.
    #[must_use]
    pub fn untouched(self) -> f64 {
        self.n0 - Self::REACH * self.width
    }

    fn end(self) -> f64 {
        self.n0 + Self::REACH * self.width
    }

    fn doubled(self) -> Self {
        Self {
            n0: 2.0 * self.n0,
            ..self
        }
    }

    /// The default, or with `n₀` so far out that `|n|` up to `reach` is untouched.
    fn covering(reach: f64) -> Self {
        let default = Self::default();
        Self {
            n0: default.n0.max(reach + 1.0 + Self::REACH * default.width),
            ..default
        }
    }
}

impl<'a> HeftBox<'a> {
    /// The box of side `length`.
    ///
    /// # Errors  `Error::Domain` unless the length is finite and positive.
    pub fn new(heft: &'a Heft, length: Fm) -> Result<Self> {
        if !(length.0 > 0.0 && length.0.is_finite()) {
            return Err(Error::Domain {
                what: "box length",
                value: length.0,
                expected: "a finite, positive length in fm".to_owned(),
            });
        }
        Ok(Self {
            heft,
            length: length.0,
        })
    }

    /// The side.
    #[must_use]
    pub const fn length(&self) -> Fm {
        Fm(self.length)
    }

    /// `2πħc/L`: the smallest momentum, in MeV.
    fn unit(&self) -> f64 {
        2.0 * std::f64::consts::PI * self.heft.hbarc().0 / self.length
    }

    /// The lowest `count` levels without a cut.
    ///
    /// # Shapes    `(count,)`, ascending.
    /// # Errors    `Error::Domain` if a level has a momentum beyond 10⁶ MeV.
    /// # Accuracy  the larger of `truncation_error` (1e-11 MeV and below for ranges from 0.2 fm) and 1e-9 MeV.
    /// # Witness   `reference::heft_box::levels`; `golden/highprec/heft.json`.
    pub fn levels(&self, count: usize) -> Result<Vec<Level>> {
        self.levels_with(Smoothing::covering(self.reach(count)), count)
    }

    /// [`HeftBox::levels`] with a smooth cut of one's choice.
    ///
    /// # Errors  `Error::Domain` if the levels are not below the smoothing.
    pub fn levels_with(&self, cut: Smoothing, count: usize) -> Result<Vec<Level>> {
        let near = Secular::smooth(*self, cut)?;
        let far = Secular::smooth(*self, cut.doubled())?;
        let levels = near.levels(count)?;
        let moved = far.distances(&levels)?;
        let paired = levels.into_iter().zip(moved);
        Ok(paired
            .map(|(energy, moved)| Level {
                energy,
                truncation_error: Mev(moved.abs()),
            })
            .collect())
    }

    /// The lowest `count` levels with the shells `n² ≤ n2_max` only, from the secular equation: equal to
    /// [`HeftBox::dense_levels`].
    ///
    /// # Shapes    `(count,)`, ascending; fewer if the basis is smaller.
    /// # Accuracy  1e-9 MeV.
    /// # Errors    as [`HeftBox::levels`].
    pub fn truncated_levels(&self, n2_max: usize, count: usize) -> Result<Vec<Mev>> {
        Secular::truncated(*self, n2_max)?.levels(count)
    }

    /// The secular equation with the shells `n² ≤ n2_max` only.
    ///
    /// # Errors  as [`HeftBox::levels`].
    pub fn secular(&self, n2_max: usize) -> Result<Secular<'a>> {
        Secular::truncated(*self, n2_max)
    }

    /// The secular equation with a smooth cut and the continuum beyond it.
    ///
    /// # Errors  as [`HeftBox::levels`].
    pub fn smooth_secular(&self, cut: Smoothing) -> Result<Secular<'a>> {
        Secular::smooth(*self, cut)
    }

    /// `|n|` that the lowest `count` levels do not exceed: each channel alone has so many shells.
    fn reach(&self, count: usize) -> f64 {
        // r₃ vanishes for at most one in six n², and a bare state only pushes levels down the list.
        let n2 = 6.0 * (count as f64 + 1.0) / 5.0 + 2.0;
        let slowest = self.heft.channels().map(|channel| {
            let top = channel.energy(n2 * self.unit().powi(2));
            self.heft
                .channels()
                .map(|other| other.momentum2(top).max(0.0).sqrt())
                .fold(0.0, f64::max)
        });
        slowest.fold(f64::INFINITY, f64::min) / self.unit()
    }
}
