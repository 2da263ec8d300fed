//! `ad-vs-fd`: automatic differentiation is neither a difference quotient nor a formula.
//!
//! It differentiates the code, loops included: the loop of twelve terms of sin becomes that of cos, term by
//! term (so it is the derivative of the truncated program), and Newton's iteration, unrolled, becomes the
//! derivative of the root; inverse iteration, unrolled, that of an eigenvalue. No difference quotient reaches its digits
//! at any step, and a gradient costs less than five values, counted in operations.
//!
//! The best central difference is off by about ε^{2/3} = 4e-11: by more where third derivatives are large against the
//! first, and by less where they are small. So the ledger's 1e-10 is not missed by every function, and the statement
//! names those that come below. What holds for all of them is that every quotient is a hundred times worse than the
//! automatic derivative of the same function.
//!
//! Decider: closed derivatives in double-double (`reference::dd`); for a convolution, dual numbers through
//! index arithmetic (`reference::dual`).

use fieldassay::Result;
use fieldassay::autodiff::{Plan, grad, jvp};
use fieldassay::num::{Tol, Worst};
use fieldassay::report::{Figure, Plot};
use fieldassay::tensor::op::Geometry;
use fieldassay::tensor::{Boundary, Feed, Graph, Shape, Stencil, Var};
use fieldassay::verdict::{Evidence, Verdict, fact};
use fieldassay_reference::dd::Dd;
use fieldassay_reference::dual::{Dual, jacobian};
use fieldassay_reference::network::Activation;

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::mlp::Mlp;

const TERMS: usize = 12;
const DIGITS: Tol = Tol::rel(1e-13).because("the ledger's window; a few dozen roundings");

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "ad-vs-fd",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Automatic Differentiation + Back Propagation\"",
        "General Technique: Automatic Differentiation (AD): Not numerical f(x+δ) − f(x), nor symbolic; \
         \"Differentiate\" the code (including loops): sin x → cos x; Get f'(x) along the way",
        vec![
            Statement::says(
                "differentiate the code",
                "The derivative of a loop of twelve terms of sin x is the loop of twelve terms of cos x, term \
                 by term.",
                "a term of the derivative that is not the term of the cosine",
            )
            .decided_by(
                Verdict::Supported,
                loop_becomes_loop,
                -1,
                Alteration::new("−x²/((2k−1) 2k) → −x²/(2k (2k+1)): the divisors of sin kept", 1),
            ),
            Statement::says(
                "not numerical",
                "Automatic derivatives of loops, a root, a determinant, a spectrum and an eigenvalue are right to 1e-13, where \
                 no step δ brings [f(x+δ) − f(x−δ)]/2δ to 1e-10, nor [f(x+δ) − f(x)]/δ to 1e-9.",
                "a relative error beyond 1e-13, or a difference quotient within a hundred times the automatic error",
            )
            .decided_by(
                Verdict::Qualified,
                has_all_digits,
                Method::Automatic,
                Alteration::new("automatic → central difference at its best step", Method::Central),
            ),
            Statement::says(
                "convolution",
                "The gradient of a network's convolution by its weights is exact to rounding.",
                "another gradient in dual numbers",
            )
            .decided_by(
                Verdict::Supported,
                differentiates_a_convolution,
                1,
                Alteration::new("tap t reads site o + t − 1 → o − t + 1 (flipped kernel)", -1),
            ),
            Statement::says(
                "along the way",
                "The gradient by all parameters costs at most five times the value, in operations.",
                "a ratio above 5",
            )
            .decided_by(
                Verdict::Supported,
                is_cheap,
                Mode::Reverse,
                Alteration::new("reverse mode → forward mode, one sweep per parameter", Mode::Forward),
            ),
        ],
    )
    .with_figures(figures)
}

/// The terms `(−1)^k x^{2k+1}/(2k+1)!`, by a loop.
fn sine_terms(g: &mut Graph, x: Var) -> Result<Vec<Var>> {
    let square = g.square(x)?;
    let mut terms = vec![x];
    for k in 1..TERMS {
        let next = g.mul(terms[k - 1], square)?;
        terms.push(g.scale(next, -1.0 / (2 * k * (2 * k + 1)) as f64)?);
    }
    Ok(terms)
}

fn sine_by_loop(g: &mut Graph, x: Var) -> Result<Var> {
    let terms = sine_terms(g, x)?;
    terms[1..].iter().try_fold(terms[0], |sum, &term| g.add(sum, term))
}

/// Eight steps `y → (y + x/y)/2` from 1.
fn root_by_newton(g: &mut Graph, x: Var) -> Result<Var> {
    let shape = g.shape(x).clone();
    let mut y = g.filled(&shape, 1.0)?;
    for _ in 0..8 {
        let quotient = g.div(x, y)?;
        let sum = g.add(y, quotient)?;
        y = g.scale(sum, 0.5)?;
    }
    Ok(y)
}

/// `exp(sin x)`, the sine by the loop.
fn exponential(g: &mut Graph, x: Var) -> Result<Var> {
    let sine = sine_by_loop(g, x)?;
    g.exp(sine)
}

/// The `n × n` matrices of entries `a_ij(x)`, one for every point.
fn matrices(g: &mut Graph, n: usize, entries: &[Var]) -> Result<Var> {
    let points = g.shape(entries[0]).size();
    let columns: Vec<Var> = (entries.iter())
        .map(|&entry| g.reshape(entry, &[points, 1]))
        .collect::<Result<_>>()?;
    let rows = g.concat(&columns, 1)?;
    g.reshape(rows, &[points, n, n])
}

/// `ln det` of the 6 × 6 matrix with `2 + x` on the diagonal and −1 beside it.
fn ln_det(g: &mut Graph, x: Var) -> Result<Var> {
    let shape = g.shape(x).clone();
    let (zero, minus) = (g.filled(&shape, 0.0)?, g.filled(&shape, -1.0)?);
    let diagonal = g.scale_shift(x, 1.0, 2.0)?;
    let entry = |k: usize| match (k / CHAIN).abs_diff(k % CHAIN) {
        0 => diagonal,
        1 => minus,
        _ => zero,
    };
    let entries: Vec<Var> = (0..CHAIN * CHAIN).map(entry).collect();
    let a = matrices(g, CHAIN, &entries)?;
    g.ln_abs_det(a)
}

const CHAIN: usize = 6;

/// The derivative of the same: its determinants obey `p_k = (2 + x) p_{k−1} − p_{k−2}`.
fn ln_det_slope(x: Dd) -> Dd {
    let t = x + Dd::from(2.0);
    let (mut p, mut q) = ([Dd::ONE, t], [Dd::ZERO, Dd::ONE]);
    for _ in 1..CHAIN {
        (p, q) = ([p[1], t * p[1] - p[0]], [q[1], p[1] + t * q[1] - q[0]]);
    }
    q[1] / p[1]
}

const SIGNAL: usize = 8;

/// `|F_1|²`, the power at the lowest frequency of the signal `e^{−xj/8}`, `j = 0…7`.
fn power(g: &mut Graph, x: Var) -> Result<Var> {
    let points = g.shape(x).size();
    let rates: Vec<f64> = (0..SIGNAL).map(|j| -(j as f64) / SIGNAL as f64).collect();
    let rates = g.constant(&[1, SIGNAL], &rates)?;
    let column = g.reshape(x, &[points, 1])?;
    let exponents = g.mul(column, rates)?;
    let signal = g.exp(exponents)?;
    let signal = g.real_to_complex(signal)?;
    let spectrum = g.fft(signal, 1)?;
    let lowest = g.slice(spectrum, &[0, 1, 0], &[points, 1, 2])?;
    let square = g.square(lowest)?;
    let sum = g.sum_axes(square, &[1, 2])?;
    g.reshape(sum, &[points])
}

/// The derivative of the same, by its sums; the phases are multiples of π/4.
fn power_slope(x: Dd) -> Dd {
    let diagonal = Dd::from(0.5).sqrt();
    let cosines = [Dd::ONE, diagonal, Dd::ZERO, -diagonal, -Dd::ONE, -diagonal, Dd::ZERO, diagonal];
    let (mut f, mut slope) = ([Dd::ZERO; 2], [Dd::ZERO; 2]);
    for j in 0..SIGNAL {
        let rate = -(Dd::from(j as f64) / Dd::from(SIGNAL as f64));
        let value = (rate * x).exp();
        // cos and −sin of 2πj/8.
        for (part, phase) in [cosines[j], cosines[(j + 2) % SIGNAL]].into_iter().enumerate() {
            f[part] = f[part] + value * phase;
            slope[part] = slope[part] + rate * value * phase;
        }
    }
    (f[0] * slope[0] + f[1] * slope[1]) * Dd::from(2.0)
}

/// The lower level of an avoided crossing: the lowest eigenvalue of `[[2x, 1, 0], [1, 2 + x/2, 1], [0, 1, 9]]` by 32
/// steps of inverse iteration, each a solution of a linear system, and Rayleigh's quotient.
fn eigenvalue(g: &mut Graph, x: Var) -> Result<Var> {
    let shape = g.shape(x).clone();
    let points = shape.size();
    let (zero, one, nine) = (g.filled(&shape, 0.0)?, g.filled(&shape, 1.0)?, g.filled(&shape, 9.0)?);
    let (steep, flat) = (g.scale(x, 2.0)?, g.scale_shift(x, 0.5, 2.0)?);
    let a = matrices(g, 3, &[steep, one, zero, one, flat, one, zero, one, nine])?;
    // The signs of the lowest vector, which a start may not be orthogonal to: where it is, the loop is cut off too early.
    let start = g.constant(&[1, 3, 1], &[1.0, -1.0, 1.0])?;
    let mut v = g.broadcast(start, &Shape::shared(&[points, 3, 1]))?;
    for _ in 0..32 {
        let next = g.solve(a, v)?;
        let square = g.square(next)?;
        let square = g.sum_axes(square, &[1, 2])?;
        let norm = g.sqrt(square)?;
        v = g.div(next, norm)?;
    }
    let image = g.matmul(a, v)?;
    let products = g.mul(v, image)?;
    let quotient = g.sum_axes(products, &[1, 2])?;
    g.reshape(quotient, &[points])
}

/// The derivative of the root λ of the characteristic polynomial
/// `p = (a − λ)((b − λ)(9 − λ) − 1) − (9 − λ)` with `a = 2x`, `b = 2 + x/2`: `−∂_x p/∂_λ p`.
fn eigenvalue_slope(x: Dd) -> Dd {
    let (two, half) = (Dd::from(2.0), Dd::from(0.5));
    let (a, b, c) = (two * x, two + half * x, Dd::from(9.0));
    let factors = |l: Dd| (a - l, b - l, c - l);
    let by_x = |l| {
        let (a, b, c) = factors(l);
        two * (b * c - Dd::ONE) + half * a * c
    };
    let by_l = |l| {
        let (a, b, c) = factors(l);
        Dd::ONE - (b * c - Dd::ONE) - a * (b + c)
    };
    // From below the lowest root, where p and its derivatives have constant signs, Newton's iteration rises to it.
    let mut l = -Dd::ONE;
    for _ in 0..40 {
        let (a, b, c) = factors(l);
        l = l - (a * (b * c - Dd::ONE) - c) / by_l(l);
    }
    -(by_x(l) / by_l(l))
}

/// `Σ_{k<TERMS} (−1)^k x^{2k+s}/(2k+s)!` in double-double: sine for `s = 1`, cosine for `s = 0`.
fn series(x: Dd, s: usize) -> Dd {
    let mut term = if s == 1 { x } else { Dd::ONE };
    let mut sum = term;
    for k in 1..TERMS {
        let divisor = (2 * k + s) * (2 * k + s - 1);
        term = Dd::ZERO - term * x * x / Dd::from(divisor as f64);
        sum = sum + term;
    }
    sum
}

/// A function of the core, and its derivative in double-double.
struct Example {
    name: &'static str,
    f: fn(&mut Graph, Var) -> Result<Var>,
    slope: fn(Dd) -> Dd,
}

const EXAMPLES: [Example; 6] = [
    Example {
        name: "loop of sin",
        f: sine_by_loop,
        slope: |x| series(x, 0),
    },
    Example {
        name: "√x by Newton's iteration",
        f: root_by_newton,
        slope: |x| Dd::ONE / (x.sqrt() + x.sqrt()),
    },
    Example {
        name: "exp of the loop of sin",
        f: exponential,
        slope: |x| series(x, 0) * series(x, 1).exp(),
    },
    Example {
        name: "logarithm of a determinant",
        f: ln_det,
        slope: ln_det_slope,
    },
    Example {
        name: "power in a Fourier transform",
        f: power,
        slope: power_slope,
    },
    Example {
        name: "eigenvalue by inverse iteration",
        f: eigenvalue,
        slope: eigenvalue_slope,
    },
];

/// The ledger's bar for the best central difference.
const CENTRAL_BAR: f64 = 1e-10;
const ONE_SIDED_BAR: f64 = 1e-9;
/// How many times the error of the automatic derivative that of the best quotient is, at least.
const WORSE: f64 = 100.0;

/// 1/2 to 5/2 in steps of 1/16.
fn points() -> Vec<f64> {
    (8..=40).map(|i| f64::from(i) / 16.0).collect()
}

fn loop_becomes_loop(_: &Context<'_>, shift: &i32) -> Result<Finding> {
    const TERM: Tol = Tol::rel(1e-14).because("up to 40 roundings, no cancellation within a term");
    let points = points();
    let mut g = Graph::new();
    let x = g.input("x", Shape::shared(&[points.len()]))?;
    let mut slopes = Vec::new();
    for term in sine_terms(&mut g, x)? {
        let sum = g.sum_all(term)?;
        slopes.extend(grad(&mut g, sum, &[x])?);
    }
    let mut plan = Plan::<f64>::new(&g, &slopes, 1)?;
    plan.run(&Feed::shared(&[&points]))?;
    let mut worst = Worst::new(TERM);
    for (i, &x) in points.iter().enumerate() {
        let (x, mut cosine) = (Dd::from(x), Dd::ONE);
        for k in 0..TERMS {
            if k > 0 {
                let divisor = 2.0 * k as f64 * (2.0 * k as f64 + f64::from(*shift));
                cosine = Dd::ZERO - cosine * x * x / Dd::from(divisor);
            }
            worst.see(plan.output(k)[i], cosine.to_f64(), || format!("term {k}, x = {}", x.to_f64()));
        }
    }
    let (found, expected) = worst.worst().map_or((f64::NAN, f64::NAN), |(_, c)| (c.actual, c.expected));
    let evidence = Evidence::from_iter([
        worst.into_check("derivatives of the terms of sin against the terms of cos", TERMS * points.len()),
    ]);
    let headline = Headline {
        quantity: "derivative of a term over the term of cos, furthest from 1".into(),
        claimed: 1.0,
        value: found / expected,
        error: 1e-14,
    };
    Ok(Finding::new(evidence, headline))
}

/// How a derivative is obtained.
#[derive(Clone, Copy, Debug)]
enum Method {
    Automatic,
    Central,
}

/// Value and derivative of an example at all points.
struct Computed {
    plan: Plan<f64>,
}

impl Computed {
    fn new(example: &Example, points: usize) -> Result<Self> {
        let mut g = Graph::new();
        let x = g.input("x", Shape::shared(&[points]))?;
        let y = (example.f)(&mut g, x)?;
        let sum = g.sum_all(y)?;
        let slope = grad(&mut g, sum, &[x])?[0];
        Ok(Self { plan: Plan::new(&g, &[y, slope], 1)? })
    }

    fn output(&mut self, which: usize, points: &[f64]) -> Result<Vec<f64>> {
        self.plan.run(&Feed::shared(&[points]))?;
        Ok(self.plan.output(which).to_vec())
    }

    /// `[f(x + ahead) − f(x − behind)]/(ahead + behind)`.
    fn quotient(&mut self, points: &[f64], ahead: f64, behind: f64) -> Result<Vec<f64>> {
        let up = self.output(0, &points.iter().map(|x| x + ahead).collect::<Vec<_>>())?;
        let down = self.output(0, &points.iter().map(|x| x - behind).collect::<Vec<_>>())?;
        Ok(up.iter().zip(down).map(|(up, down)| (up - down) / (ahead + behind)).collect())
    }
}

/// Largest relative error over the points.
fn error(found: &[f64], expected: &[f64]) -> f64 {
    let errors = found.iter().zip(expected).map(|(f, e)| ((f - e) / e).abs());
    errors.fold(0.0, f64::max)
}

/// Powers of two from 1/8 to 2⁻⁴⁰.
fn steps() -> impl Iterator<Item = f64> {
    (3..=40).map(|k| 0.5f64.powi(k))
}

fn has_all_digits(_: &Context<'_>, method: &Method) -> Result<Finding> {
    let points = points();
    let mut worst = Worst::new(DIGITS);
    let mut evidence = Evidence::new();
    let mut largest: f64 = 0.0;
    let mut below = Vec::new();
    for example in &EXAMPLES {
        let mut computed = Computed::new(example, points.len())?;
        let expected: Vec<f64> = points.iter().map(|&x| (example.slope)(Dd::from(x)).to_f64()).collect();
        let mut best = [(f64::INFINITY, Vec::new()), (f64::INFINITY, Vec::new())];
        for h in steps() {
            for (best, behind) in best.iter_mut().zip([h, 0.0]) {
                let quotient = computed.quotient(&points, h, behind)?;
                let error = error(&quotient, &expected);
                if error < best.0 {
                    *best = (error, quotient);
                }
            }
        }
        let [(central, quotient), (one_sided, _)] = best;
        let automatic = computed.output(1, &points)?;
        let own = error(&automatic, &expected);
        let slopes = match method {
            Method::Automatic => automatic,
            Method::Central => quotient,
        };
        for ((slope, expected), x) in slopes.iter().zip(&expected).zip(&points) {
            worst.see(*slope, *expected, || format!("{}, x = {x}", example.name));
        }
        largest = largest.max(error(&slopes, &expected));
        if central <= CENTRAL_BAR {
            below.push(format!("{} ({central:.1e})", example.name));
        }
        evidence.push(fact(
            format!("no difference quotient of {} is as good", example.name),
            central > WORSE * own && one_sided > ONE_SIDED_BAR,
            format!("automatic {own:.1e}; best steps: {central:.1e} central, {one_sided:.1e} one-sided"),
        ));
    }
    evidence.push(worst.into_check("derivatives against double-double", EXAMPLES.len() * points.len()));
    let headline = Headline {
        quantity: "largest relative error of a derivative".into(),
        claimed: 0.0,
        value: largest,
        error: 1e-13,
    };
    let finding = Finding::new(evidence, headline);
    Ok(match below.is_empty() {
        true => finding,
        false => finding.qualified(format!(
            "every quotient is a hundred times worse than the automatic derivative, but a central one is better than 1e-10 \
             at its best step for: {}",
            below.join(", ")
        )),
    })
}

/// `Σ_o tanh(Σ_t w_t φ_{o+t−1})²` on a ring, by its index arithmetic; `sign = −1` flips the kernel.
fn ring(w: &[Dual], phi: &[f64], sign: i64) -> Dual {
    let sites = phi.len() as i64;
    let mut total = Dual::constant(0.0);
    for o in 0..sites {
        let mut z = Dual::constant(0.0);
        for (t, w) in w.iter().enumerate() {
            let site = (o + sign * (t as i64 - 1)).rem_euclid(sites);
            z = z + *w * Dual::constant(phi[site as usize]);
        }
        let y = Activation::Tanh.of(z);
        total = total + y * y;
    }
    total
}

fn differentiates_a_convolution(context: &Context<'_>, sign: &i64) -> Result<Finding> {
    const SITES: usize = 12;
    const CASES: usize = 100;
    const SUMS: Tol = Tol::abs(1e-13).because("sums of 12 terms, relative to the largest entry");
    let geometry = Geometry::new(Stencil::convolution(&[SITES], &[3], &[1], &[Boundary::Periodic])?);
    let mut g = Graph::new();
    let w = g.input("w", Shape::shared(&[3, 1, 1]))?;
    let phi = g.input("phi", Shape::shared(&[SITES, 1]))?;
    let z = g.convolution(&geometry, w, phi)?;
    let y = g.tanh(z)?;
    let square = g.square(y)?;
    let loss = g.sum_all(square)?;
    let slope = grad(&mut g, loss, &[w])?[0];
    let mut plan = Plan::<f64>::new(&g, &[slope], 1)?;
    let mut rng = context.stream("fields");
    let mut worst = Worst::new(SUMS);
    for case in 0..CASES {
        let weights: Vec<f64> = (0..3).map(|_| rng.normal()).collect();
        let field: Vec<f64> = (0..SITES).map(|_| rng.normal()).collect();
        plan.run(&Feed::shared(&[&weights, &field]))?;
        let expected = jacobian(|w| vec![ring(w, &field, *sign)], &weights).remove(0);
        let scale = expected.iter().fold(0.0, |m: f64, e| m.max(e.abs()));
        for (t, (found, expected)) in plan.output(0).iter().zip(&expected).enumerate() {
            worst.see(found / scale, expected / scale, || format!("case {case}, tap {t}"));
        }
    }
    let difference = worst.worst().map_or(f64::NAN, |(_, c)| c.diff);
    let evidence =
        Evidence::from_iter([worst.into_check("gradient by the weights against dual numbers", 3 * CASES)]);
    let headline = Headline {
        quantity: "largest difference, relative to the largest entry".into(),
        claimed: 0.0,
        value: difference,
        error: 1e-13,
    };
    Ok(Finding::new(evidence, headline))
}

/// Sweeps through the program.
#[derive(Clone, Copy, Debug)]
enum Mode {
    Reverse,
    Forward,
}

/// Additions, multiplications and functions that the outputs need, per sample.
fn operations(g: &Graph, outputs: &[Var]) -> f64 {
    let mut needed = vec![false; g.len()];
    for output in outputs {
        needed[output.index()] = true;
    }
    let mut total = 0.0;
    for var in g.vars().rev() {
        if !needed[var.index()] {
            continue;
        }
        let node = g.node(var);
        for input in node.inputs() {
            needed[input.index()] = true;
        }
        let size = node.shape().size() as f64;
        let operand = |i: usize| g.shape(node.inputs()[i]);
        total += match node.op().name() {
            "input" | "constant" | "reshape" | "broadcast" | "batch_size" => 0.0,
            "linear" | "linear_transposed" => 2.0 * size * operand(1).dims()[0] as f64,
            "linear_weight" => 2.0 * size,
            "sum" => operand(0).size() as f64,
            _ => size,
        };
    }
    total
}

fn is_cheap(context: &Context<'_>, mode: &Mode) -> Result<Finding> {
    const NETS: usize = 40;
    let mut rng = context.stream("networks");
    let mut ratios = Worst::new(Tol::EXACT);
    let mut largest: f64 = 0.0;
    for case in 0..NETS {
        let depth = 1 + case % 8;
        let widths: Vec<usize> = (0..=depth).map(|_| 8 + rng.below(24)).collect();
        let net = Mlp::random(&widths, &vec![Activation::Softplus; depth], [1.0, 0.0], &mut rng);
        let mut g = Graph::new();
        let inputs = net.inputs(&mut g)?;
        let x = g.input("x", Shape::batched(&[widths[0]]))?;
        let y = net.output(&mut g, &inputs, x)?;
        let square = g.square(y)?;
        let loss = g.sum_all(square)?;
        let value = operations(&g, &[loss]);
        let slopes = match mode {
            Mode::Reverse => grad(&mut g, loss, &inputs)?,
            Mode::Forward => sweeps(&mut g, loss, inputs[1])?,
        };
        let ratio = operations(&g, &[&[loss], &slopes[..]].concat()) / value;
        largest = largest.max(ratio);
        ratios.see(ratio, ratio.clamp(1.0, 5.0), || format!("net {case}, {widths:?}"));
    }
    let evidence = Evidence::from_iter([ratios.into_check("operations of value and gradient over the value's", NETS)]);
    let headline = Headline {
        quantity: "largest cost of value and gradient, in values (at most 5)".into(),
        claimed: 5.0,
        value: largest,
        error: 0.0,
    };
    Ok(Finding::new(evidence, headline))
}

/// The derivative by every bias of the first layer, one forward sweep each.
fn sweeps(g: &mut Graph, loss: Var, biases: Var) -> Result<Vec<Var>> {
    let count = g.shape(biases).size();
    let mut slopes = Vec::new();
    for j in 0..count {
        let unit: Vec<f64> = (0..count).map(|i| f64::from(u8::from(i == j))).collect();
        let unit = g.constant(&[count], &unit)?;
        slopes.extend(jvp(g, &[loss], &[(biases, unit)])?);
    }
    Ok(slopes)
}

fn figures(_: &Context<'_>) -> Result<Vec<Figure>> {
    let points = points();
    let example = &EXAMPLES[0];
    let mut computed = Computed::new(example, points.len())?;
    let expected: Vec<f64> = points.iter().map(|&x| (example.slope)(Dd::from(x)).to_f64()).collect();
    let mut curves = [Vec::new(), Vec::new()];
    for h in steps() {
        for (curve, behind) in curves.iter_mut().zip([h, 0.0]) {
            curve.push((h, error(&computed.quotient(&points, h, behind)?, &expected)));
        }
    }
    let automatic = error(&computed.output(1, &points)?, &expected);
    let [central, one_sided] = curves;
    let figure = Plot::new("Derivative of the loop of sin, 1/2 ≤ x ≤ 5/2")
        .x_label("step δ")
        .y_label("largest relative error")
        .x_log()
        .y_log()
        .line("[f(x+δ) − f(x)]/δ", vec![one_sided])
        .line("[f(x+δ) − f(x−δ)]/2δ", vec![central])
        .horizontal_rules("automatic", [automatic])
        .render(
            "ad-vs-fd-steps",
            "Truncation on the right, rounding on the left: no step comes near automatic differentiation.",
        )?;
    Ok(vec![figure])
}
