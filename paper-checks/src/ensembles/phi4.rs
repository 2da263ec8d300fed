//! φ⁴: hybrid Monte Carlo, and clusters of its signs.

use fieldassay::Result;
use fieldassay::action::{Couplings, Phi4};
use fieldassay::density::{Aux, Observable, Target};
use fieldassay::lattice::{Field, RealLine};
use fieldassay::observable::{Correlator, FieldPower, Link, SquaredMagnetisation};
use fieldassay::sampler::{Hmc, Integrator, Sequence, Trajectory, Wolff};
use fieldassay::special::gauss_legendre;
use fieldassay::stats::Estimate;
use fieldassay_reference::quadrature;

use super::run::{CHAINS, Found, Run};
use super::{Ensemble, Family, judge};

/// Quantities before the correlator: M²/V, |M|/V, (M²/V)², φ², φ⁴, link, S/V, (S/V)².
const LOCAL: usize = 8;

/// Runs φ⁴ and measures all that the records know.
fn run(
    name: &str,
    length: usize,
    couplings: Couplings,
    errors: impl Fn(&str) -> f64,
) -> Result<Found> {
    let phi4 = Phi4::new(&[length, length], couplings)?;
    let (v, half) = ((length * length) as f64, length / 2);
    let omelyan = Trajectory::new(Integrator::Omelyan, step(&couplings), 8)?;
    // Ordered: from zero, deep in the broken phase, domains freeze.
    let mut start = phi4.neutral(CHAINS);
    start.numbers_mut().fill(valley(&couplings).sqrt());
    let mut kernel = Sequence::<RealLine>(vec![
        Box::new(Hmc::new(&phi4, omelyan)?),
        Box::new(Wolff::new(&phi4, 1)?),
    ]);
    let (square, quartic) = (FieldPower::new(2)?, FieldPower::new(4)?);
    let measure = |q: &Field<RealLine>, out: &mut [f64]| {
        let (local, correlator) = out.split_at_mut(LOCAL * CHAINS);
        let mut rows = local.chunks_exact_mut(CHAINS);
        let [m2, abs_m, m4, phi2, phi4_mean, link, s, s2] =
            std::array::from_fn(|_| rows.next().expect("eight quantities"));
        SquaredMagnetisation.measure(q, m2);
        square.measure(q, phi2);
        quartic.measure(q, phi4_mean);
        Link.measure(q, link);
        phi4.value(q, &Aux::default(), s);
        for chain in 0..CHAINS {
            abs_m[chain] = (m2[chain] / v).sqrt();
            m4[chain] = m2[chain] * m2[chain];
            s[chain] /= v;
            s2[chain] = s[chain] * s[chain];
        }
        let mut other = [0.0; CHAINS];
        for (distance, c) in correlator.chunks_exact_mut(CHAINS).enumerate() {
            let along = |direction: usize| Correlator {
                direction,
                distance,
            };
            along(0).measure(q, c);
            along(1).measure(q, &mut other);
            for (c, other) in c.iter_mut().zip(&other) {
                *c = 0.5 * (*c + other);
            }
        }
    };
    let derive = |means: &[f64]| {
        let (local, c) = means.split_at(LOCAL);
        let &[m2, abs_m, m4, phi2, phi4, link, s, s2] = local else {
            unreachable!("eight quantities")
        };
        let binder = 1.0 - m4 / (3.0 * m2 * m2);
        let (variance, connected) = (v * (s2 - s * s), m2 - v * abs_m * abs_m);
        let local = [
            m2,
            abs_m,
            binder,
            phi2,
            phi4,
            link,
            0.5 * link,
            s,
            variance,
            connected,
        ];
        // Far away the noise may leave no mass: such a distance is not asked for.
        let mass = |t: usize| {
            let ahead = if t == half { c[t - 1] } else { c[t + 1] };
            ((c[t - 1] + ahead) / (2.0 * c[t])).max(1.0).acosh()
        };
        let masses: Vec<f64> = (1..=half).map(mass).collect();
        let average = length as f64 * masses.iter().sum::<f64>() / half as f64;
        [&local[..], c, &masses, &[average]].concat()
    };
    let local = [
        "chi2",
        "absM",
        "binder",
        "phi2",
        "phi4",
        "link",
        "ising_E",
        "action",
        "varS_per_site",
        "suscept_conn",
    ];
    let mut names = local.map(str::to_owned).to_vec();
    names.extend((0..=half).map(|t| format!("C{t}")));
    names.extend((1..=half).map(|t| format!("meff{t}")));
    names.push("mpL_avg".to_owned());
    let run = Run {
        name,
        start,
        kernel: &mut kernel,
        measure: &measure,
        primaries: LOCAL + half + 1,
        derive: &derive,
        names,
    };
    run.until(errors)
}

/// `φ²` of the lowest constant field, `(2dK − A)/2G` if that is positive.
fn valley(couplings: &Couplings) -> f64 {
    let Couplings {
        hopping,
        quadratic,
        quartic,
    } = *couplings;
    ((4.0 * hopping - quadratic) / (2.0 * quartic)).max(0.0)
}

/// Of a length that fits the curvature of the action there: deep in the broken phase some thirty, elsewhere some eight.
fn step(couplings: &Couplings) -> f64 {
    let square = valley(couplings);
    let curvature =
        2.0 * couplings.quadratic + 12.0 * couplings.quartic * square + 4.0 * couplings.hopping;
    0.7 / curvature.abs().max(4.0).sqrt()
}

/// Of one ensemble.
pub(super) fn family(ensemble: &Ensemble<'_>) -> Result<Family> {
    let length = ensemble.number("L")? as usize;
    let couplings = Couplings {
        hopping: ensemble.number("hopping")?,
        quadratic: ensemble.number("quadratic")?,
        quartic: ensemble.number("quartic")?,
    };
    let errors = ensemble.twice_the_errors();
    if ensemble.records[0].parameter_str("observable")? == "logZ_per_site" {
        let found = ln_z(&ensemble.name, length, couplings, errors("logZ_per_site"))?;
        return judge(ensemble, &found, |_| true);
    }
    let found = run(&ensemble.name, length, couplings, errors)?;
    judge(ensemble, &found, |name| {
        let dependent = ["ising_E", "action", "suscept_conn", "C0", "mpL_avg"];
        !dependent.contains(&name) && !name.starts_with("meff")
    })
}

/// `ln Z/V = ln z₁ + ∫₀^κ 2⟨link⟩ dκ'`, from sites that do not know each other, eight nodes.
fn ln_z(name: &str, length: usize, couplings: Couplings, error: f64) -> Result<Found> {
    let kappa = couplings.hopping;
    let single = |phi: f64| {
        let square = phi * phi;
        (-square * couplings.quartic.mul_add(square, couplings.quadratic)).exp()
    };
    let z = quadrature::line(single, 15.0, 0.01);
    let (mut value, mut variance, mut measurements) = (z.ln(), 0.0, 0);
    for (at, weight) in gauss_legendre(8, 0.0, kappa) {
        let weight = 2.0 * weight;
        let couplings = Couplings {
            hopping: at,
            ..couplings
        };
        // Eight errors of 2w·asked each, in squares: 0.7 of what is wanted.
        let asked = error / kappa;
        let wanted = |name: &str| if name == "link" { asked } else { f64::INFINITY };
        let found = run(&format!("{name}/{at}"), length, couplings, wanted)?;
        let link = &found.estimates[found.place("link")?];
        value += weight * link.value();
        variance += (weight * link.error()).powi(2);
        measurements += found.measurements;
    }
    let estimate = Estimate::new(value, variance.sqrt(), None)?;
    Ok(Found::single("logZ_per_site", estimate, measurements))
}
