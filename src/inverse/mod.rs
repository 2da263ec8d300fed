//! Inverse problems of hadron physics: the data that networks learn from.
//!
//! [`HeftData`]: phase shifts in infinite volume and the levels that they cause in periodic boxes.

mod heft_data;
mod heft_law;

pub use heft_data::{HeftData, HeftSpec};
pub use heft_law::{Curve, HeftLaw};
