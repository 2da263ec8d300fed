//! The Γ-method: errors of means, and of functions of means, from the autocorrelation function.
//!
//! For `F = f(⟨A_1⟩, …, ⟨A_k⟩)` the chain is projected on the gradient, `d(t) = Σ_k f_k (a_k(t) − ā_k)`, and
//! `σ²(F) = C/N`, `C = Γ(0) + 2 Σ_{t=1}^{W} Γ(t)`, `τ_int = C/2Γ(0)` (½ for independent measurements).
//! Times are in units of stored measurements.  Witness: `reference::gamma_method`.  Laws: `tests/laws/stats/`
//! (AR(1) in closed form, pulls of means, derived quantities and replicas, golden series).
//!
//! # Design
//!
//! Wolff's rule takes `τ_int ≤ ½` for no autocorrelation at all and stops at `W = 1`, which for an
//! alternating chain (`ρ(t) = (−0.4)^t`) halves the variance.  There the decay is read from `|ρ(1)|`,
//! and a window whose `τ` is not positive is never accepted; for `τ > ½` the rule is his.

use super::autocorrelation::{autocovariance, cross_covariance};
use super::history::{Histories, domain};
use super::{Estimate, chi2_tail};
use crate::error::{Error, Result};

/// How an error is taken from an autocorrelation function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GammaMethod {
    s: f64,
}

/// Wolff's `S = 1.5`.
impl Default for GammaMethod {
    fn default() -> Self {
        Self { s: 1.5 }
    }
}

/// What the Γ-method finds for one quantity.
#[derive(Clone, Debug, PartialEq)]
pub struct GammaAnalysis {
    /// Value and error. Its `n_eff` is `1 + N/(2W + 1)`: the error is as uncertain as that of so many
    /// independent samples.
    pub estimate: Estimate,
    /// The error of the error, `σ √((W + ½)/N)`.
    pub error_of_error: f64,
    /// The integrated autocorrelation time, with error `2τ √((W + ½ − τ)/N)`.
    pub tau_int: Estimate,
    /// The last lag summed.
    pub window: usize,
    /// `Γ(0), …, Γ(W)`, before the correction of its bias.
    pub gamma: Vec<f64>,
    /// Whether replicas agree; `None` for a single chain.
    pub replicas: Option<ReplicaTest>,
    /// `N`.
    pub measurements: usize,
    /// The chain is too short for its error to be believed: `N < 50 τ_int`, or the window has reached
    /// half the shortest replica.
    pub too_short: bool,
}

/// `χ² = Σ_r N_r (F_r − F̄)²/C` of the replicas' own values, with `R − 1` degrees of freedom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReplicaTest {
    /// `χ²`.
    pub chi2: f64,
    /// `R − 1`.
    pub degrees_of_freedom: usize,
    /// `P(χ² > chi2)`; small where replicas have not forgotten their beginnings, NaN where the function is not
    /// finite on some replica alone.
    pub q_value: f64,
}

/// Several quantities of the same chains, with their covariance.
#[derive(Clone, Debug, PartialEq)]
pub struct GammaCovariance {
    /// Each quantity at the common window.
    pub estimates: Vec<Estimate>,
    /// `C_ab/N`, row by row. Not always positive definite: a window cuts noise, not its sign.
    pub covariance: Vec<f64>,
    /// The common window, the largest of the quantities' own.
    pub window: usize,
    /// Some quantity's chain is too short.
    pub too_short: bool,
}

impl GammaAnalysis {
    /// The effective sample size `N/2τ_int`; above `N` for an anticorrelated chain.
    #[must_use]
    pub fn ess(&self) -> f64 {
        self.measurements as f64 / (2.0 * self.tau_int.value())
    }
}

impl GammaMethod {
    /// Below this many autocorrelation times a chain is called too short.
    pub const SHORTEST: f64 = 50.0;

    /// Another ratio `S` of the exponential to the integrated autocorrelation time.
    ///
    /// # Errors  `Error::Domain` unless `s` is positive and finite.
    pub fn with_s(s: f64) -> Result<Self> {
        if s > 0.0 && s.is_finite() {
            Ok(Self { s })
        } else {
            Err(domain("S of the Γ-method", s, "a positive number"))
        }
    }

    /// The mean of one chain.
    ///
    /// ```
    /// use fieldassay::{Seed, stats::GammaMethod};
    /// // AR(1) with ρ(t) = 0.8^t, so τ_int = 0.9/0.2 = 4.5.
    /// let mut rng = Seed(1).stream("example");
    /// let mut x = 0.0;
    /// let chain: Vec<f64> = (0..20_000).map(|_| { x = 0.8 * x + 0.6 * rng.normal(); x }).collect();
    /// let mean = GammaMethod::default().mean(&chain)?;
    /// assert!((mean.tau_int.value() - 4.5).abs() < 5.0 * mean.tau_int.error());
    /// assert!(!mean.too_short);
    /// # Ok::<(), fieldassay::Error>(())
    /// ```
    ///
    /// # Errors  as [`GammaMethod::derived`].
    pub fn mean(&self, chain: &[f64]) -> Result<GammaAnalysis> {
        self.analyse(&Histories::of_chain(chain)?, |a| a[0], &[1.0])
    }

    /// A function of the means. Its gradient is taken by central differences over one naive standard
    /// error of every mean, as far as the data can tell slopes apart.
    ///
    /// # Shapes  `f` sees the means, `(observables,)`.
    /// # Errors  `Error::Domain` for chains without fluctuations or without measurements to spare, a
    ///   function that is not finite near the means, and a variance that comes out negative.
    /// # Source  U. Wolff, Comput. Phys. Commun. 156 (2004) 143.
    /// # Witness  `reference::gamma_method`.
    pub fn derived(&self, data: &Histories, f: impl Fn(&[f64]) -> f64) -> Result<GammaAnalysis> {
        let gradient = data.gradients(|a| vec![f(a)])?.swap_remove(0);
        self.analyse(data, f, &gradient)
    }

    /// As [`GammaMethod::derived`], with `∂f/∂⟨A_k⟩` at the means given.
    ///
    /// # Errors  as there, and `Error::ShapeMismatch` for a gradient of another length.
    pub fn derived_with_gradient(
        &self,
        data: &Histories,
        f: impl Fn(&[f64]) -> f64,
        gradient: &[f64],
    ) -> Result<GammaAnalysis> {
        if gradient.len() != data.observables() {
            return Err(Error::ShapeMismatch {
                op: "GammaMethod::derived_with_gradient",
                lhs: vec![gradient.len()],
                rhs: vec![data.observables()],
            });
        }
        self.analyse(data, f, gradient)
    }

    /// Several functions of the means, with their covariance at one common window.
    ///
    /// # Shapes  `f`: `(observables,)` → `(quantities,)`; covariance `(quantities, quantities)`.
    /// # Errors  as [`GammaMethod::derived`].
    pub fn covariance(
        &self,
        data: &Histories,
        f: impl Fn(&[f64]) -> Vec<f64>,
    ) -> Result<GammaCovariance> {
        let means = data.means();
        let gradients = data.gradients(&f)?;
        let projections = gradients
            .iter()
            .map(|gradient| data.projected(&means, gradient))
            .collect::<Result<Vec<_>>>()?;
        let (mut window, mut too_short) = (1, false);
        for projection in &projections {
            let sum = self.window(data, projection)?;
            window = window.max(sum.window);
            too_short |= sum.too_short(data);
        }
        let (n, count) = (data.total() as f64, projections.len());
        let mut covariance = vec![0.0; count * count];
        for a in 0..count {
            for b in a..count {
                let gamma = cross_covariance(&projections[a], &projections[b], window + 1);
                let (c, _) = corrected(&gamma, n);
                covariance[a * count + b] = c / n;
                covariance[b * count + a] = c / n;
            }
        }
        let n_eff = behind_the_error(n, window);
        let estimates = f(&means)
            .into_iter()
            .enumerate()
            .map(|(a, value)| Estimate::new(value, covariance[a * count + a].sqrt(), Some(n_eff)))
            .collect::<Result<_>>()?;
        Ok(GammaCovariance {
            estimates,
            covariance,
            window,
            too_short,
        })
    }

    fn analyse(
        &self,
        data: &Histories,
        f: impl Fn(&[f64]) -> f64,
        gradient: &[f64],
    ) -> Result<GammaAnalysis> {
        let means = data.means();
        let value = f(&means);
        let projection = data.projected(&means, gradient)?;
        let sum = self.window(data, &projection)?;
        let (n, w) = (data.total() as f64, sum.window as f64);
        let error = (sum.c / n).sqrt();
        let tau = sum.tau;
        let tau_error = 2.0 * tau * ((w + 0.5 - tau).max(0.0) / n).sqrt();
        let n_eff = Some(behind_the_error(n, sum.window));
        let replicas = (data.replicas() > 1).then(|| replica_test(data, f, sum.c));
        Ok(GammaAnalysis {
            estimate: Estimate::new(value, error, n_eff)?,
            error_of_error: error * ((w + 0.5) / n).sqrt(),
            tau_int: Estimate::new(tau, tau_error, n_eff)?,
            window: sum.window,
            too_short: sum.too_short(data),
            gamma: sum.gamma,
            replicas,
            measurements: data.total(),
        })
    }

    /// The automatic window, and `C` and `τ_int` there.
    fn window(&self, data: &Histories, projection: &[Vec<f64>]) -> Result<WindowedSum> {
        let n = data.total() as f64;
        let longest = data.lengths().min().unwrap_or(0) / 2;
        // Most windows are short: a few lags first, all of them only where these do not suffice.
        let mut lags = (longest + 1).min(33);
        let mut gamma = autocovariance(projection, lags);
        let (mut sum, mut w) = (0.5 * gamma[0], 0);
        while w < longest {
            w += 1;
            if w == lags {
                lags = (longest + 1).min(16 * lags);
                gamma = autocovariance(projection, lags);
            }
            sum += gamma[w];
            let tau = sum / gamma[0];
            let decay = self.decay_time(tau, gamma[1] / gamma[0]);
            let lag = w as f64;
            let settled = (-lag / decay).exp() < decay / (lag * n).sqrt() || decay == 0.0;
            if tau > 0.0 && settled {
                break;
            }
        }
        gamma.truncate(w + 1);
        let (c, tau) = corrected(&gamma, n);
        if !(c > 0.0) {
            let expected = "a positive variance: the chain is too short for its oscillations";
            return Err(domain("Γ(0) + 2 Σ Γ(t)", c, expected));
        }
        Ok(WindowedSum {
            window: w,
            gamma,
            c,
            tau,
        })
    }

    /// `S/ln[(2τ + 1)/(2τ − 1)]`, or `S/ln(1/|ρ(1)|)` for `τ ≤ ½`; the same for AR(1).
    fn decay_time(&self, tau: f64, rho_1: f64) -> f64 {
        let ratio = if tau > 0.5 {
            (2.0 * tau - 1.0) / (2.0 * tau + 1.0)
        } else {
            rho_1.abs().min(1.0)
        };
        -self.s / ratio.ln()
    }
}

struct WindowedSum {
    window: usize,
    gamma: Vec<f64>,
    c: f64,
    tau: f64,
}

impl WindowedSum {
    fn too_short(&self, data: &Histories) -> bool {
        let shortest = data.lengths().min().unwrap_or(0);
        let enough = data.total() as f64 >= GammaMethod::SHORTEST * self.tau;
        !(enough && self.window < shortest / 2)
    }
}

/// `C` and `τ_int` after `Γ(t) → Γ(t) + C/N`: the mean was taken from the same data.
fn corrected(gamma: &[f64], n: f64) -> (f64, f64) {
    let sum =
        |shift: f64| gamma[0] + shift + 2.0 * gamma[1..].iter().map(|g| g + shift).sum::<f64>();
    let shift = sum(0.0) / n;
    let c = sum(shift);
    (c, 0.5 * c / (gamma[0] + shift))
}

/// The number of independent samples whose error is uncertain by the same `√((W + ½)/N)`.
fn behind_the_error(n: f64, window: usize) -> f64 {
    1.0 + n / (2.0 * window as f64 + 1.0)
}

fn replica_test(data: &Histories, f: impl Fn(&[f64]) -> f64, c: f64) -> ReplicaTest {
    let lengths: Vec<f64> = data.lengths().map(|n| n as f64).collect();
    let values: Vec<f64> = (0..data.replicas())
        .map(|r| f(&data.replica_means(r)))
        .collect();
    let weighted: f64 = values.iter().zip(&lengths).map(|(f, n)| n * f).sum();
    let mean = weighted / data.total() as f64;
    let terms = values
        .iter()
        .zip(&lengths)
        .map(|(f, n)| n * (f - mean) * (f - mean) / c);
    let (chi2, degrees_of_freedom) = (terms.sum(), data.replicas() - 1);
    let q_value = if chi2 >= 0.0 {
        chi2_tail(chi2, degrees_of_freedom)
    } else {
        f64::NAN
    };
    ReplicaTest {
        chi2,
        degrees_of_freedom,
        q_value,
    }
}
