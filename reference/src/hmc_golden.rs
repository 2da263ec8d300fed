//! Judges the golden trajectories, `hmc.json`, by [`crate::molecular_dynamics`].

use serde_json::Value;

use crate::judged::{Worst, count, is_model, list, number, values};
use crate::molecular_dynamics::{Model, kinetic_energy, parts, sites, trajectory};

/// Absolute, for numbers from 0.1 to some hundred: up to sixty kicks, each rounded in the last of sixteen digits.
const BAR: f64 = 1e-12;

/// Whether the record is a trajectory.
#[must_use]
pub fn is_one(record: &Value) -> bool {
    let model = is_model(record, "phi4") || is_model(record, "u1-2d");
    model && record["parameters"].get("scheme").is_some()
}

/// The worst difference in units of its bar, and what was compared.
///
/// # Errors  a sentence that names the field that is missing or unknown.
pub fn judge(record: &Value) -> Result<(f64, String), String> {
    let extents: Vec<usize> = list(record, "extents")?
        .iter()
        .map(|&l| l as usize)
        .collect();
    let gauge = is_model(record, "u1-2d");
    let model = if gauge {
        Model::U1 {
            extents: extents.clone(),
            beta: number(record, "beta")?,
        }
    } else {
        Model::Phi4 {
            extents: extents.clone(),
            hopping: number(record, "K")?,
            quadratic: number(record, "A")?,
            quartic: number(record, "G")?,
        }
    };
    let mut q = waves(record, "start", f64::sin, &extents, gauge)?;
    let mut p = waves(record, "momenta", f64::cos, &extents, gauge)?;
    let scheme = record["parameters"]["scheme"].as_str().unwrap_or_default();
    let parts = parts(scheme).ok_or_else(|| format!("scheme: `{scheme}` is none"))?;
    let (step, steps) = (number(record, "step")?, count(record, "steps")? as usize);

    let mut worst = Worst::default();
    let mut one = |name: &str, found: f64| -> Result<(), String> {
        let golden = values(record, name)?;
        let [golden] = golden[..] else {
            return Err(format!("{name}: expected one number"));
        };
        worst.absolute(name, found - golden, BAR * golden.abs().max(1.0));
        Ok(())
    };
    let (s0, k0) = (model.action(&q), kinetic_energy(&p));
    one("S0", s0)?;
    one("K0", k0)?;
    trajectory(&model, &parts, step, steps, &mut q, &mut p);
    let (s1, k1) = (model.action(&q), kinetic_energy(&p));
    one("S1", s1)?;
    one("K1", k1)?;
    // A difference of numbers up to 300.
    worst.absolute(
        "dH",
        k1 + s1 - k0 - s0 - values(record, "dH")?[0],
        100.0 * BAR,
    );
    if gauge {
        worst.absolute("Q1", model.charge(&q) - values(record, "Q1")?[0], BAR);
    }
    let mut compared = 5;
    let volume: usize = extents.iter().product();
    for (kind, found) in [("q", &q), ("p", &p)] {
        for (mu, found) in found.chunks_exact(volume).enumerate() {
            let name = if gauge {
                format!("{kind}_{mu}")
            } else {
                kind.to_owned()
            };
            let golden = values(record, &name)?;
            if golden.len() != volume {
                return Err(format!(
                    "{name}: {} numbers for {volume} sites",
                    golden.len()
                ));
            }
            for (found, golden) in found.iter().zip(golden) {
                worst.absolute(&name, found - golden, BAR);
                compared += 1;
            }
        }
    }
    worst.told(compared)
}

/// `amplitude·of(phase + shift·μ + k·x)` on every site, for both directions of links.
fn waves(
    record: &Value,
    name: &str,
    of: fn(f64) -> f64,
    extents: &[usize],
    gauge: bool,
) -> Result<Vec<f64>, String> {
    let get = |what: &str| number(record, &format!("{name}_{what}"));
    let (amplitude, phase) = (get("amplitude")?, get("phase")?);
    let shifts = if gauge {
        vec![0.0, get("shift")?]
    } else {
        vec![0.0]
    };
    let k = list(record, &format!("{name}_k"))?;
    if k.len() != extents.len() {
        return Err(format!(
            "{name}_k: {} components for {} directions",
            k.len(),
            extents.len()
        ));
    }
    let sites = sites(extents);
    let wave = |shift: f64| {
        let k = &k;
        sites.iter().map(move |x| {
            let turn: f64 = k.iter().zip(x).map(|(k, &x)| k * x as f64).sum();
            amplitude * of(phase + shift + turn)
        })
    };
    Ok(shifts.iter().flat_map(|&shift| wave(shift)).collect())
}
