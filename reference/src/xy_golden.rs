//! Judges the golden records of the XY model and of spins on rings, `xy.json`, by [`crate::xy_flux`], [`crate::xy_square`]
//! and [`crate::spin_ring`].

use serde_json::Value;

use crate::judged::{Worst, count, has, is_model, number};
use crate::spin_ring::{self, Ring};
use crate::xy_flux::{Thermal, Torus};
use crate::xy_square::square;

/// Relative. Sums of positive terms in `f64`; the specific heat is a difference of numbers up to fifty times as large.
const BAR: f64 = 1e-13;
const CURVATURE: f64 = 1e-11;

/// The same on a 4×4 lattice, where rows of weight `1e−8` are left out.
const LARGE: f64 = 1e-10;

/// Whether the record is one of the XY model or of a ring of spins.
#[must_use]
pub fn is_one(record: &Value) -> bool {
    is_model(record, "xy-2d") || is_model(record, "xy-ring") || is_model(record, "o3-ring")
}

/// The worst difference in units of its bar, and what was compared.
///
/// # Errors  a sentence that names the field that is missing.
pub fn judge(record: &Value) -> Result<(f64, String), String> {
    let (extent, beta) = (count(record, "L")?, number(record, "beta")?);
    let mut worst = Worst::default();
    if is_model(record, "xy-2d") {
        let bars = if extent == 4 {
            [LARGE, LARGE]
        } else {
            [BAR, CURVATURE]
        };
        let mut fewest = 3;
        fewest += thermal(
            &mut worst,
            record,
            &Torus::new(extent as usize, beta).thermal(),
            bars,
        )?;
        if extent == 2 {
            let (found, m2) = square(beta);
            fewest += 4 + thermal(&mut worst, record, &found, bars)?;
            worst.against(record, "m2", &[m2], BAR)?;
        }
        return worst.told(fewest);
    }
    let found = if is_model(record, "xy-ring") {
        spin_ring::xy(extent, beta)
    } else {
        spin_ring::heisenberg(extent, beta)
    };
    ring(&mut worst, record, &found)?;
    worst.told(4 + extent as usize / 2)
}

/// Whether the specific heat was compared too, as a number.
fn thermal(
    worst: &mut Worst,
    record: &Value,
    found: &Thermal,
    [bar, curvature]: [f64; 2],
) -> Result<usize, String> {
    worst.against(record, "lnZ_per_site", &[found.ln_z_per_site], bar)?;
    worst.against(record, "e", &[found.energy], bar)?;
    worst.against(record, "helicity", &[found.helicity], bar)?;
    if !has(record, "c") {
        return Ok(0);
    }
    worst.against(record, "c", &[found.specific_heat], curvature)?;
    Ok(1)
}

fn ring(worst: &mut Worst, record: &Value, found: &Ring) -> Result<(), String> {
    worst.against(record, "lnZ_per_site", &[found.ln_z_per_site], BAR)?;
    worst.against(record, "e", &[found.energy], BAR)?;
    worst.against(record, "c", &[found.specific_heat], CURVATURE)?;
    worst.against(record, "correlation", &found.correlation, BAR)
}
