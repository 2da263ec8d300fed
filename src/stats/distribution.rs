//! Do numbers follow a distribution: Kolmogorov–Smirnov tests, χ² of a family, pulls.
//!
//! Witness: `reference::kolmogorov`.  Laws: `tests/laws/stats/` (golden tails, uniform p-values).

use super::cholesky::Cholesky;
use super::history::domain;
use super::kolmogorov::{kolmogorov_limit, kolmogorov_tail, two_sample_tail};
use super::{Estimate, chi2_tail};
use crate::error::{Error, Result};

/// A Kolmogorov–Smirnov test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KolmogorovSmirnov {
    /// `D`, the largest distance between two distribution functions.
    pub statistic: f64,
    /// `P(D ≥ statistic)` under the hypothesis.
    pub p_value: f64,
}

impl KolmogorovSmirnov {
    /// Values against a continuous distribution function.
    ///
    /// # Errors    `Error::Domain` for no values, NaN, or a `cdf` outside `[0, 1]`.
    /// # Accuracy  of the p-value: [`kolmogorov_tail`].
    pub fn one_sample(values: &[f64], cdf: impl Fn(f64) -> f64) -> Result<Self> {
        let sorted = sorted(values)?;
        let n = sorted.len() as f64;
        let mut statistic = 0.0;
        for (i, x) in sorted.iter().enumerate() {
            let p = cdf(*x);
            if !(0.0..=1.0).contains(&p) {
                return Err(domain("distribution function", p, "a probability"));
            }
            let below = p - i as f64 / n;
            let above = (i + 1) as f64 / n - p;
            statistic = f64::max(statistic, f64::max(below, above));
        }
        let p_value = kolmogorov_tail(sorted.len(), statistic);
        Ok(Self { statistic, p_value })
    }

    /// Two samples against each other; ties count as one step of both.
    ///
    /// # Errors    `Error::Domain` for an empty sample or NaN.
    /// # Accuracy  of the p-value: relative `(n + m) ε` for `n m ≤ 2.5e7`, else the limiting distribution, relative
    ///   `1/√n_e` with `n_e = nm/(n + m)`. With ties it is an upper bound.
    pub fn two_sample(a: &[f64], b: &[f64]) -> Result<Self> {
        const LARGEST_EXACT: usize = 25_000_000;
        let (a, b) = (sorted(a)?, sorted(b)?);
        let (n, m) = (a.len(), b.len());
        let (mut i, mut j, mut largest) = (0, 0, 0);
        while i < n && j < m {
            let x = f64::min(a[i], b[j]);
            i += a[i..].iter().take_while(|y| **y == x).count();
            j += b[j..].iter().take_while(|y| **y == x).count();
            largest = largest.max((i * m).abs_diff(j * n));
        }
        let statistic = largest as f64 / (n as f64 * m as f64);
        let p_value = if n.saturating_mul(m) <= LARGEST_EXACT {
            two_sample_tail(n, m, largest)
        } else {
            let effective = n as f64 * m as f64 / (n + m) as f64;
            kolmogorov_limit(effective.sqrt() * statistic)
        };
        Ok(Self { statistic, p_value })
    }
}

fn sorted(values: &[f64]) -> Result<Vec<f64>> {
    if values.is_empty() {
        return Err(domain("number of values", 0.0, "at least one"));
    }
    if let Some(bad) = values.iter().find(|x| x.is_nan()) {
        return Err(domain("value", *bad, "a number"));
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    Ok(sorted)
}

/// A `χ²`, its degrees of freedom and its tail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chi2 {
    /// `χ²`.
    pub chi2: f64,
    /// Degrees of freedom.
    pub degrees_of_freedom: usize,
    /// `P(χ² > chi2)`.
    pub p_value: f64,
}

/// `χ² = Σ_ab (x − μ)_a C⁻¹_ab (x − μ)_b` of correlated values against known ones.
///
/// # Shapes  `values`, `truths`: `(k,)`; `covariance: (k, k)`, row by row.
/// # Errors  `Error::ShapeMismatch`; `Error::Matrix` unless the covariance is positive definite;
///   `Error::Domain` for an empty family or one that is not finite.
pub fn family_chi2(values: &[f64], truths: &[f64], covariance: &[f64]) -> Result<Chi2> {
    if values.len() != truths.len() {
        return Err(Error::ShapeMismatch {
            op: "family_chi2",
            lhs: vec![values.len()],
            rhs: vec![truths.len()],
        });
    }
    if values.is_empty() {
        return Err(domain("size of a family", 0.0, "at least one estimate"));
    }
    let mut distance: Vec<f64> = values.iter().zip(truths).map(|(x, mu)| x - mu).collect();
    Cholesky::new("family_chi2", covariance, values.len())?.whiten(&mut distance);
    let chi2: f64 = distance.iter().map(|z| z * z).sum();
    if !chi2.is_finite() {
        return Err(domain(
            "χ² of a family",
            chi2,
            "finite estimates and truths",
        ));
    }
    Ok(Chi2 {
        chi2,
        degrees_of_freedom: values.len(),
        p_value: chi2_tail(chi2, values.len()),
    })
}

/// `(x̂ − x)/σ` of one estimate.
///
/// # Errors  `Error::Domain` for an error of zero and a truth that is not finite.
pub fn pull(estimate: &Estimate, truth: f64) -> Result<f64> {
    let pull = (estimate.value() - truth) / estimate.error();
    if pull.is_finite() {
        Ok(pull)
    } else {
        let expected = "a positive error, and a truth that is finite";
        Err(domain("pull", pull, expected))
    }
}

/// The three things that pulls of honest errors must pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PullTest {
    /// The mean, 0 up to `1/√n`.
    pub mean: f64,
    /// `Σ pull²/n`, 1 up to `√(2/n)`: biased errors and biased values both raise it.
    pub variance: f64,
    /// `P(|mean| as large)`, two-sided.
    pub p_mean: f64,
    /// Twice the smaller tail of `Σ pull² ~ χ²_n`.
    pub p_variance: f64,
    /// Kolmogorov–Smirnov against the standard normal distribution.
    pub p_shape: f64,
}

impl PullTest {
    /// Pulls of independent replicas against the standard normal distribution.
    ///
    /// # Errors  `Error::Domain` for no pulls or one that is not finite.
    pub fn new(pulls: &[f64]) -> Result<Self> {
        if let Some(bad) = pulls.iter().find(|x| !x.is_finite()) {
            return Err(domain("pull", *bad, "a finite number"));
        }
        let standard = |z: f64| 0.5 * libm::erfc(-z / std::f64::consts::SQRT_2);
        let shape = KolmogorovSmirnov::one_sample(pulls, standard)?;
        let n = pulls.len() as f64;
        let mean = pulls.iter().sum::<f64>() / n;
        let squares: f64 = pulls.iter().map(|z| z * z).sum();
        let above = chi2_tail(squares, pulls.len());
        Ok(Self {
            mean,
            variance: squares / n,
            p_mean: super::normal_two_sided_tail(mean.abs() * n.sqrt()),
            p_variance: 2.0 * f64::min(above, 1.0 - above),
            p_shape: shape.p_value,
        })
    }

    /// Whether all three p-values are above `false_fail/3`.
    #[must_use]
    pub fn passes(&self, false_fail: f64) -> bool {
        let each = false_fail / 3.0;
        self.p_mean > each && self.p_variance > each && self.p_shape > each
    }
}
