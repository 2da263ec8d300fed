//! Judges the golden records of a particle on a line, `quantum.json`, by [`crate::quantum`] and [`crate::oscillator`].

use serde_json::Value;

use crate::judged::{Worst, count, has, is_model, list, number, values};
use crate::oscillator::Oscillator;
use crate::quantum::{Particle, Potential};

/// Relative to the largest level: rounding of a diagonalisation whose largest entry is a thousand times that.
const CONTINUUM: f64 = 2e-12;

/// Relative; absolute for numbers below 1. The trapezoid sums and the spectrum of the transfer matrix are good to a few
/// parts in 1e14, and `lnZ` adds the logarithm of one eigenvalue `N` times.
const LATTICE: f64 = 1e-12;

/// Relative. Closed forms.
const CLOSED: f64 = 1e-13;

/// Whether the record is one of a particle on a line.
#[must_use]
pub fn is_one(record: &Value) -> bool {
    is_model(record, "particle")
}

/// The worst difference in units of its bar, and what was compared.
///
/// # Errors  a sentence that names the field that is missing or has another length.
pub fn judge(record: &Value) -> Result<(f64, String), String> {
    let coefficients = list(record, "potential")?;
    let particle = Particle {
        mass: number(record, "mass")?,
        potential: Potential {
            coefficients: coefficients
                .try_into()
                .map_err(|_| "potential: expected three numbers")?,
        },
    };
    let mut worst = Worst::default();
    if has(record, "E") {
        continuum(&mut worst, record, &particle)?;
        return worst.told(7);
    }
    let (spacing, times) = (number(record, "a")?, count(record, "N")? as usize);
    let separations: Vec<usize> = list(record, "separations")?
        .iter()
        .map(|&k| k as usize)
        .collect();
    let lattice = particle.lattice(spacing);
    let ring = lattice.ring(times);
    for (name, found) in [
        ("lnZ", vec![ring.ln_z]),
        ("x2", vec![ring.x2]),
        ("x4", vec![ring.x4]),
        ("dx2", vec![ring.dx2]),
        ("E0mom", vec![ring.e0_mom]),
        ("E_lat", (0..3).map(|n| lattice.level(n)).collect()),
        ("G2", lattice.g2(times, &separations)),
        ("G4_connected", lattice.g4_connected(times, &separations)),
    ] {
        near(&mut worst, record, name, &found, LATTICE)?;
    }
    worst.absolute("Schwinger-Dyson", ring.schwinger_dyson, LATTICE);
    let mut fewest = 9 + 2 * separations.len();
    let [constant, quadratic, quartic] = particle.potential.coefficients;
    if constant == 0.0 && quartic == 0.0 {
        let oscillator = Oscillator {
            mass: particle.mass,
            omega: (2.0 * quadratic / particle.mass).sqrt(),
            spacing,
            times,
        };
        closed(&mut worst, record, &oscillator, &separations)?;
        fewest += 7 + 2 * separations.len();
    }
    worst.told(fewest)
}

/// Against a golden number relative to it where it is above 1, and absolutely where it is not.
fn near(
    worst: &mut Worst,
    record: &Value,
    name: &str,
    found: &[f64],
    bar: f64,
) -> Result<(), String> {
    let golden = values(record, name)?;
    if golden.len() != found.len() {
        return Err(format!("{name}: {} numbers", golden.len()));
    }
    for (found, golden) in found.iter().zip(golden) {
        worst.absolute(name, (found - golden) / golden.abs().max(1.0), bar);
    }
    Ok(())
}

fn continuum(worst: &mut Worst, record: &Value, particle: &Particle) -> Result<(), String> {
    let found = particle.continuum();
    near(worst, record, "E", &found.energies[..4], CONTINUUM)?;
    near(worst, record, "x2", &[found.x2], CONTINUUM)?;
    near(worst, record, "x4", &[found.x4], CONTINUUM)?;
    near(
        worst,
        record,
        "x01_squared",
        &[found.x01_squared],
        CONTINUUM,
    )
}

fn closed(
    worst: &mut Worst,
    record: &Value,
    oscillator: &Oscillator,
    separations: &[usize],
) -> Result<(), String> {
    let x2 = oscillator.g2(0);
    let each = |f: &dyn Fn(usize) -> f64| separations.iter().map(|&k| f(k)).collect::<Vec<_>>();
    let levels: Vec<f64> = (0..3).map(|n| oscillator.level(n)).collect();
    worst.against(record, "lnZ", &[oscillator.ln_z()], CLOSED)?;
    worst.against(record, "x2", &[x2], CLOSED)?;
    worst.against(record, "x4", &[3.0 * x2 * x2], CLOSED)?;
    worst.against(record, "dx2", &[2.0 * (x2 - oscillator.g2(1))], CLOSED)?;
    worst.against(record, "E_lat", &levels, CLOSED)?;
    worst.against(record, "G2", &each(&|k| oscillator.g2(k)), CLOSED)?;
    let g4 = each(&|k| oscillator.g4_connected(k));
    worst.against(record, "G4_connected", &g4, CLOSED)
}
