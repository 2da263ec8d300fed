//! Judges the golden records of the free scalar field, `free_field.json`, by [`crate::free_field`].

use serde_json::Value;

use crate::free_field::{Form, FreeField};
use crate::judged::{Worst, is_model, list, number};
use crate::linalg::{complexify, ln_det};

/// Relative. ln Z is a difference of numbers up to ten times as large, and so is the momentum sum at the far corner.
const BAR: f64 = 1e-13;

/// Whether the record is one of the free field.
#[must_use]
pub fn is_one(record: &Value) -> bool {
    is_model(record, "free-scalar")
}

/// The worst difference in units of its bar, and what was compared.
///
/// # Errors  a sentence that names the field that is missing or unknown.
pub fn judge(record: &Value) -> Result<(f64, String), String> {
    let field = FreeField {
        extents: list(record, "extents")?
            .iter()
            .map(|&extent| extent as usize)
            .collect(),
        mass2: number(record, "mass2")?,
        form: match record["parameters"]["form"].as_str() {
            Some("b") => Form::NoHalf,
            Some("c") => Form::Half,
            _ => return Err("form: expected b or c".to_owned()),
        },
    };
    let two_points = field.two_points();
    let mut worst = Worst::default();
    worst.against(record, "lnZ", &[field.ln_z()], BAR)?;
    worst.against(record, "phi2", &[field.phi2()], BAR)?;
    worst.against(record, "two_point", &two_points, BAR)?;
    worst.against(record, "mode_variance", &field.mode_variances(), BAR)?;
    // By the dense matrix too: Z = π^{V/2} det K^{−½}, whatever the form.
    let kernel = complexify(&field.kernel());
    let volume = kernel.len() as f64;
    let by_determinant = 0.5 * (volume * std::f64::consts::PI.ln() - ln_det(&kernel).ln_abs);
    worst.against(record, "lnZ", &[by_determinant], BAR)?;
    worst.told(3 + 2 * two_points.len())
}
