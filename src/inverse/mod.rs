//! Inverse problems of hadron physics: networks that find what a formula would say, beside the formula.
//!
//! **Levels from phase shifts.** [`HeftData`] holds phase shifts in infinite volume and the levels that they cause in
//! periodic boxes; [`LuscherNetwork`] learns the one from the other; [`judge`] compares it with the levels, with
//! Lüscher's formula ([`FromBoxPhase::oracle`]) and with predictions that only look up ([`NearestNeighbour`], [`MeanLevel`]).

mod box_phase;
mod constant_phase;
mod heft_data;
mod heft_law;
mod learned_phase;
mod lookup;
mod luscher_network;
mod phases;
mod predictor;
mod regression;
mod score;

pub use box_phase::{BoxPhase, LuscherPhase};
pub use constant_phase::{ConstantPhase, constant_phases};
pub use heft_data::{HeftData, HeftSpec};
pub use heft_law::{Curve, HeftLaw};
pub use learned_phase::LearnedPhase;
pub use lookup::{MeanLevel, NearestNeighbour};
pub use luscher_network::{LuscherNetwork, LuscherRecipe};
pub use phases::{Phases, STEEP};
pub use predictor::{FromBoxPhase, LevelPredictor};
pub use regression::{Fit, Regressor, Report, Rows};
pub use score::{Judged, RIGHT, Summary, judge};
