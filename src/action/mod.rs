//! Actions, one file each, with a row in [`for_each_action!`](crate::for_each_action) that gives an action its laws. Complex
//! actions, which are no densities, have none.
//!
//! ```
//! use fieldassay::action::{Couplings, Phi4};
//! use fieldassay::density::{Aux, Info, Kernel, Target};
//! use fieldassay::sampler::{Hmc, Integrator, Trajectory};
//! use fieldassay::Seed;
//! // Four chains of φ⁴ on 8 × 8, trajectories of unit length.
//! let phi4 = Phi4::new(&[8, 8], Couplings::from_mass_squared(-4.0, 8.0, 2))?;
//! let mut hmc = Hmc::new(&phi4, Trajectory::new(Integrator::Leapfrog, 0.1, 10)?)?;
//! let (mut phi, mut r) = (phi4.neutral(4), Seed(1).chains("example", 4));
//! let (mut aux, mut info) = (Aux::default(), Info::default());
//! for _ in 0..10 {
//!     hmc.step(&mut phi, &mut aux, &mut r, &mut info);
//! }
//! assert!(info.delta_h.iter().all(|delta_h| delta_h.abs() < 5.0));
//! # Ok::<(), fieldassay::Error>(())
//! ```

mod complex_phi4;
mod ising;
mod o_n;
mod path_integral;
mod phi4;
mod u1_2d;
mod xy;

pub use complex_phi4::ComplexPhi4;
pub use ising::Ising;
pub use o_n::ON;
pub use path_integral::{PathIntegral, Potential};
pub use phi4::{Couplings, Phi4};
pub use u1_2d::U1TwoD;
pub use xy::Xy;

use crate::density::Target;
use crate::error::Result;
use crate::lattice::Manifold;

/// Heisenberg's model.
pub type O3 = ON<3>;
/// The O(4) model.
pub type O4 = ON<4>;

/// A density that the laws can make examples of.
pub trait Example: Target<Self::Values> + Sized {
    /// What its fields take their values in.
    type Values: Manifold;

    /// Small lattices of every shape that the code treats in its own way, with couplings of both signs where they may
    /// have either.
    ///
    /// # Errors  none; `Result` as all constructors.
    fn examples() -> Result<Vec<Self>>;
}

/// Calls a macro with every density without a force: its file, and its type.
#[macro_export]
macro_rules! for_each_discrete {
    ($callback:ident) => {
        $callback! {
            ising: Ising;
        }
    };
}

/// Calls a macro with every action: its file, and its type.
#[macro_export]
macro_rules! for_each_action {
    ($callback:ident) => {
        $callback! {
            o_n: O3;
            o_n: O4;
            path_integral: PathIntegral;
            phi4: Phi4;
            u1_2d: U1TwoD;
            xy: Xy;
        }
    };
}
