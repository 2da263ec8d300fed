//! Tensors: geometry of lattice convolutions and the compute kernels of the network core.
//!
//! Memory layout everywhere: `[site][channel][lane]`, the lane (batch entry or chain) fastest.

pub mod kernel;
pub mod stencil;
mod tile;

pub use stencil::{Boundary, Stencil};
