//! Where operations have corners: ties, zeros, NaN, several axes at once, more columns than one block, more samples than
//! one leaf, and variables named twice.
//!
//! Random examples keep away from ties and are small; these are the values that they never see.

use fieldassay::autodiff::{PlanOptions, grad, jvp, vjp};
use fieldassay::num::{Tol, Worst};
use fieldassay::rng::{Rng, Seed};
use fieldassay::tensor::{Graph, Shape, Var};

use super::check::Values;

const NAN: f64 = f64::NAN;

fn stream(label: &str) -> Rng {
    Seed(20_261_125).stream(&format!("laws/ops/corners/{label}"))
}

/// The value of `y`, of shared inputs.
fn value(g: &Graph, inputs: &[&[f64]], y: Var) -> Vec<f64> {
    let values = Values {
        shared: inputs.iter().map(|x| x.to_vec()).collect(),
        batched: Vec::new(),
        batch: 1,
    };
    values
        .evaluate::<f64>(g, &[y], PlanOptions::default())
        .remove(0)
}

/// The value of `y`, of one batched input, lanes fastest.
fn value_of_batch(g: &Graph, x: &[f64], batch: usize, y: Var) -> Vec<f64> {
    let values = Values {
        shared: Vec::new(),
        batched: vec![x.to_vec()],
        batch,
    };
    values
        .evaluate::<f64>(g, &[y], PlanOptions::default())
        .remove(0)
}

/// `count` shared inputs of the same extents.
fn inputs<const N: usize>(g: &mut Graph, dims: &[usize]) -> [Var; N] {
    std::array::from_fn(|i| {
        g.input(&format!("x{i}"), Shape::shared(dims))
            .expect("an input")
    })
}

/// Equal to the bit, but for the payload of NaN.
fn assert_same(what: &str, found: &[f64], expected: &[f64]) {
    let same = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
    let all = found.len() == expected.len() && found.iter().zip(expected).all(same);
    assert!(all, "{what}: {found:?}, expected {expected:?}");
}

#[test]
fn functions_of_one_number_at_zero_and_nan() {
    type Build = fn(&mut Graph, Var) -> fieldassay::Result<Var>;
    let x = [-2.0, 0.0, 3.0, NAN];
    let cases: [(&str, Build, [f64; 4], [f64; 4]); 4] = [
        (
            "relu",
            Graph::relu,
            [0.0, 0.0, 3.0, NAN],
            [0.0, 0.0, 1.0, 0.0],
        ),
        ("step", Graph::step, [0.0, 0.0, 1.0, 0.0], [0.0; 4]),
        ("sign", Graph::sign, [-1.0, 0.0, 1.0, NAN], [0.0; 4]),
        (
            "abs",
            Graph::abs,
            [2.0, 0.0, 3.0, NAN],
            [-1.0, 0.0, 1.0, NAN],
        ),
    ];
    for (name, build, values, slopes) in cases {
        let mut g = Graph::new();
        let [input] = inputs(&mut g, &[4]);
        let y = build(&mut g, input).expect(name);
        assert_same(name, &value(&g, &[&x], y), &values);
        let sum = g.sum_all(y).expect("a sum");
        let slope = grad(&mut g, sum, &[input]).expect("a gradient")[0];
        assert_same(
            &format!("slope of {name}"),
            &value(&g, &[&x], slope),
            &slopes,
        );
    }
}

#[test]
fn a_choice_takes_the_first_for_positive_conditions_only() {
    let mut g = Graph::new();
    let [condition, a, b] = inputs(&mut g, &[5]);
    let y = g.select(condition, a, b).expect("a choice");
    let numbers = [[-1.0, -0.0, 0.0, 1e-300, NAN], [1.0; 5], [2.0; 5]];
    let feed = numbers.each_ref().map(|row| &row[..]);
    assert_eq!(value(&g, &feed, y), [2.0, 2.0, 2.0, 1.0, 2.0]);
    let sum = g.sum_all(y).expect("a sum");
    let slopes = grad(&mut g, sum, &[condition, a, b]).expect("gradients");
    for (slope, expected) in slopes.into_iter().zip([
        [0.0; 5],
        [0.0, 0.0, 0.0, 1.0, 0.0],
        [1.0, 1.0, 1.0, 0.0, 1.0],
    ]) {
        assert_eq!(value(&g, &feed, slope), expected);
    }
}

/// NaN in either operand is not hidden, and a tie is shared.
#[test]
fn the_larger_and_the_smaller_keep_nan_and_share_ties() {
    let a = [1.0, 2.0, 3.0, NAN, 1.0, NAN, f64::INFINITY];
    let b = [2.0, 1.0, 3.0, 1.0, NAN, NAN, f64::INFINITY];
    let larger = [2.0, 2.0, 3.0, NAN, NAN, NAN, f64::INFINITY];
    let smaller = [1.0, 1.0, 3.0, NAN, NAN, NAN, f64::INFINITY];
    for (name, expected, first) in [
        ("maximum", larger, [0.0, 1.0, 0.5]),
        ("minimum", smaller, [1.0, 0.0, 0.5]),
    ] {
        let mut g = Graph::new();
        let [x, y] = inputs(&mut g, &[7]);
        let best = match name {
            "maximum" => g.maximum(x, y),
            _ => g.minimum(x, y),
        };
        let best = best.expect(name);
        assert_same(name, &value(&g, &[&a, &b], best), &expected);
        let sum = g.sum_all(best).expect("a sum");
        let slopes = grad(&mut g, sum, &[x, y]).expect("gradients");
        let [to_x, to_y] = [0, 1].map(|i| value(&g, &[&a, &b], slopes[i]));
        assert_eq!(to_x[..3], first, "{name}");
        let rest = first.map(|share| 1.0 - share);
        assert_eq!(to_y[..3], rest, "{name}");
    }
}

#[test]
fn the_largest_of_an_axis_keeps_nan_and_is_shared_by_equals() {
    for columns in [1, 3] {
        let mut g = Graph::new();
        let [x] = inputs(&mut g, &[4, columns]);
        let shape = Shape::shared(&[1, columns]);
        let y = g.max_to(x, &shape).expect("a maximum");
        let rows = |column: [f64; 4]| column.map(|x| vec![x; columns]).concat();
        for place in 0..4 {
            let mut column = [1.0, 5.0, -2.0, 5.0];
            column[place] = NAN;
            let found = value(&g, &[&rows(column)], y);
            assert!(
                found.iter().all(|x| x.is_nan()),
                "NaN at {place}: {found:?}"
            );
        }
        let sum = g.sum_all(y).expect("a sum");
        let slope = grad(&mut g, sum, &[x]).expect("a gradient")[0];
        let numbers = rows([1.0, 5.0, -2.0, 5.0]);
        assert_eq!(value(&g, &[&numbers], y), vec![5.0; columns]);
        assert_eq!(value(&g, &[&numbers], slope), rows([0.0, 0.5, 0.0, 0.5]));
    }
}

/// Over several leaves and groups of them the largest is found wherever it is, and NaN too; of nothing it is −∞.
#[test]
fn the_largest_of_a_batch_is_found_in_any_leaf() {
    const BATCH: usize = 5000;
    let mut g = Graph::new();
    let x = g.input("x", Shape::batched(&[2])).expect("an input");
    let y = g.max_to(x, &Shape::shared(&[2])).expect("a maximum");
    let mut r = stream("batch");
    let plain: Vec<f64> = (0..2 * BATCH).map(|_| r.normal()).collect();
    for place in [0, 1, 511, 512, 700, 2047, 2500, 3333, 4096, BATCH - 1] {
        for planted in [100.0, NAN] {
            let mut numbers = plain.clone();
            numbers[BATCH + place] = planted;
            let first = plain[..BATCH]
                .iter()
                .copied()
                .fold(f64::NEG_INFINITY, f64::max);
            let found = value_of_batch(&g, &numbers, BATCH, y);
            assert_same(&format!("{planted} at {place}"), &found, &[first, planted]);
        }
    }
    assert_eq!(value_of_batch(&g, &[], 0, y), [f64::NEG_INFINITY; 2]);
    let sum = g.sum_to(x, &Shape::shared(&[2])).expect("a sum");
    assert_eq!(value_of_batch(&g, &[], 0, sum), [0.0; 2]);
}

/// Shares of `exp` over one or two axes of three, and the logarithm of their sum.
#[test]
fn softmax_over_any_axes_is_the_share_of_their_exponentials() {
    const ROUNDING: Tol = Tol::rel(1e-13).because("sums of up to twenty exponentials");
    const DIMS: [usize; 3] = [3, 4, 5];
    let mut r = stream("softmax");
    let numbers: Vec<f64> = (0..60).map(|_| 3.0 * r.normal()).collect();
    let mut worst = Worst::new(ROUNDING);
    for axes in [&[0][..], &[1], &[2], &[0, 1], &[0, 2], &[1, 2], &[0, 1, 2]] {
        let mut g = Graph::new();
        let [x] = inputs(&mut g, &DIMS);
        let share = g.softmax(x, axes).expect("axes");
        let found = value(&g, &[&numbers], share);
        let index = |place: usize| [place / 20, place / 5 % 4, place % 5];
        let together = |a: usize, b: usize| {
            (0..3).all(|axis| axes.contains(&axis) || index(a)[axis] == index(b)[axis])
        };
        for (place, found) in found.iter().enumerate() {
            let mates = (0..60).filter(|&other| together(place, other));
            let sum: f64 = mates.map(|other| numbers[other].exp()).sum();
            worst.see(*found, numbers[place].exp() / sum, || {
                format!("{axes:?}, entry {place}")
            });
        }
    }
    worst.assert_at_least(7 * 60);
}

/// More columns than a kernel handles at a time: each is what it would be alone, to the bit.
#[test]
fn many_columns_are_columns_of_their_own() {
    const ROWS: usize = 3;
    const COLUMNS: usize = 1100;
    type Build = fn(&mut Graph, Var) -> fieldassay::Result<Var>;
    let cases: [(&str, Build); 3] = [
        ("log_sum_exp", |g, x| g.log_sum_exp(x, &[0])),
        ("cumulative_sum", |g, x| g.cumulative_sum(x, 0)),
        ("softmax", |g, x| g.softmax(x, &[0])),
    ];
    let mut r = stream("columns");
    let numbers: Vec<f64> = (0..ROWS * COLUMNS).map(|_| r.normal()).collect();
    for (name, build) in cases {
        let evaluate = |dims: &[usize], numbers: &[f64]| {
            let mut g = Graph::new();
            let [x] = inputs(&mut g, dims);
            let y = build(&mut g, x).expect(name);
            value(&g, &[numbers], y)
        };
        let all = evaluate(&[ROWS, COLUMNS], &numbers);
        for column in [0, 1, 511, 512, 513, 1023, 1024, COLUMNS - 1] {
            let pick = |x: &[f64]| {
                x.iter()
                    .skip(column)
                    .step_by(COLUMNS)
                    .copied()
                    .collect::<Vec<_>>()
            };
            // Two equal columns, so that the same loop runs.
            let two: Vec<f64> = pick(&numbers).into_iter().flat_map(|x| [x, x]).collect();
            let alone: Vec<f64> = evaluate(&[ROWS, 2], &two).into_iter().step_by(2).collect();
            assert_same(&format!("{name}, column {column}"), &pick(&all), &alone);
        }
    }
}

/// Forth and back along every axis of a field of different extents, with more columns than a block.
#[test]
fn a_transform_is_undone_along_any_axis_and_its_columns_are_independent() {
    const ROUNDING: Tol = Tol::abs(1e-13).because("sums of up to eleven numbers of order one");
    const DIMS: [usize; 4] = [11, 6, 9, 2];
    let count: usize = DIMS.iter().product();
    let mut r = stream("transforms");
    let numbers: Vec<f64> = (0..count).map(|_| r.normal()).collect();
    let mut worst = Worst::new(ROUNDING);
    for axis in 0..3 {
        let mut g = Graph::new();
        let [x] = inputs(&mut g, &DIMS);
        let there = g.fft(x, axis).expect("an axis");
        let back = g.ifft(there, axis).expect("an axis");
        for (place, found) in value(&g, &[&numbers], back).iter().enumerate() {
            worst.see(*found, numbers[place], || {
                format!("axis {axis}, entry {place}")
            });
        }
        // What is not transformed over does not mix: one column alone has a transform that vanishes elsewhere.
        let after: usize = DIMS[axis + 1..].iter().product();
        let length = DIMS[axis];
        let column = |place: usize| (place / (length * after), place % after / 2);
        let last = column(count - 1);
        let single: Vec<f64> = (0..count)
            .map(|place| {
                if column(place) == last {
                    numbers[place]
                } else {
                    0.0
                }
            })
            .collect();
        for (place, found) in value(&g, &[&single], there).iter().enumerate() {
            assert!(
                *found == 0.0 || column(place) == last,
                "axis {axis}: {found} at {place}"
            );
        }
    }
    worst.assert_at_least(3 * count);
}

/// A small pivot above a negative one: by value it would be taken, and every digit lost.
#[test]
fn pivots_are_the_largest_by_modulus() {
    const ROUNDING: Tol = Tol::rel(1e-14).because("two by two");
    let matrix = [1e-20, 1.0, -1.0, 1.0];
    let mut g = Graph::new();
    let [a] = inputs(&mut g, &[2, 2]);
    let b = g.constant(&[2, 1], &[1.0, 0.0]).expect("a column");
    let x = g.solve(a, b).expect("a system");
    let mut worst = Worst::new(ROUNDING);
    for (k, found) in value(&g, &[&matrix], x).into_iter().enumerate() {
        worst.see(found, 1.0, || format!("x_{k}"));
    }
    let (sign, ln) = g.slogdet(a).expect("a determinant");
    assert_eq!(value(&g, &[&matrix], sign), [1.0]);
    worst.see(1.0 + value(&g, &[&matrix], ln)[0], 1.0, || {
        "ln |det|".to_owned()
    });
    worst.assert_at_least(3);
}

/// A cotangent counts as often as it is given, and so does a tangent; a tangent that is given for a value in the middle
/// takes the place of the one that would come from before.
#[test]
fn what_is_named_twice_counts_twice() {
    let mut g = Graph::new();
    let [x] = inputs(&mut g, &[2]);
    let y = g.square(x).expect("a square");
    let z = g.scale(y, 10.0).expect("a multiple");
    let (one, two) = (
        g.constant(&[2], &[1.0, 1.0]).expect("ones"),
        g.constant(&[2], &[2.0, 2.0]).expect("twos"),
    );
    let numbers = [3.0, -4.0];
    let back = vjp(&mut g, &[(y, one), (y, two)], &[x, x]).expect("cotangents");
    for slope in back {
        assert_eq!(value(&g, &[&numbers], slope), [18.0, -24.0]);
    }
    let ahead = jvp(&mut g, &[y, y], &[(x, one), (x, two)]).expect("tangents");
    for tangent in ahead {
        assert_eq!(value(&g, &[&numbers], tangent), [18.0, -24.0]);
    }
    let from_within = jvp(&mut g, &[z], &[(x, one), (y, two)]).expect("tangents")[0];
    assert_eq!(value(&g, &[&numbers], from_within), [20.0, 20.0]);
}

/// A tangent of one part of a join leaves the others at rest.
#[test]
fn a_part_without_a_tangent_is_at_rest() {
    let mut g = Graph::new();
    let [a, b] = inputs(&mut g, &[2]);
    let joined = g.concat(&[a, b], 0).expect("parts that fit");
    let tangent = g.constant(&[2], &[3.0, 4.0]).expect("a tangent");
    let moved = jvp(&mut g, &[joined], &[(b, tangent)]).expect("a tangent")[0];
    let numbers = [[1.0, 2.0], [5.0, 6.0]];
    assert_eq!(
        value(&g, &[&numbers[0], &numbers[1]], moved),
        [0.0, 0.0, 3.0, 4.0]
    );
}
