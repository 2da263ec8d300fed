//! Markov kernels, one file each.

mod heatbath;
mod hmc;
mod instanton;
mod integrator;
mod langevin;
mod metropolis;
mod sequence;
mod von_mises;

pub use heatbath::HeatBath;
pub use hmc::Hmc;
pub use instanton::InstantonHit;
pub use integrator::{Integrator, Path, Trajectory};
pub use langevin::Langevin;
pub use metropolis::Metropolis;
pub use sequence::Sequence;
pub use von_mises::von_mises;
