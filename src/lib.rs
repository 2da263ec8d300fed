//! Verification-first reference implementation and benchmark suite for machine learning in lattice
//! field theory and hadron physics.
//!
//! Every method stands beside a slow exact reference (crate `fieldassay-reference`), and every claim
//! of the talks that present these methods gets a verdict (`cargo assay`).
//!
//! ```
//! use fieldassay::finite_volume::{levels_constant_delta, phase_shift};
//! use fieldassay::num::Tol;
//! const BACK: Tol = Tol::rel(1e-12).because("levels to 1e-14, and the phase is well conditioned");
//! // Two particles with δ = 60° in a periodic box: ten levels q² = (kL/2π)², and δ from each of them.
//! let delta = 60_f64.to_radians();
//! for q2 in levels_constant_delta(delta, 10)? {
//!     assert!(BACK.compare(phase_shift(q2)?, delta).passed);
//! }
//! # Ok::<(), fieldassay::Error>(())
//! ```
//!
//! # Layers
//!
//! A module uses strictly lower layers only; `tests/meta/architecture.rs` holds the table.
//!
//! | layer | modules |
//! |---|---|
//! | 0 | [`error`] [`num`] [`units`] |
//! | 1 | [`special`] |
//! | 2 | [`rng`] |
//! | 3 | [`linalg`] [`stats`] [`lattice`] [`io`] |
//! | 4 | [`tensor`] [`optimize`] [`density`] [`verdict`] |
//! | 5 | [`autodiff`] [`action`] [`observable`] [`sampler`] [`scattering`] |
//! | 6 | [`nn`] [`ensemble`] [`finite_volume`] |
//! | 7 | [`inverse`] [`report`] |
//! | 8 | [`suite`] |

pub mod action;
pub mod autodiff;
pub mod density;
pub mod ensemble;
pub mod error;
pub mod finite_volume;
pub mod inverse;
pub mod io;
pub mod lattice;
pub mod linalg;
pub mod nn;
pub mod num;
pub mod observable;
pub mod optimize;
pub mod report;
pub mod rng;
pub mod sampler;
pub mod scattering;
pub mod special;
pub mod stats;
pub mod suite;
pub mod tensor;
pub mod units;
pub mod verdict;

pub use error::{Error, Result};
pub use rng::Seed;

/// The README's examples, compiled and run as doc-tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
