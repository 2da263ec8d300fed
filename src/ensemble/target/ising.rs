//! The Ising model on a periodic lattice.

use super::{
    BETA, EXTENTS, MIXED_CLUSTERS, Model, Named, Sampled, checked_extents, mixed_clusters,
};
use crate::action::Ising;
use crate::density::Target;
use crate::ensemble::parameter::Values;
use crate::ensemble::sampler::{FLIPS, MULTI_SPIN, OwnedKernel, Sampler, WOLFF, unsupported};
use crate::error::Result;
use crate::lattice::{Field, Spin};
use crate::rng::Chains;
use crate::sampler::{Metropolis, MultiSpin, Rule, Wolff};

/// See the [module](self).
pub static TARGET: Named = Named {
    id: "ising",
    summary: "Ising spins on a periodic lattice of any dimension",
    definition: "S = −β Σ_x Σ_μ s_x s_{x+μ}, s = ±1",
    parameters: &[EXTENTS, BETA],
    methods: &[&FLIPS, &MULTI_SPIN, &WOLFF],
    mixed: &[MIXED_CLUSTERS],
    example: &[("extents", "4,6"), ("beta", "0.4")],
    make,
};

fn make(values: &Values) -> Result<Box<dyn Sampled>> {
    let extents = checked_extents(values)?;
    Ok(Box::new(Ising::new(extents, values.real("beta"))?))
}

impl Model for Ising {
    type Values = Spin;

    fn target(&self) -> &dyn Target<Spin> {
        self
    }

    fn hot(&self, r: &mut Chains) -> Field<Spin> {
        let mut hot = self.neutral(r.count());
        let mut uniforms = vec![0.0; hot.numbers().len()];
        r.uniform(&mut uniforms);
        for (spin, u) in hot.numbers_mut().iter_mut().zip(uniforms) {
            *spin = if u < 0.5 { -1 } else { 1 };
        }
        hot
    }

    fn kernel(&self, sampler: &Sampler) -> Result<OwnedKernel<'_, Spin>> {
        let values = sampler.values();
        Ok(match sampler.method().id {
            "metropolis" => {
                let rule = match values.word("rule") {
                    "glauber" => Rule::Glauber,
                    _ => Rule::Metropolis,
                };
                Box::new(Metropolis::flips(self).with(rule).checkerboard())
            }
            "multispin" => Box::new(MultiSpin::new(self, values.count("sweeps"))?),
            "wolff" => Box::new(Wolff::new(self, values.count("clusters"))?),
            other => return Err(unsupported(other, "ising")),
        })
    }

    fn mixed(&self, name: &str) -> Result<OwnedKernel<'_, Spin>> {
        mixed_clusters(self, name)
    }
}
