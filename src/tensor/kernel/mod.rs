//! Compute kernels: loops over slices, compiled for every instruction set and chosen at run time.

mod chunks;
pub mod elimination;
pub mod product;
mod register;
pub mod stencil;
mod stencil_block;
pub mod stencil_weight;
pub mod strided;
pub mod walk;
