//! `softmax-sigmoid`: the two activations, and of what "Max" softmax is the differentiable version.
//!
//! # Design
//!
//! "Differentiable version of Max" has two readings. If Max is the *place* of the maximum (one-hot
//! arg max), softmax is its smooth version in the limit `T → 0` of `softmax(z/T)`: true under a
//! reading that the slide does not name, so Qualified. If Max is the *value* `max z`, it is false:
//! `max(z + c) = max z + c`, while softmax does not change at all, so nothing computed from it alone
//! can follow the maximum. The smooth maximum is log-sum-exp, whose gradient softmax is. Both readings
//! are audited.
//!
//! Decider: the printed formula in 1280 binary places (`reference::probability`); derivatives by
//! forward-mode automatic differentiation (`reference::dual`). The reverse mode of this crate's own
//! autodiff joins as a second decider when that module exists.

use fieldassay::Result;
use fieldassay::num::{Tol, Worst, compensated_sum};
use fieldassay::rng::Rng;
use fieldassay::verdict::{Evidence, Verdict, exact};
use fieldassay_reference::dual::{Dual, jacobian};
use fieldassay_reference::probability;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "softmax-sigmoid",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Loss function of Classification Problem\"",
        "SoftMax: exp(z_i)/Σ_j exp(z_j); Sigmoid: 1/(exp(−z)+1); Probability summation = 1; \
         Differentiable version of Max",
        vec![
            Statement::says(
                "as printed",
                "Softmax gives numbers that are positive (in doubles: not negative), sum to 1 and \
                 depend on differences of z only.",
                "a negative entry, a sum other than 1, or another value in higher precision, for |z| ≤ 800",
            )
            .decided_by(
                Verdict::Supported,
                is_a_probability,
                Base::E,
                Alteration::new("Σ_j e^{z_j} → Σ_j 2^{z_j}", Base::Two),
            ),
            Statement::says(
                "sigmoid",
                "The sigmoid 1/(e^{−z} + 1) is softmax for two classes, of z = z_1 − z_2.",
                "another value than the first entry of softmax(z_1, z_2)",
            )
            .decided_by(
                Verdict::Supported,
                is_softmax_of_two,
                -1.0,
                Alteration::new("1/(e^{−z} + 1) → 1/(e^{+z} + 1)", 1.0),
            ),
            Statement::says(
                "Max as a place",
                "softmax(z/T) tends to one-hot arg max z as T → 0.",
                "weight left on a smaller entry in the limit",
            )
            .decided_by(
                Verdict::Qualified,
                tends_to_the_place,
                Temperature::Divides,
                Alteration::new("z/T → T z", Temperature::Multiplies),
            ),
            Statement::says(
                "Max as a value",
                "The largest entry of softmax(z/T), the only maximum that softmax returns, is max z \
                 within the T ln K that smoothing costs.",
                "a distance from max z outside [0, T ln K]",
            )
            .decided_by(
                Verdict::Refuted,
                is_a_smooth_maximum,
                Reading::LargestProbability,
                Alteration::new("largest probability → its logarithm", Reading::LogProbability),
            ),
            Statement::says(
                "Max, corrected",
                "T ln Σ exp(z/T) is a differentiable version of max z: within T ln K above it, and \
                 shifted by c when z is.",
                "a distance from max z outside [0, T ln K]",
            )
            .decided_by(
                Verdict::Supported,
                is_a_smooth_maximum,
                Reading::LogSumExp,
                Alteration::new("sum → mean of the exponentials", Reading::LogMeanExp),
            ),
            Statement::says(
                "derivative",
                "softmax is differentiable, with Jacobian p_i (δ_ij − p_j), and is the gradient of \
                 log-sum-exp.",
                "another Jacobian from automatic differentiation",
            )
            .decided_by(
                Verdict::Supported,
                has_the_jacobian,
                1.0,
                Alteration::new("p_i(δ_ij − p_j) → p_i δ_ij (1 − p_i), the sigmoid's", 0.0),
            ),
        ],
    )
}

/// `exp(z_i)/Σ exp(z_j)`, the maximum subtracted so that nothing overflows.
fn softmax(z: &[f64]) -> Vec<f64> {
    let largest = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let exponentials: Vec<f64> = z.iter().map(|z| (z - largest).exp()).collect();
    let sum = compensated_sum(exponentials.iter().copied());
    exponentials.iter().map(|e| e / sum).collect()
}

/// `1/(exp(sign·z) + 1)`: the sigmoid for `sign = −1`.
fn sigmoid(sign: f64, z: f64) -> f64 {
    1.0 / ((sign * z).exp() + 1.0)
}

fn random_logits(k: usize, bound: f64, rng: &mut Rng) -> Vec<f64> {
    (0..k).map(|_| rng.uniform_in(-bound, bound)).collect()
}

/// The base of the exponentials that are summed in the denominator.
#[derive(Clone, Copy, Debug)]
enum Base {
    E,
    Two,
}

impl Base {
    /// `exp(z_i)/Σ base^{z_j}`, as printed for the base e.
    fn softmax(self, z: &[f64]) -> Vec<f64> {
        let largest = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum = compensated_sum(z.iter().map(|z| (z - largest).exp2()));
        match self {
            Self::E => softmax(z),
            Self::Two => {
                // e^{max}/2^{max}; no overflow for |z| ≤ 800.
                let scale = (largest * (1.0 - std::f64::consts::LN_2)).exp();
                z.iter().map(|z| (z - largest).exp() * scale / sum).collect()
            }
        }
    }
}

/// `z − max z` rounds by 1.1e-13 at 800, and below 1e-307 doubles lose digits.
const VALUE: Tol =
    Tol::rel_abs(4e-13, 1e-307).because("one rounding of |z| ≤ 800; doubles below 1e-307");

fn is_a_probability(context: &Context<'_>, base: &Base) -> Result<Finding> {
    const SUM: Tol = Tol::abs(1e-14).because("50 roundings of numbers that sum to one");
    let mut rng = context.stream("logits");
    let mut signs = Worst::new(Tol::EXACT);
    let mut sums = Worst::new(SUM);
    let mut values = Worst::new(VALUE);
    let mut shifted = Worst::new(VALUE);
    for case in 0..600 {
        let k = 2 + case % 49;
        let bound = [1.0, 30.0, 800.0][case % 3];
        let z = random_logits(k, bound, &mut rng);
        let p = base.softmax(&z);
        let label = || format!("case {case}, K = {k}, |z| ≤ {bound}");
        for p in &p {
            // e^{−1600} is no double: beyond 30 a zero is right.
            let right = *p > 0.0 || (bound > 30.0 && *p == 0.0);
            signs.see(f64::from(u8::from(right)), 1.0, label);
        }
        sums.see(compensated_sum(p.iter().copied()), 1.0, label);
        if case % 10 == 0 {
            for (p, truth) in p.iter().zip(probability::softmax(&z)) {
                values.see(*p, truth, label);
            }
        }
        // A shift by a power of two of coarse logits is exact, so the probabilities are identical.
        let coarse: Vec<f64> = z.iter().map(|z| (z * 1024.0).round() / 1024.0).collect();
        let moved: Vec<f64> = coarse.iter().map(|z| z + 64.0).collect();
        for (a, b) in base.softmax(&moved).iter().zip(base.softmax(&coarse)) {
            shifted.see(*a, b, label);
        }
    }
    let worst_sum = sums.worst().map_or(f64::NAN, |(_, c)| c.actual);
    let evidence = Evidence::from_iter([
        signs.into_check("positive for |z| ≤ 30, not negative for |z| ≤ 800", 15_000),
        sums.into_check("Σ_i softmax(z)_i = 1", 600),
        values.into_check("softmax in 1280 binary places", 60),
        shifted.into_check("softmax(z + c) = softmax(z)", 600),
    ]);
    let headline = Headline {
        quantity: "sum of the probabilities furthest from 1".into(),
        claimed: 1.0,
        value: worst_sum,
        error: 1e-14,
    };
    Ok(Finding::new(evidence, headline))
}

fn is_softmax_of_two(context: &Context<'_>, sign: &f64) -> Result<Finding> {
    const TWO: Tol = Tol::abs(1e-15).because("two evaluations of one exponential of order one");
    let mut rng = context.stream("pairs");
    let mut two = Worst::new(TWO);
    let mut logistic = Worst::new(VALUE);
    for case in 0..600 {
        let bound = [1.0, 30.0, 800.0][case % 3];
        let z = random_logits(2, bound, &mut rng);
        let label = || format!("case {case}, |z| ≤ {bound}");
        two.see(softmax(&z)[0], sigmoid(*sign, z[0] - z[1]), label);
        if case % 10 == 0 {
            logistic.see(sigmoid(*sign, z[0]), probability::sigmoid(z[0]), label);
        }
    }
    let difference = two.worst().map_or(f64::NAN, |(_, c)| c.diff);
    let evidence = Evidence::from_iter([
        logistic.into_check("sigmoid in 1280 binary places", 60),
        two.into_check("softmax of two classes is the sigmoid of the difference", 600),
    ]);
    let headline = Headline {
        quantity: "largest difference between sigmoid and softmax of two classes".into(),
        claimed: 0.0,
        value: difference,
        error: 1e-15,
    };
    Ok(Finding::new(evidence, headline))
}

/// How the temperature enters.
#[derive(Clone, Copy, Debug)]
enum Temperature {
    Divides,
    Multiplies,
}

fn tends_to_the_place(context: &Context<'_>, temperature: &Temperature) -> Result<Finding> {
    /// With gaps of 0.01 at least, `e^{−gap/T}` is 4e-44 at `T = 1e-4`.
    const LIMIT: Tol = Tol::abs(1e-15).because("50 terms below e^{−100}");
    const COLDEST: f64 = 1e-4;
    let mut rng = context.stream("logits");
    let mut limit = Worst::new(LIMIT);
    let mut rising = Worst::new(Tol::abs(1e-15).because("rounding of probabilities"));
    for case in 0..200 {
        let k = 2 + case % 49;
        let mut z = random_logits(k, 1.0, &mut rng);
        let place = case % k;
        z[place] = z.iter().copied().fold(f64::NEG_INFINITY, f64::max) + 0.01;
        let at = |t: f64| {
            let scale = match temperature {
                Temperature::Divides => 1.0 / t,
                Temperature::Multiplies => t,
            };
            softmax(&z.iter().map(|z| scale * z).collect::<Vec<_>>())
        };
        for (i, p) in at(COLDEST).iter().enumerate() {
            let one_hot = f64::from(u8::from(i == place));
            limit.see(*p, one_hot, || format!("case {case}, K = {k}, entry {i}"));
        }
        for (warm, cold) in [(10.0, 1.0), (1.0, 0.1), (0.1, 0.01)] {
            let loss = at(warm)[place] - at(cold)[place];
            let loss = if loss <= 0.0 { 0.0 } else { loss };
            rising.see(loss, 0.0, || format!("case {case}, T = {warm} → {cold}"));
        }
    }
    let weight = limit.worst().map_or(f64::NAN, |(_, c)| 1.0 - c.diff);
    let evidence = Evidence::from_iter([
        limit.into_check("softmax(z/T) at T = 1e-4 is one-hot", 5000),
        rising.into_check("its weight on the maximum grows as T falls", 600),
    ]);
    let headline = Headline {
        quantity: "least weight on arg max z at T = 1e-4".into(),
        claimed: 1.0,
        value: weight,
        error: 1e-15,
    };
    Ok(Finding::new(evidence, headline).qualified(
        "if \"Max\" is read as the place of the maximum (one-hot arg max) and the temperature goes \
         to 0; the smooth version of the value max z is log-sum-exp",
    ))
}

/// A number that could be meant by "version of Max".
#[derive(Clone, Copy, Debug)]
enum Reading {
    LargestProbability,
    LogProbability,
    LogSumExp,
    LogMeanExp,
}

impl Reading {
    /// The reading at temperature `t`; the last two times `t`, as they carry the units of `z`.
    fn of(self, z: &[f64], t: f64) -> f64 {
        let scaled: Vec<f64> = z.iter().map(|z| z / t).collect();
        let largest = scaled.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum = compensated_sum(scaled.iter().map(|z| (z - largest).exp()));
        match self {
            Self::LargestProbability => 1.0 / sum,
            Self::LogProbability => -t * sum.ln(),
            Self::LogSumExp => t * (largest + sum.ln()),
            Self::LogMeanExp => t * (largest + (sum / z.len() as f64).ln()),
        }
    }
}

fn is_a_smooth_maximum(context: &Context<'_>, reading: &Reading) -> Result<Finding> {
    const ROUNDING: Tol = Tol::abs(1e-12).because("numbers up to 1000, a few roundings");
    let mut rng = context.stream("logits");
    let mut within = Worst::new(ROUNDING);
    let mut follows = Worst::new(ROUNDING);
    for case in 0..300 {
        let k = 2 + case % 49;
        let z = random_logits(k, 30.0, &mut rng);
        let largest = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for t in [1.0, 0.1, 0.01] {
            let above = reading.of(&z, t) - largest;
            let allowed = above.clamp(0.0, t * (k as f64).ln());
            within.see(above, allowed, || format!("case {case}, K = {k}, T = {t}"));
            let c = 500.0;
            let shifted: Vec<f64> = z.iter().map(|z| z + c).collect();
            let moved = reading.of(&shifted, t) - reading.of(&z, t);
            follows.see(moved, c, || format!("case {case}, K = {k}, T = {t}"));
        }
    }
    let z = [1.0, 2.0, 3.0];
    let value = reading.of(&z, 1.0);
    let evidence = Evidence::from_iter([
        within.into_check("0 ≤ reading − max z ≤ T ln K", 900),
        follows.into_check("reading(z + c) = reading(z) + c", 900),
        exact(
            "ln Σ exp z of (1, 2, 3) in 1280 binary places",
            value,
            probability::log_sum_exp(&z),
            ROUNDING,
        ),
    ]);
    let headline = Headline {
        quantity: "reading of z = (1, 2, 3) minus max z, at most ln 3".into(),
        claimed: probability::log_sum_exp(&z) - 3.0,
        value: value - 3.0,
        error: 1e-15,
    };
    Ok(Finding::new(evidence, headline))
}

/// The printed softmax for dual numbers.
fn dual_softmax(z: &[Dual]) -> Vec<Dual> {
    let exponentials: Vec<Dual> = z.iter().map(|z| z.exp()).collect();
    let sum = dual_sum(&exponentials);
    exponentials.iter().map(|e| *e / sum).collect()
}

fn dual_sum(terms: &[Dual]) -> Dual {
    (terms.iter()).fold(Dual::constant(0.0), |sum, term| sum + *term)
}

fn has_the_jacobian(context: &Context<'_>, off_diagonal: &f64) -> Result<Finding> {
    const ROUNDING: Tol = Tol::abs(2e-15).because("products of numbers below one, K ≤ 12");
    let mut rng = context.stream("logits");
    let mut matrices = Worst::new(ROUNDING);
    let mut gradients = Worst::new(ROUNDING);
    for case in 0..110 {
        let k = 2 + case % 11;
        let z = random_logits(k, 5.0, &mut rng);
        let p = softmax(&z);
        let matrix = jacobian(dual_softmax, &z);
        let gradient = jacobian(
            |z| {
                let exponentials: Vec<Dual> = z.iter().map(|z| z.exp()).collect();
                vec![dual_sum(&exponentials).ln()]
            },
            &z,
        );
        for i in 0..k {
            gradients.see(gradient[0][i], p[i], || format!("case {case}, entry {i}"));
            for j in 0..k {
                let formula = if i == j {
                    p[i] * (1.0 - p[i])
                } else {
                    -off_diagonal * p[i] * p[j]
                };
                matrices.see(formula, matrix[i][j], || format!("case {case}, ({i}, {j})"));
            }
        }
    }
    let difference = matrices.worst().map_or(f64::NAN, |(_, c)| c.diff);
    let evidence = Evidence::from_iter([
        matrices.into_check("p_i(δ_ij − p_j) against forward-mode differentiation", 5000),
        gradients.into_check("∇ log-sum-exp = softmax", 700),
    ]);
    let headline = Headline {
        quantity: "largest difference from the automatic derivative".into(),
        claimed: 0.0,
        value: difference,
        error: 2e-15,
    };
    Ok(Finding::new(evidence, headline))
}
