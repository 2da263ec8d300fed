//! `mle-map`: the most likely parameters, and the most probable ones given a prior.
//!
//! Deciders: closed forms of conjugate families (a Gaussian with Gaussian prior, a coin with a beta prior) and
//! the trapezoid rule (`reference::quadrature`). The library's part is the optimiser, [`Bfgs`].

use std::f64::consts::TAU;

use fieldassay::Result;
use fieldassay::num::{Tol, Worst, compensated_sum};
use fieldassay::optimize::{Bfgs, LineSearch, Stop};
use fieldassay::verdict::{Evidence, Verdict};
use fieldassay_reference::quadrature;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

const OPTIMUM: Tol = Tol::rel_abs(1e-8, 1e-8).because("the ledger's window; gradients below 1e-9");
const INTEGRAL: Tol = Tol::rel(1e-8).because("the ledger's window; the trapezoid rule is far better");

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "mle-map",
        "Lingxiao Wang, Learning Hadron Interactions with Deep Neural Networks, Hadrons and Hadron \
         Interactions in QCD 2024, YITP, 2024-10-30: section \"Machine Learning and Inference\"",
        "Maximum Likelihood Estimation (MLE): max_θ Π_{i=1}^N p(x_i|θ); Maximum A Posterior (MAP): \
         p(θ|X) = p(X|θ)π(θ)/p(X); Posterior p(θ|X), Prior π(θ), Evidence p(X)",
        vec![
            Statement::says(
                "MLE",
                "Maximising Π p(x_i|θ) gives the sample mean and the mean squared deviation for a Gaussian, \
                 and the observed frequency for a coin.",
                "a maximum elsewhere than the closed form",
            )
            .decided_by(
                Verdict::Supported,
                maximises_the_likelihood,
                0.0,
                Alteration::new("Σ(x − x̄)²/N → Σ(x − x̄)²/(N − 1)", 1.0),
            ),
            Statement::says(
                "MAP",
                "Maximising p(X|θ)π(θ) gives the mode of the conjugate posterior, which tends to the MLE as \
                 the prior widens.",
                "a maximum elsewhere than the closed form, or a difference that stays",
            )
            .decided_by(
                Verdict::Supported,
                maximises_the_posterior,
                0.0,
                Alteration::new("mode → mean of the posterior", 1.0),
            ),
            Statement::says(
                "evidence",
                "p(X|θ)π(θ)/p(X) is a normalised density in θ, with p(X) = ∫ p(X|θ)π(θ) dθ.",
                "an integral other than one",
            )
            .decided_by(
                Verdict::Supported,
                is_normalised,
                Normaliser::Evidence,
                Alteration::new("p(X) → max_θ p(X|θ)", Normaliser::Peak),
            ),
        ],
    )
}

/// Heads and throws.
const COINS: [[f64; 2]; 4] = [[3.0, 10.0], [9.0, 10.0], [57.0, 100.0], [1.0, 4.0]];
/// Exponents `a`, `b` of the beta priors; `1, 1` is flat.
const BETAS: [[f64; 2]; 4] = [[1.0, 1.0], [2.0, 2.0], [3.0, 5.0], [10.0, 4.0]];
/// Width of the distribution of Gaussian data, and of the priors of its mean.
const SIGMA: f64 = 1.5;
const WIDTHS: [f64; 4] = [0.1, 1.0, 10.0, 1000.0];

fn samples(context: &Context<'_>, n: usize) -> Vec<f64> {
    let mut rng = context.stream(&format!("gaussian/{n}"));
    (0..n).map(|_| 0.8 + SIGMA * rng.normal()).collect()
}

fn average(x: &[f64]) -> f64 {
    compensated_sum(x.iter().copied()) / x.len() as f64
}

fn squared_deviations(x: &[f64]) -> f64 {
    let mean = average(x);
    compensated_sum(x.iter().map(|x| (x - mean).powi(2)))
}

/// Where a function, given with its gradient, has its minimum.
fn minimum<F>(mut f: F, start: Vec<f64>) -> Result<Vec<f64>>
where
    F: FnMut(&[f64], &mut [f64]) -> f64,
{
    let mut search = Bfgs::new(start, LineSearch::default())?;
    let end = search.run(&mut f, &Stop { gradient: 1e-10, iterations: 500 });
    // A search that has not arrived is no maximum of anything.
    let arrived = end.gradient_norm < 1e-8;
    Ok(if arrived { end.theta } else { vec![f64::NAN; end.theta.len()] })
}

/// `−ln Π p(x_i|μ, s)` per datum for a Gaussian of variance `e^s`, up to a constant.
fn gaussian_surprise(x: &[f64], p: &[f64], g: &mut [f64]) -> f64 {
    let (n, precision) = (x.len() as f64, (-p[1]).exp());
    let first = x.iter().map(|x| x - p[0]).sum::<f64>() / n;
    let second = x.iter().map(|x| (x - p[0]).powi(2)).sum::<f64>() / n;
    g[0] = -precision * first;
    g[1] = 0.5 - 0.5 * precision * second;
    0.5 * p[1] + 0.5 * precision * second
}

/// `−ln θ^heads (1 − θ)^tails` per throw, in `z` with `θ = 1/(1 + e^{−z})`.
fn coin_surprise(heads: f64, tails: f64, z: f64, g: &mut [f64]) -> f64 {
    let (theta, n) = (1.0 / (1.0 + (-z).exp()), heads + tails);
    g[0] = theta - heads / n;
    // ln(1 + e^{−z}), without overflow.
    (-z.abs()).exp().ln_1p() + (-z).max(0.0) + z * tails / n
}

/// The `θ` at which [`coin_surprise`] is least.
fn likeliest_coin(heads: f64, tails: f64) -> Result<f64> {
    let f = |p: &[f64], g: &mut [f64]| coin_surprise(heads, tails, p[0], g);
    Ok(1.0 / (1.0 + (-minimum(f, vec![0.0])?[0]).exp()))
}

fn maximises_the_likelihood(context: &Context<'_>, lost: &f64) -> Result<Finding> {
    let mut worst = Worst::new(OPTIMUM);
    let mut shown = [f64::NAN; 2];
    for n in [5, 20, 100] {
        let x = samples(context, n);
        let f = |p: &[f64], g: &mut [f64]| gaussian_surprise(&x, p, g);
        let found = minimum(f, vec![0.0, 0.0])?;
        let variance = squared_deviations(&x) / (n as f64 - lost);
        worst.see(found[0], average(&x), || format!("mean of {n}"));
        worst.see(found[1].exp(), variance, || format!("variance of {n}"));
        shown = [found[1].exp(), variance];
    }
    for [heads, throws] in COINS {
        let found = likeliest_coin(heads, throws - heads)?;
        worst.see(found, heads / throws, || format!("{heads} of {throws} heads"));
    }
    let evidence = Evidence::from_iter([worst.into_check("maximum against the closed form", 10)]);
    let headline = Headline {
        quantity: "variance that maximises the likelihood of 100 Gaussian data".into(),
        claimed: shown[1],
        value: shown[0],
        error: 1e-9,
    };
    Ok(Finding::new(evidence, headline))
}

/// The most probable mean of Gaussian data under a prior `N(0, τ²)`.
fn most_probable_mean(x: &[f64], tau: f64) -> Result<f64> {
    let f = |p: &[f64], g: &mut [f64]| {
        let n = x.len() as f64;
        let slope: f64 = x.iter().map(|x| (p[0] - x) / (SIGMA * SIGMA)).sum();
        let square: f64 = x.iter().map(|x| (p[0] - x).powi(2) / (SIGMA * SIGMA)).sum();
        g[0] = (slope + p[0] / (tau * tau)) / n;
        0.5 * (square + p[0] * p[0] / (tau * tau)) / n
    };
    Ok(minimum(f, vec![0.0])?[0])
}

fn maximises_the_posterior(context: &Context<'_>, mean_instead: &f64) -> Result<Finding> {
    const LIMIT: Tol = Tol::rel(0.01).because("corrections of relative order σ²/(Nτ²) at τ ≥ 10");
    let (mut worst, mut limit) = (Worst::new(OPTIMUM), Worst::new(LIMIT));
    for n in [5, 20, 100] {
        let x = samples(context, n);
        let count = n as f64;
        for tau in WIDTHS {
            let shrunk = average(&x) / (1.0 + SIGMA * SIGMA / (count * tau * tau));
            worst.see(most_probable_mean(&x, tau)?, shrunk, || format!("{n} data, τ = {tau}"));
        }
        let gap = |tau: f64| -> Result<f64> { Ok(average(&x) - most_probable_mean(&x, tau)?) };
        let ratio = gap(10.0)? / gap(100.0)?;
        limit.see(ratio, 100.0, || format!("{n} data"));
    }
    let mut shown = [f64::NAN; 2];
    for [heads, throws] in COINS {
        for [a, b] in BETAS {
            // The mode is that of a − 1 and b − 1 more throws; the mean that of a and b.
            let more = 1.0 - mean_instead;
            let closed = (heads + a - more) / (throws + a + b - 2.0 * more);
            let found = likeliest_coin(heads + a - 1.0, throws - heads + b - 1.0)?;
            worst.see(found, closed, || format!("{heads} of {throws}, beta({a}, {b})"));
            shown = [found, closed];
        }
    }
    let evidence = Evidence::from_iter([
        worst.into_check("maximum of the posterior against the closed form", 28),
        limit.into_check("(MLE − MAP) at τ = 10 over that at τ = 100", 3),
    ]);
    let headline = Headline {
        quantity: "most probable θ of 1 head in 4 throws under beta(10, 4)".into(),
        claimed: shown[1],
        value: shown[0],
        error: 1e-9,
    };
    Ok(Finding::new(evidence, headline))
}

/// What the product is divided by.
#[derive(Clone, Copy, Debug)]
enum Normaliser {
    Evidence,
    Peak,
}

/// `p(X|μ)π(μ)` for Gaussian data, prior `N(0, τ²)`.
fn gaussian_product(x: &[f64], tau: f64, mu: f64) -> f64 {
    let ln_density = |x: f64, width: f64| -0.5 * (x / width).powi(2) - 0.5 * (TAU * width * width).ln();
    let likelihood: f64 = x.iter().map(|x| ln_density(x - mu, SIGMA)).sum();
    (likelihood + ln_density(mu, tau)).exp()
}

/// `p(X)`: the data are jointly Gaussian with covariance `σ² + τ²` on and `τ²` off the diagonal.
fn gaussian_evidence(x: &[f64], tau: f64) -> f64 {
    let n = x.len() as f64;
    let (square, prior) = (SIGMA * SIGMA, tau * tau);
    let along = square + n * prior;
    let mean = average(x);
    let exponent = squared_deviations(x) / square + n * mean * mean / along;
    (-0.5 * (exponent + n * TAU.ln() + (n - 1.0) * square.ln() + along.ln())).exp()
}

/// `B(a, b)` for whole numbers: `(a−1)!(b−1)!/(a+b−1)!`.
fn beta(a: f64, b: f64) -> f64 {
    let (a, b) = (a as u32, b as u32);
    (1..b).fold(1.0 / f64::from(a), |product, k| product * f64::from(k) / f64::from(a + k))
}

fn is_normalised(context: &Context<'_>, normaliser: &Normaliser) -> Result<Finding> {
    let mut worst = Worst::new(INTEGRAL);
    let mut shown = f64::NAN;
    let x = samples(context, 20);
    for tau in [0.5, 1.0, 3.0] {
        let product = |mu: f64| gaussian_product(&x, tau, mu);
        let divisor = match normaliser {
            Normaliser::Evidence => gaussian_evidence(&x, tau),
            // The product over the prior is the likelihood, at its maximum here.
            Normaliser::Peak => product(average(&x)) / gaussian_product(&[], tau, average(&x)),
        };
        let integral = quadrature::line(product, 12.0, 0.01) / divisor;
        worst.see(integral, 1.0, || format!("Gaussian, τ = {tau}"));
        shown = integral;
    }
    for [heads, throws] in COINS {
        for [a, b] in BETAS {
            let (p, q) = (heads + a, throws - heads + b);
            // θ = 1/(1 + e^{−z}) takes the integral to the whole line: dθ = θ(1 − θ) dz.
            let product = |z: f64| {
                let (up, down) = (-(-z).exp().ln_1p(), -z.exp().ln_1p());
                (p * up + q * down).exp() / beta(a, b)
            };
            let frequency = heads / throws;
            let divisor = match normaliser {
                Normaliser::Evidence => beta(p, q) / beta(a, b),
                Normaliser::Peak => {
                    (heads * frequency.ln() + (throws - heads) * (1.0 - frequency).ln()).exp()
                }
            };
            let integral = quadrature::line(product, 60.0, 0.02) / divisor;
            worst.see(integral, 1.0, || format!("{heads} of {throws}, beta({a}, {b})"));
        }
    }
    let evidence = Evidence::from_iter([worst.into_check("∫ p(X|θ)π(θ) dθ over the closed form of p(X)", 19)]);
    let headline = Headline {
        quantity: "integral of the posterior of a Gaussian mean".into(),
        claimed: 1.0,
        value: shown,
        error: 1e-12,
    };
    Ok(Finding::new(evidence, headline))
}
