//! Judges the golden records of the effective Hamiltonians: `heft.json` and `luscher_scaling.json`.
//!
//! Differences are in units of their bars: 1e-10 rad (modulo π) for phases, 1e-9 MeV for truncated levels, 1e-8 MeV for
//! levels without a cut. Predictions of Lüscher's formula have no witness here.

use serde_json::Value;

use crate::heft::{Grid, SigmaModel, phase_shift};
use crate::heft_box::{Window, truncated_levels};
use crate::judged::Worst;

const PHASE: f64 = 1e-10;
const TRUNCATED: f64 = 1e-9;
const INFINITE: f64 = 1e-8;

/// Whether the record is one of a Hamiltonian.
#[must_use]
pub fn is_one(record: &Value) -> bool {
    record["parameters"].get("m_sigma_MeV").is_some()
}

/// The worst difference in units of its bar, and what was compared.
///
/// # Errors  a sentence that names the field that is missing.
pub fn judge(record: &Value) -> Result<(f64, String), String> {
    let model = model(record)?;
    let parameters = &record["parameters"];
    if let Some(energies) = parameters.get("E_MeV") {
        return phases(record, &model, energies);
    }
    let shells = Window::shells();
    if let Some(lengths) = parameters["L_fm"].as_array() {
        let mut worst = Worst::default();
        for (i, length) in lengths.iter().enumerate() {
            let length = length.as_f64().ok_or("L_fm: expected numbers")?;
            let levels = Window::new(&model, length, &shells).levels(3);
            for (n, level) in levels.iter().enumerate() {
                let stored = list(record, &format!("E_inf_{n}_MeV"))?;
                let stored = stored.get(i).ok_or("value: too short")?;
                worst.absolute("levels without a cut", level - stored, INFINITE);
            }
        }
        return worst.told(1);
    }
    let length = number(parameters, "L_fm")?;
    let n2_max = number(parameters, "N_max")? as usize;
    let (sharp, smooth) = (list(record, "E_trunc_MeV")?, list(record, "E_inf_MeV")?);
    let mut worst = Worst::default();
    let by_matrix = truncated_levels(&model, length, n2_max, sharp.len());
    for (level, stored) in by_matrix.iter().zip(&sharp) {
        worst.absolute("levels by matrix", level - stored, TRUNCATED);
    }
    let by_window = Window::new(&model, length, &shells).levels(smooth.len());
    for (level, stored) in by_window.iter().zip(&smooth) {
        worst.absolute("levels by window", level - stored, INFINITE);
    }
    worst.told(1)
}

fn phases(record: &Value, model: &SigmaModel, energies: &Value) -> Result<(f64, String), String> {
    let energies = energies.as_array().ok_or("E_MeV: expected a list")?;
    let grid = Grid::new(48);
    let mut worst = Worst::default();
    for (energy, stored) in energies.iter().zip(list(record, "delta_rad")?) {
        let energy = energy.as_f64().ok_or("E_MeV: expected numbers")?;
        let difference = phase_shift(model, energy, &grid) - stored;
        worst.absolute("phases", difference.sin(), PHASE);
    }
    worst.told(1)
}

fn model(record: &Value) -> Result<SigmaModel, String> {
    let parameters = &record["parameters"];
    let letter = parameters["model"]
        .as_str()
        .and_then(|text| text.chars().next());
    Ok(SigmaModel {
        letter: letter.ok_or("model: expected a letter")?,
        m_sigma: number(parameters, "m_sigma_MeV")?,
        g: number(parameters, "g")?,
        c: number(parameters, "c_fm")?,
        contact: number(parameters, "G")?,
        d: number(parameters, "d_fm")?,
        m_pi: number(parameters, "m_pi_MeV")?,
        hbarc: number(parameters, "hbarc_MeV_fm")?,
    })
}

fn number(parameters: &Value, name: &str) -> Result<f64, String> {
    let value = parameters[name].as_f64();
    value.ok_or_else(|| format!("{name}: expected a number"))
}

fn list(record: &Value, name: &str) -> Result<Vec<f64>, String> {
    let strings = record["value"][name].as_array();
    let strings = strings.ok_or_else(|| format!("{name}: expected a list"))?;
    let numbers = strings.iter().map(|text| text.as_str()?.parse().ok());
    let numbers: Option<Vec<f64>> = numbers.collect();
    numbers.ok_or_else(|| format!("{name}: expected decimal strings"))
}
