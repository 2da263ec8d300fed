//! Compute kernels: loops over slices, compiled for every instruction set and chosen at run time.

mod register;
pub mod stencil;
pub mod stencil_weight;
