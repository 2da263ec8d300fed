//! Compact U(1) on a two-dimensional torus.

use super::{BETA, EXTENTS, Model, Named, Sampled, checked_extents, spread};
use crate::action::U1TwoD;
use crate::density::Target;
use crate::ensemble::parameter::{Kind, Parameter, Presence, Values};
use crate::ensemble::sampler::{
    HEAT_BATH, HMC, LANGEVIN, MALA, METROPOLIS, OwnedKernel, Sampler, continuous,
};
use crate::error::{Error, Result};
use crate::lattice::{Circle, Field};
use crate::rng::Chains;
use crate::sampler::{HeatBath, InstantonHit};

const HITS: &str = "instanton-hits";

/// See the [module](self).
pub static TARGET: Named = Named {
    id: "u1-2d",
    summary: "compact U(1) on a two-dimensional torus, Wilson's action",
    definition: "\
S = −β Σ_x cos θ_P(x), measure Π dθ/2π, with
θ_P(x) = θ_0(x) + θ_1(x+0̂) − θ_0(x+1̂) − θ_1(x)",
    parameters: &[EXTENTS, BETA],
    methods: &[&HMC, &HEAT_BATH, &METROPOLIS, &MALA, &LANGEVIN],
    mixed: &[Parameter {
        name: HITS,
        kind: Kind::Count { least: 0 },
        presence: Presence::Default("0"),
        meaning: "proposals of one unit of charge after each step",
    }],
    example: &[("extents", "4,6"), ("beta", "2")],
    make,
};

fn make(values: &Values) -> Result<Box<dyn Sampled>> {
    let extents = checked_extents(values)?;
    Ok(Box::new(U1TwoD::new(extents, values.real("beta"))?))
}

/// Uniform angles to within 2 %, whatever the density.
const HOT: f64 = std::f64::consts::PI;

impl Model for U1TwoD {
    type Values = Circle;

    fn target(&self) -> &dyn Target<Circle> {
        self
    }

    fn hot(&self, r: &mut Chains) -> Field<Circle> {
        spread(&self.neutral(r.count()), HOT, r)
    }

    fn kernel(&self, sampler: &Sampler) -> Result<OwnedKernel<'_, Circle>> {
        if sampler.method().id == HEAT_BATH.id {
            let reflections = sampler.values().count("reflections");
            return Ok(Box::new(HeatBath::new(self, reflections)?));
        }
        continuous(self, sampler)
    }

    fn mixed(&self, name: &str) -> Result<OwnedKernel<'_, Circle>> {
        if name != HITS {
            let expected = format!("{HITS} alone");
            return Err(Error::Unsupported {
                what: name.to_owned(),
                expected,
            });
        }
        Ok(Box::new(InstantonHit::new(self, self.lattice())?))
    }
}
