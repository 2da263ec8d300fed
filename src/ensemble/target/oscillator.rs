//! Paths of a particle in a harmonic potential.

use super::double_well::{MASS, POINTS, SPACING};
use super::{Named, Sampled};
use crate::action::{PathIntegral, Potential};
use crate::ensemble::parameter::{Kind, Parameter, Presence, Values};
use crate::ensemble::sampler::{HMC, LANGEVIN, MALA, METROPOLIS};
use crate::error::Result;

/// See the [module](self).
pub static TARGET: Named = Named {
    id: "oscillator",
    summary: "paths of a particle in a harmonic potential, periodic in Euclidean time",
    definition: "S = Σ_i [m (x_{i+1} − x_i)²/2a + a m ω² x_i²/2]",
    parameters: &[
        POINTS,
        SPACING,
        MASS,
        Parameter {
            name: "frequency",
            kind: Kind::Positive,
            presence: Presence::Default("1"),
            meaning: "ω",
        },
    ],
    methods: &[&HMC, &MALA, &LANGEVIN, &METROPOLIS],
    mixed: &[],
    example: &[("points", "20"), ("spacing", "0.5")],
    make,
};

fn make(values: &Values) -> Result<Box<dyn Sampled>> {
    let frequency = values.real("frequency");
    Ok(Box::new(PathIntegral::new(
        values.count("points"),
        values.real("spacing"),
        values.real("mass"),
        Potential::Oscillator { frequency },
    )?))
}
