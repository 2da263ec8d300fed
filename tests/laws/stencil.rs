//! Lattice convolution: geometry, agreement with the witness, adjoint identities, and what its bits may not
//! depend on: the number of lanes, a lane's place, the instruction set.

mod bits;
mod cases;
mod geometry;

use std::cell::RefCell;

use fieldassay::num::simd::{Float, Level};
use fieldassay::num::{Tol, Worst, compensated_sum};
use fieldassay::tensor::kernel::stencil::{WeightLayout, apply_at};
use fieldassay::tensor::kernel::stencil_weight::weight_gradient_at;
use fieldassay_reference::convolution::Sum;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use cases::{Case, Operands, large_cases, random_case};

const ROUNDED: Tol = Tol::abs(1.0).because(
    "in units of (terms + 6)·ε·Σ|terms|: a product and a sum round once each, to half an ε",
);
const ADJOINT: Tol = Tol::abs(1.0)
    .because("in units of (terms + 6)·ε·Σ|terms|: both sides sum the same terms, in other orders");

/// The unit in which a sum of type `T` may be wrong.
fn unit<T: Float>(sum: &Sum) -> f64 {
    let epsilon = if size_of::<T>() == 4 {
        f64::from(f32::EPSILON)
    } else {
        f64::EPSILON
    };
    (sum.terms as f64 + 6.0) * epsilon * sum.modulus.max(f64::MIN_POSITIVE)
}

fn compare<T: Float>(worst: &mut Worst, case: &Case, what: &str, actual: &[T], expected: &[Sum]) {
    assert_eq!(actual.len(), expected.len(), "{what}");
    for (k, (actual, expected)) in actual.iter().zip(expected).enumerate() {
        let error = (actual.to_f64() - expected.value) / unit::<T>(expected);
        worst.see(error, 0.0, || format!("{what}[{k}] of {case:?}"));
    }
}

/// `y` and `dw` of a case, on every level, against the witness.
fn judge<T: Float>(worst: &mut Worst, case: &Case) {
    let Operands { w, bias, x, dy } = case.operands::<T>();
    let witness = case.witness();
    let double = |v: &[T]| v.iter().map(|x| x.to_f64()).collect::<Vec<f64>>();
    let given = case.with_bias.then_some(bias.as_slice());
    let value = witness.apply(&double(&w), given.map(double).as_deref(), &double(&x));
    let gradient = witness.weight_gradient(&double(&x), &double(&dy));
    for level in Level::available() {
        let y = case.apply(level, &w, given, &x);
        compare(worst, case, level.name(), &y, &value);
        let dw = case.weight_gradient(level, &x, &dy);
        compare(worst, case, level.name(), &dw, &gradient);
    }
}

/// Runs `law` on 1000 random cases, and returns the worst that it saw.
fn over_random_cases(tol: Tol, law: impl Fn(&mut Worst, &Case)) -> Worst {
    let worst = RefCell::new(Worst::new(tol));
    let config = Config {
        cases: 1000,
        failure_persistence: None,
        // The worst case is reported, not the smallest.
        max_shrink_iters: 0,
        rng_seed: RngSeed::Fixed(20_261_123),
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&random_case(), |case| {
        let mut worst = worst.borrow_mut();
        law(&mut worst, &case);
        prop_assert!(worst.all_passed(0), "{}", worst.summary());
        Ok(())
    });
    outcome.unwrap_or_else(|why| panic!("{why}"));
    worst.into_inner()
}

#[test]
fn convolution_and_weight_gradient_agree_with_the_witness() {
    let worst = over_random_cases(ROUNDED, |worst, case| {
        judge::<f64>(worst, case);
        judge::<f32>(worst, case);
    });
    worst.assert_at_least(1_000_000);
}

#[test]
fn the_transposed_stencil_is_the_adjoint() {
    over_random_cases(ADJOINT, adjoint_identities).assert_at_least(2000);
}

#[test]
fn every_register_block_agrees_with_the_witness() {
    let mut worst = Worst::new(ROUNDED);
    let cases = large_cases();
    for case in &cases {
        judge::<f64>(&mut worst, case);
        judge::<f32>(&mut worst, case);
    }
    assert!(cases.len() >= 40, "{} cases", cases.len());
    worst.assert_at_least(100_000);
}

/// `⟨dy, A·x⟩ = ⟨Aᵀ·dy, x⟩ = ⟨dW, w⟩`, all of them sums of the same terms.
fn adjoint_identities(worst: &mut Worst, case: &Case) {
    let Operands { w, x, dy, .. } = case.operands::<f64>();
    let transposed = case.stencil.transpose();
    let (ins, outs) = (case.channels_in, case.channels_out);
    let unit = adjoint_unit(case, &w, &x, &dy);
    for level in Level::available() {
        let y = case.apply(level, &w, None, &x);
        let dw = case.weight_gradient(level, &x, &dy);
        let mut dx = vec![f64::NAN; x.len()];
        let layout = WeightLayout::adjoint(ins, outs);
        apply_at(
            level,
            &transposed,
            &w,
            layout,
            None,
            &dy,
            &mut dx,
            outs,
            ins,
            case.lanes,
        );
        let value = dot(&dy, &y);
        for (name, other) in [("dx", dot(&dx, &x)), ("dw", dot(&dw, &w))] {
            let error = (value - other) / unit;
            worst.see(error, 0.0, || {
                format!("{name} at {} of {case:?}", level.name())
            });
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    compensated_sum(a.iter().zip(b).map(|(a, b)| a * b))
}

/// The longest of the three sums' terms, times `ε` and the sum of the moduli of all terms.
fn adjoint_unit(case: &Case, w: &[f64], x: &[f64], dy: &[f64]) -> f64 {
    let channels = case.channels_in.max(case.channels_out);
    let longest = (case.offsets.len() * channels).max(case.stencil.output_sites() * case.lanes);
    let sums = case.witness().apply(w, None, x);
    let modulus: f64 = dy
        .iter()
        .zip(&sums)
        .map(|(dy, sum)| dy.abs() * sum.modulus)
        .sum();
    ((longest as f64 + 6.0) * f64::EPSILON * modulus).max(f64::MIN_POSITIVE)
}

#[test]
fn the_gradient_accumulates_only_if_it_is_told_to() {
    let mut seen = 0;
    for case in large_cases().iter().filter(|case| case.lanes > 0) {
        let Operands { x, dy, w, .. } = case.operands::<f64>();
        for level in Level::available() {
            let fresh = case.weight_gradient(level, &x, &dy);
            let mut dw = w.clone();
            let (ins, outs) = (case.channels_in, case.channels_out);
            weight_gradient_at(
                level,
                &case.stencil,
                &x,
                &dy,
                &mut dw,
                ins,
                outs,
                case.lanes,
                true,
            );
            for ((dw, w), fresh) in dw.iter().zip(&w).zip(&fresh) {
                assert_eq!(dw.to_bits(), (w + fresh).to_bits(), "{case:?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 10_000, "{seen} weights");
}
