//! Markov kernels, one file each.

mod heatbath_u1;
mod hmc;
mod integrator;
mod langevin;
mod metropolis;
mod von_mises;

pub use heatbath_u1::U1HeatBath;
pub use hmc::Hmc;
pub use integrator::{Integrator, Path, Trajectory};
pub use langevin::Langevin;
pub use metropolis::Metropolis;
pub use von_mises::von_mises;
