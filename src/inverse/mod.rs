//! Inverse problems of hadron physics: networks that find what a formula would say, beside the formula.
//!
//! **Levels from phase shifts.** [`HeftData`] holds phase shifts in infinite volume and the levels that they cause in
//! periodic boxes. [`LevelNetwork`], the talk's, learns the one from the other at once, [`LuscherNetwork`] by way of a function of the
//! box; [`judge`] compares them with the levels, with Lüscher's formula ([`FromBoxPhase::oracle`]) and with predictions that only
//! interpolate the training set ([`NearestNeighbour`], [`KernelRidge`], [`MeanLevel`]).

mod box_phase;
mod constant_phase;
mod encoding;
mod heft_data;
mod heft_law;
mod kernel_ridge;
mod learned;
mod learned_phase;
mod level_network;
mod lookup;
mod luscher_network;
mod phases;
mod predictor;
mod regression;
mod score;
mod training;

pub use box_phase::{BoxPhase, LuscherPhase};
pub use constant_phase::{ConstantPhase, constant_phases};
pub use encoding::{LevelInput, LevelTarget};
pub use heft_data::{HeftData, HeftSpec};
pub use heft_law::{Drawn, HeftLaw};
pub use kernel_ridge::KernelRidge;
pub use learned::Learned;
pub use learned_phase::LearnedPhase;
pub use level_network::{LevelNetwork, LevelRecipe};
pub use lookup::{MeanLevel, NearestNeighbour};
pub use luscher_network::{LuscherNetwork, LuscherRecipe};
pub use phases::{Phases, STEEP};
pub use predictor::{FromBoxPhase, LevelPredictor};
pub use regression::{Fit, Regressor, Report, Rows};
pub use score::{Judged, RIGHT, Summary, judge};
pub use training::Training;
