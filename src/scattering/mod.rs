//! Two-body scattering from effective Hamiltonians with separable interactions.
//!
//! `H = Σ_i |i⟩m_i⟨i| + Σ_α ∫d³k |k,α⟩ω_α⟨k,α| + Σ_iα ∫d³k (|k,α⟩ g_iα(k)/√4π ⟨i| + h.c.)
//!    + Σ_s λ_s Σ_αβ ∫∫ |k,α⟩ u_sα(k) u_sβ(k')/4π ⟨k',β|`, `⟨k|k'⟩ = δ³`, `ω_α = √(m₁²+k²) + √(m₂²+k²)`:
//! any number of bare states, of two-body channels and of separable terms. All couplings together are the
//! vertices `χ_a`, and everything follows from the small matrix
//! `A(E) = diag(E − m_i, 1/λ_s) − J(E)`, `J_ab = Σ_α ∫k²dk χ_aα χ_bα/(E − ω_α)`.
//!
//! Conventions: energies, masses and momenta in MeV, lengths in fm; the measure is `∫k²dk`; `λ > 0` repels;
//! `S = e^{2iδ} = 1 − 2πiρt`, `ρ = k²dk/dE`; `δ = 0` at threshold.
//!
//! ```
//! use fieldassay::scattering::{FormFactor, PhaseShift, SigmaModel};
//! use fieldassay::units::{Fm, HbarC, Mev};
//! let model = SigmaModel {
//!     form_factor: FormFactor::Monopole, // the talk's model A
//!     m_sigma: Mev(700.0), g: 1.638, c: Fm(1.02), contact: 0.556, d: Fm(0.514),
//!     m_pi: Mev(139.57), hbarc: HbarC::CODATA_2018,
//! };
//! let heft = model.heft()?;
//! let delta = PhaseShift::follow(&heft, Mev(1000.0))?;
//! assert!((delta.at(Mev(495.398))? - 0.766_552_526_366_87).abs() < 1e-12);
//! # Ok::<(), fieldassay::Error>(())
//! ```
//!
//! Laws: `tests/laws/heft.rs`.  Witness: `reference::heft` (inversion of the Lippmann–Schwinger equation).
//! Goldens: `golden/highprec/heft.json`.

mod bound;
mod channel;
mod form_factor;
mod heft;
mod loop_integral;
mod phase_shift;
mod s_matrix;
mod sigma_model;
mod symmetric;
mod vertex;

pub use channel::Channel;
pub use form_factor::FormFactor;
pub use heft::{Bare, Heft, Separable};
pub use phase_shift::PhaseShift;
pub use sigma_model::SigmaModel;
pub(crate) use symmetric::{Column, Symmetric};
pub use vertex::Vertex;
