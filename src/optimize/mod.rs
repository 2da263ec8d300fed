//! Optimisers on flat slices: networks and fits share them.
//!
//! # Design
//!
//! First-order methods ([`Sgd`], [`Adam`]) hold their moments and are stepped by the caller, who owns the
//! parameters, the gradient and the rate ([`Schedule`]); they are behind one object-safe trait,
//! [`FirstOrder`], for `f32` and `f64`. Batch methods ([`Lbfgs`], [`Bfgs`], [`Newton`],
//! [`LevenbergMarquardt`]) call a function that the caller gives and return an outcome: whether
//! they converged and why they stopped are data. They continue where they stopped if run again.
//!
//! A NaN in a gradient is data too, not an error: a first-order step hands it on to the parameters,
//! and [`clip_by_norm`] returns the norm, in which the caller sees it; a batch method stops
//! with [`Reason::NotFinite`] at the last finite point.
//!
//! Laws: `tests/laws/optimize`.  Witness: `reference::optimize` (double-double, dense matrices, bisection).

mod adam;
mod clip;
mod first_order;
mod levenberg_marquardt;
mod newton;
mod outcome;
mod quasi_newton;
mod schedule;
mod sgd;
mod wolfe;

pub use adam::{Adam, AdamOptions, Epsilon};
pub use clip::{clip_by_norm, clip_by_value, norm};
pub use first_order::{FirstOrder, OptimizerState};
pub use levenberg_marquardt::{Fit, FitOptions, LevenbergMarquardt};
pub use newton::{Newton, NewtonStep};
pub use outcome::{Outcome, Reason, Stop};
pub use quasi_newton::{Bfgs, DenseInverse, History, Lbfgs, Metric, QuasiNewton};
pub use schedule::Schedule;
pub use sgd::{Momentum, Sgd, SgdOptions};
pub use wolfe::LineSearch;
