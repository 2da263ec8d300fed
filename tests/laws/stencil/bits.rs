//! What the bits of a result do not depend on, and what a kernel does not touch.

use fieldassay::num::simd::{Float, Level};
use fieldassay::tensor::kernel::stencil::{WeightLayout, apply_at};
use fieldassay::tensor::kernel::stencil_weight::weight_gradient_at;

use super::cases::{Case, Operands, large_cases};

fn bits<T: Float>(numbers: &[T]) -> Vec<u64> {
    numbers.iter().map(|x| x.to_f64().to_bits()).collect()
}

/// The lanes `first..first + count` of `[row][lane]`.
fn lanes_of<T: Float>(data: &[T], lanes: usize, first: usize, count: usize) -> Vec<T> {
    let rows = data.chunks(lanes);
    rows.flat_map(|row| &row[first..first + count])
        .copied()
        .collect()
}

/// Lanes alone, and a few of them together, give the bits that they give among all.
fn independent_lanes<T: Float>(case: &Case) -> usize {
    let Operands { w, bias, x, .. } = case.operands::<T>();
    let mut seen = 0;
    for level in Level::available() {
        let all = case.apply(level, &w, Some(&bias), &x);
        for (first, count) in [(0, 1), (case.lanes - 1, 1), (case.lanes / 3, 7), (1, 15)] {
            let few = Case {
                lanes: count,
                ..case.clone()
            };
            let x = lanes_of(&x, case.lanes, first, count);
            let y = few.apply(level, &w, Some(&bias), &x);
            let expected = lanes_of(&all, case.lanes, first, count);
            assert_eq!(
                bits(&y),
                bits(&expected),
                "{count} from {first} of {case:?}"
            );
            seen += y.len();
        }
    }
    seen
}

#[test]
fn a_lane_depends_neither_on_their_number_nor_on_its_place() {
    let cases = large_cases();
    let seen: usize = cases
        .iter()
        .map(|case| independent_lanes::<f32>(case) + independent_lanes::<f64>(case))
        .sum();
    assert!(seen > 100_000, "{seen} numbers");
}

#[test]
fn a_nan_stays_in_its_lane() {
    let mut seen = 0;
    for case in large_cases() {
        let Operands { w, bias, mut x, .. } = case.operands::<f32>();
        let sick = case.lanes - 2;
        for row in x.chunks_mut(case.lanes) {
            row[sick] = f32::NAN;
        }
        for level in Level::available() {
            let y = case.apply(level, &w, Some(&bias), &x);
            for (k, y) in y.iter().enumerate() {
                assert!(y.is_finite() || k % case.lanes == sick, "{k} of {case:?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 100_000, "{seen} numbers");
}

/// Levels with a fused multiply-add do the same operations in the same order.
fn equal_levels<T: Float>(case: &Case, levels: &[Level]) {
    let Operands { w, bias, x, dy } = case.operands::<T>();
    let results = levels.iter().map(|level| {
        let y = case.apply(*level, &w, Some(&bias), &x);
        (bits(&y), bits(&case.weight_gradient(*level, &x, &dy)))
    });
    let results: Vec<_> = results.collect();
    for (level, result) in levels.iter().zip(&results) {
        assert_eq!(result, &results[0], "{} on {case:?}", level.name());
    }
}

#[test]
fn levels_with_fused_multiply_add_agree_to_the_bit() {
    let mut levels = Level::available();
    levels.retain(|level| *level != Level::PORTABLE);
    for case in large_cases() {
        equal_levels::<f32>(&case, &levels);
        equal_levels::<f64>(&case, &levels);
    }
}

/// `numbers` between two rows of NaN.
fn guarded(numbers: &[f32], guard: usize) -> Vec<f32> {
    let nan = vec![f32::NAN; guard];
    [nan.as_slice(), numbers, nan.as_slice()].concat()
}

#[test]
fn nothing_beyond_the_slices_is_read_or_written() {
    const GUARD: usize = 67;
    let mut seen = 0;
    for case in large_cases() {
        let Operands { w, x, dy, .. } = case.operands::<f32>();
        let (ins, outs, lanes) = (case.channels_in, case.channels_out, case.lanes);
        let (wide_w, wide_x, wide_dy) =
            (guarded(&w, GUARD), guarded(&x, GUARD), guarded(&dy, GUARD));
        let inner = |wide: &[f32]| GUARD..wide.len() - GUARD;
        for level in Level::available() {
            let (mut y, mut dw) = (wide_dy.clone(), wide_w.clone());
            let (rw, rx, ry) = (inner(&wide_w), inner(&wide_x), inner(&wide_dy));
            let layout = WeightLayout::forward(ins, outs);
            let (wg, xg, dyg) = (&wide_w[rw.clone()], &wide_x[rx], &wide_dy[ry.clone()]);
            apply_at(
                level,
                &case.stencil,
                wg,
                layout,
                None,
                xg,
                &mut y[ry],
                ins,
                outs,
                lanes,
            );
            weight_gradient_at(
                level,
                &case.stencil,
                xg,
                dyg,
                &mut dw[rw],
                ins,
                outs,
                lanes,
                false,
            );
            for wide in [&y, &dw] {
                let (guards, inside): (Vec<_>, Vec<_>) = wide
                    .iter()
                    .enumerate()
                    .partition(|(k, _)| !inner(wide).contains(k));
                assert!(
                    guards.iter().all(|(_, x)| x.is_nan()),
                    "written beyond: {case:?}"
                );
                assert!(
                    inside.iter().all(|(_, x)| x.is_finite()),
                    "read beyond: {case:?}"
                );
                seen += inside.len();
            }
        }
    }
    assert!(seen > 100_000, "{seen} numbers");
}
