//! Judges the golden records of the Ising model, `ising.json`, by every route of [`crate::ising`] that reaches them.

use serde_json::Value;

use crate::ising::{Magnetic, Thermal, by_magnetisation, enumerate, kaufman};
use crate::judged::{Worst, count, has, is_model, number};

/// Relative. Kaufman's formula is good to 1e-16; sums of positive weights in `f64` lose a digit, and the cumulant U, at
/// small β the difference of numbers twenty times as large, another.
const BAR: f64 = 1e-13;

/// Rows up to here by the transfer matrix, sites up to here by enumeration.
const ROW: usize = 8;
const SITES: usize = 16;

/// Whether the record is one of the Ising model.
#[must_use]
pub fn is_one(record: &Value) -> bool {
    is_model(record, "ising-2d")
}

/// The worst difference in units of its bar, and what was compared.
///
/// # Errors  a sentence that names the field that is missing.
pub fn judge(record: &Value) -> Result<(f64, String), String> {
    let (l0, l1) = (count(record, "L0")? as usize, count(record, "L1")? as usize);
    let beta = number(record, "beta")?;
    let mut worst = Worst::default();
    thermal(&mut worst, record, &kaufman(l0, l1, beta))?;
    // The same torus, turned: other angles and other powers.
    thermal(&mut worst, record, &kaufman(l1, l0, beta))?;
    let mut fewest = 6;
    if l0 <= ROW {
        let (ln_z_per_site, magnetic) = by_magnetisation(l0, l1, beta);
        worst.against(record, "lnZ_per_site", &[ln_z_per_site], BAR)?;
        magnetisation(&mut worst, record, &magnetic)?;
        fewest += 6;
    } else if has(record, "absm") {
        return Err("absm: no route reaches this size".to_owned());
    }
    if l0 * l1 <= SITES {
        let (free, magnetic) = enumerate(l0, l1, beta);
        thermal(&mut worst, record, &free)?;
        magnetisation(&mut worst, record, &magnetic)?;
        fewest += 8;
    }
    worst.told(fewest)
}

fn thermal(worst: &mut Worst, record: &Value, found: &Thermal) -> Result<(), String> {
    worst.against(record, "lnZ_per_site", &[found.ln_z_per_site], BAR)?;
    worst.against(record, "e", &[found.energy], BAR)?;
    worst.against(record, "c", &[found.specific_heat], BAR)
}

fn magnetisation(worst: &mut Worst, record: &Value, found: &Magnetic) -> Result<(), String> {
    worst.against(record, "absm", &[found.abs_m], BAR)?;
    worst.against(record, "m2", &[found.m2], BAR)?;
    worst.against(record, "m4", &[found.m4], BAR)?;
    worst.against(record, "binder", &[found.binder], BAR)?;
    worst.against(record, "chi_abs", &[found.chi_abs], BAR)
}
