//! Softmax, divergences and Gaussian tails in hundreds of binary places, written as the formulas
//! stand in a textbook: no maximum is subtracted, no logarithm combined.

use crate::fixed::Fixed;

/// Enough for `e^{±800}` and their ratio down to the smallest normal `f64`.
type Wide = Fixed<1280>;
/// Enough for sums of `p ln p` with `p` down to `1e-40`.
type Fine = Fixed<320>;

/// `exp(z_i) / Σ_j exp(z_j)`, each rounded once to `f64`.
#[must_use]
pub fn softmax(z: &[f64]) -> Vec<f64> {
    let exponentials: Vec<Wide> = z.iter().map(|&x| Wide::from_f64(x).exp()).collect();
    let sum = total(&exponentials);
    exponentials.iter().map(|e| (e / &sum).to_f64()).collect()
}

/// `ln Σ_j exp(z_j)`.
#[must_use]
pub fn log_sum_exp(z: &[f64]) -> f64 {
    let exponentials: Vec<Wide> = z.iter().map(|&x| Wide::from_f64(x).exp()).collect();
    total(&exponentials).ln().to_f64()
}

/// `1 / (exp(−z) + 1)`.
#[must_use]
pub fn sigmoid(z: f64) -> f64 {
    let one = Wide::integer(1);
    (&one / &(&Wide::from_f64(-z).exp() + &one)).to_f64()
}

/// `ln x`, rounded once.
///
/// # Panics  unless `x` is positive and finite.
#[must_use]
pub fn ln(x: f64) -> f64 {
    Fine::from_f64(x).ln().to_f64()
}

/// `Σ p ln(p/q)`, terms with `p = 0` counting as zero; infinite where `q = 0 < p`.
///
/// # Panics  if the lengths differ.
#[must_use]
pub fn kullback_leibler(p: &[f64], q: &[f64]) -> f64 {
    assert_eq!(p.len(), q.len(), "two distributions over one set");
    if p.iter().zip(q).any(|(&p, &q)| p > 0.0 && q == 0.0) {
        return f64::INFINITY;
    }
    let terms: Vec<Fine> = p
        .iter()
        .zip(q)
        .filter(|(p, _)| **p > 0.0)
        .map(|(&p, &q)| {
            let (p, q) = (Fine::from_f64(p), Fine::from_f64(q));
            &p * &(&p / &q).ln()
        })
        .collect();
    total(&terms).to_f64()
}

/// `P(|x| > z)` for a standard normal `x`: `1 − √(2/π) Σ_k (−1)^k z^{2k+1}/(2^k k! (2k+1))`.
///
/// # Accuracy  relative 1e-15 for `|z| ≤ 20`, where 1280 places outlast the cancellation.
/// # Panics    if `|z| > 20`.
#[must_use]
pub fn normal_two_sided_tail(z: f64) -> f64 {
    assert!(z.abs() <= 20.0, "the series is summed for |z| ≤ 20 only");
    let z = Wide::from_f64(z.abs());
    let half_square = (&z * &z).scaled_by_power_of_two(-1);
    let (mut term, mut sum) = (z.clone(), z);
    let mut k = 0;
    while !term.is_zero() {
        k += 1;
        term = &(-&(&term * &half_square)) / &Wide::integer(k);
        sum = &sum + &(&term / &Wide::integer(2 * k + 1));
    }
    let scale = (&Wide::integer(2) / &pi()).sqrt();
    (&Wide::integer(1) - &(&sum * &scale)).to_f64()
}

/// Machin's formula `π = 16 arctan(1/5) − 4 arctan(1/239)`.
fn pi() -> Wide {
    let arctan_inverse = |n: i64| {
        let square = Wide::integer(-n * n);
        let mut power = Wide::ratio(1, n);
        let (mut sum, mut k) = (Wide::zero(), 1);
        while !power.is_zero() {
            sum = &sum + &(&power / &Wide::integer(k));
            power = &power / &square;
            k += 2;
        }
        sum
    };
    &(&Wide::integer(16) * &arctan_inverse(5)) - &(&Wide::integer(4) * &arctan_inverse(239))
}

fn total<const BITS: u32>(terms: &[Fixed<BITS>]) -> Fixed<BITS> {
    terms.iter().fold(Fixed::zero(), |sum, term| &sum + term)
}
