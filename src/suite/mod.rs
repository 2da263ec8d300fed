//! What the command line, the benches and the audit all call: computable quantities, each with its
//! witness, and the command line itself.
//!
//! The only layer of this crate, besides `bin`, that names the witnesses in `fieldassay-reference`.

pub mod answer;
pub mod argument;
pub mod batch;
pub mod cli;
mod evaluation;
pub mod quantity;
pub mod speed;

pub use answer::Answer;
pub use argument::{Arguments, Kind, Parameter, Presence};
pub use evaluation::{Evaluation, Method};
pub use quantity::Quantity;
