//! Operations on arrays against loops that are too plain to be wrong, and the values of limiting cases.

use std::sync::Arc;

use fieldassay::Error;
use fieldassay::autodiff::{PlanOptions, grad};
use fieldassay::num::{Tol, Worst};
use fieldassay::rng::{Rng, Seed};
use fieldassay::tensor::op::Table;
use fieldassay::tensor::{Graph, Real, Shape, Var};

use super::check::Values;

const SAMPLES: usize = 3;

/// One input, batched or shared, with random numbers.
struct Case {
    g: Graph,
    x: Var,
    dims: Vec<usize>,
    lanes: usize,
    numbers: Vec<f64>,
}

impl Case {
    fn new(r: &mut Rng, dims: &[usize], batched: bool) -> Self {
        let mut g = Graph::new();
        let shape = Shape::shared(dims).with_batched(batched);
        let x = g.input("x", shape).expect("an input");
        let lanes = if batched { SAMPLES } else { 1 };
        let count = dims.iter().product::<usize>() * lanes;
        Self {
            g,
            x,
            dims: dims.to_vec(),
            lanes,
            numbers: (0..count).map(|_| r.normal()).collect(),
        }
    }

    fn values(&self) -> Values {
        let (mut shared, mut batched) = (Vec::new(), Vec::new());
        if self.g.shape(self.x).is_batched() {
            batched.push(self.numbers.clone());
        } else {
            shared.push(self.numbers.clone());
        }
        let batch = SAMPLES;
        Values {
            shared,
            batched,
            batch,
        }
    }

    fn evaluate<T: Real>(&self, y: Var) -> Vec<f64> {
        self.values()
            .evaluate::<T>(&self.g, &[y], PlanOptions::default())
            .remove(0)
    }

    /// The number at `index` of sample `lane`.
    fn at(&self, index: &[usize], lane: usize) -> f64 {
        self.numbers[flat(&self.dims, index) * self.lanes + lane]
    }

    /// That `y` has the extents `dims` and what `expected` says, to the bit.
    fn assert_is(&self, y: Var, dims: &[usize], expected: impl Fn(&[usize], usize) -> f64) {
        assert_eq!(self.g.shape(y).dims(), dims);
        let mut all = Vec::new();
        for index in indices(dims) {
            all.extend((0..self.lanes).map(|lane| expected(&index, lane)));
        }
        assert_eq!(self.evaluate::<f64>(y), all, "of {:?}", self.dims);
    }
}

fn flat(dims: &[usize], index: &[usize]) -> usize {
    dims.iter().zip(index).fold(0, |at, (n, i)| at * n + i)
}

/// All indices of an array, row-major.
fn indices(dims: &[usize]) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for &extent in dims {
        let longer = |index: Vec<usize>| (0..extent).map(move |i| [&index[..], &[i]].concat());
        all = all.into_iter().flat_map(longer).collect();
    }
    all
}

/// Runs `test` on arrays of these extents, shared and batched.
fn for_cases(label: &str, all_dims: &[&[usize]], mut test: impl FnMut(Case, &mut Rng)) {
    let mut r = Seed(20_261_124).stream(label);
    for dims in all_dims {
        for batched in [false, true] {
            test(Case::new(&mut r, dims, batched), &mut r);
        }
    }
}

#[test]
fn permute_moves_every_number_to_its_place() {
    let orders: &[&[usize]] = &[
        &[0, 1, 2],
        &[0, 2, 1],
        &[1, 0, 2],
        &[1, 2, 0],
        &[2, 0, 1],
        &[2, 1, 0],
    ];
    for_cases(
        "permute",
        &[&[37, 3, 41], &[2, 20, 17], &[1, 18, 33], &[5, 1, 1]],
        |mut case, _| {
            for order in orders {
                let y = case.g.permute(case.x, order).expect("a permutation");
                let dims: Vec<usize> = order.iter().map(|&axis| case.dims[axis]).collect();
                case.assert_is(y, &dims, |index, lane| {
                    let mut source = vec![0; 3];
                    for (i, &axis) in order.iter().enumerate() {
                        source[axis] = index[i];
                    }
                    case.at(&source, lane)
                });
            }
            let t = case.g.transpose(case.x).expect("three axes");
            let dims = [case.dims[0], case.dims[2], case.dims[1]];
            case.assert_is(t, &dims, |i, lane| case.at(&[i[0], i[2], i[1]], lane));
        },
    );
}

#[test]
fn slice_and_pad_cut_and_surround() {
    for_cases("slice", &[&[4, 5, 6], &[7, 1, 9]], |mut case, r| {
        let starts: Vec<usize> = case.dims.iter().map(|&n| r.below(n)).collect();
        let room = case.dims.iter().zip(&starts);
        let lengths: Vec<usize> = room.map(|(n, start)| 1 + r.below(n - start)).collect();
        let y = case.g.slice(case.x, &starts, &lengths).expect("a box");
        case.assert_is(y, &lengths, |i, lane| {
            case.at(
                &[i[0] + starts[0], i[1] + starts[1], i[2] + starts[2]],
                lane,
            )
        });
        let (before, after) = ([1, 0, 2], [0, 3, 1]);
        let y = case.g.pad(case.x, &before, &after).expect("zeros");
        let dims: Vec<usize> = (0..3)
            .map(|a| before[a] + case.dims[a] + after[a])
            .collect();
        case.assert_is(y, &dims, |i, lane| {
            let source: Option<Vec<usize>> = (0..3)
                .map(|a| i[a].checked_sub(before[a]).filter(|&i| i < case.dims[a]))
                .collect();
            source.map_or(0.0, |source| case.at(&source, lane))
        });
    });
}

#[test]
fn concat_of_any_number_keeps_the_order() {
    for_cases("concat", &[&[2, 3, 4], &[1, 1, 5]], |mut case, _| {
        for count in [1, 2, 8, 9, 20, 65] {
            for axis in 0..3 {
                let parts: Vec<Var> = (0..count)
                    .map(|i| case.g.scale(case.x, (i + 1) as f64).expect("a multiple"))
                    .collect();
                let y = case.g.concat(&parts, axis).expect("equal shapes");
                let mut dims = case.dims.clone();
                dims[axis] *= count;
                case.assert_is(y, &dims, |i, lane| {
                    let mut source = i.to_vec();
                    source[axis] %= case.dims[axis];
                    case.at(&source, lane) * (i[axis] / case.dims[axis] + 1) as f64
                });
            }
        }
    });
}

#[test]
fn a_shared_operand_is_repeated_for_every_sample_behind_a_batched_one() {
    let mut r = Seed(20_261_124).stream("concat/mixed");
    let mut case = Case::new(&mut r, &[2], true);
    let shared = case.g.constant(&[1], &[7.0]).expect("a constant");
    let y = case.g.concat(&[shared, case.x], 0).expect("one axis");
    case.assert_is(y, &[3], |i, lane| match i[0] {
        0 => 7.0,
        i => case.at(&[i - 1], lane),
    });
}

/// A table of 9 × 10 entries, more than are compared by content.
fn large_table(r: &mut Rng, rows: usize) -> (Vec<Option<usize>>, Arc<Table>) {
    let entries: Vec<Option<usize>> = (0..90)
        .map(|i| match i % 7 {
            0 => None,
            1..4 => Some(i % rows),
            _ => Some(r.below(rows)),
        })
        .collect();
    let table = Table::new(rows, &[9, 10], &entries).expect("rows that exist");
    (entries, Arc::new(table))
}

#[test]
fn gather_shows_rows_and_zeros() {
    for_cases("gather", &[&[11], &[11, 2], &[11, 1, 3]], |mut case, r| {
        let (entries, table) = large_table(r, 11);
        let y = case.g.gather(case.x, &table).expect("11 rows");
        let rest = case.dims[1..].to_vec();
        case.assert_is(y, &[&[9, 10], &rest[..]].concat(), |i, lane| {
            let entry = entries[10 * i[0] + i[1]];
            entry.map_or(0.0, |row| case.at(&[&[row], &i[2..]].concat(), lane))
        });
    });
    for_cases("gather along", &[&[2, 11, 3]], |mut case, r| {
        let (entries, table) = large_table(r, 11);
        let y = case.g.gather_along(case.x, 1, &table).expect("11 rows");
        case.assert_is(y, &[2, 9, 10, 3], |i, lane| {
            let entry = entries[10 * i[1] + i[2]];
            entry.map_or(0.0, |row| case.at(&[i[0], row, i[3]], lane))
        });
    });
}

#[test]
fn scatter_add_sums_in_the_order_of_the_table() {
    for_cases(
        "scatter",
        &[&[9, 10], &[9, 10, 2], &[9, 10, 1, 3]],
        |mut case, r| {
            let (entries, table) = large_table(r, 12);
            let y = case.g.scatter_add(case.x, &table).expect("90 entries");
            let rest = case.dims[2..].to_vec();
            case.assert_is(y, &[&[12], &rest[..]].concat(), |i, lane| {
                let readers = (0..90).filter(|&at| entries[at] == Some(i[0]));
                readers.fold(0.0, |sum, at| {
                    sum + case.at(&[&[at / 10, at % 10], &i[1..]].concat(), lane)
                })
            });
        },
    );
}

#[test]
fn equal_short_tables_and_shared_long_ones_make_one_node() {
    let mut r = Seed(20_261_124).stream("keys");
    let mut case = Case::new(&mut r, &[11, 2], true);
    let once = case.g.shift(case.x, 0, 3).expect("an axis");
    assert_eq!(case.g.shift(case.x, 0, 14).expect("an axis"), once);
    assert_ne!(case.g.shift(case.x, 0, 4).expect("an axis"), once);
    let (_, long) = large_table(&mut r, 11);
    let (_, other) = large_table(&mut r, 11);
    let y = case.g.gather(case.x, &long).expect("11 rows");
    assert_eq!(
        case.g.gather(case.x, &Arc::clone(&long)).expect("11 rows"),
        y
    );
    assert_ne!(case.g.gather(case.x, &other).expect("11 rows"), y);
    let text = format!("{:?}", case.g.node(y).op());
    assert!(text.len() < 200, "{text}");
}

#[test]
fn shift_is_periodic_in_both_directions() {
    for_cases("shift", &[&[4, 5, 3], &[1, 2, 70]], |mut case, _| {
        for axis in 0..3 {
            for by in [-71, -2, -1, 0, 1, 3, 139] {
                let y = case.g.shift(case.x, axis, by).expect("an axis");
                let extent = case.dims[axis] as isize;
                case.assert_is(y, &case.dims.clone(), |i, lane| {
                    let mut source = i.to_vec();
                    source[axis] = (i[axis] as isize + by).rem_euclid(extent) as usize;
                    case.at(&source, lane)
                });
            }
        }
    });
}

#[test]
fn upsampling_repeats_every_site() {
    let axes: [&[usize]; 4] = [&[1, 2], &[2, 0], &[1], &[]];
    for_cases("upsample", &[&[2, 3, 4], &[1, 5, 2]], |mut case, _| {
        for axes in axes {
            for factor in [1, 2, 3] {
                let y = case.g.upsample_nearest(case.x, axes, factor).expect("axes");
                let of = |axis: usize| if axes.contains(&axis) { factor } else { 1 };
                let dims: Vec<usize> = (0..3).map(|axis| case.dims[axis] * of(axis)).collect();
                case.assert_is(y, &dims, |i, lane| {
                    case.at(&[i[0] / of(0), i[1] / of(1), i[2] / of(2)], lane)
                });
            }
        }
    });
}

#[test]
fn cumulative_sums_run_from_either_end() {
    for_cases("cumulative", &[&[4, 5, 3], &[1, 2, 70]], |mut case, _| {
        for axis in 0..3 {
            let forward = case.g.cumulative_sum(case.x, axis).expect("an axis");
            let reversed = case
                .g
                .cumulative_sum_reversed(case.x, axis)
                .expect("an axis");
            let dims = case.dims.clone();
            let entry = |i: &[usize], at: usize, lane| {
                let mut source = i.to_vec();
                source[axis] = at;
                case.at(&source, lane)
            };
            case.assert_is(forward, &dims, |i, lane| {
                (0..=i[axis]).fold(0.0, |sum, at| sum + entry(i, at, lane))
            });
            case.assert_is(reversed, &dims, |i, lane| {
                (i[axis]..dims[axis])
                    .rev()
                    .fold(0.0, |sum, at| sum + entry(i, at, lane))
            });
        }
    });
}

/// Sums of at most 70 positive terms, and a few roundings.
const FEW_ROUNDINGS: Tol = Tol::rel_abs(1e-14, 1e-14).because("at most 70 roundings of 1e-16");
const SINGLE: Tol = Tol::rel_abs(2e-6, 2e-6).because("at most 20 roundings of 6e-8 each");

#[test]
fn log_sum_exp_is_what_it_says_whatever_the_offset() {
    let axes: [&[usize]; 5] = [&[0], &[1], &[2], &[0, 2], &[0, 1, 2]];
    let mut worst = [Worst::new(FEW_ROUNDINGS), Worst::new(SINGLE)];
    for_cases("log_sum_exp", &[&[4, 5, 3], &[1, 2, 700]], |mut case, _| {
        for offset in [0.0, 4096.0, -4096.0] {
            let moved = case.g.scale_shift(case.x, 1.0, offset).expect("a shift");
            for axes in axes {
                let y = case.g.log_sum_exp(moved, axes).expect("axes");
                let y = case.g.scale_shift(y, 1.0, -offset).expect("a shift");
                let share = case.g.softmax(moved, axes).expect("axes");
                let ln_share = case.g.log_softmax(moved, axes).expect("axes");
                compare_with_sums(&case, axes, [y, share, ln_share], offset, &mut worst);
            }
        }
    });
    worst[0].assert_at_least(20_000);
    worst[1].assert_at_least(5_000);
}

/// Compares `ln Σ eˣ − offset`, the softmax and its logarithm with sums in `f64` of the numbers that the graph saw.
fn compare_with_sums(
    case: &Case,
    axes: &[usize],
    [y, share, ln_share]: [Var; 3],
    offset: f64,
    [double, single]: &mut [Worst; 2],
) {
    let ours = [y, share, ln_share].map(|v| case.evaluate::<f64>(v));
    let rounded = [y, share, ln_share].map(|v| case.evaluate::<f32>(v));
    let seen = |x: f64| (x + offset) - offset;
    for (at, index) in indices(&case.dims).iter().enumerate() {
        for lane in 0..case.lanes {
            let others = indices(&case.dims).into_iter().filter(|other| {
                (0..3).all(|axis| axes.contains(&axis) || other[axis] == index[axis])
            });
            let sum: f64 = others.map(|other| seen(case.at(&other, lane)).exp()).sum();
            let x = seen(case.at(index, lane));
            let mut kept = index.clone();
            for &axis in axes {
                kept[axis] = 0;
            }
            let dims = case.g.shape(y).dims();
            let short = flat(dims, &kept) * case.lanes + lane;
            let long = at * case.lanes + lane;
            // Half a unit of the last place at 4096 is 4.5e-13: 45 times what is allowed at 1.
            let granularity = if offset == 0.0 { 1.0 } else { 64.0 };
            double.see(ours[0][short] / granularity, sum.ln() / granularity, || {
                format!("ln Σ over {axes:?} of {:?}, offset {offset}", case.dims)
            });
            for (which, expected) in [(1, x.exp() / sum), (2, x - sum.ln())] {
                double.see(ours[which][long], expected, || {
                    format!("{which} over {axes:?} of {:?}, offset {offset}", case.dims)
                });
                if offset == 0.0 {
                    single.see(rounded[which][long], expected, || {
                        format!("{which} over {axes:?} of {:?}", case.dims)
                    });
                }
            }
        }
    }
}

/// `[n]` numbers, shared.
pub(super) fn evaluate(g: &Graph, numbers: &[f64], wanted: &[Var]) -> Vec<Vec<f64>> {
    let values = Values {
        shared: vec![numbers.to_vec()],
        batched: Vec::new(),
        batch: 1,
    };
    values.evaluate::<f64>(g, wanted, PlanOptions::default())
}

#[test]
fn log_sum_exp_takes_infinities() {
    const INF: f64 = f64::INFINITY;
    let cases: [(&[f64], f64); 7] = [
        (&[], -INF),
        (&[-INF, -INF], -INF),
        (&[-INF, 2.0], 2.0),
        (&[INF, 2.0], INF),
        (&[INF, INF], INF),
        (&[INF, -INF], INF),
        (&[1e300, -1e300], 1e300),
    ];
    for (numbers, expected) in cases {
        // As one row, and as the first of two columns: the loops differ.
        for columns in [1, 2] {
            let mut g = Graph::new();
            let dims = [numbers.len(), columns];
            let x = g.input("x", Shape::shared(&dims)).expect("an input");
            let y = g.log_sum_exp(x, &[0]).expect("an axis");
            let rows: Vec<f64> = numbers.iter().flat_map(|&x| vec![x; columns]).collect();
            assert_eq!(
                evaluate(&g, &rows, &[y])[0],
                vec![expected; columns],
                "{numbers:?}"
            );
        }
    }
    let mut g = Graph::new();
    let x = g.input("x", Shape::shared(&[3])).expect("an input");
    let y = g.log_sum_exp(x, &[0]).expect("an axis");
    assert!(evaluate(&g, &[1.0, f64::NAN, INF], &[y])[0][0].is_nan());
}

#[test]
fn a_masked_entry_has_no_share_and_no_slope() {
    let mut g = Graph::new();
    let x = g.input("x", Shape::shared(&[3])).expect("an input");
    let share = g.softmax(x, &[0]).expect("an axis");
    let y = g
        .log_sum_exp(x, &[0])
        .and_then(|y| g.sum(y))
        .expect("a number");
    let slope = grad(&mut g, y, &[x]).expect("a gradient")[0];
    let bent = g.square(slope).and_then(|s| g.sum(s)).expect("a number");
    let curved = grad(&mut g, bent, &[x]).expect("a gradient")[0];
    let numbers = [0.0, f64::NEG_INFINITY, 3.0_f64.ln()];
    let results = evaluate(&g, &numbers, &[share, slope, curved]);
    let tol = Tol::rel_abs(1e-15, 1e-15).because("a few roundings");
    let mut worst = Worst::new(tol);
    // With shares p the gradient of Σ p² is 2 p (p − Σ p²).
    for (which, expected) in [[0.25, 0.0, 0.75], [0.25, 0.0, 0.75], [-0.1875, 0.0, 0.1875]]
        .iter()
        .enumerate()
    {
        for (i, &expected) in expected.iter().enumerate() {
            worst.see(results[which][i], expected, || {
                format!("{which}, entry {i}")
            });
        }
    }
    worst.assert_at_least(9);
}

#[test]
fn normalisation_has_mean_zero_and_variance_one_over_its_axes() {
    const EPS: f64 = 1e-3;
    let mut worst =
        Worst::new(Tol::rel_abs(1e-12, 1e-12).because("sums of at most 60 terms of order one"));
    for_cases("normalisation", &[&[4, 5, 3], &[6, 1, 7]], |mut case, _| {
        let layer = case.g.layer_norm(case.x, &[1, 2], EPS).expect("axes");
        let group = case.g.group_norm(case.x, 2, 0, EPS).expect("groups");
        let ours = [layer, group].map(|v| case.evaluate::<f64>(v));
        let half = case.dims[0] / 2;
        let alike: [&dyn Fn(usize, usize) -> bool; 2] =
            [&|a, b| a == b, &|a, b| a / half == b / half];
        for (which, alike) in alike.iter().enumerate() {
            for (at, index) in indices(&case.dims).iter().enumerate() {
                for lane in 0..case.lanes {
                    let group: Vec<f64> = indices(&case.dims)
                        .iter()
                        .filter(|other| alike(other[0], index[0]))
                        .map(|other| case.at(other, lane))
                        .collect();
                    let n = group.len() as f64;
                    let mean = group.iter().sum::<f64>() / n;
                    let variance = group.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
                    let expected = (case.at(index, lane) - mean) / (variance + EPS).sqrt();
                    worst.see(ours[which][at * case.lanes + lane], expected, || {
                        format!("{which}, {index:?} of {:?}", case.dims)
                    });
                }
            }
        }
    });
    worst.assert_at_least(800);
}

#[test]
fn affine_parameters_belong_to_channels_or_to_the_last_axes() {
    let mut r = Seed(20_261_124).stream("affine");
    let mut case = Case::new(&mut r, &[4, 3], true);
    let scales = [2.0, -1.0, 0.5, 3.0];
    let shifts = [0.5, 1.5, 2.5, 3.5];
    let plain = case.g.group_norm(case.x, 2, 0, 0.1).expect("groups");
    let [scale, shift] = [scales, shifts].map(|c| case.g.constant(&[4], &c).expect("a constant"));
    let y = case
        .g
        .group_norm_affine(case.x, 2, 0, 0.1, [scale, shift])
        .expect("channels");
    let (plain, y) = (case.evaluate::<f64>(plain), case.evaluate::<f64>(y));
    for (i, (plain, y)) in plain.iter().zip(&y).enumerate() {
        let channel = i / (3 * SAMPLES);
        assert_eq!(*y, plain * scales[channel] + shifts[channel]);
    }
    let plain = case.g.layer_norm(case.x, &[1], 0.1).expect("an axis");
    let [scale, shift] =
        [scales, shifts].map(|c| case.g.constant(&[3], &c[..3]).expect("a constant"));
    let y = case
        .g
        .layer_norm_affine(case.x, &[1], 0.1, [scale, shift])
        .expect("the last axis");
    let (plain, y) = (case.evaluate::<f64>(plain), case.evaluate::<f64>(y));
    for (i, (plain, y)) in plain.iter().zip(&y).enumerate() {
        let column = i / SAMPLES % 3;
        assert_eq!(*y, plain * scales[column] + shifts[column]);
    }
}

#[test]
fn wrong_calls_are_refused_by_name() {
    let mut g = Graph::new();
    let x = g.input("x", Shape::batched(&[4, 3])).expect("an input");
    let row = g.input("row", Shape::shared(&[4])).expect("an input");
    let t = g.transpose(x).expect("two axes");
    let refused: [(&str, &str, fieldassay::Result<Var>); 17] = [
        ("permute", "[4, 3; batch]", g.permute(x, &[0, 0])),
        ("permute", "[4, 3; batch]", g.permute(x, &[0, 1, 2])),
        ("transpose", "[4]", g.transpose(row)),
        ("slice", "[4, 3; batch]", g.slice(x, &[1, 0], &[4, 3])),
        (
            "slice",
            "[4, 3; batch]",
            g.slice(x, &[usize::MAX, 0], &[2, 3]),
        ),
        ("slice", "[4, 3; batch]", g.narrow(x, 2, 0, 1)),
        ("pad", "[4, 3; batch]", g.pad(x, &[1], &[1])),
        ("concat", "", g.concat(&[], 0)),
        ("concat", "[4]", g.concat(&[row], 1)),
        (
            "concat",
            "[4, 3; batch] and [4; batch]",
            g.concat(&[x, row], 0),
        ),
        (
            "concat",
            "[4, 3; batch] and [3, 4; batch]",
            g.concat(&[x, t], 0),
        ),
        ("shift", "[4, 3; batch]", g.shift(x, 2, 1)),
        (
            "upsample_nearest",
            "[4, 3; batch]",
            g.upsample_nearest(x, &[2], 2),
        ),
        ("cumulative_sum", "[4, 3; batch]", g.cumulative_sum(x, 2)),
        ("log_softmax", "[4, 3; batch]", g.log_softmax(x, &[2])),
        ("group_norm", "[4, 3; batch]", g.group_norm(x, 3, 0, 0.1)),
        (
            "group_norm",
            "[4, 3; batch] and [4, 3; batch]",
            g.group_norm_affine(x, 2, 0, 0.1, [x, x]),
        ),
    ];
    for (name, shapes, result) in refused {
        match result {
            Err(Error::Operands { op, found, .. }) => {
                assert_eq!((op, found.join(" and ").as_str()), (name, shapes));
            }
            other => panic!("{name} of {shapes}: {other:?}"),
        }
    }
    assert!(matches!(
        g.upsample_nearest(x, &[0], 0),
        Err(Error::Argument { .. })
    ));
    for eps in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(
            g.layer_norm(x, &[0], eps),
            Err(Error::Argument { .. })
        ));
    }
    assert!(matches!(
        Table::new(3, &[2], &[Some(0)]),
        Err(Error::ShapeMismatch { .. })
    ));
    match Table::new(3, &[2], &[None, Some(3)]) {
        Err(Error::Argument { field, .. }) => assert_eq!(field, "table[1]"),
        other => panic!("{other:?}"),
    }
}
