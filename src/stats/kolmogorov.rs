//! Tails of the Kolmogorov–Smirnov statistics, as sums of positive terms only.
//!
//! One sample: `N(t)`, the number of values below `t`, is a Poisson process with `N(1) = n` given.  `D_n ≥ d` means that
//! it meets one of the lines `n(t ± d)`, which can happen only at the times `i/n − d` (`N ≥ i`) and `j/n + d`
//! (`N ≤ j`); the probability of the first meeting is summed over these.  No `1 − P` is formed, so a
//! tail of 1e-14 has its digits.  Witness: `reference::kolmogorov` (Durbin's matrix; all orderings).

use std::f64::consts::PI;

/// Up to this many values the one-sample tail is summed exactly.
const LARGEST_EXACT: usize = 2000;

/// `P(D_n ≥ d)` for `n` values from a continuous distribution.
///
/// # Accuracy  relative 1e-10 for `n ≤ 2000` at any `d`. Above, relative `ε n ln n` for `d√n ≥ 2.2` (p < 1.3e-4), and 4e-6
///   below, the limit with its corrections up to `n^{−3/2}`.
/// # Panics    for `n = 0` or a `d` that is NaN.
/// # Source    large `n`: W. Pelz, I. J. Good, J. R. Stat. Soc. B 38 (1976) 152; the far tail is twice
///   Z. W. Birnbaum, F. H. Tingey, Ann. Math. Stat. 22 (1951) 592, since both lines are met with `e^{−8nd²}` only.
/// # Witness   `reference::kolmogorov::one_sample`.
#[must_use]
pub fn kolmogorov_tail(n: usize, d: f64) -> f64 {
    assert!(n > 0 && !d.is_nan(), "D = {d} of {n} values");
    let size = n as f64;
    if d <= 0.5 / size {
        return 1.0;
    }
    if d >= 1.0 {
        return 0.0;
    }
    if n <= LARGEST_EXACT {
        return first_meeting(n, d).min(1.0);
    }
    let root = size.sqrt();
    let x = d * root;
    if x >= 2.2 {
        return 2.0 * one_sided_tail(n, d);
    }
    corrected_limit(size, x)
}

/// `lim P(√n D_n ≥ x) = 2 Σ_{k≥1} (−1)^{k−1} e^{−2k²x²}`.
///
/// # Accuracy  relative 1e-14 from `x = 0.3`.
/// # Source    A. Kolmogorov, Giorn. Ist. Ital. Attuari 4 (1933) 83; below `x = 1` its Jacobi transform.
#[must_use]
pub fn kolmogorov_limit(x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    if x < 1.0 {
        let term = |k: f64| (-(k * PI / x).powi(2) / 8.0).exp();
        let inside: f64 = [1.0, 3.0, 5.0, 7.0].map(term).iter().sum();
        return 1.0 - (2.0 * PI).sqrt() / x * inside;
    }
    let term = |k: f64| (-2.0 * (k * x).powi(2)).exp();
    2.0 * (term(1.0) - term(2.0) + term(3.0) - term(4.0) + term(5.0))
}

/// The limit with its expansion in `1/√n`, `x = d√n`.
///
/// # Source  L.-C. Chang, Acta Math. Sinica 6 (1956) 55; the term `k = 1` is Smirnov's one-sided expansion.
fn corrected_limit(n: f64, x: f64) -> f64 {
    let term = |k: usize| {
        let sign = if k % 2 == 1 { 1.0 } else { -1.0 };
        let odd = (1.0 + sign) / 2.0;
        let k2 = (k * k) as f64;
        let z = k2 * x * x;
        let (f1, f2) = (k2 - odd, 5.0 * k2 + 22.0 - 15.0 * odd);
        let first = -2.0 * k2 * x / 3.0;
        let second = -(f1 - 4.0 * (f1 + 3.0) * z + 8.0 * z * z) / 18.0;
        let third = k2 * x / 27.0 * (f2 / 5.0 - 4.0 * (f2 + 45.0) * z / 15.0 + 8.0 * z * z);
        let size = 1.0 + (first + (second + third / n.sqrt()) / n.sqrt()) / n.sqrt();
        2.0 * sign * (-2.0 * z).exp() * size
    };
    let last = 2 + (5.0 / x).min(1e4) as usize;
    (1..=last).map(term).sum::<f64>().clamp(0.0, 1.0)
}

/// `P(D_n⁺ ≥ d) = d Σ_{j ≤ n(1−d)} C(n,j) (d + j/n)^{j−1} (1 − d − j/n)^{n−j}`.
fn one_sided_tail(n: usize, d: f64) -> f64 {
    let size = n as f64;
    let whole = libm::lgamma(size + 1.0);
    let term = |j: usize| {
        let j = j as f64;
        let (met, left) = (d + j / size, 1.0 - d - j / size);
        let powers = (j - 1.0) * met.ln()
            + if j < size {
                (size - j) * left.ln()
            } else {
                0.0
            };
        (whole - libm::lgamma(j + 1.0) - libm::lgamma(size - j + 1.0) + powers).exp()
    };
    let last = (0..n).take_while(|&j| 1.0 - d - j as f64 / size > 0.0);
    d * last.map(term).sum::<f64>()
}

/// A time at which the process can meet a line, and the counts that do.
enum Check {
    AtLeast(usize),
    AtMost(usize),
}

fn first_meeting(n: usize, d: f64) -> f64 {
    let size = n as f64;
    let upper = (1..=n).map(|i| (i as f64 / size - d, Check::AtLeast(i)));
    let lower = (0..n).map(|j| (j as f64 / size + d, Check::AtMost(j)));
    let mut checks: Vec<(f64, Check)> = upper
        .chain(lower)
        .filter(|(time, _)| *time > 0.0 && *time < 1.0)
        .collect();
    checks.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut alive = vec![0.0; n + 1];
    alive[0] = 1.0;
    let (mut low, mut high, mut met, mut now) = (0, 0, 0.0, 0.0);
    let mut weights = Vec::with_capacity(n + 1);
    for (time, check) in checks {
        high = advance(&mut alive, low, high, size * (time - now), &mut weights);
        now = time;
        let hit = match check {
            Check::AtLeast(i) => i.max(low)..(high + 1).max(i),
            Check::AtMost(j) => low..(j + 1).min(high + 1).max(low),
        };
        let left = size * (1.0 - time);
        for k in hit.clone() {
            met += std::mem::take(&mut alive[k]) * poisson(n - k, left);
        }
        match check {
            Check::AtLeast(i) => high = high.min(i - 1),
            Check::AtMost(_) => low = hit.end,
        }
        if low > high {
            break;
        }
    }
    met / poisson(n, size)
}

/// Adds Poisson counts of mean `lambda` to the states `low..=high`; the new highest state.
fn advance(
    alive: &mut [f64],
    low: usize,
    high: usize,
    lambda: f64,
    weights: &mut Vec<f64>,
) -> usize {
    // 1.5⁴⁵/45! is 7e-49, and λ ≤ 1 but for rounding; only the gap between 1 − d and d is longer.
    let longest = if lambda < 1.5 { 45 } else { alive.len() - 1 };
    let longest = longest.min(alive.len() - 1);
    weights.clear();
    weights.extend((0..=longest).map(|l| poisson(l, lambda.max(0.0))));
    let highest = (high + longest).min(alive.len() - 1);
    for k in (low..=highest).rev() {
        let most = longest.min(k - low);
        let window = &alive[k - most..=k];
        let sum = window.iter().rev().zip(&*weights).map(|(p, w)| p * w).sum();
        alive[k] = sum;
    }
    highest
}

/// `λ^k e^{−λ}/k!`.
fn poisson(k: usize, lambda: f64) -> f64 {
    let k = k as f64;
    if lambda <= 0.0 {
        return if k == 0.0 { 1.0 } else { 0.0 };
    }
    (k * lambda.ln() - lambda - libm::lgamma(k + 1.0)).exp()
}

/// `P(max |i m − j n| ≥ threshold)` over the paths of two samples of `n` and `m` from one continuous
/// distribution, `i` and `j` the numbers of values passed: `D = threshold/(n m)`.
///
/// # Accuracy  relative `(n + m) ε`; cost `n m`.
/// # Panics    for an empty sample.
/// # Source    J. L. Hodges, Ark. Mat. 3 (1958) 469, with the first meetings summed instead of the rest.
/// # Witness   `reference::kolmogorov::two_sample`.
#[must_use]
pub fn two_sample_tail(n: usize, m: usize, threshold: usize) -> f64 {
    assert!(n > 0 && m > 0, "samples of {n} and {m}");
    if threshold == 0 {
        return 1.0;
    }
    // Probability of passing (i, j) without an earlier meeting, by rows of i.
    let (mut row, mut met) = (vec![0.0; m + 1], 0.0);
    for i in 0..=n {
        let mut before = 0.0;
        for (j, cell) in row.iter_mut().enumerate() {
            // Either sample gives the next value with the chance of those it has left.
            let remaining = (n + m + 1 - i - j) as f64;
            let mut here = if i + j == 0 { 1.0 } else { 0.0 };
            if j > 0 {
                here += before * (m - j + 1) as f64 / remaining;
            }
            if i > 0 {
                here += *cell * (n - i + 1) as f64 / remaining;
            }
            let meets = (i * m).abs_diff(j * n) >= threshold;
            met += if meets { here } else { 0.0 };
            *cell = if meets { 0.0 } else { here };
            before = *cell;
        }
    }
    f64::min(met, 1.0)
}
