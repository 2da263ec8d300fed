//! Functions from outside: a lattice action whose derivative is its force.

use std::sync::Arc;

use fieldassay::autodiff::{grad, jvp};
use fieldassay::num::{Tol, Worst};
use fieldassay::tensor::op::{External, Potential};
use fieldassay::tensor::{Extent, Graph, Io, Shape, Var};
use fieldassay::{Error, Result};

use super::{evaluate, graph, normals, refuses, stream};

/// `S = Σ_x [½ (φ_{x+1} − φ_x)² + ¼ φ_x⁴]` on a periodic chain; it may know its curvature.
#[derive(Debug)]
struct Chain {
    curved: bool,
}

impl Potential for Chain {
    fn name(&self) -> &'static str {
        "chain action"
    }

    fn value(&self, x: &[f64], extent: Extent<'_>, value: &mut [f64]) {
        let (sites, lanes) = (extent.size(), extent.lanes);
        value.fill(0.0);
        for (site, lane) in (0..sites).flat_map(|s| (0..lanes).map(move |l| (s, l))) {
            let (here, next) = (x[site * lanes + lane], x[(site + 1) % sites * lanes + lane]);
            value[lane] += 0.5 * (next - here).powi(2) + 0.25 * here.powi(4);
        }
    }

    fn gradient(&self, x: &[f64], extent: Extent<'_>, gradient: &mut [f64]) {
        let (sites, lanes) = (extent.size(), extent.lanes);
        for (site, lane) in (0..sites).flat_map(|s| (0..lanes).map(move |l| (s, l))) {
            let at = |site: usize| x[site % sites * lanes + lane];
            let here = at(site);
            gradient[site * lanes + lane] =
                2.0 * here - at(site + 1) - at(site + sites - 1) + here.powi(3);
        }
    }

    fn curvature(&self, g: &mut Graph, x: Var, direction: Var) -> Result<Var> {
        if !self.curved {
            return Err(Error::Unsupported {
                what: format!("the second derivative of `{}`", self.name()),
                expected: "a curved chain".to_owned(),
            });
        }
        // The neighbours' part by a circulant matrix; a chain of four sites.
        let neighbours = [
            2., -1., 0., -1., -1., 2., -1., 0., 0., -1., 2., -1., -1., 0., -1., 2.,
        ];
        let matrix = g.constant(&[4, 4], &neighbours)?;
        let kinetic = g.linear(matrix, direction)?;
        let square = g.square(x)?;
        let weighted = g.mul(square, direction)?;
        let quartic = g.scale(weighted, 3.0)?;
        g.add(kinetic, quartic)
    }
}

/// The same action as ordinary operations, on four sites.
fn as_a_graph(g: &mut Graph, x: Var) -> Result<Var> {
    let next = g.constant(
        &[4, 4],
        &[
            0., 1., 0., 0., 0., 0., 1., 0., 0., 0., 0., 1., 1., 0., 0., 0.,
        ],
    )?;
    let next = g.linear(next, x)?;
    let step = g.sub(next, x)?;
    let step = g.square(step)?;
    let kinetic = g.scale(step, 0.5)?;
    let square = g.square(x)?;
    let quartic = g.square(square)?;
    let quartic = g.scale(quartic, 0.25)?;
    let density = g.add(kinetic, quartic)?;
    g.sum(density)
}

/// `Σ_samples S²/2`, so that the cotangent of the action is the action.
fn loss(g: &mut Graph, action: Var) -> Result<Var> {
    let square = g.square(action)?;
    let half = g.scale(square, 0.5)?;
    g.sum_all(half)
}

const ROUNDING: Tol = Tol::rel_abs(1e-13, 1e-13).because("two orders of the same sums");
const SINGLE: Tol = Tol::rel_abs(1e-5, 1e-5).because("operands and products rounded to f32");

#[test]
fn an_action_is_an_operation_whose_derivative_is_its_gradient() {
    let mut r = stream("action");
    let mut worst = Worst::new(ROUNDING);
    let mut single = Worst::new(SINGLE);
    for lanes in [0, 1, 3, 17, 700] {
        let (mut g, v) = graph(&[Shape::batched(&[4]), Shape::batched(&[4])]);
        let ours = g
            .potential(Arc::new(Chain { curved: false }), v[0])
            .expect("one operand");
        let right = as_a_graph(&mut g, v[0]).expect("a graph");
        let mut wanted = vec![ours, right];
        for action in [ours, right] {
            let loss = loss(&mut g, action).expect("a number");
            wanted.push(grad(&mut g, loss, &[v[0]]).expect("a first derivative")[0]);
            wanted.push(jvp(&mut g, &[action], &[(v[0], v[1])]).expect("a tangent")[0]);
        }
        let [x, t] = [0; 2].map(|_| normals(&mut r, 4 * lanes));
        let double = evaluate::<f64>(&g, &wanted, &[&x, &t], lanes);
        for (ours, right) in [(0, 1), (2, 4), (3, 5)] {
            assert_eq!(double[ours].len(), double[right].len());
            for (a, b) in double[ours].iter().zip(&double[right]) {
                worst.see(*a, *b, || format!("{ours}, {lanes} lanes"));
            }
        }
        let narrow = evaluate::<f32>(&g, &wanted[..1], &[&x, &t], lanes);
        for (a, b) in narrow[0].iter().zip(&double[0]) {
            single.see(*a, *b, || format!("{lanes} lanes"));
        }
    }
    worst.assert_at_least(721 * 6);
    single.assert_at_least(721);
}

/// The gradient of the squared gradient of the loss.
fn second(curved: bool) -> Result<(Graph, Var, Var)> {
    let (mut g, v) = graph(&[Shape::batched(&[4])]);
    let ours = g.potential(Arc::new(Chain { curved }), v[0])?;
    let right = as_a_graph(&mut g, v[0])?;
    let mut twice = Vec::new();
    for action in [ours, right] {
        let loss = loss(&mut g, action)?;
        let slope = grad(&mut g, loss, &[v[0]])?[0];
        let square = g.square(slope)?;
        let sum = g.sum_all(square)?;
        twice.push(grad(&mut g, sum, &[v[0]])?[0]);
    }
    Ok((g, twice[0], twice[1]))
}

#[test]
fn second_derivatives_need_a_curvature_and_are_refused_by_name_without() {
    match second(false) {
        Err(Error::Unsupported { what, .. }) => assert!(what.contains("chain action"), "{what}"),
        other => panic!("{other:?}"),
    }
    let (g, ours, right) = second(true).expect("a curvature");
    let x = normals(&mut stream("curvature"), 4 * 5);
    let out = evaluate::<f64>(&g, &[ours, right], &[&x], 5);
    let mut worst =
        Worst::new(Tol::rel_abs(1e-12, 1e-12).because("three factors of a few sums each"));
    for (a, b) in out[0].iter().zip(&out[1]) {
        worst.see(*a, *b, || "curvature".to_owned());
    }
    worst.assert_at_least(20);
}

/// Half of the sum over samples, without any rule of differentiation.
#[derive(Debug)]
struct HalfSum;

impl External for HalfSum {
    fn name(&self) -> &'static str {
        "half sum"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        match inputs {
            [x] if x.is_batched() => Ok(Shape::shared(x.dims())),
            _ => Err(Error::Operands {
                op: self.name(),
                found: inputs.iter().map(ToString::to_string).collect(),
                expected: "one batched operand".to_owned(),
            }),
        }
    }

    fn forward(&self, io: Io<'_, f64>) {
        let Io {
            output,
            scratch,
            accumulate,
            ..
        } = io;
        if !accumulate {
            output.fill(0.0);
        }
        let lanes = io.extents[0].lanes;
        for (y, x) in output.iter_mut().zip(io.inputs[0].chunks_exact(lanes)) {
            scratch[..lanes].copy_from_slice(x);
            *y += 0.5 * scratch[..lanes].iter().sum::<f64>();
        }
    }

    fn scratch(&self, inputs: &[Extent<'_>], _: Extent<'_>) -> usize {
        inputs[0].lanes
    }
}

#[test]
fn an_external_sum_over_the_batch_adds_up_its_leaves() {
    let lanes = 5000;
    let (mut g, v) = graph(&[Shape::batched(&[2])]);
    let sum = g.external(Arc::new(HalfSum), &[v[0]]).expect("one operand");
    let x: Vec<f64> = (0..2 * lanes).map(|i| (i % lanes % 7) as f64).collect();
    let right = 0.5 * x[..lanes].iter().sum::<f64>();
    assert_eq!(evaluate::<f64>(&g, &[sum], &[&x], lanes)[0], [right, right]);
    assert_eq!(evaluate::<f32>(&g, &[sum], &[&x], lanes)[0], [right, right]);
}

#[test]
fn a_missing_rule_and_a_misfit_name_the_function() {
    let (mut g, v) = graph(&[Shape::batched(&[2]), Shape::shared(&[2])]);
    refuses(g.external(Arc::new(HalfSum), &[v[1]]), "half sum", &["[2]"]);
    let sum = g.external(Arc::new(HalfSum), &[v[0]]).expect("one operand");
    let total = g.sum_all(sum).expect("a number");
    let failures = [
        grad(&mut g, total, &[v[0]]).map(drop),
        jvp(&mut g, &[total], &[(v[0], v[0])]).map(drop),
    ];
    for failure in failures {
        match failure {
            Err(Error::Unsupported { what, .. }) => assert_eq!(what, "a derivative of `half sum`"),
            other => panic!("{other:?}"),
        }
    }
}
