//! Statistical tests: what the audit says of every claim and control, and whether the verdict
//! engine and the witnesses behind it keep the rates and digits that they declare.

mod baseline;
mod calibration;
mod claims;
mod complex_langevin;
mod exact_draws;
mod luscher;
mod mechanics;
mod sampler;
mod spins;
mod tempering;
mod witnesses;
mod zoo;
