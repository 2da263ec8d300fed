//! The simple cubic lattice shell by shell: how many vectors, and their summed harmonics.

use std::borrow::Cow;
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

/// `(n², r₃(n²))` for `n² ≤ n2_max`: how many integer vectors have that length; shells without any are left out.
#[must_use]
pub fn shells(n2_max: usize) -> Vec<(usize, usize)> {
    // Pairs with x = 0, then x ≠ 0 of either sign; then the same for z.
    let mut line = vec![0; n2_max + 1];
    for x in 0..=n2_max.isqrt() {
        line[x * x] = if x == 0 { 1 } else { 2 };
    }
    let with_one_more = |counts: &[usize]| -> Vec<usize> {
        let all = |n: usize| -> usize {
            let others = (1..=n.isqrt()).map(|x| 2 * counts[n - x * x]);
            counts[n] + others.sum::<usize>()
        };
        (0..=n2_max).map(all).collect()
    };
    let counts = with_one_more(&with_one_more(&line));
    let occupied = counts.into_iter().enumerate();
    occupied.filter(|(_, count)| *count > 0).collect()
}

/// [`shells`], from a table where it reaches so far.
pub(super) fn occupied(n2_max: usize) -> Cow<'static, [(usize, usize)]> {
    const TABLE: usize = 1 << 14;
    static SHELLS: OnceLock<Vec<(usize, usize)>> = OnceLock::new();
    if n2_max > TABLE {
        return Cow::Owned(shells(n2_max));
    }
    let table = SHELLS.get_or_init(|| shells(TABLE));
    Cow::Borrowed(&table[..table.partition_point(|(n2, _)| *n2 <= n2_max)])
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
