//! `backprop-chain`: back propagation is the chain rule, for vectors in the order `f'(g) ∂g`.
//!
//! The slide's order, `∂_{θ1} g * f'(g)`, is that of scalars, or of gradients written as columns; the
//! Jacobians of vectors multiply the other way round. Reverse mode is compared with the core's own forward mode and
//! with dual numbers through scalar loops (`reference::network`); what it costs in memory is
//! read off the plan.

use fieldassay::Result;
use fieldassay::autodiff::{Plan, grad, jvp};
use fieldassay::num::{Tol, Worst};
use fieldassay::tensor::{Batched, Feed, Graph, Shape, Var};
use fieldassay::verdict::{Evidence, Verdict};
use fieldassay_reference::dual::{Dual, jacobian};
use fieldassay_reference::network::{Activation, forward};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};
use crate::mlp::{Mlp, constants};

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "backprop-chain",
        "Yu Lu, Rediscovery of Numerical Luescher's Formula from the Neural Network, IHEP, 2024-11-08: \
         section \"Automatic Differentiation + Back Propagation\"",
        "Each activation function is \"simple\"; Hierarchy -> Chain rule: \
         ∇_{θ1} f(g(x;θ1);θ2) = ∇_{θ1} g(x;θ1) * f'(g(x;θ1);θ2)",
        vec![
            Statement::says(
                "as printed",
                "∇_{θ1} f(g(x; θ1); θ2) = ∇_{θ1} g(x; θ1) f'(g(x; θ1); θ2).",
                "another gradient from automatic differentiation",
            )
            .decided_by(
                Verdict::Qualified,
                is_the_rule_for_scalars,
                Place::AtG,
                Alteration::new("f'(g(x)) → f'(x)", Place::AtX),
            ),
            Statement::says(
                "vectors, order as printed",
                "The Jacobian of f(g(θ)) is the matrix product ∂g · f'(g).",
                "another Jacobian from automatic differentiation",
            )
            .decided_by(
                Verdict::Refuted,
                is_the_rule_for_vectors,
                Product::Printed,
                Alteration::new("f'(g) → f'(g)ᵀ, in the printed order", Product::PrintedTransposed),
            ),
            Statement::says(
                "vectors, corrected",
                "The Jacobian of f(g(θ)) is the matrix product f'(g) · ∂g.",
                "another Jacobian from automatic differentiation",
            )
            .decided_by(
                Verdict::Supported,
                is_the_rule_for_vectors,
                Product::Corrected,
                Alteration::new("f'(g) → f'(g)ᵀ", Product::CorrectedTransposed),
            ),
            Statement::says(
                "reverse mode",
                "For networks of 1 to 8 layers back propagation gives the derivative that forward mode \
                 gives, along any direction in the space of weights and biases.",
                "a directional derivative that differs by more than 1e-12 of its terms",
            )
            .decided_by(
                Verdict::Supported,
                reverse_is_forward,
                1.0,
                Alteration::new("gradient of the biases left out", 0.0),
            ),
            Statement::says(
                "memory",
                "The memory that back propagation needs grows linearly with depth.",
                "another exponent of the growth",
            )
            .decided_by(
                Verdict::Supported,
                memory_grows_with_power,
                1.0,
                Alteration::new("depth → depth²", 2.0),
            ),
        ],
    )
}

/// Where `f'` is taken.
#[derive(Clone, Copy, Debug)]
enum Place {
    AtG,
    AtX,
}

fn headline(quantity: &str, difference: f64, error: f64) -> Headline {
    Headline { quantity: quantity.into(), claimed: 0.0, value: difference, error }
}

fn worst_difference(worst: &Worst) -> f64 {
    worst.worst().map_or(f64::NAN, |(_, c)| c.diff)
}

/// `g = tanh(a x + b)`, `f = sin(c g + d)`, `θ1 = (a, b)`.
fn is_the_rule_for_scalars(context: &Context<'_>, place: &Place) -> Result<Finding> {
    const ROUNDING: Tol = Tol::rel_abs(1e-13, 1e-15).because("a dozen roundings; numbers of order one");
    const CASES: usize = 200;
    let mut rng = context.stream("scalars");
    let mut graph = Graph::new();
    let vars: Vec<Var> = (["a", "b", "c", "d", "x"].iter())
        .map(|name| graph.input(name, Shape::shared(&[])))
        .collect::<Result<_>>()?;
    let inner = affine(&mut graph, vars[0], vars[4], vars[1])?;
    let inner = graph.tanh(inner)?;
    let outer = affine(&mut graph, vars[2], inner, vars[3])?;
    let outer = graph.sin(outer)?;
    let slopes = grad(&mut graph, outer, &vars[..2])?;
    let mut plan = Plan::<f64>::new(&graph, &slopes, 1)?;
    let mut worst = Worst::new(ROUNDING);
    for case in 0..CASES {
        let numbers: Vec<f64> = (0..5).map(|_| rng.normal()).collect();
        let [a, b, c, d, x] = numbers[..] else { unreachable!("five numbers") };
        plan.run(&Feed::with_parameters(&numbers, &[]))?;
        let g = (a * x + b).tanh();
        let at = match place {
            Place::AtG => g,
            Place::AtX => x,
        };
        let f_slope = c * (c * at + d).cos();
        let g_slope = (a * x + b).cosh().powi(-2);
        worst.see(plan.output(0)[0], x * g_slope * f_slope, || format!("case {case}, ∂a"));
        worst.see(plan.output(1)[0], g_slope * f_slope, || format!("case {case}, ∂b"));
    }
    let difference = worst_difference(&worst);
    let evidence = Evidence::from_iter([worst.into_check("reverse mode against the printed product", 2 * CASES)]);
    let headline = headline("largest difference from the printed product", difference, 1e-13);
    Ok(Finding::new(evidence, headline).qualified(
        "for scalars g, or with gradients as columns; Jacobians of vectors multiply in the other order, \
         f'(g) · ∂g",
    ))
}

fn affine(g: &mut Graph, w: Var, x: Var, b: Var) -> Result<Var> {
    let product = g.mul(w, x)?;
    g.add(product, b)
}

/// Two matrices in some order.
#[derive(Clone, Copy, Debug)]
enum Product {
    Printed,
    PrintedTransposed,
    Corrected,
    CorrectedTransposed,
}

type Rows = Vec<Vec<f64>>;

fn times(a: &Rows, b: &Rows) -> Rows {
    let entry = |row: &Vec<f64>, j: usize| row.iter().zip(b).map(|(a, b)| a * b[j]).sum();
    a.iter().map(|row| (0..b[0].len()).map(|j| entry(row, j)).collect()).collect()
}

fn transposed(a: &Rows) -> Rows {
    (0..a[0].len()).map(|j| a.iter().map(|row| row[j]).collect()).collect()
}

impl Product {
    fn of(self, f_slope: &Rows, g_slope: &Rows) -> Rows {
        match self {
            Self::Printed => times(g_slope, f_slope),
            Self::PrintedTransposed => times(g_slope, &transposed(f_slope)),
            Self::Corrected => times(f_slope, g_slope),
            Self::CorrectedTransposed => times(&transposed(f_slope), g_slope),
        }
    }
}

/// The Jacobian of the whole network by the core's forward mode, one column a sweep.
fn jacobian_by_core(net: &Mlp, x: &[f64]) -> Result<Rows> {
    let mut g = Graph::new();
    let inputs = net.inputs(&mut g)?;
    let input = g.input("x", Shape::shared(&[x.len()]))?;
    let y = net.output(&mut g, &inputs, input)?;
    let mut columns = Vec::new();
    for j in 0..x.len() {
        let unit: Vec<f64> = (0..x.len()).map(|i| f64::from(u8::from(i == j))).collect();
        let unit = g.constant(&[x.len()], &unit)?;
        columns.extend(jvp(&mut g, &[y], &[(input, unit)])?);
    }
    let mut plan = Plan::<f64>::new(&g, &columns, 1)?;
    plan.run(&Feed { parameters: &net.parameters, shared: &[x], batched: &[] })?;
    let columns: Rows = (0..x.len()).map(|j| plan.output(j).to_vec()).collect();
    Ok(transposed(&columns))
}

/// `g` and `f` are one layer each, of equal widths, so that both orders exist; `θ` is what `g` acts on.
fn is_the_rule_for_vectors(context: &Context<'_>, product: &Product) -> Result<Finding> {
    const ROUNDING: Tol = Tol::abs(1e-13).because("products of 4 × 4 matrices of order one");
    const WIDTH: usize = 4;
    const CASES: usize = 50;
    let mut rng = context.stream("vectors");
    let mut worst = Worst::new(ROUNDING);
    for case in 0..CASES {
        let net = Mlp::random(&[WIDTH; 3], &[Activation::Tanh; 2], [1.0, 0.3], &mut rng);
        let theta: Vec<f64> = (0..WIDTH).map(|_| rng.normal()).collect();
        let layers = net.layers(&[]);
        let g = |x: &[Dual]| layers[0].of(x);
        let at: Vec<f64> = g(&constants(&theta)).iter().map(|u| u.value).collect();
        let f_slope = jacobian(|u| layers[1].of(u), &at);
        let found = jacobian_by_core(&net, &theta)?;
        let expected = product.of(&f_slope, &jacobian(g, &theta));
        for (i, (found, expected)) in found.iter().zip(&expected).enumerate() {
            for (found, expected) in found.iter().zip(expected) {
                worst.see(*found, *expected, || format!("case {case}, row {i}"));
            }
        }
    }
    let difference = worst_difference(&worst);
    let evidence = Evidence::from_iter([
        worst.into_check("the core's Jacobian against the product of two", CASES * WIDTH * WIDTH),
    ]);
    Ok(Finding::new(evidence, headline("largest difference of an entry", difference, 1e-13)))
}

/// Batch of the networks whose gradients are compared.
const BATCH: usize = 3;

/// Gradient of `Σ y²` and its derivative along a direction, by the core: `(gradient, derivative)`.
fn both_modes(net: &Mlp, direction: &[f64], x: &[f64]) -> Result<(Vec<f64>, f64)> {
    let mut g = Graph::new();
    let inputs = net.inputs(&mut g)?;
    let mut tangents = Vec::new();
    for (i, &var) in inputs.iter().enumerate() {
        let shape = g.shape(var).clone();
        tangents.push((var, g.input(&format!("direction{i}"), shape)?));
    }
    let input = g.input("x", Shape::batched(&[net.widths[0]]))?;
    let y = net.output(&mut g, &inputs, input)?;
    let square = g.square(y)?;
    let loss = g.sum_all(square)?;
    let gradient = grad(&mut g, loss, &inputs)?;
    let along = jvp(&mut g, &[loss], &tangents)?;
    let outputs = [&gradient[..], &along].concat();
    let mut plan = Plan::<f64>::new(&g, &outputs, BATCH)?;
    let numbers = [&net.parameters[..], direction].concat();
    plan.run(&Feed::with_parameters(&numbers, &[Batched::Rows(x)]))?;
    let gradient = (0..inputs.len()).flat_map(|i| plan.output(i).to_vec()).collect();
    Ok((gradient, plan.output(inputs.len())[0]))
}

/// The derivative of `Σ y²` along a direction, in dual numbers.
fn by_duals(net: &Mlp, direction: &[f64], x: &[f64]) -> f64 {
    let layers = net.layers(direction);
    let outputs = x.chunks(net.widths[0]).flat_map(|x| forward(&layers, &constants(x)));
    outputs.map(|y| (y * y).slope).sum()
}

/// Which numbers of the parameter array are biases.
fn biases(widths: &[usize]) -> Vec<bool> {
    let layer = |pair: &[usize]| {
        [vec![false; pair[0] * pair[1]], vec![true; pair[1]]].concat()
    };
    widths.windows(2).flat_map(layer).collect()
}

fn reverse_is_forward(context: &Context<'_>, share_of_biases: &f64) -> Result<Finding> {
    const MODES: Tol = Tol::abs(1e-12).because("relative to the sum of the terms' moduli; the ledger's window");
    const NETS: usize = 20;
    let mut rng = context.stream("networks");
    let mut core = Worst::new(MODES);
    let mut duals = Worst::new(MODES);
    for depth in 1..=8 {
        for case in 0..NETS {
            let widths: Vec<usize> = (0..=depth).map(|_| 2 + rng.below(8)).collect();
            let net = Mlp::random(&widths, &vec![Activation::Tanh; depth], [1.5, 0.3], &mut rng);
            let direction: Vec<f64> = net.parameters.iter().map(|_| rng.normal()).collect();
            let x: Vec<f64> = (0..BATCH * widths[0]).map(|_| rng.normal()).collect();
            let (gradient, along) = both_modes(&net, &direction, &x)?;
            let terms: Vec<f64> = (gradient.iter().zip(&direction).zip(biases(&widths)))
                .map(|((g, v), bias)| g * v * if bias { *share_of_biases } else { 1.0 })
                .collect();
            let scale: f64 = terms.iter().map(|term| term.abs()).sum();
            let reverse = terms.iter().sum::<f64>() / scale;
            let label = || format!("depth {depth}, net {case}");
            core.see(reverse, along / scale, label);
            duals.see(reverse, by_duals(&net, &direction, &x) / scale, label);
        }
    }
    let difference = worst_difference(&core);
    let evidence = Evidence::from_iter([
        core.into_check("reverse mode against the core's forward mode", 8 * NETS),
        duals.into_check("reverse mode against dual numbers in scalar loops", 8 * NETS),
    ]);
    Ok(Finding::new(evidence, headline("largest difference between the modes", difference, 1e-12)))
}

/// Numbers per sample in the memory of a plan: for the gradient, or for the value alone.
fn numbers_per_sample(depth: usize, differentiate: bool) -> Result<f64> {
    const WIDTH: usize = 16;
    let net = Mlp {
        widths: vec![WIDTH; depth + 1],
        activations: vec![Activation::Tanh; depth],
        parameters: Vec::new(),
    };
    let mut g = Graph::new();
    let inputs = net.inputs(&mut g)?;
    let input = g.input("x", Shape::batched(&[WIDTH]))?;
    let y = net.output(&mut g, &inputs, input)?;
    let loss = g.sum_all(y)?;
    let outputs = if differentiate { grad(&mut g, loss, &inputs)? } else { vec![loss] };
    let text = Plan::<f64>::new(&g, &outputs, 64)?.describe();
    let counts = text.split_once("per sample ").map_or("", |(_, rest)| rest);
    let counts = counts.split_whitespace().filter(|word| *word != "+").take(2);
    Ok(counts.map(|count| count.parse().unwrap_or(f64::NAN)).sum())
}

fn memory_grows_with_power(_: &Context<'_>, power: &f64) -> Result<Finding> {
    const EXPONENT: Tol = Tol::abs(0.1).because("counted, not measured; a layer more or less at the ends");
    let mut growth = Worst::new(EXPONENT);
    let mut value = Worst::new(Tol::EXACT);
    let mut last = f64::NAN;
    for depth in [4, 8, 16] {
        let [a, b, c] = [depth, 2 * depth, 4 * depth].map(|d| numbers_per_sample(d, true));
        let (a, b, c) = (a?, b?, c?);
        last = ((c - b) / (b - a)).log2();
        growth.see(last, *power, || format!("depth {depth} to {}", 4 * depth));
        value.see(numbers_per_sample(2 * depth, false)?, numbers_per_sample(4, false)?, || {
            format!("depth {}", 2 * depth)
        });
    }
    let evidence = Evidence::from_iter([
        growth.into_check("exponent of the plan's numbers per sample in depth", 3),
        value.into_check("the value alone needs the same at every depth", 3),
    ]);
    let headline = Headline {
        quantity: "exponent of the growth of memory with depth".into(),
        claimed: *power,
        value: last,
        error: 0.1,
    };
    Ok(Finding::new(evidence, headline))
}
