//! Lattices, and fields on them.
//!
//! ```
//! use std::sync::Arc;
//! use fieldassay::lattice::{Field, Lattice, RealLine};
//! // Three chains of a scalar field on a 4 × 6 lattice.
//! let lattice = Arc::new(Lattice::new(&[4, 6])?);
//! let mut phi = Field::<RealLine>::neutral(&lattice, 1, 3);
//! let site = lattice.site(&[-1, 2]);
//! phi.set(site, 0, 2, 0.5);
//! assert_eq!(lattice.coordinates(site), [3, 2]);
//! assert_eq!(phi.get(site, 0, 2), 0.5);
//! # Ok::<(), fieldassay::Error>(())
//! ```
//!
//! Laws: `tests/laws/lattice`.

mod field;
mod geometry;
mod manifold;
mod moves;
mod plaquette;
mod spin;
mod sum;

pub use field::{Field, Tangent};
pub use geometry::Lattice;
pub use manifold::{Circle, Continuous, Manifold, RealLine, kinetic_energy, wrap};
pub use moves::{Propose, Reflect};
pub use plaquette::{bond_angles, one_instanton, plaquette_angles};
pub use spin::{Sphere, Spin};
pub use sum::ChainSum;
