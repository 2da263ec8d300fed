//! `importance-sampling`: `E[f] = ∫ f (p/q) q dx`, and when its sample mean can be used.
//!
//! `p` is a two-component Gaussian mixture (or a Gaussian), `q` a Gaussian. Decider: closed-form
//! moments and the trapezoid rule (`reference::importance`). The library's part is
//! [`ImportanceWeights`]: effective sample size and Pareto k̂.

use fieldassay::Result;
use fieldassay::num::{Tol, compensated_sum};
use fieldassay::rng::Rng;
use fieldassay::stats::{Estimate, ImportanceWeights};
use fieldassay::verdict::{Evidence, Verdict, check, exact};
use fieldassay_reference::importance::Mixture;
use fieldassay_reference::probability;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

/// Components (weight, mean, width) of the true distribution.
const P: [[f64; 3]; 2] = [[0.6, -1.0, 0.7], [0.4, 1.5, 0.5]];
/// Width of the reference distribution.
const WIDTH: f64 = 2.5;
const REPLICAS: usize = 2500;
const SAMPLES: usize = 400;
const FALSE_FAIL: f64 = 1e-7;

/// The claim.
pub fn claim() -> Claim {
    let exact = Mixture(P.to_vec());
    let tempered = exact.integral_with(WIDTH, |x, p, q| x * x * (p / q).powf(0.9) * q);
    let error_ratio = exact.weighted_variance(WIDTH, |x| x * x).sqrt() / spread_under_p();
    let perplexity = perplexity_fraction(ESS_WIDTH) - ess_fraction(ESS_WIDTH);
    Claim::new(
        "importance-sampling",
        "Lingxiao Wang, Learning Hadron Interactions with Deep Neural Networks, Hadrons and Hadron \
         Interactions in QCD 2024, YITP, 2024-10-30: section \"Backups: Uncertainty Estimation\"",
        "Recall: Importance Sampling: p(x): original (true) distribution, q(x): reference \
         distribution: E[f(x)] = ∫ f(x) p(x) dx = ∫ f(x) (p(x)/q(x)) q(x) dx",
        vec![
            Statement::says(
                "as printed",
                "The mean of f p/q over draws from a q that covers p estimates E_p[f] without bias.",
                "a mean that differs from the integral",
            )
            .decided_by(
                Verdict::Supported,
                is_unbiased,
                1.0,
                Alteration::of_size(
                    "weight p/q → (p/q)^0.9 (tempered)",
                    0.9,
                    (tempered - exact.second_moment()).abs(),
                ),
            ),
            Statement::says(
                "for any q",
                "The mean of f p/q over draws from q tends to E_p[f], with a usable error, for every \
                 reference q.",
                "one q, uniform on [−2, 2] for p = N(0, 1), whose mean is another number",
            )
            .decided_by(
                Verdict::Refuted,
                reaches_the_integral,
                CUT,
                Alteration::of_size(
                    "q uniform on [−2, 2] → on [−2.2, 2.2], which misses less of p",
                    Reference::Uniform { half: 2.2 },
                    missed_beyond(2.2),
                ),
            ),
            Statement::says(
                "corrected",
                "It does for a q that covers the support of f p with tails at least as heavy.",
                "a mean other than E_p[f], or k̂ above 0.7, for q = N(0, 4) and p = N(0, 1)",
            )
            .decided_by(
                Verdict::Supported,
                reaches_the_integral,
                COVERING,
                Alteration::of_size(
                    "q = N(0, 4) → uniform on [−2, 2], which misses part of p",
                    CUT,
                    missed_beyond(2.0),
                ),
            ),
            Statement::says(
                "k̂ warns",
                "Pareto k̂ of the weights exceeds 0.7 where q is unfit for p.",
                "k̂ below 0.7 for q of lighter tails than p, or above it for heavier ones",
            )
            .decided_by(
                Verdict::Qualified,
                warns_of_light_tails,
                LIGHT,
                // The shape of the tail is 1 − width².
                Alteration::of_size("width² of q 0.1 → 0.5, the edge of finite variance", 0.5, 0.4),
            ),
            Statement::says(
                "variance",
                "The error of the mean of N terms is √([∫ f² p²/q − E_p[f]²]/N).",
                "a spread of replicas in another ratio to it",
            )
            .decided_by(
                Verdict::Supported,
                has_the_error,
                Spread::Weighted,
                Alteration::of_size(
                    "∫ f² p²/q → ∫ f² p (the spread of f under p)",
                    Spread::Unweighted,
                    error_ratio - 1.0,
                ),
            ),
            Statement::says(
                "effective sample size",
                "(Σw)²/Σw² of N draws is N / ∫ p²/q.",
                "another fraction of N",
            )
            .decided_by(
                Verdict::Supported,
                has_the_sample_size,
                SampleSize::Kish,
                Alteration::of_size(
                    "(Σw)²/Σw² → perplexity of the normalised weights",
                    SampleSize::Perplexity,
                    perplexity,
                ),
            ),
        ],
    )
}

fn ln_gaussian(x: f64, mean: f64, width: f64) -> f64 {
    let z = (x - mean) / width;
    -0.5 * z * z - (width * std::f64::consts::TAU.sqrt()).ln()
}

/// `ln p(x)` of the mixture.
fn ln_p(x: f64) -> f64 {
    let density: f64 = (P.iter())
        .map(|&[weight, mean, width]| weight * ln_gaussian(x, mean, width).exp())
        .sum();
    density.ln()
}

/// The means of `x² (p/q)^power` over [`SAMPLES`] draws from `q`, one per replica.
fn replica_means(power: f64, rng: &mut Rng) -> Vec<f64> {
    let term = |rng: &mut Rng| {
        let x = WIDTH * rng.normal();
        x * x * (power * (ln_p(x) - ln_gaussian(x, 0.0, WIDTH))).exp()
    };
    (0..REPLICAS)
        .map(|_| (0..SAMPLES).map(|_| term(rng)).sum::<f64>() / SAMPLES as f64)
        .collect()
}

fn is_unbiased(context: &Context<'_>, power: &f64) -> Result<Finding> {
    const RESOLVES: f64 = 0.02;
    const ROUNDING: Tol = Tol::rel(1e-13).because("6000 terms of a trapezoid sum");
    let exact_p = Mixture(P.to_vec());
    let truth = exact_p.second_moment();
    let integral = exact_p.integral_with(WIDTH, |x, p, q| x * x * (p / q) * q);
    let means = replica_means(*power, &mut context.stream("draws"));
    let estimate = Estimate::from_independent(&means)?;
    let evidence = Evidence::from_iter([
        exact("∫ x² (p/q) q by quadrature against E_p[x²]", integral, truth, ROUNDING),
        check("mean of x² p/q over 10⁶ draws from q against E_p[x²]", estimate)
            .false_fail(FALSE_FAIL)
            .resolves(RESOLVES)
            .against(truth),
    ]);
    let headline = Headline {
        quantity: "E_p[x²] from draws of q".into(),
        claimed: truth,
        value: estimate.value(),
        error: estimate.error(),
    };
    Ok(Finding::new(evidence, headline))
}

/// Whose second moment gives the error.
#[derive(Clone, Copy, Debug)]
enum Spread {
    Weighted,
    Unweighted,
}

/// The standard deviation of `x²` under `p`.
fn spread_under_p() -> f64 {
    let exact = Mixture(P.to_vec());
    let fourth = exact.integral_with(WIDTH, |x, p, _| x.powi(4) * p);
    (fourth - exact.second_moment().powi(2)).sqrt()
}

fn has_the_error(context: &Context<'_>, spread: &Spread) -> Result<Finding> {
    const RESOLVES: f64 = 0.14;
    let exact = Mixture(P.to_vec());
    let truth = exact.second_moment();
    let sigma = match spread {
        Spread::Weighted => exact.weighted_variance(WIDTH, |x| x * x).sqrt(),
        Spread::Unweighted => spread_under_p(),
    };
    let means = replica_means(1.0, &mut context.stream("variance"));
    let squares = means.iter().map(|mean| (mean - truth).powi(2));
    let measured = (compensated_sum(squares) / REPLICAS as f64).sqrt();
    let ratio = measured / (sigma / (SAMPLES as f64).sqrt());
    // Means of 400 terms with kurtosis 2.5 are Gaussian; a root mean square of R has error 1/√(2R).
    let error = 1.0 / (2.0 * REPLICAS as f64).sqrt();
    let estimate = Estimate::new(ratio, error, None)?;
    let evidence = Evidence::from_iter([check("spread of 2500 replicas over the formula", estimate)
        .false_fail(FALSE_FAIL)
        .resolves(RESOLVES)
        .against(1.0)]);
    let headline = Headline {
        quantity: "spread of replicas over the error formula".into(),
        claimed: 1.0,
        value: ratio,
        error,
    };
    Ok(Finding::new(evidence, headline))
}

const ESS_WIDTH: f64 = 2.0;

/// `1/∫ p²/q` for `p = N(0, 1)` and `q = N(0, s²)`.
fn ess_fraction(s: f64) -> f64 {
    (2.0 * s * s - 1.0).sqrt() / (s * s)
}

/// `e^{−KL(p‖q)}` for the same pair: what the perplexity of the weights tends to.
fn perplexity_fraction(s: f64) -> f64 {
    (0.5 - 0.5 / (s * s)).exp() / s
}

/// Which effective sample size.
#[derive(Clone, Copy, Debug)]
enum SampleSize {
    Kish,
    Perplexity,
}

/// Log-weights of `n` draws from `N(0, s²)` for `p = N(0, 1)`.
fn gaussian_weights(s: f64, n: usize, rng: &mut Rng) -> Result<ImportanceWeights> {
    let ln_w: Vec<f64> = (0..n)
        .map(|_| {
            let x = s * rng.normal();
            ln_gaussian(x, 0.0, 1.0) - ln_gaussian(x, 0.0, s)
        })
        .collect();
    ImportanceWeights::from_logarithms(&ln_w)
}

fn perplexity(weights: &[f64]) -> f64 {
    let sum = compensated_sum(weights.iter().copied());
    let terms = weights.iter().map(|w| w / sum).filter(|w| *w > 0.0);
    (-compensated_sum(terms.map(|w| w * w.ln()))).exp()
}

fn has_the_sample_size(context: &Context<'_>, size: &SampleSize) -> Result<Finding> {
    // N is large because (Σw)²/Σw² is biased by a few parts in N.
    const N: usize = 20_000;
    const RESOLVES: f64 = 0.03;
    const ROUNDING: Tol = Tol::rel(1e-12).because("trapezoid sums of Gaussians");
    let truth = ess_fraction(ESS_WIDTH);
    let by_quadrature = Mixture(vec![[1.0, 0.0, 1.0]]).ess_fraction(ESS_WIDTH);
    let mut rng = context.stream("weights");
    let fractions: Vec<f64> = (0..50)
        .map(|_| {
            let weights = gaussian_weights(ESS_WIDTH, N, &mut rng)?;
            let size = match size {
                SampleSize::Kish => weights.ess(),
                SampleSize::Perplexity => perplexity(weights.relative()),
            };
            Ok(size / N as f64)
        })
        .collect::<Result<_>>()?;
    let estimate = Estimate::from_independent(&fractions)?;
    let evidence = Evidence::from_iter([
        exact("√(2s²−1)/s² against 1/∫ p²/q by quadrature", truth, by_quadrature, ROUNDING),
        check("(Σw)²/(N Σw²) at s = 2", estimate)
            .false_fail(FALSE_FAIL)
            .resolves(RESOLVES)
            .against(truth),
    ]);
    let headline = Headline {
        quantity: "ESS/N of p = N(0,1) through q = N(0,4)".into(),
        claimed: truth,
        value: estimate.value(),
        error: estimate.error(),
    };
    Ok(Finding::new(evidence, headline))
}

/// A reference distribution for `p = N(0, 1)`.
#[derive(Clone, Copy, Debug)]
enum Reference {
    /// `N(0, width²)`.
    Gaussian { width: f64 },
    /// Uniform on `[−half, half]`: zero where `p` is not.
    Uniform { half: f64 },
}

const COVERING: Reference = Reference::Gaussian { width: ESS_WIDTH };
const LIGHT: f64 = 0.1;
const CUT: Reference = Reference::Uniform { half: 2.0 };

impl Reference {
    /// `x` and `ln p(x)/q(x)` for one draw from `q`.
    fn draw(self, rng: &mut Rng) -> [f64; 2] {
        let (x, ln_q) = match self {
            Self::Gaussian { width } => {
                let x = width * rng.normal();
                (x, ln_gaussian(x, 0.0, width))
            }
            Self::Uniform { half } => (rng.uniform_in(-half, half), -(2.0 * half).ln()),
        };
        [x, ln_gaussian(x, 0.0, 1.0) - ln_q]
    }
}

/// Means of `x² p/q` and Pareto k̂ of `p/q`, each over many sets of draws from `q`.
fn through(reference: Reference, rng: &mut Rng) -> Result<[Estimate; 2]> {
    const N: usize = 4000;
    const REPEATS: usize = 200;
    let (mut means, mut shapes) = (Vec::new(), Vec::new());
    for _ in 0..REPEATS {
        let draws: Vec<[f64; 2]> = (0..N).map(|_| reference.draw(rng)).collect();
        let terms = draws.iter().map(|[x, ln_w]| x * x * ln_w.exp());
        means.push(compensated_sum(terms) / N as f64);
        let ln_w: Vec<f64> = draws.iter().map(|[_, ln_w]| *ln_w).collect();
        shapes.push(ImportanceWeights::from_logarithms(&ln_w)?.pareto_shape()?);
    }
    Ok([
        Estimate::from_independent(&means)?,
        Estimate::from_independent(&shapes)?,
    ])
}

/// The part of `E_p[x²] = 1` that lies beyond `|x| = half`.
fn missed_beyond(half: f64) -> f64 {
    probability::normal_two_sided_tail(half) + 2.0 * half * ln_gaussian(half, 0.0, 1.0).exp()
}

fn reaches_the_integral(context: &Context<'_>, reference: &Reference) -> Result<Finding> {
    const RESOLVES: f64 = 0.1;
    let [mean, shape] = through(*reference, &mut context.stream("references"))?;
    let headline = Headline {
        quantity: format!("E_p[x²] of p = N(0, 1) through q = {reference:?}"),
        claimed: 1.0,
        value: mean.value(),
        error: mean.error(),
    };
    let evidence = Evidence::from_iter([
        check("mean of x² p/q over 8×10⁵ draws from q against E_p[x²]", mean)
            .false_fail(FALSE_FAIL)
            .resolves(RESOLVES)
            .against(1.0),
        check("k̂ of the weights: the error of the mean is usable", shape)
            .false_fail(FALSE_FAIL)
            .resolves(RESOLVES)
            .at_most()
            .against(ImportanceWeights::UNRELIABLE),
    ]);
    Ok(Finding::new(evidence, headline))
}

fn warns_of_light_tails(context: &Context<'_>, width_square: &f64) -> Result<Finding> {
    const RESOLVES: f64 = 0.14;
    let mut rng = context.stream("tails");
    let width = width_square.sqrt();
    let [_, light] = through(Reference::Gaussian { width }, &mut rng)?;
    let [_, heavy] = through(COVERING, &mut rng)?;
    let [_, cut] = through(CUT, &mut rng)?;
    let headline = Headline {
        quantity: format!("Pareto k̂ of p = N(0,1) through q = N(0, {width_square}) (warns above 0.7)"),
        claimed: ImportanceWeights::UNRELIABLE,
        value: light.value(),
        error: light.error(),
    };
    let against = |name: &str, shape| check(name, shape).false_fail(FALSE_FAIL).resolves(RESOLVES);
    let evidence = Evidence::from_iter([
        against("k̂ of q with lighter tails than p", light)
            .at_least()
            .against(ImportanceWeights::UNRELIABLE),
        against("k̂ of q with heavier tails than p", heavy)
            .at_most()
            .against(ImportanceWeights::UNRELIABLE),
        against("k̂ of a q that is 0 beyond |x| = 2: no warning", cut)
            .at_most()
            .against(ImportanceWeights::UNRELIABLE),
    ]);
    Ok(Finding::new(evidence, headline).qualified(
        "if q > 0 wherever p is: a q that never draws a part of p has bounded weights, and k̂ is blind \
         to what is missing",
    ))
}
