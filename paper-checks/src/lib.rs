//! The audit: one file per claim of the five talks, each with its decider and its negative control.
//!
//! ```text
//! ledger.json ─┐
//! claims/ ─────┴► runner ─► judge ─► record ─► store (JSON, figures) ─► audit ─► page, terminal, exit code
//! ```

pub mod audit;
pub mod claim;
pub mod claims;
mod classifier;
pub mod cli;
mod double_well;
pub mod ensembles;
pub mod gate;
mod heft_models;
mod hmc_table;
pub mod judge;
mod lattice_runs;
pub mod ledger;
mod mixture;
pub mod mlp;
mod page;
mod page_claim;
mod panics;
mod phi4_runs;
pub mod random_features;
pub mod record;
pub mod rediscovery;
pub mod runner;
pub mod store;
mod terminal;
pub mod trained_features;
pub mod zoo;
