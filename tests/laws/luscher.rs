//! Laws of two particles in a box beyond equal masses at rest: kinematics, frames, curves, levels, phases.

mod curve;
mod fit;
mod frames;
mod kinematics;
mod phases;
mod spectrum;
mod zeta;
