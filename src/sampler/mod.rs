//! Markov kernels, one file each.

mod heatbath;
mod hmc;
mod instanton;
mod integrator;
mod langevin;
mod metropolis;
mod multi_spin;
mod sequence;
mod von_mises;
mod wolff;

pub use heatbath::HeatBath;
pub use hmc::Hmc;
pub use instanton::InstantonHit;
pub use integrator::{Integrator, Path, Trajectory};
pub use langevin::Langevin;
pub use metropolis::{Metropolis, Rule};
pub use multi_spin::MultiSpin;
pub use sequence::Sequence;
pub use von_mises::von_mises;
pub use wolff::Wolff;
