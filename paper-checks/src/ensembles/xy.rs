//! The XY model: heat bath with reflections, and clusters.

use fieldassay::Result;
use fieldassay::action::Xy;
use fieldassay::density::{Observable, Target};
use fieldassay::lattice::{Circle, Field};
use fieldassay::observable::{HelicityModulus, Link, SquaredMagnetisation, VortexDensity};
use fieldassay::sampler::{HeatBath, Sequence, Wolff};

use super::run::{CHAINS, Run};
use super::{Ensemble, Family, judge};

/// Of one ensemble.
pub(super) fn family(ensemble: &Ensemble<'_>) -> Result<Family> {
    let (length, temperature) = (
        ensemble.number("L")? as usize,
        ensemble.number("temperature")?,
    );
    let beta = 1.0 / temperature;
    let xy = Xy::new(&[length, length], beta)?;
    let v = (length * length) as f64;
    let mut kernel = Sequence::<Circle>(vec![
        Box::new(HeatBath::new(&xy, 2)?),
        Box::new(Wolff::new(&xy, 1)?),
    ]);
    // e, e², Υ, |m|, m², m⁴, vortices.
    let measure = |q: &Field<Circle>, out: &mut [f64]| {
        let mut rows = out.chunks_exact_mut(CHAINS);
        let [e, e2, helicity, abs_m, m2, m4, vortex] =
            std::array::from_fn(|_| rows.next().expect("seven quantities"));
        Link.measure(q, e);
        HelicityModulus { beta }.measure(q, helicity);
        SquaredMagnetisation.measure(q, m2);
        VortexDensity.measure(q, vortex);
        for chain in 0..CHAINS {
            e[chain] = -e[chain];
            e2[chain] = e[chain] * e[chain];
            m2[chain] /= v;
            abs_m[chain] = m2[chain].sqrt();
            m4[chain] = m2[chain] * m2[chain];
        }
    };
    let derive = |means: &[f64]| {
        let [e, e2, helicity, abs_m, m2, m4, vortex] = means else {
            unreachable!("seven quantities")
        };
        let c = beta * beta * v * (e2 - e * e);
        vec![
            *e,
            c,
            *helicity,
            *abs_m,
            *m2,
            1.0 - m4 / (3.0 * m2 * m2),
            *vortex,
        ]
    };
    let names = ["e", "c", "helicity", "absm", "m2", "binder", "vortex"];
    let run = Run {
        name: &ensemble.name,
        start: xy.neutral(CHAINS),
        kernel: &mut kernel,
        measure: &measure,
        primaries: names.len(),
        derive: &derive,
        names: names.map(str::to_owned).to_vec(),
    };
    let found = run.until(ensemble.twice_the_errors())?;
    judge(ensemble, &found, |_| true)
}
