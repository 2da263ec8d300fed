//! All of f32. The functions of f64 are the witness here, themselves first compared with the slow one.

use fieldassay::num::simd::Level;
use fieldassay::num::{Tol, Worst};
use fieldassay::special::elementary::{Elementary, Function};

use super::{TWO_ULP, arguments, exact};

/// The function in f64, from the standard library and crate `libm`.
fn fast(function: Function, x: f64) -> f64 {
    match function {
        Function::Exp => x.exp(),
        Function::Expm1 => x.exp_m1(),
        Function::Ln => x.ln(),
        Function::Ln1p => x.ln_1p(),
        Function::Tanh => x.tanh(),
        Function::Sigmoid if x >= 0.0 => 1.0 / (1.0 + (-x).exp()),
        Function::Sigmoid => x.exp() / (1.0 + x.exp()),
        Function::Softplus if x > 0.0 => x + (-x).exp().ln_1p(),
        Function::Softplus => x.exp().ln_1p(),
        Function::Sin => x.sin(),
        Function::Cos => x.cos(),
        Function::Erf => libm::erf(x),
    }
}

/// The unit of the last place of `x` as an f32.
fn ulp(x: f64) -> f64 {
    const LEAST_EXPONENT: u64 = 1023 - 126;
    let exponent = (x.abs().to_bits() >> 52).max(LEAST_EXPONENT);
    f64::from_bits((exponent - 23) << 52)
}

/// Elements that are looked at together; of each chunk only the worst goes into the list.
const CHUNK: usize = 4096;

/// Where the worst error among `y` is, and how large, in units of the last place.
fn worst_of(x: &[f32], y: &[f32], truth: &[f64]) -> (f32, f64) {
    const OVERFLOW: f64 = 340_282_366_920_938_463_463_374_607_431_768_211_456.0; // 2¹²⁸
    let finite = |y: f64| y.clamp(-OVERFLOW, OVERFLOW);
    let mut worst = (x[0], 0.0);
    for ((x, y), truth) in x.iter().zip(y).zip(truth) {
        let y = f64::from(*y);
        if y.is_nan() && truth.is_nan() {
            continue;
        }
        let unit = ulp(truth.clamp(f64::from(f32::MIN), f64::from(f32::MAX)));
        let error = (finite(y) - finite(*truth)).abs() / unit;
        if error.is_nan() {
            return (*x, error);
        }
        if error > worst.1 {
            worst = (*x, error);
        }
    }
    worst
}

/// Errors in units of the last place of `function` at every `stride`-th f32 and every level.
fn sweep(function: Function, stride: usize) -> Worst {
    let mut worst = Worst::new(TWO_ULP);
    let mut y = [0.0; CHUNK];
    for start in (0..=u32::MAX).step_by(CHUNK * stride) {
        let bits = |i: usize| start.wrapping_add((i * stride) as u32);
        let x: [f32; CHUNK] = std::array::from_fn(|i| f32::from_bits(bits(i)));
        let truth = x.map(|x| fast(function, f64::from(x)));
        for level in Level::available() {
            f32::apply(function, level, &x, &mut y);
            let (x, error) = worst_of(&x, &y, &truth);
            worst.see(error, 0.0, || {
                format!("{} {} of {x:e}", level.name(), function.name())
            });
        }
    }
    worst
}

#[test]
fn the_fast_witness_agrees_with_the_slow_one() {
    let tol = Tol::rel(1e-14)
        .because("a few units of the last place of f64; 1e-14 is 2e-7 of one of f32");
    const LEAST: i32 = -160;
    let mut worst = Worst::new(tol);
    for function in Function::ALL {
        for x in arguments::of::<f32>(function, 2000) {
            let x = f64::from(x);
            let truth = exact(function, x);
            if truth.magnitude().is_some_and(|power| power < LEAST) {
                continue; // 0 as an f32
            }
            let truth = truth.in_units(0).to_f64();
            worst.see(fast(function, x), truth, || {
                format!("{} of {x:e}", function.name())
            });
        }
    }
    worst.assert_at_least(20_000);
}

#[test]
fn every_f32_of_a_coarse_grid_is_within_two_ulp() {
    for function in Function::ALL {
        sweep(function, 509).assert_at_least((1 << 32) / (509 * CHUNK));
    }
}

#[test]
#[ignore = "slow: 15 min or more, .ci/nightly"]
fn every_f32_is_within_two_ulp() {
    for function in Function::ALL {
        let worst = sweep(function, 1);
        println!("{}", worst.summary());
        worst.assert_at_least((1 << 32) / CHUNK * Level::available().len());
    }
}
