//! Lattice φ⁴ in one to four dimensions, in the three forms in use.

use super::{
    EXTENTS, MIXED_CLUSTERS, Model, Named, Sampled, checked_extents, mixed_clusters, spread,
};
use crate::action::{Couplings, Phi4};
use crate::density::Target;
use crate::ensemble::columns::OwnedObservable;
use crate::ensemble::parameter::{Kind, Parameter, Presence, Values};
use crate::ensemble::sampler::{HMC, LANGEVIN, MALA, METROPOLIS, OwnedKernel, Sampler, continuous};
use crate::error::{Error, Result};
use crate::lattice::{Field, RealLine};
use crate::observable::Correlator;
use crate::rng::Chains;

const fn coupling(name: &'static str, meaning: &'static str) -> Parameter {
    Parameter {
        name,
        kind: Kind::Real,
        presence: Presence::Optional,
        meaning,
    }
}

/// See the [module](self).
pub static TARGET: Named = Named {
    id: "phi4",
    summary: "scalar field with a quartic self-interaction, periodic, one to four dimensions",
    definition: "\
(a) --kappa --lambda   S = Σ[−2κ Σ_μ φφ_{+μ} + (1−2λ) φ² + λ φ⁴]
(b) --m2 --lambda      S = Σ[Σ_μ (φ_{+μ}−φ)² + m² φ² + λ φ⁴]
(c) --m2 --lambda0     S = Σ[½ Σ_μ (φ_{+μ}−φ)² + ½ m² φ² + λ₀/4! φ⁴]",
    parameters: &[
        EXTENTS,
        coupling("kappa", "κ of form (a)"),
        coupling("m2", "m² of forms (b) and (c)"),
        coupling("lambda", "λ of forms (a) and (b)"),
        coupling("lambda0", "λ₀ of form (c)"),
    ],
    methods: &[&HMC, &MALA, &LANGEVIN, &METROPOLIS],
    mixed: &[MIXED_CLUSTERS],
    example: &[("extents", "4,6"), ("m2", "-4"), ("lambda", "8")],
    make,
};

fn make(values: &Values) -> Result<Box<dyn Sampled>> {
    let extents = checked_extents(values)?;
    let (d, of) = (extents.len(), |name| values.optional_real(name));
    let couplings = match (of("kappa"), of("m2"), of("lambda"), of("lambda0")) {
        (Some(kappa), None, Some(lambda), None) => Couplings::from_kappa(kappa, lambda),
        (None, Some(m2), Some(lambda), None) => Couplings::from_mass_squared(m2, lambda, d),
        (None, Some(m2), None, Some(lambda0)) => Couplings::from_continuum(m2, lambda0, d),
        (kappa, m2, lambda, lambda0) => {
            let given = [
                ("kappa", kappa),
                ("m2", m2),
                ("lambda", lambda),
                ("lambda0", lambda0),
            ];
            let names = given.iter().filter(|(_, value)| value.is_some());
            let names: Vec<&str> = names.map(|(name, _)| *name).collect();
            let found = match names.as_slice() {
                [] => "nothing".to_owned(),
                names => names.join(" and "),
            };
            let expected = "--kappa and --lambda (form a), --m2 and --lambda (form b), or --m2 and --lambda0 (form c)";
            return Err(Error::argument("couplings", found, expected));
        }
    };
    let quartic = if of("lambda").is_some() {
        "lambda"
    } else {
        "lambda0"
    };
    let phi4 = Phi4::new(extents, couplings).map_err(|error| match error {
        Error::Argument {
            field,
            found,
            expected,
        } if field == "couplings" => Error::argument(quartic, found, expected),
        other => other,
    })?;
    Ok(Box::new(phi4))
}

/// The width `w` of a site's own density, `2A w² + 12G w⁴ = 1`: a wider start would be one that no trajectory leaves.
fn width(couplings: Couplings) -> f64 {
    let (a, g) = (couplings.quadratic, couplings.quartic);
    let root = 48.0_f64.mul_add(g, 4.0 * a * a).sqrt();
    let square = if a > 0.0 {
        2.0 / 2.0_f64.mul_add(a, root)
    } else {
        2.0_f64.mul_add(-a, root) / (24.0 * g)
    };
    square.sqrt()
}

impl Model for Phi4 {
    type Values = RealLine;

    fn target(&self) -> &dyn Target<RealLine> {
        self
    }

    fn hot(&self, r: &mut Chains) -> Field<RealLine> {
        spread(&self.neutral(r.count()), width(self.couplings()), r)
    }

    fn kernel(&self, sampler: &Sampler) -> Result<OwnedKernel<'_, RealLine>> {
        continuous(self, sampler)
    }

    /// The correlator along the first direction.
    fn particular(&self) -> Vec<(String, OwnedObservable<RealLine>)> {
        correlators(self.lattice().extents()[0])
    }

    fn mixed(&self, name: &str) -> Result<OwnedKernel<'_, RealLine>> {
        mixed_clusters(self, name)
    }
}

/// `C(t)` up to half of the extent of the first direction.
pub(super) fn correlators(extent: usize) -> Vec<(String, OwnedObservable<RealLine>)> {
    let of = |distance: usize| -> (String, OwnedObservable<RealLine>) {
        let correlator = Correlator {
            direction: 0,
            distance,
        };
        (format!("correlator_{distance}"), Box::new(correlator))
    };
    (0..=extent / 2).map(of).collect()
}
