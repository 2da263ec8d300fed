//! The simple cubic lattice shell by shell: how many vectors, and their summed harmonics.

use std::sync::OnceLock;

use super::harmonic::Harmonic;

/// The first `count` poles of `Z00` in `q²`: the sums of three squares (7, 15, 23, 28, … are none).
#[must_use]
pub fn poles(count: usize) -> Vec<f64> {
    let is_pole = |n: &u64| {
        // Legendre: every n that is not of the form 4^a (8b + 7).
        let mut odd = *n;
        while odd != 0 && odd.is_multiple_of(4) {
            odd /= 4;
        }
        odd % 8 != 7
    };
    (0u64..)
        .filter(is_pole)
        .take(count)
        .map(|n| n as f64)
        .collect()
}

/// How many poles lie at or below `q2 ≥ 0`.
pub(super) fn poles_up_to(q2: f64) -> usize {
    static POLES: OnceLock<Vec<f64>> = OnceLock::new();
    POLES
        .get_or_init(|| poles(512))
        .partition_point(|pole| *pole <= q2)
}

/// `(n², Σ_{|n|²=n²} 𝒴_lm(n))` for `n² ≤ n2_max`, shells where the sum vanishes left out.
pub(super) fn shell_sums(harmonic: Harmonic, n2_max: usize) -> Vec<(f64, f64)> {
    let reach = n2_max.isqrt() as i64;
    let mut sums = vec![0_i64; n2_max + 1];
    for x in -reach..=reach {
        for y in -reach..=reach {
            for z in -reach..=reach {
                if let Some(sum) = sums.get_mut((x * x + y * y + z * z) as usize) {
                    *sum += harmonic.polynomial([x, y, z]);
                }
            }
        }
    }
    let norm = harmonic.normalisation();
    let nonzero = sums.into_iter().enumerate().filter(|(_, sum)| *sum != 0);
    nonzero
        .map(|(n2, sum)| (n2 as f64, norm * sum as f64))
        .collect()
}
