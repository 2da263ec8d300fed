//! `sgd-rule`: descent along the mean gradient of a random minibatch.
//!
//! For linear regression everything is exact: all batches of a small data set are enumerated, and mean
//! and covariance of `δ = θ − θ_OLS` obey linear recursions, `S ← E[(1 − εH_B) S (1 − εH_B)] + ε² E[c_B c_Bᵀ]`,
//! whose fixed point solves four linear equations (`reference::optimize::solve`). The library's [`Sgd`] is held
//! against them, and the continuous-time (Lyapunov) formula too.

use fieldassay::Result;
use fieldassay::num::{Tol, Worst};
use fieldassay::optimize::{FirstOrder, Schedule, Sgd, SgdOptions};
use fieldassay::report::{Figure, Plot};
use fieldassay::rng::Rng;
use fieldassay::stats::Estimate;
use fieldassay::verdict::{Evidence, Verdict, check, exact, fact};
use fieldassay_reference::dd::Dd;
use fieldassay_reference::dual::{Dual, jacobian};
use fieldassay_reference::optimize::solve;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

/// The data `(x, y)` of a straight line with noise.
const DATA: [[f64; 2]; 6] =
    [[-1.5, -1.1], [-1.0, -0.9], [-0.25, 0.6], [0.5, 0.4], [1.0, 2.3], [1.5, 1.6]];
const N: usize = DATA.len();
/// The batch and the rate of the simulation.
const BATCH: usize = 2;
const EPSILON: f64 = 0.1;

type Pair = [f64; 2];
type Square = [[f64; 2]; 2];

/// The claim.
pub fn claim() -> Claim {
    let spread = |sampling| second_moment(EPSILON, BATCH, sampling)[0][0];
    let factor = spread(Sampling::With) / spread(Sampling::Without);
    Claim::new(
        "sgd-rule",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"How to Train a NN\"",
        "Stochastic Gradient Descent (SDG): In practice: Randomize the data, then mini-batch; learning \
         rate ε (typically ~10^{-3}), (randomly selected) mini batch {x^(1), x^(2), …, x^(m)}: \
         θ → θ − ε (1/m) ∇_θ Σ_i L(NN(x^(i);θ), y^(i))",
        vec![
            Statement::says(
                "unbiased",
                "The step with (1/m) Σ over a random batch of m is, on average over batches, the step \
                 of full gradient descent.",
                "a batch size whose average step differs from the full one",
            )
            .decided_by(
                Verdict::Supported,
                is_unbiased,
                0.0,
                Alteration::new("1/m → 1/(m + 1)", 1.0),
            ),
            Statement::says(
                "noise",
                "The covariance of a minibatch gradient is C/m with replacement, and C/m (N − m)/(N − 1) \
                 without.",
                "a batch size with another covariance",
            )
            .decided_by(
                Verdict::Supported,
                has_the_noise,
                1.0,
                Alteration::new("(N − m)/(N − 1) → 1", 0.0),
            ),
            Statement::says(
                "stationary",
                "At a small fixed rate the parameters keep fluctuating, with the covariance S of \
                 A S + S A = ε C/m.",
                "an exact stationary covariance more than 5 % away at ε = 1e-3, or a difference not \
                 proportional to ε",
            )
            .decided_by(
                Verdict::Supported,
                solves_lyapunov,
                1.0,
                Alteration::new("ε C/m → 2 ε C/m", 2.0),
            ),
            Statement::says(
                "simulation",
                "Descent with batches drawn with replacement has, at any rate, the covariance of the exact \
                 recursion.",
                "another mean square distance from the least-squares line",
            )
            .decided_by(
                Verdict::Supported,
                fluctuates_as_computed,
                Sampling::With,
                Alteration::of_size(
                    "covariance for batches with → without replacement",
                    Sampling::Without,
                    factor - 1.0,
                ),
            ),
            Statement::says(
                "convergence",
                "With a rate that decays like 1/t the parameters converge to the least-squares line, their \
                 mean square distance falling like 1/t.",
                "a distance that stops falling",
            )
            .decided_by(
                Verdict::Supported,
                converges,
                Rate::Decaying,
                Alteration::new("rate ε/(1 + t/100) → ε", Rate::Constant),
            ),
        ],
    )
    .with_figures(figures)
}

/// How a batch is drawn.
#[derive(Clone, Copy, Debug)]
enum Sampling {
    With,
    Without,
}

/// Every batch of `m` data, each as likely as any other.
fn batches(m: usize, sampling: Sampling) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for _ in 0..m {
        let longer = all.iter().flat_map(|batch: &Vec<usize>| {
            let first = match sampling {
                Sampling::With => 0,
                Sampling::Without => batch.last().map_or(0, |last| last + 1),
            };
            (first..N).map(|next| [batch.as_slice(), &[next]].concat())
        });
        all = longer.collect();
    }
    all
}

/// `Σ ∇L` over a batch, divided by `divisor`.
fn gradient(batch: &[usize], divisor: f64, theta: Pair) -> Pair {
    let mut sum = [0.0; 2];
    for &i in batch {
        let [x, y] = DATA[i];
        let residual = theta[0] + theta[1] * x - y;
        sum[0] += residual / divisor;
        sum[1] += residual * x / divisor;
    }
    sum
}

/// `(1/m) Σ x xᵀ` over a batch.
fn curvature(batch: &[usize]) -> Square {
    let moment = |power: i32| {
        batch.iter().map(|&i| DATA[i][0].powi(power)).sum::<f64>() / batch.len() as f64
    };
    [[1.0, moment(1)], [moment(1), moment(2)]]
}

fn whole() -> Vec<usize> {
    (0..N).collect()
}

/// The least-squares line from the normal equations in double-double.
fn least_squares() -> Pair {
    let a = curvature(&whole()).map(|row| row.map(Dd::from).to_vec());
    let mean = |weight: fn(f64) -> f64| {
        let terms = DATA.iter().map(|[x, y]| Dd::from(weight(*x)) * Dd::from(*y));
        terms.fold(Dd::ZERO, |sum, term| sum + term) / Dd::from(N as f64)
    };
    let x = solve(&a, &[mean(|_| 1.0), mean(|x| x)]);
    [x[0].to_f64(), x[1].to_f64()]
}

fn mean<const K: usize>(terms: impl ExactSizeIterator<Item = [f64; K]>) -> [f64; K] {
    let count = terms.len() as f64;
    terms.fold([0.0; K], |sum, term| std::array::from_fn(|k| sum[k] + term[k] / count))
}

/// The mean of `g gᵀ`, entries 00, 01, 10, 11.
fn outer(gradients: impl ExactSizeIterator<Item = Pair>) -> [f64; 4] {
    mean(gradients.map(|g| [g[0] * g[0], g[0] * g[1], g[1] * g[0], g[1] * g[1]]))
}

/// `C`: the covariance of the gradients of single data.
fn single_covariance(theta: Pair) -> [f64; 4] {
    let full = gradient(&whole(), N as f64, theta);
    outer((0..N).map(|i| {
        let g = gradient(&[i], 1.0, theta);
        [g[0] - full[0], g[1] - full[1]]
    }))
}

fn is_unbiased(context: &Context<'_>, more: &f64) -> Result<Finding> {
    const ROUNDING: Tol = Tol::abs(1e-12).because("means of at most 216 numbers of order one");
    let mut rng = context.stream("points");
    let mut worst = Worst::new(ROUNDING);
    let mut shown = [f64::NAN; 2];
    for theta in (0..5).map(|_| [rng.normal(), rng.normal()]) {
        // The derivative of the mean loss by forward differentiation.
        let loss = |theta: &[Dual]| {
            let half = Dual::constant(0.5 / N as f64);
            let terms = DATA.map(|[x, y]| {
                let r = theta[0] + theta[1] * Dual::constant(x) - Dual::constant(y);
                half * r * r
            });
            vec![terms.into_iter().fold(Dual::constant(0.0), |sum, term| sum + term)]
        };
        let full = jacobian(loss, &theta).swap_remove(0);
        for (sampling, largest) in [(Sampling::Without, N), (Sampling::With, 3)] {
            for m in 1..=largest {
                let steps: Vec<Pair> = batches(m, sampling)
                    .iter()
                    .map(|batch| stepped(theta, gradient(batch, m as f64 + more, theta)))
                    .collect::<Result<_>>()?;
                let average = mean(steps.into_iter());
                for k in 0..2 {
                    let place = || format!("m = {m}, {sampling:?} replacement, θ_{k}");
                    worst.see(average[k], theta[k] - EPSILON * full[k], place);
                }
                shown = [average[0] - theta[0], -EPSILON * full[0]];
            }
        }
    }
    let evidence =
        Evidence::from_iter([worst.into_check("average step over all batches against θ − ε∇L", 90)]);
    let headline = Headline {
        quantity: "average step of θ_0 over all batches".into(),
        claimed: shown[1],
        value: shown[0],
        error: 1e-12,
    };
    Ok(Finding::new(evidence, headline))
}

/// One step of the library from `theta`.
fn stepped(theta: Pair, gradient: Pair) -> Result<Pair> {
    let mut next = theta;
    Sgd::new(2, SgdOptions::default())?.step(EPSILON, &mut next, &gradient)?;
    Ok(next)
}

fn has_the_noise(context: &Context<'_>, power: &f64) -> Result<Finding> {
    const ROUNDING: Tol = Tol::rel_abs(1e-11, 1e-12).because("differences of means of order one");
    let mut rng = context.stream("noise");
    let mut worst = Worst::new(ROUNDING);
    let mut ratio = f64::NAN;
    for theta in (0..5).map(|_| [rng.normal(), rng.normal()]) {
        let single = single_covariance(theta);
        let full = gradient(&whole(), N as f64, theta);
        for (sampling, largest) in [(Sampling::Without, N), (Sampling::With, 3)] {
            for m in 1..=largest {
                let all = batches(m, sampling);
                let covariance = outer(all.iter().map(|batch| {
                    let g = gradient(batch, m as f64, theta);
                    [g[0] - full[0], g[1] - full[1]]
                }));
                let finite = match sampling {
                    Sampling::With => 1.0,
                    Sampling::Without => ((N - m) as f64 / (N - 1) as f64).powf(*power),
                };
                for k in 0..4 {
                    let place = || format!("m = {m}, {sampling:?} replacement, entry {k}");
                    worst.see(covariance[k], single[k] / m as f64 * finite, place);
                }
                if let (Sampling::Without, 3) = (sampling, m) {
                    ratio = covariance[0] / single[0] * 3.0;
                }
            }
        }
    }
    let evidence = Evidence::from_iter([worst.into_check("covariance over all batches", 180)]);
    let headline = Headline {
        quantity: "m Cov/C for 3 of 6 data without replacement".into(),
        claimed: 0.6_f64.powf(*power),
        value: ratio,
        error: 1e-12,
    };
    Ok(Finding::new(evidence, headline))
}

/// `x` with `M x = b` for four unknowns.
fn solve_four(m: [[f64; 4]; 4], b: [f64; 4]) -> Square {
    let x = solve(&m.map(|row| row.map(Dd::from).to_vec()), &b.map(Dd::from));
    [[x[0].to_f64(), x[1].to_f64()], [x[2].to_f64(), x[3].to_f64()]]
}

/// Row and column of entry `k` of a flattened 2×2 matrix.
const fn place(k: usize) -> (usize, usize) {
    (k / 2, k % 2)
}

fn unit(i: usize, j: usize) -> f64 {
    f64::from(u8::from(i == j))
}

/// `E[M ⊗ M]` with `M = 1 − εH_B`, and `ε² E[c_B c_Bᵀ]`: the recursion of `E[δδᵀ]`.
fn recursion(epsilon: f64, m: usize, sampling: Sampling) -> ([[f64; 4]; 4], [f64; 4]) {
    let all = batches(m, sampling);
    let ols = least_squares();
    let noise = outer(all.iter().map(|batch| gradient(batch, m as f64, ols)));
    let mut map = [[0.0; 4]; 4];
    for batch in &all {
        let h = curvature(batch);
        let factor = |i: usize, j: usize| unit(i, j) - epsilon * h[i][j];
        for (k, row) in map.iter_mut().enumerate() {
            for (l, entry) in row.iter_mut().enumerate() {
                let ((i, j), (a, b)) = (place(k), place(l));
                *entry += factor(i, a) * factor(j, b) / all.len() as f64;
            }
        }
    }
    (map, noise.map(|c| epsilon * epsilon * c))
}

/// The exact stationary `E[δδᵀ]`.
fn second_moment(epsilon: f64, m: usize, sampling: Sampling) -> Square {
    let (map, noise) = recursion(epsilon, m, sampling);
    let system = std::array::from_fn(|k| std::array::from_fn(|l| unit(k, l) - map[k][l]));
    solve_four(system, noise)
}

/// `S` with `A S + S A = right`.
fn lyapunov(right: [f64; 4]) -> Square {
    let a = curvature(&whole());
    let system = std::array::from_fn(|k| {
        std::array::from_fn(|l| {
            let ((i, j), (p, q)) = (place(k), place(l));
            a[i][p] * unit(j, q) + unit(i, p) * a[q][j]
        })
    });
    solve_four(system, right)
}

fn solves_lyapunov(_: &Context<'_>, factor: &f64) -> Result<Finding> {
    const FIVE_PERCENT: Tol = Tol::rel(0.05).because("the ledger's window; O(ε) corrections");
    const LINEAR: Tol = Tol::rel(0.05).because("the next order in ε, at ε ≤ 1e-3");
    let single = single_covariance(least_squares());
    let mut near = Worst::new(FIVE_PERCENT);
    let mut order = Worst::new(LINEAR);
    let mut shown = [f64::NAN; 2];
    for m in [1, 2, 3] {
        let difference = |epsilon: f64, i: usize| {
            let limit = lyapunov(single.map(|c| factor * epsilon * c / m as f64))[i][i];
            (second_moment(epsilon, m, Sampling::With)[i][i], limit)
        };
        for i in 0..2 {
            for epsilon in [1e-3, 1e-4, 1e-5] {
                let (s, limit) = difference(epsilon, i);
                near.see(s, limit, || format!("m = {m}, ε = {epsilon:e}, S_{i}{i}"));
                shown = [s, limit];
            }
            let relative = |epsilon: f64| {
                let (s, limit) = difference(epsilon, i);
                s / limit - 1.0
            };
            order.see(relative(1e-3) / relative(1e-4), 10.0, || format!("m = {m}, S_{i}{i}"));
        }
    }
    let evidence = Evidence::from_iter([
        near.into_check("exact stationary variance against A S + S A = ε C/m", 18),
        order.into_check("ratio of the relative differences at ε = 1e-3 and 1e-4", 6),
    ]);
    let headline = Headline {
        quantity: "stationary variance of the slope at ε = 1e-5, m = 3, in units of 1e-5".into(),
        claimed: 1e5 * shown[1],
        value: 1e5 * shown[0],
        error: 1e-12,
    };
    Ok(Finding::new(evidence, headline))
}

/// A batch with replacement.
fn draw(rng: &mut Rng) -> [usize; BATCH] {
    std::array::from_fn(|_| rng.below(N))
}

fn fluctuates_as_computed(context: &Context<'_>, sampling: &Sampling) -> Result<Finding> {
    const REPLICAS: usize = 40_000;
    /// The slowest mode has decayed by (1 − ελ)²⁰⁰ = 1e-9.
    const STEPS: usize = 100;
    const RESOLVES: f64 = 0.1;
    let ols = least_squares();
    let mut rng = context.stream("batches");
    let mut squares = Vec::with_capacity(REPLICAS);
    for _ in 0..REPLICAS {
        let mut sgd = Sgd::new(2, SgdOptions::default())?;
        let mut theta = ols;
        for _ in 0..STEPS {
            let g = gradient(&draw(&mut rng), BATCH as f64, theta);
            sgd.step(EPSILON, &mut theta, &g)?;
        }
        squares.push((theta[0] - ols[0]).powi(2));
    }
    let truth = second_moment(EPSILON, BATCH, *sampling)[0][0];
    let measured = Estimate::from_independent(&squares)?;
    let evidence = Evidence::from_iter([check(
        "E[(θ_0 − OLS)²] of 40 000 replicas over the exact recursion's",
        measured.scaled(truth.recip()),
    )
    .false_fail(1e-7)
    .resolves(RESOLVES)
    .against(1.0)]);
    let headline = Headline {
        quantity: "stationary variance of θ_0 at ε = 0.1, m = 2".into(),
        claimed: truth,
        value: measured.value(),
        error: measured.error(),
    };
    Ok(Finding::new(evidence, headline))
}

/// Whether the rate decays.
#[derive(Clone, Copy, Debug)]
enum Rate {
    Decaying,
    Constant,
}

impl Rate {
    fn schedule(self) -> Result<Schedule> {
        match self {
            Self::Decaying => Schedule::inverse_time(EPSILON, 100.0),
            Self::Constant => Schedule::constant(EPSILON),
        }
    }
}

/// `E|δ_t|²` from `θ_0 = 0` with single data, by the exact recursion, at powers of two of `t`.
fn distances(rate: Rate, last: u64) -> Result<Vec<(f64, f64)>> {
    let schedule = rate.schedule()?;
    let start = least_squares();
    let mut s = [start[0] * start[0], start[0] * start[1], start[0] * start[1], start[1] * start[1]];
    let mut m = start.map(|x| -x);
    // The mean enters through E[H_B δ c_Bᵀ], as long as it has not vanished.
    let all = batches(1, Sampling::Without);
    let ols = least_squares();
    let mut curve = Vec::new();
    for t in 0..last {
        if t.is_power_of_two() {
            curve.push((t as f64, s[0] + s[3]));
        }
        let epsilon = schedule.at(t);
        let (mut next_s, mut next_m) = ([0.0; 4], [0.0; 2]);
        for batch in &all {
            let (h, c) = (curvature(batch), gradient(batch, 1.0, ols));
            let f = |i: usize, j: usize| unit(i, j) - epsilon * h[i][j];
            let moved = |i: usize| f(i, 0) * m[0] + f(i, 1) * m[1];
            for (k, entry) in next_s.iter_mut().enumerate() {
                let (i, j) = place(k);
                let carried: f64 = (0..4)
                    .map(|l| {
                        let (a, b) = place(l);
                        f(i, a) * s[l] * f(j, b)
                    })
                    .sum();
                let mixed = moved(i) * c[j] + c[i] * moved(j);
                *entry += (carried - epsilon * mixed + epsilon * epsilon * c[i] * c[j]) / N as f64;
            }
            for (i, entry) in next_m.iter_mut().enumerate() {
                *entry += (moved(i) - epsilon * c[i]) / N as f64;
            }
        }
        (s, m) = (next_s, next_m);
    }
    Ok(curve)
}

fn converges(context: &Context<'_>, rate: &Rate) -> Result<Finding> {
    const EXPONENT: Tol = Tol::abs(0.02).because("corrections of order 100/t at t = 65 536");
    let last = 131_073;
    let curve = distances(*rate, last)?;
    let [.., (t0, d0), (t1, d1)] = curve[..] else {
        return Ok(Finding::new(Evidence::new(), headline_of_exponent(f64::NAN)));
    };
    let exponent = (d1 / d0).ln() / (t1 / t0).ln();
    let ols = least_squares();
    let schedule = rate.schedule()?;
    let mut rng = context.stream("decay");
    let mut sgd = Sgd::new(2, SgdOptions::default())?;
    let mut theta = [0.0; 2];
    for t in 0..last {
        let g = gradient(&[rng.below(N)], 1.0, theta);
        sgd.step(schedule.at(t), &mut theta, &g)?;
    }
    let distance = (theta[0] - ols[0]).hypot(theta[1] - ols[1]);
    let evidence = Evidence::from_iter([
        exact("exponent of E|θ_t − OLS|² in t at t = 10⁵", exponent, -1.0, EXPONENT),
        fact(
            "a run of 131 073 steps ends within ten root mean squares of the least-squares line",
            distance <= 10.0 * d1.sqrt(),
            format!("distance {distance:.2e}, root mean square {:.2e}", d1.sqrt()),
        ),
    ]);
    Ok(Finding::new(evidence, headline_of_exponent(exponent)))
}

fn headline_of_exponent(exponent: f64) -> Headline {
    Headline {
        quantity: "exponent of E|θ_t − OLS|² in t".into(),
        claimed: -1.0,
        value: exponent,
        error: 1e-3,
    }
}

fn figures(_: &Context<'_>) -> Result<Vec<Figure>> {
    let curve = |rate| distances(rate, 131_073);
    let figure = Plot::new("Mean square distance from the least-squares line, batches of one")
        .x_label("step t")
        .y_label("E|θ − OLS|²")
        .x_log()
        .y_log()
        .line("ε = 0.1", vec![curve(Rate::Constant)?])
        .line("ε = 0.1/(1 + t/100)", vec![curve(Rate::Decaying)?])
        .render(
            "sgd-distance",
            "At a constant rate the distance stays where the noise of the batches holds it; at a decaying \
             one it falls like 1/t.",
        )?;
    Ok(vec![figure])
}
