//! Judges the golden records of U(1) in two dimensions, `u1.json`, by [`crate::u1_torus`].

use serde_json::Value;

use crate::dd::Dd;
use crate::judged::{Worst, count, has, is_model, list, number};
use crate::u1_convolution::by_convolution;
use crate::u1_torus::{Torus, infinite};

/// Relative: what is left of double-double after the largest cancellation is 1e-20, so that rounding to `f64` decides.
const BAR: f64 = 1e-14;

/// Relative, of the loops by convolution: `f64` throughout, the smallest loop is 7e-4 of the terms it is the sum of: 2e-13.
const CONVOLVED: f64 = 1e-12;

/// Two routes to one number in the witness itself, relative to 1: rounding of 10⁴ terms in double-double.
const TWO_ROUTES: f64 = 1e-24;

/// The rectangles in the records.
const LOOPS: [(u32, u32); 6] = [(1, 1), (1, 2), (1, 3), (2, 2), (2, 3), (3, 3)];

/// Charges beyond have weights below 1e-29 on every torus here.
const Q_MAX: i64 = 48;

/// Whether the record is one of the U(1) theory.
#[must_use]
pub fn is_one(record: &Value) -> bool {
    is_model(record, "u1-2d")
}

/// The worst difference in units of its bar, and what was compared.
///
/// # Errors  a sentence that names the field that is missing.
pub fn judge(record: &Value) -> Result<(f64, String), String> {
    let beta = number(record, "beta")?;
    let mut worst = Worst::default();
    let mut see = |name: &str, found: Dd| worst.against(record, name, &[found.to_f64()], BAR);
    if !has(record, "Q2") {
        let found = infinite(beta);
        see("lnZ_per_site", found.ln_z_per_site)?;
        see("plaquette", found.plaquette)?;
        see("chi_t", found.chi_t)?;
        return worst.told(3);
    }
    let volume = count(record, "Lx")? * count(record, "Ly")?;
    let torus = Torus::new(volume, beta);
    see("lnZ_per_site", torus.ln_z_per_site())?;
    see("plaquette", torus.plaquette())?;
    see("var_sum_cos", torus.var_sum_cos())?;
    see("Q2", torus.q2())?;
    see("chi_t", torus.q2() / Dd::from(f64::from(volume)))?;
    see("Q_sin2", torus.q_sin2())?;
    for (r, t) in LOOPS {
        see(&format!("W_{r}x{t}"), torus.wilson_loop(r * t))?;
    }
    let areas = LOOPS.map(|(r, t)| r * t);
    let (ln_z_per_site, loops) = by_convolution(volume, beta, &areas);
    worst.against(record, "lnZ_per_site", &[ln_z_per_site], CONVOLVED)?;
    for ((r, t), found) in LOOPS.into_iter().zip(loops) {
        worst.against(record, &format!("W_{r}x{t}"), &[found], CONVOLVED)?;
    }
    let charges: Vec<i64> = list(record, "sectors")?.iter().map(|&q| q as i64).collect();
    let sectors = torus.sectors(&charges);
    let weights: Vec<f64> = sectors.iter().map(|s| s.weight.to_f64()).collect();
    let plaquettes: Vec<f64> = sectors.iter().map(|s| s.plaquette.to_f64()).collect();
    worst.against(record, "sector_weight", &weights, BAR)?;
    worst.against(record, "sector_plaquette", &plaquettes, BAR)?;
    let thetas = list(record, "theta")?;
    let twisted: Vec<f64> = thetas.iter().map(|&t| torus.z_theta(t).to_f64()).collect();
    worst.against(record, "Z_theta", &twisted, BAR)?;
    two_routes(&mut worst, &torus);
    worst.told(12 + 7 + 2 * charges.len() + thetas.len() + 4)
}

/// Characters against sectors: `Σ Z_Q = Z`, `<P> = Σ Z_Q <P>_Q/Z`, `<Q²> = Σ Q² Z_Q/Z`; and `W(1) = <P>`.
fn two_routes(worst: &mut Worst, torus: &Torus) {
    let charges: Vec<i64> = (0..=Q_MAX).collect();
    let (mut norm, mut plaquette, mut q2) = (Dd::ZERO, Dd::ZERO, Dd::ZERO);
    for (&q, sector) in charges.iter().zip(torus.sectors(&charges)) {
        let both_signs = Dd::from(if q == 0 { 1.0 } else { 2.0 }) * sector.weight;
        norm = norm + both_signs;
        plaquette = plaquette + both_signs * sector.plaquette;
        q2 = q2 + both_signs * Dd::from((q * q) as f64);
    }
    for (name, one, other) in [
        ("sum of the sectors", norm, Dd::ONE),
        ("plaquette by sectors", plaquette, torus.plaquette()),
        ("Q2 by sectors", q2, torus.q2()),
        ("W(1)", torus.wilson_loop(1), torus.plaquette()),
    ] {
        worst.absolute(name, (one - other).to_f64(), TWO_ROUTES);
    }
}
