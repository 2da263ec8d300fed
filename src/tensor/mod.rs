//! The static graph of the network core: shapes, operations, kernels.
//!
//! A [`Graph`] is built once from operations ([`op`]); `autodiff` derives further graphs from it and turns
//! it into a plan that computes. Values are shared or batched ([`Shape`]); the batch is the fastest axis
//! in memory, everywhere: a field is `[site, channel]` per sample, `[site][channel][lane]` in memory.

mod builder;
mod feed;
mod graph;
mod io;
pub mod kernel;
pub mod op;
mod real;
mod shape;
pub mod stencil;
mod tile;

pub use feed::{Batched, Feed};
pub use graph::{Graph, Node, Var};
pub use io::{Extent, Io};
pub use real::{Factor, Real};
pub use shape::Shape;
pub use stencil::{Boundary, Stencil};
