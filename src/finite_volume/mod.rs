//! Two particles in a periodic box: Lüscher's zeta functions and the quantisation condition.
//!
//! `q = kL/2π` is the relative momentum in units of the smallest momentum in the box; `Z_lm` is
//! dimensionless in these units. In the S wave `k cot δ = 2 Z00(1; q²)/(√π L)`.
//! [`HeftBox`] has the levels of an effective Hamiltonian ([`crate::scattering`]) in the same box, without that formula.
//!
//! ```
//! use fieldassay::finite_volume::{levels_constant_delta, z00};
//! let zero = 0.472_894_247_259_651_5; // δ = π/2 here
//! assert!(z00(zero)?.abs() < 1e-13);
//! let levels = levels_constant_delta(std::f64::consts::FRAC_PI_2, 10)?;
//! assert!((levels[0] - zero).abs() < 1e-14);
//! # Ok::<(), fieldassay::Error>(())
//! ```

mod cubic;
mod harmonic;
mod heat_kernel;
mod heft;
mod moving_frame;
mod quantization;
mod threshold;
mod zeta;

pub use cubic::{poles, shells};
pub use heft::{HeftBox, Level, Secular, Smoothing, luscher_levels};
pub use moving_frame::MovingFrame;
pub use quantization::{
    k_cot_delta, levels, levels_constant_delta, levels_near_threshold, phase_shift,
    quantization_phase,
};
pub use threshold::{THRESHOLD_I, THRESHOLD_J, THRESHOLD_K, threshold_q2};
pub use zeta::{MAX_Q2, z00, z00_derivative, z00_regular, zlm, zlm_derivative};
