//! Observables, one file a kind of field, with a row each in [`for_each_observable!`](crate::for_each_observable).
//!
//! ```
//! use std::sync::Arc;
//! use fieldassay::density::Observable;
//! use fieldassay::lattice::{Circle, Field, Lattice, one_instanton};
//! use fieldassay::observable::TopologicalCharge;
//! // A configuration of U(1) with the same flux through every plaquette.
//! let lattice = Arc::new(Lattice::new(&[4, 6])?);
//! let links: Field<Circle> = one_instanton(&lattice)?;
//! let mut q = [0.0];
//! TopologicalCharge.measure(&links, &mut q);
//! assert_eq!(q, [1.0]);
//! # Ok::<(), fieldassay::Error>(())
//! ```

mod correlator;
mod scalar;
mod spins;
mod u1;

pub use correlator::{Correlator, VirialEnergy};
pub use scalar::{AbsoluteMagnetisation, FieldPower, Link, Magnetisation, SquaredMagnetisation};
pub use spins::{HelicityModulus, VortexDensity};
pub use u1::{Plaquette, SineCharge, TopologicalCharge};

/// Calls a macro with every observable that all fields of its kind have: what its fields take their values in (`Vector`: any `Sphere`), variables a site,
/// and the observable.
#[macro_export]
macro_rules! for_each_observable {
    ($callback:ident) => {
        $callback! {
            RealLine, 1: FieldPower::new(2).unwrap();
            RealLine, 1: FieldPower::new(3).unwrap();
            RealLine, 1: FieldPower::new(4).unwrap();
            RealLine, 1: Magnetisation;
            RealLine, 1: AbsoluteMagnetisation;
            RealLine, 1: SquaredMagnetisation;
            RealLine, 1: Link;
            Spin, 1: Magnetisation;
            Spin, 1: AbsoluteMagnetisation;
            Spin, 1: SquaredMagnetisation;
            Spin, 1: Link;
            Circle, 1: SquaredMagnetisation;
            Circle, 1: Link;
            Vector, 1: SquaredMagnetisation;
            Vector, 1: Link;
            Circle, 2: Plaquette;
            Circle, 2: TopologicalCharge;
            Circle, 2: SineCharge;
        }
    };
}

/// As [`for_each_observable!`](crate::for_each_observable), of those that not every such field has: they depend on a
/// coupling, a distance or the dimension. The values are examples.
#[macro_export]
macro_rules! for_each_particular_observable {
    ($callback:ident) => {
        $callback! {
            RealLine, 1: Correlator { direction: 0, distance: 1 };
            RealLine, 1: Correlator { direction: 1, distance: 2 };
            RealLine, 1: VirialEnergy::new([0.7, -1.5, 0.4]).unwrap();
            Circle, 1: HelicityModulus { beta: 1.1 };
            Circle, 1: VortexDensity;
        }
    };
}
