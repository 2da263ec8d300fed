//! The O(3) model on a periodic lattice.

use super::{
    BETA, EXTENTS, MIXED_CLUSTERS, Model, Named, Sampled, checked_extents, mixed_clusters, spread,
};
use crate::action::O3;
use crate::density::Target;
use crate::ensemble::parameter::Values;
use crate::ensemble::sampler::{
    HMC, LANGEVIN, MALA, METROPOLIS, OwnedKernel, Sampler, WOLFF, continuous,
};
use crate::error::Result;
use crate::lattice::{Field, Sphere};
use crate::rng::Chains;
use crate::sampler::Wolff;

/// See the [module](self).
pub static TARGET: Named = Named {
    id: "o3",
    summary: "unit vectors of three components on a periodic lattice of any dimension",
    definition: "S = −β Σ_x Σ_μ s_x·s_{x+μ}, |s| = 1, uniform measure on the spheres",
    parameters: &[EXTENTS, BETA],
    methods: &[&WOLFF, &HMC, &METROPOLIS, &MALA, &LANGEVIN],
    mixed: &[MIXED_CLUSTERS],
    example: &[("extents", "4,6"), ("beta", "1")],
    make,
};

fn make(values: &Values) -> Result<Box<dyn Sampled>> {
    let extents = checked_extents(values)?;
    Ok(Box::new(O3::new(extents, values.real("beta"))?))
}

/// Rotations by three normal angles of this width leave no direction preferred.
const HOT: f64 = 3.0;

impl Model for O3 {
    type Values = Sphere<3>;

    fn target(&self) -> &dyn Target<Sphere<3>> {
        self
    }

    fn hot(&self, r: &mut Chains) -> Field<Sphere<3>> {
        spread(&self.neutral(r.count()), HOT, r)
    }

    fn kernel(&self, sampler: &Sampler) -> Result<OwnedKernel<'_, Sphere<3>>> {
        if sampler.method().id == WOLFF.id {
            let clusters = sampler.values().count("clusters");
            return Ok(Box::new(Wolff::new(self, clusters)?));
        }
        continuous(self, sampler)
    }

    fn mixed(&self, name: &str) -> Result<OwnedKernel<'_, Sphere<3>>> {
        mixed_clusters(self, name)
    }
}
