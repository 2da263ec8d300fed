//! Kolmogorov–Smirnov tails by Durbin's matrix (one sample) and by all orderings (two samples).

/// `P(D_n ≥ d) = 1 − n!/nⁿ (Hⁿ)_kk`, `k = ⌊n d⌋ + 1`; absolute accuracy about `n ε`, since it is a difference.
///
/// # Source  G. Marsaglia, W. W. Tsang, J. Wang, J. Stat. Softw. 8 (2003) 18, after J. Durbin (1973).
#[must_use]
pub fn one_sample(n: usize, d: f64) -> f64 {
    let size = n as f64;
    let k = (size * d).floor() as usize + 1;
    let m = 2 * k - 1;
    let h = k as f64 - size * d;
    let factorial = |i: usize| (1..=i).map(|j| j as f64).product::<f64>();
    let mut matrix = vec![vec![0.0; m]; m];
    for (i, row) in matrix.iter_mut().enumerate() {
        for (j, cell) in row.iter_mut().enumerate() {
            let mut numerator = if i + 1 >= j { 1.0 } else { 0.0 };
            if j == 0 {
                numerator -= h.powi(i as i32 + 1);
            }
            if i == m - 1 {
                numerator -= h.powi((m - j) as i32);
            }
            if j == 0 && i == m - 1 && 2.0 * h > 1.0 {
                numerator += (2.0 * h - 1.0).powi(m as i32);
            }
            *cell = numerator / if i + 1 > j { factorial(i + 1 - j) } else { 1.0 };
        }
    }
    let mut row: Vec<f64> = (0..m).map(|j| f64::from(u8::from(j == k - 1))).collect();
    for step in 1..=n {
        let next = |j: usize| row.iter().zip(&matrix).map(|(x, r)| x * r[j]).sum::<f64>();
        let factor = step as f64 / size;
        row = (0..m).map(|j| next(j) * factor).collect();
    }
    1.0 - row[k - 1]
}

/// `P(max |i m − j n| ≥ threshold)`: every ordering of `n` and `m` values is walked through.
///
/// # Panics  unless `n + m ≤ 24`.
#[must_use]
pub fn two_sample(n: usize, m: usize, threshold: usize) -> f64 {
    assert!(n + m <= 24, "{n} and {m} have too many orderings");
    let (mut all, mut reached) = (0_u64, 0_u64);
    for ordering in 0_u32..1 << (n + m) {
        if ordering.count_ones() as usize != n {
            continue;
        }
        all += 1;
        let (mut i, mut j, mut largest) = (0, 0, 0);
        for place in 0..n + m {
            if ordering >> place & 1 == 1 {
                i += 1;
            } else {
                j += 1;
            }
            largest = largest.max((i * m).abs_diff(j * n));
        }
        reached += u64::from(largest >= threshold);
    }
    reached as f64 / all as f64
}
