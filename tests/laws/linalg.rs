//! Linear algebra: identities that hold for every matrix, on easy and on hard ones.
//!
//! Bounds are those of the `# Accuracy` sections: a residual is divided by its unit (`nε‖A‖` and the
//! like) and compared with the documented factor, so that the documentation itself is under test.

pub mod ensemble;
mod lanes;
mod products;
mod refusals;
mod spectra;
mod systems;
