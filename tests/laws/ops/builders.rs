//! The laws of operations, for what the builders make of several operations.

use fieldassay::Result;
use fieldassay::rng::Rng;
use fieldassay::tensor::op::{Domain, REAL, Sample, random_extent};
use fieldassay::tensor::{Graph, Shape, Var};

use super::check::LAWS;
use super::{Example, laws};

/// A call of a builder on inputs of these shapes.
fn sample(
    shapes: &[Shape],
    domain: Domain,
    build: impl FnOnce(&mut Graph, &[Var]) -> Result<Var>,
) -> Result<Sample> {
    let mut graph = Graph::new();
    let mut inputs = Vec::new();
    for (i, shape) in shapes.iter().enumerate() {
        inputs.push((graph.input(&format!("x{i}"), shape.clone())?, domain));
    }
    let vars: Vec<Var> = inputs.iter().map(|&(var, _)| var).collect();
    let output = build(&mut graph, &vars)?;
    Ok(Sample {
        graph,
        inputs,
        output,
        allowed: Vec::new(),
    })
}

/// One to `rank` axes, none of them empty, and one of them.
fn shape_with_axis(r: &mut Rng, rank: usize) -> (Shape, usize) {
    let dims: Vec<usize> = (0..1 + r.below(rank)).map(|_| 1 + r.below(4)).collect();
    let axis = r.below(dims.len());
    (Shape::shared(&dims).with_batched(r.below(2) == 0), axis)
}

fn softmax(r: &mut Rng) -> Result<Sample> {
    let (shape, axis) = shape_with_axis(r, 3);
    sample(&[shape], REAL, |g, x| g.softmax(x[0], &[axis]))
}

fn log_softmax(r: &mut Rng) -> Result<Sample> {
    let (shape, _) = shape_with_axis(r, 3);
    let axes: Vec<usize> = (0..shape.rank()).collect();
    sample(&[shape], REAL, |g, x| g.log_softmax(x[0], &axes))
}

fn layer_norm(r: &mut Rng) -> Result<Sample> {
    let (shape, axis) = shape_with_axis(r, 3);
    let column = Shape::shared(&shape.dims()[axis..]);
    sample(&[shape, column.clone(), column], REAL, |g, x| {
        let axes: Vec<usize> = (axis..g.shape(x[0]).rank()).collect();
        g.layer_norm_affine(x[0], &axes, 0.3, [x[1], x[2]])
    })
}

fn group_norm(r: &mut Rng) -> Result<Sample> {
    let (shape, axis) = shape_with_axis(r, 3);
    let (groups, members) = (1 + r.below(2), 1 + r.below(3));
    let mut dims = shape.dims().to_vec();
    dims[axis] = groups * members;
    let channels = Shape::shared(&dims[axis..=axis]);
    let shapes = [shape.with_dims(&dims), channels.clone(), channels];
    sample(&shapes, REAL, |g, x| {
        g.group_norm_affine(x[0], groups, axis, 0.3, [x[1], x[2]])
    })
}

fn shift(r: &mut Rng) -> Result<Sample> {
    let (shape, axis) = shape_with_axis(r, 3);
    let by = r.below(11) as isize - 5;
    sample(&[shape], REAL, |g, x| g.shift(x[0], axis, by))
}

fn upsample_nearest(r: &mut Rng) -> Result<Sample> {
    let (shape, axis) = shape_with_axis(r, 3);
    let mut axes = vec![axis, shape.rank() - 1];
    axes.dedup();
    let factor = 1 + r.below(3);
    sample(&[shape], REAL, |g, x| {
        g.upsample_nearest(x[0], &axes, factor)
    })
}

fn concat_of_many(r: &mut Rng) -> Result<Sample> {
    let (shape, axis) = shape_with_axis(r, 2);
    let shapes: Vec<Shape> = (0..9 + r.below(3))
        .map(|_| {
            let mut dims = shape.dims().to_vec();
            dims[axis] = random_extent(r, 3);
            Shape::shared(&dims).with_batched(r.below(2) == 0)
        })
        .collect();
    sample(&shapes, REAL, |g, x| g.concat(x, axis))
}

macro_rules! builders_obey_the_laws {
    ($($test:ident: $example:ident;)+) => {$(
        #[test]
        fn $test() {
            laws(stringify!($example), $example as Example, LAWS);
        }
    )+};
}
builders_obey_the_laws! {
    softmax_obeys_the_laws: softmax;
    log_softmax_obeys_the_laws: log_softmax;
    layer_norm_obeys_the_laws: layer_norm;
    group_norm_obeys_the_laws: group_norm;
    shift_obeys_the_laws: shift;
    upsampling_obeys_the_laws: upsample_nearest;
    concat_of_many_obeys_the_laws: concat_of_many;
}
