//! Lüscher's zeta functions as literal lattice sums with a smooth cut-off.
//!
//! `Z_lm(1; q²) = Σ_r 𝒴_lm(r)/(r² − q²)` diverges; here every term is weighted with the Riesz factor
//! `(1 − r²/N²)^p`, the same integral over space is taken off (the continuum of the `l = 0` sum), and
//! the whole divided by the weight at the pole, `(1 − q²/N²)^p`. What is left differs from the analytic
//! continuation by the Fourier tail of the weight, about `p! 2^p (2πN)^{-p} N^{l+1}`: below 1e-14 at
//! the settings used. No Ewald splitting, no special function, all in double-double arithmetic.

use std::sync::OnceLock;

use crate::dd::Dd;

/// Radius of the cut-off.
pub(crate) const N: i32 = 60;
/// Order of the Riesz weight.
pub(crate) const P: u32 = 20;

/// Total momentum `d` (in units of `2π/L`) and boost factor of a frame.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// Integer momentum; `[0, 0, 0]` is the rest frame.
    pub d: [i32; 3],
    /// `γ = E/E_cm`, one at rest.
    pub gamma: Dd,
}

impl Frame {
    /// The rest frame.
    pub const REST: Self = Self {
        d: [0; 3],
        gamma: Dd::ONE,
    };
}

/// The number of integer vectors with `n² = N`, axis by axis, for all `N ≤ 3600`.
fn shell_counts() -> &'static [u32] {
    static COUNTS: OnceLock<Vec<u32>> = OnceLock::new();
    COUNTS.get_or_init(|| {
        let mut counts = vec![0; (N * N + 1) as usize];
        counts[0] = 1;
        for _axis in 0..3 {
            let mut longer = vec![0; counts.len()];
            for x in -N..=N {
                let square = (x * x) as usize;
                for n2 in square..counts.len() {
                    longer[n2] += counts[n2 - square];
                }
            }
            counts = longer;
        }
        counts
    })
}

/// The first `count` poles of `Z00` in `q²`: sums of three squares.
#[must_use]
pub fn poles(count: usize) -> Vec<f64> {
    let shells = shell_counts().iter().enumerate();
    shells
        .filter(|(_, count)| **count > 0)
        .map(|(n, _)| n as f64)
        .take(count)
        .collect()
}

/// `∫_0^1 x² (1 − x²)^j dx` for `j < p`.
fn weight_integrals(order: u32) -> impl Iterator<Item = Dd> {
    let mut value = Dd::ONE / Dd::from(3.0);
    (0..order).map(move |j| {
        if j > 0 {
            value = value * Dd::from(f64::from(2 * j)) / Dd::from(f64::from(2 * j + 3));
        }
        value
    })
}

/// `∫ d³r (1 − r²/N²)^p/(r² − q²)`, principal value, over the weight at the pole, without the term
/// `−2π²√(−q²)` that the continuation takes back: `4πN` times a power series in `σ = q²/N²`.
pub(crate) fn continuum(sigma: Dd, radius: i32, order: u32) -> Dd {
    let mut series = Dd::ONE;
    let mut power = Dd::ONE;
    for k in 0..60 {
        power = power * sigma;
        series = series - power / Dd::from(f64::from(2 * k + 1));
    }
    let inverse = Dd::ONE / (Dd::ONE - sigma);
    let mut power = Dd::ONE;
    for integral in weight_integrals(order) {
        power = power * inverse;
        series = series - power * integral;
    }
    Dd::from(f64::from(4 * radius)) * Dd::PI * series
}

/// The derivative of [`continuum`] with respect to `σ`.
fn continuum_derivative(sigma: Dd) -> Dd {
    let mut series = Dd::ZERO;
    let mut power = Dd::ONE;
    for k in 0..60 {
        series = series - power * Dd::from(f64::from(k + 1)) / Dd::from(f64::from(2 * k + 1));
        power = power * sigma;
    }
    let inverse = Dd::ONE / (Dd::ONE - sigma);
    let mut power = inverse;
    for (j, integral) in weight_integrals(P).enumerate() {
        power = power * inverse;
        series = series - power * integral * Dd::from((j + 1) as f64);
    }
    Dd::from(f64::from(4 * N)) * Dd::PI * series
}

/// `Z00(1; q²)` at rest, for `|q²| < 260`.
#[must_use]
pub fn z00(q2: Dd) -> Dd {
    z00_with_cut_off(q2, N, P)
}

/// [`z00`] with another radius (at most 60) and order of the Riesz weight, to show how it converges.
#[must_use]
pub fn z00_with_cut_off(q2: Dd, radius: i32, order: u32) -> Dd {
    let square = Dd::from(f64::from(radius * radius));
    let sigma = q2 / square;
    let counts = &shell_counts()[..(radius * radius) as usize];
    let mut sum = Dd::ZERO;
    for (n2, &count) in counts
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, count)| **count > 0)
    {
        let n2 = Dd::from(n2 as f64);
        let weight = (Dd::ONE - n2 / square).powi(order);
        sum = sum + weight * Dd::from(f64::from(count)) / (n2 - q2);
    }
    (sum / (Dd::ONE - sigma).powi(order) - continuum(sigma, radius, order)) / sqrt_4pi()
}

/// `dZ00/dq²` at rest, for `|q²| < 100`, term by term.
#[must_use]
pub fn z00_derivative(q2: Dd) -> Dd {
    let square = Dd::from(f64::from(N * N));
    let sigma = q2 / square;
    let (mut first, mut second) = (Dd::ZERO, Dd::ZERO);
    for (n2, &count) in shell_counts()
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, count)| **count > 0)
    {
        let n2 = Dd::from(n2 as f64);
        let weight = (Dd::ONE - n2 / square).powi(P) * Dd::from(f64::from(count));
        let inverse = Dd::ONE / (n2 - q2);
        first = first + weight * inverse;
        second = second + weight * inverse * inverse;
    }
    let rest = Dd::ONE - sigma;
    let sums = (second + first * Dd::from(f64::from(P)) / (square * rest)) / rest.powi(P);
    (sums - continuum_derivative(sigma) / square) / sqrt_4pi()
}

fn sqrt_4pi() -> Dd {
    (Dd::from(4.0) * Dd::PI).sqrt()
}

/// The real part of the solid harmonic `|r|^l Y_lm(r)` (Condon–Shortley), `m ≥ 0`, by the recurrence
/// `(l+1−m) Π_{l+1} = (2l+1) z Π_l − (l+m) r² Π_{l−1}`.
fn solid_harmonic(l: u32, m: u32, [x, y, z]: [Dd; 3]) -> Dd {
    let mut start = (Dd::ONE, Dd::ZERO);
    for k in 0..m {
        let factor = Dd::from(-f64::from(2 * k + 1));
        start = (
            factor * (start.0 * x - start.1 * y),
            factor * (start.0 * y + start.1 * x),
        );
    }
    let r2 = x * x + y * y + z * z;
    let (mut below, mut current) = (Dd::ZERO, start.0);
    for k in m..l {
        let next =
            Dd::from(f64::from(2 * k + 1)) * z * current - Dd::from(f64::from(k + m)) * r2 * below;
        below = current;
        current = next / Dd::from(f64::from(k + 1 - m));
    }
    current
}

/// `√((2l+1)/4π · (l−m)!/(l+m)!)`.
fn normalisation(l: u32, m: u32) -> Dd {
    let ratio = (l - m + 1..=l + m).fold(Dd::ONE, |product, k| product * Dd::from(f64::from(k)));
    (Dd::from(f64::from(2 * l + 1)) / (Dd::from(4.0) * Dd::PI * ratio)).sqrt()
}

/// `r = γ̂⁻¹(n − d/2)`: the component along `d` divided by `γ`.
fn point(n: [i32; 3], frame: &Frame) -> [Dd; 3] {
    let d2: i32 = frame.d.iter().map(|c| c * c).sum();
    let centred = std::array::from_fn(|i| Dd::from(f64::from(n[i]) - 0.5 * f64::from(frame.d[i])));
    if d2 == 0 {
        return centred;
    }
    let along: Dd = (0..3).fold(Dd::ZERO, |s, i| {
        s + centred[i] * Dd::from(f64::from(frame.d[i]))
    });
    let shrink = (Dd::ONE / frame.gamma - Dd::ONE) * along / Dd::from(f64::from(d2));
    std::array::from_fn(|i| centred[i] + shrink * Dd::from(f64::from(frame.d[i])))
}

/// `Z^d_lm(1; q²)` for even `l` (real part) in any frame, `|q²| < 100`, summed point by point.
#[must_use]
pub fn zlm(l: u32, m: u32, q2: Dd, frame: &Frame) -> Dd {
    let sigma = q2 / Dd::from(f64::from(N * N));
    let sum = smoothed_sum(l, m, frame, |r2| Dd::ONE / (r2 - q2));
    let sum = sum / (Dd::ONE - sigma).powi(P);
    if l == 0 {
        sum - frame.gamma * continuum(sigma, N, P) / sqrt_4pi()
    } else {
        sum
    }
}

/// `dZ_lm/dq²` at rest for even `l > 0` (real part), `|q²| < 100`, term by term.
///
/// # Panics  for `l = 0`, which has a continuum to take off: [`z00_derivative`].
#[must_use]
pub fn zlm_derivative(l: u32, m: u32, q2: Dd) -> Dd {
    assert!(l > 0, "l = 0 is z00_derivative's");
    let square = Dd::from(f64::from(N * N));
    let rest = Dd::ONE - q2 / square;
    // d/dq² of 1/(r² − q²) and of the weight at the pole, by which the sum is divided.
    let of_weight = Dd::from(f64::from(P)) / (square * rest);
    let sum = smoothed_sum(l, m, &Frame::REST, |r2| {
        let inverse = Dd::ONE / (r2 - q2);
        inverse * (inverse + of_weight)
    });
    sum / rest.powi(P)
}

/// `Σ_r (1 − r²/N²)^p 𝒴_lm(r) kernel(r²)` over the points of a frame with `r² < N²`.
fn smoothed_sum(l: u32, m: u32, frame: &Frame, kernel: impl Fn(Dd) -> Dd) -> Dd {
    let square = Dd::from(f64::from(N * N));
    let reach = (f64::from(N) * frame.gamma.to_f64()) as i32 + 2;
    // |r| ≥ |n − d/2|/γ: most of the cube is skipped before any long arithmetic.
    let outside = |n: [i32; 3]| {
        let distance2: i32 = (0..3).map(|i| (2 * n[i] - frame.d[i]).pow(2)).sum();
        f64::from(distance2) > 4.01 * (f64::from(N) * frame.gamma.to_f64()).powi(2)
    };
    let mut sum = Dd::ZERO;
    for x in -reach..=reach {
        for y in -reach..=reach {
            let mut row = Dd::ZERO;
            for z in -reach..=reach {
                if outside([x, y, z]) {
                    continue;
                }
                let r = point([x, y, z], frame);
                let r2 = r[0] * r[0] + r[1] * r[1] + r[2] * r[2];
                if r2.to_f64() >= square.to_f64() {
                    continue;
                }
                let weight = (Dd::ONE - r2 / square).powi(P);
                row = row + weight * solid_harmonic(l, m, r) * kernel(r2);
            }
            sum = sum + row;
        }
    }
    sum * normalisation(l, m)
}

/// `Σ_{|n|<Λ} (1 − n²/Λ²)^p/(n² − q²)` as it stands, nothing taken off; `p = 0` is the sharp cut-off.
#[must_use]
pub fn cut_off_sum(q2: f64, cut_off: i32, order: u32) -> f64 {
    let square = i64::from(cut_off).pow(2);
    let mut sum = Dd::ZERO;
    for x in -cut_off..=cut_off {
        for y in -cut_off..=cut_off {
            let plane = i64::from(x).pow(2) + i64::from(y).pow(2);
            let row: f64 = (-cut_off..=cut_off)
                .map(|z| plane + i64::from(z).pow(2))
                .filter(|n2| *n2 < square)
                .map(|n2| (1.0 - n2 as f64 / square as f64).powi(order as i32) / (n2 as f64 - q2))
                .sum();
            sum = sum + Dd::from(row);
        }
    }
    sum.to_f64()
}

/// `q²` of the first `count` levels with the constant phase shift `delta` in `(0, π)`:
/// `Z00 sin δ = π^{3/2} q cos δ`, bisected in every interval between successive poles.
#[must_use]
pub fn levels_constant_delta(delta: f64, count: usize) -> Vec<f64> {
    let (sin, cos) = (Dd::from(delta.sin()), Dd::from(delta.cos()));
    let slope = Dd::PI * Dd::PI.sqrt() * cos;
    let edges = poles(count + 1);
    let below = |q2: f64| {
        let q2 = Dd::from(q2);
        (z00(q2) * sin - slope * q2.sqrt()).to_f64() < 0.0
    };
    edges
        .windows(2)
        .map(|pair| bisect(pair[0], pair[1], below))
        .collect()
}

fn bisect(mut low: f64, mut high: f64, below: impl Fn(f64) -> bool) -> f64 {
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return middle;
        }
        if below(middle) {
            low = middle
        } else {
            high = middle
        }
    }
}
