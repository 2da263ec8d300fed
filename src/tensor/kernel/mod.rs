//! Loops over slices that several operations share.

pub mod elimination;
pub mod product;
pub mod strided;
