//! Derivatives of graphs as graphs, and plans that compute them.
//!
//! [`grad`], [`vjp`] and [`jvp`] append to a graph what a derivative is, so that derivatives of any order
//! need nothing more. A [`Plan`] turns a graph into a list of steps for one number type and one batch size.
//!
//! Laws: `tests/laws/ops` (every operation), `tests/laws/plan.rs`.

mod grad;
mod plan;

pub use grad::{grad, jvp, vjp};
pub use plan::{Plan, PlanOptions};
