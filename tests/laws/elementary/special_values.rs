//! Infinities, NaN, zeros with their signs, subnormal numbers, and arguments beyond the fast range.

use fieldassay::num::simd::Level;
use fieldassay::special::elementary::Function;

use super::{Number, TWO_ULP, Worst};

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

/// `(x, f(x))`; a NaN stands for any, a zero for the one of its sign.
fn limits(function: Function) -> Vec<(f64, f64)> {
    let odd = [(0.0, 0.0), (-0.0, -0.0)];
    let also = |more: &[(f64, f64)]| [&odd[..], more].concat();
    match function {
        Function::Exp => vec![
            (INF, INF),
            (-INF, 0.0),
            (0.0, 1.0),
            (-0.0, 1.0),
            (1e30, INF),
            (-1e30, 0.0),
        ],
        Function::Expm1 => also(&[(INF, INF), (-INF, -1.0), (1e30, INF), (-1e30, -1.0)]),
        Function::Ln => vec![
            (INF, INF),
            (-INF, NAN),
            (0.0, -INF),
            (-0.0, -INF),
            (-1.0, NAN),
            (1.0, 0.0),
        ],
        Function::Ln1p => also(&[(INF, INF), (-INF, NAN), (-1.0, -INF), (-1.5, NAN)]),
        Function::Tanh | Function::Erf => {
            also(&[(INF, 1.0), (-INF, -1.0), (1e30, 1.0), (-1e30, -1.0)])
        }
        Function::Sigmoid => vec![
            (INF, 1.0),
            (-INF, 0.0),
            (0.0, 0.5),
            (-0.0, 0.5),
            (1e30, 1.0),
            (-1e30, 0.0),
        ],
        Function::Softplus => vec![(INF, INF), (-INF, 0.0), (-1e30, 0.0)],
        Function::Sin => also(&[(INF, NAN), (-INF, NAN)]),
        Function::Cos => vec![(INF, NAN), (-INF, NAN), (0.0, 1.0), (-0.0, 1.0)],
    }
}

fn same(actual: f64, expected: f64) -> bool {
    actual.to_bits() == expected.to_bits() || (actual.is_nan() && expected.is_nan())
}

fn at<T: Number>(function: Function, level: Level, x: &[T]) -> Vec<f64> {
    let mut y = vec![T::ZERO; x.len()];
    T::apply(function, level, x, &mut y);
    y.into_iter().map(T::to_f64).collect()
}

fn limits_hold<T: Number>() {
    let mut seen = 0;
    for function in Function::ALL {
        for level in Level::available() {
            for (x, expected) in [limits(function), vec![(NAN, NAN)]].concat() {
                let y = at(function, level, &[T::of(x)])[0];
                assert!(
                    same(y, expected),
                    "{} {}({x}) = {y}",
                    level.name(),
                    function.name()
                );
                seen += 1;
            }
        }
    }
    assert!(seen >= 60 * Level::available().len(), "{seen} limits");
}

#[test]
fn limits_and_signed_zeros_hold() {
    limits_hold::<f32>();
    limits_hold::<f64>();
}

/// `f(x)/x` at 0.
fn slope(function: Function) -> Option<f64> {
    match function {
        Function::Expm1 | Function::Ln1p | Function::Tanh | Function::Sin => Some(1.0),
        Function::Erf => Some(std::f64::consts::FRAC_2_SQRT_PI),
        _ => None,
    }
}

fn subnormals_are_kept<T: Number>() {
    let smallest = T::ZERO.next_up();
    let mut x = vec![];
    for n in [1.0, 2.0, 3.0, 1000.0, 1_234_567.0] {
        x.extend([smallest * T::of(n), -(smallest * T::of(n))]);
    }
    let mut worst = Worst::new(TWO_ULP);
    for function in Function::ALL {
        let Some(slope) = slope(function) else {
            continue;
        };
        for level in Level::available() {
            for (x, y) in x.iter().zip(at(function, level, &x)) {
                // In units of the smallest number, which are exact.
                let units = |x: f64| super::in_units(x, T::EXPONENTS[0] - T::DIGITS);
                worst.see(units(y), slope * units(x.to_f64()), || {
                    format!("{} {} of {x:?}", level.name(), function.name())
                });
            }
        }
    }
    worst.assert_at_least(50);
}

#[test]
fn subnormal_arguments_are_kept() {
    subnormals_are_kept::<f32>();
    subnormals_are_kept::<f64>();
}

#[test]
fn logarithms_of_subnormal_numbers_are_regular() {
    let mut worst = Worst::new(TWO_ULP);
    let ln_2 = std::f64::consts::LN_2;
    for level in Level::available() {
        let mut see = |y: f64, power: i32, ulp: f64| {
            let expected = f64::from(power) * ln_2;
            worst.see(y / ulp, expected / ulp, || {
                format!("{} 2^{power}", level.name())
            });
        };
        for power in [-149, -140, -127] {
            let x = f32::from_bits(1 << (power + 149));
            see(at(Function::Ln, level, &[x])[0], power, 2.0_f64.powi(-17));
        }
        for power in [-1074, -1050, -1023] {
            let x = f64::from_bits(1 << (power + 1074));
            see(at(Function::Ln, level, &[x])[0], power, 2.0_f64.powi(-43));
        }
    }
    worst.assert_at_least(6);
}

#[test]
fn far_arguments_of_sine_and_cosine_are_reduced_by_the_library() {
    let far = [4_194_304.5, 1e9, 1e22, 1e38, 3.0e9, -7.7e15];
    let farther = [1_073_741_825.0, 1e22, 1e300, f64::MAX, -7.7e15];
    for level in Level::available() {
        let single = far.map(|x| x as f32);
        let expected = |f: fn(f32) -> f32| single.map(|x| f64::from(f(x))).to_vec();
        assert_eq!(at(Function::Sin, level, &single), expected(libm::sinf));
        assert_eq!(at(Function::Cos, level, &single), expected(libm::cosf));
        assert_eq!(at(Function::Sin, level, &farther), farther.map(libm::sin));
        assert_eq!(at(Function::Cos, level, &farther), farther.map(libm::cos));
    }
}
