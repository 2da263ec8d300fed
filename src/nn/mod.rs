//! Networks: parameters by name, layers, losses, training, checkpoints.
//!
//! # Design
//!
//! A [`Network`] is a graph under construction together with its parameters, which are its first shared
//! inputs and one flat array for plans, optimisers and checkpoints. A [`layer`] is data, written to JSON as it
//! is; applied to a value it declares its parameters and appends operations. Fan-in, draw and gradient
//! follow from a parameter's name and extents, so that adding a layer changes no other layer's start.
//!
//! A [`Trainer`] owns everything that the next step depends on, and a checkpoint holds all of it: stopped at any
//! moment and resumed, a training gives the same bits ([`checkpoint`]). Divergence is data ([`Status`]).
//!
//! Laws: `tests/laws/nn`.  Killed two hundred times: `tests/regression/kill`.

mod activation;
pub mod checkpoint;
mod dataset;
mod inference;
mod initialisation;
pub mod layer;
pub mod loss;
mod method;
mod network;
mod noise;
mod parameters;
mod sampler;
mod source;
mod train;

pub use activation::Activation;
pub use dataset::{Data, Dataset};
pub use inference::Inference;
pub use initialisation::Initialisation;
pub use layer::Layer;
pub use method::Method;
pub use network::Network;
pub use noise::Noise;
pub use parameters::{Parameter, Parameters};
pub use sampler::{Sampler, SamplerState, Sampling};
pub use source::{Position, Source};
pub use train::{Divergence, Quantity, Status, TrainOptions, Trainer};
