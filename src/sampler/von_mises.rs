//! The von Mises distribution.

use std::f64::consts::{PI, TAU};

/// An angle in `[−π, π]` with density `∝ e^{κ cos θ}`, for `kappa ≥ 0`, from uniform numbers in `[0, 1)`.
///
/// # Source  D. J. Best, N. I. Fisher, Appl. Statist. 28 (1979) 152: rejection from a wrapped Cauchy distribution.
pub fn von_mises(kappa: f64, mut uniform: impl FnMut() -> f64) -> f64 {
    /// Below this the density is uniform to the last bit of a frequency in any sample.
    const FLAT: f64 = 1e-12;
    /// Below this the wrapped Cauchy's parameter by its expansion, since the formula cancels.
    const SMALL: f64 = 1e-5;
    if !(kappa > FLAT) {
        return TAU.mul_add(uniform(), -PI);
    }
    let r = if kappa < SMALL {
        1.0 / kappa + kappa
    } else {
        let tau = 1.0 + (4.0 * kappa).mul_add(kappa, 1.0).sqrt();
        let rho = (tau - (2.0 * tau).sqrt()) / (2.0 * kappa);
        rho.mul_add(rho, 1.0) / (2.0 * rho)
    };
    loop {
        let z = (PI * uniform()).cos();
        let f = r.mul_add(z, 1.0) / (r + z);
        let c = kappa * (r - f);
        // In (0, 1].
        let u = 1.0 - uniform();
        if c * (2.0 - c) > u || (c / u).ln() + 1.0 >= c {
            let theta = f.clamp(-1.0, 1.0).acos();
            return if uniform() < 0.5 { -theta } else { theta };
        }
    }
}
