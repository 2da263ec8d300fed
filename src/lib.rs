//! Verification-first reference implementation and benchmark suite for machine learning in lattice
//! field theory and hadron physics.
//!
//! Every method stands beside a slow exact reference (crate `fieldassay-reference`), and every claim
//! of the talks that present these methods gets a verdict (`cargo assay`).
//!
//! # Layers
//!
//! A module uses strictly lower layers only; `tests/meta/architecture.rs` holds the table.
//!
//! | layer | modules |
//! |---|---|
//! | 0 | [`error`] [`rng`] [`num`] [`units`] |
//! | 1 | [`special`] [`linalg`] [`stats`] [`io`] |
//! | 2 | [`verdict`] |
//! | 4 | [`finite_volume`] |
//! | 5 | [`report`] |
//! | 6 | [`suite`] |

pub mod error;
pub mod finite_volume;
pub mod io;
pub mod linalg;
pub mod num;
pub mod report;
pub mod rng;
pub mod special;
pub mod stats;
pub mod suite;
pub mod units;
pub mod verdict;

pub use error::{Error, Result};
pub use rng::Seed;

/// The README's examples, compiled and run as doc-tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
