//! Linear operations and their adjoints: `⟨y, A x⟩ = ⟨Aᵀ y, x⟩`, with no derivative between.

use fieldassay::autodiff::{PlanOptions, vjp};
use fieldassay::rng::Seed;
use fieldassay::tensor::op::{self, Example as _, Sample};

use super::check::Values;
use super::{CASES, Example};

/// Sums of at most a few hundred products: their rounding, relative to the sum of magnitudes.
const ROUNDING: f64 = 1e-12;

/// All operations that are linear in their operands together.
const LINEAR: [(&str, Example); 14] = [
    ("copy", op::Copy::example),
    ("neg", op::Neg::example),
    ("add", op::Add::example),
    ("sub", op::Sub::example),
    ("reshape", op::Reshape::example),
    ("broadcast", op::BroadcastTo::example),
    ("sum", op::SumTo::example),
    ("permute", op::Permute::example),
    ("slice", op::Slice::example),
    ("pad", op::Pad::example),
    ("concat", op::Concat::example),
    ("gather", op::Gather::example),
    ("scatter_add", op::ScatterAdd::example),
    ("cumulative_sum", op::CumulativeSum::example),
];

/// Both products and the sum of magnitudes, for random `x` and `y`.
fn products(sample: &Sample, r: &mut fieldassay::rng::Rng) -> [f64; 3] {
    let mut values = Values::draw(sample, r);
    let mut g = sample.graph.clone();
    let shape = g.shape(sample.output).clone();
    let batched = shape.is_batched();
    let count = shape.size() * if batched { values.batch } else { 1 };
    let y: Vec<f64> = (0..count).map(|_| r.normal()).collect();
    let operands: Vec<Vec<f64>> = sample
        .inputs
        .iter()
        .scan([0, 0], |next, &(var, _)| {
            let kind = usize::from(g.shape(var).is_batched());
            next[kind] += 1;
            let of_kind = [&values.shared, &values.batched][kind];
            Some(of_kind[next[kind] - 1].clone())
        })
        .collect();
    let cotangent = g.input("cotangent", shape).expect("a new name");
    if batched {
        values.batched.push(y.clone());
    } else {
        values.shared.push(y.clone());
    }
    let inputs: Vec<_> = sample.inputs.iter().map(|&(var, _)| var).collect();
    let back = vjp(&mut g, &[(sample.output, cotangent)], &inputs).expect("an adjoint");
    let wanted = [&[sample.output][..], &back].concat();
    let results = values.evaluate::<f64>(&g, &wanted, PlanOptions::default());
    let (ax, aty) = results.split_first().expect("the result");
    let forward = y.iter().zip(ax).map(|(y, ax)| y * ax);
    let backward = aty.iter().flatten().zip(operands.iter().flatten());
    let backward = backward.map(|(aty, x)| aty * x);
    let magnitude: f64 = forward.clone().chain(backward.clone()).map(f64::abs).sum();
    [forward.sum(), backward.sum(), magnitude]
}

/// How many calls had entries; the worst deviation, relative to the sum of magnitudes.
fn worst(name: &str, example: Example) -> (usize, f64) {
    let mut r = Seed(20_261_123).stream(&format!("ops/{name}/adjoint"));
    let (mut seen, mut worst) = (0, 0.0_f64);
    for _ in 0..CASES {
        let sample = example(&mut r).expect("an example");
        let [forward, backward, magnitude] = products(&sample, &mut r);
        if magnitude == 0.0 {
            continue;
        }
        seen += 1;
        let deviation = (forward - backward).abs() / magnitude;
        worst = worst.max(if deviation.is_nan() {
            f64::INFINITY
        } else {
            deviation
        });
    }
    (seen, worst)
}

#[test]
fn linear_operations_have_adjoints() {
    let mut wrong = Vec::new();
    for (name, example) in LINEAR {
        let (seen, worst) = worst(name, example);
        let right = worst <= ROUNDING;
        if !right || seen <= CASES / 10 {
            wrong.push(format!("{name}: {worst:e} in {seen} calls with entries"));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn an_operation_that_is_not_linear_is_caught() {
    for (name, example) in [
        ("mul", op::Mul::example as Example),
        ("exp", op::Exp::example),
        ("scale_shift", op::ScaleShift::example),
        ("log_sum_exp", op::LogSumExp::example),
    ] {
        let (seen, worst) = worst(name, example);
        assert!(seen > CASES / 10 && worst > 1e-3, "{name}: {worst:e}");
    }
}
