//! Slow, obvious, independent witnesses for `fieldassay`.
//!
//! Nothing here is shared with the main crate: no faer, no special functions, no random streams, no
//! quadrature rules. Where `f64` is not enough, the arithmetic is this crate's own double-double,
//! or fixed point on big integers (`num-bigint`).

pub mod broken_line;
pub mod classification;
pub mod convergence;
pub mod convolution;
pub mod dd;
pub mod dual;
pub mod elementary;
pub mod field_network;
pub mod fixed;
pub mod free_field;
pub mod free_field_golden;
pub mod gamma_method;
pub mod gauss;
pub mod heft;
pub mod heft_box;
pub mod heft_golden;
pub mod hmc_golden;
pub mod importance;
pub mod ising;
pub mod ising_golden;
pub mod jet;
pub mod judged;
pub mod kolmogorov;
pub mod langevin_golden;
pub mod langevin_laws;
pub mod linalg;
pub mod markov;
pub mod molecular_dynamics;
pub mod network;
pub mod optimize;
pub mod oscillator;
pub mod phi4;
pub mod phi4_couplings;
pub mod phi4_golden;
pub mod phi4_magnetisation;
pub mod phi4_square;
pub mod probability;
pub mod quadrature;
pub mod quantum;
pub mod quantum_golden;
pub mod quantum_lattice;
pub mod refined;
pub mod resampling;
pub mod reweighting;
pub mod schwinger;
pub mod separable_box;
pub mod shifted_zeta;
pub mod spin_ring;
pub mod spline;
pub mod two_body;
pub mod u1_convolution;
pub mod u1_golden;
pub mod u1_torus;
pub mod xy_flux;
pub mod xy_golden;
pub mod xy_square;
pub mod zeta;
