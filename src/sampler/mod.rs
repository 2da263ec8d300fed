//! Markov kernels, one file each.

mod baseline;
mod candidate;
mod complex_langevin;
mod free_field;
mod heatbath;
mod hmc;
mod instanton;
mod integrator;
mod langevin;
mod metropolis;
mod multi_spin;
mod sequence;
mod tempering;
mod torus_draws;
mod von_mises;
mod wolff;

pub use baseline::Protocol;
pub use candidate::{Baseline, Candidate, Standing};
pub use complex_langevin::{ComplexLangevin, DriftTail, Tail, TailKind};
pub use free_field::FreeField;
pub use heatbath::HeatBath;
pub use hmc::Hmc;
pub use instanton::InstantonHit;
pub use integrator::{Integrator, Path, Trajectory};
pub use langevin::Langevin;
pub use metropolis::{Metropolis, Rule};
pub use multi_spin::MultiSpin;
pub use sequence::Sequence;
pub use tempering::{Exchanges, Rung, Tempering};
pub use torus_draws::TorusDraws;
pub use von_mises::von_mises;
pub use wolff::Wolff;
