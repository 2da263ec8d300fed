//! Ensembles: a sampler run on a target, both by name, with chains as lanes: thermalise, record, checkpoint, resume.
//!
//! # Design
//!
//! A target is any density on any manifold ([`Sampled`], which every [`Model`] is); a run of it is an object-safe
//! [`Run`], so that one program measures, saves and resumes them all. The chains are divided among threads, and a
//! checkpoint is laid out chain by chain: neither threads nor neighbours change a bit of a chain, and a run may be
//! resumed on another number of threads or for more measurements.
//!
//! What the next step depends on is the field, the density's auxiliary numbers and the chain's generators, nothing
//! else; a kernel may keep what it can compute anew. Auxiliary numbers are laid out with the chains fastest.
//!
//! Tests: `tests/regression/sample.rs` (killed at random moments, threads, neighbours, damage, loops written by hand).
//! What samplers have to get right is tested with them, `tests/laws/sampler.rs` and `tests/statistical/sampler.rs`.

mod chains;
mod checkpoint;
mod columns;
mod parameter;
mod plan;
mod record;
mod run;
mod sampler;
pub mod target;

pub use chains::Ensemble;
pub use parameter::{Kind, Parameter, Presence, Value, Values};
pub use plan::Plan;
pub use run::{ChainState, Cost, Run, Stored};
pub use sampler::{Method, OwnedKernel, Sampler, continuous, of_action};
pub use target::{Model, Named, Sampled, Start};
