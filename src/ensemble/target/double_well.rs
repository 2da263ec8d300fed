//! Paths of a particle in a double well.

use super::phi4::correlators;
use super::{Model, Named, Sampled, spread};
use crate::action::{PathIntegral, Potential};
use crate::density::Target;
use crate::ensemble::columns::OwnedObservable;
use crate::ensemble::parameter::{Kind, Parameter, Presence, Values};
use crate::ensemble::sampler::{HMC, LANGEVIN, MALA, METROPOLIS, OwnedKernel, Sampler, continuous};
use crate::error::Result;
use crate::lattice::{Field, RealLine};
use crate::observable::VirialEnergy;
use crate::rng::Chains;

pub(super) const POINTS: Parameter = Parameter {
    name: "points",
    kind: Kind::Count { least: 1 },
    presence: Presence::Required,
    meaning: "points of a path",
};

pub(super) const SPACING: Parameter = Parameter {
    name: "spacing",
    kind: Kind::Positive,
    presence: Presence::Required,
    meaning: "a, their distance in Euclidean time",
};

pub(super) const MASS: Parameter = Parameter {
    name: "mass",
    kind: Kind::Positive,
    presence: Presence::Default("1"),
    meaning: "m",
};

/// See the [module](self).
pub static TARGET: Named = Named {
    id: "double-well",
    summary: "paths of a particle in a double well, periodic in Euclidean time",
    definition: "S = Σ_i [m (x_{i+1} − x_i)²/2a + a λ (x_i² − f²)²]",
    parameters: &[
        POINTS,
        SPACING,
        MASS,
        Parameter {
            name: "lambda",
            kind: Kind::Positive,
            presence: Presence::Default("1"),
            meaning: "λ",
        },
        Parameter {
            name: "f2",
            kind: Kind::Real,
            presence: Presence::Required,
            meaning: "f²",
        },
    ],
    methods: &[&HMC, &MALA, &LANGEVIN, &METROPOLIS],
    mixed: &[],
    example: &[("points", "20"), ("spacing", "0.25"), ("f2", "1")],
    make,
};

fn make(values: &Values) -> Result<Box<dyn Sampled>> {
    let potential = Potential::DoubleWell {
        lambda: values.real("lambda"),
        f2: values.real("f2"),
    };
    Ok(Box::new(PathIntegral::new(
        values.count("points"),
        values.real("spacing"),
        values.real("mass"),
        potential,
    )?))
}

impl Model for PathIntegral {
    type Values = RealLine;

    fn target(&self) -> &dyn Target<RealLine> {
        self
    }

    /// As wide as a path of free steps is from one point to the next.
    fn hot(&self, r: &mut Chains) -> Field<RealLine> {
        let width = (self.spacing() / self.mass()).sqrt();
        spread(&self.neutral(r.count()), width, r)
    }

    fn particular(&self) -> Vec<(String, OwnedObservable<RealLine>)> {
        let mut all = correlators(self.neutral(1).lattice().extents()[0]);
        let coefficients = self.potential().coefficients(self.mass());
        let energy = VirialEnergy::new(coefficients).expect("a potential that was accepted");
        all.push(("virial_energy".to_owned(), Box::new(energy)));
        all
    }

    fn kernel(&self, sampler: &Sampler) -> Result<OwnedKernel<'_, RealLine>> {
        continuous(self, sampler)
    }
}
