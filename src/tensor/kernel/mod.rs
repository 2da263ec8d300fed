//! Loops over slices that several operations share.

pub mod strided;
pub mod walk;
