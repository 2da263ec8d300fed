//! The XY model on a periodic lattice.

use super::{
    BETA, EXTENTS, MIXED_CLUSTERS, Model, Named, Sampled, checked_extents, mixed_clusters, spread,
};
use crate::action::Xy;
use crate::density::Target;
use crate::ensemble::columns::OwnedObservable;
use crate::ensemble::parameter::Values;
use crate::ensemble::sampler::{
    HEAT_BATH, HMC, LANGEVIN, MALA, METROPOLIS, OwnedKernel, Sampler, WOLFF, continuous,
};
use crate::error::Result;
use crate::lattice::{Circle, Field};
use crate::observable::{HelicityModulus, VortexDensity};
use crate::rng::Chains;
use crate::sampler::{HeatBath, Wolff};

/// See the [module](self).
pub static TARGET: Named = Named {
    id: "xy",
    summary: "the XY model on a periodic lattice of any dimension",
    definition: "S = −β Σ_x Σ_μ cos(θ_x − θ_{x+μ}), measure Π dθ/2π",
    parameters: &[EXTENTS, BETA],
    methods: &[&HEAT_BATH, &WOLFF, &HMC, &METROPOLIS, &MALA, &LANGEVIN],
    mixed: &[MIXED_CLUSTERS],
    example: &[("extents", "4,6"), ("beta", "1")],
    make,
};

fn make(values: &Values) -> Result<Box<dyn Sampled>> {
    let extents = checked_extents(values)?;
    Ok(Box::new(Xy::new(extents, values.real("beta"))?))
}

/// Uniform angles to within 2 %.
const HOT: f64 = std::f64::consts::PI;

impl Model for Xy {
    type Values = Circle;

    fn target(&self) -> &dyn Target<Circle> {
        self
    }

    fn hot(&self, r: &mut Chains) -> Field<Circle> {
        spread(&self.neutral(r.count()), HOT, r)
    }

    fn particular(&self) -> Vec<(String, OwnedObservable<Circle>)> {
        let helicity = HelicityModulus { beta: self.beta() };
        let mut all: Vec<(String, OwnedObservable<Circle>)> =
            vec![("helicity_modulus".to_owned(), Box::new(helicity))];
        if self.lattice().dimension() == 2 {
            all.push(("vortex_density".to_owned(), Box::new(VortexDensity)));
        }
        all
    }

    fn kernel(&self, sampler: &Sampler) -> Result<OwnedKernel<'_, Circle>> {
        let values = sampler.values();
        Ok(match sampler.method().id {
            "heatbath" => Box::new(HeatBath::new(self, values.count("reflections"))?),
            "wolff" => Box::new(Wolff::new(self, values.count("clusters"))?),
            _ => return continuous(self, sampler),
        })
    }

    fn mixed(&self, name: &str) -> Result<OwnedKernel<'_, Circle>> {
        mixed_clusters(self, name)
    }
}
