//! Two particles in a periodic box: Lüscher's zeta functions and the quantisation condition.
//!
//! `q = kL/2π` is the relative momentum in units of the smallest momentum in the box; `Z_lm` is
//! dimensionless in these units. In the S wave `k cot δ = 2 Z00(1; q²)/(√π L)`.
//! [`HeftBox`] has the levels of an effective Hamiltonian ([`crate::scattering`]) in the same box, without that formula.
//!
//! | from | to | by |
//! |---|---|---|
//! | masses and an energy | momentum, boost | [`TwoBody`], [`BoxFrame`] |
//! | an energy in a box, any masses, any frame | `k cot δ` and its slope | [`SWave::at`] |
//! | an amplitude | its levels | [`SWave::levels`], [`PhaseTable::levels`] |
//! | measured levels, samples | `δ`, `k cot δ` with errors | [`LevelTable::phases`] |
//! | measured levels and their covariance | an effective range, a resonance | [`LevelTable::fit`] |
//!
//! ```
//! use fieldassay::finite_volume::{levels_constant_delta, z00};
//! let zero = 0.472_894_247_259_651_5; // δ = π/2 here
//! assert!(z00(zero)?.abs() < 1e-13);
//! let levels = levels_constant_delta(std::f64::consts::FRAC_PI_2, 10)?;
//! assert!((levels[0] - zero).abs() < 1e-14);
//! # Ok::<(), fieldassay::Error>(())
//! ```

mod amplitude_model;
mod box_frame;
mod branch;
mod cubic;
mod curve;
mod harmonic;
mod heat_kernel;
mod heft;
mod layers;
mod level_fit;
mod level_phase;
mod level_samples;
mod level_table;
mod moving_frame;
mod phase_columns;
mod phase_table;
mod prediction;
mod quantization;
mod s_wave;
mod sheet;
mod shifted_zeta;
mod spectrum;
mod threshold;
mod two_body;
mod unit_system;
mod zeta;

pub use amplitude_model::{AmplitudeModel, AmplitudePoint};
pub use box_frame::BoxFrame;
pub use branch::PhaseBranch;
pub use cubic::{poles, shells};
pub use curve::Curve;
pub use heft::{HeftBox, Level, Secular, Smoothing, luscher_levels};
pub use level_fit::LevelFit;
pub use level_phase::{LevelPhase, LevelPhases, Spread};
pub use level_samples::{LevelSamples, covariance_of};
pub use level_table::{EnergyFrame, LevelForm, LevelTable, MeasuredLevel};
pub use moving_frame::MovingFrame;
pub use phase_table::{Ordinate, PhaseForm, PhaseTable, PredictedLevels};
pub use prediction::{Prediction, Slot};
pub use quantization::{
    k_cot_delta, levels, levels_constant_delta, levels_near_threshold, phase_shift,
    quantization_phase,
};
pub use s_wave::{BoxPoint, SWave};
pub use shifted_zeta::ShiftedZeta;
pub use spectrum::{Amplitude, Window};
pub use threshold::{THRESHOLD_I, THRESHOLD_J, THRESHOLD_K, threshold_q2};
pub use two_body::TwoBody;
pub use unit_system::UnitSystem;
pub use zeta::{MAX_Q2, z00, z00_derivative, z00_regular, zlm, zlm_derivative};
