//! Judges the golden records of φ⁴ theory, `phi4.json`, by [`crate::phi4`] and [`crate::phi4_square`].

use serde_json::Value;

use crate::judged::{Worst, count, has, is_model, number};
use crate::phi4::{Moments, Nodes, Torus};
use crate::phi4_couplings::Couplings;
use crate::phi4_square::Square;

/// Relative. Sums of positive terms in `f64`, after a Gauss rule whose error is smaller.
const BAR: f64 = 3e-13;

/// Relative. The action and Binder's cumulant are differences, and the waves of `<|M|>` add up to a hundredth of `π²/6`.
const DIFFERENCE: f64 = 1e-11;

/// Whether the record is one of φ⁴ theory on a torus.
#[must_use]
pub fn is_one(record: &Value) -> bool {
    is_model(record, "phi4-2d") && has(record, "chi2")
}

/// The worst difference in units of its bar, and what was compared.
///
/// # Errors  a sentence that names the field that is missing or unknown.
pub fn judge(record: &Value) -> Result<(f64, String), String> {
    let lambda = number(record, "lambda")?;
    let couplings = match record["parameters"]["form"].as_str() {
        Some("a") => Couplings::kappa(number(record, "kappa")?, lambda),
        Some("b") => Couplings::no_half(number(record, "mass2")?, lambda),
        _ => return Err("form: expected a or b".to_owned()),
    };
    let (l0, l1) = (count(record, "L0")? as usize, count(record, "L1")? as usize);
    let mut worst = Worst::default();
    let mut fewest = 0;
    // Two steep valleys, or a field that reaches far, take more nodes.
    let order = match l0 {
        2 if couplings.a > 0.0 && couplings.k > couplings.a => 56,
        2 => 24,
        _ if couplings.a > 0.0 => 22,
        _ => 18,
    };
    let torus = Torus::new(l0, l1, couplings, Nodes::Gauss(order));
    fewest += moments(&mut worst, record, &torus.moments())?;
    let magnetisation = torus.magnetisation();
    worst.against(record, "chi2", &[magnetisation.m2_per_site], BAR)?;
    worst.against(record, "M4", &[magnetisation.m4_per_site2], BAR)?;
    worst.against(record, "binder", &[magnetisation.binder], DIFFERENCE)?;
    fewest += 3;
    if (l0, l1) == (2, 2) {
        let square = Square::new(couplings);
        fewest += moments(&mut worst, record, &square.moments())?;
        worst.against(record, "absM", &[square.abs_m()], DIFFERENCE)?;
        fewest += 1;
    } else if has(record, "absM") {
        return Err("absM: no route reaches this size".to_owned());
    }
    worst.told(fewest)
}

/// How many were compared.
fn moments(worst: &mut Worst, record: &Value, found: &Moments) -> Result<usize, String> {
    worst.against(record, "lnZ_per_site", &[found.ln_z_per_site], BAR)?;
    worst.against(record, "phi2", &[found.phi2], BAR)?;
    worst.against(record, "phi4", &[found.phi4], BAR)?;
    worst.against(record, "link", &found.link, BAR)?;
    worst.against(record, "action", &[found.action], DIFFERENCE)?;
    worst.against(record, "C", &found.correlation, BAR)?;
    worst.against(record, "chi2", &[found.chi2], BAR)?;
    worst.absolute("Schwinger-Dyson", found.schwinger_dyson, DIFFERENCE);
    Ok(8 + found.correlation.len())
}
